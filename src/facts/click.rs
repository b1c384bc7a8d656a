//! Click's options under `auto_envvar_prefix`: a variable for each option, named after the prefix, the command of a
//! group, and the option.

use super::names::{Origin, unquote};
use super::values::Values;
use crate::model::Form;
use crate::syntax::NodeId;

/// Notes the variables of every command whose prefix is known.
pub(super) fn find(values: &Values<'_>, found: &mut Vec<(NodeId, String, Form)>) {
    let mut entries: Vec<_> = values.shapes.entries.iter().collect();
    entries.sort_unstable();
    for (&entry, &(key, value)) in entries {
        if unquote(values.text(key)) != "auto_envvar_prefix" {
            continue;
        }
        let Some(prefix) = values.string(value) else {
            continue;
        };
        if let Some(command) = command(values, entry) {
            options(values, command, &prefix, found);
            commands_of(values, command, &prefix, found);
        }
    }
}

/// The function that is decorated around a prefix, or that is called with it.
fn command(values: &Values<'_>, entry: NodeId) -> Option<NodeId> {
    for node in values.tree.ancestors(entry).take(12) {
        if values.tree.kind_name(node) == "decorated_definition" {
            return values.tree.child(node, "definition");
        }
        if let Some(call) = values.shapes.calls.get(&node)
            && let Some(function) = values.callees(call.function).first()
        {
            return Some(*function);
        }
    }
    None
}

/// The commands that are put into a group: `@group.command()`.
fn commands_of(
    values: &Values<'_>,
    group: NodeId,
    prefix: &str,
    found: &mut Vec<(NodeId, String, Form)>,
) {
    let mut functions: Vec<_> = values.shapes.functions.iter().collect();
    functions.sort_by_key(|&(&node, _)| node);
    for (&function, shape) in functions {
        let is_member = shape.marks.iter().any(|&mark| {
            let mark = values.bare(mark);
            let callee = values
                .shapes
                .calls
                .get(&mark)
                .map_or(mark, |call| call.function);
            values
                .shapes
                .members
                .get(&callee)
                .is_some_and(|&(object, name)| {
                    values.text(name) == "command"
                        && values
                            .names
                            .resolve(object)
                            .any(|binding| binding.origin == Origin::Function(group))
                })
        });
        if let Some(name) = shape.name.filter(|_| is_member && function != group) {
            let prefix = format!("{prefix}_{}", values.text(name));
            options(values, function, &prefix, found);
        }
    }
}

/// `@click.option("-t", "--token", "bearer")` reads `<PREFIX>_BEARER`.
fn options(
    values: &Values<'_>,
    function: NodeId,
    prefix: &str,
    found: &mut Vec<(NodeId, String, Form)>,
) {
    let Some(shape) = values.shapes.functions.get(&function) else {
        return;
    };
    for &mark in &shape.marks {
        let Some(call) = values.shapes.calls.get(&mark) else {
            continue;
        };
        let is_option = values
            .path(call.function)
            .is_some_and(|path| path.ends_with(".option"));
        let arguments: Vec<_> = values.arguments(call.arguments).collect();
        let own = arguments
            .iter()
            .any(|(_, keyword)| *keyword == Some("envvar"));
        if !is_option || own {
            continue;
        }
        let names: Vec<String> = arguments
            .iter()
            .filter(|(_, keyword)| keyword.is_none())
            .filter_map(|&(node, _)| values.string(node))
            .collect();
        let name = names
            .iter()
            .find(|name| !name.starts_with('-'))
            .or_else(|| names.iter().find(|name| name.starts_with("--")));
        if let Some(name) = name {
            let name = name.trim_start_matches('-').replace('-', "_");
            let full = format!("{prefix}_{name}").to_uppercase();
            found.push((mark, full, Form::CliOption));
        }
    }
}
