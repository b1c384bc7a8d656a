//! Secrets that stand in plain text, in config files and in the strings of code: from text to places, never to values.
//!
//! Formats are read by parsers with positions into one tree of keys and values; a value is then judged by its effective
//! name and its own shape. Commands in such files are read as a shell does. Knows neither rules nor findings nor git.
//! Used by the scan, and by the facts for what source code holds.

mod assigned;
mod base64;
mod candidates;
mod commands;
mod crash;
mod diagnostics;
mod format;
mod holder;
mod known;
mod literals;
mod node;
mod pieces;
mod place;
mod plaintext;
mod prefilter;
mod program;
mod reading;
mod shape;
mod shell;
mod value;
mod verdict;
mod vocabulary;

pub use assigned::{Around, Assigned, Shape, assigned};
pub use candidates::candidates;
pub use crash::CrashDump;
pub(crate) use crash::{WITHOUT_ENVIRONMENT, flags};
pub use diagnostics::{Diagnostic, Does, diagnostics};
pub use format::{Format, NamePart, classify, has_anchors, is_template, name_parts, read};
pub use holder::Holder;
pub use literals::{Literal, Standing, judge_literal};
pub use node::{Entries, Entry, Problem};
pub use plaintext::{Plaintext, judge};
pub use reading::Reading;
pub use verdict::Why;

use std::borrow::Cow;

use crate::names::Names;
use crate::text::TextRange;

/// What one config file says.
pub struct Found<'t> {
    /// The secrets in plain text, by place.
    pub plaintext: Vec<Plaintext>,
    /// What shows the environment or has it written to disk, by place.
    pub diagnostics: Vec<Diagnostic>,
    entries: Option<Entries<'t>>,
}

impl Found<'_> {
    /// Why the rest of the file was not read.
    pub fn problem(&self) -> Option<&Problem> {
        self.entries.as_ref().and_then(Entries::problem)
    }

    /// The places of all keys, by place.
    pub fn keys(&self) -> Vec<TextRange> {
        let nodes = self.entries.iter().flat_map(|entries| &entries.nodes);
        let named = nodes.filter(|node| !node.name.is_empty());
        sorted(named.map(|node| node.key))
    }

    /// The places of all values, by place.
    pub fn values(&self) -> Vec<TextRange> {
        let entries = self.entries.iter();
        let leaves = entries.flat_map(|entries| entries.leaves().map(|at| &entries.nodes[at]));
        sorted(leaves.map(|node| node.range))
    }
}

fn sorted(ranges: impl Iterator<Item = TextRange>) -> Vec<TextRange> {
    let mut ranges: Vec<_> = ranges.filter(|range| !range.is_empty()).collect();
    ranges.sort_unstable();
    ranges.dedup();
    ranges
}

/// Whether a value keeps the place of one, or points to one, or is a password that everybody knows.
pub fn keeps_place(value: &str, name: &str) -> bool {
    use value::Class;
    let class = value::classify(value, name);
    let is_none = matches!(
        class,
        Class::Empty | Class::Reference | Class::Placeholder | Class::Default
    );
    is_none || vocabulary::is_kind(value.trim())
}

/// A file's bytes as text, of the same length, and what is wrong with them: a stray byte becomes a question mark.
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, Option<Problem>) {
    let mut text = String::new();
    let mut problem = None;
    for chunk in bytes.utf8_chunks() {
        if chunk.valid().len() == bytes.len() {
            return (Cow::Borrowed(chunk.valid()), None);
        }
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            problem.get_or_insert(Problem {
                at: text.len(),
                message: "is not UTF-8 here",
            });
            text.extend(chunk.invalid().iter().map(|_| '?'));
        }
    }
    (Cow::Owned(text), problem)
}

/// What a text says as the config file of a path.
pub fn find<'t>(path: &str, reading: Reading, text: &'t str, names: &Names) -> Found<'t> {
    let entries = reading.format().map(|format| read(format, text));
    let judged = entries.as_ref().filter(|_| reading.values.is_some());
    let commands = reading.commands;
    Found {
        plaintext: judged.map_or_else(Vec::new, |entries| judge(entries, path, names)),
        diagnostics: commands.map_or_else(Vec::new, |holder| diagnostics(holder, text)),
        entries,
    }
}

#[cfg(test)]
mod tests;
