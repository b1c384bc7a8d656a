//! What GCP tells of rights: which of ours are missing, and who else has which.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::client::{Client, No};
use crate::manager::{Failure, Holder, Missing, Need};

const ACCESS: &str = "secretmanager.versions.access";
const ADD: &str = "secretmanager.versions.add";

#[derive(Deserialize)]
struct Tested {
    #[serde(default)]
    permissions: Vec<String>,
}

#[derive(Deserialize)]
struct Policy {
    #[serde(default)]
    bindings: Vec<Binding>,
}

#[derive(Deserialize)]
struct Binding {
    role: String,
    #[serde(default)]
    members: Vec<String>,
}

/// What the roles that can read a value allow beside that.
const ROLES: &[(&str, Option<&str>)] = &[
    ("roles/secretmanager.secretAccessor", None),
    (
        "roles/secretmanager.admin",
        Some("may change it, delete it and give rights to others"),
    ),
    (
        "roles/owner",
        Some("may change it, delete it and give rights to others"),
    ),
    ("roles/editor", Some("may change it and delete it")),
];

/// Roles that do not let anybody read a value.
const BLIND: &[&str] = &[
    "roles/secretmanager.viewer",
    "roles/secretmanager.secretVersionAdder",
    "roles/secretmanager.secretVersionManager",
    "roles/viewer",
];

/// What is not allowed on secrets that are there. Of one that is not, only trying tells: roles of the project may be bound
/// to names, and then the project itself says no.
pub(super) fn missing(
    client: &Client,
    paths: &[&str],
    need: Need,
) -> Result<Vec<Missing>, Failure> {
    let needed: &[&str] = match need {
        Need::Rotate => &[ACCESS, ADD],
        Need::Push | Need::Verify => &[ACCESS],
    };
    let body = json!({ "permissions": needed }).to_string();
    let mut missing = Vec::new();
    for path in paths {
        let name = super::checked(path)?;
        let below = format!("secrets/{name}:testIamPermissions");
        let tested: Tested = match client.ask("POST", &below, Some(body.as_bytes()), name) {
            Ok(tested) => tested,
            Err(No::Absent | No::Denied(_)) => continue,
            Err(no) => return Err(no.failure(name)),
        };
        let is_given = |right: &&&str| tested.permissions.iter().any(|one| one == **right);
        let rights: Vec<String> = needed
            .iter()
            .filter(|right| !is_given(right))
            .map(|right| (*right).to_owned())
            .collect();
        if rights.is_empty() {
            continue;
        }
        // Nothing is allowed on what is not there.
        if !tested.permissions.is_empty() || is_there(client, name)? {
            missing.push(Missing {
                path: (*path).to_owned(),
                rights,
            });
        }
    }
    Ok(missing)
}

fn is_there(client: &Client, name: &str) -> Result<bool, Failure> {
    let below = format!("secrets/{name}");
    match client.ask::<IgnoredAny>("GET", &below, None, name) {
        Ok(_) => Ok(true),
        Err(No::Absent | No::Denied(_)) => Ok(false),
        Err(no) => Err(no.failure(name)),
    }
}

/// Who may read a secret by its own policy; those of the project come on top and are not told here.
pub(super) fn readers(client: &Client, name: &str) -> Result<Option<Vec<Holder>>, Failure> {
    let below = format!("secrets/{name}:getIamPolicy");
    let policy: Policy = match client.ask("GET", &below, None, name) {
        Ok(policy) => policy,
        Err(No::Absent | No::Denied(_)) => return Ok(None),
        Err(no) => return Err(no.failure(name)),
    };
    Ok(Some(holders(policy)))
}

fn holders(policy: Policy) -> Vec<Holder> {
    let mut holders = Vec::new();
    for binding in policy.bindings {
        if BLIND.contains(&binding.role.as_str()) {
            continue;
        }
        let known = ROLES.iter().find(|(role, _)| *role == binding.role);
        let more = match known {
            Some((_, more)) => *more,
            None => Some("what its role lets it do is not known here"),
        };
        for who in binding.members {
            let anybody = matches!(&*who, "allUsers" | "allAuthenticatedUsers");
            let anybody = anybody.then_some("is everybody");
            holders.push(Holder {
                who,
                by: binding.role.clone(),
                wider: more.into_iter().chain(anybody).map(str::to_owned).collect(),
            });
        }
    }
    holders.sort_unstable();
    holders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_that_can_do_more_is_told() {
        let policy = r#"{"bindings":[
            {"role":"roles/secretmanager.secretAccessor","members":["serviceAccount:b","allUsers"]},
            {"role":"roles/secretmanager.viewer","members":["user:c"]},
            {"role":"roles/secretmanager.admin","members":["user:a"]},
            {"role":"projects/p/roles/own","members":["user:d"]}]}"#;
        let holders = holders(serde_json::from_str(policy).unwrap());
        let short: Vec<(&str, usize)> = holders
            .iter()
            .map(|holder| (holder.who.as_str(), holder.wider.len()))
            .collect();
        assert_eq!(
            short,
            [
                ("allUsers", 1),
                ("serviceAccount:b", 0),
                ("user:a", 1),
                ("user:d", 1)
            ]
        );
    }
}
