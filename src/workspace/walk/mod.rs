//! From paths to scanned files: each file is opened, read and scanned by the thread that met it.
//!
//! Files that were named are scanned on the calling thread while they are few: a pool costs more than they do.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::FileType;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::git::Repositories;
use super::open::{Failure, what_it_is};
use super::scanned::Entry;
use super::{Scanned, SettingsOf};
use crate::fix::Texts;
use crate::model::Tracking;
use crate::scan::{asks_git, is_read};

mod hidden;
mod links;
mod place;
mod queue;
mod rules;
#[cfg(test)]
mod tests;
mod worker;

pub(super) use hidden::Hidden;
use place::{Listing, Place};
use queue::Queue;
use rules::Rules;
use worker::Worker;
pub(super) use worker::{absolute, is_candidate};

/// So many named files are scanned without further threads.
const FEW: usize = 8;
/// So many files of one directory are scanned by one thread before others may have some.
const SHARE: usize = 8;

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
    /// Whether files that are named are left out as they would be if they were met.
    pub force_exclude: bool,
    /// The settings of a directory.
    pub settings: &'a SettingsOf<'a>,
}

/// Which ignore files are heeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Heeded {
    /// Those of git.
    git: bool,
    /// `.ignore` and `.envacuateignore`.
    own: bool,
}

impl Request<'_> {
    pub(super) fn heeded(&self) -> Heeded {
        Heeded {
            git: self.git_ignore,
            own: self.ignore_files,
        }
    }
}

/// What all threads share.
struct Shared<'a> {
    request: &'a Request<'a>,
    links: links::Links<'a>,
    repositories: Repositories,
    /// What the threads that have ended found.
    found: Mutex<Vec<Entry>>,
}

impl Shared<'_> {
    /// What git does with a file, for those where that decides.
    fn tracking(&self, path: &Path, name: &str) -> Tracking {
        if asks_git(name) {
            let path = absolute(path, self.request.working_directory);
            self.repositories.tracking(&path)
        } else {
            Tracking::Unknown
        }
    }

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
        repositories: Repositories::default(),
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
                if is_read(&path.to_string_lossy()) {
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
    let work = directories
        .into_iter()
        .map(|directory| Work::Directory {
            path: directory.to_owned(),
            above: None,
            rules: Rules::outside(request.heeded(), directory),
        })
        .collect();
    drop(worker);
    walk(&shared, work);
    Scanned {
        entries: shared
            .found
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner),
        named_failed,
        working_directory: request.working_directory.to_owned(),
        held: Texts::new(),
        aside: BTreeSet::new(),
        stale: BTreeSet::new(),
    }
}

/// A part of a walk.
enum Work {
    /// A directory that is to be listed.
    Directory {
        path: PathBuf,
        above: Option<Arc<Place>>,
        /// The rules that hold for its entries; none if no ignore file is heeded.
        rules: Option<Rules>,
    },
    /// Files of a directory.
    Files(Arc<Place>, Vec<(OsString, FileType)>),
}

/// Scans what is below directories.
fn walk(shared: &Shared<'_>, work: Vec<Work>) {
    if work.is_empty() {
        return;
    }
    let jobs = jobs(shared.request);
    let queue = Queue::new(work);
    let mut seats: Vec<_> = (0..jobs).map(|_| queue.seat()).collect();
    let run = |seat: queue::Seat<'_, Work>| {
        let mut worker = Worker::new(shared);
        while let Some(work) = seat.next() {
            match work {
                Work::Directory { path, above, rules } => {
                    directory(&queue, &mut worker, path, above, rules);
                }
                Work::Files(place, files) => worker.all(&place, &files),
            }
        }
    };
    let own = seats.pop();
    std::thread::scope(|scope| {
        for seat in seats {
            scope.spawn(move || run(seat));
        }
        own.map(run);
    });
}

/// Lists a directory, scans its files and leaves the directories in it, and files beyond a few, to whoever is free.
fn directory(
    queue: &Queue<Work>,
    worker: &mut Worker<'_>,
    path: PathBuf,
    above: Option<Arc<Place>>,
    rules: Option<Rules>,
) {
    let listing = Listing::new(&path);
    let usable = match (&rules, &listing) {
        (Some(rules), Ok(listing)) => rules.usable(&path, listing.held),
        _ => true,
    };
    if let Some(rules) = rules.as_ref().filter(|_| above.is_none() && usable) {
        worker.bad_rules(rules.errors());
    }
    let mut listing = match listing {
        Ok(listing) => listing,
        Err(error) => return worker.unlisted(&path, &error),
    };
    for (name, error) in &listing.failed {
        match name {
            Some(name) => worker.unlisted(&path.join(name), error),
            None => worker.unlisted(&path, error),
        }
    }
    if !usable {
        let why = "an ignore file in it is too large or no file, and was not heeded";
        worker.fail(&path, Failure::unreadable(why));
    }
    let rules = rules
        .filter(|_| usable)
        .map(|rules| rules.enter(&path, listing.held));
    let kept = |name: &OsString, is_directory| {
        rules
            .as_ref()
            .is_none_or(|rules| !rules.leave_out(&path, name, is_directory))
    };
    listing.directories.retain(|name| kept(name, true));
    // Git has files that it was told to leave out too late.
    let kept_by_git = |name: &OsString| {
        let shared = worker.shared();
        let by_git = |rules: &Rules| rules.left_out_by_git(&path, name);
        name.to_str().is_some_and(asks_git)
            && rules.as_ref().is_some_and(by_git)
            && shared.tracking(&path.join(name), &name.to_string_lossy()) == Tracking::Tracked
    };
    listing
        .files
        .retain(|(name, _)| kept(name, false) || kept_by_git(name));
    let Listing {
        directories,
        mut files,
        has_settings,
        ..
    } = listing;
    let place = Arc::new(Place::new(path, above, has_settings));
    queue.push(directories.into_iter().map(|name| Work::Directory {
        path: place.path.join(name),
        above: Some(Arc::clone(&place)),
        rules: rules.clone(),
    }));
    while files.len() > SHARE {
        let rest = files.split_off(files.len() - SHARE);
        queue.push([Work::Files(Arc::clone(&place), rest)]);
    }
    worker.all(&place, &files);
}

/// How many threads work.
fn jobs(request: &Request<'_>) -> usize {
    threads(request.jobs)
}

/// How many threads are meant; 0 is as many as are useful.
pub(super) fn threads(jobs: usize) -> usize {
    match jobs {
        0 => std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(12),
        jobs => jobs,
    }
}

/// Scans files that were named; whether one could not be read.
fn named(shared: &Shared<'_>, worker: &mut Worker<'_>, files: &[&Path]) -> bool {
    // Asking for the number of processors costs more than a file.
    let jobs = if files.len() <= FEW {
        1
    } else {
        jobs(shared.request)
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
