//! Rust's settings: clap options bound to variables, and structs that envy, figment or config-rs fill.

use super::flow::{Flow, RawRead};
use super::values::{Template, Values, literal};
use crate::language::Family;
use crate::model::Form;
use crate::syntax::NodeId;
use crate::text::TextRange;

/// Notes the variables that clap options and filled structs read.
pub(super) fn find(flow: &mut Flow<'_, '_>) {
    let values = flow.values;
    let mut found = Vec::new();
    for &field in &values.shapes.field_list {
        clap_option(values, field, &mut found);
    }
    filled_structs(values, &mut found);
    for &call in &values.shapes.call_list {
        clap_builder(values, call, &mut found);
    }
    macro_reads(values, &mut found);
    flow.reads
        .extend(found.into_iter().map(|(node, name, form)| RawRead {
            node,
            template: Template::known(name),
            form,
        }));
}

/// The attributes right before a node.
fn attributes(values: &Values<'_>, node: NodeId) -> Vec<NodeId> {
    let mut before = Vec::new();
    let Some(parent) = values.tree.parent(node) else {
        return before;
    };
    for child in values
        .tree
        .named_children(parent)
        .take_while(|&child| child < node)
    {
        if values.tree.kind_name(child) == "attribute_item" {
            before.push(child);
        } else if !values.tree.kind_name(child).ends_with("comment") {
            before.clear();
        }
    }
    before
}

/// `#[arg(long, env = "X")]`, and `#[arg(env)]`, where the field's name makes the variable's.
fn clap_option(values: &Values<'_>, field: NodeId, found: &mut Vec<(NodeId, String, Form)>) {
    let Some(name) = values.shapes.fields[&field].name else {
        return;
    };
    for attribute in attributes(values, field) {
        let text = values.text(attribute);
        if !["#[arg(", "#[clap(", "#[structopt("]
            .iter()
            .any(|start| text.starts_with(start))
        {
            continue;
        }
        let mut tokens = values
            .tree
            .descendants(attribute)
            .filter(|&node| values.tree.children(node).next().is_none());
        while let Some(token) = tokens.next() {
            if values.text(token) != "env" {
                continue;
            }
            let next = tokens
                .next()
                .map(|token| values.text(token))
                .unwrap_or_default();
            if next == "=" {
                // The value may be a string or a constant.
                let value = values.tree.descendants(attribute).find(|&node| {
                    node > token
                        && (values.shapes.strings.contains(&node)
                            || values.tree.kind_name(node) == "identifier")
                });
                let written = value.and_then(|value| {
                    literal(values.text(value)).or_else(|| constant(values, values.text(value)))
                });
                if let (Some(value), Some(written)) = (value, written) {
                    found.push((value, written, Form::CliOption));
                }
            } else if matches!(next, "," | ")") {
                found.push((
                    name,
                    values.text(name).trim_start_matches("r#").to_uppercase(),
                    Form::CliOption,
                ));
            }
            break;
        }
    }
}

fn constant(values: &Values<'_>, name: &str) -> Option<String> {
    values
        .names
        .bindings
        .iter()
        .filter(|binding| binding.name == name)
        .find_map(|binding| match &binding.origin {
            super::names::Origin::Value(value, _) => values.string(*value),
            _ => None,
        })
}

/// `Arg::new("token").env("X")`.
fn clap_builder(values: &Values<'_>, call: NodeId, found: &mut Vec<(NodeId, String, Form)>) {
    let shape = values.shapes.calls[&call];
    let Some(&(object, name)) = values.shapes.members.get(&values.bare(shape.function)) else {
        return;
    };
    if values.text(name) != "env"
        || !values
            .path(object)
            .is_some_and(|path| path.contains("Arg.new()"))
    {
        return;
    }
    if let Some((argument, _)) = values.arguments(shape.arguments).next()
        && let Some(name) = values.string(argument)
    {
        found.push((argument, name, Form::CliOption));
    }
}

/// Structs that `envy::from_env::<T>()`, `envy::prefixed("P_").from_env()`, figment's `Env::prefixed("P_")` or config-rs's
/// `Environment::with_prefix("P")` fill: with one such struct in sight, its fields are the variables.
fn filled_structs(values: &Values<'_>, found: &mut Vec<(NodeId, String, Form)>) {
    let Some(prefix) = prefix(values) else { return };
    for (&class, shape) in values
        .shapes
        .classes
        .iter()
        .collect::<std::collections::BTreeMap<_, _>>()
    {
        let derives = attributes(values, class)
            .iter()
            .any(|&attribute| values.text(attribute).contains("Deserialize"));
        let Some(body) = shape.body.filter(|_| derives) else {
            continue;
        };
        for &field in &values.shapes.field_list {
            if values.tree.parent(field) != Some(body) {
                continue;
            }
            let Some(name) = values.shapes.fields[&field].name else {
                continue;
            };
            let renamed = attributes(values, field).iter().find_map(|&attribute| {
                let text = values.text(attribute);
                let after = text.split_once("rename")?.1.split('"').nth(1)?;
                (text.starts_with("#[serde(")).then(|| after.to_owned())
            });
            let name_here =
                renamed.unwrap_or_else(|| values.text(name).trim_start_matches("r#").to_owned());
            found.push((
                name,
                format!("{prefix}{name_here}").to_uppercase(),
                Form::Settings,
            ));
        }
    }
}

/// The prefix of the variables that the file's loader takes, if there is a loader.
fn prefix(values: &Values<'_>) -> Option<String> {
    values.shapes.call_list.iter().find_map(|&call| {
        let shape = values.shapes.calls[&call];
        let path = values.path(shape.function)?;
        let path = path.trim_start_matches('%');
        let first = values
            .arguments(shape.arguments)
            .next()
            .and_then(|(argument, _)| values.string(argument));
        if path.ends_with("envy.from_env")
            || path.ends_with("Env.raw")
            || path.ends_with("Environment.default")
        {
            return Some(String::new());
        }
        if path.ends_with("envy.prefixed") || path.ends_with("Env.prefixed") {
            return first;
        }
        path.ends_with("Environment.with_prefix").then_some(())?;
        first.map(|prefix| {
            if prefix.is_empty() {
                prefix
            } else {
                format!("{prefix}_")
            }
        })
    })
}

/// Reads inside macros whose arguments stay loose tokens: `json!({ "t": std::env::var("X") })`.
fn macro_reads(values: &Values<'_>, found: &mut Vec<(NodeId, String, Form)>) {
    for node in values
        .tree
        .nodes()
        .filter(|&node| values.tree.kind_name(node) == "token_tree")
    {
        let Some(parent) = values.tree.parent(node) else {
            continue;
        };
        if values.tree.kind_name(parent) == "attribute" {
            continue;
        }
        let children: Vec<NodeId> = values.tree.children(node).collect();
        for window in children.windows(4) {
            let [module, colons, name, tree] = window else {
                continue;
            };
            if values.text(*module) == "env"
                && values.text(*colons) == "::"
                && matches!(values.text(*name), "var" | "var_os")
            {
                let inner = values
                    .tree
                    .named_children(*tree)
                    .next()
                    .filter(|inner| values.shapes.strings.contains(inner));
                if let Some(written) = inner.and_then(|inner| literal(values.text(inner))) {
                    found.push((*name, written, Form::Getenv));
                }
            }
        }
    }
}

/// Modules and functions that are compiled for tests only.
pub(super) fn tests(values: &Values<'_>) -> Vec<TextRange> {
    if values.family() != Family::Rust {
        return Vec::new();
    }
    let mut found = Vec::new();
    for node in values.tree.nodes() {
        if values.tree.kind_name(node) != "attribute_item" {
            continue;
        }
        let text = values.text(node);
        if !(text.starts_with("#[cfg(test)")
            || text.starts_with("#[cfg(all(test")
            || text.starts_with("#[test]")
            || text.ends_with("::test]")
            || text.contains("::test("))
        {
            continue;
        }
        let Some(parent) = values.tree.parent(node) else {
            continue;
        };
        let item = values.tree.named_children(parent).find(|&child| {
            child > node
                && values.tree.kind_name(child) != "attribute_item"
                && !values.tree.kind_name(child).ends_with("comment")
        });
        found.extend(item.map(|item| values.tree.range(item)));
    }
    found
}
