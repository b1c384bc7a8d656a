//! `check --staged`: what a commit would take, in real repositories.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::cli::{READ, assert_code, code, command, err, out, tree};
use crate::support::git::{git, marking_program};

const STAGED: &[&str] = &["check", "--staged", "--format", "concise"];
const CLEAN: &str = "const port = 1;\n";

/// A repository with nothing committed.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let directory = tree(files);
    git(directory.path(), &["init", "-q"]);
    directory
}

/// A repository with all of it committed.
fn committed(files: &[(&str, &str)]) -> TempDir {
    let directory = repository(files);
    git(directory.path(), &["add", "-A"]);
    git(directory.path(), &["commit", "-q", "-m", "start"]);
    directory
}

fn write(directory: &TempDir, name: &str, text: &str) {
    fs::write(directory.path().join(name), text).unwrap();
}

/// The files that findings are in, one a finding; the exit code has to go with it.
#[track_caller]
fn found_in(directory: &Path, arguments: &[&str]) -> Vec<String> {
    let output = command(directory, &[STAGED, arguments].concat())
        .output()
        .unwrap();
    let files: Vec<String> = out(&output)
        .lines()
        .filter_map(|line| Some(line.split_once(": ")?.0.rsplitn(3, ':').nth(2)?.to_owned()))
        .collect();
    let expected = i32::from(!files.is_empty());
    assert_eq!(code(&output), expected, "{}{}", out(&output), err(&output));
    files
}

#[track_caller]
fn refused(directory: &TempDir, arguments: &[&str], says: &[&str]) {
    let output = assert_code(directory, arguments, 2);
    let text = err(&output).replace('│', " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in says {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn the_staged_content_counts_and_not_that_of_the_disk() {
    let directory = committed(&[("a.ts", CLEAN), ("b.ts", CLEAN), ("old.ts", READ)]);
    write(&directory, "a.ts", READ);
    git(directory.path(), &["add", "a.ts"]);
    write(&directory, "a.ts", CLEAN);
    write(&directory, "b.ts", READ);
    write(&directory, "new.ts", READ);
    assert_eq!(found_in(directory.path(), &[]), ["a.ts"]);
    // And the other way round.
    git(directory.path(), &["add", "a.ts"]);
    write(&directory, "a.ts", READ);
    assert!(found_in(directory.path(), &[]).is_empty());
    let output = assert_code(&directory, STAGED, 0);
    assert!(err(&output).contains("no staged files"), "{}", err(&output));
}

#[test]
fn a_file_that_is_staged_in_parts_is_judged_in_those() {
    let directory = committed(&[("a.ts", CLEAN)]);
    write(&directory, "a.ts", &format!("{CLEAN}{READ}"));
    git(directory.path(), &["add", "a.ts"]);
    write(
        &directory,
        "a.ts",
        &format!("console.log(process.env);\n{CLEAN}{READ}"),
    );
    let output = assert_code(&directory, STAGED, 1);
    let text = out(&output);
    assert_eq!(
        text.lines().filter(|line| line.contains("a.ts:")).count(),
        1
    );
    assert!(
        text.starts_with("a.ts:2:11: warning[env-secret-read]"),
        "{text}"
    );
}

#[test]
fn the_first_commit_needs_no_other() {
    let directory = repository(&[("a.ts", READ), ("b.ts", READ), ("c.ts", READ)]);
    git(directory.path(), &["add", "a.ts"]);
    git(directory.path(), &["add", "-N", "b.ts"]);
    assert_eq!(found_in(directory.path(), &[]), ["a.ts"]);
}

#[test]
fn renamed_deleted_and_odd_files_are_what_they_are() {
    let directory = committed(&[("a.ts", READ), ("gone.ts", READ), ("was.ts", READ)]);
    git(directory.path(), &["mv", "a.ts", "renamed.ts"]);
    git(directory.path(), &["rm", "-q", "gone.ts"]);
    let odd = "o d\n\"d\" é:1.ts";
    write(&directory, odd, READ);
    git(directory.path(), &["add", odd]);
    // Staged, and no longer there.
    write(&directory, "staged.ts", READ);
    git(directory.path(), &["add", "staged.ts"]);
    fs::remove_file(directory.path().join("staged.ts")).unwrap();
    let found = found_in(directory.path(), &[]);
    assert_eq!(
        found,
        ["o d\\u{a}\"d\" é:1.ts", "renamed.ts", "staged.ts"],
        "{found:?}"
    );
    assert_eq!(found_in(directory.path(), &["staged.ts"]), ["staged.ts"]);
}

#[cfg(unix)]
#[test]
fn links_and_submodules_are_no_files() {
    let inner = committed(&[("a.ts", READ)]);
    let directory = committed(&[("real.txt", READ), ("was.ts", CLEAN)]);
    let at = directory.path();
    std::os::unix::fs::symlink("real.txt", at.join("link.ts")).unwrap();
    fs::remove_file(at.join("was.ts")).unwrap();
    std::os::unix::fs::symlink("real.txt", at.join("was.ts")).unwrap();
    let inner = inner.path().to_str().unwrap();
    git(at, &["submodule", "--quiet", "add", inner, "module.ts"]);
    git(at, &["add", "-A"]);
    assert!(found_in(at, &[]).is_empty());
    // A link that becomes a file is new.
    git(at, &["commit", "-q", "-m", "links"]);
    fs::remove_file(at.join("link.ts")).unwrap();
    write(&directory, "link.ts", READ);
    git(at, &["add", "link.ts"]);
    assert_eq!(found_in(at, &[]), ["link.ts"]);
}

#[test]
fn paths_say_which_and_a_subdirectory_is_one() {
    let directory = committed(&[("x.ts", CLEAN)]);
    let at = directory.path();
    fs::create_dir_all(at.join("a/b")).unwrap();
    for name in ["a/b/one.ts", "a/two.ts", "x.ts"] {
        write(&directory, name, READ);
    }
    git(at, &["add", "-A"]);
    assert_eq!(found_in(at, &[]), ["a/b/one.ts", "a/two.ts", "x.ts"]);
    assert_eq!(found_in(at, &["a"]), ["a/b/one.ts", "a/two.ts"]);
    assert_eq!(
        found_in(at, &["a/b/one.ts", "x.ts"]),
        ["a/b/one.ts", "x.ts"]
    );
    assert_eq!(found_in(&at.join("a"), &[]), ["b/one.ts", "two.ts"]);
    assert_eq!(found_in(&at.join("a"), &["b"]), ["b/one.ts"]);
    assert_eq!(
        found_in(&at.join("a/b"), &["../two.ts"]),
        ["../two.ts"].map(|_| {
            at.canonicalize()
                .unwrap()
                .join("a/two.ts")
                .to_str()
                .unwrap()
                .to_owned()
        })
    );
    refused(
        &directory,
        &["check", "--staged", "no.ts"],
        &["`no.ts` does not exist"],
    );
}

#[test]
fn a_worktree_and_the_index_of_a_commit_of_everything_are_heeded() {
    let directory = committed(&[("a.ts", CLEAN)]);
    let place = tempfile::tempdir().unwrap();
    let tree = place.path().join("tree");
    let name = tree.to_str().unwrap();
    git(directory.path(), &["worktree", "add", "-q", name]);
    fs::write(tree.join("a.ts"), READ).unwrap();
    git(&tree, &["add", "a.ts"]);
    assert_eq!(found_in(&tree, &[]), ["a.ts"]);
    assert!(found_in(directory.path(), &[]).is_empty());
    // What `git commit --all` tells a hook.
    let hook = directory.path().join(".git/hooks/pre-commit");
    let binary = env!("CARGO_BIN_EXE_envacuate");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(
        &hook,
        format!("#!/bin/sh\n'{binary}' check --staged --exit-zero -o seen\n"),
    )
    .unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    }
    write(&directory, "a.ts", READ);
    git(directory.path(), &["commit", "-q", "--all", "-m", "all"]);
    let seen = fs::read_to_string(directory.path().join("seen")).unwrap();
    assert!(seen.contains("GITHUB_TOKEN"), "{seen}");
}

#[test]
fn conflicts_are_told() {
    let directory = committed(&[("a.ts", CLEAN)]);
    let at = directory.path();
    git(at, &["checkout", "-q", "-b", "other"]);
    write(&directory, "a.ts", READ);
    git(at, &["commit", "-q", "-a", "-m", "other"]);
    git(at, &["checkout", "-q", "main"]);
    write(&directory, "a.ts", "const port = 2;\n");
    git(at, &["commit", "-q", "-a", "-m", "own"]);
    let merge = std::process::Command::new("git")
        .args(["merge", "-q", "other"])
        .current_dir(at)
        .output()
        .unwrap();
    assert!(!merge.status.success());
    let output = assert_code(&directory, STAGED, 2);
    assert!(out(&output).contains("conflicts"), "{}", out(&output));
}

#[test]
fn what_a_walk_leaves_out_is_left_out_here_and_what_git_has_is_not() {
    let directory = repository(&[
        (".gitignore", "forced.ts\n"),
        (".envacuateignore", "own.ts\nlisted/\n"),
        ("envacuate.toml", "exclude = [\"gen/**\"]\n"),
        ("forced.ts", READ),
        ("own.ts", READ),
        ("listed/a.ts", READ),
        ("gen/a.ts", READ),
        ("vendor/a.ts", READ),
        ("x.min.js", READ),
        (".env", "GITHUB_TOKEN=x9Kq2vT7mZ4pW8sL1dR6yB3nH5\n"),
    ]);
    git(directory.path(), &["add", "-A", "-f"]);
    let at = directory.path();
    assert_eq!(found_in(at, &[]), [".env", "forced.ts"]);
    // What is named is meant, unless it is told otherwise.
    let named = [
        "own.ts",
        "listed/a.ts",
        "gen/a.ts",
        "vendor/a.ts",
        "x.min.js",
    ];
    let found = found_in(at, &named);
    assert_eq!(found, ["listed/a.ts", "own.ts", "vendor/a.ts", "x.min.js"]);
    let forced = [&["--force-exclude"][..], &named].concat();
    assert!(found_in(at, &forced).is_empty());
    let plain = [&["check", "--force-exclude", "forced.ts"][..], &named].concat();
    assert_code(&directory, &plain, 0);
    assert_code(
        &directory,
        &["check", "--no-ignore", "--force-exclude", "own.ts"],
        1,
    );
    assert_code(&directory, &["check", "own.ts"], 1);
}

#[test]
fn what_staged_files_share_is_joined() {
    let directory = repository(&[
        ("names.ts", "export const NAME = \"GITHUB_TOKEN\";\n"),
        (
            "use.ts",
            "import { NAME } from \"./names\";\nconst t = process.env[NAME];\n",
        ),
    ]);
    git(directory.path(), &["add", "-A"]);
    fs::remove_file(directory.path().join("names.ts")).unwrap();
    fs::remove_file(directory.path().join("use.ts")).unwrap();
    assert_eq!(found_in(directory.path(), &[]), ["use.ts"]);
}

#[test]
fn what_staged_files_import_is_known_as_it_is_staged_and_not_judged() {
    let index = "export { config } from \"../inner\";\n";
    let inner = "export const config = { token: process.env.GITHUB_TOKEN };\nexport const NAME = \"A_TOKEN\";\n";
    let files = [
        ("src/config/index.ts", index),
        ("src/inner.ts", inner),
        ("names.py", "NAME = \"SLACK_BOT_TOKEN\"\n"),
        ("other.ts", READ),
    ];
    let directory = committed(&files);
    let at = directory.path();
    let user = "import { config } from \"./config\";\nconsole.log(config.token);\n";
    write(&directory, "src/server.ts", user);
    write(
        &directory,
        "use.py",
        "import os\nfrom names import NAME\nt = os.environ[NAME]\n",
    );
    git(at, &["add", "-A"]);
    // What is on the disk says something else.
    write(&directory, "src/inner.ts", "export const config = {};\n");
    write(&directory, "names.py", "NAME = \"PORT\"\n");
    assert_eq!(found_in(at, &[]), ["src/server.ts", "use.py"]);
    let output = assert_code(&directory, &["check", "--staged", "--format", "json"], 1);
    let report: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(report["summary"]["files"], 2);
    assert_eq!(report["findings"][0]["rule"], "secret-exposed");
    assert_eq!(report["findings"][1]["secret"], "SLACK_BOT_TOKEN");
    assert_eq!(found_in(&at.join("src"), &[]), ["server.ts"]);
    assert_eq!(found_in(at, &["src/server.ts"]), ["src/server.ts"]);
}

#[test]
fn what_cannot_be_done_is_said() {
    let outside = tree(&[("a.ts", READ)]);
    refused(&outside, &["check", "--staged"], &["no git repository"]);
    let directory = committed(&[("a.ts", CLEAN)]);
    for (arguments, says) in [
        (&["--fix"][..], "fixes change files"),
        (&["--diff"], "fixes change files"),
        (&["--write-baseline"], "baseline"),
        (&["-", "--stdin-filename", "a.ts"], "standard input"),
    ] {
        refused(
            &directory,
            &[&["check", "--staged"], arguments].concat(),
            &[says],
        );
    }
    fs::write(directory.path().join(".git/config"), "[core\n").unwrap();
    refused(
        &directory,
        STAGED,
        &["git did not say what is staged", "config"],
    );
    let without = command(directory.path(), STAGED)
        .env("PATH", directory.path())
        .output()
        .unwrap();
    assert_eq!(code(&without), 2);
    assert!(err(&without).contains("git is not there"));
}

#[test]
fn content_that_git_has_lost_or_that_is_too_large_is_told() {
    let directory = repository(&[("a.ts", READ), ("b.ts", READ)]);
    git(directory.path(), &["add", "-A"]);
    write(
        &directory,
        "large.ts",
        &format!("//{}\n{READ}", "x".repeat(5000)),
    );
    git(directory.path(), &["add", "large.ts"]);
    let output = assert_code(
        &directory,
        &[STAGED, &["--max-file-size", "4k"]].concat(),
        1,
    );
    let text = out(&output);
    assert!(text.contains("large.ts") && text.contains("4096"), "{text}");
    write(&directory, "lost.ts", "const t = process.env.LOST_TOKEN;\n");
    git(directory.path(), &["add", "lost.ts"]);
    let object = git(directory.path(), &["rev-parse", ":lost.ts"]);
    let (folder, name) = object.split_at(2);
    let file = directory
        .path()
        .join(".git/objects")
        .join(folder)
        .join(name);
    fs::remove_file(file).unwrap();
    let output = assert_code(&directory, STAGED, 2);
    assert!(out(&output).contains("lost.ts"), "{}", out(&output));
}

#[cfg(unix)]
#[test]
fn a_repository_cannot_have_programs_run() {
    let directory = committed(&[("a.ts", CLEAN)]);
    let outside = tempfile::tempdir().unwrap();
    let (script, mark) = marking_program(outside.path());
    let script = script.as_str();
    write(&directory, "a.ts", READ);
    git(directory.path(), &["add", "a.ts"]);
    for (key, value) in [
        ("core.fsmonitor", script),
        ("core.pager", script),
        ("core.alternateRefsCommand", script),
        ("diff.external", script),
        ("diff.trap.command", script),
        ("diff.trap.textconv", script),
        ("filter.trap.clean", script),
        ("filter.trap.smudge", script),
    ] {
        git(directory.path(), &["config", key, value]);
    }
    let attributes = directory.path().join(".git/info/attributes");
    fs::create_dir_all(attributes.parent().unwrap()).unwrap();
    fs::write(&attributes, "*.ts filter=trap diff=trap\n").unwrap();
    git(directory.path(), &["diff", "--cached"]);
    assert!(mark.exists(), "the traps work");
    fs::remove_file(&mark).unwrap();
    assert_eq!(found_in(directory.path(), &[]), ["a.ts"]);
    assert!(!mark.exists());
}
