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
mod prefilter;
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
use crate::text::TextRange;

/// What one config file says.
pub struct Found<'t> {
    /// The secrets in plain text, by place.
    pub plaintext: Vec<Plaintext>,
    /// What of it could not be read.
    pub problems: Vec<Problem>,
    entries: Entries<'t>,
}

impl Found<'_> {
    /// The places of all keys, by place.
    pub fn keys(&self) -> Vec<TextRange> {
        let named = |node: &&node::Node<'_>| !node.name.is_empty();
        sorted(self.entries.nodes.iter().filter(named).map(|node| node.key))
    }

    /// The places of all values, by place.
    pub fn values(&self) -> Vec<TextRange> {
        let leaves = self.entries.leaves();
        sorted(leaves.map(|index| self.entries.nodes[index].range))
    }
}

fn sorted(ranges: impl Iterator<Item = TextRange>) -> Vec<TextRange> {
    let mut ranges: Vec<_> = ranges.filter(|range| !range.is_empty()).collect();
    ranges.sort_unstable();
    ranges.dedup();
    ranges
}

/// Whether a text can hold a secret, judged by its bytes; yes in doubt, and for every file that its name gives away.
pub fn may_hold(format: Format, text: &[u8]) -> bool {
    format.largest().is_none() || prefilter::may_hold(text)
}

/// What a text says as the config file of a path; nothing for a file that is no config file by its path.
pub fn find<'t>(path: &str, text: &'t [u8], names: &Names) -> Option<Found<'t>> {
    let format = classify(path)?;
    let mut problems = Vec::new();
    let valid = match std::str::from_utf8(text) {
        Ok(text) => text,
        Err(error) => {
            // What stands before the first stray byte is still read; the rest would have no safe positions.
            let at = error.valid_up_to();
            problems.push(Problem {
                at,
                message: "is not UTF-8 from here on",
            });
            std::str::from_utf8(&text[..at]).unwrap_or_default()
        }
    };
    let entries = read(format, valid);
    problems.splice(0..0, entries.problem().cloned());
    Some(Found {
        plaintext: judge(&entries, path, names),
        problems,
        entries,
    })
}

#[cfg(test)]
mod tests;
