//! What to put in the place of an environment so that less of it gets out, where nothing else changes by that.
//!
//! An empty list of edits says that this is not certain. Used for the facts about dumps and child processes.

mod given;
mod inherited;
mod names;
mod only;
mod small;

pub(super) use given::given;
pub(super) use inherited::inherited;
pub(super) use names::names;

use super::catalog::catalog;
use super::values::Values;
use crate::edit::Edit;
use crate::syntax::NodeId;
use crate::text::TextRange;

/// Whether an expression is the environment itself, by its own name; what another file gives may be less, or nothing.
fn is_environment(values: &Values<'_>, node: NodeId) -> bool {
    let catalog = catalog(values.family());
    let is_known = |path: &str| catalog.environments.contains(&path);
    let path = values.path(node);
    let call = values.shapes.calls.get(&node);
    let called = call.and_then(|call| values.path(call.function));
    let called = called.map(|path| format!("{path}()"));
    path.is_some_and(|path| is_known(&path))
        || called.is_some_and(|path| {
            is_known(&path) || catalog.environment_pairs.contains(&path.as_str())
        })
}

fn replaced(values: &Values<'_>, node: NodeId, text: String) -> Edit {
    Edit {
        range: values.tree.range(node),
        text,
    }
}

fn inserted(at: usize, text: String) -> Edit {
    Edit {
        range: TextRange::new(at, at),
        text,
    }
}

/// The text of an expression that can be written again: names, members, calls without arguments.
fn plain<'t>(values: &Values<'t>, node: NodeId) -> Option<&'t str> {
    let text = values.text(node);
    let is_plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.' | ':' | '(' | ')');
    (!text.is_empty() && text.len() < 80 && text.chars().all(is_plain)).then_some(text)
}

/// The call, and the place in it, of which a node is an argument by its place.
fn argument_of(values: &Values<'_>, node: NodeId) -> Option<(NodeId, usize)> {
    let list = values.tree.parent(node)?;
    let &call = values.shapes.arguments.get(&list)?;
    let place = values
        .arguments(list)
        .position(|(argument, keyword)| argument == node && keyword.is_none())?;
    Some((call, place))
}

/// The call of a method of a node, with the method's name.
fn method_call<'t>(values: &Values<'t>, node: NodeId) -> Option<(NodeId, &'t str)> {
    let member = values.tree.parent(node)?;
    let &(object, name) = values.shapes.members.get(&member)?;
    let call = values.tree.parent(member)?;
    let is_called = values.shapes.calls.get(&call)?.function == member;
    (object == node && is_called).then(|| (call, values.text(name)))
}

/// `dict(os.environ)`, `os.environ.copy()`: the whole call, where it makes nothing but a copy.
fn copy_of(values: &Values<'_>, node: NodeId) -> Option<NodeId> {
    let has_no_more = |call: NodeId, arguments: usize| {
        values
            .arguments(values.shapes.calls[&call].arguments)
            .count()
            == arguments
    };
    if let Some((call, "copy")) = method_call(values, node) {
        return has_no_more(call, 0).then_some(call);
    }
    let (call, _) = argument_of(values, node)?;
    let function = values.text(values.shapes.calls[&call].function);
    (function == "dict" && has_no_more(call, 1)).then_some(call)
}
