//! One thread's share of a walk.

use std::ffi::OsString;
use std::fs::FileType;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::Shared;
use super::hidden::{By, Hidden};
use super::place::Place;
use crate::model::{ProblemKind, Tracking};
use crate::scan::{is_read, largest};
use crate::workspace::names::is_plain;
use crate::workspace::open::{Failure, Links, read_over, what_it_is};
use crate::workspace::scanned::Entry;
use crate::workspace::{Effective, shown};

/// Scans the files it is given, and hands them over when dropped.
pub(super) struct Worker<'s> {
    shared: &'s Shared<'s>,
    entries: Vec<Entry>,
    /// Used for file after file.
    buffer: Vec<u8>,
    /// The directory of the last file, and its settings.
    last: Option<(PathBuf, Arc<Effective>)>,
    /// Asked only of files that were named.
    hidden: Option<Hidden>,
}

impl<'s> Worker<'s> {
    pub(super) fn new(shared: &'s Shared<'s>) -> Self {
        Self {
            shared,
            entries: Vec::new(),
            buffer: Vec::new(),
            last: None,
            hidden: None,
        }
    }

    pub(super) fn shared(&self) -> &'s Shared<'s> {
        self.shared
    }

    /// A file that the user named. Whether it could be read, if envacuate knows how to.
    pub(super) fn named(&mut self, path: &Path) -> bool {
        if !is_candidate(path) {
            return true;
        }
        if self.would_be_left_out(path) {
            return true;
        }
        let before = self.entries.len();
        let effective = self.effective(path);
        self.file(path, Links::Follow, effective);
        !self.entries[before..]
            .iter()
            .flat_map(|entry| &entry.scan.problems)
            .any(|problem| problem.kind == ProblemKind::Unreadable)
    }

    /// Whether a file that was named is to be left out as if it had been met.
    fn would_be_left_out(&mut self, path: &Path) -> bool {
        let request = self.shared.request;
        if !request.force_exclude {
            return false;
        }
        let path = absolute(path, request.working_directory);
        let hidden = self
            .hidden
            .get_or_insert_with(|| Hidden::new(request.heeded()));
        match hidden.by(request.working_directory, &path) {
            None => false,
            // Git has files that it was told to leave out too late.
            Some(By::Git) => {
                self.shared.tracking(&path, &path.to_string_lossy()) != Tracking::Tracked
            }
            Some(By::Us) => true,
        }
    }

    /// What is no directory, met below a path that the user named.
    pub(super) fn all(&mut self, place: &Place, files: &[(OsString, FileType)]) {
        for (name, kind) in files {
            let effective = Arc::clone(place.effective(self.shared.request));
            self.met(&place.path.join(name), *kind, effective);
        }
    }

    fn met(&mut self, path: &Path, kind: FileType, effective: Arc<Effective>) {
        let failure = if kind.is_file() {
            return self.file(path, Links::Refuse, effective);
        } else if kind.is_symlink() {
            match self.shared.links.unseen(path) {
                Some(why) => Failure::unreadable(why),
                None => return,
            }
        } else {
            match std::fs::symlink_metadata(path) {
                Ok(metadata) => Failure::unreadable(what_it_is(&metadata)),
                Err(error) => Failure::io(&error),
            }
        };
        if !self.excludes(&effective, path) {
            self.fail_under(path, failure, effective);
        }
    }

    /// A file or directory of which nothing can be said.
    pub(super) fn fail(&mut self, path: &Path, failure: Failure) {
        let effective = self.effective(path);
        self.fail_under(path, failure, effective);
    }

    fn fail_under(&mut self, path: &Path, failure: Failure, effective: Arc<Effective>) {
        let shown = shown(path, self.shared.request.working_directory);
        self.entries.push(Entry::failed(shown, failure, effective));
    }

    /// A directory that could not be listed, or something in it.
    pub(super) fn unlisted(&mut self, path: &Path, error: &io::Error) {
        let why = format!("it cannot be listed: {}", error.kind());
        self.fail(path, Failure::unreadable(&why));
    }

    /// Ignore files above a directory that was named hold lines that are no patterns.
    pub(super) fn bad_rules(&mut self, errors: &[ignore::Error]) {
        let path = match errors {
            [] => return,
            [error] => path_of(error).unwrap_or(Path::new(".")),
            _ => Path::new("."),
        };
        self.fail(path, Failure::unreadable("it cannot be listed"));
    }

    fn file(&mut self, path: &Path, links: Links, effective: Arc<Effective>) {
        if self.excludes(&effective, path) {
            return;
        }
        let settings = &effective.settings;
        let shown = shown(path, self.shared.request.working_directory);
        let tracking = self.shared.tracking(path, &shown);
        let cap = settings.max_file_size;
        let largest = largest(&shown).filter(|&largest| largest < cap);
        let read = match tracking {
            // Nobody's business but its owner's.
            Tracking::Untracked => Ok(0),
            _ => read_over(path, links, largest.unwrap_or(cap), &mut self.buffer),
        };
        let text = match read {
            Ok(length) => &self.buffer[..length],
            Err(failure) if largest.is_some() && failure.kind == ProblemKind::TooLarge => return,
            Err(failure) => return self.fail_under(path, failure, effective),
        };
        let again = links == Links::Follow || !is_plain(path, &shown);
        let mut entry = Entry::scanned(shown, text, tracking, effective);
        entry.reopen = again.then(|| (path.to_owned(), links));
        self.entries.push(entry);
    }

    fn excludes(&self, effective: &Effective, path: &Path) -> bool {
        effective.has_exclude()
            && effective.excludes(&absolute(path, self.shared.request.working_directory))
    }

    /// The settings of the directory that `path` stands in.
    fn effective(&mut self, path: &Path) -> Arc<Effective> {
        let directory = path.parent().unwrap_or(Path::new(""));
        if let Some((last, effective)) = &self.last
            && last == directory
        {
            return Arc::clone(effective);
        }
        let request = self.shared.request;
        let effective = (request.settings)(&absolute(directory, request.working_directory));
        self.last = Some((directory.to_owned(), Arc::clone(&effective)));
        effective
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        self.shared.keep(&mut self.entries);
    }
}

/// Whether envacuate knows how to read the path, judged by its name alone.
pub(in crate::workspace) fn is_candidate(path: &Path) -> bool {
    let path = plain(path);
    match path.to_str() {
        Some(name) => is_read(name),
        None => is_read(&path.to_string_lossy()),
    }
}

/// An absolute form without `..`, whose ancestors are real.
pub(in crate::workspace) fn absolute(path: &Path, working_directory: &Path) -> PathBuf {
    let joined = working_directory.join(plain(path));
    if !goes_up(&joined) {
        return joined;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => std::fs::canonicalize(working_directory.join(parent))
            .map_or(joined, |parent| parent.join(name)),
        _ => std::fs::canonicalize(&joined).unwrap_or(joined),
    }
}

/// Whether a path holds `..`.
pub(super) fn goes_up(path: &Path) -> bool {
    path.components().any(|part| part == Component::ParentDir)
}

fn plain(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        _ => None,
    }
}
