//! `check --fix` and `--diff` as a user meets them.

#![expect(
    clippy::disallowed_methods,
    reason = "tests make files and start the binary"
)]

use std::fs;
use std::process::Stdio;

use crate::cli::{READ, assert_code, command, err, out, tree};

/// One finding of `env-dump` with a safe fix and one of `env-to-child` with an unsafe one.
const FIXABLE: &str = "import { spawn } from \"node:child_process\";\nconsole.log(process.env);\nspawn(\"ls\", [], { env: process.env });\n";

#[test]
fn fixes_are_written_and_counted() {
    let directory = tree(&[("a.ts", FIXABLE), ("sub/b.ts", FIXABLE)]);
    let shown = assert_code(&directory, &["check"], 1);
    assert!(out(&shown).contains("2 can be fixed with `--fix`; 2 more with `--fix --unsafe`"));
    let output = assert_code(&directory, &["check", "--fix"], 1);
    assert!(out(&output).ends_with(
        "2 findings (2 warnings) in 2 files; 2 fixed; 2 can be fixed with `--fix --unsafe`\n"
    ));
    let text = fs::read_to_string(directory.path().join("sub/b.ts")).unwrap();
    assert!(
        text.contains("console.log(Object.keys(process.env));")
            && text.contains("{ env: process.env }")
    );
    let output = assert_code(&directory, &["check", "--fix", "--unsafe"], 0);
    assert!(out(&output).contains("No findings in 2 files; 2 fixed"));
    let before = fs::read(directory.path().join("a.ts")).unwrap();
    assert_code(&directory, &["check", "--fix", "--unsafe"], 0);
    assert_eq!(fs::read(directory.path().join("a.ts")).unwrap(), before);
    assert_code(&directory, &["check", "--unsafe"], 2);
}

#[test]
fn a_diff_shows_what_would_change_and_changes_nothing() {
    let directory = tree(&[("a.ts", FIXABLE)]);
    let output = assert_code(&directory, &["check", "--diff"], 1);
    let shown = out(&output);
    assert!(shown.contains("--- a/a.ts\n+++ b/a.ts\n@@"));
    assert!(
        shown.contains("\n-console.log(process.env);\n+console.log(Object.keys(process.env));\n")
    );
    assert!(err(&output).contains("would fix 1 finding"));
    assert_eq!(
        fs::read_to_string(directory.path().join("a.ts")).unwrap(),
        FIXABLE
    );
    fs::write(directory.path().join("a.ts"), READ).unwrap();
    assert_code(&directory, &["check", "--diff"], 0);
}

#[test]
fn what_is_known_or_silenced_is_not_fixed() {
    let directory = tree(&[
        ("a.ts", FIXABLE),
        (
            "b.ts",
            "console.log(process.env); // envacuate: ignore[env-dump] a demo\n",
        ),
        ("tests/c.ts", FIXABLE),
    ]);
    assert_code(&directory, &["check", "--write-baseline"], 0);
    let arguments = [
        "check",
        "--fix",
        "--unsafe",
        "--include-tests",
        "--baseline",
        "envacuate-baseline.json",
    ];
    let output = assert_code(&directory, &arguments, 1);
    assert!(!out(&output).contains("fixed"), "{}", out(&output));
    for name in ["a.ts", "tests/c.ts"] {
        assert_eq!(
            fs::read_to_string(directory.path().join(name)).unwrap(),
            FIXABLE
        );
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let directory = tree(&[("target.txt", FIXABLE)]);
    let link = directory.path().join("a.ts");
    std::os::unix::fs::symlink(directory.path().join("target.txt"), &link).unwrap();
    assert_code(&directory, &["check", "--fix", "a.ts"], 1);
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(&link).unwrap(), FIXABLE);
}

#[test]
fn standard_input_is_printed_fixed() {
    let directory = tree(&[]);
    let give = |text: &str| {
        let mut child = command(
            directory.path(),
            &["check", "--fix", "--stdin-filename", "a.ts"],
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let output = give(FIXABLE);
    assert_eq!(
        out(&output),
        FIXABLE.replacen("process.env", "Object.keys(process.env)", 1)
    );
    assert!(err(&output).contains("1 fixed"));
    let nothing = "export {};\n";
    assert_eq!(out(&give(nothing)), nothing);
}
