//! The rules: one file each, one table.
//!
//! A rule is a pure function from the facts of a file to findings. It never sees a syntax tree and never a secret
//! manager.

mod env_dump;
mod env_secret_read;

use crate::model::{Confidence, Severity};

/// A rule as data; its documentation is the `//!` block of its own file.
#[derive(Debug)]
pub struct Rule {
    /// Stable id; reads after "allow".
    pub id: &'static str,
    /// What it finds, a few words without a full stop.
    pub summary: &'static str,
    /// Default severity.
    pub severity: Severity,
    /// Usual confidence.
    pub confidence: Confidence,
    /// Weaknesses of the Common Weakness Enumeration, the main one first.
    pub cwe: &'static [Cwe],
    /// The number that code scanning sorts by, 0.1 to 10.0.
    pub security_severity: &'static str,
    /// The text of the rule's own source file.
    pub source: &'static str,
}

/// One weakness of the Common Weakness Enumeration.
#[derive(Debug)]
pub struct Cwe {
    /// Number.
    pub id: u16,
    /// Official name.
    pub name: &'static str,
}

/// All rules, by id.
pub static ALL: &[&Rule] = &[&env_dump::RULE, &env_secret_read::RULE];

impl Rule {
    /// The rule of an id.
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|rule| rule.id == id)
    }

    /// The documentation as Markdown: the `//!` block of the rule's file.
    pub fn documentation(&self) -> String {
        let mut out = String::new();
        for line in self
            .source
            .lines()
            .take_while(|line| line.starts_with("//!"))
        {
            let text = &line[3..];
            out.push_str(text.strip_prefix(' ').unwrap_or(text));
            out.push('\n');
        }
        out
    }

    /// Where the documentation stands on the web.
    pub fn url(&self) -> String {
        format!(
            "{}/blob/main/docs/rules/{}.md",
            env!("CARGO_PKG_REPOSITORY"),
            self.id
        )
    }
}
