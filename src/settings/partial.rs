//! Settings of one source, a file or the arguments, and how they are laid over others.

use std::collections::BTreeMap;

use super::{ExtraSink, Settings};
use crate::model::Severity;
use crate::text::TextRange;

/// A word that somebody else has to resolve, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The word.
    pub text: String,
    /// Where it stands, if it comes from a file.
    pub span: Option<TextRange>,
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            span: None,
        }
    }
}

/// A further sink whose channel is not resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialSink {
    /// As [`ExtraSink::callee`].
    pub callee: String,
    /// As [`ExtraSink::channel`].
    pub channel: Name,
}

/// What one source sets; the rest is left to the layer below.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Partial {
    /// Rules to run; `all` stands for every rule.
    pub select: Option<Vec<Name>>,
    /// Rules not to run.
    pub ignore: Vec<Name>,
    /// Globs of files that are not looked at.
    pub exclude: Vec<String>,
    /// Whether test code is judged as well.
    pub include_tests: Option<bool>,
    /// Larger files are not read, in bytes.
    pub max_file_size: Option<u64>,
    /// The baseline file.
    pub baseline: Option<String>,
    /// The lowest severity that makes a run fail.
    pub fail_on: Option<Severity>,
    /// Severity by rule; `None` is off.
    pub severity: Vec<(Name, Option<Severity>)>,
    /// Globs with the rules that are off in the files they match.
    pub per_file_ignores: Vec<(String, Vec<Name>)>,
    /// Names that are never secrets.
    pub allow: Vec<String>,
    /// Names that are always secrets.
    pub deny: Vec<String>,
    /// Further sinks.
    pub sinks: Vec<PartialSink>,
    /// Functions that mask what they are given.
    pub redactors: Vec<String>,
    /// Functions that read the variable they are given the name of.
    pub helpers: Vec<String>,
}

/// The word that selects every rule.
pub(super) const ALL: &str = "all";

impl Settings {
    /// Lays a source over what is set so far.
    ///
    /// Single values and `select` are replaced, tables are joined key by key, other lists are added to. Selecting rules
    /// anew forgets what lower layers ignore, and giving a rule a severity switches it on again.
    #[must_use]
    pub fn merge(self, over: Partial) -> Self {
        let mut ignore = self.ignore;
        let mut severity = self.severity;
        let select = match over.select {
            Some(names) => {
                ignore.clear();
                let every = names.iter().any(|name| name.text == ALL);
                if every { Vec::new() } else { words(names) }
            }
            None => self.select,
        };
        lay_levels(&mut severity, &mut ignore, over.severity);
        ignore.extend(words(over.ignore));
        let per_file = over.per_file_ignores.into_iter();
        let sinks = over.sinks.into_iter().map(|sink| ExtraSink {
            callee: sink.callee,
            channel: sink.channel.text,
        });
        Self {
            select,
            ignore,
            severity,
            per_file_ignores: joined(
                self.per_file_ignores,
                per_file.map(|(glob, rules)| (glob, words(rules))),
            ),
            exclude: joined(self.exclude, over.exclude),
            include_tests: over.include_tests.unwrap_or(self.include_tests),
            max_file_size: over.max_file_size.unwrap_or(self.max_file_size),
            baseline: over.baseline.or(self.baseline),
            fail_on: over.fail_on.unwrap_or(self.fail_on),
            allow: joined(self.allow, over.allow),
            deny: joined(self.deny, over.deny),
            sinks: joined(self.sinks, sinks),
            redactors: joined(self.redactors, over.redactors),
            helpers: joined(self.helpers, over.helpers),
            whole_files: self.whole_files,
        }
    }
}

fn lay_levels(
    severity: &mut BTreeMap<String, Severity>,
    ignore: &mut Vec<String>,
    over: Vec<(Name, Option<Severity>)>,
) {
    for (rule, level) in over {
        ignore.retain(|ignored| *ignored != rule.text);
        match level {
            Some(level) => {
                severity.insert(rule.text, level);
            }
            None => ignore.push(rule.text),
        }
    }
}

fn words(names: Vec<Name>) -> Vec<String> {
    names.into_iter().map(|name| name.text).collect()
}

fn joined<T>(mut below: Vec<T>, over: impl IntoIterator<Item = T>) -> Vec<T> {
    below.extend(over);
    below
}
