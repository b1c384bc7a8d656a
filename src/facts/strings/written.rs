//! How strings are written: quotes, prefixes, code inside, several that are joined.

use std::borrow::Cow;

use crate::syntax::{NodeId, Tree};
use crate::text::TextRange;

/// Most nodes below strings that are joined.
const MAX_JOINED: usize = 600;

/// Whether a node is a string or text.
pub(super) fn is_text(tree: &Tree, node: NodeId) -> bool {
    matches!(
        tree.kind_name(node),
        "string" | "template_string" | "jsx_text" | "string_literal" | "raw_string_literal"
    )
}

fn is_code(tree: &Tree, node: NodeId) -> bool {
    matches!(
        tree.kind_name(node),
        "template_substitution" | "interpolation"
    )
}

/// Whether there is code in a string.
pub(super) fn has_code(tree: &Tree, node: NodeId) -> bool {
    tree.children(node).any(|child| is_code(tree, child))
}

/// What stands inside of a string's quotes, without the code in it.
pub(super) fn parts(tree: &Tree, bytes: &[u8], node: NodeId) -> Vec<TextRange> {
    let range = tree.range(node);
    let Some((start, end)) = inside(tree.bytes(bytes, node)) else {
        return if tree.kind_name(node) == "jsx_text" {
            vec![range]
        } else {
            Vec::new()
        };
    };
    let mut parts = Vec::new();
    let (mut from, end) = (range.start + start, range.start + end);
    for child in tree.children(node).filter(|&child| is_code(tree, child)) {
        let code = tree.range(child);
        if from < code.start {
            parts.push(TextRange::new(from, code.start));
        }
        from = code.end.max(from);
    }
    if from < end {
        parts.push(TextRange::new(from, end));
    }
    parts
}

/// The inside of the quotes: `"a"`, `rb'''a'''`, `r#"a"#`.
fn inside(written: &[u8]) -> Option<(usize, usize)> {
    let open = written.iter().position(|b| b"\"'`".contains(b))?;
    let is_prefix = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'#';
    if !written[..open].iter().all(is_prefix) {
        return None;
    }
    let quote = written[open];
    let letters = written[..open].iter().take_while(|byte| **byte != b'#');
    let marks = open - letters.count();
    let body = written.get(open..written.len().checked_sub(marks)?)?;
    let triple = [quote; 3];
    let width = if body.len() >= 6 && body.starts_with(&triple) && body.ends_with(&triple) {
        3
    } else {
        1
    };
    let end = (open + body.len()).checked_sub(width)?;
    (body.last() == Some(&quote) && open + width <= end).then_some((open + width, end))
}

/// The inside of a string without code in it, as it is written.
pub(super) fn plain<'t>(tree: &Tree, bytes: &'t [u8], node: NodeId) -> Option<&'t str> {
    if !is_text(tree, node) || has_code(tree, node) {
        return None;
    }
    let written = tree.bytes(bytes, node);
    let (start, end) = inside(written)?;
    std::str::from_utf8(&written[start..end]).ok()
}

/// The outermost expression of nothing but strings that are joined to each other, for one of these strings.
pub(super) fn joined(tree: &Tree, bytes: &[u8], node: NodeId) -> Option<NodeId> {
    let mut top = None;
    for outer in tree.ancestors(node).take(MAX_JOINED) {
        if joins(tree, bytes, outer) {
            top = Some(outer);
        } else if tree.kind_name(outer) != "parenthesized_expression" {
            break;
        }
    }
    top.filter(|&top| is_all_text(tree, bytes, top))
}

/// Whether a node joins what is below it: `a + b`, `"a" "b"`, `concat!("a", "b")`.
fn joins(tree: &Tree, bytes: &[u8], node: NodeId) -> bool {
    match tree.kind_name(node) {
        "concatenated_string" => true,
        "binary_expression" | "binary_operator" => tree
            .children(node)
            .any(|child| !tree.is_named(child) && tree.text(bytes, child) == "+"),
        "arguments" => tree
            .parent(node)
            .and_then(|call| tree.child(call, "function"))
            .is_some_and(|function| matches!(tree.text(bytes, function), "concat" | "concat ")),
        _ => false,
    }
}

fn is_all_text(tree: &Tree, bytes: &[u8], top: NodeId) -> bool {
    let range = tree.subtree(top);
    if range.len() > MAX_JOINED {
        return false;
    }
    let mut skip = 0;
    for node in tree.descendants(top) {
        if node.index() < skip || !tree.is_named(node) || tree.is_comment(node) {
            continue;
        }
        if is_text(tree, node) && !has_code(tree, node) {
            skip = tree.subtree(node).end;
        } else if !joins(tree, bytes, node) && tree.kind_name(node) != "parenthesized_expression" {
            return false;
        }
    }
    true
}

/// The strings that a string or several that are joined consist of.
pub(super) fn leaves(tree: &Tree, unit: NodeId) -> Vec<NodeId> {
    if is_text(tree, unit) {
        return vec![unit];
    }
    tree.descendants(unit)
        .filter(|&node| is_text(tree, node))
        .collect()
}

/// A text with the usual escapes resolved.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\\', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some(c @ ('\\' | '"' | '\'' | '`' | '/' | '$')) => out.push(c),
            // A line that goes on.
            Some('\n') => {}
            Some(c) => out.extend(['\\', c]),
            None => out.push('\\'),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_taken_off() {
        for (written, expected) in [
            ("\"a\"", "a"),
            ("rb'''a'b'''", "a'b"),
            ("r#\"a\"#", "a"),
            ("b\"a\"", "a"),
            ("`a`", "a"),
            ("\"\"", ""),
        ] {
            let (start, end) = inside(written.as_bytes()).unwrap();
            assert_eq!(&written[start..end], expected, "{written}");
        }
        assert_eq!(inside(b"\""), None);
        assert_eq!(inside(b"a + \"b\""), None);
    }

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(unescaped(r#"a\n\"b\"\x41\\"#), "a\n\"b\"\\x41\\");
    }
}
