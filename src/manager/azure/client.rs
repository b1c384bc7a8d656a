//! Questions to Azure Key Vault, and what its errors mean.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::credentials;
use crate::manager::environment::{Variables, settings, variable};
use crate::manager::http::{
    Answer, Http, Question, Unanswered, Who, host, is_loopback, plain, way,
};
use crate::manager::kept::Kept;
use crate::manager::{Failure, FailureKind, NotWritten};
use crate::text::show;

const WHO: Who = Who {
    name: "Azure Key Vault",
    address: "check AZURE_KEYVAULT_URL or the vault in the manifest, and the network",
    trust: "name the certificate of the authority in SSL_CERT_FILE",
};

/// What the clouds have their vaults below. A token for one is shown to nobody else.
const DOMAINS: &[&str] = &[
    "vault.azure.net",
    "vault.azure.cn",
    "vault.usgovcloudapi.net",
];

const API: &str = "api-version=7.4";

/// Speaks to one vault.
pub(super) struct Client {
    http: Http,
    /// Scheme, host and perhaps port.
    pub(super) address: String,
    resource: String,
    token: Kept<Zeroizing<String>>,
}

/// An error, by its code alone: what else it says may hold what was sent.
#[derive(Deserialize)]
struct Wrong {
    error: Coded,
}

#[derive(Deserialize)]
struct Coded {
    #[serde(default)]
    code: String,
    innererror: Option<Box<Coded>>,
}

/// Why Azure did not do what it was asked for.
pub(super) enum No {
    /// There is nothing.
    Absent,
    /// The name is taken by something that was deleted.
    Deleted,
    /// It is not allowed.
    Denied(Failure),
    /// Anything else that it said.
    Refused(Failure),
    /// Nothing was heard, or nothing that says what became of it.
    Unanswered(Unanswered),
}

impl No {
    /// Where absence says nothing by itself.
    pub(super) fn failure(self, name: &str) -> Failure {
        let odd = |what: String, help| Failure::new(FailureKind::Refused, what, help);
        match self {
            Self::Denied(failure) | Self::Refused(failure) => failure,
            Self::Unanswered(unanswered) => unanswered.into(),
            Self::Absent => odd(
                format!("the secret {} was deleted in the meantime", show(name)),
                "try again",
            ),
            Self::Deleted => odd(
                format!(
                    "the name {} is taken by a secret that was deleted",
                    show(name)
                ),
                "bring it back with `az keyvault secret recover`, or purge it",
            ),
        }
    }

    /// For what should have been written.
    pub(super) fn not_written(self, name: &str) -> NotWritten {
        match self {
            Self::Deleted => NotWritten::Taken,
            Self::Unanswered(unanswered) => unanswered.into(),
            no => NotWritten::Refused(no.failure(name)),
        }
    }
}

impl Client {
    /// For a vault, or for the one that the environment names.
    pub(super) fn new(mount: &str, variable: Variables<'_>) -> Result<Self, Failure> {
        let own = Some(mount.to_owned()).filter(|mount| !mount.is_empty());
        let address = own.or_else(|| variable("AZURE_KEYVAULT_URL"));
        let address = address.ok_or_else(|| {
            settings(
                "no vault of Azure is named, so nobody knows where the secrets are",
                "set AZURE_KEYVAULT_URL, for example to https://name.vault.azure.net",
            )
        })?;
        let resource = plain(&address).and_then(|address| resource(host(address)));
        let (Some(address), Some(resource)) = (plain(&address), resource) else {
            return Err(settings(
                "the address of the vault is none of Azure, and a token is shown to nobody else",
                "set AZURE_KEYVAULT_URL, for example to https://name.vault.azure.net, or correct it in the manifest",
            ));
        };
        Ok(Self {
            http: Http::new(WHO, way(address), None)?,
            address: address.to_owned(),
            resource,
            token: Kept::default(),
        })
    }

    /// Has a token ready.
    pub(super) fn log_in(&self) -> Result<std::rc::Rc<Zeroizing<String>>, Failure> {
        self.token
            .get(|| credentials::find(&variable, &self.resource))
    }

    /// Asks about something in the vault. `name` is the secret that it is about.
    pub(super) fn ask<T: DeserializeOwned>(
        &self,
        method: &'static str,
        below: &str,
        body: Option<&[u8]>,
        name: &str,
    ) -> Result<T, No> {
        let sign = if below.contains('?') { '&' } else { '?' };
        let address = format!("{}/{below}{sign}{API}", self.address);
        self.ask_at(method, &address, body, name)
    }

    /// Asks at an address of the vault.
    pub(super) fn ask_at<T: DeserializeOwned>(
        &self,
        method: &'static str,
        address: &str,
        body: Option<&[u8]>,
        name: &str,
    ) -> Result<T, No> {
        let mut answer = self.send(method, address, body)?;
        if answer.status == 401 {
            // A token can be taken back while it is kept.
            self.token.forget();
            answer = self.send(method, address, body)?;
        }
        if answer.status != 200 {
            return Err(no(&answer, name));
        }
        serde_json::from_slice(&answer.body).map_err(|_| {
            // It may have been done all the same.
            No::Unanswered(Unanswered::Cut(Failure::new(
                FailureKind::Refused,
                format!(
                    "the answer of Azure about {} was not understood",
                    show(name)
                ),
                "check AZURE_KEYVAULT_URL or the vault in the manifest",
            )))
        })
    }

    fn send(&self, method: &'static str, address: &str, body: Option<&[u8]>) -> Result<Answer, No> {
        let token = self.log_in().map_err(No::Refused)?;
        let question = Question {
            method,
            address,
            headers: &[],
            body,
        };
        let answer = self.http.ask_as(&token, &question);
        answer.map_err(No::Unanswered)
    }
}

/// What a token for a vault is asked for; nothing for a host that is no vault's.
fn resource(host: &str) -> Option<String> {
    let host = host.to_ascii_lowercase();
    if is_loopback(&host) {
        return DOMAINS.first().map(|domain| format!("https://{domain}"));
    }
    let (_, domain) = host.split_once('.')?;
    DOMAINS
        .contains(&domain)
        .then(|| format!("https://{domain}"))
}

/// An answer that is no answer. What stands in it is not told.
fn no(answer: &Answer, name: &str) -> No {
    let wrong: Option<Wrong> = serde_json::from_slice(&answer.body).ok();
    let (code, inner) = match wrong {
        Some(Wrong { error }) => {
            let inner = error.innererror.map(|inner| inner.code);
            (error.code, inner.unwrap_or_default())
        }
        None => (String::new(), String::new()),
    };
    let failure = |what: String, help| Failure::new(FailureKind::Refused, what, help);
    match (answer.status, code.as_str(), inner.as_str()) {
        (404, "SecretNotFound", _) => No::Absent,
        (409, _, _) => No::Deleted,
        (403, _, "SecretDisabled") => No::Refused(failure(
            format!("the secret {} is disabled", show(name)),
            "enable it with `az keyvault secret set-attributes --enabled true`",
        )),
        (403, _, _) => No::Denied(Failure::new(
            FailureKind::Denied,
            format!(
                "Azure does not allow that about {}, or the secret is disabled",
                show(name)
            ),
            "use an identity with the role of the manifest, and check the firewall of the vault",
        )),
        (401, _, _) => No::Refused(failure(
            "Azure does not take the token of who asks".to_owned(),
            "check that it is of the tenant of the vault: AZURE_TENANT_ID, or `az login --tenant`",
        )),
        (429, _, _) => No::Refused(failure(
            "Azure is asked too often".to_owned(),
            "wait a little, and try again",
        )),
        // It may have been done all the same.
        (status @ 500.., _, _) => No::Unanswered(Unanswered::Cut(failure(
            format!(
                "Azure answered with status {status} when it was asked about {}",
                show(name)
            ),
            "wait a little, and try again",
        ))),
        (300..=399, _, _) => No::Refused(failure(
            "Azure answers with a redirect, and values are sent nowhere else".to_owned(),
            "check AZURE_KEYVAULT_URL or the vault in the manifest",
        )),
        (status, _, _) => No::Refused(failure(
            format!(
                "Azure answered with status {status} when it was asked about {}",
                show(name)
            ),
            "check the vault, the name of the secret and how large the value is",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(mount: &str, set: &[(&str, &str)]) -> Result<Client, Failure> {
        Client::new(mount, &|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_token_is_shown_to_vaults_only() {
        for (address, resource) in [
            ("https://name.vault.azure.net/", "https://vault.azure.net"),
            ("https://Name.Vault.azure.cn", "https://vault.azure.cn"),
            ("https://127.0.0.1:80", "https://vault.azure.net"),
        ] {
            let client = client("", &[("AZURE_KEYVAULT_URL", address)]);
            let client = client.unwrap_or_else(|_| panic!("{address}"));
            assert_eq!(client.resource, resource);
        }
        for address in [
            "",
            "name",
            "http://name.vault.azure.net",
            "https://vault.azure.net",
            "https://name.vault.azure.net.example",
            "https://name.example",
            "https://a.b.vault.azure.net",
            "https://name.vault.azure.net@x.example",
        ] {
            let Err(failure) = client(address, &[]) else {
                panic!("{address}")
            };
            assert_eq!(failure.kind, FailureKind::Settings);
        }
    }

    #[test]
    fn an_error_is_known_by_its_code() {
        let of = |status, body: &str| {
            let body = Zeroizing::new(body.as_bytes().to_vec());
            no(&Answer { status, body }, "team-server-A")
        };
        let absent = r#"{"error":{"code":"SecretNotFound","message":"fixture"}}"#;
        assert!(matches!(of(404, absent), No::Absent));
        assert!(matches!(of(409, "{}"), No::Deleted));
        assert!(matches!(of(500, ""), No::Unanswered(Unanswered::Cut(_))));
        let disabled = r#"{"error":{"code":"Forbidden","innererror":{"code":"SecretDisabled"}}}"#;
        // A page of somebody else is not taken for absence.
        for (status, body) in [
            (404, "<html>fixture"),
            (403, disabled),
            (302, ""),
            (429, "fixture"),
        ] {
            let No::Refused(failure) = of(status, body) else {
                panic!("{status}")
            };
            assert!(!failure.what.contains("fixture"), "{}", failure.what);
        }
        assert!(matches!(of(403, "{}"), No::Denied(_)));
    }
}
