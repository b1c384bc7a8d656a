//! Rust structs that a crate fills from the environment: envy, figment and config-rs. Their fields are the variables.

use std::collections::BTreeMap;

use super::settings_rust::{Found, attributes};
use super::values::{Template, Values, unraw};
use crate::model::Form;
use crate::syntax::NodeId;

/// Structs in structs.
const MAX_DEPTH: usize = 4;

/// What fills a struct.
#[derive(Debug)]
struct Loader {
    call: NodeId,
    /// What stands before every name.
    prefix: String,
    /// What stands between the name of a struct and that of its field, where structs in structs can be filled.
    separator: Option<String>,
}

/// Notes the fields of the structs that the file's loaders fill.
pub(super) fn find(values: &Values<'_>, found: &mut Found) {
    let loaders: Vec<Loader> = values
        .shapes
        .call_list
        .iter()
        .filter_map(|&call| loader(values, call))
        .collect();
    if loaders.is_empty() {
        return;
    }
    let structs = structs(values);
    for loader in &loaders {
        for root in filled(values, loader, &structs) {
            fields(
                values,
                root,
                &loader.prefix,
                loader,
                &structs,
                MAX_DEPTH,
                found,
            );
        }
    }
}

/// The structs that can be filled, by name.
fn structs<'t>(values: &Values<'t>) -> BTreeMap<&'t str, NodeId> {
    values
        .shapes
        .classes
        .iter()
        .filter(|&(&class, _)| {
            attributes(values, class)
                .iter()
                .any(|&attribute| values.text(attribute).contains("Deserialize"))
        })
        .filter_map(|(&class, shape)| Some((values.text(shape.name?), class)))
        .collect()
}

fn loader(values: &Values<'_>, call: NodeId) -> Option<Loader> {
    let shape = values.shapes.calls[&call];
    let path = values.path(shape.function)?;
    let path = path.trim_start_matches('%');
    let given = || {
        let (argument, _) = values.arguments(shape.arguments).next()?;
        values.string(argument)
    };
    let ends = |end: &str| {
        path == end
            || path
                .strip_suffix(end)
                .is_some_and(|before| before.ends_with('.'))
    };
    let chained = |method: &str| chained(values, call, method);
    let (prefix, separator) = if ends("envy.from_env") || path == "from_env" {
        (String::new(), None)
    } else if ends("envy.prefixed") {
        (given()?, None)
    } else if ends("Env.raw") {
        (String::new(), chained("split"))
    } else if ends("Env.prefixed") {
        (given()?, chained("split"))
    } else if ends("Environment.default") || ends("Environment.with_prefix") {
        let separator = chained("separator");
        let prefix = given().or_else(|| chained("prefix")).unwrap_or_default();
        let between = chained("prefix_separator")
            .or_else(|| separator.clone())
            .unwrap_or_else(|| "_".to_owned());
        let prefix = if prefix.is_empty() {
            prefix
        } else {
            prefix + &between
        };
        (prefix, separator)
    } else {
        return None;
    };
    Some(Loader {
        call,
        prefix,
        separator,
    })
}

/// The text that a method called further down the chain is given: `.separator("__")`.
fn chained(values: &Values<'_>, call: NodeId, method: &str) -> Option<String> {
    let mut at = call;
    for _ in 0..12 {
        let member = values.tree.parent(at)?;
        let &(_, name) = values.shapes.members.get(&member)?;
        at = values.tree.parent(member)?;
        if values.text(name) == method {
            let (argument, _) = values
                .arguments(values.shapes.calls.get(&at)?.arguments)
                .next()?;
            return values.string(argument);
        }
    }
    None
}

/// The structs that a loader fills: those that the function around it names; of the rest, those in no other struct.
fn filled(values: &Values<'_>, loader: &Loader, structs: &BTreeMap<&str, NodeId>) -> Vec<NodeId> {
    let around = values
        .tree
        .ancestors(loader.call)
        .filter(|&node| matches!(values.tree.kind_name(node), "function_item" | "impl_item"));
    for item in around {
        let is_block = values.tree.kind_name(item) == "impl_item";
        let named: Vec<NodeId> = values
            .tree
            .descendants(item)
            .filter(|&node| values.tree.kind_name(node) == "type_identifier")
            .filter(|&node| !is_block || values.tree.parent(node) == Some(item))
            .filter_map(|node| structs.get(values.text(node)).copied())
            .collect();
        if !named.is_empty() {
            return outermost(values, named, structs);
        }
    }
    let is_part = |name: &str| {
        values.tree.spend(values.shapes.field_list.len());
        values.shapes.field_list.iter().any(|field| {
            values.shapes.fields[field]
                .kind
                .is_some_and(|kind| names_type(values, kind, name))
        })
    };
    structs
        .iter()
        .filter(|(name, _)| !is_part(name))
        .map(|(_, &class)| class)
        .collect()
}

/// Of some structs those that are no part of another of them; all, where each is.
fn outermost(
    values: &Values<'_>,
    mut named: Vec<NodeId>,
    structs: &BTreeMap<&str, NodeId>,
) -> Vec<NodeId> {
    named.sort_unstable();
    named.dedup();
    let mut inner: Vec<NodeId> = Vec::new();
    let mut open = named.clone();
    while let Some(class) = open.pop() {
        let body = values.shapes.classes[&class].body;
        values.tree.spend(values.shapes.field_list.len());
        for field in &values.shapes.field_list {
            let kind = values.shapes.fields[field].kind;
            let Some(kind) = kind.filter(|_| values.tree.parent(*field) == body) else {
                continue;
            };
            for (name, &part) in structs {
                if part != class && !inner.contains(&part) && names_type(values, kind, name) {
                    inner.push(part);
                    open.push(part);
                }
            }
        }
    }
    let outer: Vec<NodeId> = named
        .iter()
        .copied()
        .filter(|class| !inner.contains(class))
        .collect();
    if outer.is_empty() { named } else { outer }
}

fn names_type(values: &Values<'_>, kind: NodeId, name: &str) -> bool {
    values
        .tree
        .descendants(kind)
        .any(|node| values.tree.kind_name(node) == "type_identifier" && values.text(node) == name)
}

fn fields(
    values: &Values<'_>,
    class: NodeId,
    prefix: &str,
    loader: &Loader,
    structs: &BTreeMap<&str, NodeId>,
    depth: usize,
    found: &mut Found,
) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    let body = values.shapes.classes[&class].body;
    for &field in &values.shapes.field_list {
        if values.tree.parent(field) != body {
            continue;
        }
        let shape = values.shapes.fields[&field];
        let Some(at) = shape.name else { continue };
        let serde = Serde::of(values, field);
        if serde.skip {
            continue;
        }
        let inner = shape.kind.and_then(|kind| {
            values.tree.spend(structs.len());
            structs
                .iter()
                .find(|(name, _)| names_type(values, kind, name))
                .map(|(_, &class)| class)
        });
        let name = serde
            .rename
            .unwrap_or_else(|| unraw(values.text(at)).to_owned());
        if let Some(inner) = inner.filter(|&inner| inner != class) {
            if serde.flatten {
                fields(values, inner, prefix, loader, structs, depth, found);
            } else if let Some(separator) = &loader.separator {
                let kind = shape.kind.map_or("", |kind| values.text(kind));
                let many = ["Vec<", "Map<", "Set<"].iter().any(|of| kind.contains(of));
                if many && !serde.by_hand {
                    continue;
                }
                // Only what is deserialized by hand has variables for its elements: `X__0__TOKEN`.
                let first = if many {
                    format!("0{separator}")
                } else {
                    String::new()
                };
                fields(
                    values,
                    inner,
                    &format!("{prefix}{name}{separator}{first}"),
                    loader,
                    structs,
                    depth,
                    found,
                );
            }
            continue;
        }
        for name in std::iter::once(name).chain(serde.aliases) {
            let variable = format!("{prefix}{name}").to_uppercase();
            found.push((at, Template::known(variable), Form::Settings));
        }
    }
}

/// What the `serde` attributes of a field say.
#[derive(Debug, Default)]
struct Serde {
    rename: Option<String>,
    aliases: Vec<String>,
    skip: bool,
    flatten: bool,
    /// Made by a function of the program.
    by_hand: bool,
}

impl Serde {
    fn of(values: &Values<'_>, field: NodeId) -> Self {
        let mut serde = Self::default();
        for attribute in attributes(values, field) {
            let text = values.text(attribute);
            if !text.starts_with("#[serde(") {
                continue;
            }
            for part in text.split([',', '(']) {
                let mut sides = part.splitn(2, '=').map(str::trim);
                let key = sides
                    .next()
                    .unwrap_or_default()
                    .trim_end_matches([']', ')']);
                let value = sides
                    .next()
                    .and_then(|value| value.split('"').nth(1))
                    .map(str::to_owned);
                match key {
                    "rename" | "deserialize" => serde.rename = value.or(serde.rename),
                    "alias" => serde.aliases.extend(value),
                    "skip" | "skip_deserializing" => serde.skip = true,
                    "flatten" => serde.flatten = true,
                    "deserialize_with" | "with" => serde.by_hand = true,
                    _ => {}
                }
            }
        }
        serde
    }
}
