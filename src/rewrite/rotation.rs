//! Whether code sees a new value of a secret: read each time it is needed, or kept from the start.
//!
//! Follows the value to where it ends, by names of one file; claims the better of the two only where every way ends in
//! something that is done and over. Used by the planning.

use super::head::node_at;
use super::source::Source;
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

/// How many names and calls a value is followed through.
const MAX_HOPS: usize = 6;
/// Uses of one name that are looked at.
const MAX_USES: usize = 64;

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

/// Kinds of nodes that may go on for ever.
const LOOPS: &[&str] = &["loop_expression", "while_expression", "while_statement"];

/// Names of functions that make what lives on, or run once.
const MAKERS: &[&str] = &[
    "__init__",
    "__new__",
    "__post_init__",
    "constructor",
    "default",
    "lifespan",
    "main",
    "new",
    "setup",
];

/// How the names of functions start whose result lives on.
const MAKES: &[&str] = &[
    "build",
    "client",
    "configure",
    "connect",
    "create",
    "get_client",
    "getclient",
    "init",
    "make",
    "new",
    "open",
    "session",
    "setup",
    "start",
];

/// Methods that put what they are given into their object.
const STORES: &[&str] = &[
    "add",
    "append",
    "extend",
    "insert",
    "push",
    "put",
    "set",
    "setdefault",
    "unshift",
    "update",
];

/// Methods that are given what answers, each time.
const HANDLERS: &[&str] = &[
    "action",
    "addTool",
    "all",
    "command",
    "delete",
    "get",
    "handle",
    "on",
    "patch",
    "post",
    "prompt",
    "put",
    "registerPrompt",
    "registerResource",
    "registerTool",
    "resource",
    "setRequestHandler",
    "tool",
    "use",
];

/// Methods that call a function for each element, now.
const LISTS: &[&str] = &[
    "every",
    "filter",
    "find",
    "flatMap",
    "forEach",
    "from",
    "fromEntries",
    "map",
    "reduce",
    "some",
    "sort",
];

/// Kinds of nodes whose value lives on with what they make.
const MADE: &[&str] = &["new_expression", "struct_expression"];

/// When the read at a place sees a new value.
pub(super) fn of(source: &Source, read: TextRange) -> Rotation {
    let Some(node) = node_at(&source.tree, read) else {
        return Rotation::OnRestart;
    };
    let is_over = Ways { source }.is_over(node, MAX_HOPS);
    if is_over {
        Rotation::Live
    } else {
        Rotation::OnRestart
    }
}

/// Whether a value may be missing where it stands: it is only asked for, or something else takes its place.
pub(super) fn may_be_missing(source: &Source, node: NodeId) -> bool {
    let tree = &source.tree;
    let stands_in = tree.parent(node).is_some_and(|parent| {
        let operator = tree.child(parent, "operator");
        tree.child(parent, "left") == Some(node)
            && operator.is_some_and(|of| matches!(source.text(of), "||" | "??"))
    });
    stands_in || is_test(source, node)
}

/// Whether a value is only asked for: whether it is there, or the same as another.
pub(super) fn is_test(source: &Source, node: NodeId) -> bool {
    let tree = &source.tree;
    let mut inner = node;
    for parent in tree.ancestors(node).take(16) {
        let is = |field| tree.child(parent, field) == Some(inner);
        match tree.kind_name(parent) {
            "unary_expression" => {
                let text = source.text(parent);
                return text.starts_with('!') || text.starts_with("typeof");
            }
            "not_operator" | "comparison_operator" => return true,
            "if_statement" | "while_statement" | "elif_clause" | "ternary_expression"
            | "if_expression"
                if is("condition") =>
            {
                return true;
            }
            "binary_expression" => {
                let operator = tree
                    .child(parent, "operator")
                    .map_or("", |of| source.text(of));
                match operator {
                    "==" | "===" | "!=" | "!==" => return true,
                    "&&" if is("left") => return true,
                    "&&" | "||" | "??" => inner = parent,
                    _ => return false,
                }
            }
            "boolean_operator" | "parenthesized_expression" | "non_null_expression" => {
                inner = parent;
            }
            "arguments" | "argument_list" => {
                let function = tree
                    .parent(parent)
                    .and_then(|call| tree.child(call, "function"));
                return function.is_some_and(|of| matches!(source.text(of), "Boolean" | "bool"));
            }
            _ => return false,
        }
    }
    false
}

struct Ways<'s> {
    source: &'s Source,
}

impl Ways<'_> {
    /// Whether all ways of a value end.
    fn is_over(&self, value: NodeId, hops: usize) -> bool {
        let Some(hops) = hops.checked_sub(1) else {
            return false;
        };
        let tree = &self.source.tree;
        let mut inner = value;
        let mut is_awaited = false;
        for parent in tree.ancestors(value) {
            if is_test(self.source, inner) {
                // What a module finds when it starts is kept if it gets a name.
                return self.function(inner).is_some() || !self.is_named(inner);
            }
            let kind = tree.kind_name(parent);
            if FUNCTIONS.contains(&kind) {
                return self.is_body_over(parent, inner, hops);
            }
            match kind {
                "await_expression" | "await" => is_awaited = true,
                kind if MADE.contains(&kind) => is_awaited = false,
                "call_expression" | "call"
                    if tree.child(parent, "function") != Some(inner)
                        && self.stores(parent).is_some() =>
                {
                    let into = self.stores(parent);
                    return into.is_some_and(|into| self.is_local_over(into, hops));
                }
                "call_expression" | "call" | "macro_invocation" => {
                    let awaited = is_awaited
                        || tree.parent(parent).is_some_and(|around| {
                            matches!(tree.kind_name(around), "await_expression" | "await")
                        });
                    let is_argument = tree.child(parent, "function") != Some(inner);
                    if is_argument && (awaited || !self.makes(parent)) {
                        return self.function(parent).is_some_and(|of| !self.is_maker(of));
                    }
                }
                "variable_declarator" | "let_declaration" => {
                    let name = tree
                        .child(parent, "name")
                        .or_else(|| tree.child(parent, "pattern"));
                    return name.is_some_and(|name| self.is_local_over(name, hops));
                }
                "assignment"
                | "assignment_expression"
                | "augmented_assignment"
                | "augmented_assignment_expression" => {
                    let left = tree.child(parent, "left");
                    return left.is_some_and(|left| self.is_local_over(left, hops));
                }
                "return_statement" => {
                    return self
                        .function(parent)
                        .is_some_and(|function| self.is_result_over(function, hops));
                }
                "expression_statement" => {
                    return self.function(parent).is_some_and(|of| !self.is_maker(of));
                }
                _ => {}
            }
            inner = parent;
        }
        false
    }

    /// Whether a value is given a name somewhere around.
    fn is_named(&self, node: NodeId) -> bool {
        let tree = &self.source.tree;
        tree.ancestors(node).any(|parent| {
            matches!(
                tree.kind_name(parent),
                "assignment" | "assignment_expression" | "pair" | "variable_declarator"
            )
        })
    }

    /// What a call of a method puts its arguments into: `headers.set(…)`, `config.insert(…)`.
    fn stores(&self, call: NodeId) -> Option<NodeId> {
        let tree = &self.source.tree;
        let function = tree.child(call, "function")?;
        let (_, method) = self.source.text(function).rsplit_once('.')?;
        let mut fields = ["object", "value"].into_iter();
        let object = fields.find_map(|field| tree.child(function, field))?;
        STORES.contains(&method).then_some(object)
    }

    /// The function around a node.
    fn function(&self, node: NodeId) -> Option<NodeId> {
        let tree = &self.source.tree;
        tree.ancestors(node)
            .find(|&parent| FUNCTIONS.contains(&tree.kind_name(parent)))
    }

    fn name(&self, function: NodeId) -> &str {
        let tree = &self.source.tree;
        let own = tree.child(function, "name");
        let given = || {
            let parent = tree.parent(function)?;
            (tree.kind_name(parent) == "variable_declarator")
                .then(|| tree.child(parent, "name"))
                .flatten()
        };
        own.or_else(given).map_or("", |name| self.source.text(name))
    }

    fn is_maker(&self, function: NodeId) -> bool {
        MAKERS.contains(&self.name(function))
    }

    /// Whether a call makes something that lives on with what it is given.
    fn makes(&self, call: NodeId) -> bool {
        let tree = &self.source.tree;
        let function = tree
            .child(call, "function")
            .or_else(|| tree.child(call, "macro"));
        let path = function.map_or("", |function| self.source.text(function));
        let name = path.rsplit(['.', ':']).next().unwrap_or_default();
        let lower = name.to_ascii_lowercase();
        name.starts_with(char::is_uppercase)
            || MAKES.iter().any(|make| lower.starts_with(make))
            || matches!(
                lower.as_str(),
                "cls"
                    | "err"
                    | "from"
                    | "into"
                    | "ok"
                    | "some"
                    | "string"
                    | "to_owned"
                    | "to_string"
            )
    }

    /// The value stands in a function outside of any statement: a default of a parameter, or what a short function gives.
    fn is_body_over(&self, function: NodeId, inner: NodeId, hops: usize) -> bool {
        let tree = &self.source.tree;
        let is_body = tree.child(function, "body") == Some(inner);
        let is_block = matches!(tree.kind_name(inner), "block" | "statement_block");
        if is_body && !is_block {
            return self.is_result_over(function, hops);
        }
        if is_body {
            // The last expression of a block of Rust.
            return tree.kind_name(function) == "function_item"
                && self.is_result_over(function, hops);
        }
        // A default of Python is evaluated once; others each time that the function is called.
        let mut inside = tree.descendants(inner);
        let given = inside.find(|&node| {
            tree.kind_name(node) == "identifier" && self.function(node) == Some(function)
        });
        tree.kind_name(function) != "function_definition"
            && given.is_some_and(|name| self.is_local_over(name, hops))
    }

    /// A name of a function: all of its uses there are looked at.
    fn is_local_over(&self, target: NodeId, hops: usize) -> bool {
        let tree = &self.source.tree;
        let Some(function) = self.function(target) else {
            return false;
        };
        let written = self.source.text(target);
        let is_part = |c: char| !(c.is_alphanumeric() || c == '_' || c == '$');
        let root = written
            .trim_start_matches("mut ")
            .split(is_part)
            .next()
            .unwrap_or_default();
        if self.is_maker(function) || matches!(root, "" | "this" | "self" | "cls") {
            return false;
        }
        let inside: Vec<NodeId> = tree
            .nodes()
            .filter(|&node| {
                tree.contains(function, node)
                    && tree.kind_name(node).contains("identifier")
                    && tree.kind_name(node) != "property_identifier"
                    && self.source.text(node) == root
            })
            .collect();
        // What is set but not made here belongs to somebody else.
        let is_declared_here = |node: NodeId| {
            tree.parent(node)
                .is_some_and(|parent| match tree.kind_name(parent) {
                    "variable_declarator" => tree.child(parent, "name") == Some(node),
                    "let_declaration" => tree.child(parent, "pattern") == Some(node),
                    "assignment" => tree.child(parent, "left") == Some(node),
                    _ => false,
                })
        };
        let is_parameter = tree
            .child(function, "parameters")
            .is_some_and(|list| tree.contains(list, target));
        let is_own = is_parameter || inside.iter().any(|&node| is_declared_here(node));
        let is_declared = |node: NodeId| {
            tree.parent(node).is_some_and(|parent| {
                ["name", "pattern", "left"]
                    .iter()
                    .any(|field| tree.child(parent, field) == Some(node))
            }) || tree.contains(target, node)
        };
        let mut uses = inside.iter().filter(|&&node| !is_declared(node));
        // A function inside may live on with it, and a loop may never end.
        let is_held = |node: NodeId| {
            let mut around = tree
                .ancestors(node)
                .take_while(|&parent| parent != function);
            around.any(|parent| {
                let kind = tree.kind_name(parent);
                FUNCTIONS.contains(&kind) || LOOPS.contains(&kind)
            })
        };
        is_own
            && inside.len() <= MAX_USES
            && !inside.iter().any(|&node| is_held(node))
            && uses.all(|&node| is_test(self.source, node) || self.is_over(node, hops))
    }

    /// What a function gives back: what is done with it wherever it is called.
    fn is_result_over(&self, function: NodeId, hops: usize) -> bool {
        let tree = &self.source.tree;
        // A decorator that keeps what a function gave once.
        let decorated = tree
            .parent(function)
            .filter(|&of| tree.kind_name(of) == "decorated_definition");
        let is_cached = decorated.is_some_and(|of| {
            let head = self
                .source
                .text(of)
                .split("def ")
                .next()
                .unwrap_or_default();
            head.contains("cache") || head.contains("once")
        });
        if self.is_maker(function) || is_cached {
            return false;
        }
        let given = tree
            .parent(function)
            .filter(|&parent| matches!(tree.kind_name(parent), "arguments" | "argument_list"))
            .and_then(|list| tree.parent(list));
        let name = self.name(function);
        if name.is_empty() {
            let method = given.and_then(|call| tree.child(call, "function"));
            let method = method.and_then(|of| self.source.text(of).rsplit('.').next());
            return match given {
                // What is made of each element is in what is made of all.
                Some(call) if method.is_some_and(|name| LISTS.contains(&name)) => {
                    self.is_over(call, hops)
                }
                // What answers is called again; of other callbacks the result may be kept.
                given => given.is_some() && method.is_some_and(|name| HANDLERS.contains(&name)),
            };
        }
        let calls: Vec<NodeId> = tree
            .nodes()
            .filter(|&node| {
                matches!(tree.kind_name(node), "call_expression" | "call")
                    && tree.child(node, "function").is_some_and(|of| {
                        let path = self.source.text(of);
                        path.rsplit(['.', ':']).next() == Some(name)
                    })
            })
            .collect();
        !calls.is_empty()
            && calls.len() <= MAX_USES
            && calls.iter().all(|&call| self.is_over(call, hops))
    }
}
