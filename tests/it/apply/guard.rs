//! What `migrate --write` asks of git, and what a repository cannot make it do.

use std::process::Command;

use super::*;
use crate::cli::{assert_code, err};
use crate::support::git::git;

const WRITE: &[&str] = &["migrate", "--write"];

/// The package, committed.
fn repository() -> TempDir {
    let directory = package();
    git(directory.path(), &["init", "-q"]);
    git(directory.path(), &["add", "."]);
    git(directory.path(), &["commit", "-q", "-m", "start"]);
    directory
}

fn append(directory: &TempDir, name: &str) {
    let path = directory.path().join(name);
    let mut text = fs::read(&path).unwrap();
    text.extend(b"\n");
    fs::write(&path, text).unwrap();
}

fn refused(directory: &TempDir, arguments: &[&str], says: &[&str]) {
    let before = texts(directory.path());
    let output = assert_code(directory, arguments, 2);
    let text = err(&output)
        .replace('│', " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for words in says {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(texts(directory.path()), before);
}

fn with(flag: &str) -> Vec<&str> {
    [WRITE, &[flag]].concat()
}

#[test]
fn committed_files_are_changed() {
    let directory = repository();
    assert_code(&directory, WRITE, 0);
    git(directory.path(), &["add", "."]);
    git(directory.path(), &["commit", "-q", "-m", "moved"]);
    assert_code(&directory, WRITE, 0);
}

#[test]
fn files_with_changes_are_not() {
    let directory = repository();
    append(&directory, "src/a.ts");
    refused(
        &directory,
        WRITE,
        &["not committed: src/a.ts", "--allow-dirty"],
    );
    refused(&directory, &with("--allow-staged"), &["src/a.ts"]);
    assert_code(&directory, &with("--allow-dirty"), 0);
}

#[test]
fn staged_files_are_not() {
    let directory = repository();
    append(&directory, "src/a.ts");
    git(directory.path(), &["add", "."]);
    refused(&directory, WRITE, &["staged", "src/a.ts", "--allow-staged"]);
    assert_code(&directory, &with("--allow-staged"), 0);
    let directory = repository();
    append(&directory, "src/a.ts");
    git(directory.path(), &["add", "."]);
    assert_code(&directory, &with("--allow-dirty"), 0);
}

#[test]
fn files_that_git_does_not_know_are_not() {
    let directory = repository();
    git(directory.path(), &["rm", "-q", "--cached", "py/tool.py"]);
    git(directory.path(), &["commit", "-q", "-m", "less"]);
    refused(&directory, WRITE, &["py/tool.py"]);
    // What does not change may be in any state.
    append(&directory, "package.json");
    assert_code(&directory, &[WRITE, &["src"]].concat(), 0);
}

#[test]
fn files_without_a_repository_are_not() {
    let directory = package();
    refused(&directory, WRITE, &["no git repository", "--allow-no-vcs"]);
    refused(&directory, &with("--allow-dirty"), &["--allow-no-vcs"]);
    assert_code(&directory, &with("--allow-no-vcs"), 0);
}

#[test]
fn a_repository_within_counts_for_its_own_files() {
    let directory = repository();
    let inner = directory.path().join("py");
    git(&inner, &["init", "-q"]);
    refused(&directory, WRITE, &["py/tool.py"]);
    git(&inner, &["add", "."]);
    git(&inner, &["commit", "-q", "-m", "start"]);
    assert_code(&directory, WRITE, 0);
}

#[test]
fn many_files_are_counted() {
    let directory = repository();
    for number in 10..32 {
        let name = format!("src/b{number}.ts");
        fs::write(directory.path().join(name), "f(process.env.SLACK_TOKEN);\n").unwrap();
    }
    refused(&directory, WRITE, &["src/b19.ts and 12 more"]);
}

#[test]
fn what_the_last_run_wrote_does_not_stop_the_next_one() {
    let directory = repository();
    for secret in ["GITHUB_TOKEN", "SLACK_TOKEN", "API_KEY"] {
        assert_code(&directory, &[WRITE, &["--only", secret]].concat(), 0);
    }
    let directory = repository();
    assert_code(
        &directory,
        &[WRITE, &["--only", "GITHUB_TOKEN"]].concat(),
        0,
    );
    append(&directory, "src/a.ts");
    refused(&directory, WRITE, &["src/a.ts"]);
    // A file that was allowed to have changes has them still.
    let directory = repository();
    append(&directory, "src/a.ts");
    let first = [
        "migrate",
        "--write",
        "--allow-dirty",
        "--only",
        "GITHUB_TOKEN",
    ];
    assert_code(&directory, &first, 0);
    refused(&directory, WRITE, &["not committed: src/a.ts"]);
}

#[cfg(unix)]
#[test]
fn nothing_that_a_repository_names_is_run() {
    use std::os::unix::fs::PermissionsExt;
    let directory = repository();
    let outside = tempfile::tempdir().unwrap();
    let mark = outside.path().join("mark");
    let script = outside.path().join("run");
    let text = format!("#!/bin/sh\n: >'{}'\nexec cat\n", mark.display());
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let script = script.to_str().unwrap();
    let hooks = outside.path().join("hooks");
    fs::create_dir(&hooks).unwrap();
    fs::copy(script, hooks.join("post-index-change")).unwrap();
    let traps = [
        ("core.fsmonitor", script),
        ("core.hooksPath", hooks.to_str().unwrap()),
        ("filter.trap.clean", script),
        ("filter.trap.required", "true"),
        ("filter.p.process", script),
        ("core.sshCommand", script),
    ];
    for (key, value) in traps {
        git(directory.path(), &["config", key, value]);
    }
    let attributes = directory.path().join(".git/info/attributes");
    fs::create_dir_all(attributes.parent().unwrap()).unwrap();
    fs::write(&attributes, "*.ts filter=trap\n*.py filter=p\n").unwrap();
    // The texts are the same and the times are not, so that git has to look.
    let touch = || {
        for name in ["src/a.ts", "py/tool.py"] {
            let file = fs::File::options()
                .append(true)
                .open(directory.path().join(name));
            let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
            file.unwrap().set_modified(long_ago).unwrap();
        }
    };
    touch();
    let plain = Command::new("git")
        .args(["status", "--porcelain"])
        .current_dir(directory.path())
        .output()
        .unwrap();
    drop(plain);
    assert!(mark.exists(), "the traps work");
    fs::remove_file(&mark).unwrap();
    touch();
    assert_code(&directory, WRITE, 0);
    assert!(!mark.exists());
}

#[test]
fn without_git_a_repository_is_not_trusted() {
    let directory = repository();
    let without = |arguments: &[&str]| {
        crate::cli::command(directory.path(), arguments)
            .env("PATH", directory.path())
            .output()
            .unwrap()
    };
    let output = without(WRITE);
    assert_eq!(crate::cli::code(&output), 2);
    assert!(
        err(&output).contains("git is not there"),
        "{}",
        err(&output)
    );
    assert_eq!(crate::cli::code(&without(&with("--allow-no-vcs"))), 0);
}

#[test]
fn what_git_refuses_is_told() {
    let directory = repository();
    fs::write(directory.path().join(".git/config"), "[core\n").unwrap();
    refused(&directory, WRITE, &["git did not say", "config"]);
}
