//! Rust's settings: clap options bound to variables, and reads inside macros that stay closed. What is filled from the
//! environment field by field is in [`super::settings_filled`].

use super::flow::{Flow, RawRead};
use super::names::Origin;
use super::shapes::Use;
use super::values::{Part, Template, Values, literal};
use crate::language::Family;
use crate::model::Form;
use crate::syntax::NodeId;
use crate::text::TextRange;

/// Reads: the place, the name, the form.
pub(super) type Found = Vec<(NodeId, Template, Form)>;

/// How the attributes of an option start.
const OPTIONS: &[&str] = &["#[arg(", "#[clap(", "#[structopt("];

/// Notes the variables that clap options and filled structs read.
pub(super) fn find(flow: &mut Flow<'_, '_>) {
    let values = flow.values;
    let mut found = Vec::new();
    for &field in &values.shapes.field_list {
        clap_option(values, field, &mut found);
    }
    super::settings_filled::find(values, &mut found);
    for &call in &values.shapes.call_list {
        clap_builder(values, call, &mut found);
    }
    macro_reads(values, &mut found);
    flow.reads
        .extend(found.into_iter().map(|(node, template, form)| RawRead {
            node,
            template,
            form,
            root: None,
        }));
}

/// The attributes right before a node.
pub(super) fn attributes(values: &Values<'_>, node: NodeId) -> Vec<NodeId> {
    let mut found: Vec<NodeId> = values
        .tree
        .before(node)
        .filter(|&before| values.tree.is_named(before) && !values.is_comment(before))
        .take_while(|&before| values.tree.kind_name(before) == "attribute_item")
        .collect();
    found.reverse();
    found
}

/// `#[arg(long, env = "X")]`, and `#[arg(env)]`, where the field's name makes the variable's.
fn clap_option(values: &Values<'_>, field: NodeId, found: &mut Found) {
    let Some(name) = values.shapes.fields[&field].name else {
        return;
    };
    for attribute in attributes(values, field) {
        if !OPTIONS
            .iter()
            .any(|start| values.text(attribute).starts_with(start))
        {
            continue;
        }
        let tokens: Vec<NodeId> = values
            .tree
            .descendants(attribute)
            .filter(|&node| {
                let inside = values
                    .tree
                    .parent(node)
                    .is_some_and(|around| values.shapes.strings.contains(&around));
                !inside
                    && (values.shapes.strings.contains(&node)
                        || values.tree.children(node).next().is_none())
            })
            .collect();
        let text = |at: usize| tokens.get(at).map_or("", |&token| values.text(token));
        let Some(at) =
            (0..tokens.len()).find(|&at| text(at) == "env" && matches!(text(at - 1), "(" | ","))
        else {
            continue;
        };
        match text(at + 1) {
            "=" | "(" => {
                let value: Vec<NodeId> = tokens[at + 2..]
                    .iter()
                    .copied()
                    .take_while(|&token| !matches!(values.text(token), "," | ")" | "]"))
                    .collect();
                if let (Some(&first), Some(template)) = (value.first(), written(values, &value)) {
                    found.push((first, template, Form::CliOption));
                }
            }
            "," | ")" => {
                let id = (0..tokens.len())
                    .find(|&at| matches!(text(at), "id" | "name") && text(at + 1) == "=")
                    .and_then(|at| literal(text(at + 2)));
                let derived = || cased(values, field, values.text(name).trim_start_matches("r#"));
                found.push((
                    name,
                    Template::known(id.unwrap_or_else(derived)),
                    Form::CliOption,
                ));
            }
            _ => {}
        }
    }
}

/// Whether the help of an option shows what its variable is set to, as clap does unless it is told not to.
pub(super) fn shows_value(values: &Values<'_>, read: NodeId) -> bool {
    const HIDING: [&str; 8] = [
        "HideEnv", "hidden(", "hide =", "hide(", "hide=", "hide_env", "Hidden", "hidden =",
    ];
    let hides = |node: NodeId| HIDING.iter().any(|word| values.text(node).contains(word));
    let around = std::iter::once(read).chain(values.tree.ancestors(read).take(12));
    for node in around {
        if values.shapes.fields.contains_key(&node) {
            return !attributes(values, node).into_iter().any(hides);
        }
        if values.tree.kind_name(node) == "attribute_item" {
            return !hides(node);
        }
        if let Some(&call) = values.shapes.arguments.get(&node) {
            return !hides(chain(values, call));
        }
    }
    false
}

/// The last call of a chain of methods.
fn chain(values: &Values<'_>, call: NodeId) -> NodeId {
    let mut last = call;
    for _ in 0..32 {
        let uses = values.shapes.uses(last).iter();
        let member = uses.filter_map(|&(_, how)| match how {
            Use::Member(member) => Some(member),
            _ => None,
        });
        let next = member
            .flat_map(|member| values.shapes.uses(member))
            .find_map(|&(_, how)| match how {
                Use::Callee(call) => Some(call),
                _ => None,
            });
        let Some(next) = next else { break };
        last = next;
    }
    last
}

/// The value of an attribute: a string, or the path of a constant here or elsewhere.
fn written(values: &Values<'_>, tokens: &[NodeId]) -> Option<Template> {
    let &last = tokens.last()?;
    let name = values.text(last);
    if let Some(text) = literal(name).or_else(|| constant(values, name)) {
        return Some(Template::known(text));
    }
    if let [only] = tokens
        && let Some(Origin::Import(source, Some(taken))) = values
            .names
            .resolve(*only)
            .next()
            .map(|found| &found.origin)
    {
        return Some(imported(source.clone(), taken));
    }
    let path: String = tokens.iter().map(|&token| values.text(token)).collect();
    let (module, name) = path.rsplit_once("::")?;
    Some(imported(module.replace("::", "."), name))
}

fn imported(source: String, name: &str) -> Template {
    Template {
        parts: vec![Part::Imported(source, name.to_owned())],
        function: None,
    }
}

/// The variable that clap makes of a field's name.
fn cased(values: &Values<'_>, field: NodeId, name: &str) -> String {
    let class = values
        .tree
        .ancestors(field)
        .find(|node| values.shapes.classes.contains_key(node));
    let as_written = class
        .into_iter()
        .flat_map(|class| attributes(values, class))
        .any(|attribute| {
            let text = values.text(attribute);
            text.split_once("rename_all_env").is_some_and(|(_, after)| {
                matches!(
                    after.split('"').nth(1),
                    Some("snake_case" | "verbatim" | "lower")
                )
            })
        });
    if as_written {
        name.to_owned()
    } else {
        name.to_uppercase()
    }
}

fn constant(values: &Values<'_>, name: &str) -> Option<String> {
    values
        .names
        .named(name)
        .find_map(|binding| match &binding.origin {
            Origin::Value(value, _) => values.string(*value),
            _ => None,
        })
}

/// `Arg::new("token").env("X")`, `arg!(--token <TOKEN>).env("X")`.
fn clap_builder(values: &Values<'_>, call: NodeId, found: &mut Found) {
    let shape = values.shapes.calls[&call];
    let Some(&(object, name)) = values.shapes.members.get(&values.bare(shape.function)) else {
        return;
    };
    let is_option = |text: &str| {
        text.contains("Arg::new(") || text.contains("arg!(") || text.contains("Arg::with_name(")
    };
    if values.text(name) != "env" || !is_option(values.text(object)) {
        return;
    }
    if let Some((argument, _)) = values.arguments(shape.arguments).next()
        && let Some(name) = values.template(argument)
    {
        found.push((argument, name, Form::CliOption));
    }
}

/// Reads inside macros whose arguments stay loose tokens: `json!({ "t": std::env::var("X") })`.
fn macro_reads(values: &Values<'_>, found: &mut Found) {
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
                    found.push((*name, Template::known(written), Form::Getenv));
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
        let item = values.tree.behind(node).find(|&behind| {
            values.tree.is_named(behind)
                && values.tree.kind_name(behind) != "attribute_item"
                && !values.is_comment(behind)
        });
        found.extend(item.map(|item| values.tree.range(item)));
    }
    found
}
