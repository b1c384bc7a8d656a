//! Whether a value goes nowhere but to child processes, so that they alone see what it is made of.

use super::{argument_of, method_call, small};
use crate::facts::names::Giver;
use crate::facts::shapes::Use;
use crate::facts::values::Values;
use crate::syntax::NodeId;

/// Places that a value is followed to.
const MAX_PLACES: usize = 64;

/// Functions that give what they are given, with more.
const COPIES: &[&str] = &["Object.assign", "dict", "structuredClone"];

/// Methods that change a mapping and nothing else.
const CHANGES: &[&str] = &["update", "setdefault", "pop"];

/// Whether everything that is made of a value is given to one of these calls.
pub(super) fn given(values: &Values<'_>, source: NodeId, children: &[NodeId]) -> bool {
    let mut work = vec![source];
    let mut seen = Vec::new();
    while let Some(node) = work.pop() {
        values.tree.spend(8);
        if seen.contains(&node) {
            continue;
        }
        if seen.len() > MAX_PLACES || !step(values, node, children, &mut work) {
            return false;
        }
        seen.push(node);
    }
    true
}

/// Follows one use; false where something else sees the value.
fn step(values: &Values<'_>, node: NodeId, children: &[NodeId], work: &mut Vec<NodeId>) -> bool {
    let shapes = &values.shapes;
    let mut is_known = false;
    for &(_, how) in shapes.uses(node) {
        is_known = true;
        match how {
            Use::Same(outer) | Use::Either(outer) => work.push(outer),
            Use::Join(outer) if values.is_merge(outer) => work.push(outer),
            Use::Spread(spread) => match values.tree.parent(spread) {
                Some(list) if shapes.lists.contains(&list) => work.push(list),
                // `run(command, **options)`
                Some(list) if is_given(values, list, children) => {}
                _ => return false,
            },
            Use::Entry(entry) => match values.tree.parent(entry) {
                Some(list) if shapes.lists.contains(&list) => work.push(list),
                Some(list) if is_given(values, list, children) => {}
                _ => return false,
            },
            Use::Bound(at) => {
                let bind = shapes.binds[at];
                // `options.env = …` puts it into another value, `env = …` again gives the name a second one.
                if bind.assigned || !values.is_name(bind.target) || is_exported(values, node) {
                    return false;
                }
                for binding in values.names.given(Giver::Value(node)) {
                    if binding.at != bind.target {
                        return false;
                    }
                    work.extend(values.names.references(binding));
                }
            }
            Use::Member(member) => {
                let name = values.text(shapes.members[&member].1);
                match method_call(values, node) {
                    Some((call, "copy")) => work.push(call),
                    Some((_, name)) if CHANGES.contains(&name) => {}
                    None if small::holds(name) || is_set(values, member) => {}
                    _ => return false,
                }
            }
            Use::Index(index) => {
                let name = values.string(shapes.indexes[&index].1);
                if !name.is_some_and(|name| small::holds(&name)) && !is_set(values, index) {
                    return false;
                }
            }
            _ => return false,
        }
    }
    if let Some(list) = values.tree.parent(node)
        && shapes.arguments.contains_key(&list)
    {
        if is_given(values, list, children) {
            return true;
        }
        let Some((call, place)) = argument_of(values, node) else {
            return false;
        };
        let function = values.text(shapes.calls[&call].function);
        // What is assigned to is given back, and changed.
        if !COPIES.contains(&function)
            || place == 0 && function == "Object.assign" && !shapes.lists.contains(&node)
        {
            return false;
        }
        work.push(call);
        return true;
    }
    is_known
}

/// Whether a list is that of the arguments of one of the calls.
fn is_given(values: &Values<'_>, list: NodeId, children: &[NodeId]) -> bool {
    values
        .shapes
        .arguments
        .get(&list)
        .is_some_and(|call| children.contains(call))
}

/// Whether a part is only set, or taken out.
fn is_set(values: &Values<'_>, part: NodeId) -> bool {
    let is_target = |bind: &crate::facts::shapes::Bind| bind.target == part;
    let is_deleted = || {
        let parent = values.tree.parent(part);
        parent.is_some_and(|parent| {
            matches!(values.tree.kind_name(parent), "delete_statement")
                || values.text(parent).starts_with("delete ")
        })
    };
    values.shapes.binds.iter().any(is_target) || is_deleted()
}

/// Whether a name that gets a value can be used by other files.
fn is_exported(values: &Values<'_>, value: NodeId) -> bool {
    let mut around = values.tree.ancestors(value);
    let is_local = around.any(|node| values.shapes.functions.contains_key(&node));
    !is_local
}
