//! The accessor's module in Rust: declared in every crate root that compiles the file, with the crates that it needs.

use super::head::{leading_comments, line_behind};
use super::package::{directory, within};
use super::{Accessor, Files, Reason, Source};
use crate::edit::Edit;
use crate::syntax::NodeId;
use crate::text::TextRange;

/// The path of the accessor in a file, and the edits that declare its module where it is not declared yet.
pub(super) fn declare(
    path: &str,
    source: &Source,
    accessor: &Accessor,
    files: &dyn Files,
) -> Result<(String, Vec<(String, Edit)>), Reason> {
    let name = accessor.stem();
    let sources = directory(&accessor.path);
    let below = path
        .strip_prefix(sources)
        .map(|rest| rest.trim_start_matches('/'));
    let below = below.ok_or(Reason::NoPlace)?;
    let first = below.split(['/', '.']).next().unwrap_or_default();
    let mut edits = Vec::new();
    let mut is_compiled = false;
    for root in ["lib.rs", "main.rs"] {
        let root_path = within(sources, root);
        let is_self = root_path == path;
        let text = if is_self {
            Some(source.text.clone())
        } else {
            files.read(&root_path)
        };
        let Some(root) = text.and_then(|text| Source::parse(&root_path, text)) else {
            continue;
        };
        if !is_self && !declares(&root, first) {
            continue;
        }
        is_compiled = true;
        if !declares(&root, name) {
            let line = format!("mod {name};");
            edits.push((root_path, line_behind(&root, place(&root), &line)));
        }
    }
    if !is_compiled {
        return Err(Reason::NoPlace);
    }
    let manifest = within(&accessor.package.root, "Cargo.toml");
    let text = files.read(&manifest).ok_or(Reason::NoPlace)?;
    let edit = dependencies(&text).ok_or(Reason::NoPlace)?;
    if !edit.text.is_empty() {
        edits.push((manifest, edit));
    }
    Ok((format!("crate::{name}"), edits))
}

/// Whether a crate root declares a module in a file of its own.
fn declares(root: &Source, name: &str) -> bool {
    modules(root).any(|node| {
        let named = root.tree.child(node, "name");
        named.is_some_and(|node| root.tree.text(&root.text, node) == name)
    })
}

fn modules(root: &Source) -> impl Iterator<Item = NodeId> + '_ {
    let tree = &root.tree;
    tree.children(tree.root())
        .filter(|&node| tree.kind_name(node) == "mod_item" && tree.child(node, "body").is_none())
}

/// Behind which node the line goes: the last module, else what has to stand at the top.
fn place(root: &Source) -> Option<NodeId> {
    let tree = &root.tree;
    modules(root).last().or_else(|| {
        let top = tree.children(tree.root());
        let is_top = |node: &NodeId| {
            let text = tree.text(&root.text, *node);
            tree.kind_name(*node) == "inner_attribute_item"
                || text.starts_with("//!")
                || text.starts_with("#!")
        };
        let last = top.filter(is_top).last();
        last.or_else(|| leading_comments(root))
    })
}

/// The crates that the accessor uses.
const CRATES: [(&str, &str); 2] = [("serde_json", "1"), ("ureq", "3")];

/// The edit of `Cargo.toml` that adds the crates that are missing, empty if none are; nothing for a file that is no
/// manifest.
fn dependencies(text: &[u8]) -> Option<Edit> {
    let text = std::str::from_utf8(text).ok()?;
    let document: toml_edit::DocumentMut = text.parse().ok()?;
    document.get("package")?;
    let known = document.get("dependencies");
    let is_missing = |name: &str| known.and_then(|table| table.get(name)).is_none();
    let ending = super::head::line_ending(text.as_bytes());
    let mut lines = String::new();
    for (name, version) in CRATES.into_iter().filter(|(name, _)| is_missing(name)) {
        lines.extend([name, " = \"", version, "\"", ending]);
    }
    if lines.is_empty() {
        return Some(Edit {
            range: TextRange::new(0, 0),
            text: lines,
        });
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        if line.trim() == "[dependencies]" && line.ends_with('\n') {
            return Some(Edit {
                range: TextRange::new(at, at),
                text: lines,
            });
        }
    }
    let gap = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        ending
    };
    let edit = Edit {
        range: TextRange::new(text.len(), text.len()),
        text: format!("{gap}{ending}[dependencies]{ending}{lines}"),
    };
    // An inline table takes no header.
    let after = format!("{text}{}", edit.text);
    after.parse::<toml_edit::DocumentMut>().ok()?;
    Some(edit)
}
