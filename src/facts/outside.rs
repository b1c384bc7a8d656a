//! What calls and conditions mean that no path names: whether a value leaves, and whether all of it is kept.

use super::flow::Flow;
use super::names::Origin;
use crate::language::Family;
use crate::model::Channel;
use crate::syntax::NodeId;

/// How far classes are followed to what they derive from.
const MAX_BASES: usize = 8;

/// What a server's handler calls the object that answers.
const ANSWERS: &[&str] = &[
    "res", "resp", "response", "_res", "reply", "rep", "c", "ctx", "context",
];

/// Types of that object.
const ANSWER_TYPES: &[&str] = &[
    "ServerResponse",
    "Response",
    "FastifyReply",
    "NextApiResponse",
    "Context",
    "VercelResponse",
];

/// Its methods that answer.
const ANSWER_METHODS: &[&str] = &[
    "json", "jsonp", "send", "end", "write", "render", "text", "html", "body",
];

/// By which channel the arguments of a call leave.
pub(super) fn channel(flow: &Flow<'_, '_>, call: NodeId) -> Option<Channel> {
    let values = flow.values;
    if values.family() != Family::Ecma {
        return None;
    }
    let function = values.bare(values.shapes.calls[&call].function);
    if answers(flow, function) {
        return Some(Channel::HttpResponse);
    }
    let made = values.tree.kind_name(call) == "new_expression";
    (made && is_error(flow, function, MAX_BASES)).then_some(Channel::ErrorMessage)
}

/// `res.status(200).json(…)`: a method of a parameter that answers by its name or type.
fn answers(flow: &Flow<'_, '_>, function: NodeId) -> bool {
    let values = flow.values;
    let Some(&(object, name)) = values.shapes.members.get(&function) else {
        return false;
    };
    if !ANSWER_METHODS.contains(&values.text(name)) {
        return false;
    }
    let mut root = values.bare(object);
    for _ in 0..16 {
        if let Some(call) = values.shapes.calls.get(&root) {
            root = values.bare(call.function);
        } else if let Some(&(object, _)) = values.shapes.members.get(&root) {
            root = values.bare(object);
        } else {
            break;
        }
    }
    values.is_name(root)
        && values.names.resolve(root).any(|binding| {
            matches!(&binding.origin, Origin::Parameter(..))
                && (ANSWERS.contains(&binding.name) || has_type(flow, binding.at))
        })
}

fn has_type(flow: &Flow<'_, '_>, at: NodeId) -> bool {
    let shapes = &flow.values.shapes;
    shapes
        .parameters
        .values()
        .filter(|parameter| parameter.target == Some(at))
        .filter_map(|parameter| parameter.kind)
        .any(|kind| {
            let written = flow.values.text(kind);
            let name = written.split('<').next().unwrap_or(written);
            let name = name.rsplit('.').next().unwrap_or(name);
            ANSWER_TYPES.contains(&name)
        })
}

/// Whether a class is an error, by its name or by what it derives from.
fn is_error(flow: &Flow<'_, '_>, class: NodeId, hops: usize) -> bool {
    let values = flow.values;
    let Some(hops) = hops.checked_sub(1) else {
        return false;
    };
    let path = values.path(class).unwrap_or_default();
    if path.ends_with("Error") || path.ends_with("Exception") {
        return true;
    }
    values.is_name(class)
        && values
            .names
            .resolve(class)
            .any(|binding| match binding.origin {
                Origin::Class(of) => values.shapes.classes.get(&of).is_some_and(|class| {
                    class.bases.iter().any(|&base| is_error(flow, base, hops))
                }),
                _ => false,
            })
}

/// `JSON.stringify(x, replacer)`: the second argument decides what is kept.
pub(super) fn is_picked(flow: &Flow<'_, '_>, path: &str, call: NodeId) -> bool {
    let values = flow.values;
    path == "JSON.stringify"
        && values
            .arguments(values.shapes.calls[&call].arguments)
            .nth(1)
            .is_some_and(|(replacer, _)| !matches!(values.text(replacer), "null" | "undefined"))
}

/// Whether a filter's function keeps everything that is set: `Boolean`, `([, value]) => value !== undefined`.
pub(super) fn keeps_all(flow: &Flow<'_, '_>, callback: NodeId) -> bool {
    let values = flow.values;
    values.text(callback) == "Boolean"
        || values
            .shapes
            .functions
            .get(&values.bare(callback))
            .and_then(|function| function.body)
            .is_some_and(|body| {
                values.tree.kind_name(body) != "statement_block" && is_presence(flow, body)
            })
}

/// Whether a condition only asks whether something is set: it holds for every variable there is.
pub(super) fn is_presence(flow: &Flow<'_, '_>, condition: NodeId) -> bool {
    let values = flow.values;
    values.family() == Family::Ecma
        && values
            .text(condition)
            .trim_start_matches('(')
            .trim_end_matches(')')
            .split("&&")
            .all(|piece| asks_for_presence(flow, condition, piece.trim()))
}

fn asks_for_presence(flow: &Flow<'_, '_>, condition: NodeId, piece: &str) -> bool {
    const COMPARED: [&str; 3] = ["undefined", "null", "\"string\""];
    if piece.contains("hasOwn") {
        return true;
    }
    let sides = piece.split_once("==").or_else(|| piece.split_once("!="));
    if let Some((_, right)) = sides {
        let right = right.trim_start_matches('=').trim().replace('\'', "\"");
        return COMPARED.contains(&right.as_str());
    }
    let name = piece.trim_start_matches('!').trim();
    let values = flow.values;
    values
        .tree
        .descendants(condition)
        .filter(|&node| values.is_name(node) && values.text(node) == name)
        .any(|node| {
            values
                .names
                .resolve(node)
                .all(|binding| match &binding.origin {
                    Origin::Looped(..) | Origin::Parameter(..) => true,
                    Origin::Value(value, _) => {
                        values.shapes.indexes.contains_key(&values.bare(*value))
                    }
                    _ => false,
                })
        })
}
