//! # secret-exposed
//!
//! ## What it does
//! Finds places where the value of one secret, read from the environment, leaves the process: in a log, on standard
//! output, in an error message, in a tool's answer, in an HTTP response, in an error report or in a file. The value is
//! followed through names, fields, objects, texts and the functions of the program.
//!
//! ## Why it is bad
//! Logs, answers and reports are read by more people and kept longer than the secret was meant for, and a tool's answer
//! goes to the model and to whoever steers it. A secret that was written there once has to be replaced.
//!
//! ## Example
//! ```ts
//! logger.info(`connecting with ${token}`);
//! ```
//!
//! Use instead:
//! ```ts
//! logger.info(`connecting with ${token ? "a token" : "no token"}`);
//! ```
//!
//! ## Fix
//! Write whether the secret is there, its name, or nothing. Clients that put the whole address into their errors get the
//! secret in a header instead of in the address.
//!
//! ## What is not reported
//! A part of the value, its length, whether it is there, what a function for masking returns, a `SecretStr`, and structs
//! of Rust with a `Debug` of their own.

use super::{Context, Cwe, Draft, Rule};
use crate::facts::Exposure;
use crate::model::{Confidence, Severity};

/// The rule as data.
pub(super) static RULE: Rule = Rule {
    id: "secret-exposed",
    summary: "the value of a secret leaves the process",
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
            id: 209,
            name: "Generation of Error Message Containing Sensitive Information",
        },
    ],
    security_severity: "8.2",
    source: include_str!("secret_exposed.rs"),
    check,
};

/// Names that a message says.
const MAX_NAMES: usize = 5;

fn check(context: &Context<'_>) -> Vec<Draft> {
    let exposures = context.facts.exposures.iter();
    let exposures: Vec<&Exposure> = exposures
        .filter(|exposure| context.names.classify(&exposure.name).is_some())
        .collect();
    // One place may show several.
    let together = exposures.chunk_by(|a, b| a.value == b.value && a.channel == b.channel);
    together.map(|same| draft(context, same)).collect()
}

fn draft(context: &Context<'_>, exposures: &[&Exposure]) -> Draft {
    let first = exposures[0];
    let destination = first.channel.destination();
    let mut names: Vec<&str> = exposures
        .iter()
        .map(|exposure| exposure.name.as_str())
        .collect();
    names.dedup();
    let mut labels = Vec::new();
    for exposure in exposures.iter().take(MAX_NAMES) {
        let origin = if exposure.foreign {
            "comes in here"
        } else {
            "read here"
        };
        labels.push((exposure.source, origin.to_owned()));
    }
    let steps = first.steps.iter().take(4);
    labels.extend(steps.map(|&step| (step, "passes through here".to_owned())));
    labels.push((first.sink, format!("goes to {destination} here")));
    // What lies around the place itself would only be drawn over it, and one place needs one label.
    let value = first.value;
    labels.retain(|(range, _)| range.end <= value.start || value.end <= range.start);
    let mut seen = Vec::new();
    labels.retain(|(range, _)| {
        let is_new = !seen.contains(range);
        seen.push(*range);
        is_new
    });
    let secret = context.names.classify(&first.name);
    Draft {
        range: value,
        confidence: RULE.confidence,
        message: match names.as_slice() {
            [name] => format!("the value of {name} goes to {destination}"),
            names => format!("the values of {} go to {destination}", listed(names)),
        },
        why: "Whoever reads that place has the secret, for as long as it is kept there.",
        help: "leave the value out: its name, or whether it is set, is enough".to_owned(),
        secret: Some(first.name.clone()),
        provider: secret.and_then(|secret| secret.provider),
        channel: Some(first.channel),
        form: None,
        labels,
    }
}

/// `A, B and 3 more`
fn listed(names: &[&str]) -> String {
    let shown = names.len().min(MAX_NAMES);
    let said = names[..shown].join(", ");
    match names.len() - shown {
        0 => match said.rsplit_once(", ") {
            Some((before, last)) => format!("{before} and {last}"),
            None => said,
        },
        more => format!("{said} and {more} more"),
    }
}
