//! What a walk meets, compared with the walk of the `ignore` crate, which does the same at a higher price.

use std::collections::BTreeSet;
use std::fs::{create_dir, create_dir_all};

use ignore::WalkBuilder;
use proptest::prelude::*;

use super::*;
use crate::settings::Settings;
use crate::workspace::{Effective, skip, write_atomic};

const PATTERNS: &[&str] = &[
    "a.js",
    "/a.js",
    "x/",
    "x",
    "/y",
    "!/x",
    "!a.js",
    "x/*.js",
    "**/y",
    "*",
    "!x/",
    "/x/y/b.js",
    "*.js",
    "!b.js",
    "y/**",
    "z/**/a.js",
    "\\!a.js",
    "# c",
    "",
    "!",
    "*/",
    "!*/",
    "[ab].js",
    "[z-a].js",
    "./a.js",
    " a.js ",
    "a.js\r",
    "\u{feff}b.js",
];

const LISTS: &[&str] = &[
    ".gitignore",
    ".ignore",
    ".envacuateignore",
    ".git/info/exclude",
];

const DIRECTORIES: &[&str] = &["", "x", "x/y", "y", "y/x", "x/y/z", "node_modules", "z/x"];

fn scanned(root: &Path, jobs: usize, git_ignore: bool, ignore_files: bool) -> BTreeSet<PathBuf> {
    let effective = Arc::new(Effective::new(Settings::default(), root.to_owned()));
    let scanned = scan(&Request {
        paths: &[root.to_owned()],
        working_directory: Path::new("/nowhere"),
        jobs,
        git_ignore,
        ignore_files,
        force_exclude: false,
        settings: &|_| Arc::clone(&effective),
    });
    let found = scanned.entries.into_iter();
    found
        .filter(|entry| entry.scan.problems.is_empty())
        .map(|entry| PathBuf::from(entry.scan.path))
        .collect()
}

fn expected(root: &Path, git_ignore: bool, ignore_files: bool) -> BTreeSet<PathBuf> {
    let mut walk = WalkBuilder::new(root);
    walk.hidden(false)
        .require_git(false)
        .git_ignore(git_ignore)
        .git_exclude(git_ignore)
        .git_global(git_ignore)
        .ignore(ignore_files)
        .parents(git_ignore || ignore_files)
        .filter_entry(|entry| {
            !entry.file_type().is_some_and(|kind| kind.is_dir())
                || !skip::directory(entry.file_name())
        });
    if ignore_files {
        walk.add_custom_ignore_filename(".envacuateignore");
    }
    walk.build()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(ignore::DirEntry::into_path)
        .filter(|path| is_candidate(path))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn heeds_ignore_files_as_the_ignore_crate_does(
        lists in prop::collection::vec(
            (
                prop::sample::select(DIRECTORIES),
                prop::sample::select(LISTS),
                prop::collection::vec(prop::sample::select(PATTERNS), 0..4),
            ),
            0..6,
        ),
        start in prop::sample::select(DIRECTORIES),
        git_ignore: bool,
        ignore_files: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        for directory in DIRECTORIES {
            let directory = folder.path().join(directory);
            create_dir_all(&directory).unwrap();
            for name in ["a.js", "b.js", "c.py", "d.txt"] {
                write_atomic(&directory.join(name), b"").unwrap();
            }
        }
        for (directory, list, patterns) in lists {
            let file = folder.path().join(directory).join(list);
            create_dir_all(file.parent().unwrap()).unwrap();
            write_atomic(&file, patterns.join("\n").as_bytes()).unwrap();
        }
        let root = folder.path().join(start);
        let expected = expected(&root, git_ignore, ignore_files);
        for jobs in [1, 3] {
            prop_assert_eq!(&scanned(&root, jobs, git_ignore, ignore_files), &expected);
        }
    }
}

#[test]
fn a_directory_of_many_files_is_shared_out_and_every_file_met_once() {
    let folder = tempfile::tempdir().unwrap();
    create_dir(folder.path().join("x")).unwrap();
    for n in 0..5 * SHARE {
        write_atomic(&folder.path().join(format!("x/{n}.js")), b"").unwrap();
    }
    for jobs in [1, 4] {
        assert_eq!(scanned(folder.path(), jobs, true, true).len(), 5 * SHARE);
    }
}
