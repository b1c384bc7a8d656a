//! The names of the variables in the place of the environment, where it stands directly in what leaves.

use super::{argument_of, copy_of, is_environment, plain, replaced};
use crate::edit::Edit;
use crate::facts::catalog::catalog;
use crate::facts::flow::RawDump;
use crate::facts::names::unquote;
use crate::facts::shapes::Call;
use crate::facts::values::Values;
use crate::language::Family;
use crate::model::Channel;
use crate::syntax::NodeId;

/// Containers and calls around an environment that are looked through.
const MAX_AROUND: usize = 8;

/// Functions that make a text of any value.
const TEXTS: &[&str] = &[
    "JSON.stringify",
    "String",
    "util.inspect",
    "util.format",
    "json.dumps",
    "str",
    "repr",
    "pprint.pformat",
];

/// Errors that take anything.
const ERRORS: &[&str] = &[
    "Error",
    "TypeError",
    "RangeError",
    "Exception",
    "RuntimeError",
    "ValueError",
];

/// Keys and arguments that take a mapping and nothing else.
const MAPPINGS: &[&str] = &["extra", "extras", "contexts", "tags"];

/// Makes names of a dump.
pub(in crate::facts) fn names(values: &Values<'_>, dump: &RawDump) -> Vec<Edit> {
    let family = values.family();
    if family == Family::Rust || !dump.steps.is_empty() || !is_environment(values, dump.source) {
        return Vec::new();
    }
    let (Some(node), Some(environment)) = (whole(values, dump.source), plain(values, dump.source))
    else {
        return Vec::new();
    };
    if !leaves_directly(values, node, dump) {
        return Vec::new();
    }
    let text = if family == Family::Ecma {
        format!("Object.keys({environment})")
    } else {
        format!("sorted({environment})")
    };
    vec![replaced(values, node, text)]
}

/// The environment, or what is nothing but a copy of it.
fn whole(values: &Values<'_>, source: NodeId) -> Option<NodeId> {
    let parent = values.tree.parent(source)?;
    if values.shapes.spreads.contains(&parent) {
        // `{ ...process.env }`
        let object = values.tree.parent(parent)?;
        let is_all = values.tree.kind_name(object) == "object"
            && values.tree.named_children(object).count() == 1;
        return is_all.then_some(object);
    }
    Some(copy_of(values, source).unwrap_or(source))
}

/// Whether a value is, whole, an argument of the sink or of an object or text that is.
fn leaves_directly(values: &Values<'_>, node: NodeId, dump: &RawDump) -> bool {
    let (tree, shapes) = (values.tree, &values.shapes);
    let mut at = node;
    let mut depth = 0;
    let mut is_text = false;
    for _ in 0..MAX_AROUND {
        values.tree.spend(4);
        let Some(parent) = tree.parent(at) else {
            return false;
        };
        if let Some((call, place)) = argument_of(values, at) {
            let path = values
                .path(shapes.calls[&call].function)
                .unwrap_or_default();
            if call == dump.sink {
                return takes_anything(values, call, dump.channel, depth, is_text);
            }
            let is_error = dump.channel == Channel::ErrorMessage
                && ["Error", "Exception"].iter().any(|end| path.ends_with(end))
                && (is_text && is_declared(values, call) || ERRORS.contains(&path.as_str()));
            let is_made_text = TEXTS.contains(&path.as_str()) && place == 0;
            if !is_error && !is_made_text {
                return false;
            }
            is_text = true;
            at = call;
            if tree.parent(at) == Some(dump.sink) || at == dump.sink {
                return true;
            }
        } else if let Some(&(key, value)) = shapes.entries.get(&parent) {
            let name = unquote(values.text(key));
            let is_checked =
                MAPPINGS.contains(&name) && depth == 0 || name.starts_with("structured");
            if value != at || key == value || is_checked && !is_text {
                return false;
            }
            if parent == dump.sink {
                return is_text;
            }
            let Some(container) = tree.parent(parent) else {
                return false;
            };
            if shapes.arguments.get(&container) == Some(&dump.sink) {
                return takes_anything(values, dump.sink, dump.channel, depth, is_text);
            }
            if !matches!(tree.kind_name(container), "object" | "dictionary") {
                return false;
            }
            depth += 1;
            at = container;
        } else if shapes.texts.contains_key(&parent)
            || matches!(
                tree.kind_name(parent),
                "interpolation" | "template_substitution"
            )
        {
            is_text = true;
            at = parent;
        } else if tree.kind_name(parent) == "parenthesized_expression" {
            at = parent;
        } else {
            return false;
        }
    }
    false
}

/// Whether the file says where what is called comes from.
fn is_declared(values: &Values<'_>, call: NodeId) -> bool {
    let function = values.bare(values.shapes.calls[&call].function);
    values.names.resolve(function).next().is_some()
}

/// Whether a list is as good as a mapping where a value leaves through a call.
fn takes_anything(
    values: &Values<'_>,
    call: NodeId,
    channel: Channel,
    depth: usize,
    is_text: bool,
) -> bool {
    if is_text {
        return true;
    }
    let Call {
        function,
        arguments,
    } = values.shapes.calls[&call];
    // Functions of the program may want a mapping, and its loggers as well.
    let path = values
        .path(function)
        .or_else(|| values.typed_path(function))
        .unwrap_or_default();
    let is_own = !values.callees(function).is_empty()
        || values.family() == Family::Ecma && depth == 0 && path.starts_with(['.', '%']);
    if is_own || catalog(values.family()).sink(&path).is_none() {
        return false;
    }
    // `"%(PATH)s"` takes a part of the mapping by name.
    let mut given = values.arguments(arguments);
    let is_taken_apart = given.any(|(argument, _)| values.text(argument).contains("%("));
    let wants_mapping = channel == Channel::ErrorReport && depth < 2;
    !is_taken_apart && !wants_mapping
}
