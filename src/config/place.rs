//! Where a value stands, and so under which name it is really known: the key, the name beside it, the flag before it.
//!
//! Knows the shapes that config formats share: environment lists, JSON schemas, arguments, Kubernetes. Judges no value.
//! Used by the judgement.

use super::node::{Entries, Kind};

/// Keys whose value belongs to the name beside them or to the key above.
static VALUE_KEYS: &[&str] = &[
    "current",
    "default",
    "default_value",
    "defaultvalue",
    "literal",
    "plaintext",
    "raw",
    "val",
    "value",
];

/// Keys that name the value beside them.
static NAME_KEYS: &[&str] = &[
    "name", "key", "variable", "env", "envvar", "env_var", "header",
];

/// Keys whose values people read, and those that describe values.
static PROSE_KEYS: &[&str] = &[
    "$id",
    "$ref",
    "$schema",
    "comment",
    "comments",
    "commandfunction",
    "description",
    "doc",
    "docs",
    "documentation",
    "enum",
    "format",
    "help",
    "hint",
    "instructions",
    "label",
    "long_description",
    "message",
    "note",
    "notes",
    "pattern",
    "placeholder",
    "regex",
    "summary",
    "title",
    "type",
];

/// Keys with examples below them.
static EXAMPLE_KEYS: &[&str] = &[
    "example",
    "exampleconfig",
    "examples",
    "x-example",
    "x-examples",
];

/// Keys of command lines and their parts, whose own name says nothing about the items.
static ARGUMENT_KEYS: &[&str] = &[
    "args",
    "arguments",
    "cmd",
    "command",
    "commands",
    "entrypoint",
    "env",
    "environment",
    "exec",
    "packagearguments",
    "run",
    "runtimearguments",
    "script",
    "scripts",
    "test",
];

/// Kinds of Kubernetes objects that only point to secrets, or hold them encrypted.
static POINTING_KINDS: &[&str] = &[
    "clusterexternalsecret",
    "clustersecretstore",
    "customresourcedefinition",
    "externalsecret",
    "pushsecret",
    "sealedsecret",
    "secretproviderclass",
    "secretstore",
    "vaultauth",
    "vaultconnection",
    "vaultdynamicsecret",
    "vaultstaticsecret",
];

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    /// It configures something.
    Config,
    /// It is shown to people: an example or a description.
    Shown,
    /// It only points to secrets.
    Pointing,
    /// It is in a Kubernetes Secret.
    Secret {
        /// Whether it is written as base64.
        encoded: bool,
    },
}

/// A value's effective name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place<'e> {
    pub(super) ground: Ground,
    /// Empty when nothing names it.
    pub(super) name: &'e str,
    /// Whether the name is a flag of a command line.
    pub(super) is_flag: bool,
    /// The key above, for names that say little: `github` of `github: {token: …}`.
    pub(super) above: &'e str,
}

fn is_any(list: &[&str], key: &str) -> bool {
    let key = key.trim();
    list.iter().any(|known| known.eq_ignore_ascii_case(key))
}

/// Where a value stands.
pub(super) fn of<'e>(entries: &'e Entries<'_>, index: usize) -> Place<'e> {
    let (name, is_flag) = name(entries, index);
    let above = entries
        .ancestors(index)
        .map(|at| &*entries.nodes[at].name)
        .find(|key| !key.is_empty() && !is_any(ARGUMENT_KEYS, key) && !is_any(VALUE_KEYS, key))
        .unwrap_or_default();
    Place {
        ground: ground(entries, index),
        name,
        is_flag,
        above,
    }
}

fn ground(entries: &Entries<'_>, index: usize) -> Ground {
    let own = &entries.nodes[index].name;
    let is_example = |at: usize| is_any(EXAMPLE_KEYS, &entries.nodes[at].name);
    if is_any(PROSE_KEYS, own)
        || is_any(EXAMPLE_KEYS, own)
        || entries.ancestors(index).any(is_example)
    {
        return Ground::Shown;
    }
    let kind = |map: usize| entries.child(map, &["kind"]).map(|node| &*node.text);
    let root = entries.ancestors(index).last();
    if root
        .and_then(kind)
        .is_some_and(|kind| is_any(POINTING_KINDS, kind))
    {
        return Ground::Pointing;
    }
    let mut above = entries.ancestors(index);
    if let (Some(data), Some(object)) = (above.next(), above.next()) {
        let key = &*entries.nodes[data].name;
        if matches!(key, "data" | "stringData") && kind(object) == Some("Secret") {
            return Ground::Secret {
                encoded: key == "data",
            };
        }
    }
    Ground::Config
}

fn name<'e>(entries: &'e Entries<'_>, index: usize) -> (&'e str, bool) {
    let node = &entries.nodes[index];
    if node.kind == Kind::Command {
        return ("", false);
    }
    let Some(parent) = node.parent else {
        return (&node.name, false);
    };
    if entries.nodes[parent].kind == Kind::List {
        let flag = entries
            .before(index)
            .filter(|before| before.text.starts_with('-') && !before.text.contains(['=', ' ']))
            .map(|before| before.text.trim_start_matches('-'));
        if let Some(flag) = flag {
            return (flag, true);
        }
        let list = &entries.nodes[parent].name;
        return if is_any(ARGUMENT_KEYS, list) || is_any(NAME_KEYS, list) {
            ("", false)
        } else {
            (list, false)
        };
    }
    if is_any(VALUE_KEYS, &node.name) {
        let beside = entries
            .child(parent, NAME_KEYS)
            .filter(|beside| beside.kind == Kind::Text);
        return match beside {
            Some(beside) => {
                let bare = beside.text.trim_start_matches('-');
                (bare, bare.len() < beside.text.len())
            }
            None => (&entries.nodes[parent].name, false),
        };
    }
    if is_any(ARGUMENT_KEYS, &node.name) {
        return ("", false);
    }
    (&node.name, false)
}

#[cfg(test)]
mod tests {
    use super::super::format::{Format, read};
    use super::*;

    #[test]
    fn names_come_from_where_the_format_puts_them() {
        let yaml = "a: 1\nenv:\n  - name: T\n    value: 2\n  - X=3\nargs: [--token, 4, -v]\nproperties:\n  key_a:\n    default: 5\n\
                    github:\n  token: 6\ntokens:\n  - 7\n";
        let entries = read(Format::Yaml, yaml);
        let names: Vec<_> = entries
            .leaves()
            .map(|at| {
                (
                    of(&entries, at).name.to_owned(),
                    entries.nodes[at].text.to_string(),
                )
            })
            .filter(|(_, text)| text.parse::<u8>().is_ok() || text == "X=3")
            .collect();
        let names: Vec<_> = names
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        assert_eq!(
            names,
            [
                ("a", "1"),
                ("T", "2"),
                ("", "X=3"),
                ("token", "4"),
                ("key_a", "5"),
                ("token", "6"),
                ("tokens", "7")
            ]
        );
    }

    #[test]
    fn kubernetes_secrets_are_known() {
        let yaml = "kind: Secret\ndata:\n  a: eA==\nstringData:\n  b: x\n---\nkind: SealedSecret\nspec:\n  c: x\n---\nd: {example: {e: x}}\n";
        let entries = read(Format::Yaml, yaml);
        let grounds: Vec<_> = entries.leaves().map(|at| of(&entries, at).ground).collect();
        assert_eq!(
            grounds,
            [
                Ground::Config,
                Ground::Secret { encoded: true },
                Ground::Secret { encoded: false },
                Ground::Pointing,
                Ground::Pointing,
                Ground::Shown
            ]
        );
    }
}
