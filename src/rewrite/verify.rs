//! The check of changed files, in memory: they parse as well as before, and nothing that was moved is still read.

use std::collections::{BTreeMap, BTreeSet};

use super::{Reason, Unit};
use crate::edit::Group;
use crate::language::Language;
use crate::rules::{Part, Rule};
use crate::scan::scan;
use crate::settings::Settings;
use crate::syntax::{Parsed, parse};

/// The units that a changed file speaks against, with the reason.
pub(super) fn failed(
    changed: &BTreeMap<String, (Option<Vec<u8>>, Vec<u8>)>,
    units: &[Unit],
    groups: &[(usize, Group)],
    settings: &Settings,
) -> BTreeMap<usize, Reason> {
    let mut failed = BTreeMap::new();
    for (path, (before, after)) in changed {
        let touching = groups.iter().filter(|(_, group)| group.contains_key(path));
        let touching: Vec<usize> = touching.map(|(number, _)| *number).collect();
        // A manifest was read when it was edited.
        if Language::of_path(path).is_none() {
            continue;
        }
        let errors = |text: &[u8]| match parse(Language::of_path(path)?, text) {
            Parsed::Tree(tree) => Some(tree.errors()),
            Parsed::Refused(_) => None,
        };
        let was = before.as_deref().and_then(errors);
        let is_worse = match (was, errors(after)) {
            (Some(was), Some(is)) => is > was,
            _ => true,
        };
        if is_worse {
            failed.extend(touching.iter().map(|&number| (number, Reason::WouldBreak)));
            continue;
        }
        let found = scan(path, after, settings);
        let reads = found
            .findings
            .iter()
            .filter(|finding| Rule::part_of(finding.rule) == Some(Part::Read));
        let left: BTreeSet<&str> = reads
            .filter_map(|finding| finding.secret.as_deref())
            .collect();
        let still = touching
            .iter()
            .filter(|&&number| left.contains(units[number].secret.as_str()));
        failed.extend(still.map(|&number| (number, Reason::LeftOver)));
    }
    failed
}
