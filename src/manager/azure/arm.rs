//! Questions to Azure Resource Manager, which knows roles and the settings of vaults. Nobody needs an answer: who may not
//! ask, and who gets none, is not told.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::credentials;
use crate::manager::environment::variable;
use crate::manager::http::{Http, Question, Who, escaped, host, is_loopback, way};
use crate::manager::kept::Kept;
use crate::manager::optional::{Allowance, Silent};

const WHO: Who = Who {
    name: "Azure Resource Manager",
    address: "check the network",
    trust: "name the certificate of the authority in SSL_CERT_FILE",
};

/// By the domain of the vaults of a cloud.
const PLACES: &[(&str, &str)] = &[
    ("vault.azure.net", "https://management.azure.com"),
    ("vault.azure.cn", "https://management.chinacloudapi.cn"),
    (
        "vault.usgovcloudapi.net",
        "https://management.usgovcloudapi.net",
    ),
];

/// How many questions are asked in one run.
const QUESTIONS: usize = 2000;

const ROLES: &str = "api-version=2022-04-01";

/// Speaks for the subscriptions of whoever asks.
pub(super) struct Arm {
    http: Http,
    address: String,
    resource: &'static str,
    token: Kept<Zeroizing<String>>,
    allowance: Allowance,
    /// The name of the vault.
    name: String,
}

/// A vault, as Resource Manager knows it.
pub(super) struct Vault {
    /// Its id, as scopes have it.
    pub(super) plain: String,
    /// Its id, escaped for an address.
    id: String,
    /// Whether roles say who may do what, and not access policies.
    pub(super) has_roles: bool,
    pub(super) policies: Vec<Value>,
}

impl Arm {
    /// For the cloud of a vault, by the address of that. What stands in for a vault on this machine is asked itself.
    pub(super) fn new(vault: &str) -> Option<Self> {
        let own = host(vault).to_ascii_lowercase();
        let (name, domain) = own.split_once('.')?;
        let (address, resource) = if is_loopback(&own) {
            (vault.to_owned(), PLACES.first()?.1)
        } else {
            let (_, place) = PLACES.iter().find(|(known, _)| *known == domain)?;
            ((*place).to_owned(), *place)
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        Some(Self {
            http: Http::new(WHO, way(&address), None).ok()?,
            address,
            resource,
            token: Kept::default(),
            allowance: Allowance::new(QUESTIONS),
            name: Some(name.to_owned()).filter(|name| name.chars().all(is_name))?,
        })
    }

    fn ask(
        &self,
        method: &'static str,
        address: &str,
        body: Option<&[u8]>,
    ) -> Result<Value, Silent> {
        let token = self
            .token
            .get(|| credentials::find(&variable, self.resource));
        let token = token.map_err(|_| Silent::Unanswered)?;
        let question = Question {
            method,
            address,
            headers: &[],
            body,
        };
        let answer = self.allowance.spend(|| self.http.ask_as(&token, &question));
        let answer = answer.and_then(Result::ok).ok_or(Silent::Unanswered)?;
        match answer.status {
            200 => serde_json::from_slice(&answer.body).map_err(|_| Silent::Unanswered),
            401 | 403 => Err(Silent::Denied),
            404 => Err(Silent::Absent),
            _ => Err(Silent::Unanswered),
        }
    }

    /// What an address has, which begins with an id.
    fn get(&self, below: &str) -> Result<Value, Silent> {
        self.ask("GET", &format!("{}{below}", self.address), None)
    }

    /// The things that all pages of a list have.
    fn all(&self, below: &str) -> Result<Vec<Value>, Silent> {
        let mut page = self.get(below)?;
        let mut all = Vec::new();
        let mut last = String::new();
        loop {
            if let Some(Value::Array(found)) = page.get_mut("value") {
                all.append(found);
            } else {
                return Err(Silent::Unanswered);
            }
            let next = page.get("nextLink").and_then(Value::as_str);
            let Some(next) = next.filter(|next| !next.is_empty()) else {
                return Ok(all);
            };
            // The token goes nowhere else, and a page that was there before has no end.
            if !next.starts_with(&format!("{}/", self.address)) || next == last {
                return Err(Silent::Unanswered);
            }
            next.clone_into(&mut last);
            page = self.ask("GET", &last, None)?;
        }
    }

    /// The vault.
    pub(super) fn vault(&self) -> Result<Vault, Silent> {
        let query = format!(
            "resources | where type =~ 'microsoft.keyvault/vaults' and name =~ '{}' | project id",
            self.name
        );
        let body = json!({ "query": query }).to_string();
        let place = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01";
        let address = format!("{}{place}", self.address);
        let found = self.ask("POST", &address, Some(body.as_bytes()))?;
        let id = found.pointer("/data/0/id").and_then(Value::as_str);
        let plain = id.ok_or(Silent::Absent)?;
        let id = checked(plain).ok_or(Silent::Unanswered)?;
        let vault = self.get(&format!("{id}?api-version=2023-07-01"))?;
        let properties = vault.get("properties").ok_or(Silent::Unanswered)?;
        let policies = properties.get("accessPolicies").and_then(Value::as_array);
        Ok(Vault {
            plain: plain.to_owned(),
            id,
            has_roles: properties.get("enableRbacAuthorization") == Some(&Value::Bool(true)),
            policies: policies.cloned().unwrap_or_default(),
        })
    }

    /// What whoever asks may do with a secret.
    pub(super) fn permissions(&self, vault: &Vault, name: &str) -> Result<Vec<Value>, Silent> {
        let id = &vault.id;
        self.all(&format!(
            "{id}/secrets/{name}/providers/Microsoft.Authorization/permissions?{ROLES}"
        ))
    }

    /// The roles that count for a secret, wherever they were assigned.
    pub(super) fn assignments(&self, vault: &Vault, name: &str) -> Result<Vec<Value>, Silent> {
        let id = &vault.id;
        let filter = "$filter=atScope()";
        self.all(&format!(
            "{id}/secrets/{name}/providers/Microsoft.Authorization/roleAssignments?{ROLES}&{filter}"
        ))
    }

    /// What a role lets.
    pub(super) fn role(&self, id: &str) -> Result<Value, Silent> {
        let id = checked(id).ok_or(Silent::Unanswered)?;
        self.get(&format!("{id}?{ROLES}"))
    }
}

/// An id that fits into an address; nothing where it would lead elsewhere.
fn checked(id: &str) -> Option<String> {
    let rest = id.strip_prefix('/')?;
    let mut out = String::with_capacity(id.len());
    for part in rest.split('/') {
        if part.is_empty() || part == "." || part == ".." {
            return None;
        }
        out.push('/');
        out.push_str(&escaped(part));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cloud_has_its_own() {
        let of = |vault: &str| Arm::new(vault).map(|arm| (arm.name, arm.address));
        let at = |name: &str, address: &str| Some((name.to_owned(), address.to_owned()));
        assert_eq!(
            of("https://My-Vault.vault.azure.net"),
            at("my-vault", "https://management.azure.com")
        );
        assert_eq!(
            of("https://v.vault.azure.cn"),
            at("v", "https://management.chinacloudapi.cn")
        );
        assert_eq!(
            of("https://127.0.0.1:80"),
            at("127", "https://127.0.0.1:80")
        );
        assert_eq!(of("https://v.vault.example"), None);
    }

    #[test]
    fn an_id_leads_nowhere_else() {
        assert_eq!(
            checked("/subscriptions/1/x (y)").as_deref(),
            Some("/subscriptions/1/x%20%28y%29")
        );
        for wrong in [
            "",
            "x",
            "https://x.example",
            "//x.example",
            "/a/../b",
            "/a//b",
            "/",
        ] {
            assert_eq!(checked(wrong), None, "{wrong}");
        }
    }
}
