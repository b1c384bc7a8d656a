//! JSON, one object a line, for tools that read as they go.
//!
//! The first line is `run` with the version, the last one `summary`; between them findings, problems and, if they are
//! asked for, the secrets of the inventory, in the shapes of `json`.

use std::io::{self, Write};

use serde::Serialize;

use super::Options;
use super::inventory::inventory;
use super::json::{Entry, Finding, Problem, Summary, TOOL, Tool, VERSION, put};
use crate::model::Report;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'r> {
    Run { version: u32, tool: Tool },
    Finding(Box<Finding<'r>>),
    Problem(Problem<'r>),
    Secret(Entry<'r>),
    Summary(Summary<'r>),
}

/// Writes the lines.
pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
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
    let secrets = if options.inventory {
        inventory(report)
    } else {
        Vec::new()
    };
    let secrets = secrets.iter().map(|secret| Line::Secret(secret.into()));
    let summary = Line::Summary((&report.summary).into());
    for line in std::iter::once(run)
        .chain(findings)
        .chain(problems)
        .chain(secrets)
        .chain([summary])
    {
        put(&serde_json::to_string(&line)?, out)?;
    }
    Ok(())
}
