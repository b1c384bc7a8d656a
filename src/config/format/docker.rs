//! Dockerfiles: `ENV` in both forms, `ARG` with a default, and the lines that a shell runs.

use std::borrow::Cow;

use super::lines::{lines, trim, unquote};
use super::{Format, Spec};
use crate::config::node::{Builder, Entries, Key, Kind};
use crate::text::TextRange;

pub(super) static SPEC: Spec = Spec {
    format: Format::Docker,
    names: &["containerfile", "dockerfile"],
    starts: &["containerfile.", "dockerfile."],
    ends: &[".containerfile", ".dockerfile"],
    read,
};

fn read(text: &str) -> Entries<'_> {
    let mut out = Builder::new(text);
    out.open(None, Kind::Map, 0);
    let mut lines = lines(text).peekable();
    while let Some((at, line)) = lines.next() {
        if out.is_full() {
            break;
        }
        let (at, line) = trim(at, line);
        let name_end = line.find(char::is_whitespace).unwrap_or(line.len());
        let name = &line[..name_end];
        if name.is_empty() || name.starts_with('#') {
            continue;
        }
        // Each line of the instruction on its own: a line continuation ends any word.
        let mut parts = vec![(at + name_end, &line[name_end..])];
        while parts.last().is_some_and(|(_, part)| part.ends_with('\\')) {
            if let Some((start, part)) = parts.last_mut() {
                (*start, *part) = (*start, &part[..part.len() - 1]);
            }
            // Comments and empty lines do not end an instruction.
            while lines.peek().is_some_and(|(_, next)| {
                next.trim_start().starts_with('#') || next.trim().is_empty()
            }) {
                lines.next();
            }
            match lines.next() {
                Some(next) => parts.push((next.0, next.1.trim_end())),
                None => break,
            }
        }
        let key = TextRange::new(at, at + name_end);
        match name.to_ascii_uppercase().as_str() {
            "ENV" | "ARG" => variables(&mut out, &parts),
            "RUN" | "CMD" | "ENTRYPOINT" | "HEALTHCHECK" | "SHELL" => {
                for (at, part) in parts {
                    let key: Key<'_> = (Cow::Borrowed(name), key);
                    out.command(Some(key), part, TextRange::new(at, at + part.len()));
                }
            }
            _ => {}
        }
    }
    out.finish()
}

/// Adds the variables of an `ENV` or `ARG`, or of a line of a script.
pub(super) fn variables<'t>(out: &mut Builder<'t>, parts: &[(usize, &'t str)]) {
    for (index, &(at, part)) in parts.iter().enumerate() {
        let (at, part) = trim(at, part);
        let name_end = part
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(part.len());
        if index == 0 && !part[name_end..].starts_with('=') {
            // `ENV NAME the rest is the value`.
            let (value_at, value) = trim(at + name_end, &part[name_end..]);
            if !value.is_empty() {
                add(out, (at, &part[..name_end]), (value_at, value));
            }
            return;
        }
        let mut from = 0;
        while let Some((word_at, word)) = next_word(part, &mut from) {
            if let Some((name, value)) = word.split_once('=') {
                let value_at = at + word_at + name.len() + 1;
                add(out, (at + word_at, name), (value_at, value));
            }
        }
    }
}

fn add<'t>(out: &mut Builder<'t>, (key_at, key): (usize, &'t str), (at, value): (usize, &'t str)) {
    let (at, value) = unquote(at, value);
    out.value(
        Some((
            Cow::Borrowed(key),
            TextRange::new(key_at, key_at + key.len()),
        )),
        Cow::Borrowed(value),
        TextRange::new(at, at + value.len()),
    );
}

/// The next word from a place on; space inside quotes or behind a backslash does not end it.
fn next_word<'t>(text: &'t str, from: &mut usize) -> Option<(usize, &'t str)> {
    let rest = &text[*from..];
    let start = *from + rest.len() - rest.trim_start().len();
    let (mut quote, mut is_escaped) = (None, false);
    let mut end = text.len();
    for (at, c) in text[start..].char_indices() {
        match (c, quote) {
            _ if is_escaped => is_escaped = false,
            ('\\', _) => is_escaped = true,
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            (c, None) if c.is_whitespace() => {
                end = start + at;
                break;
            }
            _ => {}
        }
    }
    *from = end;
    (end > start).then(|| (start, &text[start..end]))
}
