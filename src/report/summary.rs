//! The summary line and the table of statistics.
//!
//! Counts what is in the report; knows no format. Used by `text` and `concise`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::plain::{DIM, count, paint};
use super::{Options, counted};
use crate::model::{Applicability, ProblemKind, Report, Severity};

/// One line: findings by severity, files, what was not analysed.
pub(super) fn line(report: &Report, options: &Options) -> String {
    let of = |severity| {
        counted(report)
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let total = counted(report).count();
    let mut parts = Vec::new();
    for (severity, ending) in [
        (Severity::Error, ""),
        (Severity::Warning, ""),
        (Severity::Note, if options.notes { "" } else { " hidden" }),
    ] {
        let number = of(severity);
        if number > 0 {
            parts.push(count(number, severity.as_str()) + ending);
        }
    }
    let unchanged = report.summary.unchanged;
    let suppressed = report.findings.len() - total - unchanged;
    if suppressed > 0 {
        parts.push(format!("{suppressed} suppressed"));
    }
    let mut out = if total == 0 {
        "No findings".to_owned()
    } else {
        count(total, "finding")
    };
    if !parts.is_empty() {
        write!(out, " ({})", parts.join(", ")).expect("a String takes everything");
    }
    write!(out, " in {}", count(report.summary.files, "file")).expect("a String takes everything");
    if unchanged > 0 {
        let more = if total == 0 { "" } else { " more" };
        write!(out, "; {unchanged}{more} on lines that did not change")
            .expect("a String takes everything");
    }
    let incomplete: BTreeSet<&str> = report
        .problems
        .iter()
        .filter(|problem| problem.kind != ProblemKind::Settings)
        .map(|problem| problem.path.as_str())
        .collect();
    if !incomplete.is_empty() {
        let files = count(incomplete.len(), "file");
        write!(out, "; {files} not fully analysed").expect("a String takes everything");
    }
    out.push_str(&fixes(report, options));
    out.push('\n');
    out
}

/// How many findings were fixed, and how many more could be.
fn fixes(report: &Report, options: &Options) -> String {
    let of = |wanted| {
        let shown = counted(report).filter(|finding| options.shows(finding));
        let fixes = shown.filter_map(|finding| finding.fix.as_ref());
        fixes.filter(|fix| fix.applicability == wanted).count()
    };
    let (safe, unsafe_) = (of(Applicability::Safe), of(Applicability::Unsafe));
    let mut parts = Vec::new();
    if report.summary.fixed > 0 {
        parts.push(format!("{} fixed", report.summary.fixed));
    }
    if safe > 0 {
        parts.push(format!("{safe} can be fixed with `--fix`"));
    }
    if unsafe_ > 0 {
        let lead = if safe > 0 { "more" } else { "can be fixed" };
        parts.push(format!("{unsafe_} {lead} with `--fix --unsafe`"));
    }
    parts
        .iter()
        .fold(String::new(), |out, part| out + "; " + part)
}

/// A table of the findings that count, notes included: rule, total, one column a severity.
pub(super) fn table(report: &Report, options: &Options) -> String {
    let mut rows: BTreeMap<&str, [usize; Severity::ALL.len()]> = BTreeMap::new();
    for finding in counted(report) {
        rows.entry(finding.rule).or_default()[finding.severity as usize] += 1;
    }
    let width = rows.keys().map(|rule| rule.len()).max().unwrap_or(0).max(4);
    let mut head = format!("{:width$}  {:>8}", "rule", "findings");
    for severity in Severity::ALL.iter().rev() {
        write!(head, "  {:>8}", format!("{}s", severity.as_str()))
            .expect("a String takes everything");
    }
    let mut out = paint(&head, DIM, options) + "\n";
    for (rule, counts) in &rows {
        let total: usize = counts.iter().sum();
        write!(out, "{rule:width$}  {total:>8}").expect("a String takes everything");
        for number in counts.iter().rev() {
            write!(out, "  {number:>8}").expect("a String takes everything");
        }
        out.push('\n');
    }
    out
}
