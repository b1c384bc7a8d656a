//! `check --diff-base`: only what changed since a branch was left counts, in real repositories.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{READ, assert_code, code, command, err, out, tree};
use crate::support::git::{git, marking_program};

const CLEAN: &str = "const port = 1;\n";

/// One finding of `env-secret-read`.
fn read_of(name: &str) -> String {
    format!("const t = process.env.{name};\n")
}

/// A repository with some files on `main`, and a branch that is checked out.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let directory = tree(files);
    git(directory.path(), &["init", "-q"]);
    git(directory.path(), &["add", "-A"]);
    git(directory.path(), &["commit", "-q", "-m", "start"]);
    git(directory.path(), &["checkout", "-q", "-b", "branch"]);
    directory
}

fn write(directory: &TempDir, name: &str, text: &str) {
    fs::write(directory.path().join(name), text).unwrap();
}

fn commit(directory: &TempDir) {
    git(directory.path(), &["add", "-A"]);
    git(directory.path(), &["commit", "-q", "-m", "more"]);
}

/// Path and line of what counts, and how many do not; the exit code has to go with it.
#[track_caller]
fn counted(directory: &Path, arguments: &[&str]) -> (Vec<String>, u64) {
    let base = ["check", "--format", "json", "--diff-base", "main"];
    let output = command(directory, &[&base, arguments].concat())
        .output()
        .unwrap();
    let report: Value = serde_json::from_str(&out(&output)).unwrap_or_else(|_| {
        panic!("{}{}", out(&output), err(&output));
    });
    let findings = report["findings"].as_array().unwrap().iter();
    let found: Vec<String> = findings
        .filter(|finding| finding["suppressed"] == false)
        .map(|finding| {
            let path = finding["path"].as_str().unwrap();
            format!("{path}:{}", finding["start"]["line"])
        })
        .collect();
    assert_eq!(code(&output), i32::from(!found.is_empty()));
    (found, report["summary"]["unchanged"].as_u64().unwrap())
}

fn found(places: &[&str], unchanged: u64) -> (Vec<String>, u64) {
    (
        places.iter().map(|place| (*place).to_owned()).collect(),
        unchanged,
    )
}

#[track_caller]
fn refused(directory: &Path, arguments: &[&str], says: &[&str]) {
    let output = command(directory, &[&["check"], arguments].concat())
        .output()
        .unwrap();
    assert_eq!(code(&output), 2, "{}", out(&output));
    let text = err(&output).replace('│', " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in says {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn only_changed_lines_count_whether_committed_or_not() {
    let directory = repository(&[("a.ts", READ), ("b.ts", READ), ("sub/c.ts", READ)]);
    write(&directory, "a.ts", &format!("{READ}{}", read_of("A_TOKEN")));
    write(&directory, "committed.ts", READ);
    commit(&directory);
    write(&directory, "b.ts", &format!("{}{READ}", read_of("B_TOKEN")));
    write(&directory, "sub/untracked.ts", READ);
    let at = directory.path();
    let all = ["a.ts:2", "b.ts:1", "committed.ts:1", "sub/untracked.ts:1"];
    assert_eq!(counted(at, &[]), found(&all, 3));
    assert_eq!(counted(at, &["a.ts", "sub"]), found(&[all[0], all[3]], 2));
    assert_eq!(counted(&at.join("sub"), &[]), found(&["untracked.ts:1"], 1));
    // What is staged is what is committed and no more.
    assert_eq!(counted(at, &["--staged"]), found(&[], 0));
    git(at, &["add", "b.ts"]);
    write(&directory, "b.ts", READ);
    assert_eq!(counted(at, &["--staged"]), found(&["b.ts:1"], 1));
}

#[test]
fn what_does_not_count_decides_nothing_and_is_told() {
    let directory = repository(&[("a.ts", READ), ("b.ts", READ)]);
    let text = ["check", "--diff-base", "main"];
    let output = assert_code(&directory, &text, 0);
    let line = "No findings in 2 files; 2 on lines that did not change";
    assert!(out(&output).contains(line), "{}", out(&output));
    let output = assert_code(
        &directory,
        &[&text[..], &["--format", "github"]].concat(),
        0,
    );
    assert!(out(&output).is_empty());
    assert!(err(&output).contains("2 findings are on lines that did not change"));
    write(&directory, "b.ts", &read_of("OTHER_TOKEN"));
    let output = assert_code(&directory, &text, 1);
    let line = "1 finding (1 warning) in 2 files; 1 more on lines that did not change";
    assert!(out(&output).contains(line), "{}", out(&output));
    let output = assert_code(&directory, &[&text[..], &["--format", "sarif"]].concat(), 1);
    let log: Value = serde_json::from_str(&out(&output)).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let states: Vec<_> = results.iter().map(|one| &one["baselineState"]).collect();
    assert_eq!(states, ["unchanged", "new"]);
    assert!(results.iter().all(|one| one["suppressions"].is_null()));
}

#[test]
fn what_others_did_on_their_branch_is_not_ours() {
    let directory = repository(&[("a.ts", CLEAN), ("b.ts", CLEAN)]);
    write(&directory, "a.ts", READ);
    commit(&directory);
    git(directory.path(), &["checkout", "-q", "main"]);
    write(&directory, "b.ts", READ);
    commit(&directory);
    git(directory.path(), &["checkout", "-q", "branch"]);
    assert_eq!(counted(directory.path(), &[]), found(&["a.ts:1"], 0));
}

#[test]
fn renamed_files_are_judged_by_their_changes() {
    let long = CLEAN.repeat(30);
    let directory = repository(&[("a.ts", &format!("{READ}{long}"))]);
    fs::rename(
        directory.path().join("a.ts"),
        directory.path().join("o d\té.ts"),
    )
    .unwrap();
    commit(&directory);
    assert_eq!(counted(directory.path(), &[]), found(&[], 1));
    git(directory.path(), &["branch", "-q", "-f", "main"]);
    assert_eq!(counted(directory.path(), &[]), found(&[], 1));
    git(directory.path(), &["branch", "-q", "-f", "main", "HEAD~1"]);
    let text = format!("{READ}{long}{}", read_of("NEW_TOKEN"));
    write(&directory, "o d\té.ts", &text);
    let shown = "o d\\u{9}é.ts:32";
    assert_eq!(counted(directory.path(), &[]), found(&[shown], 1));
}

#[test]
fn a_range_of_several_lines_changed_if_one_of_them_did_or_was_taken_out() {
    let call = |inner: &str| {
        format!(
            "import {{ spawn }} from \"node:child_process\";\nconst t = process.env[\n{inner}];\n"
        )
    };
    let key = "  \"GITHUB_TOKEN\"\n";
    let directory = repository(&[("a.ts", &call(&format!("{key}  // no longer here\n")))]);
    assert_eq!(counted(directory.path(), &[]), found(&[], 1));
    write(&directory, "a.ts", &call(key));
    assert_eq!(counted(directory.path(), &[]), found(&["a.ts:2"], 0));
    // A line above is none of its own.
    let directory = repository(&[("a.ts", &format!("// gone\n{READ}"))]);
    write(&directory, "a.ts", READ);
    assert_eq!(counted(directory.path(), &[]), found(&[], 1));
}

#[test]
fn the_way_by_which_a_value_leaves_counts() {
    let files = [
        ("config.ts", "export const config = { a: 1 };\n"),
        (
            "server.ts",
            "import { config } from \"./config\";\nconsole.log(config.token);\n",
        ),
    ];
    let directory = repository(&files);
    assert_eq!(counted(directory.path(), &[]), found(&[], 0));
    write(
        &directory,
        "config.ts",
        "export const config = { token: process.env.GITHUB_TOKEN };\n",
    );
    let (found, _) = counted(directory.path(), &[]);
    assert!(found.contains(&"config.ts:1".to_owned()), "{found:?}");
    let output = command(
        directory.path(),
        &["check", "--format", "json", "--select", "secret-exposed"],
    )
    .output()
    .unwrap();
    let report: Value = serde_json::from_str(&out(&output)).unwrap();
    let labels = report["findings"][0]["labels"].as_array().unwrap();
    let is_told = labels.iter().any(|label| label["path"] == "config.ts");
    assert_eq!(
        found.contains(&"server.ts:2".to_owned()),
        is_told,
        "{report}"
    );
}

#[test]
fn a_submodule_is_new_where_it_changed() {
    let inner = repository(&[("a.ts", READ)]);
    let directory = repository(&[("x.ts", CLEAN)]);
    let name = inner.path().to_str().unwrap();
    let at = directory.path();
    git(at, &["checkout", "-q", "main"]);
    git(at, &["submodule", "--quiet", "add", name, "module"]);
    commit(&directory);
    git(at, &["checkout", "-q", "-b", "later"]);
    assert_eq!(counted(at, &[]), found(&[], 1));
    fs::write(at.join("module/b.ts"), CLEAN).unwrap();
    git(&at.join("module"), &["add", "-A"]);
    git(&at.join("module"), &["commit", "-q", "-m", "more"]);
    assert_eq!(counted(at, &[]), found(&["module/a.ts:1"], 0));
}

#[test]
fn a_base_that_cannot_be_used_is_told() {
    let directory = repository(&[("a.ts", READ)]);
    let at = directory.path();
    for (commit, says) in [
        (
            "no-such-branch",
            &["`no-such-branch` and HEAD", "fetch the commit"][..],
        ),
        ("--output=x", &["needs the name of a commit"]),
        ("", &["needs the name of a commit"]),
        ("main:a.ts", &["cannot be compared"]),
    ] {
        refused(at, &[&format!("--diff-base={commit}")], says);
    }
    assert!(!at.join("x").exists());
    for arguments in [&["--fix"][..], &["--diff"], &["--write-baseline"]] {
        refused(
            at,
            &[&["--diff-base", "main"], arguments].concat(),
            &["leave out"].map(|words| {
                if arguments == ["--write-baseline"] {
                    "without `--diff-base`"
                } else {
                    words
                }
            }),
        );
    }
    git(at, &["checkout", "-q", "--orphan", "alone"]);
    git(at, &["commit", "-q", "-m", "alone"]);
    refused(at, &["--diff-base", "main"], &["no commit in common"]);
    let outside = tree(&[("a.ts", READ)]);
    refused(
        outside.path(),
        &["--diff-base", "main"],
        &["no git repository"],
    );
    // A clone that holds one commit does not have the one that the branch was left at.
    write(&directory, "a.ts", CLEAN);
    commit(&directory);
    let shallow = tempfile::tempdir().unwrap();
    let place = shallow.path().join("clone");
    let url = format!("file://{}", at.display());
    git(
        at,
        &["clone", "-q", "--depth=1", &url, place.to_str().unwrap()],
    );
    refused(&place, &["--diff-base", "HEAD~1"], &["fetch the commit"]);
    refused(
        &place,
        &["--diff-base", "origin/main"],
        &["fetch the commit"],
    );
}

#[cfg(unix)]
#[test]
fn a_repository_cannot_have_programs_run() {
    let directory = repository(&[("a.ts", CLEAN)]);
    let outside = tempfile::tempdir().unwrap();
    let (script, mark) = marking_program(outside.path());
    let script = script.as_str();
    for (key, value) in [
        ("core.fsmonitor", script),
        ("core.pager", script),
        ("diff.external", script),
        ("diff.trap.command", script),
        ("diff.trap.textconv", script),
        ("filter.trap.clean", script),
        ("filter.trap.required", "true"),
        ("diff.interHunkContext", "50"),
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("color.ui", "always"),
    ] {
        git(directory.path(), &["config", key, value]);
    }
    let attributes = directory.path().join(".git/info/attributes");
    fs::create_dir_all(attributes.parent().unwrap()).unwrap();
    fs::write(&attributes, "*.ts filter=trap diff=trap\n").unwrap();
    write(&directory, "a.ts", READ);
    let mut plain = std::process::Command::new("git");
    plain.arg("diff").current_dir(directory.path());
    drop(plain.output().unwrap());
    assert!(mark.exists(), "the traps work");
    fs::remove_file(&mark).unwrap();
    assert_eq!(counted(directory.path(), &[]), found(&["a.ts:1"], 0));
    assert!(!mark.exists());
}
