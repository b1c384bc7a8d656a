//! Takes the left side of a binding apart: which names it binds, to which part of the value.

use crate::syntax::{NodeId, Tree};

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Step {
    /// The part of a name.
    Key(String),
    /// The part whose name is the value of an expression.
    Computed(NodeId),
    /// The element at a place.
    Item(usize),
    /// What the other steps leave over.
    Rest,
}

/// The names of a pattern with the path to the part each is bound to.
pub(super) fn pattern(tree: &Tree, text: &[u8], target: NodeId) -> Vec<(NodeId, Vec<Step>)> {
    let mut found = Vec::new();
    let mut open = vec![(target, Vec::new())];
    while let Some((node, path)) = open.pop() {
        if path.len() > 8 {
            continue;
        }
        let with = |step: Step| path.iter().cloned().chain([step]).collect::<Vec<_>>();
        match tree.kind_name(node) {
            "identifier" => found.push((node, path)),
            "shorthand_property_identifier_pattern" => {
                let step = Step::Key(tree.text(text, node).to_owned());
                found.push((node, with(step)));
            }
            "object_pattern" => {
                open.extend(tree.named_children(node).map(|child| (child, path.clone())));
            }
            "pair_pattern" => {
                if let (Some(key), Some(value)) =
                    (tree.child(node, "key"), tree.child(node, "value"))
                {
                    let computed = (tree.kind_name(key) == "computed_property_name")
                        .then(|| tree.named_children(key).next())
                        .flatten();
                    let step = match computed {
                        Some(expression) => Step::Computed(expression),
                        None => Step::Key(super::names::unquote(tree.text(text, key)).to_owned()),
                    };
                    open.push((value, with(step)));
                }
            }
            "object_assignment_pattern" | "assignment_pattern" => {
                open.extend(tree.child(node, "left").map(|left| (left, path.clone())));
            }
            "rest_pattern" | "list_splat_pattern" | "dictionary_splat_pattern" => {
                open.extend(
                    tree.named_children(node)
                        .map(|child| (child, with(Step::Rest))),
                );
            }
            "array_pattern" | "pattern_list" | "tuple_pattern" | "list_pattern" => {
                // By the commas before it: `_` and holes are no nodes.
                let mut at = 0;
                for child in tree.children(node) {
                    if tree.is_named(child) {
                        open.push((child, with(Step::Item(at))));
                    } else if tree.text(text, child) == "," {
                        at += 1;
                    }
                }
            }
            "tuple_struct_pattern" => {
                open.extend(
                    tree.named_children(node)
                        .skip(1)
                        .map(|child| (child, path.clone())),
                );
            }
            "mut_pattern"
            | "ref_pattern"
            | "reference_pattern"
            | "captured_pattern"
            | "or_pattern"
            | "as_pattern_target"
            | "match_pattern"
            | "typed_pattern"
            | "parenthesized_expression" => {
                open.extend(tree.named_children(node).map(|child| (child, path.clone())));
            }
            _ => {}
        }
    }
    found
}
