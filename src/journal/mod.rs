//! The journal: what one set of changes does to files, written down before it is done, so that it can be taken back.
//!
//! Pure: texts in, data out; JSON, version 1. It holds hashes of whole files and, of their old texts, only what was
//! replaced; no copy of a file. Written and read by `workspace`.

mod reverse;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use reverse::Reverse;

/// The version of the shape.
const VERSION: u32 = 1;

/// One set of changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journal {
    version: u32,
    /// The files that change, in the order in which they are put in place.
    pub files: Vec<Entry>,
    /// Directories that were not there before, the outer ones first.
    pub directories: Vec<String>,
}

/// One file that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its path from the working directory, with `/`.
    pub path: String,
    /// The name that a new text has beside it until it is put in place.
    pub temporary: String,
    /// Whether version control had all of its text before.
    pub clean: bool,
    /// What it was; nothing for a new file.
    pub before: Option<State>,
    /// What it becomes.
    pub after: State,
    /// Changes of the new text that give the old one.
    pub undo: Vec<Reverse>,
}

/// What identifies the text of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

impl State {
    /// Of a text.
    pub fn of(text: &[u8]) -> Self {
        Self {
            bytes: text.len() as u64,
            sha256: hex(&Sha256::digest(text)),
        }
    }
}

impl Entry {
    /// A file that changes from one text to another.
    pub fn new(
        path: &str,
        temporary: String,
        before: Option<&[u8]>,
        after: &[u8],
        clean: bool,
    ) -> Self {
        Self {
            path: path.to_owned(),
            temporary,
            clean,
            before: before.map(State::of),
            after: State::of(after),
            undo: before.map_or_else(Vec::new, |before| reverse::between(before, after)),
        }
    }

    /// The old text, from the new one; nothing where that is not what the journal says.
    pub fn old_text(&self, after: &[u8]) -> Option<Vec<u8>> {
        let before = self.before.as_ref()?;
        let text = reverse::apply(after, &self.undo)?;
        (State::of(&text) == *before).then_some(text)
    }
}

impl Journal {
    /// Of files and the directories that they need.
    pub fn new(files: Vec<Entry>, directories: Vec<String>) -> Self {
        Self {
            version: VERSION,
            files,
            directories,
        }
    }

    /// As JSON with a line ending.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// From JSON; nothing where it is no journal of this version.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let journal: Self = serde_json::from_slice(text).ok()?;
        (journal.version == VERSION).then_some(journal)
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, byte| {
        // A string takes everything.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(before: Option<&[u8]>, after: &[u8]) -> Entry {
        Entry::new("a.ts", ".envacuate-1-0.tmp".to_owned(), before, after, true)
    }

    #[test]
    fn a_journal_is_read_as_it_was_written() {
        let files = vec![
            entry(Some(b"\xff old"), b"new"),
            entry(Some("alt \u{e9}".as_bytes()), b"neu"),
            entry(None, b"made"),
        ];
        let journal = Journal::new(files, vec!["a".to_owned()]);
        assert_eq!(
            Journal::parse(journal.json().as_bytes()),
            Some(journal.clone())
        );
        let text = journal.json();
        assert_eq!(
            Journal::parse(&text.as_bytes()[..text.len() - 3]),
            None,
            "cut off"
        );
        let later = text.replace("\"version\": 1", "\"version\": 2");
        assert_eq!(Journal::parse(later.as_bytes()), None);
    }

    #[test]
    fn the_old_text_comes_back_from_the_new_one_and_from_no_other() {
        let entry = entry(Some(b"one\ntwo\n"), b"one\nthree\n");
        assert_eq!(
            entry.old_text(b"one\nthree\n").as_deref(),
            Some(&b"one\ntwo\n"[..])
        );
        assert_eq!(entry.old_text(b"one\nthree!\n"), None);
        assert_eq!(entry.old_text(b""), None);
    }
}
