//! The real binary, ended or failing at each thing that it does to the disk, one after the other.
//!
//! A library that is loaded before the system's counts these things; there is no clock and no switch in the product.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;

use super::*;
use crate::cli::{code, command, err};
use crate::support::root;

const WRITE: &[&str] = &[
    "migrate",
    "--write",
    "--allow-no-vcs",
    "--manifest",
    "out/deep/manifest.json",
];

const ROLLBACK: &[&str] = &["migrate", "--rollback"];

/// More steps than any run here has.
const ENDLESS: usize = 1000;

/// The library, compiled once.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = LIBRARY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut.so");
        let source = root().join("tests/it/apply/cut.c");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-o"])
            .arg(&path)
            .arg(source)
            .arg("-ldl")
            .status();
        assert!(
            compiled.is_ok_and(|status| status.success()),
            "cc works: the parsers need it as well"
        );
        (folder, path)
    });
    path
}

/// Runs it so that step `at` is the last one, or fails.
fn cut(directory: &TempDir, arguments: &[&str], at: usize, how: &str) -> Output {
    command(directory.path(), arguments)
        .env("LD_PRELOAD", library())
        .env("CUT_AT", at.to_string())
        .env("CUT_HOW", how)
        .output()
        .unwrap()
}

fn whole(directory: &TempDir, arguments: &[&str]) -> Output {
    command(directory.path(), arguments).output().unwrap()
}

/// Every step of a run that can be cut: what `from` holds, cut there, and handed to `judge`. How many there are.
fn at_every_step(
    arguments: &[&str],
    how: &str,
    from: &TempDir,
    judge: &mut dyn FnMut(&TempDir, &Output, usize),
) -> usize {
    for at in 1..ENDLESS {
        let directory = copied(from);
        let output = cut(&directory, arguments, at, how);
        let was_cut = output.status.signal() == Some(9) || err(&output).contains("[cut]");
        if !was_cut {
            assert!(code(&output) < 2, "{}", err(&output));
            return at - 1;
        }
        judge(&directory, &output, at);
    }
    panic!("{arguments:?} never ends");
}

/// The same files with the same modes.
fn copied(from: &TempDir) -> TempDir {
    let to = tempfile::tempdir().unwrap();
    for path in files(from.path()) {
        let target = to.path().join(relative(&path, from.path()));
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&path, target).unwrap();
    }
    to
}

/// What a package is before and after.
fn ends() -> (Texts, Texts) {
    let directory = package();
    let before = texts(directory.path());
    let output = whole(&directory, WRITE);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let after = texts(directory.path());
    assert!(after.len() > before.len() + 2);
    (before, after)
}

type Texts = BTreeMap<String, (u32, Vec<u8>)>;

/// Each file is old or new; what stands beside them is private, or as private as the file it is for.
fn assert_each_is_whole(directory: &TempDir, before: &Texts, after: &Texts, at: usize) {
    for (name, text) in texts(directory.path()) {
        if name.contains("/.envacuate-") || name.starts_with(".envacuate-") {
            let mut modes = before.values().chain(after.values()).map(|(mode, _)| mode);
            let is_fine = text.0 == 0o600 || modes.any(|mode| *mode == text.0);
            assert!(is_fine, "step {at}: {name} has mode {:o}", text.0);
            continue;
        }
        let is_whole = before.get(&name) == Some(&text) || after.get(&name) == Some(&text);
        assert!(is_whole, "step {at}: {name} is neither old nor new");
    }
    for name in before.keys() {
        assert!(
            directory.path().join(name).exists(),
            "step {at}: {name} is lost"
        );
    }
    assert_journal_is_private(directory.path());
}

fn assert_journal_is_private(root: &Path) {
    for path in files(&root.join(".envacuate")) {
        if path.file_name().is_some_and(|name| name == ".gitignore") {
            continue;
        }
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("hunter2"), "{text}");
    }
}

fn is_open(directory: &TempDir) -> bool {
    directory.path().join(".envacuate/journal.json").exists()
}

#[test]
fn killed_anywhere_a_rerun_completes_and_a_rollback_restores() {
    let (before, after) = ends();
    let (mut open, mut counted) = (0, 0);
    let steps = at_every_step(WRITE, "kill", &package(), &mut |directory, _, at| {
        assert_each_is_whole(directory, &before, &after, at);
        let is_applied = directory.path().join(".envacuate/applied.json").exists();
        let was_open = is_open(directory);
        open += usize::from(was_open);
        counted += usize::from(is_applied);
        let other = copied(directory);

        let output = whole(directory, WRITE);
        assert_eq!(code(&output), 0, "step {at}: {}", err(&output));
        assert_eq!(err(&output).contains("was cut off"), was_open, "step {at}");
        assert_eq!(texts(directory.path()), after, "step {at}");
        assert!(!is_open(directory));

        let output = whole(&other, ROLLBACK);
        let expected = if was_open || is_applied { 0 } else { 2 };
        assert_eq!(code(&output), expected, "step {at}: {}", err(&output));
        assert_eq!(texts(other.path()), before, "step {at}");
        assert!(!other.path().join("out").exists(), "step {at}");
    });
    assert!(
        steps > 40 && open > 30 && counted > 0,
        "{steps} steps, {open} with an open journal, {counted} that counted"
    );
}

#[test]
fn killed_while_rolling_back_it_is_rolled_back_by_the_next_run() {
    let (before, after) = ends();
    let applied = package();
    assert_eq!(code(&whole(&applied, WRITE)), 0);
    let steps = at_every_step(ROLLBACK, "kill", &applied, &mut |directory, _, at| {
        assert_each_is_whole(directory, &before, &after, at);
        let output = whole(directory, ROLLBACK);
        // Killed after its last step that matters, there is nothing left to do.
        assert!(code(&output) == 0 || err(&output).contains("nothing to roll back"));
        assert_eq!(texts(directory.path()), before, "step {at}");
    });
    assert!(steps > 20, "{steps}");
}

#[test]
fn killed_while_taking_back_a_run_that_was_killed() {
    let (before, after) = ends();
    let killed_at = |at| {
        let directory = package();
        cut(&directory, WRITE, at, "kill");
        directory
    };
    // The last step before the set counts: all files are new.
    let counts = |at: &usize| {
        killed_at(*at)
            .path()
            .join(".envacuate/applied.json")
            .exists()
    };
    let (mut low, mut high) = (1, 200);
    while low + 1 < high {
        let middle = usize::midpoint(low, high);
        if counts(&middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    let killed = killed_at(low);
    let shown = whole(&killed, &["migrate"]);
    assert!(err(&shown).contains("cut off"), "{}", err(&shown));
    assert!(is_open(&killed) && killed.path().join("out/deep/manifest.json").exists());
    let steps = at_every_step(ROLLBACK, "kill", &killed, &mut |directory, _, at| {
        assert_each_is_whole(directory, &before, &after, at);
        whole(directory, ROLLBACK);
        assert_eq!(texts(directory.path()), before, "step {at}");
        assert!(!is_open(directory));
    });
    assert!(steps > 20, "{steps}");
}

#[test]
fn when_the_disk_fails_anywhere_all_or_nothing_is_written() {
    let (before, after) = ends();
    let mut failed = 0;
    at_every_step(WRITE, "fail", &package(), &mut |directory, output, at| {
        let now = texts(directory.path());
        if code(output) == 2 {
            failed += 1;
            assert_eq!(now, before, "step {at}: {}", err(output));
            assert!(
                !is_open(directory) && !directory.path().join("out").exists(),
                "step {at}"
            );
        } else {
            assert_eq!(now, after, "step {at}: {}", err(output));
        }
    });
    assert!(failed > 30, "{failed}");
}
