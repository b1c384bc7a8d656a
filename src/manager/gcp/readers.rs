//! Who may read a secret: by its own policy, and by that of the project.

use serde_json::Value;

use super::client::{Client, No};
use super::project::Project;
use super::rights::ACCESS;
use crate::manager::{Failure, Holder, Readers};

const EVERYTHING: &[&str] = &[
    "may change it",
    "may delete it",
    "may give rights to others",
];

/// Roles of Google with what they let beyond reading a value; nothing for those that do not let it be read.
const ROLES: &[(&str, Option<&[&str]>)] = &[
    ("roles/owner", Some(EVERYTHING)),
    ("roles/secretmanager.admin", Some(EVERYTHING)),
    ("roles/secretmanager.secretAccessor", Some(&[])),
    ("roles/secretmanager.secretVersionAdder", None),
    ("roles/secretmanager.secretVersionManager", None),
    ("roles/secretmanager.viewer", None),
    ("roles/viewer", None),
];

/// What permissions of any other role let.
const MORE: &[(&str, &[&str])] = &[
    (
        "may change it",
        &["secretmanager.versions.add", "secretmanager.secrets.update"],
    ),
    (
        "may delete it",
        &[
            "secretmanager.secrets.delete",
            "secretmanager.versions.destroy",
        ],
    ),
    (
        "may give rights to others",
        &["secretmanager.secrets.setIamPolicy"],
    ),
];

/// What is never looked at.
const ABOVE: &str = "roles on folders and on the organisation";

/// Who may read a secret.
pub(super) fn readers(client: &Client, project: &Project, name: &str) -> Result<Readers, Failure> {
    let mut found = Found {
        client,
        project,
        holders: Vec::new(),
        unknown: Vec::new(),
    };
    let mut untold = Vec::new();
    let below = format!("secrets/{name}:getIamPolicy?options.requestedPolicyVersion=3");
    let own: Result<Value, No> = client.ask("GET", &below, None, name);
    let is_told = match own {
        Ok(own) => {
            found.add(&own, None);
            true
        }
        Err(No::Absent) => return Ok(Readers::untold("there is no such secret")),
        Err(No::Denied(_)) => {
            let right = "secretmanager.secrets.getIamPolicy";
            untold.push(format!("the policy of the secret: {right} is not allowed"));
            false
        }
        Err(no) => return Err(no.failure(name)),
    };
    let is_whole = match project.policy(client) {
        Ok(whole) => {
            found.add(&whole, Some("all secrets of the project"));
            true
        }
        Err(why) => {
            let why = why.why("resourcemanager.projects.getIamPolicy");
            untold.push(format!("roles on the project: {why}"));
            false
        }
    };
    let Found {
        mut holders,
        mut unknown,
        ..
    } = found;
    holders.sort_unstable();
    holders.dedup();
    unknown.sort_unstable();
    unknown.dedup();
    if let [first, rest @ ..] = &unknown[..] {
        let more = match rest.len() {
            0 => "lets".to_owned(),
            more => format!("and {more} more of the roles let"),
        };
        untold.push(format!("what {first} {more}"));
    }
    untold.push(ABOVE.to_owned());
    Ok(Readers {
        holders: (is_told || is_whole).then_some(holders),
        untold,
    })
}

struct Found<'f> {
    client: &'f Client,
    project: &'f Project,
    holders: Vec<Holder>,
    /// Roles that are not known.
    unknown: Vec<String>,
}

impl Found<'_> {
    /// Adds the members of a policy. `all` is what it is about beside the secret.
    fn add(&mut self, policy: &Value, all: Option<&str>) {
        let bindings = policy.get("bindings").and_then(Value::as_array);
        for binding in bindings.into_iter().flatten() {
            let role = binding.get("role").and_then(Value::as_str);
            let role = role.unwrap_or_default();
            let Some(more) = self.more(role) else {
                continue;
            };
            let members = binding.get("members").and_then(Value::as_array);
            let members = members.into_iter().flatten().filter_map(Value::as_str);
            // Who was deleted can do nothing.
            for who in members.filter(|who| !who.starts_with("deleted:")) {
                let anybody = match who {
                    "allUsers" => Some("everybody"),
                    "allAuthenticatedUsers" => Some("everybody with an account of Google"),
                    _ => None,
                };
                let wider = anybody.into_iter().chain(all).chain(more.iter().copied());
                self.holders.push(Holder {
                    who: who.to_owned(),
                    by: role.to_owned(),
                    wider: wider.map(str::to_owned).collect(),
                    is_conditional: binding.get("condition").is_some_and(Value::is_object),
                });
            }
        }
    }

    /// What a role lets beyond reading a value; nothing where it does not let that, as far as is known.
    fn more(&mut self, role: &str) -> Option<Vec<&'static str>> {
        if let Some((_, more)) = ROLES.iter().find(|(known, _)| *known == role) {
            return more.map(<[_]>::to_vec);
        }
        let Ok(told) = self.project.role(self.client, role) else {
            self.unknown.push(role.to_owned());
            return None;
        };
        let permissions = told.get("includedPermissions").and_then(Value::as_array);
        let has = |right: &str| {
            let mut all = permissions.into_iter().flatten();
            all.any(|one| one.as_str() == Some(right))
        };
        let more = MORE
            .iter()
            .filter(|(_, any)| any.iter().any(|right| has(right)));
        has(ACCESS).then(|| more.map(|(clause, _)| *clause).collect())
    }
}
