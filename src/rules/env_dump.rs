//! # env-dump
//!
//! ## What it does
//! Finds places where the whole environment, or an unfiltered copy of it, leaves the process: to a log, to standard
//! output, in a tool's answer, in an HTTP response, in an error report, in an error message or in a file. In scripts,
//! Dockerfiles, compose files, Kubernetes manifests, units of systemd and CI pipelines these are `env`, `printenv`,
//! `set`, `export -p` and `declare -p` whose output is shown or kept.
//!
//! ## Why it is bad
//! The environment of an MCP server holds every credential it was started with. One dump hands out all of them, also
//! the ones that are added next year, to everyone who can read the place it goes to; for a tool's answer that is the
//! model and whoever steers it.
//!
//! ## Example
//! ```ts
//! logger.debug({ env: process.env });
//! ```
//!
//! Use instead:
//! ```ts
//! logger.debug({ env: Object.keys(process.env) });
//! ```
//!
//! ## Fix
//! Name the variables that are needed, or write only the keys. `--fix` does the latter where the environment stands
//! directly in what leaves: as an argument, as the value of an entry, or in a text that is made of it.
//!
//! ## What is not reported
//! Key names, counts, presence tests, and copies that were filtered or masked. In commands: one variable
//! (`printenv HOME`), `env` that starts a program, and output that only another command sees (`env | grep -q CI`).

use super::{Context, Cwe, Draft, Mend, Rule, way};
use crate::model::{Applicability, Confidence, Severity};

/// The rule as data.
pub(super) static RULE: Rule = Rule {
    id: "env-dump",
    summary: "the whole environment leaves the process",
    note: "the environment",
    severity: Severity::Error,
    confidence: Confidence::High,
    cwe: &[
        Cwe {
            id: 532,
            name: "Insertion of Sensitive Information into Log File",
        },
        Cwe {
            id: 201,
            name: "Insertion of Sensitive Information Into Sent Data",
        },
        Cwe {
            id: 526,
            name: "Cleartext Storage of Sensitive Information in an Environment Variable",
        },
    ],
    security_severity: "8.6",
    part: None,
    source: include_str!("env_dump.rs"),
    check,
};

fn check(context: &Context<'_>) -> Vec<Draft> {
    context
        .facts
        .dumps
        .iter()
        .map(|dump| {
            let destination = dump.channel.destination();
            let end = (dump.sink, format!("goes to {destination} here"));
            Draft {
                range: dump.source,
                confidence: RULE.confidence,
                message: format!("the whole environment goes to {destination}"),
                why: "Every credential the process was started with goes along, also the ones that are added later.",
                help: "name the variables that are needed, or write only the keys".to_owned(),
                secret: None,
                provider: None,
                channel: Some(dump.channel),
                form: None,
                labels: way(dump.source, Vec::new(), &dump.steps, end),
                fix: Mend::new(
                    Applicability::Safe,
                    "write only the names of the variables",
                    &dump.fix,
                ),
            }
        })
        .collect()
}
