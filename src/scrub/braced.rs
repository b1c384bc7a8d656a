//! Entries between brackets with commas: JSON, maps and lists of YAML in a row, inline tables of TOML.

use super::lines::{line, with_quotes};
use super::{Reason, cut};
use crate::config::{Assigned, Shape};
use crate::edit::Edit;
use crate::text::TextRange;

/// Whether what is around an entry has brackets.
pub(super) fn is_inside(text: &str, one: &Assigned<'_>) -> bool {
    let around = one.around.first();
    around.is_some_and(|around| matches!(text.as_bytes().get(around.at), Some(b'{' | b'[')))
}

/// The commas of a map or list, and where it closes.
struct Marks {
    commas: Vec<usize>,
    close: usize,
}

/// Reads over strings, comments and what is nested. `#` starts a comment where `//` does not.
fn marks(text: &str, open: usize) -> Option<Marks> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (open + 1, 0_usize);
    let mut commas = Vec::new();
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => at = closing(bytes, at)?,
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at += memchr::memmem::find(&bytes[at..], b"*/")? + 1;
            }
            b'#' if bytes[at - 1].is_ascii_whitespace() => at = line_end(bytes, at),
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return Some(Marks { commas, close: at }),
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => commas.push(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where a string closes.
fn closing(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if bytes[open] == b'"' => at += 1,
            _ if byte == bytes[open] => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end)
}

/// The edits that take out a member of a map or an item of a list, with one comma.
pub(super) fn member(text: &str, one: &Assigned<'_>) -> Result<Vec<Edit>, Reason> {
    let around = one.around.first().ok_or(Reason::NotUnderstood)?;
    let start = match one.shape {
        Shape::Member => with_quotes(text, one.key).start,
        Shape::Item => with_quotes(text, one.value).start,
        Shape::Beside | Shape::Part => return Err(Reason::Part),
    };
    let own = TextRange::new(start, with_quotes(text, one.value).end);
    let marks = marks(text, around.at).ok_or(Reason::NotUnderstood)?;
    let behind = marks.commas.iter().copied().find(|&comma| comma >= own.end);
    let before = marks
        .commas
        .iter()
        .copied()
        .rfind(|&comma| comma < own.start);
    if let Some(comma) = behind {
        return Ok(between(text, own, comma));
    }
    let Some(comma) = before else {
        return Ok(vec![only(text, own, around.at, marks.close)]);
    };
    // The last one takes the comma before it along.
    let gap = &text[comma + 1..own.start];
    let is_alone = line(text, own).before.trim().is_empty();
    if gap.trim().is_empty() && !is_alone {
        return Ok(vec![cut(comma, own.end)]);
    }
    Ok(vec![cut(comma, comma + 1), from_line(text, own)])
}

/// One that a comma follows.
fn between(text: &str, own: TextRange, comma: usize) -> Vec<Edit> {
    if !text[own.end..comma].trim().is_empty() {
        // A comment stands before the comma.
        return vec![cut(own.start, own.end), cut(comma, comma + 1)];
    }
    vec![from_line(text, TextRange::new(own.start, comma + 1))]
}

/// Takes out the whole line where nothing else stands on it, and else the space behind as well.
fn from_line(text: &str, own: TextRange) -> Edit {
    let line = line(text, own);
    let is_alone = line.before.trim().is_empty();
    if is_alone && line.behind.trim().is_empty() {
        return cut(line.start, line.next);
    }
    let space = line.behind.len() - line.behind.trim_start().len();
    let is_last = line.behind.trim_start().starts_with(['}', ']']);
    cut(own.start, own.end + if is_last { 0 } else { space })
}

/// The only one: nothing is left but comments.
fn only(text: &str, own: TextRange, open: usize, close: usize) -> Edit {
    let rest = [&text[open + 1..own.start], &text[own.end..close]];
    if rest.iter().all(|part| part.trim().is_empty()) {
        return cut(open + 1, close);
    }
    from_line(text, own)
}
