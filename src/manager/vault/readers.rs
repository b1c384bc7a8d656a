//! Who may read a path: by the policies, and by the roles of logins that give them out.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::policy::{Rule, rules};
use super::session::Ask;
use super::{Vault, Wrapped, encoded};
use crate::manager::{Failure, Holder};
use crate::text::show;

/// Kinds of logins whose roles give out policies.
const KINDS: &[&str] = &["approle", "jwt", "kubernetes", "oidc"];

/// How many roles of one login are looked at.
const MOST: usize = 1000;

/// What a token needs for itself, and no more than that.
const OWN: &[&str] = &[
    "auth/token/lookup-self",
    "auth/token/renew-self",
    "auth/token/revoke-self",
    "sys/capabilities-self",
];

#[derive(Deserialize)]
struct Keys {
    keys: Vec<String>,
}

#[derive(Deserialize)]
struct Policy {
    policy: String,
}

#[derive(Deserialize)]
struct Mount {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Role {
    #[serde(default)]
    token_policies: Option<Vec<String>>,
    #[serde(default)]
    policies: Option<Vec<String>>,
}

/// A policy that lets somebody read a path.
struct Lets {
    name: String,
    wider: Vec<String>,
}

impl Vault {
    /// Everybody who may read a path, as far as policies and roles say so; nothing where they may not be read.
    pub(super) fn holders(&self, path: &str) -> Result<Option<Vec<Holder>>, Failure> {
        let Some(Keys { keys }) = self.told("sys/policies/acl?list=true")? else {
            return Ok(None);
        };
        let place = format!("{}/data/{path}", self.mount);
        let mut lets = Vec::new();
        for name in keys {
            let asked = format!("sys/policies/acl/{}", encoded(&name));
            let Some(Policy { policy }) = self.told(&asked)? else {
                continue;
            };
            match rules(&policy) {
                Some(rules) => lets.extend(wider(&rules, &place).map(|wider| Lets { name, wider })),
                // Named all the same where it could be about it.
                None if policy.contains(&self.mount) => lets.push(Lets {
                    name,
                    wider: vec!["its text was not understood".to_owned()],
                }),
                None => {}
            }
        }
        let roles = self.roles()?;
        let mut holders = Vec::new();
        for one in &lets {
            let own = roles
                .iter()
                .filter(|(_, policies)| policies.contains(&one.name));
            let mut who: Vec<&str> = own.map(|(role, _)| role.as_str()).collect();
            if who.is_empty() {
                who.push("");
            }
            holders.extend(who.into_iter().map(|who| Holder {
                who: who.to_owned(),
                by: one.name.clone(),
                wider: one.wider.clone(),
            }));
        }
        holders.sort();
        Ok(Some(holders))
    }

    /// The roles of all logins with their policies.
    fn roles(&self) -> Result<Vec<(String, Vec<String>)>, Failure> {
        let mounts: Option<BTreeMap<String, Mount>> = self.told("sys/auth")?;
        let mut roles = Vec::new();
        for (mount, Mount { kind }) in mounts.unwrap_or_default() {
            if !KINDS.contains(&kind.as_str()) {
                continue;
            }
            let mount = mount.trim_end_matches('/');
            let list = format!("auth/{}/role?list=true", encoded(mount));
            let names = self
                .told(&list)?
                .map_or_else(Vec::new, |found: Keys| found.keys);
            for name in names.into_iter().take(MOST) {
                let asked = format!("auth/{}/role/{}", encoded(mount), encoded(&name));
                if let Some(role) = self.told::<Role>(&asked)? {
                    let given = role.token_policies.into_iter().chain(role.policies);
                    roles.push((format!("{mount}/{name}"), given.flatten().collect()));
                }
            }
        }
        Ok(roles)
    }

    /// What is told about something; nothing where that is not allowed, or nothing is there.
    fn told<T: DeserializeOwned>(&self, place: &str) -> Result<Option<T>, Failure> {
        let answer = self.session.ask(Ask::Get, place)?;
        let found: Option<Wrapped<T>> = serde_json::from_slice(&answer.body).ok();
        Ok(found
            .filter(|_| answer.status == 200)
            .map(|found| found.data))
    }
}

/// What a policy lets beyond reading a place; nothing where it does not let that be read.
fn wider(rules: &[Rule], place: &str) -> Option<Vec<String>> {
    let about: Vec<&Rule> = rules.iter().filter(|rule| rule.is_about(place)).collect();
    let best = about.iter().max_by_key(|rule| rule.rank())?;
    // Rules with the same pattern add up, and a denial counts more than all.
    let same = about.iter().filter(|rule| rule.pattern == best.pattern);
    let mut held: Vec<&str> = same
        .flat_map(|rule| &rule.capabilities)
        .map(String::as_str)
        .collect();
    held.sort_unstable();
    held.dedup();
    if held.contains(&"deny") || !held.contains(&"read") {
        return None;
    }
    held.retain(|right| *right != "read");
    let mut wider = Vec::new();
    if !held.is_empty() {
        wider.push(format!("{} it as well", held.join(" and ")));
    }
    if best.is_wide() {
        wider.push(format!("all of {}", show(&best.pattern)));
    }
    let others = rules.iter().filter(|rule| {
        let is_own = rule.pattern == best.pattern || OWN.contains(&&*rule.pattern);
        !is_own && !rule.capabilities.iter().any(|right| right == "deny")
    });
    let others: Vec<String> = others.map(|rule| show(&rule.pattern)).collect();
    if let [first, rest @ ..] = &others[..] {
        let more = match rest.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        wider.push(format!("other paths: {first}{more}"));
    }
    Some(wider)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_more_than_reading_one_path_is_wider() {
        let place = "secret/data/team/a";
        for (policy, expected) in [
            (
                "path \"secret/data/team/a\" { capabilities = [\"read\"] }",
                Some(&[][..]),
            ),
            (
                "path \"secret/data/team/a\" { capabilities = [\"read\"] }\npath \"auth/token/renew-self\" { capabilities = [\"update\"] }",
                Some(&[]),
            ),
            (
                "path \"secret/data/team/*\" { capabilities = [\"create\", \"read\"] }",
                Some(&["create it as well", "all of secret/data/team/*"]),
            ),
            (
                "path \"secret/*\" { capabilities = [\"read\"] }\npath \"secret/data/team/a\" { capabilities = [\"deny\"] }",
                None,
            ),
            (
                "path \"secret/data/team/a\" { capabilities = [\"read\"] }\npath \"x\" { capabilities = [\"read\"] }\npath \"y\" { capabilities = [\"read\"] }",
                Some(&["other paths: x and 1 more"]),
            ),
            (
                "path \"secret/data/team/a\" { capabilities = [\"list\"] }",
                None,
            ),
            (
                "path \"secret/data/team/b\" { capabilities = [\"read\"] }",
                None,
            ),
        ] {
            let found = wider(&rules(policy).unwrap(), place);
            let expected = expected.map(|all| all.iter().map(|&one| one.to_owned()).collect());
            assert_eq!(found, expected, "{policy}");
        }
    }
}
