//! What Rust's paths name in a file: constants and functions in modules, types and `impl` blocks.
//!
//! By the last two parts of a path, not by full resolution: a module tree spans files, a file is all that is seen here.

use super::names::{Binding, Origin};
use super::values::{Part, Template, Values};
use crate::language::Family;
use crate::syntax::NodeId;

/// Whether a node is `a::b`.
fn is_path(values: &Values<'_>, node: NodeId) -> bool {
    values.family() == Family::Rust && values.tree.kind_name(node) == "scoped_identifier"
}

/// The value of `Self::KEY`, `names::KEY`, `crate::config::KEY`: in this file, or a constant of another.
pub(super) fn constant(values: &Values<'_>, node: NodeId, hops: usize) -> Option<Template> {
    let &(object, name) = values.shapes.members.get(&node)?;
    if !is_path(values, node) {
        return None;
    }
    let name = values.text(name);
    let here = values.names.named(name).find_map(|binding| {
        let Origin::Value(value, _) = &binding.origin else {
            return None;
        };
        (is_constant(values, binding) && holds(values, object, binding.at)).then_some(*value)
    });
    if let Some(value) = here {
        return values.template_within(value, hops);
    }
    let path = values.path(object)?;
    Some(Template {
        parts: vec![Part::Imported(
            path.trim_start_matches('%').to_owned(),
            name.to_owned(),
        )],
        function: None,
    })
}

/// The functions that `names::read` and `Type::read` can mean in this file.
pub(super) fn functions(values: &Values<'_>, node: NodeId) -> Vec<NodeId> {
    let Some(&(object, name)) = values
        .shapes
        .members
        .get(&node)
        .filter(|_| is_path(values, node))
    else {
        return Vec::new();
    };
    let mut found = values.functions_named(values.text(name));
    found.retain(|&function| holds(values, object, function));
    found
}

/// Whether a path is that of a tuple struct or variant, which holds what it is given: `Value::String(text)`.
pub(super) fn is_constructor(values: &Values<'_>, path: &str) -> bool {
    let last = path
        .rsplit('.')
        .next()
        .unwrap_or(path)
        .trim_start_matches('%');
    values.family() == Family::Rust && last.starts_with(|c: char| c.is_ascii_uppercase())
}

/// Whether a binding is a `const` or `static`.
pub(super) fn is_constant(values: &Values<'_>, binding: &Binding<'_>) -> bool {
    values
        .tree
        .parent(binding.at)
        .is_some_and(|item| matches!(values.tree.kind_name(item), "const_item" | "static_item"))
}

/// Whether an item stands in what a path names: a module, the `impl` of a type, or the file itself.
fn holds(values: &Values<'_>, path: NodeId, item: NodeId) -> bool {
    let last = values.text(path).rsplit("::").next().unwrap_or_default();
    let around = values.tree.ancestors(item).find_map(|node| {
        let field = match values.tree.kind_name(node) {
            "mod_item" | "trait_item" => "name",
            "impl_item" => "type",
            _ => return None,
        };
        Some((node, values.text(values.tree.child(node, field)?)))
    });
    match (last, around) {
        ("Self", Some((block, _))) => {
            values.tree.contains(block, path)
                || own_type(values, path).is_some_and(|own| is_type(values, block, own))
        }
        ("crate" | "self" | "super", None) => true,
        ("super", Some((_, name))) => name != "super",
        (last, Some((_, name))) => name.split('<').next() == Some(last),
        _ => false,
    }
}

/// The type of the `impl` around a node.
fn own_type<'t>(values: &Values<'t>, node: NodeId) -> Option<&'t str> {
    let block = values
        .tree
        .ancestors(node)
        .find(|&around| values.tree.kind_name(around) == "impl_item")?;
    Some(values.text(values.tree.child(block, "type")?))
}

fn is_type(values: &Values<'_>, block: NodeId, name: &str) -> bool {
    values
        .tree
        .child(block, "type")
        .is_some_and(|of| values.text(of) == name)
}

/// Whether an expression is a value of a type that this file has an `impl` for: written out, or by a parameter's type.
pub(super) fn is_own_value(values: &Values<'_>, node: NodeId) -> bool {
    if values.family() != Family::Rust {
        return false;
    }
    if values.tree.kind_name(node) == "struct_expression" {
        return values
            .tree
            .child(node, "name")
            .is_some_and(|name| is_implemented(values, values.text(name)));
    }
    values.tree.spend(values.shapes.parameter_list.len());
    values.is_name(node)
        && values
            .names
            .resolve(node)
            .any(|binding| match &binding.origin {
                Origin::Parameter(..) => values.shapes.parameter_list.iter().any(|parameter| {
                    let parameter = &values.shapes.parameters[parameter];
                    parameter.target == Some(binding.at)
                        && parameter.kind.is_some_and(|kind| {
                            let text = values.text(kind).trim_start_matches('&');
                            let text = text.trim_start_matches("mut ").trim();
                            let bare = text.trim_start_matches("dyn ").trim_start_matches("impl ");
                            is_implemented(values, bare) || is_bound(values, kind, bare)
                        })
                }),
                Origin::Value(value, path) => {
                    path.is_empty()
                        && values.tree.kind_name(*value) == "struct_expression"
                        && is_own_value(values, *value)
                }
                _ => false,
            })
}

/// Whether a type parameter is bound by a trait that this file implements: `fn f<S: Source>(source: &S)`.
fn is_bound(values: &Values<'_>, kind: NodeId, name: &str) -> bool {
    let function = values
        .tree
        .ancestors(kind)
        .find(|&node| values.tree.kind_name(node) == "function_item");
    let Some(list) = function.and_then(|function| values.tree.child(function, "type_parameters"))
    else {
        return false;
    };
    values
        .text(list)
        .trim_matches(['<', '>'])
        .split(',')
        .any(|one| {
            one.split_once(':').is_some_and(|(parameter, bound)| {
                parameter.trim() == name
                    && bound
                        .split('+')
                        .any(|bound| is_implemented(values, bound.trim()))
            })
        })
}

/// Whether the file has an `impl` of a type or trait.
fn is_implemented(values: &Values<'_>, name: &str) -> bool {
    let implements = |class: NodeId| {
        values
            .tree
            .child(class, "trait")
            .is_some_and(|of| values.text(of) == name)
    };
    name == "Self"
        || values.shapes.classes.keys().any(|&class| implements(class))
        || values
            .shapes
            .classes
            .values()
            .any(|class| class.name.is_some_and(|at| values.text(at) == name))
}
