//! Whether code sees a new value of a secret: read each time it is needed, or kept from the start.
//!
//! Claims the better of the two only where nothing keeps the value. Used by the planning.

use super::Source;
use super::head::node_at;
use crate::syntax::NodeId;
use crate::text::TextRange;

/// When a new value is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rotation {
    /// The value is read when it is used.
    Live,
    /// The program keeps the value that it started with.
    OnRestart,
}

impl Rotation {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::OnRestart => "on-restart",
        }
    }
}

/// Kinds of nodes that are functions.
const FUNCTIONS: &[&str] = &[
    "arrow_function",
    "closure_expression",
    "function_declaration",
    "function_definition",
    "function_expression",
    "function_item",
    "generator_function",
    "generator_function_declaration",
    "lambda",
    "method_definition",
];

/// Names of functions that make what lives on, or run once.
const MAKERS: &[&str] = &[
    "__init__",
    "__new__",
    "__post_init__",
    "constructor",
    "default",
    "main",
    "new",
];

/// Kinds of nodes whose value outlives the function, or is handed to what keeps it.
const KEEPERS: &[&str] = &[
    "field_initializer",
    "let_declaration",
    "new_expression",
    "return_statement",
    "struct_expression",
    "variable_declarator",
];

/// Kinds of nodes that give something on the left a value.
const ASSIGNMENTS: &[&str] = &["assignment", "assignment_expression"];

/// When the read at a place sees a new value.
pub(super) fn of(source: &Source, read: TextRange) -> Rotation {
    let tree = &source.tree;
    let Some(node) = node_at(tree, read) else {
        return Rotation::OnRestart;
    };
    let mut assigned = None;
    for parent in tree.ancestors(node) {
        let kind = tree.kind_name(parent);
        if KEEPERS.contains(&kind) {
            return Rotation::OnRestart;
        }
        if ASSIGNMENTS.contains(&kind) {
            assigned = tree.child(parent, "left");
        }
        if FUNCTIONS.contains(&kind) {
            let name = tree
                .child(parent, "name")
                .map_or("", |name| tree.text(&source.text, name));
            // A default of a parameter of Python is evaluated once.
            let is_default = tree.child(parent, "parameters").is_some_and(|list| {
                tree.range(list).contains(read) && kind == "function_definition"
            });
            // The value of a short function is given back.
            let gives_back = tree
                .child(parent, "body")
                .is_some_and(|body| tree.range(body) == read);
            // An entry of what only this call has; anything else may live on.
            let is_kept = assigned.is_some_and(|left| !is_entry_of_own(source, left, parent));
            let keeps = MAKERS.contains(&name) || is_default || gives_back || is_kept;
            return if keeps {
                Rotation::OnRestart
            } else {
                Rotation::Live
            };
        }
    }
    Rotation::OnRestart
}

/// Whether an entry is set of what the function around it makes: `headers["Authorization"] = …`.
fn is_entry_of_own(source: &Source, left: NodeId, function: NodeId) -> bool {
    let tree = &source.tree;
    let written = tree.text(&source.text, left);
    let is_part = |c: char| !(c.is_alphanumeric() || c == '_' || c == '$');
    let root = written.split(is_part).next().unwrap_or_default();
    if root.len() == written.len() || matches!(root, "" | "this" | "self" | "cls") {
        return false;
    }
    let own = tree.text(&source.text, function);
    ["const ", "let ", "var "].iter().any(|word| {
        own.contains(&format!("{word}{root} =")) || own.contains(&format!("{word}{root}:"))
    }) || source.language.family() == crate::language::Family::Python
        && own.contains(&format!("{root} = {{"))
}
