//! dotenv: `NAME=value` in the dialects of shells, Node, Python, Ruby, Compose and Wrangler.
//!
//! Takes `export`, space around `=`, three kinds of quotes, quoted values over several lines, and comments. Variables
//! inside a value stay as they are: they are references.

use std::borrow::Cow;

use super::lines::{lines, trim};
use super::{Format, Spec};
use crate::config::node::{Builder, Entries, Kind};
use crate::text::TextRange;

pub(super) static SPEC: Spec = Spec {
    format: Format::Dotenv,
    names: &[".dev.vars", ".env", ".envrc", ".flaskenv", "dotenv", "env"],
    starts: &[".env-", ".env.", ".env_"],
    ends: &[".env"],
    read,
};

/// How far below its opening quote a value may end; an apostrophe must not swallow the file.
const MAX_VALUE: usize = 16 * 1024;

fn read(text: &str) -> Entries<'_> {
    let mut out = Builder::new(text);
    out.open(None, Kind::Map, 0);
    // Lines before this belong to a value over several lines.
    let mut next = 0;
    for (at, line) in lines(text) {
        if at < next || out.is_full() {
            continue;
        }
        let Some((key_at, key, value_at)) = assignment(at, line) else {
            continue;
        };
        let line_end = at + line.len();
        let (value, escaped) = value(text, value_at, line_end);
        next = value.end;
        let raw = &text[value.start..value.end];
        let decoded = if escaped && raw.contains('\\') {
            Cow::Owned(unescape(raw))
        } else {
            Cow::Borrowed(raw)
        };
        let key_range = TextRange::new(key_at, key_at + key.len());
        out.value(Some((Cow::Borrowed(key), key_range)), decoded, value);
    }
    out.finish()
}

/// The key of a line with its place, and where its value starts.
fn assignment(at: usize, line: &str) -> Option<(usize, &str, usize)> {
    let (mut at, mut rest) = trim(at, line);
    if let Some(after) = rest.strip_prefix("export ") {
        (at, rest) = trim(at + "export ".len(), after);
    }
    let end = rest
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-')))
        .filter(|&end| end > 0)?;
    let behind = rest[end..].trim_start();
    let separator = behind.chars().next()?;
    let is_yaml = separator == ':' && behind[1..].starts_with([' ', '\t']);
    if separator != '=' && !is_yaml {
        return None;
    }
    let value_at = at + rest.len() - behind.len() + 1;
    Some((at, &rest[..end], value_at))
}

/// The place of a value inside its quotes, and whether escapes mean something in it.
fn value(text: &str, start: usize, line_end: usize) -> (TextRange, bool) {
    let line = &text[start..line_end];
    let (at, line) = trim(start, line);
    let quote = line
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\'' | '`'));
    if let Some(quote) = quote {
        let from = at + 1;
        // Values over several lines are rare and long; a lone apostrophe is not.
        if let Some(end) = closing(text, from, line_end, quote)
            .or_else(|| closing(text, from, clip(text, from + MAX_VALUE), quote))
        {
            return (TextRange::new(from, end), quote == '"');
        }
    }
    let end = if line.starts_with('#') {
        0
    } else {
        line.find(" #").or(line.find("\t#")).unwrap_or(line.len())
    };
    let value = line[..end].trim_end();
    (TextRange::new(at, at + value.len()), false)
}

/// The last place at or before `at` that is the border of a character.
fn clip(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

/// Where a quote closes between two places.
fn closing(text: &str, from: usize, to: usize, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.get(from..to)?.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if quote == '"' => is_escaped = true,
            _ if c == quote => return Some(from + at),
            _ => {}
        }
    }
    None
}

fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            (c, false) => out.push(c),
        }
    }
    out
}
