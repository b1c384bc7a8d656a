//! How values get into the manager, and what may be done by whom: commands and policies.
//!
//! Texts that people paste into a shell: whatever came from code is quoted. No command takes a value as an argument.

use std::collections::BTreeSet;

use super::{Holder, Manifest, Policy};

/// Fills in the commands and the policies. The first value of a path makes the secret there, and that never takes the
/// place of one; the others are added to it, and so is all to paths that were `known` before.
pub(super) fn complete(manifest: &mut Manifest, known: &BTreeSet<String>) {
    let mut made: BTreeSet<(String, String)> = BTreeSet::new();
    let mount = &manifest.mount;
    for secret in &mut manifest.secrets {
        if secret.store.is_empty() {
            let is_there =
                |(path, key): &(String, String)| *path == secret.path && *key != secret.key;
            let verb = if known.contains(&secret.path) || made.iter().any(is_there) {
                "patch"
            } else {
                "put -cas=0"
            };
            secret.store = command(verb, mount, &secret.path, &secret.key, &secret.name);
        }
        made.insert((secret.path.clone(), secret.key.clone()));
    }
    manifest.policies = policies(manifest);
}

fn command(verb: &str, mount: &str, path: &str, key: &str, name: &str) -> String {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    // A variable that a shell can name; else whoever pastes it puts the value into this one.
    let variable = if starts && name.chars().all(is_plain) {
        name
    } else {
        "VALUE"
    };
    let (mount, path) = (quoted(mount), quoted(path));
    let target = quoted(&format!("{key}=-"));
    format!("printf %s \"${variable}\" | vault kv {verb} -mount={mount} {path} {target}")
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./=".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) && !word.starts_with('-') {
        return word.to_owned();
    }
    // What a terminal obeys has no place in something to paste.
    let word: String = word.chars().filter(|c| !c.is_control()).collect();
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// The least that each server needs, to read its own secret, and that whoever stores values needs: to make what is not
/// there yet, and to see whether it is.
fn policies(manifest: &Manifest) -> Vec<Policy> {
    let paths: BTreeSet<&str> = manifest
        .secrets
        .iter()
        .map(|secret| secret.path.as_str())
        .collect();
    let rule = |path: &str, capabilities: &str| {
        let path = text(&format!("{}/data/{path}", manifest.mount));
        format!("path {path} {{\n  capabilities = [{capabilities}]\n}}\n")
    };
    let mut policies: Vec<Policy> = paths
        .iter()
        .map(|path| Policy {
            name: format!("{}-read", path.replace('/', "-")),
            holder: Holder::Server,
            hcl: rule(path, "\"read\""),
        })
        .collect();
    if !paths.is_empty() {
        policies.push(Policy {
            name: format!("{}-push", manifest.team.replace('/', "-")),
            holder: Holder::Push,
            hcl: paths
                .iter()
                .map(|path| rule(path, "\"create\", \"read\""))
                .collect(),
        });
    }
    policies.sort_by(|a, b| a.name.cmp(&b.name));
    policies
}

/// A string of HCL, where `*` and `+` in a path would allow more than it says.
fn text(path: &str) -> String {
    let plain: String = path
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '*' | '+' | '"' | '\\' | '$' | '%'))
        .collect();
    format!("\"{plain}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_is_no_command() {
        let hostile = "X$(touch gone)\"';\n";
        let command = command("patch", "secret", "team/a b", hostile, hostile);
        assert_eq!(
            command,
            "printf %s \"$VALUE\" | vault kv patch -mount=secret 'team/a b' 'X$(touch gone)\"'\\'';=-'"
        );
        assert_eq!(text("a/*/\"b\n"), "\"a//b\"");
    }
}
