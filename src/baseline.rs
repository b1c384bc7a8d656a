//! The baseline: findings that are known and do not count.
//!
//! A JSON file that merges well: sorted, one finding a line, no line numbers, no time, and nothing of a value. A
//! finding is known by its fingerprint, as often as the baseline counts it. Reading and writing the file is for the
//! front ends.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::model::{Report, Suppression, SuppressionKind};
use crate::settings::SettingsError;
use crate::text::{LineIndex, TextRange};

/// The only version there is.
const VERSION: u64 = 1;

/// A finding that is known; ordered as in the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// The path in which it was found, for the reader of the file.
    pub path: String,
    /// The rule's id, for the reader of the file.
    pub rule: String,
    /// The environment name, for the reader of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// What it is known by.
    pub fingerprint: String,
    /// How many findings there are with this fingerprint.
    pub count: usize,
}

/// All findings that are known.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Baseline {
    /// Sorted.
    pub entries: Vec<Entry>,
}

/// What a baseline did to a report.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct BaselineUse {
    /// Findings that it silenced.
    pub matched: usize,
    /// Findings that count, because it does not know them.
    pub new: usize,
    /// What it knows and nobody found, with the count that is left over.
    pub stale: Vec<Entry>,
}

/// The baseline file of a report: every finding that no comment silences.
pub fn render(report: &Report) -> String {
    let mut counts = BTreeMap::new();
    for finding in &report.findings {
        if finding
            .suppression
            .as_ref()
            .is_none_or(|suppression| suppression.kind == SuppressionKind::Baseline)
        {
            let key = (
                &finding.location.path,
                finding.rule,
                &finding.secret,
                &finding.fingerprint,
            );
            *counts.entry(key).or_insert(0) += 1;
        }
    }
    let mut out = format!("{{\n\"version\": {VERSION},\n\"findings\": [");
    for (at, ((path, rule, secret, fingerprint), count)) in counts.into_iter().enumerate() {
        let entry = Entry {
            path: path.clone(),
            rule: rule.to_owned(),
            secret: secret.clone(),
            fingerprint: fingerprint.clone(),
            count,
        };
        let line = serde_json::to_string(&entry).expect("strings and a number are JSON");
        let comma = if at == 0 { "" } else { "," };
        write!(out, "{comma}\n{line}").expect("writing to a string does not fail");
    }
    out.push_str("\n]\n}\n");
    out
}

/// The file as it stands on disk; members that a later version adds are passed over.
#[derive(Deserialize)]
struct File {
    version: u64,
    findings: Vec<Entry>,
}

/// Reads a baseline file. An error never says what stands in it.
pub fn parse(text: &str) -> Result<Baseline, SettingsError> {
    let file: File = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| unreadable(&error, text))?;
    if file.version != VERSION {
        return Err(
            SettingsError::new("the baseline has a version that is not known", None)
                .with_help("write it anew, or use a newer envacuate"),
        );
    }
    let mut entries = file.findings;
    entries.sort();
    Ok(Baseline { entries })
}

fn unreadable(error: &serde_json::Error, text: &str) -> SettingsError {
    let message = match error.classify() {
        serde_json::error::Category::Data => {
            "not a baseline: a member is missing or of another type"
        }
        serde_json::error::Category::Eof => "not valid JSON: the text ends too early",
        _ => "not valid JSON",
    };
    let index = LineIndex::new(text.as_bytes());
    let at = index.start(error.line()) + error.column().saturating_sub(1);
    let at = at.min(text.len());
    let help = if text.contains("<<<<<<<") {
        "resolve the merge conflict: keep the lines of both sides"
    } else {
        "write it anew"
    };
    SettingsError::new(message, Some(TextRange::new(at, text.len().min(at + 1)))).with_help(help)
}

/// Silences the findings that the baseline knows, and counts the report again.
pub fn apply(baseline: &Baseline, report: &mut Report) -> BaselineUse {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &baseline.entries {
        let known = left.entry(&entry.fingerprint).or_default();
        *known = known.saturating_add(entry.count);
    }
    let mut used = BaselineUse::default();
    for finding in &mut report.findings {
        if finding.suppression.is_some() {
            continue;
        }
        match left.get_mut(finding.fingerprint.as_str()) {
            Some(known) if *known > 0 => {
                *known -= 1;
                used.matched += 1;
                finding.suppression = Some(Suppression {
                    kind: SuppressionKind::Baseline,
                    reason: "in the baseline".to_owned(),
                });
            }
            _ => used.new += 1,
        }
    }
    // Of several entries with one fingerprint the last ones are the ones left over.
    for entry in baseline.entries.iter().rev() {
        let Some(known) = left.get_mut(entry.fingerprint.as_str()) else {
            continue;
        };
        let count = entry.count.min(*known);
        *known -= count;
        if count > 0 {
            used.stale.push(Entry {
                count,
                ..entry.clone()
            });
        }
    }
    used.stale.reverse();
    report.recount();
    used
}
