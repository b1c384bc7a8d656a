//! Changes of a new text that give the old one: as little of the old text as was replaced.
//!
//! Lines first, then the words of lines that differ, so that what stands beside a change is not in it.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use similar::DiffOp;

use crate::text::compare;

/// One change of the new text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reverse {
    /// First byte, in the new text.
    at: usize,
    /// How many bytes of the new text go.
    length: usize,
    /// What stood there.
    old: Old,
}

/// A piece of an old text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Old {
    Text(String),
    /// Bytes that are no UTF-8.
    Bytes(Vec<u8>),
}

impl Old {
    fn of(bytes: &[u8]) -> Self {
        match str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Bytes(bytes.to_owned()),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// The changes of `after` that give `before`, in the order of the text.
pub(super) fn between(before: &[u8], after: &[u8]) -> Vec<Reverse> {
    let (old_lines, new_lines) = (pieces(before, line), pieces(after, line));
    let mut found = Vec::new();
    for (old, new) in differing(before, &old_lines, after, &new_lines) {
        let (old_words, new_words) = (
            pieces(&before[old.clone()], word),
            pieces(&after[new.clone()], word),
        );
        let (old_text, new_text) = (&before[old], &after[new.clone()]);
        for (old, part) in differing(old_text, &old_words, new_text, &new_words) {
            found.push(Reverse {
                at: new.start + part.start,
                length: part.len(),
                old: Old::of(&old_text[old]),
            });
        }
    }
    found
}

/// The text after changes; nothing where they do not fit it.
pub(super) fn apply(text: &[u8], changes: &[Reverse]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    for change in changes {
        out.extend_from_slice(text.get(at..change.at)?);
        out.extend_from_slice(change.old.bytes());
        at = change.at.checked_add(change.length)?;
    }
    out.extend_from_slice(text.get(at..)?);
    Some(out)
}

/// The ranges of bytes in which two texts differ, from their pieces.
fn differing(
    before: &[u8],
    old: &[Range<usize>],
    after: &[u8],
    new: &[Range<usize>],
) -> Vec<(Range<usize>, Range<usize>)> {
    let texts = |text: &'_ [u8], pieces: &[Range<usize>]| -> Vec<Vec<u8>> {
        pieces
            .iter()
            .map(|piece| text[piece.clone()].to_owned())
            .collect()
    };
    let (old_texts, new_texts) = (texts(before, old), texts(after, new));
    compare(&old_texts, &new_texts)
        .into_iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| {
            (
                span(old, op.old_range(), before.len()),
                span(new, op.new_range(), after.len()),
            )
        })
        .collect()
}

/// The bytes of some pieces that follow each other.
fn span(pieces: &[Range<usize>], numbers: Range<usize>, end: usize) -> Range<usize> {
    let start = |number: usize| pieces.get(number).map_or(end, |piece| piece.start);
    start(numbers.start)..start(numbers.end)
}

/// Cuts a text into pieces; `length` says how long the first one of a text is.
fn pieces(text: &[u8], length: fn(&[u8]) -> usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let end = at + length(&text[at..]).max(1);
        found.push(at..end);
        at = end;
    }
    found
}

/// A line with its ending.
fn line(text: &[u8]) -> usize {
    memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1)
}

/// A word, or one other byte. Whatever is not ASCII belongs to a word, so that no character is cut.
fn word(text: &[u8]) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    text.iter().take_while(|byte| is_part(byte)).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What of the old text is held.
    fn held(before: &str, after: &str) -> Vec<String> {
        let changes = between(before.as_bytes(), after.as_bytes());
        assert_eq!(
            apply(after.as_bytes(), &changes).as_deref(),
            Some(before.as_bytes())
        );
        changes
            .iter()
            .map(|change| String::from_utf8(change.old.bytes().to_owned()).unwrap())
            .collect()
    }

    #[test]
    fn only_what_was_replaced_is_held() {
        let before = "const a = process.env.A || \"hunter2\", b = process.env.B || \"hunter3\";\n";
        let after = "import { secrets } from \"./secrets\";\nconst a = secrets.A || \"hunter2\", b = secrets.B || \"hunter3\";\n";
        let all = held(before, after).concat();
        assert!(!all.contains("hunter"), "{all}");
        assert!(all.len() < 40, "{all}");
    }

    #[test]
    fn nothing_is_held_of_what_was_only_added_to() {
        assert_eq!(held("a\nb\n", "a\nnew\nb\n").concat(), "");
        assert_eq!(held("", "all\n").concat(), "");
        assert_eq!(held("same", "same"), Vec::<String>::new());
        assert_eq!(held("gone\nkept\n", "kept\n").concat(), "gone\n");
    }

    #[test]
    fn changes_that_do_not_fit_are_refused() {
        let change = |at, length| Reverse {
            at,
            length,
            old: Old::Text(String::new()),
        };
        assert_eq!(apply(b"abc", &[change(4, 0)]), None);
        assert_eq!(apply(b"abc", &[change(2, 2)]), None);
        assert_eq!(apply(b"abc", &[change(2, 1), change(0, 1)]), None);
        assert_eq!(apply(b"abc", &[change(1, usize::MAX)]), None);
        assert_eq!(apply(b"abc", &[change(1, 1)]).as_deref(), Some(&b"ac"[..]));
    }

    proptest! {
        #[test]
        fn any_text_comes_back(before: Vec<u8>, after: Vec<u8>) {
            let changes = between(&before, &after);
            prop_assert_eq!(apply(&after, &changes), Some(before));
        }

        #[test]
        fn words_and_lines_come_back(before in "[ab\u{e9} .\r\n]{0,60}", after in "[ab\u{e9} .\r\n]{0,60}") {
            held(&before, &after);
        }
    }
}
