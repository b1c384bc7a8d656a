//! Who may read a secret: by its own policy, and by the policies of the identities of the account.

use serde::Deserialize;
use serde_json::json;

use super::account::Caller;
use super::client::No;
use super::identities::Identities;
use super::policy::{READ, Statement, lets, statements};
use super::{Aws, account};
use crate::manager::optional::Silent;
use crate::manager::{Holder, Readers};

const OWN: &str = "the policy of the secret";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    #[serde(rename = "ARN")]
    arn: String,
    resource_policy: Option<String>,
}

/// What is known of the policy of a secret.
pub(super) enum AtSecret {
    /// Its ARN, and what the policy says; nothing where it has none.
    Told(String, Vec<Statement>),
    /// There is no such secret.
    Absent,
    /// It is not told, for a reason.
    Untold(String),
}

impl Aws {
    /// The policy of a secret.
    pub(super) fn at_secret(&self, path: &str) -> AtSecret {
        let body = json!({ "SecretId": path }).to_string();
        let asked: Result<Policy, No> = self.client.ask("GetResourcePolicy", body.as_bytes(), path);
        let silent = match asked {
            Ok(told) => {
                let all = told.resource_policy.as_deref().map(statements);
                return match all {
                    None => AtSecret::Told(told.arn, Vec::new()),
                    Some(Some(all)) => AtSecret::Told(told.arn, all),
                    Some(None) => AtSecret::Untold("it was not understood".to_owned()),
                };
            }
            Err(No::Absent | No::Deleted) => return AtSecret::Absent,
            Err(No::Denied(_)) => Silent::Denied,
            Err(_) => Silent::Unanswered,
        };
        AtSecret::Untold(silent.why("secretsmanager:GetResourcePolicy"))
    }

    /// Everybody who may read a secret, as far as it is told.
    pub(super) fn holders(&self, path: &str) -> Readers {
        let mut untold = Vec::new();
        let (arn, own) = match self.at_secret(path) {
            AtSecret::Told(arn, all) => (Some(arn), Some(all)),
            AtSecret::Absent => return Readers::untold("there is no such secret"),
            AtSecret::Untold(why) => {
                untold.push(format!("{OWN}: {why}"));
                (self.arns.borrow().get(path).cloned(), None)
            }
        };
        let Some(arn) = arn else {
            return Readers {
                holders: None,
                untold,
            };
        };
        let mut holders = None;
        if let Some(own) = &own {
            holders = Some(by_own(own, &arn));
        }
        match self
            .identities
            .get_or_init(|| Identities::ask(&self.client))
        {
            Ok(identities) => {
                let by = identities.holders(&arn, own.as_deref().unwrap_or_default());
                holders.get_or_insert_default().extend(by);
                untold.extend(identities.untold.iter().cloned());
            }
            Err(silent) => untold.push(format!(
                "policies of users, groups and roles: {}",
                silent.why("iam:GetAccountAuthorizationDetails")
            )),
        }
        if let Some(holders) = &mut holders {
            holders.sort_unstable();
        }
        Readers { holders, untold }
    }

    /// Who asks; nothing where that is not told.
    pub(super) fn caller(&self) -> Option<&Caller> {
        let caller = self
            .caller
            .get_or_init(|| account::caller(&self.client).ok());
        caller.as_ref()
    }
}

/// Whom the policy of a secret lets in.
fn by_own(own: &[Statement], arn: &str) -> Vec<Holder> {
    let denials: Vec<&Statement> = own.iter().filter(|one| one.forbids(READ, arn)).collect();
    let account = arn.split(':').nth(4).unwrap_or_default();
    let mut holders = Vec::new();
    for one in own {
        let Some(lets) = lets(std::iter::once(one), arn, true) else {
            continue;
        };
        let Some(principals) = &one.principals else {
            continue;
        };
        let all = principals.all.iter().map(String::as_str);
        let all: Vec<&str> = if principals.is_not {
            vec!["*"]
        } else {
            all.collect()
        };
        for who in all {
            let of = denials.iter().filter(|one| is_about(one, who));
            if of.clone().any(|one| !one.is_conditional) {
                continue;
            }
            // Of everybody, a denial takes some away.
            let is_limited = of.count() > 0 || (who == "*" && !denials.is_empty());
            let mut wider = lets.wider.clone();
            wider.extend(whole(who, account));
            holders.push(Holder {
                who: match who {
                    "*" if principals.is_not => "everybody but some".to_owned(),
                    "*" => "everybody".to_owned(),
                    who => who.to_owned(),
                },
                by: OWN.to_owned(),
                wider,
                is_conditional: lets.is_conditional || is_limited,
            });
        }
    }
    holders
}

/// What is wider where somebody is more than one identity.
fn whole(who: &str, account: &str) -> Option<String> {
    let number = who
        .strip_suffix(":root")
        .and_then(|who| who.rsplit(':').next());
    let number = number.unwrap_or(who);
    let is_account = number.len() == 12 && number.bytes().all(|byte| byte.is_ascii_digit());
    match who {
        "*" => Some("everybody".to_owned()),
        _ if is_account && number == account => {
            Some("everybody of this account whose own policies let them".to_owned())
        }
        _ if is_account => Some("everybody of another account whom it lets".to_owned()),
        _ => None,
    }
}

/// Whether a statement in the policy of a secret is about somebody; `*` is everybody, and some are not.
pub(super) fn is_about(statement: &Statement, who: &str) -> bool {
    let Some(principals) = &statement.principals else {
        return false;
    };
    let account = who.split(':').nth(4).unwrap_or_default();
    let is = |one: &String| {
        let is_account =
            !account.is_empty() && (one == account || one.ends_with(&format!("::{account}:root")));
        one == "*" || one == who || is_account
    };
    let is_named = principals.all.iter().any(is);
    if principals.is_not {
        who != "*" && !is_named
    } else {
        is_named
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:team/a-AbCdEf";

    #[test]
    fn denials_count_for_whom_they_are_about() {
        let role = |name: &str| format!("arn:aws:iam::123456789012:role/{name}");
        let (a, b) = (role("a"), role("b"));
        let statement = |effect: &str, principal: &str| {
            format!(
                r#"{{"Effect":"{effect}",{principal},"Action":"secretsmanager:GetSecretValue","Resource":"*"}}"#
            )
        };
        let both = statement("Allow", &format!(r#""Principal":{{"AWS":["{a}","{b}"]}}"#));
        let any = statement("Allow", r#""Principal":"*""#);
        let not_b = statement("Deny", &format!(r#""Principal":{{"AWS":"{b}"}}"#));
        let only_a = statement("Deny", &format!(r#""NotPrincipal":{{"AWS":"{a}"}}"#));
        let account = statement("Deny", r#""Principal":{"AWS":"123456789012"}"#);
        let closed = statement("Deny", r#""Principal":"*""#);
        for (all, expected) in [
            (vec![&both], vec![(a.as_str(), false), (b.as_str(), false)]),
            (vec![&both, &not_b], vec![(a.as_str(), false)]),
            (vec![&both, &only_a], vec![(a.as_str(), false)]),
            (vec![&both, &account], Vec::new()),
            (vec![&any, &closed], Vec::new()),
            (vec![&any, &not_b], vec![("everybody", true)]),
            (vec![&any, &only_a], vec![("everybody", true)]),
            (vec![&not_b], Vec::new()),
        ] {
            let all: Vec<&str> = all.into_iter().map(String::as_str).collect();
            let policy = format!("{{\"Statement\":[{}]}}", all.join(","));
            let holders = by_own(&statements(&policy).unwrap(), ARN);
            let who: Vec<(&str, bool)> = holders
                .iter()
                .map(|holder| (holder.who.as_str(), holder.is_conditional))
                .collect();
            assert_eq!(who, expected, "{policy}");
        }
    }
}
