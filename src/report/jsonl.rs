//! JSON, one object a line, for tools that read as they go.
//!
//! The first line is `run` with the version, the last one `summary`; between them findings and problems, in the shapes
//! of `json`.

use std::io::{self, Write};

use serde::Serialize;

use super::json::{Finding, Problem, Summary, TOOL, Tool, VERSION, put};
use crate::model::Report;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'r> {
    Run { version: u32, tool: Tool },
    Finding(Box<Finding<'r>>),
    Problem(Problem<'r>),
    Summary(Summary<'r>),
}

/// Writes the lines.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let run = Line::Run {
        version: VERSION,
        tool: TOOL,
    };
    let findings = report
        .findings
        .iter()
        .map(|finding| Line::Finding(Box::new(finding.into())));
    let problems = report
        .problems
        .iter()
        .map(|problem| Line::Problem(problem.into()));
    let summary = Line::Summary((&report.summary).into());
    for line in std::iter::once(run)
        .chain(findings)
        .chain(problems)
        .chain([summary])
    {
        put(&serde_json::to_string(&line)?, out)?;
    }
    Ok(())
}
