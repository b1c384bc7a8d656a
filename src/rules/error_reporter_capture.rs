//! # error-reporter-capture
//!
//! ## What it does
//! Finds Sentry, Rollbar, Honeybadger and Bugsnag set up so that local variables, request headers, cookies, the command
//! line or the environment go along with each error report, without a scrubber of your own.
//!
//! ## Why it is bad
//! A report leaves the machine for a service that many can read and that keeps it for months. In an MCP server the local
//! variables of a failing call are its tokens, and the headers of a request are the credentials of the user behind it.
//! The filters that come with the libraries know a dozen exact names; `github_token`, a settings object or a header of
//! your own is not among them.
//!
//! What leaves unless it is switched off, and what keeps it in:
//!
//! | library | leaves | keeps it in |
//! | --- | --- | --- |
//! | Sentry for Python | local variables of every frame; with `send_default_pii` all headers, cookies, and what tools are given and return. The default `EventScrubber` takes out exact names, and looks into no object | `include_local_variables=False`, `before_send`, `EventScrubber(recursive=True)` or one with a `denylist`, `data_collection` with `stack_frame_variables` off |
//! | Sentry for Node, Bun, Deno, Workers | request headers; since version 11 also bodies and local variables; with `sendDefaultPii` cookies and what tools are given and return; with `includeLocalVariables` local variables | `beforeSend`, an event processor, `dataCollection` with `stackFrameVariables` off |
//! | Sentry in a browser, Sentry for Rust | sensitive headers and cookies, only with `sendDefaultPii` or `send_default_pii` | leaving that out, `beforeSend` or `before_send` |
//! | Rollbar for Python | local variables of the program's frames, `sys.argv` | `locals={"enabled": False}`, `scrub_fields`, a payload handler |
//! | Rollbar for Node | request headers, `process.argv`; with `locals` local variables | `scrubFields`, `scrubHeaders`, `scrubPaths`, `transform` |
//! | Honeybadger | request headers and cookies, of which only `password` and `creditcard` are filtered; in Python with `report_local_variables` local variables | `filters` or `params_filters`, `beforeNotify` or `before_notify` |
//! | Bugsnag | request headers, of which in JavaScript only `password` is filtered; in Python with `send_environment` the environment of the request | `redactedKeys` or `params_filters`, `onError` or `before_notify` |
//!
//! ## Example
//! ```python
//! sentry_sdk.init(dsn=DSN, send_default_pii=True)
//! ```
//!
//! Use instead:
//! ```python
//! sentry_sdk.init(dsn=DSN, include_local_variables=False, before_send=scrub)
//! ```
//!
//! ## Fix
//! Switch off what nobody looks at, and set a function or a list of names that takes secrets out before a report leaves.
//!
//! ## What is not reported
//! Set-ups with a scrubber, whatever it does; set-ups whose options come from elsewhere and cannot be seen; Sentry for
//! Node with `sendDefaultPii: false`, which only versions before 11 know, where headers that look sensitive stay in.

use super::{Context, Cwe, Draft, Rule};
use crate::model::{Channel, Confidence, Severity};

/// The rule as data.
pub(super) static RULE: Rule = Rule {
    id: "error-reporter-capture",
    summary: "error reports carry values and nothing scrubs them",
    note: "here",
    severity: Severity::Warning,
    confidence: Confidence::High,
    cwe: &[
        Cwe {
            id: 201,
            name: "Insertion of Sensitive Information Into Sent Data",
        },
        Cwe {
            id: 209,
            name: "Generation of Error Message Containing Sensitive Information",
        },
    ],
    security_severity: "5.5",
    part: None,
    source: include_str!("error_reporter_capture.rs"),
    check,
};

fn check(context: &Context<'_>) -> Vec<Draft> {
    let reporters = context.facts.reporters.iter();
    reporters
        .map(|reporter| Draft {
            range: reporter.range,
            // What a library does by itself may change with its version, or need a web server around it.
            confidence: if reporter.asked || reporter.carries.contains(&"local variables") {
                Confidence::High
            } else {
                Confidence::Medium
            },
            message: format!(
                "error reports to {} carry {}, and no scrubber is set",
                reporter.service,
                listed(&reporter.carries)
            ),
            why: "A failing call hands its tokens to the service, and to everyone who can read its reports.",
            help: reporter.help.to_owned(),
            secret: None,
            provider: None,
            channel: Some(Channel::ErrorReport),
            form: None,
            labels: Vec::new(),
            fix: None,
        })
        .collect()
}

/// `a, b and c`
fn listed(words: &[&str]) -> String {
    match words {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        words => words.concat(),
    }
}
