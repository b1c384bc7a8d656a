//! `migrate --verify`: with the real compilers where they are there, and with commands that stand in for them.

use std::path::PathBuf;
use std::process::Output;

use super::*;
use crate::cli::{code, command, err};

/// The PATH of the tests, since the binary gets no environment otherwise.
fn run(directory: &TempDir, arguments: &[&str]) -> Output {
    let write = ["migrate", "--write", "--allow-no-vcs"];
    let mut command = command(directory.path(), &[&write, arguments].concat());
    for name in ["PATH", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    if let (None, Some(home)) = (std::env::var_os("CARGO_HOME"), std::env::var_os("HOME")) {
        let home = PathBuf::from(home);
        command.env("CARGO_HOME", home.join(".cargo"));
        command.env("RUSTUP_HOME", home.join(".rustup"));
    }
    command.output().unwrap()
}

fn assert_run(directory: &TempDir, arguments: &[&str], expected: i32) -> String {
    let output = run(directory, arguments);
    let text = err(&output);
    assert_eq!(code(&output), expected, "{arguments:?}: {text}");
    for path in files(&directory.path().join(".envacuate")) {
        let name = relative(&path, directory.path());
        assert!(!name.contains("scratch"), "{name} is left");
    }
    text
}

/// A command that finds an error once a file has a word, and quotes it.
const FINDS: &str = "--verify=if grep -q secrets src/a.ts; then cat src/a.ts; echo 'src/a.ts:1:7: error: got \"hunter2-canary-zebra\"'; exit 1; fi";

#[cfg(unix)]
#[test]
fn new_errors_take_all_of_it_back() {
    let directory = package();
    let before = texts(directory.path());
    let text = assert_run(&directory, &[FINDS], 2);
    assert!(text.contains("src/a.ts:1: error"), "{text}");
    assert!(text.contains("--keep-broken"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    assert_eq!(texts(directory.path()), before);
    let text = assert_run(&directory, &[FINDS, "--keep-broken"], 1);
    assert!(text.contains("src/a.ts:1: error"), "{text}");
    assert_ne!(texts(directory.path()), before);
    // What was kept can be rolled back.
    let output = command(directory.path(), &["migrate", "--rollback"]).output();
    assert_eq!(code(&output.unwrap()), 0);
    assert_eq!(texts(directory.path()), before);
}

#[cfg(unix)]
#[test]
fn what_failed_before_does_not_count() {
    let moves = "--verify=n=$(wc -l <src/a.ts); echo \"src/a.ts:$n:1: error: known\"; exit 1";
    let directory = package();
    let text = assert_run(&directory, &[moves], 0);
    assert!(text.contains("fails already"), "{text}");
    let grows = "--verify=grep -c . src/a.ts | sed 's/^/x/'; for i in $(seq $(wc -l <src/a.ts)); do echo 'a.ts:1: error: one'; done; exit 1";
    let directory = package();
    let before = texts(directory.path());
    assert_run(&directory, &[grows], 2);
    assert_eq!(texts(directory.path()), before);
}

#[cfg(unix)]
#[test]
fn a_failure_without_a_word_counts() {
    let directory = package();
    let before = texts(directory.path());
    let text = assert_run(&directory, &["--verify=! grep -q secrets src/a.ts"], 2);
    assert!(text.contains("the command fails"), "{text}");
    assert_eq!(texts(directory.path()), before);
    assert_run(&directory, &["--verify=true"], 0);
}

#[cfg(unix)]
#[test]
fn killed_while_a_checker_runs_all_is_taken_back_by_the_next_run() {
    let directory = package();
    let before = texts(directory.path());
    // It ends the process that started it, once the files are changed.
    let kills = "--verify=if grep -q secrets src/a.ts; then kill -9 $PPID; fi";
    let output = run(&directory, &[kills]);
    assert_eq!(output.status.code(), None);
    assert_ne!(texts(directory.path()), before);
    let output = command(directory.path(), &["migrate", "--rollback"]).output();
    assert!(err(&output.unwrap()).contains("was cut off"));
    assert_eq!(texts(directory.path()), before);
}

#[test]
fn python_is_compiled_and_leaves_no_file() {
    let directory = tree(&[
        ("pyproject.toml", "[project]\nname = \"tool\"\n"),
        ("tool.py", "import os\nkey = os.environ[\"API_KEY\"]\n"),
    ]);
    let text = assert_run(&directory, &["--verify"], 0);
    assert!(!text.contains("found no checker"), "{text}");
    let names: Vec<String> = texts(directory.path()).into_keys().collect();
    let expected = [
        "envacuate.manifest.json",
        "pyproject.toml",
        "tool.py",
        "vault_secrets.py",
    ];
    assert_eq!(names, expected);
}

#[cfg(unix)]
#[test]
fn the_checkers_of_a_project_get_no_secrets() {
    use std::os::unix::fs::PermissionsExt;
    let directory = package();
    let bin = directory.path().join("node_modules/.bin");
    fs::create_dir_all(&bin).unwrap();
    fs::write(directory.path().join("tsconfig.json"), "{}").unwrap();
    let note = tempfile::tempdir().unwrap();
    let note = note.path().join("note");
    let script = format!(
        "#!/bin/sh\n(env; echo \"$@\") >>'{}'\n! grep -q secrets src/a.ts || {{ echo 'src/a.ts(1,1): error TS1: x'; exit 2; }}\n",
        note.display()
    );
    let tsc = bin.join("tsc");
    fs::create_dir_all(note.parent().unwrap()).unwrap();
    fs::write(&tsc, script).unwrap();
    fs::set_permissions(&tsc, fs::Permissions::from_mode(0o755)).unwrap();
    let output = command(
        directory.path(),
        &["migrate", "--write", "--allow-no-vcs", "--verify"],
    )
    .env("PATH", std::env::var_os("PATH").unwrap())
    .env("GITHUB_TOKEN", LITERAL)
    .output()
    .unwrap();
    assert_eq!(code(&output), 2, "{}", err(&output));
    assert!(err(&output).contains("src/a.ts:1: TS1"), "{}", err(&output));
    let noted = fs::read_to_string(note).unwrap();
    assert!(
        noted.contains("--noEmit") && !noted.contains("hunter2"),
        "{noted}"
    );
}

#[test]
fn a_crate_is_checked_without_the_network() {
    let main = "#![deny(unused_variables)]\nfn main() {\n    let key = std::env::var(\"API_KEY\").unwrap();\n    println!(\"{}\", key.len() == 1);\n}\n";
    let directory = tree(&[
        (
            "Cargo.toml",
            "[package]\nname = \"tool\"\nedition = \"2021\"\n",
        ),
        ("src/main.rs", main),
    ]);
    let text = assert_run(&directory, &["--verify"], 0);
    assert!(text.contains("new crates"), "{text}");
    assert!(!directory.path().join("Cargo.lock").exists());
}
