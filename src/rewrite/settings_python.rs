//! Fields of pydantic settings and options of click: a default that asks the accessor, since the library reads the
//! variable itself.
//!
//! What the environment still holds wins over a default, so that a server may be moved before its configuration is.

use super::Source;
use super::head::{node_at, uses_name};
use crate::edit::Edit;
use crate::syntax::NodeId;
use crate::text::TextRange;

/// The edits that make a field or an option ask the accessor; nothing for a shape that is not known.
pub(super) fn ask(source: &Source, read: TextRange, secret: &str, name: &str) -> Option<Vec<Edit>> {
    let node = node_at(&source.tree, read)?;
    let edit = field(source, node, secret, name).map(|edit| vec![edit]);
    edit.or_else(|| option(source, node, secret, name))
}

fn text(source: &Source, node: NodeId) -> &str {
    source.tree.text(&source.text, node)
}

/// `token: str = Field(…)`, `token: str | None = None`, `token: str`.
fn field(source: &Source, node: NodeId, secret: &str, name: &str) -> Option<Edit> {
    let tree = &source.tree;
    let mut above = std::iter::once(node).chain(tree.ancestors(node));
    let assignment = above.find(|&node| tree.kind_name(node) == "assignment")?;
    if tree.child(assignment, "left")? != node || !uses_name(source, "Field") {
        return None;
    }
    let written = text(source, tree.child(assignment, "type")?);
    let seal = if written.contains("SecretStr") {
        // What may be absent would have to stay so.
        if written.contains("None")
            || written.contains("Optional")
            || !uses_name(source, "SecretStr")
        {
            return None;
        }
        "SecretStr"
    } else {
        ""
    };
    let factory = |default: Option<&str>| {
        let value = match default {
            None => format!("{name}[\"{secret}\"]"),
            Some("None") => format!("{name}.get(\"{secret}\")"),
            Some(default) => format!("{name}.get(\"{secret}\", {default})"),
        };
        let value = if seal.is_empty() {
            value
        } else {
            format!("{seal}({value})")
        };
        format!("default_factory=lambda: {value}")
    };
    let Some(right) = tree.child(assignment, "right") else {
        let end = tree.range(assignment).end;
        return Some(Edit {
            range: TextRange::new(end, end),
            text: format!(" = Field({})", factory(None)),
        });
    };
    if is_plain(source, right) {
        return Some(Edit {
            range: tree.range(right),
            text: format!("Field({})", factory(Some(text(source, right)))),
        });
    }
    let is_field =
        tree.kind_name(right) == "call" && text(source, tree.child(right, "function")?) == "Field";
    let list = is_field.then(|| tree.child(right, "arguments")).flatten()?;
    let arguments: Vec<NodeId> = tree
        .named_children(list)
        .filter(|&node| !tree.is_comment(node))
        .collect();
    if keyword(source, &arguments, "default_factory").is_some() {
        return None;
    }
    let replace = |whole: NodeId, value: NodeId| {
        let default = match text(source, value) {
            "..." => None,
            _ if is_plain(source, value) => Some(text(source, value)),
            _ => return None,
        };
        Some(Edit {
            range: tree.range(whole),
            text: factory(default),
        })
    };
    if let Some((whole, value)) = keyword(source, &arguments, "default") {
        return replace(whole, value);
    }
    match arguments.first() {
        Some(&first) if tree.kind_name(first) != "keyword_argument" => replace(first, first),
        first => {
            let start = tree.range(list).start + 1;
            let behind = if first.is_some() { ", " } else { "" };
            Some(Edit {
                range: TextRange::new(start, start),
                text: format!("{}{behind}", factory(None)),
            })
        }
    }
}

/// `@click.option("--token", envvar="TOKEN")`, also with `default=None`.
fn option(source: &Source, node: NodeId, secret: &str, name: &str) -> Option<Vec<Edit>> {
    let tree = &source.tree;
    let mut above = std::iter::once(node).chain(tree.ancestors(node));
    let call = above.find(|&node| tree.kind_name(node) == "call")?;
    if text(source, tree.child(call, "function")?) != "click.option" {
        return None;
    }
    let list = tree.child(call, "arguments")?;
    let arguments: Vec<NodeId> = tree.named_children(list).collect();
    let has = |name: &str| keyword(source, &arguments, name).is_some();
    // Those look at whether the option was given, or ask for it.
    let others = ["multiple", "is_flag", "prompt"];
    if others.into_iter().any(has) {
        return None;
    }
    let (whole, value) = keyword(source, &arguments, "envvar")?;
    if text(source, value).trim_matches(['"', '\'']) != secret {
        return None;
    }
    // What has to be given fails where it is given by nobody.
    let value = if has("required") {
        format!("{name}[\"{secret}\"]")
    } else {
        format!("{name}.get(\"{secret}\")")
    };
    let ask = |whole: NodeId| Edit {
        range: tree.range(whole),
        text: format!("default=lambda: {value}"),
    };
    let Some((default, value)) = keyword(source, &arguments, "default") else {
        return Some(vec![ask(whole)]);
    };
    if text(source, value) != "None" {
        return None;
    }
    let at = arguments.iter().position(|&node| node == whole)?;
    let (start, end) = match arguments.get(at + 1) {
        Some(&next) => (tree.range(whole).start, tree.range(next).start),
        None => (
            tree.range(*arguments.get(at.checked_sub(1)?)?).end,
            tree.range(whole).end,
        ),
    };
    let unbound = Edit {
        range: TextRange::new(start, end),
        text: String::new(),
    };
    Some(vec![ask(default), unbound])
}

/// A keyword argument, and its value.
fn keyword(source: &Source, arguments: &[NodeId], name: &str) -> Option<(NodeId, NodeId)> {
    let tree = &source.tree;
    arguments.iter().find_map(|&node| {
        let is_it = tree.kind_name(node) == "keyword_argument"
            && text(source, tree.child(node, "name")?) == name;
        is_it
            .then(|| tree.child(node, "value"))
            .flatten()
            .map(|value| (node, value))
    })
}

/// Whether a value is `None` or a text without parts.
fn is_plain(source: &Source, node: NodeId) -> bool {
    match source.tree.kind_name(node) {
        "none" => true,
        "string" => text(source, node).starts_with(['"', '\'']),
        _ => false,
    }
}
