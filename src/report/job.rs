//! Markdown, as for the summary of a CI job: counts, the worst findings in a table, what was not analysed.
//!
//! GitHub takes at most 1 MiB of a step, and people read the first screen: what does not fit is counted. Names and
//! paths come from code that nobody vetted and stand in code spans that they cannot end.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::counted;
use super::marked::{cell, code, sentence};
use super::plain::count;
use crate::model::{Finding, Problem, Report, Severity};
use crate::rules::Rule;

/// Rows of a table.
const MAX_ROWS: usize = 100;
/// Bytes of a table; there are two.
const MAX_BYTES: usize = 400 * 1024;
/// Characters of a name or a sentence.
const MAX_TEXT: usize = 300;

/// Writes the summary.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut text = head(report);
    let mut findings: Vec<&Finding> = counted(report).collect();
    findings.sort_by_key(|finding| (Reverse(finding.severity), Reverse(finding.confidence)));
    table(
        &mut text,
        "finding",
        ["severity", "place", "finding", "rule"],
        findings.into_iter().map(finding),
    );
    if !report.problems.is_empty() {
        text.push_str("\n### Not fully analysed\n");
        let problems = report.problems.iter().map(problem);
        table(&mut text, "problem", ["file", "kind", "what"], problems);
    }
    out.write_all(text.as_bytes())
}

/// How many there are of what.
fn head(report: &Report) -> String {
    let summary = &report.summary;
    let what = match summary.findings {
        0 => "no findings".to_owned(),
        number => count(number, "finding"),
    };
    let mut out = format!("## envacuate: {what} in {}\n", count(summary.files, "file"));
    let mut parts: Vec<String> = Severity::ALL
        .iter()
        .rev()
        .filter_map(|&severity| {
            let is_one = |finding: &&Finding| finding.severity == severity;
            let number = counted(report).filter(is_one).count();
            (number > 0).then(|| count(number, severity.as_str()))
        })
        .collect();
    for (number, what) in [
        (summary.suppressed, "suppressed"),
        (summary.unchanged, "on lines that did not change"),
    ] {
        parts.extend((number > 0).then(|| format!("{number} {what}")));
    }
    if !parts.is_empty() {
        writeln!(out, "\n{}.", parts.join(", ")).expect("a String takes everything");
    }
    out
}

/// A table with as many rows as may be, and how many more there are.
fn table<const N: usize>(
    out: &mut String,
    noun: &str,
    head: [&str; N],
    rows: impl ExactSizeIterator<Item = [String; N]>,
) {
    let all = rows.len();
    if all == 0 {
        return;
    }
    let from = out.len();
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    out.push('\n');
    out.push_str(&line(&head.map(str::to_owned)));
    out.push_str(&line(&[(); N].map(|()| "---".to_owned())));
    let mut shown = 0;
    for row in rows.take(MAX_ROWS) {
        let row = line(&row.map(|text| cell(&text)));
        if out.len() - from + row.len() > MAX_BYTES {
            break;
        }
        out.push_str(&row);
        shown += 1;
    }
    if shown < all {
        writeln!(out, "\nAnd {} more.", count(all - shown, noun))
            .expect("a String takes everything");
    }
}

fn finding(finding: &Finding) -> [String; 4] {
    let place = &finding.location;
    let rule = match Rule::find(finding.rule) {
        Some(rule) => format!("[{}]({})", code(rule.id), rule.url()),
        None => code(finding.rule),
    };
    [
        finding.severity.as_str().to_owned(),
        code(&format!("{}:{}", cut(&place.path), place.start.line)),
        sentence(&cut(&finding.message)),
        rule,
    ]
}

fn problem(problem: &Problem) -> [String; 3] {
    [
        code(&cut(&problem.path)),
        problem.kind.as_str().to_owned(),
        sentence(&cut(&problem.message)),
    ]
}

/// The start of a long text.
fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
