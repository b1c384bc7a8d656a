//! The `console` blocks of the documents are run, and must print what they show.
//!
//! `TRYCMD=overwrite` rewrites what they show. Blocks that build, install or speak to a server are `sh`, and not run.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{files, relative, root};

#[test]
fn commands_print_what_the_documents_show() {
    trycmd::TestCases::new()
        .case("README.md")
        .case("docs/*.md")
        .case("docs/rules/*.md")
        .case("tests/it/cmd/*.md")
        .skip("docs/migration.md");
}

/// The guide changes files, so it is run in a copy of its server, which git has as it is.
#[test]
fn the_guide_to_migration_does_what_it_shows() {
    if Command::new("git").arg("--version").output().is_err() {
        return;
    }
    let guide = root().join("docs/migration.md");
    let place = tempfile::tempdir().unwrap();
    let (copy, server) = (
        place.path().join("migration.md"),
        place.path().join("migration.in"),
    );
    fs::copy(&guide, &copy).unwrap();
    let source = root().join("fixtures/guide");
    for file in files(&source) {
        let target = server.join(relative(&file, &source));
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(file, target).unwrap();
    }
    git(&server, &["init", "--quiet"]);
    git(&server, &["add", "."]);
    let author = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    git(
        &server,
        &[&author[..], &["commit", "--quiet", "-m", "All"]].concat(),
    );
    // What stands here is compared with what the guide made; that there is a folder has the guide change a copy.
    let made = place.path().join("migration.out");
    fs::create_dir(&made).unwrap();
    fs::copy(source.join("pyproject.toml"), made.join("pyproject.toml")).unwrap();

    trycmd::TestCases::new().case(copy.to_str().unwrap()).run();
    if std::env::var_os("TRYCMD").is_some_and(|how| how == "overwrite") {
        fs::copy(&copy, &guide).unwrap();
    }
}

fn git(folder: &Path, words: &[&str]) {
    let ended = Command::new("git")
        .args(words)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .status();
    assert!(ended.unwrap().success(), "git {words:?}");
}
