//! `migrate --check`.

use super::*;
use crate::cli::{assert_code, out};

const WRITE: &[&str] = &["migrate", "--write", "--allow-no-vcs"];

const CHECK: &[&str] = &["migrate", "--check"];

fn put(directory: &TempDir, name: &str, text: &str) {
    fs::write(directory.path().join(name), text).unwrap();
}

#[test]
fn what_can_be_rewritten_differs_and_nothing_is_written() {
    let directory = package();
    let before = texts(directory.path());
    let output = assert_code(&directory, CHECK, 1);
    assert!(out(&output).contains("envacuate.manifest.json is not there"));
    assert!(out(&output).contains("+++ b/src/a.ts"));
    assert_eq!(texts(directory.path()), before);
    assert!(!directory.path().join(".envacuate").exists());
    assert_code(&directory, WRITE, 0);
    assert_code(&directory, CHECK, 0);
    put(&directory, "src/c.ts", "f(process.env.GITHUB_TOKEN);\n");
    assert_code(&directory, CHECK, 1);
    assert_code(&directory, &[CHECK, &["--only", "API_KEY"]].concat(), 0);
    assert_code(&directory, &[CHECK, &["py"]].concat(), 0);
    assert_code(&directory, &[CHECK, &["--write"]].concat(), 2);
}

#[test]
fn the_manifest_has_to_say_what_is_left() {
    let directory = package();
    let fixed = "const KEY: &str = env!(\"PLAIN_API_KEY\");\n";
    put(&directory, "src/d.rs", fixed);
    assert_code(&directory, WRITE, 1);
    assert_code(&directory, CHECK, 0);
    // A line above changes no claim.
    put(&directory, "src/d.rs", &format!("\n\n{fixed}"));
    assert_code(&directory, CHECK, 0);
    put(&directory, "src/e.rs", &fixed.replace("PLAIN", "OTHER"));
    let output = assert_code(&directory, CHECK, 1);
    assert!(
        out(&output).contains("envacuate.manifest.json lacks OTHER_API_KEY"),
        "{}",
        out(&output)
    );
    assert_code(&directory, WRITE, 1);
    assert_code(&directory, CHECK, 0);
    // A file that cannot be read says nothing of what is in it.
    let path = directory.path().join("src/e.rs");
    let text = fs::read(&path).unwrap();
    fs::write(&path, vec![b' '; 2 << 20]).unwrap();
    let output = assert_code(&directory, CHECK, 1);
    assert!(crate::cli::err(&output).contains("src/e.rs"));
    assert!(!out(&output).contains("OTHER_API_KEY"), "{}", out(&output));
    fs::write(&path, text).unwrap();
    // Done by hand, it is left no longer.
    fs::remove_file(directory.path().join("src/e.rs")).unwrap();
    let output = assert_code(&directory, CHECK, 1);
    assert!(out(&output).contains("something else about OTHER_API_KEY"));
    assert_code(&directory, WRITE, 1);
    assert_code(&directory, CHECK, 0);
}

#[test]
fn a_manifest_that_is_none_is_an_error() {
    let directory = package();
    put(&directory, "envacuate.manifest.json", "{}");
    assert_code(&directory, CHECK, 2);
}
