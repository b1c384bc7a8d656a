//! Secrets that stand in plain text in config files: from a path and bytes to places, never to values.
//!
//! Formats are read by parsers with positions into one tree of keys and values; a value is then judged by its effective
//! name and its own shape. Knows neither rules nor findings nor git. No front end calls it yet; of
//! the commands in such files the flags of Node are used by the facts.

mod base64;
mod commands;
mod crash;
mod diagnostics;
mod format;
mod known;
mod node;
mod pieces;
mod place;
mod plaintext;
mod shape;
mod shell;
mod value;
mod verdict;
mod vocabulary;

pub use crash::CrashDump;
pub(crate) use crash::{WITHOUT_ENVIRONMENT, flags};
pub use diagnostics::{Diagnostic, Does, Holder, diagnostics, holder};
pub use format::{Format, classify, is_template, read};
pub use node::{Entries, Entry, Problem};
pub use plaintext::{Plaintext, judge};
pub use verdict::Why;

use crate::names::Names;

/// The secrets in plain text of one config file in the order of their places, and what of it could not be read.
///
/// Both are empty for a file that is no config file by its path.
pub fn find(path: &str, text: &[u8], names: &Names) -> (Vec<Plaintext>, Vec<Problem>) {
    let Some(format) = classify(path) else {
        return (Vec::new(), Vec::new());
    };
    let valid = match std::str::from_utf8(text) {
        Ok(text) => text,
        Err(error) => {
            // What stands before the first stray byte is still read; the rest would have no safe positions.
            let end = error.valid_up_to();
            let text = std::str::from_utf8(&text[..end]).unwrap_or_default();
            let entries = read(format, text);
            let mut problems: Vec<_> = entries.problem().cloned().into_iter().collect();
            problems.push(Problem {
                at: end,
                message: "is not UTF-8 from here on",
            });
            return (judge(&entries, path, names), problems);
        }
    };
    let entries = read(format, valid);
    let found = judge(&entries, path, names);
    (found, entries.problem().cloned().into_iter().collect())
}

#[cfg(test)]
mod tests;
