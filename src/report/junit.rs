//! `JUnit` XML: one suite a file, one test case a finding.
//!
//! Errors and warnings fail; notes, and files that were not read for a good reason, are skipped tests, so that they
//! show without failing a run. A run without findings has one case that passes, since CI systems refuse a report
//! without any.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io::{self, Write};

use super::{counted, elsewhere};
use crate::model::{Finding, Problem, ProblemKind, Report, Severity};
use crate::text::show;

/// The cases of a file, already written.
#[derive(Default)]
struct Suite {
    cases: String,
    counts: Counts,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

/// How a test case ended.
#[derive(Clone, Copy)]
enum Outcome {
    Failure,
    Error,
    Skipped,
}

/// Writes the document.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let text = document(report).map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

fn document(report: &Report) -> Result<String, fmt::Error> {
    let mut suites: BTreeMap<&str, Suite> = BTreeMap::new();
    if counted(report).next().is_none() {
        let suite = suites.entry("envacuate").or_default();
        suite.counts.tests += 1;
        suite
            .cases
            .push_str("    <testcase classname=\"envacuate\" name=\"check\" time=\"0\"/>\n");
    }
    for finding in counted(report) {
        let suite = suites.entry(&finding.location.path).or_default();
        suite.finding(finding)?;
    }
    for problem in &report.problems {
        let suite = suites.entry(&problem.path).or_default();
        suite.problem(problem)?;
    }

    let total = suites
        .values()
        .fold(Counts::default(), |sum, suite| Counts {
            tests: sum.tests + suite.counts.tests,
            failures: sum.failures + suite.counts.failures,
            errors: sum.errors + suite.counts.errors,
            skipped: sum.skipped + suite.counts.skipped,
        });
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    writeln!(xml, "<testsuites name=\"envacuate\"{total}>")?;
    for (path, suite) in &suites {
        let name = escape(path);
        writeln!(xml, "  <testsuite name=\"{name}\"{}>", suite.counts)?;
        xml.push_str(&suite.cases);
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    Ok(xml)
}

impl Suite {
    fn finding(&mut self, finding: &Finding) -> fmt::Result {
        let outcome = if finding.severity == Severity::Note {
            Outcome::Skipped
        } else {
            Outcome::Failure
        };
        let (path, start) = (&finding.location.path, finding.location.start);
        let elsewhere = elsewhere(finding);
        let mut lines = vec![finding.message.as_str(), finding.why, &finding.help];
        lines.extend(elsewhere.iter().map(String::as_str));
        self.case(
            finding.rule,
            &format!("{path}:{}:{}", start.line, start.column),
            &format!(
                " file=\"{}\" line=\"{}\"",
                escape(&finding.location.path),
                start.line
            ),
            outcome,
            finding.severity.as_str(),
            &lines,
        )
    }

    fn problem(&mut self, problem: &Problem) -> fmt::Result {
        let outcome = match problem.kind {
            ProblemKind::TooLarge | ProblemKind::NotUtf8 | ProblemKind::ParseIncomplete => {
                Outcome::Skipped
            }
            ProblemKind::Unreadable | ProblemKind::Internal | ProblemKind::Settings => {
                Outcome::Error
            }
        };
        let kind = problem.kind.as_str();
        let place = format!(" file=\"{}\"", escape(&problem.path));
        let text = [problem.message.as_str()];
        self.case(kind, &problem.path, &place, outcome, kind, &text)
    }

    /// Adds a case; the first of `lines` is its message.
    fn case(
        &mut self,
        class: &str,
        name: &str,
        place: &str,
        outcome: Outcome,
        kind: &str,
        lines: &[&str],
    ) -> fmt::Result {
        let (element, count) = match outcome {
            Outcome::Failure => ("failure", &mut self.counts.failures),
            Outcome::Error => ("error", &mut self.counts.errors),
            Outcome::Skipped => ("skipped", &mut self.counts.skipped),
        };
        *count += 1;
        self.counts.tests += 1;
        let lines: Vec<String> = lines.iter().map(|line| escape(line)).collect();
        writeln!(
            self.cases,
            "    <testcase classname=\"envacuate.{class}\" name=\"{}\"{place} time=\"0\">",
            escape(name)
        )?;
        let message = lines.first().map_or("", String::as_str);
        match outcome {
            Outcome::Skipped => writeln!(self.cases, "      <skipped message=\"{message}\"/>")?,
            Outcome::Failure | Outcome::Error => writeln!(
                self.cases,
                "      <{element} type=\"{kind}\" message=\"{message}\">{}</{element}>",
                lines.join("\n")
            )?,
        }
        writeln!(self.cases, "    </testcase>")
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            " tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"0\"",
            self.tests, self.failures, self.errors, self.skipped
        )
    }
}

/// Text for an attribute or an element. Control characters become visible escapes; the two noncharacters that XML
/// forbids and that are no control characters go.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in show(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(c),
        }
    }
    out
}
