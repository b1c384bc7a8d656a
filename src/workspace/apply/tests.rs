//! Sets of changes on a real disk; being killed is in `tests/it`.

#![expect(clippy::disallowed_methods, reason = "tests make files")]

use std::collections::BTreeMap;
use std::fs;

use tempfile::TempDir;

use super::*;

/// Every file below a directory but those of the journal.
fn texts(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name == folder::FOLDER {
            continue;
        }
        if path.is_dir() {
            found.insert(format!("{name}/"), Vec::new());
            let inner = texts(&path).into_iter();
            found.extend(inner.map(|(inner, text)| (format!("{name}/{inner}"), text)));
        } else {
            found.insert(name, fs::read(path).unwrap());
        }
    }
    found
}

fn tree() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("src")).unwrap();
    fs::write(root.path().join("src/a.ts"), "one\r\ntwo\r\n").unwrap();
    fs::write(root.path().join("b.py"), "\u{feff}b").unwrap();
    root
}

const CHANGES: [Change<'static>; 3] = [
    Change {
        path: "b.py",
        before: Some("\u{feff}b".as_bytes()),
        after: b"\xff\xfe",
        clean: false,
    },
    Change {
        path: "src/a.ts",
        before: Some(b"one\r\ntwo\r\n"),
        after: b"one\r\n2\r\n",
        clean: true,
    },
    Change {
        path: "new/deep/c.ts",
        before: None,
        after: b"c\n",
        clean: true,
    },
];

fn journal_is_gone(root: &Path) -> bool {
    !root.join(".envacuate/journal.json").exists()
}

#[test]
fn a_set_is_applied_and_rolled_back_byte_for_byte() {
    let root = tree();
    let before = texts(root.path());
    let site = Site::open(root.path()).unwrap();
    site.apply(&CHANGES).unwrap().commit().unwrap();
    let after = texts(root.path());
    for change in &CHANGES {
        assert_eq!(after[change.path], change.after);
    }
    assert_eq!(after.len(), before.len() + 3, "two directories and a file");
    assert!(journal_is_gone(root.path()));
    let last = site.last().unwrap().unwrap();
    assert!(site.is_own(&last, "src/a.ts"));
    assert!(!site.is_own(&last, "b.py"), "it was not clean");
    assert_eq!(site.rollback().unwrap().len(), 3);
    assert_eq!(texts(root.path()), before);
    assert_eq!(site.rollback(), Err(Trouble::Nothing));
}

#[test]
fn a_set_that_was_not_committed_is_taken_back_by_the_next_run() {
    let root = tree();
    let before = texts(root.path());
    let site = Site::open(root.path()).unwrap();
    let _ = site.apply(&CHANGES).unwrap();
    drop(site);
    let site = Site::existing(root.path()).unwrap().unwrap();
    assert_eq!(site.recover(), Ok(Some(3)));
    assert_eq!(site.recover(), Ok(None));
    assert_eq!(texts(root.path()), before);
    assert_eq!(site.rollback(), Err(Trouble::Nothing));
}

#[test]
fn the_set_before_can_be_rolled_back_when_a_later_one_was_not_committed() {
    let root = tree();
    let before = texts(root.path());
    let site = Site::open(root.path()).unwrap();
    site.apply(&CHANGES[..1]).unwrap().commit().unwrap();
    site.apply(&CHANGES[1..]).unwrap().undo().unwrap();
    site.rollback().unwrap();
    assert_eq!(texts(root.path()), before);
}

#[test]
fn nothing_is_rolled_back_when_a_file_was_changed_since() {
    let root = tree();
    let site = Site::open(root.path()).unwrap();
    site.apply(&CHANGES).unwrap().commit().unwrap();
    fs::write(root.path().join("src/a.ts"), "mine").unwrap();
    fs::remove_file(root.path().join("new/deep/c.ts")).unwrap();
    let now = texts(root.path());
    let changed = ["src/a.ts", "new/deep/c.ts"].map(str::to_owned).to_vec();
    assert_eq!(site.rollback(), Err(Trouble::ChangedSince(changed)));
    assert_eq!(texts(root.path()), now);
}

#[test]
fn a_run_that_was_cut_off_does_not_take_what_was_written_since() {
    let root = tree();
    let site = Site::open(root.path()).unwrap();
    let _ = site.apply(&CHANGES).unwrap();
    fs::write(root.path().join("src/a.ts"), "mine").unwrap();
    let now = texts(root.path());
    let changed = vec!["src/a.ts".to_owned()];
    assert_eq!(site.recover(), Err(Trouble::Between(changed)));
    assert_eq!(texts(root.path()), now);
}

#[test]
fn a_directory_that_others_use_by_now_stays() {
    let root = tree();
    let site = Site::open(root.path()).unwrap();
    site.apply(&CHANGES).unwrap().commit().unwrap();
    fs::write(root.path().join("new/mine.ts"), "").unwrap();
    site.rollback().unwrap();
    assert!(root.path().join("new/mine.ts").exists());
    assert!(!root.path().join("new/deep").exists());
}

#[test]
fn nothing_changes_when_one_file_is_not_what_it_was() {
    let root = tree();
    fs::create_dir_all(root.path().join("new/deep")).unwrap();
    fs::write(root.path().join("new/deep/c.ts"), "taken").unwrap();
    let before = texts(root.path());
    let site = Site::open(root.path()).unwrap();
    let changed = vec!["new/deep/c.ts".to_owned()];
    assert_eq!(site.apply(&CHANGES).unwrap_err(), Trouble::Changed(changed));
    assert_eq!(texts(root.path()), before);
}

#[test]
fn two_runs_do_not_mix() {
    let root = tree();
    let first = Site::open(root.path()).unwrap();
    assert_eq!(Site::open(root.path()).unwrap_err(), Trouble::Busy);
    drop(first);
    Site::open(root.path()).unwrap();
}

#[test]
fn nothing_outside_is_written() {
    let root = tree();
    let site = Site::open(root.path()).unwrap();
    for path in ["../out.ts", "/out.ts", ".git/config"] {
        let change = Change { path, ..CHANGES[2] };
        let outside = Trouble::Outside(path.to_owned());
        assert_eq!(site.apply(&[change]).unwrap_err(), outside);
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn modes_are_kept_and_the_journal_is_private() {
        let root = tree();
        let script = root.path().join("b.py");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o751)).unwrap();
        let site = Site::open(root.path()).unwrap();
        let pending = site.apply(&CHANGES).unwrap();
        let folder = root.path().join(".envacuate");
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join("journal.json")), 0o600);
        assert_eq!(mode(&script), 0o751);
        pending.commit().unwrap();
        assert_eq!(mode(&folder.join("applied.json")), 0o600);
        site.rollback().unwrap();
        assert_eq!(mode(&script), 0o751);
        assert_eq!(fs::read(folder.join(".gitignore")).unwrap(), b"*\n");
    }

    #[test]
    fn links_are_not_followed() {
        let root = tree();
        let outside = tree();
        symlink(outside.path(), root.path().join("new")).unwrap();
        let site = Site::open(root.path()).unwrap();
        let before = texts(outside.path());
        let link = Trouble::Link("new/deep/c.ts".to_owned());
        assert_eq!(site.apply(&CHANGES).unwrap_err(), link);
        fs::remove_file(root.path().join("b.py")).unwrap();
        symlink(outside.path().join("b.py"), root.path().join("b.py")).unwrap();
        let changed = Trouble::Changed(vec!["b.py".to_owned()]);
        assert_eq!(site.apply(&CHANGES[..1]).unwrap_err(), changed);
        assert_eq!(texts(outside.path()), before);
    }

    #[test]
    fn a_journal_of_strangers_is_not_believed() {
        let root = tree();
        let site = Site::open(root.path()).unwrap();
        let _ = site.apply(&CHANGES).unwrap();
        let now = texts(root.path());
        let journal = root.path().join(".envacuate/journal.json");
        fs::set_permissions(&journal, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(site.recover(), Err(Trouble::Damaged));
        fs::set_permissions(&journal, fs::Permissions::from_mode(0o600)).unwrap();
        let text = fs::read_to_string(&journal).unwrap();
        for (from, to) in [
            ("src/a.ts", "../src/a.ts"),
            ("src/a.ts", ".git/config"),
            ("new/deep\"", "/tmp\""),
            ("\"two", "\"tow"),
            ("\"files\"", "\"fils\""),
        ] {
            assert!(text.contains(from), "{from}");
            fs::write(&journal, text.replacen(from, to, 1)).unwrap();
            assert!(site.recover().is_err(), "{to}");
            assert_eq!(texts(root.path()), now, "{to}");
        }
    }

    #[test]
    fn a_folder_of_strangers_is_not_used() {
        let outside = tree();
        let root = tree();
        symlink(outside.path(), root.path().join(".envacuate")).unwrap();
        let foreign = Trouble::Foreign("it is no directory");
        assert_eq!(Site::existing(root.path()).unwrap_err(), foreign);
        assert!(!outside.path().join("lock").exists());
        let root = tree();
        fs::create_dir(root.path().join(".envacuate")).unwrap();
        symlink(
            outside.path().join("b.py"),
            root.path().join(".envacuate/lock"),
        )
        .unwrap();
        assert!(matches!(Site::open(root.path()), Err(Trouble::Io { .. })));
    }
}
