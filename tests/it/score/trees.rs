//! Real programs, against the places labelled in them. The built binary is asked, as a user would.

use std::fs;
use std::path::Path;
use std::process::Command;

use envacuate::language::Language;
use serde_json::Value;

use super::labels::{Found, Label};
use super::table::Table;
use crate::support::{entries, name};

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    pub(crate) table: Table,
    pub(crate) scored: usize,
    /// Labelled trees that are not there.
    pub(crate) absent: Vec<String>,
    /// Every miss and every false finding, one a line.
    pub(crate) wrong: Vec<String>,
}

/// Counts over all labelled trees; `labels/a.jsonl` has the labels of `trees/a`.
pub(crate) fn score(labels: &Path, trees: &Path) -> Measured {
    let mut measured = Measured::default();
    for path in entries(labels) {
        let file = name(&path);
        let Some(name) = file.strip_suffix(".jsonl") else {
            continue;
        };
        let tree = trees.join(name);
        if !tree.is_dir() {
            measured.absent.push(name.to_owned());
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let labels: Vec<Label> = text.lines().filter_map(Label::parse).collect();
        count(&mut measured, name, &labels, check(&tree));
        measured.scored += 1;
    }
    measured
}

fn count(measured: &mut Measured, tree: &str, labels: &[Label], mut found: Vec<Found>) {
    for label in labels {
        let Some(rule) = label.rule else { continue };
        let met = label.met_by(&found);
        if let Some(at) = met {
            found[at].is_used = true;
        }
        if !label.counts {
            continue;
        }
        let count = measured.table.at(rule, family(&label.file));
        if met.is_some() {
            count.found += 1;
        } else {
            count.missed += 1;
            let (file, line, name) = (&label.file, label.line, label.name.as_deref());
            let name = name.unwrap_or_default();
            measured
                .wrong
                .push(format!("missed {rule} {tree}/{file}:{line} {name}"));
        }
    }
    for one in found.iter().filter(|one| !one.is_used) {
        if !one.is_forgiven(labels) {
            measured.table.at(&one.rule, family(&one.file)).wrong += 1;
            let (rule, file, line) = (&one.rule, &one.file, one.first);
            measured
                .wrong
                .push(format!("false  {rule} {tree}/{file}:{line}"));
        }
    }
}

/// What the binary finds below a folder.
fn check(tree: &Path) -> Vec<Found> {
    let output = Command::new(env!("CARGO_BIN_EXE_envacuate"))
        .args(["check", "--format", "json", "."])
        .current_dir(tree)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{}: {e}", tree.display()));
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let text = |key: &str| finding[key].as_str().map(str::to_owned);
            let line = |at: &str| usize::try_from(finding[at]["line"].as_u64().unwrap()).unwrap();
            Found {
                file: text("path").unwrap(),
                rule: text("rule").unwrap(),
                first: line("start"),
                last: line("end"),
                name: text("secret"),
                is_used: false,
            }
        })
        .collect()
}

fn family(path: &str) -> &'static str {
    Language::of_path(path).map_or("config", |language| language.family().as_str())
}
