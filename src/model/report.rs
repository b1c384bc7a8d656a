//! The result of a run, before any format renders it.

use std::collections::BTreeMap;

use super::{Finding, SuppressionKind};

/// Why a file was not, or not wholly, analysed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// The file could not be opened or read.
    Unreadable,
    /// Larger than the size cap; not read.
    TooLarge,
    /// Not UTF-8; analysed as far as its bytes allow, or not at all.
    NotUtf8,
    /// Parts were not understood, too deep, over the time budget or over the cap of findings.
    ParseIncomplete,
    /// A defect of envacuate.
    Internal,
    /// A settings or baseline file that cannot be used.
    Settings,
}

impl ProblemKind {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::TooLarge => "too-large",
            Self::NotUtf8 => "not-utf8",
            Self::ParseIncomplete => "parse-incomplete",
            Self::Internal => "internal",
            Self::Settings => "settings",
        }
    }
}

/// A file of which not everything could be said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Path with `/`, as in [`super::Location`].
    pub path: String,
    /// Why.
    pub kind: ProblemKind,
    /// One sentence without any text of the file.
    pub message: String,
}

/// Counts of a run.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Summary {
    /// Files that envacuate knows how to read.
    pub files: usize,
    /// Files that were parsed; the others hold no trace of an environment.
    pub parsed: usize,
    /// Findings that count (not suppressed).
    pub findings: usize,
    /// Findings that are silenced by a comment or the baseline.
    pub suppressed: usize,
    /// Findings that do not count because they are on lines that did not change.
    pub unchanged: usize,
    /// Findings that were there and have been fixed.
    pub fixed: usize,
    /// Findings that count, by rule id.
    pub by_rule: BTreeMap<&'static str, usize>,
}

/// Everything a report needs: sorted, complete, masked.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Report {
    /// Sorted by path, start, rule.
    pub findings: Vec<Finding>,
    /// Sorted by path, kind.
    pub problems: Vec<Problem>,
    /// Counts.
    pub summary: Summary,
}

impl Report {
    /// Counts the findings again; to be called after one was added or silenced.
    pub fn recount(&mut self) {
        let mut by_rule = BTreeMap::new();
        for finding in &self.findings {
            if finding.suppression.is_none() {
                *by_rule.entry(finding.rule).or_insert(0) += 1;
            }
        }
        self.summary.findings = by_rule.values().sum();
        let is_unchanged = |finding: &&Finding| {
            let suppression = finding.suppression.as_ref();
            suppression.is_some_and(|one| one.kind == SuppressionKind::Unchanged)
        };
        self.summary.unchanged = self.findings.iter().filter(is_unchanged).count();
        self.summary.suppressed =
            self.findings.len() - self.summary.findings - self.summary.unchanged;
        self.summary.by_rule = by_rule;
    }
}
