//! Which rights on secrets whoever asks lacks.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::client::{Client, No};
use crate::manager::{Failure, Missing, Need};

/// The right to read a value.
pub(super) const ACCESS: &str = "secretmanager.versions.access";
const ADD: &str = "secretmanager.versions.add";

#[derive(Deserialize)]
struct Tested {
    #[serde(default)]
    permissions: Vec<String>,
}

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
