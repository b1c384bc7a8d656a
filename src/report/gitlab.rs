//! GitLab Code Quality: a JSON array that merge requests show.
//!
//! It has no place for files that could not be analysed, nor for suppressed findings.

use std::io::{self, Write};

use serde::Serialize;

use super::json::put;
use super::{elsewhere, identified};
use crate::model::{Finding, Report, Severity};

#[derive(Serialize)]
struct Entry<'r> {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Place<'r>,
}

#[derive(Serialize)]
struct Place<'r> {
    path: &'r str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// Writes the array.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let entries: Vec<Entry<'_>> = identified(report)
        .filter(|(finding, _)| finding.suppression.is_none())
        .map(|(finding, fingerprint)| Entry {
            // GitLab does not show `check_name`.
            description: description(finding),
            check_name: finding.rule,
            fingerprint,
            severity: match finding.severity {
                Severity::Error => "critical",
                Severity::Warning => "major",
                Severity::Note => "info",
            },
            location: Place {
                path: finding
                    .location
                    .path
                    .strip_prefix("./")
                    .unwrap_or(&finding.location.path),
                lines: Lines {
                    begin: finding.location.start.line,
                    end: finding.location.end.line,
                },
            },
        })
        .collect();
    put(&serde_json::to_string_pretty(&entries)?, out)
}

fn description(finding: &Finding) -> String {
    let mut told = vec![format!("{}: {}", finding.rule, finding.message)];
    told.extend(elsewhere(finding));
    told.join("; ")
}
