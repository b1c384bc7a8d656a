//! What the options of a call say of the environment, as far as they are written in the file.

use super::Asked;
use crate::facts::names::{Binding, Origin, unquote};
use crate::facts::values::{MAX_HOPS, Values};
use crate::language::Family;
use crate::syntax::NodeId;

/// What an argument says of the environment of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// Nothing.
    Nothing,
    /// It names one.
    Environment,
    /// Nobody knows what it is.
    Unknown,
    /// Nobody knows how many arguments it is.
    Many,
}

impl Says {
    /// What two of them say together.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Environment, _) | (_, Self::Environment) => Self::Environment,
            (Self::Nothing, other) => other,
            (one, _) => one,
        }
    }
}

/// What an argument says of what is asked.
pub(super) fn says(values: &Values<'_>, argument: NodeId, asked: Asked) -> Says {
    if values.shapes.spreads.contains(&argument) {
        return Says::Many;
    }
    says_within(values, argument, asked, MAX_HOPS)
}

/// Whether a value is that of a key or argument which is not there.
pub(super) fn is_nothing(values: &Values<'_>, node: NodeId) -> bool {
    matches!(
        values.text(values.bare(node)),
        "None" | "undefined" | "null"
    )
}

fn says_within(values: &Values<'_>, node: NodeId, asked: Asked, hops: usize) -> Says {
    values.tree.spend(4);
    let Some(hops) = hops.checked_sub(1) else {
        return Says::Unknown;
    };
    let node = values.bare(node);
    if let Some(parts) = values.shapes.eithers.get(&node) {
        let parts = parts
            .iter()
            .map(|&part| says_within(values, part, asked, hops));
        return parts.fold(Says::Nothing, Says::and);
    }
    if is_nothing(values, node) {
        return Says::Nothing;
    }
    match values.tree.kind_name(node) {
        "object" | "dictionary" => return says_in(values, node, asked, hops),
        "array"
        | "list"
        | "tuple"
        | "string"
        | "template_string"
        | "number"
        | "arrow_function"
        | "function_expression"
        | "true"
        | "false" => return Says::Nothing,
        _ => {}
    }
    if let Some(call) = values.shapes.calls.get(&node) {
        let is_dict = values.family() == Family::Python && values.text(call.function) == "dict";
        return if is_dict {
            says_in(values, call.arguments, asked, hops)
        } else {
            Says::Unknown
        };
    }
    if values.is_name(node) {
        named(values, node, asked, hops)
    } else {
        Says::Unknown
    }
}

/// What the entries of an object say.
fn says_in(values: &Values<'_>, object: NodeId, asked: Asked, hops: usize) -> Says {
    let one = |entry: NodeId| {
        if let Some(&(key, value)) = values.shapes.entries.get(&entry) {
            return if unquote(values.text(key)) == asked.key && !asked.is_usual(values, value) {
                Says::Environment
            } else {
                Says::Nothing
            };
        }
        if values.shapes.spreads.contains(&entry) {
            let inner = values.tree.named_children(entry).next();
            return inner.map_or(Says::Unknown, |inner| {
                says_within(values, inner, asked, hops)
            });
        }
        match values.tree.kind_name(entry) {
            "pair" => Says::Unknown,
            "method_definition" => Says::Nothing,
            _ if values.is_comment(entry) => Says::Nothing,
            _ => Says::Unknown,
        }
    };
    let entries = values.tree.named_children(object);
    entries.map(one).fold(Says::Nothing, Says::and)
}

/// What all that a name can mean says.
fn named(values: &Values<'_>, node: NodeId, asked: Asked, hops: usize) -> Says {
    let mut said: Option<Says> = None;
    for binding in values.names.resolve(node) {
        let one = match &binding.origin {
            Origin::Value(value, path) if path.is_empty() && *value != node => {
                says_within(values, *value, asked, hops).and(later(values, binding, asked))
            }
            Origin::Function(_) => Says::Nothing,
            Origin::Declared => later(values, binding, asked),
            _ => Says::Unknown,
        };
        said = Some(said.map_or(one, |said| said.and(one)));
    }
    said.unwrap_or(Says::Unknown)
}

/// What is put into a name after it was made: `options.env = …`, `kwargs["env"] = …`, `kwargs.update(…)`.
fn later(values: &Values<'_>, binding: &Binding<'_>, asked: Asked) -> Says {
    let shapes = &values.shapes;
    let mut said = Says::Nothing;
    for node in values.names.references(binding) {
        for &(_, how) in shapes.uses(node) {
            let one = match how {
                crate::facts::shapes::Use::Member(member) => {
                    match values.text(shapes.members[&member].1) {
                        key if key == asked.key => Says::Environment,
                        "update" | "setdefault" => Says::Unknown,
                        _ => Says::Nothing,
                    }
                }
                crate::facts::shapes::Use::Index(index) => {
                    match values.string(shapes.indexes[&index].1).as_deref() {
                        Some(key) if key != asked.key => Says::Nothing,
                        _ => Says::Environment,
                    }
                }
                _ => Says::Nothing,
            };
            said = said.and(one);
        }
    }
    said
}
