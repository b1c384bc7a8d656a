//! # env-to-child
//!
//! ## What it does
//! Finds child processes that get the whole environment: because it is given to them (`env: process.env`,
//! `env=os.environ.copy()`, `.envs(std::env::vars())`; a warning), or because nothing is said and they inherit it (a
//! note). Where a library adds what it is given to what is inherited, a small environment changes nothing: execa without
//! `extendEnv: false`, `Deno.Command` without `clearEnv: true`, `invoke.run` without `replace_env=True`. The message
//! names the secrets that the workspace reads, since those are what the child gets.
//!
//! ## Why it is bad
//! A tool that is started to convert a file or to list a directory can read every credential of the server, and so can
//! whatever it loads, logs or starts itself. A shell prints them with one word.
//!
//! ## Example
//! ```ts
//! spawn("ffmpeg", args, { env: { ...process.env, LANG: "C" } });
//! ```
//!
//! Use instead:
//! ```ts
//! const { PATH, HOME, TMPDIR } = process.env;
//! spawn("ffmpeg", args, { env: { PATH, HOME, TMPDIR, LANG: "C" } });
//! ```
//!
//! ## Fix
//! Pass only what programs need: `PATH`, `HOME`, `USER`, `LANG` and `TMPDIR`; on Windows `PATH`, `APPDATA`, `LOCALAPPDATA`,
//! `SYSTEMROOT`, `TEMP` and `USERPROFILE`; and what this one is started for. In Rust call `env_clear()` first.
//!
//! `--fix --unsafe` replaces the environment where it stands by these, with the others that the SDKs of MCP pass on by
//! themselves, and keeps what is added to it. It is unsafe since a program may need more: proxies, certificates,
//! `SSH_AUTH_SOCK`, what a version manager sets. Nothing is changed where the copy is also used for something else.
//!
//! ## What is not reported
//! Environments made of named variables, copies that were filtered or from which variables were taken out, and the
//! transports of MCP clients that are given no environment, since they pass on a short list by themselves. Where the
//! options of a call come from elsewhere, nothing is said of what is inherited. A worker thread is the same program, so
//! only an environment that is given to one on purpose counts. A severity in the settings is that of both kinds.

use super::{Context, Cwe, Draft, Mend, Rule, listed, way};
use crate::model::{Applicability, Channel, Confidence, Finding, Form, Severity};

/// The rule as data.
pub(super) static RULE: Rule = Rule {
    id: "env-to-child",
    summary: "a child process gets the whole environment",
    note: "here",
    severity: Severity::Warning,
    confidence: Confidence::High,
    cwe: &[
        Cwe {
            id: 526,
            name: "Cleartext Storage of Sensitive Information in an Environment Variable",
        },
        Cwe {
            id: 668,
            name: "Exposure of Resource to Wrong Sphere",
        },
    ],
    security_severity: "5.0",
    part: None,
    source: include_str!("env_to_child.rs"),
    check,
};

fn check(context: &Context<'_>) -> Vec<Draft> {
    let children = context.facts.children.iter();
    children
        .map(|child| {
            let end = (child.start, "the process is started here".to_owned());
            let (message, form, help, title) = if child.is_given {
                (
                    "the whole environment is given to a child process",
                    Form::Given,
                    "pass only what it needs, such as PATH, HOME, USER, LANG and TMPDIR (on Windows also APPDATA and SYSTEMROOT)",
                    "pass only the variables that every program needs",
                )
            } else {
                (
                    "a child process inherits the whole environment",
                    Form::Inherited,
                    "start it with an environment of its own that has only what it needs, such as PATH, HOME, USER, LANG and TMPDIR (on Windows also APPDATA and SYSTEMROOT)",
                    "start it with only the variables that every program needs",
                )
            };
            Draft {
                range: child.source,
                confidence: RULE.confidence,
                message: message.to_owned(),
                why: "The child, and whatever it loads or starts, can read every credential of this process.",
                help: help.to_owned(),
                secret: None,
                provider: None,
                channel: Some(Channel::ChildProcess),
                form: Some(form),
                labels: way(child.source, Vec::new(), &child.steps, end),
                fix: Mend::new(Applicability::Unsafe, title, &child.fix),
            }
        })
        .collect()
}

/// Names the secrets that go along.
pub(super) fn complete(finding: &mut Finding, secrets: &[&str]) {
    let message = &mut finding.message;
    if secrets.is_empty() {
        message.push_str("; no secret is known that this workspace reads");
    } else {
        message.push_str(", with ");
        message.push_str(&listed(secrets));
    }
}
