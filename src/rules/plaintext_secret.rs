//! # plaintext-secret
//!
//! ## What it does
//! Finds secrets that stand in plain text in config files: configurations of MCP clients, `.env` files, JSON, YAML, TOML
//! and INI, Dockerfiles, compose files, Kubernetes manifests, shell scripts, key files. A value is judged by the name it
//! stands under and by its own look; a password that everybody can guess, as that of a development database, is a
//! warning. Where code reads a variable of the same name, both places are told together.
//!
//! Strings in source code are judged too: by the shape of a service's credentials, in comments as well; by what they are
//! bound to (a constant, a field, an argument, a header) if they look like a secret; and by what they stand in for, as in
//! `process.env.API_KEY || "…"`.
//!
//! ## Why it is bad
//! A config file is copied, committed, backed up, synchronised and pasted into tickets, and whoever gets the file has the
//! secret. In git it stays after the line was deleted.
//!
//! ## Example
//! ```json
//! { "mcpServers": { "github": { "command": "server-github", "env": { "GITHUB_TOKEN": "ghp_0000example" } } } }
//! ```
//!
//! Use instead:
//! ```json
//! { "mcpServers": { "github": { "command": "server-github", "env": { "GITHUB_TOKEN": "${input:github-token}" } } } }
//! ```
//!
//! ## Fix
//! Move the value into the secret manager, put a reference in its place, and rotate it: it must be taken for known.
//!
//! ## What is not reported
//! References (`${VAR}`, `${input:x}`, `op://…`, `vault:…`, `secretKeyRef`), what is encrypted (SOPS, `SealedSecret`,
//! dotenvx), placeholders, empty values, paths, publishable keys. An `.env` file that git does not track. JSON, YAML and
//! TOML of more than 256 KiB, which are data. Test files are judged only with `--include-tests`. In code, words: a
//! password of words is told only where it stands in for a variable that is not set, or in an address.

use super::{Context, Cwe, Draft, Part, Rule};
use crate::config::{Plaintext, Why};
use crate::model::{Confidence, Form, Severity, Tracking};

/// The rule as data.
pub(super) static RULE: Rule = Rule {
    id: "plaintext-secret",
    summary: "a secret stands in plain text in a config file or in code",
    note: "in plain text",
    severity: Severity::Error,
    confidence: Confidence::High,
    cwe: &[
        Cwe {
            id: 312,
            name: "Cleartext Storage of Sensitive Information",
        },
        Cwe {
            id: 798,
            name: "Use of Hard-coded Credentials",
        },
    ],
    security_severity: "7.5",
    part: Some(Part::Copy),
    source: include_str!("plaintext_secret.rs"),
    check,
};

fn check(context: &Context<'_>) -> Vec<Draft> {
    let facts = context.facts;
    let allowed = |plaintext: &&Plaintext| {
        plaintext.name.is_empty() || !context.names.is_allowed(&plaintext.name)
    };
    let place = match facts.tracking {
        Tracking::Tracked => " in a file that git tracks",
        Tracking::NoGit => " in a file that no git repository leaves out",
        Tracking::Unknown | Tracking::Untracked => "",
    };
    let draft = |plaintext: &Plaintext| {
        let (name, why) = (&plaintext.name, plaintext.why.as_str());
        let (subject, object) = if name.is_empty() {
            ("a secret".to_owned(), "the value")
        } else {
            (format!("secret {name}"), name.as_str())
        };
        Draft {
            range: plaintext.range,
            confidence: plaintext.confidence,
            message: format!("{subject} stands in plain text{place}: the value {why}"),
            why: "Whoever gets a copy of the file has the secret, and git keeps it after the line is gone.",
            help: format!(
                "move {object} into the secret manager, put a reference here, and rotate it"
            ),
            secret: (!name.is_empty()).then(|| name.clone()),
            provider: plaintext.provider,
            channel: None,
            form: (plaintext.why == Why::Weak).then_some(Form::Guessable),
            labels: Vec::new(),
            fix: None,
        }
    };
    facts.plaintext.iter().filter(allowed).map(draft).collect()
}
