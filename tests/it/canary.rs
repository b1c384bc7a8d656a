//! No output ever holds a value, wherever in a file it stands.
//!
//! The files of `fixtures/canary/` have a slot in every place where a value could stand: `«s»` inside a literal, a
//! comment or text, `«n»` for a number, `«h»` for an identifier. Each slot in turn holds a canary, and no format may
//! let it out: a word that nothing but its place gives away, and some that look generated.

use std::fmt::Write as _;

use envacuate::report::{ALL, Options, render};
use envacuate::scan::classify;
use envacuate::settings::Settings;

use crate::support::{case, files, name, none, root, text};

/// Looks generated; may stand anywhere, in names as well.
const RANDOM: &str = "ENVCANARY0123456789abcdef0123456789abcdef";

/// Looks like words; only its place says that it could be a value.
const PLAIN: &str = "hunter2-canary-zebra";

/// Looks chosen, and nothing like a pattern: reported where its place has the name of a secret.
const CHOSEN: &str = "q7Rt92xLmVb8Nc1ZkQ4wYp3H";

/// Has the shape of a service's credentials: reported wherever it stands.
const SHAPED: &str = "ghp_fixture7Qk2Zx9Lm4Vb8Nc1Rt6Yw3Hd5J";

/// A number that could be one.
const NUMBER: &str = "4815162342133748";

/// So many characters of a canary in a row are a leak, whatever a format puts between them.
const WINDOW: usize = 10;

/// Kinds of slots: the mark, what stands there otherwise, and the canaries that may.
const SLOTS: &[(&str, &str, &[&str])] = &[
    ("«s»", "a", &[PLAIN, RANDOM, CHOSEN, SHAPED]),
    ("«n»", "1", &[NUMBER]),
    ("«h»", "plain", &[RANDOM]),
];

/// The template with one canary in the slot at `only`, or in all slots of `mark`.
fn fill(template: &str, mark: &str, canary: &str, only: Option<usize>) -> String {
    let mut out = template.to_owned();
    match only {
        Some(at) => out.replace_range(at..at + mark.len(), canary),
        None => out = out.replace(mark, canary),
    }
    for (other, filler, _) in SLOTS {
        out = out.replace(other, filler);
    }
    out
}

fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn leaks(output: &str, canary: &str) -> bool {
    let (output, canary) = (letters(output), letters(canary));
    (0..=canary.len() - WINDOW).any(|at| output.contains(&canary[at..at + WINDOW]))
}

/// The names of the formats that let the canary out.
fn leaking(path: &str, text: &str, canary: &str) -> String {
    let settings = Settings::default();
    let options = Options {
        notes: true,
        inventory: true,
        statistics: true,
        verbose: true,
        ..Options::default()
    };
    let files = [(path.to_owned(), text.as_bytes().to_vec())];
    let report = case::check(&files, &settings);
    let mut names = String::new();
    for (format, name, _) in ALL {
        let mut out = Vec::new();
        render(&report, *format, &options, &mut out).unwrap();
        if leaks(str::from_utf8(&out).unwrap(), canary) {
            write!(names, " {name}").unwrap();
        }
    }
    names
}

/// File name and template.
fn templates() -> Vec<(String, String)> {
    let found: Vec<_> = files(&root().join("fixtures/canary"))
        .iter()
        .map(|path| (name(path), text(path)))
        .collect();
    assert!(!found.is_empty());
    found
}

#[test]
fn no_output_holds_a_value() {
    let mut wrong = Vec::new();
    for (file, template) in templates() {
        let path = format!("src/{file}");
        for &(mark, _, canaries) in SLOTS {
            for canary in canaries {
                for (at, _) in template.match_indices(mark) {
                    let names = leaking(&path, &fill(&template, mark, canary, Some(at)), canary);
                    if !names.is_empty() {
                        let line = template[..at].matches('\n').count() + 1;
                        wrong.push(format!("fixtures/canary/{file}:{line}: {canary} in{names}"));
                    }
                }
                let names = leaking(&path, &fill(&template, mark, canary, None), canary);
                if !names.is_empty() {
                    wrong.push(format!(
                        "fixtures/canary/{file}: {canary} all over, in{names}"
                    ));
                }
            }
        }
    }
    none("values in outputs", &wrong);
}

/// What all formats make of a file.
fn outputs(path: &str, text: &str) -> Vec<(&'static str, String)> {
    let files = [(path.to_owned(), text.as_bytes().to_vec())];
    let report = case::check(&files, &Settings::default());
    let all = ALL.iter().map(|(format, name, _)| {
        let mut out = Vec::new();
        render(&report, *format, &Options::default(), &mut out).unwrap();
        (*name, String::from_utf8(out).unwrap())
    });
    all.collect()
}

#[test]
fn no_output_is_made_of_a_value() {
    let mut wrong = Vec::new();
    for (file, template) in templates() {
        let path = format!("src/{file}");
        for (mark, one, other) in [
            ("«s»", PLAIN, "hunter3-canary-zebro"),
            ("«n»", NUMBER, "4815162342133749"),
        ] {
            assert_eq!(one.len(), other.len());
            let of = |canary| outputs(&path, &fill(&template, mark, canary, None));
            for ((name, one), (_, other)) in of(one).into_iter().zip(of(other)) {
                if one != other {
                    wrong.push(format!("fixtures/canary/{file}: {mark} in {name}"));
                }
            }
        }
    }
    none("outputs that tell two values apart", &wrong);
}

#[test]
fn the_canaries_sit_next_to_findings() {
    for (file, template) in templates() {
        // Of these the strings themselves are found.
        let (filler, rules) = if file.starts_with("strings.") {
            (CHOSEN, &["plaintext-secret"][..])
        } else if classify(&file).is_some() {
            ("a", &["env-dump", "env-secret-read"][..])
        } else {
            ("a", &["plaintext-secret"][..])
        };
        let files = [(format!("src/{file}"), fill(&template, "«s»", filler, None))];
        let report = case::check(&files, &Settings::default());
        for &rule in rules {
            let found = report.findings.iter().any(|finding| finding.rule == rule);
            assert!(
                found,
                "{file}: no {rule} beside which a value could be shown"
            );
        }
    }
}

#[test]
fn leaks_are_caught_across_wraps_and_escapes() {
    assert!(leaks("x hunter2-can\n  │ ary-zebra y", PLAIN));
    assert!(leaks("…CANARY0123456789…", RANDOM));
    assert!(!leaks("hunter *** zebra", PLAIN));
}
