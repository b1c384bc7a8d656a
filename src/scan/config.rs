//! One config file, judged.
//!
//! Most files that could be configuration are data. They are told apart by a look at the bytes; only what holds a word
//! that could matter is read as what it is.

use memchr::memmem;

use super::excerpt::Masker;
use super::ignores::Ignores;
use super::{FileScan, judge};
use crate::config::{self, Format};
use crate::facts::Facts;
use crate::model::{ProblemKind, Tracking};
use crate::names::Names;
use crate::settings::Settings;
use crate::text::{LineIndex, TextRange};

/// Reads a config file and judges it.
pub(super) fn look(
    file: &mut FileScan,
    format: Format,
    text: &[u8],
    settings: &Settings,
    tracking: Tracking,
) {
    // The user's own names may stand over any value.
    let is_read = !settings.deny.is_empty()
        || memmem::find(text, b"envacuate:").is_some()
        || config::may_hold(format, text);
    if !is_read {
        return;
    }
    let names = Names::new(&settings.allow, &settings.deny);
    let Some(found) = config::find(&file.path, text, &names) else {
        return;
    };
    file.parsed = true;
    let lines = LineIndex::new(text);
    for problem in &found.problems {
        let kind = if problem.message.contains("UTF-8") {
            ProblemKind::NotUtf8
        } else {
            ProblemKind::ParseIncomplete
        };
        let line = lines.line(problem.at);
        file.problem(kind, format!("line {line}: the file {}", problem.message));
    }
    if found.plaintext.is_empty() && memmem::find(text, b"envacuate:").is_none() {
        return;
    }
    let (keys, values) = (found.keys(), found.values());
    let mut known: Vec<TextRange> = keys.iter().chain(&values).copied().collect();
    known.sort_unstable();
    let ignores = Ignores::in_config(text, &lines, &known);
    let masker = || Masker::of_keys(text, &lines, &keys, &values);
    let facts = Facts {
        plaintext: found.plaintext,
        tracking,
        ..Facts::default()
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
