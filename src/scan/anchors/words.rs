//! What stands before and behind a word.

use super::Role;
use crate::text::TextRange;

/// How far before a word its line is looked at.
const MAX_NEAR: usize = 400;

/// A word in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'t> {
    pub(super) text: &'t [u8],
    range: TextRange,
}

impl<'t> Place<'t> {
    pub(super) fn new(text: &'t [u8], range: TextRange) -> Self {
        Self { text, range }
    }

    pub(super) fn word(&self) -> &'t [u8] {
        &self.text[self.range.start..self.range.end]
    }

    /// Whether no letter, digit or `_` stands beside it; an escape is a word of its own.
    pub(super) fn is_whole_word(&self) -> bool {
        self.word().starts_with(b"\\")
            || !self.before().last().copied().is_some_and(is_word)
                && !self.behind().first().copied().is_some_and(is_word)
    }

    pub(super) fn before(&self) -> &'t [u8] {
        &self.text[..self.range.start]
    }

    pub(super) fn behind(&self) -> &'t [u8] {
        &self.text[self.range.end..]
    }

    /// The text of the line before the word, as far as it is near.
    pub(super) fn line_before(&self) -> &'t [u8] {
        let before = self.before();
        let before = &before[before.len().saturating_sub(MAX_NEAR)..];
        let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        &before[start..]
    }

    /// A read of the variable that a string or constant names at the start of `rest`, which is behind the word.
    pub(super) fn read(&self, rest: &'t [u8]) -> Role<'t> {
        let rest = rest.trim_ascii_start();
        if let Some(name) = literal(rest) {
            return Role::Read(name);
        }
        match constant(rest) {
            Some(length) => {
                let start = self.text.len() - rest.len();
                Role::Named(TextRange::new(start, start + length))
            }
            None => Role::Dynamic,
        }
    }
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What is left of a text that ends with a word with nothing of a longer name before it.
pub(super) fn before_word<'t>(text: &'t [u8], word: &str) -> Option<&'t [u8]> {
    text.strip_suffix(word.as_bytes()).filter(|rest| {
        !rest
            .last()
            .is_some_and(|&b| is_word(b) || b == b'.' || b == b'$')
    })
}

/// The word that a text ends with.
pub(super) fn last_word(text: &[u8]) -> &[u8] {
    let start = text
        .iter()
        .rposition(|&b| !is_word(b))
        .map_or(0, |at| at + 1);
    &text[start..]
}

/// The inside of the plain string that the text starts with and that is all of an argument or key.
pub(super) fn literal(text: &[u8]) -> Option<&str> {
    let quote = *text.first().filter(|b| matches!(b, b'"' | b'\''))?;
    let inner = &text[1..];
    let end = inner.iter().take(128).position(|&b| !is_word(b))?;
    let is_whole = inner[end] == quote && end > 0 && ends(&inner[end + 1..]);
    is_whole.then(|| std::str::from_utf8(&inner[..end]).ok())?
}

/// The length of the constant that the text starts with and that is all of an argument or key: `NAME`, `Names.KEY`.
fn constant(text: &[u8]) -> Option<usize> {
    let end = text
        .iter()
        .take(128)
        .position(|&b| !(is_word(b) || b == b'.' || b == b':'))?;
    let last = text[..end].rsplit(|b| matches!(b, b'.' | b':')).next()?;
    let is_constant = last.len() > 1
        && last.iter().any(u8::is_ascii_uppercase)
        && !last.iter().any(u8::is_ascii_lowercase);
    (is_constant && ends(&text[end..])).then_some(end)
}

/// Whether an argument or key ends here.
fn ends(text: &[u8]) -> bool {
    let next = text.iter().find(|b| !b.is_ascii_whitespace());
    next.is_some_and(|b| b")],".contains(b))
}
