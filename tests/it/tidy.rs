//! Conventions of the repository, as tests. The lists of exceptions may only shrink: an entry that is not needed fails.

use std::path::PathBuf;

use envacuate::rules::{ALL, Rule};

use crate::layers;
use crate::support::{case, entries, files, name, none, relative, root, source, text};

/// Files of `src/` that may be longer than [`LONGEST`].
const OVERSIZED: &[&str] = &[];

/// Lines that a file of `src/` may have.
const LONGEST: usize = 500;

/// Rules without fixtures in a family of languages.
const WITHOUT_FIXTURES: &[(&str, &str)] = &[];

/// Modules that may touch the world outside; those below `workspace` may as well.
const IMPURE: &[&str] = &["workspace", "manager", "lsp", "cli"];

/// What pure code does not name. `std::env::consts` is data.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::thread",
    "std::process",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "SystemTime",
    "Instant",
];

/// The README's commands that run all tests.
const TEST_COMMANDS: &[&str] = &["cargo test --locked", "python3 tests/live/run.py"];

fn sources() -> Vec<(String, String)> {
    let src = root().join("src");
    let mut paths = files(&src);
    paths.retain(|path| path.extension().is_some_and(|e| e == "rs"));
    assert!(!paths.is_empty());
    paths
        .iter()
        .map(|path| (relative(path, &root()), text(path)))
        .collect()
}

/// The exceptions that no longer are any.
fn stale<T: PartialEq + std::fmt::Debug>(list: &[T], needed: &[T]) -> Vec<String> {
    list.iter()
        .filter(|entry| !needed.contains(entry))
        .map(|entry| format!("{entry:?}: take it off the list of exceptions"))
        .collect()
}

#[test]
fn every_file_says_what_it_is() {
    let wrong: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| path)
        .collect();
    none("files that do not open with `//!`", &wrong);
}

#[test]
fn files_are_small() {
    let sources = sources();
    let long: Vec<&str> = sources
        .iter()
        .filter(|(_, text)| text.lines().count() > LONGEST)
        .map(|(path, _)| path.as_str())
        .collect();
    let mut wrong = stale(OVERSIZED, &long);
    wrong.extend(
        long.iter()
            .filter(|path| !OVERSIZED.contains(path))
            .map(|path| format!("{path}: more than {LONGEST} lines")),
    );
    none("files out of size", &wrong);
}

#[test]
fn source_has_neither_tabs_nor_trailing_spaces() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (at, line) in text.lines().enumerate() {
            if line.contains('\t') || line.ends_with(' ') {
                wrong.push(format!("{path}:{}", at + 1));
            }
        }
    }
    none("lines with a tab or trailing spaces", &wrong);
}

/// Files of `src/rules` that say they are a rule, by id.
fn rule_files() -> Vec<(String, String)> {
    entries(&root().join("src/rules"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs") && name(path) != "mod.rs")
        .map(|path: PathBuf| {
            (
                name(&path).replace(".rs", "").replace('_', "-"),
                text(&path),
            )
        })
        .filter(|(_, text)| text.starts_with("//! # ") || text.contains("static RULE"))
        .collect()
}

#[test]
fn every_rule_file_is_in_the_table() {
    let files = rule_files();
    let mut wrong = Vec::new();
    for (id, text) in &files {
        match Rule::find(id) {
            None => wrong.push(format!("{id}: has a file and is not in `rules::ALL`")),
            Some(rule) if rule.source.replace("\r\n", "\n") != *text => {
                wrong.push(format!("{id}: `source` is another file"));
            }
            Some(_) => {}
        }
    }
    for rule in ALL
        .iter()
        .filter(|r| !files.iter().any(|(id, _)| id == r.id))
    {
        wrong.push(format!("{}: its file has another name", rule.id));
    }
    none("rules out of place", &wrong);
}

#[test]
fn every_rule_is_documented() {
    let mut wrong = Vec::new();
    for rule in ALL {
        let documentation = rule.documentation();
        let title = format!("# {}", rule.id);
        if documentation.lines().next() != Some(&title) {
            wrong.push(format!("{}: does not open with `{title}`", rule.id));
        }
        for heading in ["What it does", "Why it is bad", "Example", "Fix"] {
            let heading = format!("## {heading}");
            if !documentation.lines().any(|line| line == heading) {
                wrong.push(format!("{}: lacks `{heading}`", rule.id));
            }
        }
        if rule.summary.is_empty() || rule.summary.ends_with('.') {
            wrong.push(format!(
                "{}: the summary is words without a full stop",
                rule.id
            ));
        }
    }
    none("gaps in the documentation of rules", &wrong);
}

/// Lower-case words of letters and digits with single hyphens between, that read after "allow".
fn is_good_id(id: &str) -> bool {
    let word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    let negative = ["no-", "not-", "disallow-", "forbid-", "deny-"];
    id.split('-').all(word) && !negative.iter().any(|start| id.starts_with(start))
}

#[test]
fn rule_ids_are_sorted_and_read_after_allow() {
    assert!(is_good_id("env-dump") && !is_good_id("no-env-dump") && !is_good_id("Env_Dump"));
    assert!(!is_good_id("env--dump") && !is_good_id("disallow-dump"));
    for rule in ALL {
        assert!(is_good_id(rule.id), "{}", rule.id);
    }
    for pair in ALL.windows(2) {
        assert!(
            pair[0].id < pair[1].id,
            "{} before {}",
            pair[0].id,
            pair[1].id
        );
    }
}

#[test]
fn every_rule_has_fixtures_in_every_language() {
    let (cases, _) = case::all();
    let missing: Vec<(&str, &str)> = ALL
        .iter()
        .flat_map(|rule| ["ecma", "python", "rust"].map(|family| (rule.id, family)))
        .filter(|(rule, family)| {
            !cases
                .iter()
                .any(|case| case.rule == *rule && case.family == *family)
        })
        .collect();
    let mut wrong = stale(WITHOUT_FIXTURES, &missing);
    wrong.extend(
        missing
            .iter()
            .filter(|gap| !WITHOUT_FIXTURES.contains(gap))
            .map(|(rule, family)| format!("fixtures/rules/{rule}/{family}: empty")),
    );
    none("gaps in the fixtures", &wrong);
}

/// What `code` names of the world outside, by line.
fn reaches_outside(code: &str) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for (at, line) in source::product(code).lines().enumerate() {
        for &outside in OUTSIDE {
            let named = line.match_indices(outside).any(|(start, _)| {
                let after = &line[start + outside.len()..];
                let word = |c: char| c.is_alphanumeric() || c == '_';
                let longer = line[..start].ends_with(word) || after.starts_with(word);
                let data = outside == "std::env" && after.starts_with("::consts");
                !longer && !data
            });
            if named {
                found.push((at + 1, outside));
            }
        }
        // `use std::{fs, env}` names them as well.
        if line.contains("std::{") {
            found.push((at + 1, "std::{"));
        }
    }
    found
}

#[test]
fn everything_above_workspace_is_pure() {
    let mut wrong = Vec::new();
    for module in layers::modules() {
        if IMPURE.contains(&module.as_str()) {
            continue;
        }
        for (path, text) in layers::sources(&module) {
            for (line, outside) in reaches_outside(&text) {
                wrong.push(format!("src/{path}:{line}: {outside}"));
            }
        }
    }
    none("pure modules that reach outside", &wrong);
}

#[test]
fn only_manager_knows_the_network_and_few_commands_know_manager() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        // What is placed in the programs of others speaks to their manager.
        if path.starts_with("src/manager/") || path.starts_with("src/backend/") {
            continue;
        }
        let code = source::product(&text);
        let network = ["std::net", "ureq::", "rustls::"];
        wrong.extend(
            network
                .iter()
                .filter(|name| code.contains(*name))
                .map(|name| format!("{path}: {name}")),
        );
        let asks = ["push", "rotate", "scrub", "verify"];
        let may_ask = path == "src/cli/manager.rs"
            || asks
                .iter()
                .any(|name| path.starts_with(&format!("src/cli/{name}/")));
        if code.contains("crate::manager") && !may_ask {
            wrong.push(format!("{path}: manager"));
        }
    }
    none("ways to the network", &wrong);
}

#[test]
fn impurity_is_caught() {
    for wrong in [
        "use std::fs;",
        "fn f() { std::env::var(\"X\"); }",
        "use std::time::{Duration, Instant};",
        "use std::{fs, io};",
    ] {
        assert_eq!(reaches_outside(wrong).len(), 1, "{wrong}");
    }
    for fine in [
        "//! std::fs\nconst A: &str = \"std::env::var\";",
        "env!(\"CARGO_PKG_NAME\"); my_std::fs(); std::env::consts::OS;",
        "use std::time::Duration; use std::fmt; struct Instantly;",
        "#[cfg(test)]\nmod tests { use std::fs; }",
    ] {
        assert!(reaches_outside(fine).is_empty(), "{fine}");
    }
}

#[test]
fn the_readme_and_continuous_integration_run_the_same_tests() {
    for file in ["README.md", ".ci/run"] {
        let text = text(&root().join(file));
        for command in TEST_COMMANDS {
            let says = |line: &str| line.trim().trim_start_matches("run ") == *command;
            assert!(text.lines().any(says), "{file} does not run `{command}`");
        }
    }
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let foreign = concat!("/wo", "rk/").as_bytes();
    let mut walk = ignore::WalkBuilder::new(root());
    walk.hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git");
    let wrong: Vec<_> = walk
        .build()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.is_file())
        .filter(|path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(foreign.len()).any(|part| part == foreign)
        })
        .map(|path| relative(&path, &root()))
        .collect();
    none("files with a path of some machine", &wrong);
}
