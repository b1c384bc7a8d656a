//! The check of changed files, in memory: they parse as well as before, and nothing that was moved is still read.
//!
//! Used by the planning.

use std::collections::BTreeMap;

use super::{How, Package, Program, Reason, Texts, Unit};
use crate::edit::Group;
use crate::language::Language;
use crate::rules::{Part, Rule};
use crate::syntax::is_worse;

/// Files that change: before, if they were there, and after.
pub(super) type Changes = BTreeMap<String, (Option<Vec<u8>>, Vec<u8>)>;

/// The units that speak against the changes, with the reason.
pub(super) fn failed(
    changes: &Changes,
    units: &[Unit],
    groups: &[(usize, Group)],
    program: &Program<'_>,
) -> BTreeMap<usize, Reason> {
    let mut failed = BTreeMap::new();
    for (path, (before, after)) in changes {
        if breaks(path, before.as_deref(), after) {
            let touching = groups.iter().filter(|(_, group)| group.contains_key(path));
            let before = failed.len();
            failed.extend(touching.map(|&(number, _)| (number, Reason::WouldBreak)));
            // What is shared may have broken it.
            if failed.len() == before {
                failed.extend(
                    groups
                        .iter()
                        .map(|&(number, _)| (number, Reason::WouldBreak)),
                );
            }
        }
    }
    if !failed.is_empty() || groups.is_empty() {
        return failed;
    }
    let texts: Texts = changes
        .iter()
        .map(|(path, (_, after))| (path.clone(), after.clone()))
        .collect();
    let Some(findings) = (program.judge)(&texts) else {
        let all = groups.iter();
        return all.map(|&(number, _)| (number, Reason::LeftOver)).collect();
    };
    for finding in &findings {
        if Rule::part_of(finding.rule) != Some(Part::Read) {
            continue;
        }
        let package = Package::of(&finding.location.path, program.files);
        let left = groups.iter().map(|&(number, _)| number).filter(|&number| {
            let unit = &units[number];
            finding.secret.as_deref() == Some(&unit.secret)
                && package.as_ref() == Some(&unit.package)
        });
        for number in left {
            let is_plain = |read: &super::Read| {
                matches!(
                    read.how,
                    How::Swap | How::Inline | How::Getter | How::Default | How::Parsed
                )
            };
            let reason = if units[number].reads.iter().all(is_plain) {
                Reason::LeftOver
            } else {
                Reason::of_form(finding.form)
            };
            failed.insert(number, reason);
        }
    }
    failed
}

/// Whether a changed file parses worse than it did. A manifest was read when it was edited; what is new was tried before it
/// was made a template.
fn breaks(path: &str, before: Option<&[u8]>, after: &[u8]) -> bool {
    let language = Language::of_path(path);
    let both = language.zip(before);
    both.is_some_and(|(language, before)| is_worse(language, before, after))
}
