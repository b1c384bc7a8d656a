//! Which functions answer somebody outside: MCP handlers and HTTP handlers, by their marks or by where they are given.

use super::flow::Flow;
use super::shapes::Use;
use crate::language::Family;
use crate::model::Channel;
use crate::syntax::NodeId;

/// By which channel what a function returns leaves, if it is a handler.
pub(super) fn channel(flow: &Flow<'_, '_>, function: NodeId) -> Option<Channel> {
    by_mark(flow, function).or_else(|| by_registration(flow, function))
}

fn by_mark(flow: &Flow<'_, '_>, function: NodeId) -> Option<Channel> {
    let values = flow.values;
    if values.family() == Family::Rust {
        return attributes(flow, function).find_map(|path| flow.catalog.handler(&path));
    }
    let marks = &values.shapes.functions.get(&function)?.marks;
    marks.iter().find_map(|&mark| {
        // The decorator, or the expression in it.
        let inside = values.tree.named_children(mark).next();
        [Some(mark), inside]
            .into_iter()
            .flatten()
            .filter_map(|node| values.path(node))
            .find_map(|path| flow.catalog.handler(&path))
    })
}

/// The paths of the attributes that stand before an item.
fn attributes<'f>(flow: &'f Flow<'_, '_>, item: NodeId) -> impl Iterator<Item = String> + 'f {
    let values = flow.values;
    let before = super::settings_rust::attributes(values, item);
    before.into_iter().map(move |node| {
        let inner = values
            .text(node)
            .trim_start_matches("#[")
            .trim_end_matches(']');
        let end = inner.find(['(', '=', ' ']).unwrap_or(inner.len());
        inner[..end].replace("::", ".")
    })
}

/// A function is given to something like `server.tool(…)`, itself or by name, perhaps inside an object.
fn by_registration(flow: &Flow<'_, '_>, function: NodeId) -> Option<Channel> {
    let values = flow.values;
    let bindings = &values.names.bindings;
    values.tree.spend(bindings.len());
    let mut names: Vec<&str> = bindings
        .iter()
        .filter(|binding| values.as_function(&binding.origin) == Some(function))
        .map(|binding| binding.name)
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut places = vec![function];
    for binding in names.into_iter().flat_map(|name| values.names.named(name)) {
        places.extend(values.names.references(binding));
    }
    places.into_iter().find_map(|place| given_to(flow, place))
}

fn given_to(flow: &Flow<'_, '_>, place: NodeId) -> Option<Channel> {
    let values = flow.values;
    let mut at = place;
    for _ in 0..6 {
        let parent = values.tree.parent(at)?;
        if let Some(call) = values.shapes.arguments.get(&parent) {
            let path = values.path(values.shapes.calls[call].function)?;
            return flow.catalog.handler(&path);
        }
        let holds = values.shapes.lists.contains(&parent)
            || values
                .shapes
                .uses(at)
                .iter()
                .any(|(_, how)| matches!(how, Use::Entry(_) | Use::Same(_)))
            || values.shapes.functions.contains_key(&at);
        if !holds {
            return None;
        }
        at = parent;
    }
    None
}
