//! Who may read a path: by the policies, and by what gives them to somebody.

use serde_json::Value;

use super::logins::Given;
use super::policy::{Rule, rules};
use super::session::Ask;
use super::{Vault, encoded};
use crate::manager::optional::{Allowance, Silent};
use crate::manager::{Holder, Readers};
use crate::text::show;

/// How much is asked in one run: policies, roles, users, entities and groups.
const QUESTIONS: usize = 5000;

/// What a token needs for itself, and no more than that.
const OWN: &[&str] = &[
    "auth/token/lookup-self",
    "auth/token/renew-self",
    "auth/token/revoke-self",
    "sys/capabilities-self",
];

/// All policies and who has them, asked for once.
pub(super) struct Known {
    policies: Vec<Policy>,
    given: Given,
}

struct Policy {
    name: String,
    text: String,
    /// Nothing where its text is not understood.
    rules: Option<Vec<Rule>>,
}

/// A policy that lets somebody read a path.
struct Lets<'k> {
    name: &'k str,
    wider: Vec<String>,
    is_conditional: bool,
}

impl Vault {
    /// Everybody who may read a path, as far as it is told.
    pub(super) fn holders(&self, path: &str) -> Readers {
        let known = match self.known.get_or_init(|| self.ask_known()) {
            Ok(known) => known,
            Err(why) => {
                let listing = why.why("listing sys/policies/acl");
                return Readers::untold(&format!("policies: {listing}"));
            }
        };
        let place = format!("{}/data/{path}", self.mount);
        let lets = known.policies.iter().filter_map(|policy| {
            let (wider, is_conditional) = match &policy.rules {
                Some(rules) => wider(rules, &place)?,
                // Named all the same where it could be about it.
                None if policy.text.contains(&self.mount) => {
                    (vec!["its text was not understood".to_owned()], false)
                }
                None => return None,
            };
            Some(Lets {
                name: &policy.name,
                wider,
                is_conditional,
            })
        });
        let mut holders = Vec::new();
        for one in lets {
            let has = known.given.all.iter();
            let has = has.filter(|has| has.policies.iter().any(|name| name == one.name));
            let mut who: Vec<(&str, &str)> = has.map(|has| (&*has.who, &*has.of)).collect();
            if who.is_empty() {
                who.push(("", ""));
            }
            holders.extend(who.into_iter().map(|(who, of)| Holder {
                who: who.to_owned(),
                by: match of {
                    "" => one.name.to_owned(),
                    of => format!("{} of group {of}", one.name),
                },
                wider: one.wider.clone(),
                is_conditional: one.is_conditional,
            }));
        }
        holders.sort_unstable();
        holders.dedup();
        Readers {
            holders: Some(holders),
            untold: known.given.untold.clone(),
        }
    }

    fn ask_known(&self) -> Result<Known, Silent> {
        let allowance = Allowance::new(QUESTIONS);
        let list = self.told(&allowance, "sys/policies/acl?list=true")?;
        let names = list.get("keys").and_then(Value::as_array);
        let names = names.ok_or(Silent::Unanswered)?;
        let mut policies = Vec::new();
        let mut missing = 0_usize;
        for name in names.iter().filter_map(Value::as_str) {
            let asked = format!("sys/policies/acl/{}", encoded(name));
            let told = self.told(&allowance, &asked).ok();
            let text = told.as_ref().and_then(|told| told.get("policy")?.as_str());
            let Some(text) = text else {
                missing += 1;
                continue;
            };
            policies.push(Policy {
                name: name.to_owned(),
                rules: rules(text),
                text: text.to_owned(),
            });
        }
        let mut given = self.given(&allowance);
        if missing > 0 {
            given.untold.push(format!("{missing} policies"));
        }
        Ok(Known { policies, given })
    }

    /// What is told about something.
    pub(super) fn told(&self, allowance: &Allowance, place: &str) -> Result<Value, Silent> {
        let answer = allowance.spend(|| self.session.ask(Ask::Get, place));
        let answer = answer.and_then(Result::ok).ok_or(Silent::Unanswered)?;
        match answer.status {
            200 => {
                let mut whole: Value =
                    serde_json::from_slice(&answer.body).map_err(|_| Silent::Unanswered)?;
                let data = whole.get_mut("data").map(Value::take);
                data.filter(Value::is_object).ok_or(Silent::Unanswered)
            }
            403 => Err(Silent::Denied),
            404 => Err(Silent::Absent),
            _ => Err(Silent::Unanswered),
        }
    }
}

/// What a policy lets beyond reading a place, and whether that depends on who has it; nothing where it does not let that be
/// read.
fn wider(rules: &[Rule], place: &str) -> Option<(Vec<String>, bool)> {
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
    Some((wider, best.is_template()))
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
            let expected =
                expected.map(|all| (all.iter().map(|&one| one.to_owned()).collect(), false));
            assert_eq!(found, expected, "{policy}");
        }
        let template =
            "path \"secret/data/{{identity.entity.name}}/a\" { capabilities = [\"read\"] }";
        let found = wider(&rules(template).unwrap(), place);
        assert_eq!(found, Some((Vec::new(), true)));
    }
}
