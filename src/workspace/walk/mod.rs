//! From paths to scanned files: each file is opened, read and scanned by the thread that met it.
//!
//! Files that were named are scanned on the calling thread while they are few: a pool costs more than they do.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::open::{Failure, what_it_is};
use super::scanned::Entry;
use super::{Scanned, SettingsOf, skip};
use crate::scan::classify;

mod links;
mod lists;
mod worker;

use worker::Worker;

/// So many named files are scanned without further threads.
const FEW: usize = 8;

/// What to scan and how.
pub struct Request<'a> {
    /// Files and directories, as the user named them.
    pub paths: &'a [PathBuf],
    /// What paths are relative to.
    pub working_directory: &'a Path,
    /// Number of threads; 0 means as many as are useful.
    pub jobs: usize,
    /// Whether files that git ignores are left out.
    pub git_ignore: bool,
    /// Whether files that `.ignore` and `.envacuateignore` list are left out.
    pub ignore_files: bool,
    /// The settings of a directory.
    pub settings: &'a SettingsOf<'a>,
}

/// What all threads share.
struct Shared<'a> {
    request: &'a Request<'a>,
    links: links::Links<'a>,
    /// What the threads that have ended found.
    found: Mutex<Vec<Entry>>,
}

impl Shared<'_> {
    fn keep(&self, entries: &mut Vec<Entry>) {
        self.found
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .append(entries);
    }
}

/// Scans every file of the request that envacuate knows how to read.
pub fn scan(request: &Request<'_>) -> Scanned {
    let mut directories = Vec::new();
    let mut files = Vec::new();
    let shared = Shared {
        request,
        links: links::Links::new(request.paths),
        found: Mutex::new(Vec::new()),
    };
    let mut worker = Worker::new(&shared);
    let mut named_failed = false;
    for path in request.paths {
        // Followed: a link that is named is meant.
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => directories.push(path.as_path()),
            Ok(metadata) if metadata.is_file() => files.push(path.as_path()),
            Ok(metadata) => {
                if classify(&path.to_string_lossy()).is_some() {
                    named_failed = true;
                    worker.fail(path, Failure::unreadable(what_it_is(&metadata)));
                }
            }
            Err(error) => {
                named_failed = true;
                worker.fail(path, Failure::io(&error));
            }
        }
    }
    named_failed |= named(&shared, &mut worker, &files);
    drop(worker);
    let lists = lists::Lists::new(request);
    directories.retain(|directory| lists.usable(directory));
    walk(&shared, &directories, Some(&lists));
    let unlisted = lists.take();
    let mut worker = Worker::new(&shared);
    for directory in &unlisted {
        worker.fail(
            directory,
            Failure::unreadable("an ignore file in it is too large or no file, and was not heeded"),
        );
    }
    drop(worker);
    let unlisted: Vec<&Path> = unlisted.iter().map(PathBuf::as_path).collect();
    walk(&shared, &unlisted, None);
    Scanned {
        entries: shared
            .found
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner),
        named_failed,
        working_directory: request.working_directory.to_owned(),
        held: None,
    }
}

/// Scans what is below directories; without lists, no ignore file is heeded.
fn walk(shared: &Shared<'_>, directories: &[&Path], lists: Option<&lists::Lists>) {
    let Some((first, rest)) = directories.split_first() else {
        return;
    };
    let mut walk = WalkBuilder::new(first);
    for directory in rest {
        walk.add(directory);
    }
    let git_ignore = shared.request.git_ignore && lists.is_some();
    let ignore_files = shared.request.ignore_files && lists.is_some();
    walk.hidden(false)
        .require_git(false)
        .git_ignore(git_ignore)
        .git_exclude(git_ignore)
        .git_global(git_ignore)
        .ignore(ignore_files)
        .parents(git_ignore || ignore_files)
        .threads(shared.request.jobs);
    if ignore_files {
        walk.add_custom_ignore_filename(".envacuateignore");
    }
    if let Some(lists) = lists.cloned() {
        walk.filter_entry(move |entry| {
            !entry.file_type().is_some_and(|kind| kind.is_dir())
                || skip::directory(entry.file_name())
                || lists.usable(entry.path())
        });
    }
    walk.build_parallel().visit(&mut Builder(shared));
}

/// Scans files that were named; whether one could not be read.
fn named(shared: &Shared<'_>, worker: &mut Worker<'_>, files: &[&Path]) -> bool {
    // Asking for the number of processors costs more than a file.
    let jobs = match shared.request.jobs {
        _ if files.len() <= FEW => 1,
        0 => std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(12),
        jobs => jobs,
    };
    if jobs == 1 {
        return files
            .iter()
            .fold(false, |failed, file| !worker.named(file) | failed);
    }
    let next = AtomicUsize::new(0);
    let failed = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(files.len()) {
            scope.spawn(|| {
                let mut worker = Worker::new(shared);
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if !worker.named(file) {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    failed.into_inner() > 0
}

struct Builder<'s>(&'s Shared<'s>);

impl<'s> ParallelVisitorBuilder<'s> for Builder<'s> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        Box::new(Worker::new(self.0))
    }
}

impl ParallelVisitor for Worker<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                self.walk_error(&error);
                return WalkState::Continue;
            }
        };
        let Some(kind) = entry.file_type() else {
            return WalkState::Continue;
        };
        if kind.is_dir() {
            return if entry.depth() > 0 && skip::directory(entry.file_name()) {
                WalkState::Skip
            } else {
                WalkState::Continue
            };
        }
        if entry.depth() > 0 && !skip::file(entry.file_name()) {
            self.met(entry.path(), kind);
        }
        WalkState::Continue
    }
}
