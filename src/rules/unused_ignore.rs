//! # unused-ignore
//!
//! ## What it does
//! Finds `envacuate: ignore[…]` comments that silence nothing, name a rule that does not exist, or are not written as
//! they must be.
//!
//! ## Why it is bad
//! A comment that silences nothing today silences the next finding that appears there, and nobody will see it. One that
//! is misspelt gives false comfort.
//!
//! ## Example
//! ```python
//! port = os.environ["PORT"]  # envacuate: ignore[env-secret-read] was a token once
//! ```
//!
//! Use instead:
//! ```python
//! port = os.environ["PORT"]
//! ```
//!
//! ## Fix
//! Delete the comment, or correct it.
//!
//! ## What is not reported
//! Comments for rules that are switched off in this run.

use super::{Context, Draft, Rule};
use crate::model::{Confidence, Severity};

/// The rule as data.
pub(super) static RULE: Rule = Rule {
    id: "unused-ignore",
    summary: "an ignore comment silences nothing",
    note: "here",
    severity: Severity::Warning,
    confidence: Confidence::High,
    cwe: &[],
    security_severity: "0.1",
    part: None,
    source: include_str!("unused_ignore.rs"),
    check,
};

fn check(context: &Context<'_>) -> Vec<Draft> {
    context
        .ignores
        .iter()
        .map(|(range, message)| Draft {
            range: *range,
            confidence: RULE.confidence,
            message: message.clone(),
            why: "It would silence the next finding that appears here, unseen.",
            help: "delete the comment, or correct it".to_owned(),
            secret: None,
            provider: None,
            channel: None,
            form: None,
            labels: Vec::new(),
            fix: None,
        })
        .collect()
}
