//! The JSON document, version 1: stable, a field is only ever added.
//!
//! Its shape is its own: no type of `model` is serialised as it stands. Also holds the shapes that `jsonl` shares and
//! the one place where JSON is written, for every format that is JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::Options;
use super::inventory::{self, inventory};
use crate::model::{self, SuppressionKind};
use crate::text::{self, show};

/// The version of the shape.
pub(super) const VERSION: u32 = 1;

/// Who wrote it.
#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

/// This build.
pub(super) const TOOL: Tool = Tool {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
};

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    tool: Tool,
    findings: Vec<Finding<'r>>,
    problems: Vec<Problem<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inventory: Option<Vec<Entry<'r>>>,
    summary: Summary<'r>,
}

/// A place in a text.
#[derive(Serialize)]
pub(super) struct Position {
    line: usize,
    column: usize,
    byte: usize,
}

#[derive(Serialize)]
struct Label<'r> {
    path: &'r str,
    start: Position,
    end: Position,
    message: &'r str,
}

#[derive(Serialize)]
struct Fix<'r> {
    applicability: &'static str,
    title: &'static str,
    edits: Vec<Edit<'r>>,
}

#[derive(Serialize)]
struct Edit<'r> {
    path: &'r str,
    start: Position,
    end: Position,
    text: &'r str,
}

#[derive(Serialize)]
struct Suppression<'r> {
    kind: &'static str,
    reason: &'r str,
}

/// A finding.
#[derive(Serialize)]
pub(super) struct Finding<'r> {
    rule: &'static str,
    severity: &'static str,
    confidence: &'static str,
    path: &'r str,
    start: Position,
    end: Position,
    message: &'r str,
    why: &'static str,
    help: &'r str,
    secret: Option<&'r str>,
    provider: Option<&'static str>,
    channel: Option<&'static str>,
    form: Option<&'static str>,
    labels: Vec<Label<'r>>,
    fix: Option<Fix<'r>>,
    fingerprint: &'r str,
    suppressed: bool,
    suppression: Option<Suppression<'r>>,
}

/// A file of which not everything could be said.
#[derive(Serialize)]
pub(super) struct Problem<'r> {
    path: &'r str,
    kind: &'static str,
    message: &'r str,
}

/// A secret of the inventory.
#[derive(Serialize)]
pub(super) struct Entry<'r> {
    secret: Option<&'r str>,
    provider: Option<&'static str>,
    reads: Vec<Place<'r>>,
    exposures: Vec<Place<'r>>,
    copies: Vec<Place<'r>>,
}

/// Where something is found about a secret; the fingerprint is that of the finding.
#[derive(Serialize)]
struct Place<'r> {
    path: &'r str,
    start: Position,
    end: Position,
    fingerprint: &'r str,
}

/// The counts of a run.
#[derive(Serialize)]
pub(super) struct Summary<'r> {
    files: usize,
    parsed: usize,
    findings: usize,
    suppressed: usize,
    unchanged: usize,
    fixed: usize,
    by_rule: &'r BTreeMap<&'static str, usize>,
}

impl From<text::Position> for Position {
    fn from(position: text::Position) -> Self {
        Self {
            line: position.line,
            column: position.column,
            byte: position.byte,
        }
    }
}

impl<'r> From<&'r model::Label> for Label<'r> {
    fn from(label: &'r model::Label) -> Self {
        Self {
            path: &label.location.path,
            start: label.location.start.into(),
            end: label.location.end.into(),
            message: &label.message,
        }
    }
}

impl<'r> From<&'r model::Fix> for Fix<'r> {
    fn from(fix: &'r model::Fix) -> Self {
        let edits = fix.edits.iter().map(|edit| Edit {
            path: &edit.location.path,
            start: edit.location.start.into(),
            end: edit.location.end.into(),
            text: &edit.text,
        });
        Self {
            applicability: fix.applicability.as_str(),
            title: fix.title,
            edits: edits.collect(),
        }
    }
}

impl<'r> From<&'r model::Suppression> for Suppression<'r> {
    fn from(suppression: &'r model::Suppression) -> Self {
        Self {
            kind: match suppression.kind {
                SuppressionKind::InSource => "in-source",
                SuppressionKind::Baseline => "baseline",
                SuppressionKind::Unchanged => "unchanged",
            },
            reason: &suppression.reason,
        }
    }
}

impl<'r> From<&'r model::Finding> for Finding<'r> {
    fn from(finding: &'r model::Finding) -> Self {
        Self {
            rule: finding.rule,
            severity: finding.severity.as_str(),
            confidence: finding.confidence.as_str(),
            path: &finding.location.path,
            start: finding.location.start.into(),
            end: finding.location.end.into(),
            message: &finding.message,
            why: finding.why,
            help: &finding.help,
            secret: finding.secret.as_deref(),
            provider: finding.provider,
            channel: finding.channel.map(model::Channel::as_str),
            form: finding.form.map(model::Form::as_str),
            labels: finding.labels.iter().map(Label::from).collect(),
            fix: finding.fix.as_ref().map(Fix::from),
            fingerprint: &finding.fingerprint,
            suppressed: finding.suppression.is_some(),
            suppression: finding.suppression.as_ref().map(Suppression::from),
        }
    }
}

impl<'r> From<&'r model::Problem> for Problem<'r> {
    fn from(problem: &'r model::Problem) -> Self {
        Self {
            path: &problem.path,
            kind: problem.kind.as_str(),
            message: &problem.message,
        }
    }
}

impl<'r> From<&inventory::Secret<'r>> for Entry<'r> {
    fn from(secret: &inventory::Secret<'r>) -> Self {
        let places = |findings: &[&'r model::Finding]| {
            let place = |finding: &&'r model::Finding| Place {
                path: &finding.location.path,
                start: finding.location.start.into(),
                end: finding.location.end.into(),
                fingerprint: &finding.fingerprint,
            };
            findings.iter().map(place).collect()
        };
        Self {
            secret: secret.name,
            provider: secret.provider,
            reads: places(&secret.reads),
            exposures: places(&secret.exposures),
            copies: places(&secret.copies),
        }
    }
}

impl<'r> From<&'r model::Summary> for Summary<'r> {
    fn from(summary: &'r model::Summary) -> Self {
        Self {
            files: summary.files,
            parsed: summary.parsed,
            findings: summary.findings,
            suppressed: summary.suppressed,
            unchanged: summary.unchanged,
            fixed: summary.fixed,
            by_rule: &summary.by_rule,
        }
    }
}

/// Writes the document.
pub(super) fn write(
    report: &model::Report,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let inventory = options.inventory.then(|| inventory(report));
    let document = Document {
        version: VERSION,
        tool: TOOL,
        findings: report.findings.iter().map(Finding::from).collect(),
        problems: report.problems.iter().map(Problem::from).collect(),
        inventory: inventory.map(|secrets| secrets.iter().map(Entry::from).collect()),
        summary: (&report.summary).into(),
    };
    put(&serde_json::to_string_pretty(&document)?, out)
}

/// Writes JSON and a line ending, with everything that could disturb a terminal as `\uXXXX`.
///
/// The serialiser escapes the control characters of ASCII but DEL; what is left can only stand inside a string.
pub(super) fn put(json: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut rest = json;
    let mut buffer = [0; 4];
    while let Some(at) = rest.find(|c: char| !c.is_ascii() || c == '\u{7f}') {
        let (before, from) = rest.split_at(at);
        out.write_all(before.as_bytes())?;
        let mut chars = from.chars();
        if let Some(c) = chars.next() {
            let text: &str = c.encode_utf8(&mut buffer);
            if show(text) == text {
                out.write_all(text.as_bytes())?;
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
        }
        rest = chars.as_str();
    }
    writeln!(out, "{rest}")
}
