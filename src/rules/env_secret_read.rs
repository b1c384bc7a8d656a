//! # env-secret-read
//!
//! ## What it does
//! Finds reads of a secret from the environment, in whatever shape: a member, an index, destructuring, an alias, a
//! helper's call, a settings class, a schema, a command line option bound to a variable, a read by the compiler.
//!
//! ## Why it is bad
//! What stands in the environment is inherited by every child process, shows in `/proc` and in crash dumps, is sent
//! along by error reporters, and cannot be rotated without a restart. In a secret manager a read is audited and a new
//! value is seen at once.
//!
//! ## Example
//! ```ts
//! const token = process.env.GITHUB_TOKEN;
//! ```
//!
//! Use instead:
//! ```ts
//! const token = secrets.GITHUB_TOKEN; // read from the secret manager, at the time of use
//! ```
//!
//! ## Fix
//! Move the value into the secret manager and read it from there.
//!
//! ## What is not reported
//! Settings that are not secret (`PORT`, `LOG_LEVEL`, `MAX_TOKENS`), values that the code around uses as a flag, a number
//! or the path of a file, writes, and names that `secrets.allow` lists. Test code is judged only with `--include-tests`.

use super::{Context, Cwe, Draft, Part, Rule};
use crate::facts::ValueKind;
use crate::model::{Confidence, Severity};

/// The rule as data.
pub(super) static RULE: Rule = Rule {
    id: "env-secret-read",
    summary: "a secret is read from the environment",
    note: "read here",
    severity: Severity::Warning,
    confidence: Confidence::High,
    cwe: &[
        Cwe {
            id: 526,
            name: "Cleartext Storage of Sensitive Information in an Environment Variable",
        },
        Cwe {
            id: 522,
            name: "Insufficiently Protected Credentials",
        },
    ],
    security_severity: "4.3",
    part: Some(Part::Read),
    source: include_str!("env_secret_read.rs"),
    check,
};

fn check(context: &Context<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let reads = context.facts.reads.iter();
    for read in reads.filter(|read| read.kind == ValueKind::Any) {
        let Some(secret) = context.names.classify(&read.name) else {
            continue;
        };
        let confidence = if secret.ambiguous {
            Confidence::Medium
        } else {
            RULE.confidence
        };
        drafts.push(Draft {
            range: read.range,
            confidence,
            message: format!("secret {} is read from the environment", read.name),
            why: "Child processes, crash dumps and error reporters get what stands in the environment, and a new value needs a restart.",
            help: format!("move {} into the secret manager and read it from there", read.name),
            secret: Some(read.name.clone()),
            provider: secret.provider,
            channel: None,
            form: Some(read.form),
            labels: Vec::new(),
            fix: None,
        });
    }
    drafts
}
