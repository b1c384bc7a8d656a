//! A small environment for a child process of which nothing is said, where it is certain how to say it.

use super::{inserted, method_call, small};
use crate::edit::Edit;
use crate::facts::catalog::{Child, Told};
use crate::facts::names::unquote;
use crate::facts::values::Values;
use crate::language::Family;
use crate::syntax::NodeId;

/// Builders of commands whose methods take and give references.
pub(super) const COMMANDS: [&str; 3] = [
    "std.process.Command.new",
    "tokio.process.Command.new",
    "async_process.Command.new",
];

/// Their methods that do so.
pub(super) const METHODS: [&str; 14] = [
    "arg",
    "args",
    "current_dir",
    "env",
    "env_remove",
    "envs",
    "kill_on_drop",
    "output",
    "spawn",
    "status",
    "stderr",
    "stdin",
    "stdout",
    "raw_arg",
];

/// Modules of Python whose functions take the environment by its name.
const NAMED: [&str; 6] = [
    "subprocess.",
    "asyncio.",
    "anyio.",
    "trio.",
    "pexpect.",
    "psutil.",
];

/// Says what a child gets that inherits everything.
pub(in crate::facts) fn inherited(values: &Values<'_>, call: NodeId, child: &Child) -> Vec<Edit> {
    let function = values.shapes.calls[&call].function;
    // What has another name may be called in another way.
    if values.path(function).as_deref() != Some(child.path) {
        return Vec::new();
    }
    let edit = match values.family() {
        Family::Ecma => as_option(values, call, child),
        Family::Python => as_keyword(values, call, child),
        Family::Rust => in_chain(values, call, child),
    };
    edit.into_iter().collect()
}

fn as_option(values: &Values<'_>, call: NodeId, child: &Child) -> Option<Edit> {
    let Told::Options(at) = child.told else {
        return None;
    };
    let arguments = values.shapes.calls[&call].arguments;
    if values.shapes.texts.contains_key(&arguments)
        || values.names.named("process").next().is_some()
    {
        return None;
    }
    let given: Vec<NodeId> = values.arguments(arguments).map(|(node, _)| node).collect();
    let is = |node: NodeId, kind: &str| values.tree.kind_name(node) == kind;
    let environment = small::environment(Family::Ecma, "process.env");
    let mut objects = given.iter().filter(|&&node| is(node, "object"));
    match (objects.next(), objects.next()) {
        (Some(&object), None) => into_object(values, object, &environment),
        (None, None)
            if child.path.starts_with("child_process.")
                || child.path.starts_with("cross-spawn") =>
        {
            let &last = given.last()?;
            let is_certain = match given.as_slice() {
                [_] => !values.shapes.spreads.contains(&last),
                [_, list] => at == 2 && is(*list, "array"),
                _ => false,
            };
            let end = values.tree.range(last).end;
            is_certain.then(|| inserted(end, format!(", {{ env: {environment} }}")))
        }
        _ => None,
    }
}

/// Adds an entry behind all others.
fn into_object(values: &Values<'_>, object: NodeId, environment: &str) -> Option<Edit> {
    let entries: Vec<NodeId> = values
        .tree
        .named_children(object)
        .filter(|&entry| !values.is_comment(entry))
        .collect();
    let names_it = |&entry: &NodeId| {
        let key = values.shapes.entries.get(&entry).map(|&(key, _)| key);
        key.is_some_and(|key| unquote(values.text(key)) == "env")
    };
    if entries.iter().any(names_it) {
        return None;
    }
    let Some(&last) = entries.last() else {
        let range = values.tree.range(object);
        return (values.text(object) == "{}")
            .then(|| inserted(range.start + 1, format!(" env: {environment} ")));
    };
    let range = values.tree.range(last);
    let before = values.bytes.get(..range.start)?;
    let line = before
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |at| at + 1);
    let indent = &before[line..];
    let is_own_line = indent.iter().all(|b| matches!(b, b' ' | b'\t')) && line > 0;
    let lead = if is_own_line {
        let eol = if before.get(line.wrapping_sub(2)) == Some(&b'\r') {
            "\r\n"
        } else {
            "\n"
        };
        format!("{eol}{}", String::from_utf8_lossy(indent))
    } else {
        " ".to_owned()
    };
    Some(inserted(range.end, format!(",{lead}env: {environment}")))
}

fn as_keyword(values: &Values<'_>, call: NodeId, child: &Child) -> Option<Edit> {
    let is_named = NAMED.iter().any(|module| child.path.starts_with(module));
    if !is_named
        || !matches!(child.told, Told::Argument(_) | Told::Keyword("env"))
        || !has_os(values.bytes)
    {
        return None;
    }
    let arguments = values.shapes.calls[&call].arguments;
    if values.tree.kind_name(arguments) != "argument_list" {
        return None;
    }
    let mut last = None;
    for node in values
        .tree
        .named_children(arguments)
        .filter(|&node| !values.is_comment(node))
    {
        let is_env = values
            .shapes
            .entries
            .get(&node)
            .is_some_and(|&(key, _)| values.text(key) == "env");
        if is_env || values.tree.kind_name(node) == "generator_expression" {
            return None;
        }
        last = Some(node);
    }
    let end = values.tree.range(last?).end;
    let environment = small::environment(Family::Python, "os.environ");
    Some(inserted(end, format!(", env={environment}")))
}

/// Whether a line of the file imports the module of the environment under its own name. Read from the text, as what is
/// not needed for anything else may not have been parsed.
fn has_os(text: &[u8]) -> bool {
    text.split(|&b| b == b'\n')
        .any(|line| line.trim_ascii_end() == b"import os")
}

fn in_chain(values: &Values<'_>, call: NodeId, child: &Child) -> Option<Edit> {
    if !COMMANDS.contains(&child.path) {
        return None;
    }
    let (_, method) = method_call(values, call)?;
    let environment = small::environment(Family::Rust, "std::env::vars()");
    let end = values.tree.range(call).end;
    METHODS
        .contains(&method)
        .then(|| inserted(end, format!(".env_clear().envs({environment})")))
}
