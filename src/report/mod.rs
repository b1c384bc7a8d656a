//! Findings in, bytes out: one file per output format, one table.
//!
//! Decides how a report looks, never what is in it. The texts come masked and escaped from below; each format still
//! escapes for the place it is printed to. Used by `cli`.

mod changes;
mod concise;
mod diff;
mod frame;
mod github;
mod gitlab;
mod inventory;
mod job;
mod json;
mod jsonl;
mod junit;
mod manifest;
mod marked;
mod plain;
mod plan_json;
#[cfg(feature = "manager")]
mod pushed;
mod rdjson;
#[cfg(feature = "manager")]
mod rotated;
mod sarif;
mod scrubbed;
mod summary;
mod text;
mod uri;
#[cfg(feature = "manager")]
mod verified;

use std::collections::HashMap;
use std::io::{self, Write};

pub use changes::{Change, changes};
pub use diff::{diff, summary};
pub use manifest::markdown;
pub use plan_json::{Planned, plan_json, plan_schema};
#[cfg(feature = "manager")]
pub use pushed::{pushed, pushed_json};
#[cfg(feature = "manager")]
pub use rotated::{rotated, rotated_json};
pub use scrubbed::{ScrubbedFile, scrubbed};
#[cfg(feature = "manager")]
pub use verified::{verified, verified_json};

use crate::model::{Finding, Report, Severity};

/// An output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people: message, code frame, advice.
    Text,
    /// For people and editors: one line a finding.
    Concise,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
    /// GitHub workflow commands.
    Github,
    /// GitLab Code Quality.
    Gitlab,
    /// `JUnit` XML.
    Junit,
    /// What reviewdog reads.
    Rdjson,
    /// Markdown, for the summary of a CI job.
    Markdown,
}

/// All formats with the name they are asked for by and one line of help.
pub static ALL: &[(Format, &str, &str)] = &[
    (Format::Text, "text", "code frames and advice, for people"),
    (Format::Concise, "concise", "one line a finding"),
    (Format::Json, "json", "one JSON document, version 1"),
    (Format::Jsonl, "jsonl", "one JSON object a line, version 1"),
    (Format::Sarif, "sarif", "SARIF 2.1.0, for code scanning"),
    (
        Format::Github,
        "github",
        "annotations of a GitHub Actions run",
    ),
    (Format::Gitlab, "gitlab", "GitLab Code Quality report"),
    (Format::Junit, "junit", "JUnit XML, for test reports of CI"),
    (
        Format::Rdjson,
        "rdjson",
        "comments of reviewdog on a pull request",
    ),
    (
        Format::Markdown,
        "markdown",
        "a summary of the worst, for CI jobs",
    ),
];

/// The formats that have a place for an inventory.
pub static SHOWING_INVENTORY: &[Format] =
    &[Format::Text, Format::Concise, Format::Json, Format::Jsonl];

/// The format of a name.
pub fn find(name: &str) -> Option<Format> {
    ALL.iter()
        .find(|(_, known, _)| *known == name)
        .map(|(format, _, _)| *format)
}

/// How to write a report. Only [`inventory`](Self::inventory) is heeded by a format other than `text` and `concise`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each stands for one flag of the command line"
)]
pub struct Options {
    /// Show findings; data formats always do.
    pub findings: bool,
    /// Add which secrets there are, in the formats of [`SHOWING_INVENTORY`].
    pub inventory: bool,
    /// Show notes as well.
    pub notes: bool,
    /// Use ANSI colours.
    pub color: bool,
    /// Draw with characters beyond ASCII.
    pub unicode: bool,
    /// Make rule names hyperlinks of the terminal; needs `color`.
    pub links: bool,
    /// Columns to wrap prose at.
    pub width: usize,
    /// Add a table of findings by rule and severity.
    pub statistics: bool,
    /// Explain every finding in full, not only the first one of its rule.
    pub verbose: bool,
    /// Leave out the summary line.
    pub quiet: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            findings: true,
            inventory: false,
            notes: false,
            color: false,
            unicode: true,
            links: false,
            width: 100,
            statistics: false,
            verbose: false,
            quiet: false,
        }
    }
}

impl Options {
    /// Whether a finding is shown to people.
    fn shows(&self, finding: &Finding) -> bool {
        self.findings
            && finding.suppression.is_none()
            && (self.notes || finding.severity > Severity::Note)
    }
}

/// Writes a report in a format.
pub fn render(
    report: &Report,
    format: Format,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, options, out),
        Format::Concise => concise::write(report, options, out),
        Format::Json => json::write(report, options, out),
        Format::Jsonl => jsonl::write(report, options, out),
        Format::Sarif => sarif::write(report, out),
        Format::Github => github::write(report, out),
        Format::Gitlab => gitlab::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Rdjson => rdjson::write(report, out),
        Format::Markdown => job::write(report, out),
    }
}

/// The findings with an identity each that no other one has: the fingerprint, with `:2`, `:3`… for repeats.
fn identified(report: &Report) -> impl Iterator<Item = (&Finding, String)> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    report.findings.iter().map(move |finding| {
        let count = seen.entry(&finding.fingerprint).or_default();
        *count += 1;
        let id = match count {
            1 => finding.fingerprint.clone(),
            n => format!("{}:{n}", finding.fingerprint),
        };
        (finding, id)
    })
}

/// The related places in other files, one clause each, for formats that have no place of their own for them.
fn elsewhere(finding: &Finding) -> Vec<String> {
    let labels = finding.labels.iter();
    labels
        .filter(|label| label.location.path != finding.location.path)
        .map(|label| {
            let place = &label.location;
            format!("{}:{} {}", place.path, place.start.line, label.message)
        })
        .collect()
}

/// The findings that count: everything that is not suppressed.
fn counted(report: &Report) -> impl Iterator<Item = &Finding> {
    report
        .findings
        .iter()
        .filter(|finding| finding.suppression.is_none())
}
