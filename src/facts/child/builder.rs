//! Commands that are put together by methods before they are run, as in Rust.

use memchr::memmem;
use rustc_hash::FxHashSet;

use crate::facts::names::Giver;
use crate::facts::shapes::Use;
use crate::facts::values::Values;
use crate::syntax::NodeId;

/// Places that a command is followed to.
const MAX_PLACES: usize = 500;

/// Methods after which nothing is inherited.
const CLEARING: [&str; 2] = ["env_clear", "full_env"];

/// Whether the command that a call makes runs with what its parent has; not where it is `given` that explicitly.
pub(super) fn inherits(values: &Values<'_>, call: NodeId, given: &[NodeId]) -> bool {
    let mut work = vec![call];
    let mut seen: FxHashSet<NodeId> = FxHashSet::default();
    // Whoever gets it from here may clear it.
    let mut escapes = false;
    while let Some(node) = work.pop() {
        if seen.len() > MAX_PLACES || !seen.insert(node) {
            continue;
        }
        values.tree.spend(4);
        escapes |= is_argument(values, node);
        for &(_, how) in values.shapes.uses(node) {
            match how {
                Use::Member(member) => {
                    let Some(call) = called(values, member) else {
                        continue;
                    };
                    let name = values.text(values.shapes.members[&member].1);
                    if CLEARING.contains(&name) || given.contains(&call) {
                        return false;
                    }
                    let arguments = values.shapes.calls[&call].arguments;
                    escapes |= values
                        .arguments(arguments)
                        .any(|(argument, _)| values.shapes.functions.contains_key(&argument));
                    work.push(call);
                }
                Use::Same(outer) | Use::Either(outer) => work.push(outer),
                Use::Bound(_) => {
                    for binding in values.names.given(Giver::Value(node)) {
                        work.extend(values.names.references(binding));
                    }
                }
                Use::Returned | Use::Result(_) | Use::Entry(_) => escapes = true,
                _ => {}
            }
        }
    }
    !(escapes && memmem::find(values.bytes, CLEARING[0].as_bytes()).is_some())
}

fn is_argument(values: &Values<'_>, node: NodeId) -> bool {
    let parent = values.tree.parent(node);
    parent.is_some_and(|parent| values.shapes.arguments.contains_key(&parent))
}

fn called(values: &Values<'_>, member: NodeId) -> Option<NodeId> {
    let mut uses = values.shapes.uses(member).iter();
    uses.find_map(|&(_, how)| match how {
        Use::Callee(call) => Some(call),
        _ => None,
    })
}
