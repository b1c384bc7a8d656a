//! What a string is bound to: a variable, a field, an argument, a header.

use super::{Strings, written};
use crate::config::Standing;
use crate::language::Language;
use crate::names::Names;
use crate::syntax::NodeId;

/// How far around a string its name is looked for.
const MAX_STEPS: usize = 14;

/// Names of a value, its own and that of what it is part of; empty where there is none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Name<'t> {
    pub(super) own: &'t str,
    pub(super) above: &'t str,
}

/// Kinds of nodes that bind a value, with the fields of name and value.
const BINDINGS: &[(&str, &str, &str)] = &[
    ("assignment", "left", "right"),
    ("assignment_expression", "left", "right"),
    ("assignment_pattern", "left", "right"),
    ("augmented_assignment_expression", "left", "right"),
    ("const_item", "name", "value"),
    ("default_parameter", "name", "value"),
    ("enum_assignment", "name", "value"),
    ("field_definition", "property", "value"),
    ("field_initializer", "field", "value"),
    ("keyword_argument", "name", "value"),
    ("let_declaration", "pattern", "value"),
    ("named_expression", "name", "value"),
    ("object_assignment_pattern", "left", "right"),
    ("optional_parameter", "pattern", "value"),
    ("pair", "key", "value"),
    ("public_field_definition", "name", "value"),
    ("required_parameter", "pattern", "value"),
    ("static_item", "name", "value"),
    ("typed_default_parameter", "name", "value"),
    ("variable_declarator", "name", "value"),
];

/// Kinds of nodes whose value may be that of a part.
const THROUGH: &[&str] = &[
    "array",
    "array_expression",
    "as_expression",
    "await_expression",
    "boolean_operator",
    "conditional_expression",
    "list",
    "non_null_expression",
    "parenthesized_expression",
    "reference_expression",
    "satisfies_expression",
    "set",
    "ternary_expression",
    "tuple",
    "tuple_expression",
    "type_cast_expression",
];

/// Functions and types that give back what they are given.
const WRAPPERS: &[&str] = &[
    "Bytes",
    "Cow",
    "Field",
    "Option",
    "Secret",
    "SecretBytes",
    "SecretStr",
    "SecretString",
    "Some",
    "String",
    "b64decode",
    "bytes",
    "catch",
    "cast",
    "default",
    "encode",
    "from",
    "from_static",
    "from_str",
    "new",
    "optional",
    "str",
    "to_owned",
    "unwrap_or",
    "unwrap_or_default",
];

/// What functions do that are given the name of a secret, or look at one.
const VERBS: &[&str] = &[
    "check", "decode", "decrypt", "delete", "encode", "encrypt", "fetch", "find", "from", "get",
    "has", "hash", "is", "load", "mask", "new", "parse", "read", "redact", "remove", "resolve",
    "revoke", "store", "validate", "verify",
];

/// Methods that give back what they are called on.
const CONVERSIONS: &[&str] = &[
    "as_bytes",
    "as_str",
    "clone",
    "decode",
    "encode",
    "into",
    "into_bytes",
    "parse",
    "strip",
    "to_owned",
    "to_string",
    "to_vec",
    "toString",
    "trim",
    "unwrap",
];

/// Keys of objects whose value belongs to the name beside them.
const VALUE_KEYS: &[&str] = &["value", "default", "defaultValue", "initialValue", "val"];
const NAME_KEYS: &[&str] = &["name", "key", "env", "variable", "header", "id"];

/// The name of a string, and what it is to the program.
pub(super) fn of<'t>(strings: &Strings<'t>, unit: NodeId) -> (Name<'t>, Standing) {
    let tree = strings.tree;
    let outer = tree.parent(unit).map_or("", |outer| tree.kind_name(outer));
    let is_shown = tree.kind_name(unit) == "jsx_text"
        || outer == "expression_statement"
        || outer == "import_statement";
    if is_shown {
        return (Name::default(), Standing::Shown);
    }
    let Some((own, binding)) = own(strings, unit) else {
        return (Name::default(), Standing::Value);
    };
    let above = binding.and_then(|binding| above(strings, binding));
    let own = match (VALUE_KEYS.contains(&own), binding) {
        (true, Some(binding)) => beside(strings, binding).unwrap_or(own),
        _ => own,
    };
    let name = Name {
        own,
        above: above.unwrap_or_default(),
    };
    (name, Standing::Value)
}

/// The name that a value is bound to, and the node that binds it.
fn own<'t>(strings: &Strings<'t>, unit: NodeId) -> Option<(&'t str, Option<NodeId>)> {
    let (tree, bytes) = (strings.tree, strings.bytes);
    let mut at = unit;
    for outer in tree.ancestors(unit).take(MAX_STEPS) {
        let kind = tree.kind_name(outer);
        if let Some((_, name, value)) = BINDINGS.iter().find(|(known, ..)| *known == kind) {
            let is_value = tree.child(outer, value) == Some(at);
            let name = tree.child(outer, name).filter(|_| is_value)?;
            return Some((last_word(tree.text(bytes, name)), Some(outer)));
        }
        match kind {
            "jsx_attribute" => {
                let name = tree.named_children(outer).next()?;
                return (name != at).then(|| (tree.text(bytes, name), None));
            }
            "binary_expression" | "comparison_operator" => {
                let named = compared(strings, outer, at);
                if named.is_some() {
                    return named.map(|name| (name, None));
                }
            }
            "arguments" | "argument_list" => {
                if let Some(name) = key_before(strings, at).or_else(|| before(strings, at)) {
                    return Some((name, None));
                }
                let call = tree.parent(outer)?;
                let function = tree
                    .child(call, "function")
                    .or_else(|| tree.child(call, "constructor"))?;
                let function = last_word(tree.text(bytes, function));
                let is_first = tree.named_children(outer).next() == Some(at);
                if !is_first {
                    return None;
                }
                if let Some(name) = set_by(strings, function) {
                    return Some((name, None));
                }
                if !WRAPPERS.contains(&function) {
                    return None;
                }
            }
            "token_tree" => return in_macro(strings, at).map(|name| (name, None)),
            "call_expression" | "call" | "new_expression" => {
                // As a part of what is called, it is what a method is called on.
                let function = tree.child(outer, "function");
                if let Some(function) = function.filter(|&function| tree.contains(function, at)) {
                    let method = last_word(tree.text(bytes, function));
                    if !CONVERSIONS.contains(&method) {
                        return None;
                    }
                }
            }
            "member_expression" | "field_expression" | "attribute" | "jsx_expression" => {}
            _ if THROUGH.contains(&kind) => {
                if let Some(key) = key_before(strings, at) {
                    return Some((key, None));
                }
                // Of a longer list one item does not name the next.
                let is_pair = tree.named_children(outer).take(3).count() == 2;
                if let Some(name) = before(strings, at).filter(|_| is_pair) {
                    return Some((name, None));
                }
            }
            _ => return None,
        }
        at = outer;
    }
    None
}

/// What a value is compared with, or what it stands in for.
fn compared<'t>(strings: &Strings<'t>, operator: NodeId, at: NodeId) -> Option<&'t str> {
    let (tree, bytes) = (strings.tree, strings.bytes);
    let is_equality = tree
        .children(operator)
        .any(|child| matches!(tree.text(bytes, child), "==" | "===" | "!=" | "!=="));
    let other = tree
        .named_children(operator)
        .find(|&child| child != at)
        .filter(|_| is_equality)?;
    Some(last_word(tree.text(bytes, other)))
}

/// The key of an entry that a macro of Rust holds, whose marks are no part of the tree: `json!({"token": "…"})`.
fn key_before<'t>(strings: &Strings<'t>, at: NodeId) -> Option<&'t str> {
    let tree = strings.tree;
    let before = tree.before(at).find(|&node| tree.is_named(node))?;
    let between = tree.range(before).end..tree.range(at).start;
    let between = strings.bytes.get(between)?.trim_ascii();
    let is_key = between == b":" || between == b"=>";
    is_key.then(|| last_word(tree.text(strings.bytes, before)))
}

/// The string before a value in the same list, where it names a secret: `("Authorization", "…")`.
fn before<'t>(strings: &Strings<'t>, at: NodeId) -> Option<&'t str> {
    let before = strings
        .tree
        .before(at)
        .find(|&node| strings.tree.is_named(node))?;
    let name = written::plain(strings.tree, strings.bytes, before)?;
    (is_name(name) && is_secret(strings, name)).then_some(name)
}

fn is_name(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

fn is_secret(strings: &Strings<'_>, name: &str) -> bool {
    strings.names.classify(name).is_some() || Names::is_secret_zero(name)
}

/// What a function sets by its name: `setApiKey`, `with_api_key`, `bearer_auth`, and in Rust `api_key`.
fn set_by<'t>(strings: &Strings<'t>, function: &'t str) -> Option<&'t str> {
    let behind = |start: &str| {
        let rest = function.strip_prefix(start)?;
        rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
            .then(|| rest.trim_start_matches('_'))
    };
    let set = ["set", "with", "use"]
        .iter()
        .find_map(|start| behind(start));
    let first = function.split('_').next().unwrap_or_default();
    let is_builder = strings.tree.language() == Language::Rust
        && function
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b == b'_')
        && !VERBS.contains(&first);
    let name = set.or_else(|| is_builder.then_some(function))?;
    is_secret(strings, name).then_some(name)
}

/// What stands before a value among the loose tokens of a macro: `"api_key": "…"`, `api_key = "…"`.
fn in_macro<'t>(strings: &Strings<'t>, at: NodeId) -> Option<&'t str> {
    let (tree, bytes) = (strings.tree, strings.bytes);
    let mut before = tree.before(at);
    let mark = before.next()?;
    match tree.text(bytes, mark) {
        ":" | "=" | "=>" => {
            let name = before.next()?;
            Some(last_word(tree.text(bytes, name)))
        }
        "," => {
            let name = written::plain(tree, bytes, before.next()?)?;
            is_secret(strings, name).then_some(name)
        }
        _ => None,
    }
}

/// The name of what a binding is part of: `github` of `const github = { token: "…" }`.
fn above<'t>(strings: &Strings<'t>, binding: NodeId) -> Option<&'t str> {
    let tree = strings.tree;
    let object = tree.parent(binding).filter(|&object| {
        matches!(
            tree.kind_name(object),
            "object" | "dictionary" | "field_initializer_list"
        )
    })?;
    own(strings, object).map(|(name, _)| name)
}

/// The name beside a value: `{ name: "API_KEY", value: "…" }`.
fn beside<'t>(strings: &Strings<'t>, binding: NodeId) -> Option<&'t str> {
    let (tree, bytes) = (strings.tree, strings.bytes);
    let object = tree.parent(binding)?;
    tree.named_children(object).take(20).find_map(|entry| {
        let key = tree.child(entry, "key")?;
        let names = NAME_KEYS.contains(&last_word(tree.text(bytes, key)));
        let value = tree.child(entry, "value").filter(|_| names)?;
        written::plain(tree, bytes, value).filter(|name| is_name(name))
    })
}

/// The last name of an expression: `key` of `a.key`, `a["key"]`, `mut key` and `"key"`.
pub(super) fn last_word(text: &str) -> &str {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let text = text.trim_end_matches(|c: char| !is_name(c));
    let start = text
        .char_indices()
        .rev()
        .take_while(|&(_, c)| is_name(c))
        .last()
        .map_or(text.len(), |(at, _)| at);
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::last_word;

    #[test]
    fn the_last_name_counts() {
        for (text, expected) in [
            ("API_KEY", "API_KEY"),
            ("config.apiKey", "apiKey"),
            ("headers[\"x-api-key\"]", "x-api-key"),
            ("mut key", "key"),
            ("\"token\"", "token"),
            ("std::string::String::from", "from"),
            ("", ""),
        ] {
            assert_eq!(last_word(text), expected, "{text}");
        }
    }
}
