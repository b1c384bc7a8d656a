//! GitHub workflow commands: each finding becomes an annotation of the run.
//!
//! GitHub shows at most ten annotations of each kind for a step, in the order of the log, so the worst come first.

use std::io::{self, Write};

use super::{counted, elsewhere};
use crate::model::{Finding, Report, Severity};
use crate::text::show;

/// What GitHub shows of each kind.
const SHOWN: usize = 10;

/// Writes errors, warnings, problems, a notice if there is more than GitHub shows, and notes last: the notice counts
/// against the same limit as the notes.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut findings: Vec<&Finding> = counted(report).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let notes = findings.partition_point(|finding| finding.severity > Severity::Note);
    for finding in &findings[..notes] {
        annotate(finding, out)?;
    }
    for problem in &report.problems {
        let file = if problem.path.is_empty() {
            String::new()
        } else {
            format!("file={},", property(&problem.path))
        };
        let title = format!("envacuate: {}", problem.kind.as_str());
        writeln!(
            out,
            "::warning {file}title={}::{}",
            property(&title),
            data(&problem.message)
        )?;
    }
    let of = |severity| {
        let is_one = |finding: &&&Finding| finding.severity == severity;
        findings.iter().filter(is_one).count()
    };
    let hidden = [
        of(Severity::Error),
        of(Severity::Warning) + report.problems.len(),
        // The notice itself is one.
        of(Severity::Note) + 1,
    ]
    .map(|number| number.saturating_sub(SHOWN))
    .iter()
    .sum::<usize>();
    if hidden > 0 {
        let message = format!(
            "{hidden} more; GitHub shows {SHOWN} annotations of each kind for a step, the log has all"
        );
        writeln!(out, "::notice title=envacuate::{}", data(&message))?;
    }
    for finding in &findings[notes..] {
        annotate(finding, out)?;
    }
    Ok(())
}

fn annotate(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let (start, end) = (finding.location.start, finding.location.end);
    write!(
        out,
        "::{command} file={},line={},",
        property(&finding.location.path),
        start.line
    )?;
    // GitHub refuses columns for a range of several lines.
    if start.line == end.line {
        write!(out, "col={},", start.column)?;
        write!(out, "endLine={},endColumn={},", end.line, end.column)?;
    } else {
        write!(out, "endLine={},", end.line)?;
    }
    let title = format!("envacuate: {}", finding.rule);
    write!(
        out,
        "title={}::{}:{}:{}: {}%0A{}%0Ahelp: {}",
        property(&title),
        data(&finding.location.path),
        start.line,
        start.column,
        data(&finding.message),
        data(finding.why),
        data(&finding.help),
    )?;
    for place in elsewhere(finding) {
        write!(out, "%0Aalso: {}", data(&place))?;
    }
    writeln!(out)
}

/// Text behind the second `::`.
fn data(text: &str) -> String {
    show(text).replace('%', "%25")
}

/// Text between `=` and `,`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_ends_a_property_or_a_command() {
        assert_eq!(property("a,b:c%\n"), "a%2Cb%3Ac%25\\u{a}");
        assert_eq!(data("50%::x"), "50%25::x");
    }
}
