//! The top of a file: where a line that imports something goes, and how such lines look there.
//!
//! Works with starts of nodes and ends of lines, since grammars differ in what belongs to a node. Used by the languages.

use super::Source;
use crate::edit::Edit;
use crate::language::Family;
use crate::syntax::{NodeId, Tree};
use crate::text::TextRange;

/// The node that stands exactly at a place, the outermost if there are several.
pub(super) fn node_at(tree: &Tree, range: TextRange) -> Option<NodeId> {
    tree.nodes().find(|&node| tree.range(node) == range)
}

/// Whether a place is inside of what was not understood.
pub(super) fn is_in_error(source: &Source, range: TextRange) -> bool {
    let tree = &source.tree;
    node_at(tree, range).is_none_or(|node| {
        tree.is_error(node) || tree.ancestors(node).any(|parent| tree.is_error(parent))
    })
}

/// The line ending of a file.
pub(super) fn line_ending(text: &[u8]) -> &'static str {
    match memchr::memchr(b'\n', text) {
        Some(at) if at > 0 && text[at - 1] == b'\r' => "\r\n",
        _ => "\n",
    }
}

/// A line behind a node, or at the start of a file, behind a byte order mark.
pub(super) fn line_behind(source: &Source, node: Option<NodeId>, line: &str) -> Edit {
    let text = &source.text;
    let ending = line_ending(text);
    let Some(node) = node else {
        let start = if text.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
        return Edit {
            range: TextRange::new(start, start),
            text: format!("{line}{ending}"),
        };
    };
    let range = source.tree.range(node);
    let mut end = range.end.min(text.len());
    while end > range.start && matches!(text[end - 1], b'\r' | b'\n') {
        end -= 1;
    }
    match memchr::memchr(b'\n', &text[end..]) {
        Some(at) => Edit {
            range: TextRange::new(end + at + 1, end + at + 1),
            text: format!("{line}{ending}"),
        },
        None => Edit {
            range: TextRange::new(text.len(), text.len()),
            text: format!("{ending}{line}{ending}"),
        },
    }
}

/// A line behind a node as [`line_behind`], apart from what stands around it: an empty line behind it if it is the first
/// of its kind, and one before if comments come first.
pub(super) fn paragraph_behind(source: &Source, node: Option<NodeId>, line: &str) -> Edit {
    let ending = line_ending(&source.text);
    let mut edit = line_behind(source, node, line);
    let rest = &source.text[edit.range.start..];
    let next = rest.split(|&b| b == b'\n').next().unwrap_or_default();
    if !next.trim_ascii().is_empty() {
        edit.text.push_str(ending);
    }
    let is_doc = node.is_some_and(|node| source.text(node).starts_with("//"));
    if is_doc && !edit.text.starts_with(ending) {
        edit.text.insert_str(0, ending);
    }
    edit
}

/// A line before a node that starts its line.
pub(super) fn line_before(source: &Source, node: NodeId, line: &str) -> Edit {
    let start = source.tree.range(node).start;
    Edit {
        range: TextRange::new(start, start),
        text: format!("{line}{}", line_ending(&source.text)),
    }
}

/// Whether nothing but a comment stands behind a node on its last line.
pub(super) fn ends_line(source: &Source, node: NodeId) -> bool {
    let range = source.tree.range(node);
    let rest = &source.text[range.end.min(source.text.len())..];
    let line = rest.split(|&b| b == b'\n').next().unwrap_or_default();
    let line = line.trim_ascii();
    let comment = match source.language.family() {
        Family::Python => &b"#"[..],
        _ => b"//",
    };
    line.is_empty()
        || line == b";"
        || line.starts_with(comment)
        || range.end > 0 && source.text.get(range.end - 1) == Some(&b'\n')
}

/// Whether any name of a file is this one.
pub(super) fn uses_name(source: &Source, name: &str) -> bool {
    let tree = &source.tree;
    tree.nodes().any(|node| {
        let kind = tree.kind_name(node);
        (kind.ends_with("identifier") || kind.ends_with("identifier_pattern"))
            && kind != "property_identifier"
            && tree.text(&source.text, node) == name
    })
}

/// The comments at the start of a file that are about all of it: up to the first empty line. What stands right above
/// code belongs to that.
pub(super) fn leading_comments(source: &Source) -> Option<NodeId> {
    let tree = &source.tree;
    let mut last: Option<NodeId> = None;
    let mut line_above: Option<NodeId> = None;
    for node in tree.children(tree.root()) {
        let is_first_line = tree.kind_name(node) == "hash_bang_line" || {
            let text = tree.text(&source.text, node);
            text.starts_with("#!") || text.starts_with('#') && text.contains("coding")
        };
        if let Some(last) = last {
            let between = &source.text[tree.range(last).end..tree.range(node).start];
            // The end of a line may belong to the comment before it.
            let above = source.text[..tree.range(last).end].last() == Some(&b'\n');
            if memchr::memchr_iter(b'\n', between).count() + usize::from(above) > 1 {
                return Some(last);
            }
        }
        if !(tree.is_comment(node) || is_first_line) {
            return line_above;
        }
        if is_first_line {
            line_above = Some(node);
        }
        last = Some(node);
    }
    last
}
