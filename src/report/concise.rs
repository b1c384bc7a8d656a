//! One line a finding: `path:line:column: severity[rule] message`.
//!
//! The form that editors and `grep` understand; no code, no advice, no summary.

use std::io::{self, Write};

use super::plain::{CYAN, RED, YELLOW, paint, plain};
use super::{Options, elsewhere, inventory, summary};
use crate::model::{Finding, Report, Severity};

/// Writes the findings that are shown to people, then the problems.
pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for finding in report
        .findings
        .iter()
        .filter(|finding| options.shows(finding))
    {
        let color = match finding.severity {
            Severity::Error => RED,
            Severity::Warning => YELLOW,
            Severity::Note => CYAN,
        };
        let head = format!("{}[{}]", finding.severity.as_str(), finding.rule);
        let start = finding.location.start;
        writeln!(
            out,
            "{}:{}:{}: {} {}",
            plain(&finding.location.path),
            start.line,
            start.column,
            paint(&head, color, options),
            plain(&told(finding)),
        )?;
    }
    for problem in &report.problems {
        let head = format!("problem[{}]", problem.kind.as_str());
        let place = if problem.path.is_empty() {
            String::new()
        } else {
            plain(&problem.path) + ": "
        };
        writeln!(
            out,
            "{place}{} {}",
            paint(&head, YELLOW, options),
            plain(&problem.message)
        )?;
    }
    if options.inventory {
        out.write_all(inventory::table(report, options).as_bytes())?;
    }
    if options.statistics {
        out.write_all(summary::table(report, options).as_bytes())?;
    }
    Ok(())
}

/// The message, and what of it is to be seen in other files.
fn told(finding: &Finding) -> String {
    let mut told = vec![finding.message.clone()];
    told.extend(elsewhere(finding));
    told.join("; ")
}
