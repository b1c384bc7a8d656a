//! Constants of a module that nobody else sees, with every place where they are used.
//!
//! Only those for which it is sure: one binding, never set again, not given to others, and no other use of the name in
//! the file. Used by the rewriting, which puts what a constant is made of where it is used.

use super::names::{Binding, Origin};
use super::values::Values;
use crate::language::Family;
use crate::syntax::NodeId;
use crate::text::TextRange;

/// A constant of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constant {
    /// Its name.
    pub name: String,
    /// The statement that declares it, and nothing else.
    pub statement: TextRange,
    /// What it is made of.
    pub value: TextRange,
    /// Where it is used.
    pub uses: Vec<TextRange>,
}

/// Kinds of nodes around a use that give it to others, or mean its type.
const OTHER_USES: &[&str] = &[
    "delete_statement",
    "export_specifier",
    "export_statement",
    "global_statement",
    "nonlocal_statement",
    "type_query",
];

/// The constants of a file.
pub(super) fn find(values: &Values<'_>) -> Vec<Constant> {
    if values.family() == Family::Rust {
        return Vec::new();
    }
    let bindings = values.names.bindings.iter();
    bindings
        .filter(|binding| binding.region == values.tree.root())
        .filter_map(|binding| constant(values, binding))
        .collect()
}

fn constant(values: &Values<'_>, binding: &Binding<'_>) -> Option<Constant> {
    let tree = values.tree;
    let Origin::Value(value, path) = &binding.origin else {
        return None;
    };
    if !path.is_empty() || values.names.named(binding.name).count() != 1 {
        return None;
    }
    let statement = match values.family() {
        Family::Python => python(values, binding.at)?,
        _ => ecma(values, binding.at)?,
    };
    let uses = values.names.references(binding);
    let is_name = |&node: &NodeId| {
        let kind = tree.kind_name(node);
        kind.contains("identifier")
            && kind != "property_identifier"
            && values.text(node) == binding.name
    };
    // A name that is not understood may be a use.
    if tree.nodes().filter(is_name).count() != uses.len() + 1 {
        return None;
    }
    let is_other = |&node: &NodeId| {
        tree.ancestors(node)
            .take(2)
            .any(|parent| OTHER_USES.contains(&tree.kind_name(parent)))
    };
    if uses.iter().any(is_other) {
        return None;
    }
    Some(Constant {
        name: binding.name.to_owned(),
        statement: tree.range(statement),
        value: tree.range(*value),
        uses: uses.into_iter().map(|node| tree.range(node)).collect(),
    })
}

/// `const NAME = value;`
fn ecma(values: &Values<'_>, at: NodeId) -> Option<NodeId> {
    let tree = values.tree;
    let declarator = tree.parent(at)?;
    let statement = tree.parent(declarator)?;
    let is_one = tree
        .named_children(statement)
        .filter(|&child| !tree.is_comment(child))
        .count()
        == 1;
    let fits = tree.kind_name(declarator) == "variable_declarator"
        && tree.child(declarator, "name") == Some(at)
        && values.text(statement).starts_with("const ")
        && tree.parent(statement) == Some(tree.root())
        && is_one;
    fits.then_some(statement)
}

/// `NAME = value`
fn python(values: &Values<'_>, at: NodeId) -> Option<NodeId> {
    let tree = values.tree;
    let assignment = tree.parent(at)?;
    let statement = tree.parent(assignment)?;
    let fits = tree.kind_name(assignment) == "assignment"
        && tree.child(assignment, "left") == Some(at)
        && tree
            .child(assignment, "right")
            .is_some_and(|right| tree.kind_name(right) != "assignment")
        && tree.kind_name(statement) == "expression_statement"
        && tree.named_children(statement).count() == 1
        && tree.parent(statement) == Some(tree.root());
    fits.then_some(statement)
}
