//! One thread's share of a walk.

use std::fs::FileType;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::Shared;
use crate::model::ProblemKind;
use crate::scan::{classify, scan};
use crate::workspace::names::is_plain;
use crate::workspace::open::{Failure, Links, read_into, what_it_is};
use crate::workspace::scanned::Entry;
use crate::workspace::{Effective, guarded, shown};

/// Scans the files it is given, and hands them over when dropped.
pub(super) struct Worker<'s> {
    shared: &'s Shared<'s>,
    entries: Vec<Entry>,
    /// Used for file after file.
    buffer: Vec<u8>,
    /// The directory of the last file, and its settings.
    last: Option<(PathBuf, Arc<Effective>)>,
}

impl<'s> Worker<'s> {
    pub(super) fn new(shared: &'s Shared<'s>) -> Self {
        Self {
            shared,
            entries: Vec::new(),
            buffer: Vec::new(),
            last: None,
        }
    }

    /// A file that the user named. Whether it could be read, if envacuate knows how to.
    pub(super) fn named(&mut self, path: &Path) -> bool {
        if !is_candidate(path) {
            return true;
        }
        let before = self.entries.len();
        self.file(path, Links::Follow);
        !self.entries[before..]
            .iter()
            .flat_map(|entry| &entry.scan.problems)
            .any(|problem| problem.kind == ProblemKind::Unreadable)
    }

    /// Something that is no directory was met below a path that the user named.
    pub(super) fn met(&mut self, path: &Path, kind: FileType) {
        if !is_candidate(path) {
            return;
        }
        if kind.is_file() {
            self.file(path, Links::Refuse);
        } else if kind.is_symlink() {
            if let Some(why) = self.shared.links.unseen(path) {
                self.fail_unless_excluded(path, Failure::unreadable(why));
            }
        } else {
            let failure = match std::fs::symlink_metadata(path) {
                Ok(metadata) => Failure::unreadable(what_it_is(&metadata)),
                Err(error) => Failure::io(&error),
            };
            self.fail_unless_excluded(path, failure);
        }
    }

    /// A file or directory of which nothing can be said.
    pub(super) fn fail(&mut self, path: &Path, failure: Failure) {
        let effective = self.effective(path);
        let shown = shown(path, self.shared.request.working_directory);
        self.entries.push(Entry::failed(shown, failure, effective));
    }

    /// A directory that could not be listed.
    pub(super) fn walk_error(&mut self, error: &ignore::Error) {
        let path = path_of(error).unwrap_or(Path::new("."));
        let why = error.io_error().map_or_else(
            || "it cannot be listed".to_owned(),
            |error| format!("it cannot be listed: {}", error.kind()),
        );
        self.fail(path, Failure::unreadable(&why));
    }

    fn fail_unless_excluded(&mut self, path: &Path, failure: Failure) {
        if !self.excluded(path) {
            self.fail(path, failure);
        }
    }

    fn file(&mut self, path: &Path, links: Links) {
        if self.excluded(path) {
            return;
        }
        let effective = self.effective(path);
        let settings = &effective.settings;
        if let Err(failure) = read_into(path, links, settings.max_file_size, &mut self.buffer) {
            return self.fail(path, failure);
        }
        let shown = shown(path, self.shared.request.working_directory);
        match guarded(|| scan(&shown, &self.buffer, settings)) {
            Ok(scan) => {
                let again = links == Links::Follow || !is_plain(path, &shown);
                self.entries.push(Entry {
                    scan,
                    reopen: again.then(|| (path.to_owned(), links)),
                    effective,
                });
            }
            Err(message) => {
                let failure = Failure {
                    kind: ProblemKind::Internal,
                    message,
                    missing: false,
                };
                self.fail(path, failure);
            }
        }
    }

    fn excluded(&mut self, path: &Path) -> bool {
        let effective = self.effective(path);
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
fn is_candidate(path: &Path) -> bool {
    let path = plain(path);
    match path.to_str() {
        Some(name) => classify(name).is_some(),
        None => classify(&path.to_string_lossy()).is_some(),
    }
}

/// An absolute form without `..`, whose ancestors are real.
fn absolute(path: &Path, working_directory: &Path) -> PathBuf {
    let joined = working_directory.join(plain(path));
    if !joined.components().any(|part| part == Component::ParentDir) {
        return joined;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => std::fs::canonicalize(working_directory.join(parent))
            .map_or(joined, |parent| parent.join(name)),
        _ => std::fs::canonicalize(&joined).unwrap_or(joined),
    }
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
