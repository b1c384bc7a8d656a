//! One config file, judged.
//!
//! Most files that could be configuration are data. They are told apart by a look at the bytes; only what holds a word
//! that could matter is read as what it is.

use memchr::memmem;

use super::excerpt::Masker;
use super::ignores::Ignores;
use super::{FileScan, judge};
use crate::config::{self, Format, Reading};
use crate::facts::{self, Facts};
use crate::model::{ProblemKind, Tracking};
use crate::names::Names;
use crate::settings::Settings;
use crate::text::{LineIndex, TextRange};

/// Reads a config file and judges it.
pub(super) fn look(
    file: &mut FileScan,
    reading: Reading,
    text: &[u8],
    settings: &Settings,
    tracking: Tracking,
) {
    let has_comment = memmem::find(text, b"envacuate:").is_some();
    let every_value = !settings.deny.is_empty() || has_comment;
    let Some(reading) = reading.worth(text, every_value) else {
        return;
    };
    let names = Names::new(&settings.allow, &settings.deny);
    let (decoded, stray) = config::decode(text);
    let found = config::find(&file.path, reading, &decoded, &names);
    file.parsed = true;
    let lines = LineIndex::new(text);
    let broken = found.problem();
    let problems = [
        (ProblemKind::NotUtf8, stray.as_ref()),
        (ProblemKind::ParseIncomplete, broken),
    ];
    for (kind, problem) in problems {
        if let Some(problem) = problem {
            let line = lines.line(problem.at);
            file.problem(kind, format!("line {line}: the file {}", problem.message));
        }
    }
    if found.plaintext.is_empty() && found.diagnostics.is_empty() && !has_comment {
        return;
    }
    let (keys, values) = (found.keys(), found.values());
    // A script of several lines has comments of its own.
    let is_script = |range: &TextRange| {
        reading.commands.is_some() && text[range.start..range.end].contains(&b'\n')
    };
    let texts = values.iter().filter(|range| !is_script(range));
    let mut known: Vec<TextRange> = keys.iter().chain(texts).copied().collect();
    known.sort_unstable();
    let ignores = Ignores::in_config(text, &lines, &known);
    // The words of a command that was understood are no values.
    let shown: Vec<TextRange> = found.diagnostics.iter().map(|one| one.range).collect();
    let masker = || {
        let mut keys = keys.clone();
        keys.extend(&shown);
        keys.sort_unstable();
        Masker::of_keys(text, &lines, &keys, &without(text, &values, &shown))
    };
    let facts = Facts {
        plaintext: found.plaintext,
        tracking,
        ..facts::of_config(&found.diagnostics)
    };
    let path = file.path.clone();
    let judged = judge::Text {
        path: &path,
        bytes: text,
        lines: &lines,
    };
    let (findings, _) = judge::judge_text(&judged, &facts, settings, ignores, masker);
    file.findings = findings;
}

/// The lines of a config file: keys, and of items such as `NAME=value` the name if it is one of `words`.
pub(super) fn shown_lines(format: Format, text: &[u8], words: &[&str]) -> Vec<String> {
    let (decoded, _) = config::decode(text);
    let entries = config::read(format, &decoded);
    let (mut keys, mut values) = (Vec::new(), Vec::new());
    for entry in entries.iter() {
        let item = decoded.get(entry.value.start..entry.value.end);
        let name = item
            .and_then(|item| item.split_once('='))
            .map(|(name, _)| name);
        let value = match name.filter(|name| words.contains(name)) {
            Some(name) => {
                let end = entry.value.start + name.len();
                keys.push(TextRange::new(entry.value.start, end));
                TextRange::new(end + 1, entry.value.end)
            }
            None => entry.value,
        };
        values.extend((!value.is_empty()).then_some(value));
        keys.extend((entry.key != entry.value).then_some(entry.key));
    }
    keys.extend(entries.above());
    keys.sort_unstable();
    keys.dedup();
    values.sort_unstable();
    let lines = LineIndex::new(text);
    Masker::of_keys(text, &lines, &keys, &values).lines()
}

/// Ranges without parts of them and the blanks around those, all by place.
fn without(text: &[u8], ranges: &[TextRange], parts: &[TextRange]) -> Vec<TextRange> {
    let mut out = Vec::with_capacity(ranges.len());
    let mut keep = |start: usize, end: usize| {
        let rest = &text[start..end.max(start)];
        let start = start + rest.len() - rest.trim_ascii_start().len();
        out.push(TextRange::new(start, start + rest.trim_ascii().len()));
    };
    for range in ranges {
        let mut start = range.start;
        let inside = |part: &&TextRange| part.start < range.end && range.start < part.end;
        for part in parts.iter().filter(inside) {
            keep(start, part.start);
            start = part.end.max(start);
        }
        keep(start, range.end);
    }
    out.retain(|range| !range.is_empty());
    out
}
