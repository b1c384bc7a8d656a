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

fn check(context: &Context<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for exposure in &context.facts.exposures {
        let Some(secret) = context.names.classify(&exposure.name) else {
            continue;
        };
        let destination = exposure.channel.destination();
        let origin = if exposure.foreign {
            "comes in here"
        } else {
            "read here"
        };
        let mut labels = vec![(exposure.source, origin.to_owned())];
        labels.extend(
            exposure
                .steps
                .iter()
                .take(4)
                .map(|&step| (step, "passes through here".to_owned())),
        );
        labels.push((exposure.sink, format!("goes to {destination} here")));
        // What lies around the place itself would only be drawn over it.
        labels.retain(|(range, _)| {
            range.end <= exposure.value.start || exposure.value.end <= range.start
        });
        drafts.push(Draft {
            range: exposure.value,
            confidence: RULE.confidence,
            message: format!("the value of {} goes to {destination}", exposure.name),
            why: "Whoever reads that place has the secret, for as long as it is kept there.",
            help: "leave the value out: its name, or whether it is set, is enough".to_owned(),
            secret: Some(exposure.name.clone()),
            provider: secret.provider,
            channel: Some(exposure.channel),
            form: None,
            labels,
        });
    }
    drafts
}
