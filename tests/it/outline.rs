//! What is said of a file's top without a parser agrees with the parser, and leaving the rest out changes no finding.
//!
//! `OUTLINE_OF=folder` compares on the source files below a folder as well.

use std::path::PathBuf;

use envacuate::language::Language;
use envacuate::model::Report;
use envacuate::outline::Outline;
use envacuate::scan::classify;
use envacuate::settings::Settings;
use envacuate::syntax::{Parsed, parse};

use crate::support::{case, files, none, relative};

/// Files that are scanned together, by a name to find them by.
type Set = (String, Vec<(String, String)>);

/// Every case, each with its files, and pairs of neighbours in one file: names that mean several things.
fn sets() -> Vec<Set> {
    let (cases, _) = case::all();
    let mut sets: Vec<Set> = Vec::new();
    let mut alone: Vec<(Language, String, String)> = Vec::new();
    for case in cases {
        if let [(path, text)] = case.files.as_slice()
            && let Some(language) = classify(path)
        {
            alone.push((language, path.clone(), text.clone()));
        }
        let first = case.files.first().map_or("", |(path, _)| path);
        sets.push((format!("{}/{first}", case.base), case.files));
    }
    alone.sort();
    for pair in alone.windows(2) {
        let [(language, a, one), (other, b, two)] = pair else {
            continue;
        };
        if language == other {
            sets.push((
                format!("{a} and {b}"),
                vec![(a.clone(), format!("{one}\n{two}"))],
            ));
        }
    }
    sets
}

/// The source files that `OUTLINE_OF` asks for.
fn asked_for() -> Vec<Set> {
    let Some(folder) = std::env::var_os("OUTLINE_OF").map(PathBuf::from) else {
        return Vec::new();
    };
    let paths = files(&folder).into_iter();
    let read = |path: PathBuf| {
        let shown = relative(&path, &folder);
        let text = std::fs::read(&path)
            .ok()
            .and_then(|text| String::from_utf8(text).ok());
        let known = classify(&shown).and(text)?;
        Some((shown.clone(), vec![(shown, known)]))
    };
    paths.filter_map(read).collect()
}

#[test]
fn items_end_where_statements_do() {
    let mut wrong = Vec::new();
    let (mut outlined, mut cuts) = (0, 0);
    for (set, texts) in sets().into_iter().chain(asked_for()) {
        for (path, text) in &texts {
            let Some(language) = classify(path) else {
                continue;
            };
            let Some(outline) = Outline::new(language, text.as_bytes()) else {
                continue;
            };
            let Parsed::Tree(tree) = parse(language, text.as_bytes()) else {
                continue;
            };
            let items: Vec<_> = outline.items().collect();
            outlined += 1;
            cuts += items.len().saturating_sub(1);
            assert_eq!(items.first().map(|item| item.start), Some(0));
            assert_eq!(items.last().map(|item| item.end), Some(text.len()));
            if tree.is_broken() {
                continue;
            }
            let statements: Vec<_> = tree
                .children(tree.root())
                .map(|node| {
                    // A comment at its end may be taken for part of it.
                    let leaves = tree
                        .descendants(node)
                        .filter(|&leaf| tree.subtree(leaf).len() == 1 && !tree.is_comment(leaf));
                    let end = leaves.map(|leaf| tree.range(leaf).end).max();
                    (tree.range(node).start, end.unwrap_or(0), node)
                })
                .collect();
            for pair in items.windows(2) {
                assert_eq!(pair[0].end, pair[1].start);
                let at = pair[1].start;
                let across = statements
                    .iter()
                    .find(|(start, end, _)| *start < at && at < *end);
                if let Some((.., node)) = across {
                    let line = text[..at].matches('\n').count() + 1;
                    let kind = tree.kind_name(*node);
                    wrong.push(format!("{set}: {path}:{line} is inside a {kind}"));
                }
            }
        }
    }
    assert!(
        outlined > 100 && cuts > 500,
        "{outlined} outlines with {cuts} cuts"
    );
    none("cuts inside statements", &wrong);
}

/// Everything that is said, apart from how it is shown.
fn said(report: &Report) -> Vec<String> {
    let findings = report.findings.iter().map(|finding| {
        let (at, name) = (&finding.location, finding.secret.as_deref().unwrap_or("-"));
        format!(
            "{}:{} {} {name} {:?} {:?} {} {}",
            at.path,
            at.start.line,
            finding.rule,
            finding.form,
            finding.channel,
            finding.message,
            finding.labels.len()
        )
    });
    findings.collect()
}

#[test]
fn parts_of_a_file_say_what_all_of_it_says() {
    let settings = Settings::default();
    let whole = Settings {
        whole_files: true,
        ..Settings::default()
    };
    let mut wrong = Vec::new();
    for (set, texts) in sets() {
        let in_parts = said(&case::check(&texts, &settings));
        let whole = said(&case::check(&texts, &whole));
        for line in whole.iter().filter(|line| !in_parts.contains(line)) {
            wrong.push(format!("{set}: lost {line}"));
        }
        for line in in_parts.iter().filter(|line| !whole.contains(line)) {
            wrong.push(format!("{set}: new {line}"));
        }
    }
    none("findings that depend on how much is parsed", &wrong);
}
