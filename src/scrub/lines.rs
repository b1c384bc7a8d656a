//! Entries that have a line of their own: dotenv, tables of TOML, blocks of YAML.

use super::{Reason, cut};
use crate::config::{Around, Assigned, Shape};
use crate::edit::Edit;
use crate::text::TextRange;

/// What a line holds besides an entry.
pub(super) struct Line<'t> {
    /// Where it starts.
    pub(super) start: usize,
    /// Where the next one starts.
    pub(super) next: usize,
    /// What stands before the entry.
    pub(super) before: &'t str,
    /// What stands behind it, without the line ending.
    pub(super) behind: &'t str,
}

/// The line around a range that lies on one line.
pub(super) fn line(text: &str, range: TextRange) -> Line<'_> {
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    let start = text[..range.start].rfind('\n').map_or(mark, |at| at + 1);
    let next = text[range.end..]
        .find('\n')
        .map_or(text.len(), |at| range.end + at + 1);
    Line {
        start,
        next,
        before: &text[start..range.start],
        behind: text[range.end..next].trim_end_matches(['\n', '\r']),
    }
}

/// A range with the quotes around it, if there are any.
pub(super) fn with_quotes(text: &str, range: TextRange) -> TextRange {
    let bytes = text.as_bytes();
    let quote = range.start.checked_sub(1).and_then(|at| bytes.get(at));
    let is_quoted =
        quote.is_some_and(|b| matches!(b, b'"' | b'\'' | b'`')) && quote == bytes.get(range.end);
    if is_quoted {
        TextRange::new(range.start - 1, range.end + 1)
    } else {
        range
    }
}

/// `NAME = value` on a line of its own, with what may stand before it.
pub(super) fn assignment(text: &str, one: &Assigned<'_>) -> Result<Vec<Edit>, Reason> {
    if one.shape != Shape::Member {
        return Err(Reason::Part);
    }
    let value = with_quotes(text, one.value);
    let own = TextRange::new(one.key.start, value.end);
    is_on_one_line(text, own)?;
    let line = line(text, own);
    // `export`, quotes, and the first parts of a dotted key.
    let is_key = |c: char| c.is_ascii_alphanumeric() || "_-.\"' \t".contains(c);
    if !line.before.chars().all(is_key) {
        return Err(Reason::NotUnderstood);
    }
    let indent = line.before.len() - line.before.trim_start().len();
    whole(&line, line.start + indent, value.end)
}

fn is_on_one_line(text: &str, own: TextRange) -> Result<(), Reason> {
    if text[own.start..own.end].contains('\n') {
        Err(Reason::SeveralLines)
    } else {
        Ok(())
    }
}

/// The edit that takes out a line, up to a comment behind the entry.
fn whole(line: &Line<'_>, from: usize, end: usize) -> Result<Vec<Edit>, Reason> {
    let behind = line.behind.trim_start();
    if behind.is_empty() {
        return Ok(vec![cut(line.start, line.next)]);
    }
    if behind.starts_with('#') {
        let comment = end + line.behind.len() - behind.len();
        return Ok(vec![cut(from, comment)]);
    }
    Err(Reason::NotUnderstood)
}

/// An entry of a block of YAML: `NAME: value`, `- NAME=value`, or `- name: NAME` with `value: value`.
pub(super) fn entry(text: &str, one: &Assigned<'_>) -> Result<Vec<Edit>, Reason> {
    let around = one.around.first().ok_or(Reason::NotUnderstood)?;
    let value = with_quotes(text, one.value);
    let is_indent = |before: &str| before.bytes().all(|b| b == b' ');
    match one.shape {
        Shape::Member => {
            let key = with_quotes(text, one.key);
            let own = TextRange::new(key.start, value.end);
            is_on_one_line(text, own)?;
            let line = line(text, own);
            if !is_indent(line.before) {
                return Err(Reason::NotUnderstood);
            }
            let mut edits = whole(&line, key.start, value.end)?;
            if around.names.len() == 1 {
                edits.push(emptied(text, around, "{}")?);
            }
            Ok(edits)
        }
        Shape::Item => {
            let line = line(text, value);
            let dash = line.before.trim_start_matches(' ');
            if !dash.starts_with('-') || !is_indent(&dash[1..]) {
                return Err(Reason::NotUnderstood);
            }
            let from = line.start + line.before.len() - dash.len();
            let mut edits = whole(&line, from, value.end)?;
            if around.names.len() == 1 {
                edits.push(emptied(text, around, "[]")?);
            }
            Ok(edits)
        }
        Shape::Beside => beside(text, one, value),
        Shape::Part => Err(Reason::Part),
    }
}

/// An item of two lines, one with the name and one with the value.
fn beside(text: &str, one: &Assigned<'_>, value: TextRange) -> Result<Vec<Edit>, Reason> {
    let [map, list, ..] = &one.around[..] else {
        return Err(Reason::NotUnderstood);
    };
    let (key, name) = one.beside.ok_or(Reason::NotUnderstood)?;
    let own = line(text, TextRange::new(one.key.start, value.end));
    let other = line(text, TextRange::new(key.start, with_quotes(text, name).end));
    let (first, second) = if own.start < other.start {
        (&own, &other)
    } else {
        (&other, &own)
    };
    let is_pair = map.names.len() == 2 && first.next == second.start && list.key.is_some();
    let starts = first.before.trim_start_matches(' ').trim_end_matches(' ') == "-";
    let ends = second.before.bytes().all(|b| b == b' ');
    let is_bare = first.behind.trim().is_empty() && second.behind.trim().is_empty();
    if !(is_pair && starts && ends && is_bare) {
        return Err(Reason::NotUnderstood);
    }
    let mut edits = vec![cut(first.start, second.next)];
    if list.names.len() == 1 {
        edits.push(emptied(text, list, "[]")?);
    }
    Ok(edits)
}

/// The edit that writes an empty map or list behind the key of one that has nothing left, so that it does not turn into
/// no value at all.
fn emptied(text: &str, around: &Around, empty: &str) -> Result<Edit, Reason> {
    let key = with_quotes(text, around.key.ok_or(Reason::NotUnderstood)?);
    let line = line(text, key);
    let behind = line.behind.strip_prefix(':').ok_or(Reason::NotUnderstood)?;
    let rest = behind.trim_start();
    if !rest.is_empty() && !rest.starts_with('#') {
        return Err(Reason::NotUnderstood);
    }
    Ok(Edit {
        range: TextRange::new(key.end + 1, key.end + 1),
        text: format!(" {empty}"),
    })
}
