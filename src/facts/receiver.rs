//! What a read of the environment is asked of: the part of an expression that another source of secrets takes the place
//! of, so that everything around it stays as it is.
//!
//! Knows plain reads only; what is not listed here cannot be rewritten by a swap. Used by the rewriting.

use super::values::Values;
use crate::language::Family;
use crate::syntax::{NodeId, Tree};
use crate::text::TextRange;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The environment itself: `process.env`, `os.environ`.
    Environment,
    /// A function that gives nothing for what is not set: `os.getenv`.
    Getenv,
    /// A function that fails for what is not set: `std::env::var`.
    Var,
    /// The same for text that need not be UTF-8: `std::env::var_os`.
    VarOs,
}

/// A plain read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// The whole read.
    pub read: TextRange,
    /// What is asked, within it.
    pub at: TextRange,
    /// How it is asked.
    pub asked: Asked,
}

/// Environments that hold what the process was started with, by their canonical paths.
const ENVIRONMENTS: &[&str] = &["process.env", "os.environ"];

/// Functions that read, by their canonical paths.
const FUNCTIONS: &[(&str, Asked)] = &[
    ("dotenv.var", Asked::Var),
    ("dotenvy.var", Asked::Var),
    ("os.getenv", Asked::Getenv),
    ("std.env.var", Asked::Var),
    ("std.env.var_os", Asked::VarOs),
];

/// The plain reads of a file, by place, and the parts of it that are compiled for tests only.
pub fn receivers(tree: &Tree, text: &[u8]) -> (Vec<Receiver>, Vec<TextRange>) {
    let values = Values::new(tree, text);
    let shapes = &values.shapes;
    let is_environment = |node: NodeId| {
        let path = values.path(node);
        path.is_some_and(|path| ENVIRONMENTS.contains(&path.as_str()))
    };
    let mut found = Vec::new();
    let mut add = |read: NodeId, at: NodeId, asked| {
        found.push(Receiver {
            read: tree.range(read),
            at: tree.range(at),
            asked,
        });
    };
    let members = shapes
        .members
        .iter()
        .map(|(&node, &(object, _))| (node, object));
    let indexes = shapes
        .indexes
        .iter()
        .map(|(&node, &(object, _))| (node, object));
    for (node, object) in members.chain(indexes) {
        if is_environment(object) {
            add(node, object, Asked::Environment);
        }
    }
    for &call in &shapes.call_list {
        let function = shapes.calls[&call].function;
        if let Some(&(object, name)) = shapes.members.get(&function)
            && values.text(name) == "get"
            && is_environment(object)
        {
            add(call, object, Asked::Environment);
        } else if let Some(path) = values.path(function)
            && let Some((_, asked)) = FUNCTIONS.iter().find(|(known, _)| *known == path)
        {
            // Their errors have types of their own.
            let is_own = path.starts_with("dotenv");
            if !is_own || drops_error(&values, call) {
                add(call, function, *asked);
            }
        }
    }
    found.sort_by_key(|receiver| (receiver.read, receiver.at));
    let tests = match values.family() {
        Family::Rust => super::settings_rust::tests(&values),
        _ => Vec::new(),
    };
    (found, tests)
}

/// Whether what is done with the result of a call does not depend on the type of its error.
fn drops_error(values: &Values<'_>, call: NodeId) -> bool {
    const FINE: &[&str] = &[
        "context",
        "expect",
        "is_err",
        "is_ok",
        "ok",
        "unwrap",
        "unwrap_or",
        "unwrap_or_default",
        "unwrap_or_else",
        "with_context",
    ];
    let method = values
        .tree
        .parent(call)
        .and_then(|parent| values.shapes.members.get(&parent));
    method.is_some_and(|&(object, name)| object == call && FINE.contains(&values.text(name)))
}
