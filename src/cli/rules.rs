//! `rules`: the list of rules.

use clap::ValueEnum;
use serde_json::json;

use super::fail::to_stdout;
use super::{Outcome, code};
use crate::rules::ALL;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  envacuate rules
  envacuate rules --format json | jq -r '.[].id'")]
pub(super) struct Arguments {
    /// How to write the list
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ListFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum ListFormat {
    /// A table, for people
    #[default]
    Text,
    /// A JSON array
    Json,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let text = match arguments.format {
        ListFormat::Text => table(),
        ListFormat::Json => json_list(),
    };
    to_stdout(|out| writeln!(out, "{text}"))?;
    Ok(code::CLEAN)
}

fn table() -> String {
    let width = ALL.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let lines: Vec<_> = ALL
        .iter()
        .map(|rule| {
            format!(
                "{:width$}  {:7}  {}",
                rule.id,
                rule.severity.as_str(),
                rule.summary
            )
        })
        .collect();
    lines.join("\n")
}

fn json_list() -> String {
    let rules: Vec<_> = ALL
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "summary": rule.summary,
                "severity": rule.severity.as_str(),
                "confidence": rule.confidence.as_str(),
                "cwe": rule.cwe.iter().map(|cwe| cwe.id).collect::<Vec<_>>(),
                "securitySeverity": rule.security_severity,
                "url": rule.url(),
            })
        })
        .collect();
    format!("{:#}", json!(rules))
}
