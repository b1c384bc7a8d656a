//! # secret-exposed
//!
//! ## What it does
//! Finds places where the value of one secret, read from the environment, leaves the process: in a log, on standard
//! output, in an error message, in a tool's answer, in an HTTP response, in an error report, in a file or on the command
//! line of a process that is started. The value is followed through names, fields, objects, texts, schemas and the
//! functions of the program.
//!
//! ## Why it is bad
//! Logs, answers and reports are read by more people and kept longer than the secret was meant for, and a tool's answer
//! goes to the model and to whoever steers it. Command lines can be read by every user of the machine. A secret that was
//! written there once has to be replaced.
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
//! secret in a header instead of in the address; axios keeps headers with its errors as well, of which the message is
//! enough.
//!
//! ## What is not reported
//! A part of the value, its length, whether it is there, what a function for masking returns, a `SecretStr` or
//! `SecretString`, structs of Rust with a `Debug` of their own, what a child process gets in its environment, and
//! variables whose name says that they are public.

use super::{Context, Cwe, Draft, MAX_NAMED, Part, Rule, listed, way};
use crate::facts::Exposure;
use crate::model::{Channel, Confidence, Severity};

/// The rule as data.
pub(super) static RULE: Rule = Rule {
    id: "secret-exposed",
    summary: "the value of a secret leaves the process",
    note: "leaves here",
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
        Cwe {
            id: 214,
            name: "Invocation of Process Using Visible Sensitive Information",
        },
    ],
    security_severity: "8.2",
    part: Some(Part::Exposure),
    source: include_str!("secret_exposed.rs"),
    check,
};

fn check(context: &Context<'_>) -> Vec<Draft> {
    let exposures = context.facts.exposures.iter();
    let exposures: Vec<&Exposure> = exposures
        .filter(|exposure| context.names.classify(&exposure.name).is_some())
        .filter(|exposure| !is_public(&exposure.name))
        .filter(|exposure| {
            !(exposure.channel == Channel::CommandLine && is_command(&exposure.name))
        })
        .collect();
    // One place may show several.
    let together = exposures
        .chunk_by(|a, b| a.value == b.value && a.channel == b.channel && a.in_help == b.in_help);
    together.map(|same| draft(context, same)).collect()
}

/// Whether a variable holds what is made to be seen: `MAPBOX_PUBLIC_TOKEN`.
fn is_public(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    name.split('_')
        .any(|word| matches!(word, "PUBLIC" | "PUBLISHABLE"))
}

/// Whether a variable holds what is to be run: `TOKEN_COMMAND`.
fn is_command(name: &str) -> bool {
    const WORDS: [&str; 6] = ["CMD", "COMMAND", "HELPER", "PROGRAM", "SCRIPT", "SHELL"];
    let name = name.to_ascii_uppercase();
    name.rsplit('_')
        .next()
        .is_some_and(|last| WORDS.contains(&last))
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
    for exposure in exposures.iter().take(MAX_NAMED) {
        let origin = if exposure.foreign {
            "comes in here"
        } else {
            "read here"
        };
        labels.push((exposure.source, origin.to_owned()));
    }
    let end = (first.sink, format!("goes to {destination} here"));
    let secret = context.names.classify(&first.name);
    Draft {
        range: first.value,
        confidence: if first.in_help {
            Confidence::Medium
        } else {
            RULE.confidence
        },
        message: match names.as_slice() {
            [name] if first.in_help => format!("the help of the program shows the value of {name}"),
            [name] => format!("the value of {name} goes to {destination}"),
            names => format!("the values of {} go to {destination}", listed(names)),
        },
        why: why(first),
        help: help(first).to_owned(),
        secret: Some(first.name.clone()),
        provider: secret.and_then(|secret| secret.provider),
        channel: Some(first.channel),
        form: None,
        labels: way(first.value, labels, &first.steps, end),
        fix: None,
    }
}

fn why(exposure: &Exposure) -> &'static str {
    match exposure.channel {
        _ if exposure.in_help => {
            "`--help` prints what the variable is set to, for everyone who asks and everything that keeps the output."
        }
        Channel::CommandLine => {
            "While the process runs, every user of the machine can read its command line, with `ps` or in `/proc`."
        }
        _ => "Whoever reads that place has the secret, for as long as it is kept there.",
    }
}

fn help(exposure: &Exposure) -> &'static str {
    match exposure.channel {
        _ if exposure.in_help => "set `hide_env_values = true` on the option",
        Channel::CommandLine => {
            "give it to the process in its environment or on its standard input instead"
        }
        _ => "leave the value out: its name, or whether it is set, is enough",
    }
}
