//! What is taken where a variable of the environment is not set: `|| "…"`, a second argument, `.unwrap_or("…")`.

use super::written;
use crate::syntax::{NodeId, Tree};

/// How far around a read its expression is followed.
const MAX_STEPS: usize = 8;

/// The strings that stand in for a read.
pub(super) fn of(tree: &Tree, bytes: &[u8], read: NodeId, name: &str) -> Vec<NodeId> {
    let mut found = Vec::new();
    if let Some(arguments) = tree.child(read, "arguments") {
        let mut arguments = tree.named_children(arguments);
        // What is read by another name may be anything.
        let is_name = |node: NodeId| {
            written::plain(tree, bytes, node)
                .is_none_or(|text| !text.is_empty() && name.ends_with(text))
        };
        if arguments.next().is_some_and(is_name) {
            found.extend(arguments.flat_map(|argument| strings(tree, argument)));
        }
    }
    let mut at = read;
    for outer in tree.ancestors(read).take(MAX_STEPS) {
        match tree.kind_name(outer) {
            "binary_expression" | "boolean_operator" => {
                let is_either = tree
                    .children(outer)
                    .any(|child| matches!(tree.text(bytes, child), "||" | "??" | "or"));
                let right = tree.child(outer, "right").filter(|&right| right != at);
                match right.filter(|_| is_either) {
                    Some(right) => found.extend(strings(tree, right)),
                    None => break,
                }
            }
            "ternary_expression" => {
                let other = tree.child(outer, "alternative");
                found.extend(other.into_iter().flat_map(|other| strings(tree, other)));
            }
            "conditional_expression" => {
                let last = tree.named_children(outer).last();
                found.extend(last.into_iter().flat_map(|other| strings(tree, other)));
            }
            "call_expression" | "call" => {
                let function = tree.child(outer, "function");
                let Some(function) = function.filter(|&function| tree.contains(function, at))
                else {
                    break;
                };
                let method = super::named::last_word(tree.text(bytes, function));
                let arguments = tree.child(outer, "arguments");
                if matches!(method, "unwrap_or" | "unwrap_or_else" | "or" | "or_else") {
                    found.extend(arguments.into_iter().flat_map(|all| strings(tree, all)));
                }
            }
            "parenthesized_expression"
            | "member_expression"
            | "field_expression"
            | "attribute"
            | "try_expression"
            | "as_expression"
            | "non_null_expression" => {}
            _ => break,
        }
        at = outer;
    }
    found
}

/// The strings of a small expression: `"a"`, `"a".to_string()`, `|_| "a".into()`.
fn strings(tree: &Tree, node: NodeId) -> Vec<NodeId> {
    const MAX_NODES: usize = 40;
    if tree.subtree(node).len() > MAX_NODES {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut skip = 0;
    for inner in tree.descendants(node) {
        if inner.index() < skip {
            continue;
        }
        if written::is_text(tree, inner) {
            found.push(inner);
            skip = tree.subtree(inner).end;
        } else if matches!(tree.kind_name(inner), "object" | "dictionary") {
            return Vec::new();
        }
    }
    found
}
