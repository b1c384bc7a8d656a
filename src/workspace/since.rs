//! Which lines changed since a branch was left: git compares the work tree, or what is staged, with the commit that HEAD
//! and another one have in common.
//!
//! What git prints is read by `diff_base`. Files that git does not know are new; files of a submodule are, if it was
//! changed. Used by `check --diff-base`.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::git_command::{NoAnswer, answer, filters_off, of_hook, path, repository};
use super::shown;
use super::walk::absolute;
use crate::diff_base::{Change, Lines, read};

/// Why nothing is known of what changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotCompared {
    /// The working directory is in no work tree of git.
    NoRepository,
    /// The commit is not there, or has nothing in common with HEAD; what git said of it.
    NoBase(String),
    /// Git did not say.
    Git(NoAnswer),
}

impl From<NoAnswer> for NotCompared {
    fn from(why: NoAnswer) -> Self {
        Self::Git(why)
    }
}

/// What changed.
#[derive(Debug)]
pub struct Since {
    root: PathBuf,
    working_directory: PathBuf,
    /// By path as reports show it.
    files: BTreeMap<String, Lines>,
    /// Files without changes that are known to git or to another repository.
    unchanged: BTreeSet<String>,
}

impl Since {
    /// What changed of a file that was settled.
    pub fn of(&self, path: &str) -> Change<'_> {
        match self.files.get(path) {
            Some(lines) => Change::Some(lines),
            None if self.unchanged.contains(path) => Change::None,
            None => Change::All,
        }
    }

    /// Asks git about files that have no changes: it may not know them.
    pub fn settle<'p>(&mut self, paths: impl Iterator<Item = &'p str>) -> Result<(), NotCompared> {
        let open: BTreeSet<&str> = paths
            .filter(|path| !self.files.contains_key(*path))
            .collect();
        let mut asked: BTreeMap<Vec<u8>, &str> = BTreeMap::new();
        for shown in open {
            let file = absolute(Path::new(shown), &self.working_directory);
            let Ok(below) = file.strip_prefix(&self.root) else {
                continue;
            };
            let inner = file.parent().and_then(repository);
            if inner.is_none_or(|inner| inner == self.root) {
                let parts: Vec<&[u8]> = below.iter().map(OsStr::as_encoded_bytes).collect();
                asked.insert(parts.join(&b'/'), shown);
            } else if !self.has_changed_above(&file) {
                self.unchanged.insert(shown.to_owned());
            }
        }
        if asked.is_empty() {
            return Ok(());
        }
        let mut command = of_hook(&self.root);
        command.args(["ls-files", "--cached", "-z"]);
        let names = answer(command, &[0])?;
        // Shown otherwise than they are called.
        let strange: BTreeSet<&str> = asked.values().copied().filter(is_strange).collect();
        for name in names.split(|byte| *byte == 0) {
            if let Some(path) = asked.get(name) {
                self.unchanged.insert((*path).to_owned());
            } else if !strange.is_empty() {
                let shown = shown(&self.root.join(path(name)), &self.working_directory);
                if strange.contains(shown.as_str()) {
                    self.unchanged.insert(shown);
                }
            }
        }
        Ok(())
    }

    /// Whether a directory around a file is a submodule that changed.
    fn has_changed_above(&self, file: &Path) -> bool {
        let mut above = file.ancestors().skip(1);
        above.any(|above| {
            self.files
                .contains_key(&shown(above, &self.working_directory))
        })
    }
}

/// Whether a path as reports show it may stand for another.
fn is_strange(shown: &&str) -> bool {
    shown.contains('\\')
}

/// What changed in the repository of a directory since it has nothing in common with a commit any more, up to what is
/// staged or to what is on the disk.
pub fn since(here: &Path, commit: &str, staged: bool) -> Result<Since, NotCompared> {
    let root = repository(here).ok_or(NotCompared::NoRepository)?;
    let mut command = of_hook(root);
    command.args(["merge-base", commit, "HEAD"]);
    let base = answer(command, &[0, 1]).map_err(|why| match why {
        NoAnswer::Failed(why) => NotCompared::NoBase(why),
        NoAnswer::Missing => NotCompared::Git(why),
    })?;
    let base = String::from_utf8_lossy(&base).trim().to_owned();
    if base.is_empty() {
        let why = "they have no commit in common".to_owned();
        return Err(NotCompared::NoBase(why));
    }
    let mut command = of_hook(root);
    // What stands on the disk is filtered before it is compared; what is staged has been.
    if !staged {
        for filter in filters_off(root)? {
            command.arg("-c").arg(filter);
        }
    }
    command
        .args(["diff", "--unified=0", "--inter-hunk-context=0", "--text"])
        .args(["--find-renames", "--src-prefix=a/", "--dst-prefix=b/"])
        .args(["--no-color", "--no-ext-diff", "--no-textconv"])
        .args(["--submodule=short", "--ignore-submodules=dirty"])
        .args(staged.then_some("--cached"))
        .args([&base, "--"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let failed = |why: &str| NotCompared::Git(NoAnswer::Failed(why.to_owned()));
    let mut process = command
        .spawn()
        .map_err(|error| failed(&error.kind().to_string()))?;
    let output = process.stdout.take();
    let read = output.map(|output| read(&mut BufReader::new(output)));
    let ended = process.wait();
    let files = match (read, ended) {
        (Some(Ok(files)), Ok(status)) if status.success() => files,
        _ => return Err(failed("`git diff` ended early")),
    };
    let files = files.into_iter().map(|(name, lines)| {
        let name = shown(&root.join(path(&name)), here);
        (name, lines)
    });
    Ok(Since {
        root: root.to_owned(),
        working_directory: here.to_owned(),
        files: files.collect(),
        unchanged: BTreeSet::new(),
    })
}
