//! Every fixture against the findings it announces.
//!
//! All rules run on every fixture, so that an unexpected finding of another rule fails too. `FIXTURE=part-of-path` runs
//! only the cases whose path holds that text.

use envacuate::model::{ProblemKind, Report};
use envacuate::settings::Settings;

use crate::support::case::{self, Case};
use crate::support::{annotation, matching, none};

fn cases() -> Vec<Case> {
    let wanted = std::env::var("FIXTURE").unwrap_or_default();
    let (mut cases, _) = case::all();
    cases.retain(|case| {
        case.files
            .iter()
            .any(|(path, _)| format!("{}/{path}", case.base).contains(&wanted))
    });
    cases
}

#[test]
fn every_folder_names_a_rule_and_a_family() {
    let (cases, stray) = case::all();
    none("folders that say nothing", &stray);
    assert!(!cases.is_empty(), "no fixtures");
}

#[test]
fn findings_are_the_ones_announced() {
    let settings = Settings::default();
    let mut wrong = Vec::new();
    for case in cases() {
        let report = case::check(&case.files, &settings);
        for (path, text) in &case.files {
            let shown = format!("{}/{path}", case.base);
            let expected = match annotation::parse(text) {
                Ok(expected) => expected,
                Err(why) => {
                    wrong.push(format!("{shown}:{why}"));
                    continue;
                }
            };
            let found: Vec<_> = report
                .findings
                .iter()
                .filter(|finding| finding.location.path == *path)
                .collect();
            for (line, what) in matching::compare(&expected, &found) {
                wrong.push(format!("{shown}:{line}: {what}"));
            }
        }
        wrong.extend(defects(&case, &report));
    }
    none("differences between fixtures and findings", &wrong);
}

/// What no fixture may cause: a defect of ours, or a finding in a file that was not given.
fn defects(case: &Case, report: &Report) -> Vec<String> {
    let internal = report
        .problems
        .iter()
        .filter(|problem| problem.kind == ProblemKind::Internal)
        .map(|problem| format!("{}/{}: {}", case.base, problem.path, problem.message));
    let foreign = report
        .findings
        .iter()
        .map(|finding| &finding.location.path)
        .filter(|path| !case.files.iter().any(|(known, _)| known == *path))
        .map(|path| format!("{}: a finding in `{path}`, which is not there", case.base));
    internal.chain(foreign).collect()
}

/// What must not depend on line endings: file, line, rule and name.
fn outline(report: &Report) -> Vec<String> {
    let mut lines: Vec<_> = report
        .findings
        .iter()
        .map(|f| {
            let name = f.secret.as_deref().unwrap_or("-");
            format!(
                "{}:{} {} {name}",
                f.location.path, f.location.start.line, f.rule
            )
        })
        .collect();
    lines.sort();
    lines
}

#[test]
fn line_endings_change_nothing() {
    let settings = Settings::default();
    let mut wrong = Vec::new();
    for case in cases() {
        let crlf: Vec<_> = case
            .files
            .iter()
            .map(|(path, text)| (path.clone(), text.replace('\n', "\r\n")))
            .collect();
        let lf = outline(&case::check(&case.files, &settings));
        let crlf = outline(&case::check(&crlf, &settings));
        for line in lf.iter().filter(|line| !crlf.contains(line)) {
            wrong.push(format!("{}/{line}: not with CRLF", case.base));
        }
        for line in crlf.iter().filter(|line| !lf.contains(line)) {
            wrong.push(format!("{}/{line}: only with CRLF", case.base));
        }
    }
    none("findings that depend on line endings", &wrong);
}

#[test]
fn the_order_of_files_changes_nothing() {
    let settings = Settings::default();
    for case in cases() {
        let mut reversed = case.files.clone();
        reversed.reverse();
        let (one, other) = (
            case::check(&case.files, &settings),
            case::check(&reversed, &settings),
        );
        assert!(one == other, "{}: depends on the order of files", case.base);
    }
}
