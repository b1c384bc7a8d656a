//! Who is given policies: by the roles and users of logins, and by the entities and groups of identities.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Vault, encoded};
use crate::manager::optional::{Allowance, Silent};
use crate::text::show;

/// Kinds of logins with what gives out policies: where it is listed, where one is, and what comes before its name.
const KINDS: &[(&str, &str, &str, &str)] = &[
    ("approle", "role", "role", ""),
    ("aws", "roles", "role", ""),
    ("azure", "role", "role", ""),
    ("cert", "certs", "certs", ""),
    ("gcp", "roles", "role", ""),
    ("jwt", "role", "role", ""),
    ("kubernetes", "role", "role", ""),
    ("ldap", "groups", "groups", "groups/"),
    ("ldap", "users", "users", ""),
    ("oidc", "role", "role", ""),
    ("okta", "groups", "groups", "groups/"),
    ("okta", "users", "users", ""),
    ("radius", "users", "users", ""),
    ("userpass", "users", "users", ""),
];

/// Fields of a role or a user that name policies. Those of some logins are one text with commas.
const POLICIES: &[&str] = &["policies", "token_policies"];

/// Who has which policies.
#[derive(Default)]
pub(super) struct Given {
    pub(super) all: Vec<Has>,
    /// What is not told, a clause each.
    pub(super) untold: Vec<String>,
}

/// Somebody with policies.
pub(super) struct Has {
    pub(super) who: String,
    /// Of which group they are; empty where they are their own.
    pub(super) of: String,
    pub(super) policies: Vec<String>,
}

/// What is known of a group.
struct Group {
    name: String,
    policies: Vec<String>,
    parents: Vec<String>,
    members: Vec<String>,
    /// For a group of another system, whose members are known there.
    alias: Option<String>,
}

impl Vault {
    /// Everybody who is given policies, as far as that is told.
    pub(super) fn given(&self, allowance: &Allowance) -> Given {
        let mut given = Given::default();
        self.of_logins(allowance, &mut given);
        self.of_identities(allowance, &mut given);
        given
    }

    fn of_logins(&self, allowance: &Allowance, given: &mut Given) {
        let mounts = match self.told(allowance, "sys/auth") {
            Ok(mounts) => mounts,
            Err(why) => {
                let clause = format!("roles and users of logins: {}", why.why("reading sys/auth"));
                return given.untold.push(clause);
            }
        };
        for (mount, about) in mounts.as_object().into_iter().flatten() {
            let kind = about.get("type").and_then(Value::as_str);
            let kinds = KINDS.iter().filter(|(known, ..)| Some(*known) == kind);
            for (_, list, one, head) in kinds {
                let mount = mount.trim_end_matches('/');
                let below = format!("auth/{}", encoded(mount));
                let asked = format!("{below}/{list}");
                let mut missing = 0_usize;
                for name in self.listed(allowance, &asked, given) {
                    match self.told(allowance, &format!("{below}/{one}/{}", encoded(&name))) {
                        Ok(role) => given.all.push(Has {
                            who: format!("{mount}/{head}{name}"),
                            of: String::new(),
                            policies: POLICIES
                                .iter()
                                .flat_map(|field| texts(&role, field))
                                .collect(),
                        }),
                        Err(_) => missing += 1,
                    }
                }
                if missing > 0 {
                    given.untold.push(format!("{missing} of {}", show(&asked)));
                }
            }
        }
    }

    /// The names of a list. A list that is not there is empty.
    fn listed(&self, allowance: &Allowance, place: &str, given: &mut Given) -> Vec<String> {
        match self.told(allowance, &format!("{place}?list=true")) {
            Ok(list) => texts(&list, "keys"),
            Err(Silent::Absent) => Vec::new(),
            Err(why) => {
                let listing = format!("listing {}", show(place));
                given.untold.push(why.why(&listing));
                Vec::new()
            }
        }
    }

    fn of_identities(&self, allowance: &Allowance, given: &mut Given) {
        let groups = self.groups(allowance, given);
        let mut missing = 0_usize;
        let mut entities: BTreeMap<String, String> = BTreeMap::new();
        for id in self.listed(allowance, "identity/entity/id", given) {
            let place = format!("identity/entity/id/{}", encoded(&id));
            let Ok(entity) = self.told(allowance, &place) else {
                missing += 1;
                continue;
            };
            if entity.get("disabled") == Some(&Value::Bool(true)) {
                continue;
            }
            let who = named(&entity);
            given.all.push(Has {
                who: who.clone(),
                of: String::new(),
                policies: texts(&entity, "policies"),
            });
            entities.insert(id, who);
        }
        if missing > 0 {
            given.untold.push(format!("{missing} entities"));
        }
        for (id, group) in &groups {
            let mut all = inherited(id, &groups);
            all.retain(|(_, policies)| !policies.is_empty());
            let mut members: Vec<String> = group
                .members
                .iter()
                .map(|member| match entities.get(member) {
                    Some(who) => who.clone(),
                    None => format!("entity {member}"),
                })
                .collect();
            if let Some(alias) = &group.alias {
                members.push(format!("everybody in {alias}"));
            }
            for who in members {
                given.all.extend(all.iter().map(|(name, policies)| Has {
                    who: who.clone(),
                    of: (*name).to_owned(),
                    policies: policies.to_vec(),
                }));
            }
        }
    }

    fn groups(&self, allowance: &Allowance, given: &mut Given) -> BTreeMap<String, Group> {
        let mut groups = BTreeMap::new();
        let mut missing = 0_usize;
        for id in self.listed(allowance, "identity/group/id", given) {
            let place = format!("identity/group/id/{}", encoded(&id));
            let Ok(found) = self.told(allowance, &place) else {
                missing += 1;
                continue;
            };
            let is_external = found.get("type").and_then(Value::as_str) == Some("external");
            let alias = found.get("alias").and_then(alias);
            let group = Group {
                name: text(&found, "name").to_owned(),
                policies: texts(&found, "policies"),
                parents: texts(&found, "parent_group_ids"),
                members: texts(&found, "member_entity_ids"),
                alias: alias.filter(|_| is_external),
            };
            groups.insert(id, group);
        }
        if missing > 0 {
            given.untold.push(format!("{missing} groups"));
        }
        groups
    }
}

/// The policies that members of a group have, by the name of the group that has them: its own and those of all above.
fn inherited<'g>(id: &'g str, groups: &'g BTreeMap<String, Group>) -> Vec<(&'g str, &'g [String])> {
    let mut seen = BTreeSet::new();
    let mut open = vec![id];
    let mut all = Vec::new();
    while let Some(id) = open.pop() {
        let Some(group) = groups.get(id).filter(|_| seen.insert(id)) else {
            continue;
        };
        all.push((group.name.as_str(), group.policies.as_slice()));
        open.extend(group.parents.iter().map(String::as_str));
    }
    all
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Texts in a list, or in one text with commas.
fn texts(value: &Value, name: &str) -> Vec<String> {
    match value.get(name) {
        Some(Value::Array(all)) => {
            let all = all.iter().filter_map(Value::as_str);
            all.map(str::to_owned).collect()
        }
        Some(Value::String(all)) => {
            let all = all.split(',').map(str::trim);
            all.filter(|one| !one.is_empty())
                .map(str::to_owned)
                .collect()
        }
        _ => Vec::new(),
    }
}

/// How an identity logs in.
fn alias(value: &Value) -> Option<String> {
    let mount = text(value, "mount_path");
    let mount = mount.strip_prefix("auth/").unwrap_or(mount);
    let name = text(value, "name");
    (!name.is_empty()).then(|| format!("{mount}{name}"))
}

fn named(entity: &Value) -> String {
    let name = text(entity, "name");
    let all = entity.get("aliases").and_then(Value::as_array);
    let all: Vec<String> = all.into_iter().flatten().filter_map(alias).collect();
    match all.as_slice() {
        [] => format!("entity {name}"),
        all => format!("entity {name} ({})", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_are_in_each_other_end() {
        let group = |name: &str, parents: &[&str]| Group {
            name: name.to_owned(),
            policies: vec![format!("of {name}")],
            parents: parents.iter().map(|&one| one.to_owned()).collect(),
            members: Vec::new(),
            alias: None,
        };
        let groups = BTreeMap::from([
            ("1".to_owned(), group("one", &["2", "9"])),
            ("2".to_owned(), group("two", &["1", "2", "3"])),
            ("3".to_owned(), group("three", &[])),
        ]);
        let all = inherited("1", &groups);
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["one", "two", "three"]);
    }
}
