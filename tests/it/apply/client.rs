//! `migrate --client`.

use serde_json::Value;

use super::*;
use crate::cli::{assert_code, err};

const WRITE: &[&str] = &["migrate", "--write", "--allow-no-vcs"];

const MODULE: &str = "py/vault_secrets.py";

fn written(directory: &TempDir, arguments: &[&str]) -> String {
    err(&assert_code(directory, &[WRITE, arguments].concat(), 0))
}

fn read(directory: &TempDir, name: &str) -> String {
    fs::read_to_string(directory.path().join(name)).unwrap()
}

fn manifest(directory: &TempDir) -> Value {
    serde_json::from_str(&read(directory, "envacuate.manifest.json")).unwrap()
}

#[test]
fn the_manifest_remembers_it() {
    let directory = package();
    let told = written(&directory, &["--client", "library"]);
    assert!(
        told.contains("JavaScript and TypeScript need no library"),
        "{told}"
    );
    assert!(read(&directory, MODULE).contains("import_module(name)"));
    assert!(read(&directory, "py/pyproject.toml").contains("hvac>=2.4,<3"));
    assert!(!read(&directory, "package.json").contains("vault"));
    assert_eq!(manifest(&directory)["client"], "library");
    let before = texts(directory.path());
    for arguments in [&[][..], &["--client", "library"]] {
        assert_eq!(written(&directory, arguments).matches("need no").count(), 0);
        assert_eq!(texts(directory.path()), before);
        assert_code(
            &directory,
            &[&["migrate", "--check"], arguments].concat(),
            0,
        );
    }
    // One more secret of a package that has no module yet.
    fs::create_dir(directory.path().join("other")).unwrap();
    let more = [
        ("other/requirements.txt", "mcp\n"),
        (
            "other/tool.py",
            "import os\nkey = os.environ[\"OTHER_API_KEY\"]\n",
        ),
    ];
    for (name, text) in more {
        fs::write(directory.path().join(name), text).unwrap();
    }
    written(&directory, &[]);
    assert!(read(&directory, "other/requirements.txt").contains("hvac"));
}

#[test]
fn another_one_makes_modules_anew_that_nobody_changed() {
    let directory = package();
    written(&directory, &[]);
    let builtin = texts(directory.path());
    assert!(manifest(&directory).get("client").is_none());
    let output = assert_code(
        &directory,
        &["migrate", "--check", "--client", "library"],
        1,
    );
    let differs = "envacuate.manifest.json says another client";
    assert!(crate::cli::out(&output).contains(differs));
    written(&directory, &["--client", "library"]);
    assert!(read(&directory, MODULE).contains("hvac"));
    let steps = manifest(&directory)["steps"].to_string();
    assert!(steps.contains("py/pyproject.toml"), "{steps}");
    assert_code(&directory, &["migrate", "--rollback"], 0);
    assert_eq!(texts(directory.path()), builtin);

    let own = read(&directory, MODULE) + "# ours\n";
    fs::write(directory.path().join(MODULE), &own).unwrap();
    let told = written(&directory, &["--client", "library"]);
    assert!(
        told.contains(MODULE) && told.contains("changed by hand"),
        "{told}"
    );
    assert_eq!(read(&directory, MODULE), own);
}

#[test]
fn clouds_have_one_of_their_own() {
    let directory = package();
    let aws = ["migrate", "--backend", "aws", "--client"];
    let output = assert_code(&directory, &[&aws[..], &["builtin"]].concat(), 2);
    assert!(err(&output).contains("no built-in client for AWS"));
    let library = assert_code(&directory, &[&aws[..], &["library"]].concat(), 0);
    let none = assert_code(&directory, &aws[..3], 0);
    assert_eq!(library.stdout, none.stdout);
    let output = assert_code(&directory, &["migrate", "--client", "hvac"], 2);
    assert!(
        err(&output).contains("builtin, library"),
        "{}",
        err(&output)
    );
}
