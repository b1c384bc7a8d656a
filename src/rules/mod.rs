//! The rules: one file each, one table.
//!
//! A rule is a pure function from the facts of a file to findings. It never sees a syntax tree and never a secret
//! manager.

mod crash_report_env;
mod env_dump;
mod env_secret_read;
mod env_to_child;
mod error_reporter_capture;
mod plaintext_secret;
mod secret_exposed;
mod unused_ignore;

use crate::edit::Edit;
use crate::facts::Facts;
use crate::model::{Applicability, Channel, Confidence, Finding, Form, Severity};
use crate::names::Names;
use crate::text::TextRange;

/// A rule as data; its documentation is the `//!` block of its own file.
#[derive(Debug)]
pub struct Rule {
    /// Stable id; reads after "allow".
    pub id: &'static str,
    /// What it finds, a few words without a full stop.
    pub summary: &'static str,
    /// What an excerpt says under the place, two or three words.
    pub note: &'static str,
    /// Default severity.
    pub severity: Severity,
    /// Usual confidence.
    pub confidence: Confidence,
    /// Weaknesses of the Common Weakness Enumeration, the main one first.
    pub cwe: &'static [Cwe],
    /// The number that code scanning sorts by, 0.1 to 10.0.
    pub security_severity: &'static str,
    /// What its findings are to a secret, if they are about one.
    pub part: Option<Part>,
    /// The text of the rule's own source file.
    pub source: &'static str,
    /// What it has to say of a file.
    pub check: fn(&Context<'_>) -> Vec<Draft>,
}

/// What a finding is to the secret that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It is read there.
    Read,
    /// It leaves there.
    Exposure,
    /// It stands there in plain text.
    Copy,
}

/// Everything a rule may look at.
#[derive(Debug)]
pub struct Context<'f> {
    /// What the file does.
    pub facts: &'f Facts,
    /// Which names are names of secrets.
    pub names: &'f Names,
    /// Comments that silence nothing, or not as their author meant: place and what is wrong.
    pub ignores: &'f [(TextRange, String)],
}

/// A finding before it has lines, columns and an excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Where.
    pub range: TextRange,
    /// How sure.
    pub confidence: Confidence,
    /// What is wrong, without a full stop.
    pub message: String,
    /// Why it matters, one sentence.
    pub why: &'static str,
    /// What to do, one sentence.
    pub help: String,
    /// The variable, where there is one.
    pub secret: Option<String>,
    /// The service that the variable's name points to.
    pub provider: Option<&'static str>,
    /// By which way the value leaves.
    pub channel: Option<Channel>,
    /// The shape of the read.
    pub form: Option<Form>,
    /// Related places of the same file.
    pub labels: Vec<(TextRange, String)>,
    /// What makes it go away.
    pub fix: Option<Mend>,
}

/// A fix before its places have lines and columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// How far it can be trusted.
    pub applicability: Applicability,
    /// What it does, as an order, without a full stop.
    pub title: &'static str,
    /// What it changes in the same file.
    pub edits: Vec<Edit>,
}

impl Mend {
    /// A fix, where there is something to change.
    fn new(applicability: Applicability, title: &'static str, edits: &[Edit]) -> Option<Self> {
        (!edits.is_empty()).then(|| Self {
            applicability,
            title,
            edits: edits.to_vec(),
        })
    }
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
pub static ALL: &[&Rule] = &[
    &crash_report_env::RULE,
    &env_dump::RULE,
    &env_secret_read::RULE,
    &env_to_child::RULE,
    &error_reporter_capture::RULE,
    &plaintext_secret::RULE,
    &secret_exposed::RULE,
    &unused_ignore::RULE,
];

/// Says what only the whole workspace knows: which secrets it reads, in order.
pub fn complete(finding: &mut Finding, secrets: &[&str]) {
    if finding.rule == env_to_child::RULE.id {
        env_to_child::complete(finding, secrets);
    }
}

/// Places of a way that are labelled.
const MAX_STEPS: usize = 4;
/// Names that a message says.
const MAX_NAMED: usize = 5;

/// Labels for where a value came through and where it goes, after others. What lies around the finding itself would only
/// be drawn over it, and one place needs one label.
fn way(
    found: TextRange,
    mut labels: Vec<(TextRange, String)>,
    steps: &[TextRange],
    end: (TextRange, String),
) -> Vec<(TextRange, String)> {
    let steps = steps.iter().take(MAX_STEPS);
    labels.extend(steps.map(|&step| (step, "passes through here".to_owned())));
    labels.push(end);
    let mut seen = Vec::new();
    labels.retain(|(range, _)| {
        let is_new = !seen.contains(range);
        seen.push(*range);
        is_new && (range.end <= found.start || found.end <= range.start)
    });
    labels
}

/// `A`, `A and B`, `A, B and 3 more`.
fn listed(names: &[&str]) -> String {
    let named = &names[..names.len().min(MAX_NAMED)];
    match (named, names.len() - named.len()) {
        ([first @ .., last], 0) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        (named, 0) => named.join(", "),
        (named, more) => format!("{} and {more} more", named.join(", ")),
    }
}

impl Rule {
    /// How bad a finding of the rule is by default.
    pub fn severity_of(&self, form: Option<Form>) -> Severity {
        match form {
            // What a process inherits was not asked for, and is how most of them are started.
            Some(Form::Inherited) => Severity::Note,
            // Most are the start of a development database.
            Some(Form::Guessable) => Severity::Warning,
            _ => self.severity,
        }
    }

    /// What a finding of the rule of an id is to its secret.
    pub fn part_of(id: &str) -> Option<Part> {
        Self::find(id).and_then(|rule| rule.part)
    }

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
