//! What roles and access policies of Azure let at a secret, as data that Resource Manager told.

use serde_json::Value;

use crate::manager::Holder;

/// The right to read a value.
pub(super) const READ: &str = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
/// The right to write one.
pub(super) const WRITE: &str = "Microsoft.KeyVault/vaults/secrets/setSecret/action";

/// What is more than to read a secret.
const MORE: &[(&str, &str)] = &[
    ("set", WRITE),
    ("update", "Microsoft.KeyVault/vaults/secrets/update/action"),
    ("delete", "Microsoft.KeyVault/vaults/secrets/delete"),
    ("purge", "Microsoft.KeyVault/vaults/secrets/purge/action"),
];

/// What stands for a vault's other things.
const OTHERS: &[&str] = &[
    "Microsoft.KeyVault/vaults/keys/read",
    "Microsoft.KeyVault/vaults/certificates/read",
];

/// Whether permissions, as roles and answers have them, let something be done.
pub(super) fn may(permissions: &[Value], action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    let has = |permission: &Value, name: &str| {
        let all = permission.get(name).and_then(Value::as_array);
        let mut all = all.into_iter().flatten().filter_map(Value::as_str);
        all.any(|pattern| fits(&pattern.to_ascii_lowercase(), &action))
    };
    permissions
        .iter()
        .any(|one| has(one, "dataActions") && !has(one, "notDataActions"))
}

/// Whether an action fits a pattern, in which `*` stands for anything.
fn fits(pattern: &str, action: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == action;
    };
    let Some(mut behind) = action.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = behind.find(part) else {
            return false;
        };
        behind = &behind[at + part.len()..];
    }
    behind.ends_with(last)
}

/// A holder by a role; nothing where it does not let the secret be read. `secret` is its id.
pub(super) fn by_role(assignment: &Value, role: &Value, secret: &str) -> Option<Holder> {
    let permissions = role.pointer("/properties/permissions")?.as_array()?;
    if !may(permissions, READ) {
        return None;
    }
    let text = |value: &Value, place: &str| {
        let text = value.pointer(place).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let mut wider = Vec::new();
    wider.extend(scope(&text(assignment, "/properties/scope"), secret));
    let more = MORE.iter().filter(|(_, action)| may(permissions, action));
    let more: Vec<&str> = more.map(|(word, _)| *word).collect();
    wider.extend(words(&more));
    if OTHERS.iter().any(|action| may(permissions, action)) {
        wider.push("keys and certificates as well".to_owned());
    }
    let kind = text(assignment, "/properties/principalType");
    let id = text(assignment, "/properties/principalId");
    Some(Holder {
        who: format!("{kind} {id}").trim().to_owned(),
        by: text(role, "/properties/roleName"),
        wider,
        is_conditional: !text(assignment, "/properties/condition").is_empty(),
    })
}

/// "may set and delete it"; nothing where there is nothing.
fn words(more: &[&str]) -> Option<String> {
    let (last, rest) = more.split_last()?;
    Some(match rest {
        [] => format!("may {last} it"),
        rest => format!("may {} and {last} it", rest.join(", ")),
    })
}

/// What a scope has beside one secret.
fn scope(scope: &str, secret: &str) -> Option<String> {
    let scope = scope.trim_end_matches('/').to_ascii_lowercase();
    let secret = secret.to_ascii_lowercase();
    if scope == secret {
        return None;
    }
    let parts: Vec<&str> = scope.split('/').skip(1).collect();
    let all = match parts.as_slice() {
        [] => "all vaults of the tenant",
        ["subscriptions", _] => "all vaults of the subscription",
        ["subscriptions", _, "resourcegroups", _] => "all vaults of the resource group",
        ["providers", "microsoft.management", ..] => "all vaults of a management group",
        _ => "all secrets of the vault",
    };
    Some(all.to_owned())
}

/// A holder by an access policy of the vault.
pub(super) fn by_policy(policy: &Value) -> Option<Holder> {
    let rights = policy.pointer("/permissions/secrets")?.as_array()?;
    let mut rights: Vec<String> = rights
        .iter()
        .filter_map(|right| Some(right.as_str()?.to_ascii_lowercase()))
        .collect();
    if !rights.iter().any(|right| right == "get" || right == "all") {
        return None;
    }
    rights.retain(|right| !matches!(right.as_str(), "get" | "list"));
    let mut wider = vec!["all secrets of the vault".to_owned()];
    if rights.iter().any(|right| right == "all") {
        wider.push("may do everything with it".to_owned());
    } else {
        let all: Vec<&str> = rights.iter().map(String::as_str).collect();
        wider.extend(words(&all));
    }
    let text = |name: &str| policy.get(name).and_then(Value::as_str);
    let who = text("objectId").unwrap_or_default();
    Some(Holder {
        who: match text("applicationId") {
            Some(application) => format!("object {who} in application {application}"),
            None => format!("object {who}"),
        },
        by: "access policy".to_owned(),
        wider,
        is_conditional: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const VAULT: &str = "/subscriptions/1/resourceGroups/G/providers/Microsoft.KeyVault/vaults/v";

    #[test]
    fn a_role_may_what_its_patterns_say() {
        let of = |data: &[&str], not: &[&str]| {
            may(
                &[json!({ "dataActions": data, "notDataActions": not })],
                READ,
            )
        };
        assert!(of(&[READ], &[]));
        assert!(of(&["*"], &[]) && of(&["microsoft.keyvault/*/getsecret/*"], &[]));
        assert!(!of(
            &["Microsoft.KeyVault/vaults/secrets/readMetadata/action"],
            &[]
        ));
        assert!(!of(&["Microsoft.KeyVault/*"], &["*/getSecret/action"]));
        assert!(!of(&[], &[]) && !may(&[json!(7)], READ));
        assert!(!fits("a*a", "a") && fits("a**b", "ab") && !fits("*x*y", "yx"));
    }

    #[test]
    fn what_is_more_than_one_secret_is_wider() {
        let secret = format!("{VAULT}/secrets/a");
        for (at, expected) in [
            (secret.as_str(), None),
            (
                &VAULT.to_ascii_lowercase(),
                Some("all secrets of the vault"),
            ),
            (
                "/subscriptions/1/resourceGroups/g",
                Some("all vaults of the resource group"),
            ),
            ("/subscriptions/1", Some("all vaults of the subscription")),
            (
                "/providers/Microsoft.Management/managementGroups/x",
                Some("all vaults of a management group"),
            ),
            ("/", Some("all vaults of the tenant")),
        ] {
            assert_eq!(scope(at, &secret).as_deref(), expected, "{at}");
        }
    }
}
