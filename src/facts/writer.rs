//! Where `write!(target, …)` and `target.write_all(…)` write: a file, a standard stream, or only a text in memory.

use super::names::Origin;
use super::values::Values;
use crate::language::Family;
use crate::model::Channel;
use crate::syntax::NodeId;

/// Where what is given to a sink goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// Out of the process.
    Out(Channel),
    /// Into a text or buffer of the program.
    Text(NodeId),
    /// Nobody knows.
    Unknown,
}

const FILES: &[&str] = &[
    "File.create",
    "File.open",
    "File.options",
    "OpenOptions",
    "NamedTempFile",
    "tempfile()",
];
const STREAMS: &[&str] = &["stdout()", "stderr()"];
const TEXTS: &[&str] = &[
    "String.new()",
    "String.with_capacity()",
    "String.from()",
    "Vec.new()",
    "Vec.with_capacity()",
    "vec()",
];
const WRAPPERS: &[&str] = &[
    "BufWriter.new",
    "LineWriter.new",
    "BufWriter.with_capacity",
    "Mutex.new",
    "Box.new",
];

/// What a sink's call writes to; every sink that is given no target goes where the catalog says.
pub(super) fn destination(
    values: &Values<'_>,
    call: NodeId,
    path: &str,
    channel: Channel,
) -> Destination {
    if values.family() != Family::Rust {
        return Destination::Out(channel);
    }
    let shape = values.shapes.calls[&call];
    let target = match path.rsplit('.').next().unwrap_or(path) {
        "to_writer" | "to_writer_pretty" => values.tree.named_children(shape.arguments).next(),
        "write" | "writeln" if !path.contains("fs.") => {
            values.tree.named_children(shape.arguments).next()
        }
        "write_all" | "write_str" => values
            .shapes
            .members
            .get(&values.bare(shape.function))
            .map(|&(object, _)| object),
        _ => return Destination::Out(channel),
    };
    target.map_or(Destination::Unknown, |target| of(values, target, target, 6))
}

/// What an expression writes to; `shown` is how the program calls it.
fn of(values: &Values<'_>, node: NodeId, shown: NodeId, hops: usize) -> Destination {
    let Some(hops) = hops.checked_sub(1) else {
        return Destination::Unknown;
    };
    let node = values.bare(node);
    if values.is_name(node) {
        let found = values
            .names
            .resolve(node)
            .find_map(|binding| match &binding.origin {
                Origin::Value(value, path) if path.is_empty() && *value != node => {
                    Some(of(values, *value, shown, hops))
                }
                Origin::Parameter(..) => Some(parameter(values, binding.at, shown)),
                _ => None,
            });
        if let Some(found) = found.filter(|found| *found != Destination::Unknown) {
            return found;
        }
        return by_name(values.text(node));
    }
    if let Some(call) = values.shapes.calls.get(&node) {
        let path = values.path(node).unwrap_or_default();
        let has = |list: &[&str]| list.iter().any(|part| path.contains(part));
        if has(WRAPPERS) {
            let last = values.tree.named_children(call.arguments).last();
            return last.map_or(Destination::Unknown, |inner| of(values, inner, shown, hops));
        }
        return if has(FILES) {
            Destination::Out(Channel::File)
        } else if has(STREAMS) {
            Destination::Out(Channel::Print)
        } else if has(TEXTS) {
            Destination::Text(shown)
        } else if let Some(&(object, _)) = values.shapes.members.get(&values.bare(call.function)) {
            of(values, object, shown, hops)
        } else {
            Destination::Unknown
        };
    }
    match values.shapes.members.get(&node) {
        Some(&(_, name)) => by_name(values.text(name)),
        None => Destination::Unknown,
    }
}

fn parameter(values: &Values<'_>, at: NodeId, shown: NodeId) -> Destination {
    let kind = values
        .shapes
        .parameter_list
        .iter()
        .map(|parameter| &values.shapes.parameters[parameter])
        .find(|parameter| {
            parameter
                .target
                .is_some_and(|target| values.tree.contains(target, at))
        })
        .and_then(|parameter| parameter.kind)
        .map(|kind| values.text(kind))
        .unwrap_or_default();
    if kind.contains("File") {
        Destination::Out(Channel::File)
    } else if kind.contains("Stdout") || kind.contains("Stderr") {
        Destination::Out(Channel::Print)
    } else if kind.contains("String") || kind.contains("Vec<u8>") {
        Destination::Text(shown)
    } else {
        Destination::Unknown
    }
}

fn by_name(name: &str) -> Destination {
    let name = name.to_ascii_lowercase();
    if name.contains("file") {
        Destination::Out(Channel::File)
    } else if name.contains("stdout") || name.contains("stderr") {
        Destination::Out(Channel::Print)
    } else {
        Destination::Unknown
    }
}
