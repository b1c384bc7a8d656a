//! `migrate --rollback`.

use super::*;
use crate::cli::{assert_code, err};

const WRITE: &[&str] = &["migrate", "--write", "--allow-no-vcs"];

const ROLLBACK: &[&str] = &["migrate", "--rollback"];

#[test]
fn what_was_written_is_taken_back_byte_for_byte() {
    let directory = package();
    let before = texts(directory.path());
    assert_code(&directory, WRITE, 0);
    assert_ne!(texts(directory.path()), before);
    let output = assert_code(&directory, ROLLBACK, 0);
    assert!(
        err(&output).contains("envacuate.manifest.json"),
        "{}",
        err(&output)
    );
    assert_eq!(texts(directory.path()), before);
    let output = assert_code(&directory, ROLLBACK, 2);
    assert!(err(&output).contains("nothing to roll back"));
}

#[test]
fn only_the_last_run_is_taken_back() {
    let directory = package();
    assert_code(&directory, &[WRITE, &["--only", "API_KEY"]].concat(), 0);
    let between = texts(directory.path());
    assert_code(&directory, WRITE, 0);
    assert_code(&directory, ROLLBACK, 0);
    assert_eq!(texts(directory.path()), between);
    assert_code(&directory, ROLLBACK, 2);
}

#[test]
fn a_file_that_was_changed_since_stops_it() {
    let directory = package();
    assert_code(&directory, WRITE, 0);
    let file = directory.path().join("src/a.ts");
    let mut text = fs::read(&file).unwrap();
    text.extend(b"// mine\n");
    fs::write(&file, &text).unwrap();
    let now = texts(directory.path());
    let output = assert_code(&directory, ROLLBACK, 2);
    assert!(err(&output).contains("src/a.ts"), "{}", err(&output));
    assert!(!err(&output).contains("tool.py"), "{}", err(&output));
    assert_eq!(texts(directory.path()), now);
}

#[test]
fn nothing_was_written_here() {
    let directory = package();
    assert_code(&directory, ROLLBACK, 2);
    assert!(!directory.path().join(".envacuate").exists());
    assert_code(&directory, &["migrate", "--rollback", "--write"], 2);
    assert_code(&directory, &["migrate", "--allow-dirty"], 2);
}

#[test]
fn the_journal_is_not_scanned_and_hidden_from_git() {
    let directory = package();
    assert_code(&directory, WRITE, 0);
    fs::write(
        directory.path().join(".envacuate/a.ts"),
        "console.log(process.env);\n",
    )
    .unwrap();
    let output = crate::cli::run(&directory, &["check", "--no-ignore"]);
    assert!(!crate::cli::out(&output).contains(".envacuate/"));
    let ignored = fs::read_to_string(directory.path().join(".envacuate/.gitignore"));
    assert_eq!(ignored.unwrap(), "*\n");
}

#[test]
fn nothing_else_is_taken_for_a_manifest() {
    let directory = package();
    let before = texts(directory.path());
    for wrong in ["package.json", "src/a.ts", "../m.json", "src"] {
        assert_code(&directory, &[WRITE, &["--manifest", wrong]].concat(), 2);
        assert_eq!(texts(directory.path()), before, "{wrong}");
    }
    // Its absolute path is as good.
    let path = directory.path().canonicalize().unwrap().join("m.json");
    assert_code(
        &directory,
        &[WRITE, &["--manifest", path.to_str().unwrap()]].concat(),
        0,
    );
}
