//! Files that change as one set: all of them or none, also when the process is killed, and back again on request.
//!
//! A journal is on the disk before the first file changes. While it is called `journal.json`, the set is not wholly there
//! and the next run takes it back; its renaming to `applied.json` is the one moment at which the set counts. Rolling back
//! is the same renaming the other way, so that it can be cut off as well. Used by `migrate`.

mod files;
mod folder;
mod place;
mod trouble;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use files::Now;
use folder::{Folder, Name};
pub use trouble::{Trouble, listed};

use crate::journal::{Entry, Journal};

/// One file to change.
#[derive(Clone, Copy, Debug)]
pub struct Change<'c> {
    /// Its path from the working directory, with `/`.
    pub path: &'c str,
    /// What it was when the change was planned; nothing for a new file.
    pub before: Option<&'c [u8]>,
    /// What it becomes.
    pub after: &'c [u8],
    /// Whether version control has all of its text.
    pub clean: bool,
}

/// A working directory in which files change as one set. No other process has it at the same time.
#[derive(Debug)]
pub struct Site {
    root: PathBuf,
    folder: Folder,
}

/// A set that is in place and does not count yet.
#[derive(Debug)]
#[must_use = "it is taken back by the next run unless it is committed"]
pub struct Pending<'s> {
    site: &'s Site,
    journal: Journal,
}

impl Site {
    /// Takes a working directory; makes the folder of the journal where there is none.
    pub fn open(root: &Path) -> Result<Self, Trouble> {
        Ok(Self {
            root: root.to_owned(),
            folder: Folder::open(root)?,
        })
    }

    /// Takes a working directory that was taken before; nothing where it was not.
    pub fn existing(root: &Path) -> Result<Option<Self>, Trouble> {
        if Folder::is_there(root) {
            Self::open(root).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Whether a run here was cut off, or is at work.
    pub fn is_open(root: &Path) -> bool {
        Folder::is_open(root)
    }

    /// Takes back what a run left that was cut off: how many files it was about, if there was such a run.
    pub fn recover(&self) -> Result<Option<usize>, Trouble> {
        let Some(journal) = self.folder.read(Name::Open)? else {
            return Ok(None);
        };
        self.undo(&journal)?;
        Ok(Some(journal.files.len()))
    }

    /// Where programs that look at the files may keep what they need; it is empty after [`Self::clean`].
    pub fn scratch(&self) -> PathBuf {
        self.folder.scratch()
    }

    /// Removes what is kept there.
    pub fn clean(&self) {
        // What is left is ignored by git and by the scan.
        let _ = std::fs::remove_dir_all(self.folder.scratch());
    }

    /// What the last set that counts did.
    pub fn last(&self) -> Result<Option<Journal>, Trouble> {
        self.folder.read(Name::Applied)
    }

    /// Whether a file is as the last set left it and had nothing before that version control does not know.
    pub fn is_own(&self, last: &Journal, path: &str) -> bool {
        let mut entries = last.files.iter();
        entries
            .find(|entry| entry.path == path && entry.clean)
            .is_some_and(|entry| self.now(entry).is_ok_and(|now| now == Now::New))
    }

    /// Changes files, if each of them is what it was. On an error all are what they were.
    pub fn apply(&self, changes: &[Change<'_>]) -> Result<Pending<'_>, Trouble> {
        let changes: Vec<&Change<'_>> = changes
            .iter()
            .filter(|change| change.before != Some(change.after))
            .collect();
        self.check(&changes)?;
        let process = std::process::id();
        let entry = |(number, change): (usize, &&Change<'_>)| {
            let temporary = format!(".envacuate-{process}-{number}.tmp");
            Entry::new(
                change.path,
                temporary,
                change.before,
                change.after,
                change.clean,
            )
        };
        let files: Vec<Entry> = changes.iter().enumerate().map(entry).collect();
        let journal = Journal::new(files, self.missing_directories(&changes));
        self.folder.begin(&journal)?;
        match self.put(&journal, &changes) {
            Ok(()) => Ok(Pending {
                site: self,
                journal,
            }),
            Err(trouble) => Err(self.back(&journal, trouble)),
        }
    }

    /// Takes back what was done before an error: the error to tell.
    fn back(&self, journal: &Journal, first: Trouble) -> Trouble {
        match self.undo(journal) {
            Ok(()) => first,
            Err(second) => Trouble::Stuck {
                first: Box::new(first),
                second: Box::new(second),
            },
        }
    }

    /// Takes the last set back, if each of its files is as it was left: the paths of the files.
    pub fn rollback(&self) -> Result<Vec<String>, Trouble> {
        let Some(journal) = self.last()? else {
            return Err(Trouble::Nothing);
        };
        let mut changed = Vec::new();
        for entry in &journal.files {
            if self.now(entry)? != Now::New {
                changed.push(entry.path.clone());
            }
        }
        if !changed.is_empty() {
            return Err(Trouble::ChangedSince(changed));
        }
        self.folder.reopen()?;
        self.undo(&journal)?;
        Ok(journal.files.into_iter().map(|entry| entry.path).collect())
    }

    /// Whether every file is what it was when its change was planned.
    fn check(&self, changes: &[&Change<'_>]) -> Result<(), Trouble> {
        let mut changed = Vec::new();
        for change in changes {
            let place = place::of(&self.root, change.path)?;
            if !files::has(&place, change.before) {
                changed.push(change.path.to_owned());
            }
        }
        if changed.is_empty() {
            Ok(())
        } else {
            Err(Trouble::Changed(changed))
        }
    }

    /// The directories that files need and that are not there, the outer ones first.
    fn missing_directories(&self, changes: &[&Change<'_>]) -> Vec<String> {
        let mut found = BTreeSet::new();
        for change in changes {
            let slashes = change.path.match_indices('/');
            let above = slashes.map(|(at, _)| &change.path[..at]);
            found.extend(above.filter(|path| !self.root.join(path).exists()));
        }
        // Sorted, a directory stands before what is in it.
        found.into_iter().map(str::to_owned).collect()
    }

    fn put(&self, journal: &Journal, changes: &[&Change<'_>]) -> Result<(), Trouble> {
        for path in &journal.directories {
            files::make_directory(&place::of(&self.root, path)?)
                .map_err(|error| Trouble::of(path, &error))?;
        }
        for (entry, change) in journal.files.iter().zip(changes) {
            self.fill(entry, change.after)?;
        }
        self.check(changes)?;
        for entry in &journal.files {
            self.rename(entry)?;
        }
        self.sync(journal);
        Ok(())
    }

    /// Takes back what of a journal was done, and forgets it.
    fn undo(&self, journal: &Journal) -> Result<(), Trouble> {
        let mut others = Vec::new();
        let mut old_texts = Vec::new();
        // All of it is looked at before any of it changes.
        let directories = journal.directories.iter().rev();
        let directories: Vec<PathBuf> = directories
            .map(|path| place::of(&self.root, path))
            .collect::<Result<_, _>>()?;
        for entry in &journal.files {
            match self.now(entry)? {
                Now::Old => {}
                Now::New if entry.before.is_none() => old_texts.push((entry, None)),
                Now::New => {
                    let text = self.text(entry)?;
                    let old = entry.old_text(&text).ok_or(Trouble::Damaged)?;
                    old_texts.push((entry, Some(old)));
                }
                Now::Other => others.push(entry.path.clone()),
            }
        }
        if !others.is_empty() {
            return Err(Trouble::Between(others));
        }
        for entry in &journal.files {
            files::discard(&self.beside(entry)?)
                .map_err(|error| Trouble::of(&entry.path, &error))?;
        }
        for (entry, old) in &old_texts {
            if let Some(old) = old {
                self.fill(entry, old)?;
            }
        }
        for (entry, old) in &old_texts {
            match old {
                Some(_) => self.rename(entry)?,
                None => files::discard(&place::of(&self.root, &entry.path)?)
                    .map_err(|error| Trouble::of(&entry.path, &error))?,
            }
        }
        self.sync(journal);
        for directory in &directories {
            files::remove_if_empty(directory);
        }
        self.folder.forget()
    }

    /// Which of its two texts a file has.
    fn now(&self, entry: &Entry) -> Result<Now, Trouble> {
        let place = place::of(&self.root, &entry.path)?;
        Ok(files::now(&place, entry))
    }

    fn text(&self, entry: &Entry) -> Result<Vec<u8>, Trouble> {
        let place = place::of(&self.root, &entry.path)?;
        files::read(&place, entry.after.bytes)
            .ok_or_else(|| Trouble::Between(vec![entry.path.clone()]))
    }

    /// Where the next text of a file stands until it is put in place.
    fn beside(&self, entry: &Entry) -> Result<PathBuf, Trouble> {
        place::beside(&self.root, &entry.path, &entry.temporary)
    }

    fn fill(&self, entry: &Entry, text: &[u8]) -> Result<(), Trouble> {
        let target = place::of(&self.root, &entry.path)?;
        files::fill(&self.beside(entry)?, &target, text)
            .map_err(|error| Trouble::of(&entry.path, &error))
    }

    fn rename(&self, entry: &Entry) -> Result<(), Trouble> {
        let target = place::of(&self.root, &entry.path)?;
        files::rename(&self.beside(entry)?, &target)
            .map_err(|error| Trouble::of(&entry.path, &error))
    }

    /// Makes the renames of a journal last.
    fn sync(&self, journal: &Journal) {
        let paths = journal.files.iter().map(|entry| &entry.path);
        let above = |path: &String| match path.rsplit_once('/') {
            Some((directory, _)) => self.root.join(directory),
            None => self.root.clone(),
        };
        let folders: BTreeSet<PathBuf> = paths.chain(&journal.directories).map(above).collect();
        for folder in folders {
            super::write::sync_folder(&folder);
        }
    }
}

impl Pending<'_> {
    /// Makes the set count. On an error all files are what they were.
    pub fn commit(self) -> Result<(), Trouble> {
        let Self { site, journal } = self;
        let committed = site.folder.commit();
        committed.map_err(|trouble| site.back(&journal, trouble))
    }

    /// Takes the set back.
    pub fn undo(self) -> Result<(), Trouble> {
        self.site.undo(&self.journal)
    }
}

#[cfg(test)]
mod tests;
