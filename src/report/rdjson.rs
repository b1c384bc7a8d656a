//! The format of reviewdog, which comments on pull requests: one JSON document.
//!
//! Its columns are bytes, and each suggestion is taken or left alone: so only a safe fix of one edit becomes one. It has
//! no place for suppressed findings; what could not be analysed comes as information about the file.

use std::io::{self, Write};

use serde::Serialize;

use super::json::put;
use super::{counted, elsewhere};
use crate::model::{self, Applicability, Report, Severity};
use crate::rules::Rule;
use crate::text;

#[derive(Serialize)]
struct Document<'r> {
    source: Source,
    diagnostics: Vec<Diagnostic<'r>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'r> {
    message: String,
    location: Location<'r>,
    severity: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'r>>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Code {
    value: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Suggestion<'r> {
    range: Range,
    text: &'r str,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

impl From<&model::Location> for Range {
    fn from(location: &model::Location) -> Self {
        let position = |at: text::Position| Position {
            line: at.line,
            column: at.byte - at.line_start + 1,
        };
        Self {
            start: position(location.start),
            end: position(location.end),
        }
    }
}

/// Writes the document.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut diagnostics: Vec<Diagnostic<'_>> = counted(report).map(diagnostic).collect();
    diagnostics.extend(report.problems.iter().map(|problem| Diagnostic {
        message: problem.message.clone(),
        location: Location {
            path: &problem.path,
            range: None,
        },
        severity: "INFO",
        code: Code {
            value: problem.kind.as_str(),
            url: None,
        },
        suggestions: Vec::new(),
    }));
    let document = Document {
        source: Source {
            name: env!("CARGO_PKG_NAME"),
            url: env!("CARGO_PKG_REPOSITORY"),
        },
        diagnostics,
    };
    put(&serde_json::to_string_pretty(&document)?, out)
}

fn diagnostic(finding: &model::Finding) -> Diagnostic<'_> {
    let mut told = vec![finding.message.clone(), finding.help.clone()];
    told.extend(elsewhere(finding));
    Diagnostic {
        message: told.join("; "),
        location: Location {
            path: &finding.location.path,
            range: Some((&finding.location).into()),
        },
        severity: match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Note => "INFO",
        },
        code: Code {
            value: finding.rule,
            url: Rule::find(finding.rule).map(Rule::url),
        },
        suggestions: suggestion(finding).into_iter().collect(),
    }
}

fn suggestion(finding: &model::Finding) -> Option<Suggestion<'_>> {
    let fix = finding.fix.as_ref()?;
    let [edit] = &fix.edits[..] else {
        return None;
    };
    let is_here = edit.location.path == finding.location.path;
    (fix.applicability == Applicability::Safe && is_here).then(|| Suggestion {
        range: (&edit.location).into(),
        text: &edit.text,
    })
}
