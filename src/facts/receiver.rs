//! What a read of the environment is asked of: the part of an expression that another source of secrets takes the place
//! of, so that everything around it stays as it is.
//!
//! Plain reads have it in themselves, whether their name is known or not; for all others of a file it is said where the
//! environment is asked for them. Knows no other file. Used by the rewriting.

use super::flow::Flow;
use super::known::Known;
use super::names::{Origin, unquote};
use super::values::{Part, Values};
use crate::language::Family;
use crate::settings::Settings;
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
    /// Whether there is such a variable, as a whole expression: `"TOKEN" in process.env`.
    Presence,
}

/// A plain read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// The whole read.
    pub read: TextRange,
    /// What is asked, within it.
    pub at: TextRange,
    /// How it is asked.
    pub asked: Asked,
    /// The variable; nothing where only the running program knows it, or another file.
    pub name: Option<String>,
    /// Whether only the running program knows it.
    pub is_open: bool,
    /// Whether it is only asked if there is such a variable: `"TOKEN" in os.environ`.
    pub is_test: bool,
}

/// Where the environment is asked for a read that is not plain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The read.
    pub read: TextRange,
    /// Where the environment stands.
    pub at: TextRange,
}

/// What a file asks of the environment.
#[derive(Debug, Default)]
pub struct Asks {
    /// Plain reads, by place.
    pub receivers: Vec<Receiver>,
    /// For all reads that are found in the file alone, by place.
    pub roots: Vec<Root>,
    /// Constants that nobody else sees.
    pub constants: Vec<super::Constant>,
    /// Where the environment is used in another way than by plain reads.
    pub others: Vec<TextRange>,
    /// Variables that the file sets or removes, outside of tests.
    pub writes: Vec<String>,
    /// The parts of it that are compiled for tests only.
    pub tests: Vec<TextRange>,
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

/// What a file asks of the environment.
pub fn asks(tree: &Tree, text: &[u8], settings: &Settings) -> Asks {
    let values = Values::new(tree, text);
    let known = Known::default();
    let mut flow = Flow::new(&values, settings, &known);
    super::find::run(&mut flow, text, settings, &known);
    let rooted = flow.reads.iter().filter_map(|read| {
        Some(Root {
            read: tree.range(read.node),
            at: tree.range(read.root?),
        })
    });
    let tests = match values.family() {
        Family::Rust => super::settings_rust::tests(&values),
        _ => Vec::new(),
    };
    let receivers = receivers(&values);
    let mut asks = Asks {
        others: others(&values, &receivers),
        receivers,
        roots: rooted.collect(),
        constants: super::constants::find(&values),
        writes: writes(&values, &tests),
        tests,
    };
    asks.roots.sort_by_key(|root| (root.read, root.at));
    asks.roots.dedup();
    asks
}

fn receivers(values: &Values<'_>) -> Vec<Receiver> {
    let (tree, shapes) = (values.tree, &values.shapes);
    let is_environment = |node: NodeId| is_environment(values, node);
    let named = |key: NodeId| known_name(values, key);
    let mut found = Vec::new();
    let mut add = |read: NodeId, at: NodeId, asked, key: Option<NodeId>, name: Option<String>| {
        found.push(Receiver {
            read: tree.range(read),
            at: tree.range(at),
            asked,
            is_open: name.is_none() && key.is_none_or(|key| !is_constant(values, key))
                || key.is_some_and(|key| is_made(values, key)),
            name,
            is_test: false,
        });
    };
    for (node, object, name) in members(values) {
        // What is called is a method of the environment, not a variable.
        if values.family() == Family::Ecma && is_environment(object) && !is_set(values, node) {
            add(
                node,
                object,
                Asked::Environment,
                None,
                Some(values.text(name).to_owned()),
            );
        }
    }
    for (node, object, key) in indexes(values) {
        if is_environment(object) && !is_set(values, node) {
            add(node, object, Asked::Environment, Some(key), named(key));
        }
    }
    for &call in &shapes.call_list {
        let function = shapes.calls[&call].function;
        let key = values.name_argument(shapes.calls[&call].arguments, 0);
        let name_of = key.and_then(named);
        // What takes the place takes no names of arguments.
        let by_name = values
            .arguments(shapes.calls[&call].arguments)
            .any(|(_, name)| name.is_some());
        if by_name && values.family() == Family::Python {
            continue;
        }
        if let Some(&(object, name)) = shapes.members.get(&function)
            && values.text(name) == "get"
            && is_environment(object)
        {
            add(call, object, Asked::Environment, key, name_of);
        } else if let Some(path) = values.path(function)
            && let Some((_, asked)) = FUNCTIONS.iter().find(|(known, _)| *known == path)
        {
            // Their errors have types of their own.
            let is_own = path.starts_with("dotenv");
            if !is_own || drops_error(values, call) {
                add(call, function, *asked, key, name_of);
            }
        }
    }
    match values.family() {
        Family::Python => found.extend(memberships(values, is_environment)),
        Family::Ecma => found.extend(questions(values)),
        Family::Rust => {}
    }
    for receiver in &mut found {
        // `::std::env::var`
        let at = receiver.at.start;
        if values.family() == Family::Rust && values.bytes[..at].ends_with(b"::") {
            receiver.at = TextRange::new(at - 2, receiver.at.end);
        }
    }
    found.sort_by_key(|receiver| (receiver.read, receiver.at));
    found
}

/// `"TOKEN" in process.env`, `Object.hasOwn(process.env, "TOKEN")`.
fn questions(values: &Values<'_>) -> Vec<Receiver> {
    let (tree, shapes) = (values.tree, &values.shapes);
    let mut found = Vec::new();
    let mut add = |read: NodeId, key: NodeId, of: NodeId| {
        let name = known_name(values, key);
        let is_operator = tree.kind_name(read) == "binary_expression";
        // A call for a name that is not known stays as it is.
        if name.is_none() && !is_operator || !is_environment(values, of) {
            return;
        }
        let (at, asked) = match name {
            Some(_) => (read, Asked::Presence),
            None => (of, Asked::Environment),
        };
        found.push(Receiver {
            read: tree.range(read),
            at: tree.range(at),
            asked,
            is_open: name.is_none() && !is_constant(values, key),
            name,
            is_test: true,
        });
    };
    for node in tree.nodes() {
        if tree.kind_name(node) == "binary_expression"
            && let (Some(left), Some(right)) = (tree.child(node, "left"), tree.child(node, "right"))
            && tree
                .child(node, "operator")
                .is_some_and(|of| values.text(of) == "in")
        {
            add(node, left, right);
        }
    }
    for &call in &shapes.call_list {
        let shape = shapes.calls[&call];
        let given: Vec<NodeId> = values
            .arguments(shape.arguments)
            .map(|(node, _)| node)
            .collect();
        let function = values.bare(shape.function);
        let path = values.path(function);
        if let [of, key] = given.as_slice()
            && path.is_some_and(|path| OWNERS.contains(&path.as_str()))
        {
            add(call, *key, *of);
        } else if let ([key], Some(&(object, name))) =
            (given.as_slice(), shapes.members.get(&function))
            && values.text(name) == "hasOwnProperty"
        {
            add(call, *key, object);
        }
    }
    found
}

/// Functions that tell whether an object has a property.
const OWNERS: &[&str] = &[
    "Object.hasOwn",
    "Object.prototype.hasOwnProperty.call",
    "Reflect.has",
];

/// Functions that use all of the environment.
const WHOLE: &[&str] = &["os.path.expandvars", "std.env.vars", "std.env.vars_os"];

/// Where a file uses the environment in another way than by plain reads and writes.
fn others(values: &Values<'_>, receivers: &[Receiver]) -> Vec<TextRange> {
    let (tree, shapes) = (values.tree, &values.shapes);
    let is_asked = |at: TextRange| receivers.iter().any(|known| known.at.contains(at));
    let is_written = |node: NodeId| {
        tree.parent(node)
            .is_some_and(|parent| is_set(values, parent))
    };
    let whole = shapes.member_list.iter().chain(&shapes.names).copied();
    let mut found: Vec<TextRange> = whole
        .filter(|&node| is_environment(values, node))
        .filter(|&node| !is_asked(tree.range(node)) && !is_written(node))
        .map(|node| tree.range(node))
        .collect();
    let calls = shapes.call_list.iter();
    let expands = calls.filter(|call| {
        let path = values.path(shapes.calls[call].function);
        path.is_some_and(|path| WHOLE.contains(&path.as_str()))
    });
    found.extend(expands.map(|&call| tree.range(call)));
    found.sort();
    found.dedup();
    found
}

/// Whether a name of JavaScript is put together, so that its type is any text.
fn is_made(values: &Values<'_>, key: NodeId) -> bool {
    let (tree, key) = (values.tree, values.bare(key));
    let is_text = |part: NodeId| tree.kind_name(part) == "string_fragment";
    values.family() == Family::Ecma
        && match tree.kind_name(key) {
            "binary_expression" => true,
            "template_string" => !tree.named_children(key).all(is_text),
            _ => false,
        }
}

/// Whether a name is a constant of another file.
fn is_constant(values: &Values<'_>, key: NodeId) -> bool {
    let fixed = |part: &Part| matches!(part, Part::Text(_) | Part::Imported(..));
    let template = values.template(key);
    template.is_some_and(|template| !template.parts.is_empty() && template.parts.iter().all(fixed))
        && known_name(values, key).is_none()
        && !is_looped(values, key)
}

/// The name that an expression is whenever it is asked; what a loop visits is another one each time, even if the list of
/// it is known to have only one.
fn known_name(values: &Values<'_>, key: NodeId) -> Option<String> {
    if is_looped(values, key) {
        return None;
    }
    values.template(key)?.name()
}

fn is_looped(values: &Values<'_>, key: NodeId) -> bool {
    let key = values.bare(key);
    let mut bindings = values.names.resolve(key);
    values.is_name(key) && bindings.any(|binding| matches!(binding.origin, Origin::Looped(..)))
}

fn is_environment(values: &Values<'_>, node: NodeId) -> bool {
    let path = values.path(node);
    path.is_some_and(|path| ENVIRONMENTS.contains(&path.as_str()))
}

/// Members, with the object and the name.
fn members<'v>(values: &'v Values<'_>) -> impl Iterator<Item = (NodeId, NodeId, NodeId)> + 'v {
    let members = values.shapes.member_list.iter();
    members.filter_map(|&node| {
        let &(object, name) = values.shapes.members.get(&node)?;
        Some((node, object, name))
    })
}

/// Indexes, with the object and the key.
fn indexes<'v>(values: &'v Values<'_>) -> impl Iterator<Item = (NodeId, NodeId, NodeId)> + 'v {
    values.tree.nodes().filter_map(|node| {
        let &(object, key) = values.shapes.indexes.get(&node)?;
        Some((node, object, key))
    })
}

/// Whether a part of something is given a value, or removed.
fn is_set(values: &Values<'_>, node: NodeId) -> bool {
    let mut binds = values.shapes.binds.iter();
    binds.any(|bind| bind.target == node)
        || values
            .tree
            .ancestors(node)
            .take(2)
            .any(|parent| match values.tree.kind_name(parent) {
                "delete_statement" => true,
                "unary_expression" => values.text(parent).starts_with("delete"),
                _ => false,
            })
}

/// The variables that a file sets or removes, by their names.
fn writes(values: &Values<'_>, tests: &[TextRange]) -> Vec<String> {
    let (tree, shapes) = (values.tree, &values.shapes);
    let named = |key: NodeId| values.template(key).and_then(|template| template.name());
    let mut found = Vec::new();
    let is_set = |node: NodeId| is_set(values, node);
    let in_test = |node: NodeId| tests.iter().any(|test| test.contains(tree.range(node)));
    for (node, object, name) in members(values) {
        if values.family() == Family::Ecma && is_environment(values, object) && is_set(node) {
            found.push(values.text(name).to_owned());
        }
    }
    for (node, object, key) in indexes(values) {
        if is_environment(values, object) && is_set(node) && !in_test(node) {
            found.extend(named(key));
        }
    }
    for &call in shapes.call_list.iter().filter(|&&call| !in_test(call)) {
        let shape = shapes.calls[&call];
        let function = values.bare(shape.function);
        let first = values.name_argument(shape.arguments, 0);
        let sets = |path: &str| SETTERS.contains(&path);
        let in_bulk = values
            .path(function)
            .is_some_and(|path| path == "Object.assign")
            && first.is_some_and(|first| is_environment(values, first))
            || shapes
                .members
                .get(&function)
                .is_some_and(|&(object, name)| {
                    values.text(name) == "update" && is_environment(values, object)
                });
        if in_bulk {
            let entries = tree
                .descendants(shape.arguments)
                .filter_map(|node| shapes.entries.get(&node));
            found.extend(entries.map(|&(key, _)| unquote(values.text(key)).to_owned()));
            let given = values.arguments(shape.arguments);
            found.extend(given.filter_map(|(_, name)| name.map(str::to_owned)));
        }
        let changes = shapes
            .members
            .get(&function)
            .is_some_and(|&(object, name)| {
                matches!(values.text(name), "pop" | "setdefault") && is_environment(values, object)
            });
        if changes || values.path(function).is_some_and(|path| sets(&path)) {
            found.extend(first.and_then(named));
        }
    }
    found
}

/// Functions that set or remove a variable.
const SETTERS: &[&str] = &[
    "os.putenv",
    "os.unsetenv",
    "std.env.remove_var",
    "std.env.set_var",
];

/// `"TOKEN" in os.environ`.
fn memberships(values: &Values<'_>, is_environment: impl Fn(NodeId) -> bool) -> Vec<Receiver> {
    let tree = values.tree;
    let mut found = Vec::new();
    for node in tree
        .nodes()
        .filter(|&node| tree.kind_name(node) == "comparison_operator")
    {
        let parts: Vec<NodeId> = tree.children(node).collect();
        if let [key, operator @ .., of] = parts.as_slice()
            && operator
                .last()
                .is_some_and(|&last| values.text(last).ends_with("in"))
            && operator
                .iter()
                .all(|&part| matches!(values.text(part), "in" | "not" | "not in"))
            && is_environment(*of)
        {
            found.push(Receiver {
                read: tree.range(node),
                at: tree.range(*of),
                asked: Asked::Environment,
                is_open: known_name(values, *key).is_none() && !is_constant(values, *key),
                name: known_name(values, *key),
                is_test: true,
            });
        }
    }
    found
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
