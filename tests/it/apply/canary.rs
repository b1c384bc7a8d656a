//! No run of `migrate` that writes lets a value out: not from source, from `.env`, or from its own environment.

use std::process::{Command, Output};

use super::*;
use crate::cli::{code, command, err, out};

/// Stands in `.env` and in source where nothing is a secret by its name.
const GENERATED: &str = "q7Rt92xLmVb8Nc1ZkQ4wYp3H";

/// The value of each variable in the environment of the process.
const OWN: &str = "own-hunter3-canary-lynx";

fn with_canaries() -> TempDir {
    let directory = package();
    let put = |name: &str, text: &str| fs::write(directory.path().join(name), text).unwrap();
    put(
        ".env",
        &format!("GITHUB_TOKEN={GENERATED}\nAPI_KEY={LITERAL}\n"),
    );
    put(
        "src/b.ts",
        &format!(
            "// {LITERAL}\nconst {{ GITHUB_TOKEN, ...rest }} = process.env; f(`{GENERATED}`, GITHUB_TOKEN);\n"
        ),
    );
    directory
}

fn run(directory: &TempDir, arguments: &[&str], path: &str) -> Output {
    let mut command = command(directory.path(), arguments);
    for name in ["GITHUB_TOKEN", "SLACK_TOKEN", "API_KEY", "VAULT_TOKEN"] {
        command.env(name, OWN);
    }
    command.env("PATH", path).output().unwrap()
}

fn assert_silent(what: &str, text: &str) {
    for value in [LITERAL, GENERATED, OWN] {
        assert!(!text.contains(value), "{what}: {text}");
    }
}

fn assert_all_silent(directory: &TempDir, output: &Output) {
    assert_silent("stdout", &out(output));
    assert_silent("stderr", &err(output));
    let manifest = directory.path().join("envacuate.manifest.json");
    assert_silent(
        "manifest",
        &fs::read_to_string(manifest).unwrap_or_default(),
    );
    for path in files(&directory.path().join(".envacuate")) {
        assert_silent(
            &path.display().to_string(),
            &fs::read_to_string(path).unwrap(),
        );
    }
    let left: Vec<String> = texts(directory.path())
        .into_keys()
        .filter(|name| name.contains(".envacuate-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// A directory whose `git` notes its environment.
fn noting_git() -> TempDir {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let git = directory.path().join("git");
    let note = directory.path().join("note");
    let real = std::env::var("PATH").unwrap();
    let text = format!(
        "#!/bin/sh\nPATH='{real}'\nenv >>'{}'\nexec git \"$@\"\n",
        note.display()
    );
    fs::write(&git, text).unwrap();
    fs::set_permissions(&git, fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

#[test]
fn nothing_that_is_written_or_said_holds_a_value() {
    let git = noting_git();
    let path = git.path().to_str().unwrap();
    let directory = with_canaries();
    for (arguments, expected) in [
        (&["migrate"][..], 0),
        (&["migrate", "--write"], 2),
        (&["migrate", "--write", "--allow-no-vcs"], 0),
        (&["migrate", "--rollback"], 0),
        (&["migrate", "--rollback"], 2),
        (
            &["migrate", "--write", "--allow-no-vcs", "--only", "API_KEY"],
            0,
        ),
        (&["migrate", "--write", "--allow-no-vcs"], 0),
    ] {
        let output = run(&directory, arguments, path);
        assert_all_silent(&directory, &output);
        assert_eq!(code(&output), expected, "{arguments:?}: {}", err(&output));
    }
    assert!(directory.path().join(".envacuate/applied.json").exists());
    // A file that was changed is named, not shown.
    let file = directory.path().join("src/a.ts");
    fs::write(&file, format!("const x = \"{LITERAL}\";\n")).unwrap();
    let output = run(&directory, &["migrate", "--rollback"], path);
    assert_eq!(code(&output), 2);
    assert_all_silent(&directory, &output);
}

#[test]
fn git_does_not_get_the_environment() {
    let git = noting_git();
    let directory = with_canaries();
    let mut git_init = Command::new("git");
    git_init.args(["init", "-q"]).current_dir(directory.path());
    assert!(git_init.status().unwrap().success());
    let path = git.path().to_str().unwrap();
    let output = run(&directory, &["migrate", "--write"], path);
    assert_eq!(code(&output), 2, "{}", err(&output));
    let noted = fs::read_to_string(git.path().join("note")).unwrap();
    assert!(noted.contains("GIT_OPTIONAL_LOCKS=0"), "git was asked");
    assert_silent("the environment of git", &noted);
}
