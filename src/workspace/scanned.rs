//! Scanned files on their way to a report.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::git::Repositories;
use super::open::{Failure, Links, read_into};
use super::{Effective, guarded};
use crate::fix::Texts;
use crate::model::{Problem, Report, Tracking};
use crate::scan::{self, FileScan, Told};
use crate::settings::Settings;

/// One file that was looked at, or could not be.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) scan: FileScan,
    pub(super) effective: Arc<Effective>,
    /// How to open it again, when its shown path does not do.
    pub(super) reopen: Option<(PathBuf, Links)>,
}

impl Entry {
    /// A file that is looked at now.
    pub(super) fn scanned(
        path: String,
        text: &[u8],
        tracking: Tracking,
        effective: Arc<Effective>,
    ) -> Self {
        let scan = || scan::scan_tracked(&path, text, &effective.settings, tracking);
        match guarded(scan) {
            Ok(scan) => Self {
                scan,
                effective,
                reopen: None,
            },
            Err(message) => Self::failed(path, Failure::internal(message), effective),
        }
    }

    /// A file of which nothing can be said, and why.
    pub(super) fn failed(path: String, failure: Failure, effective: Arc<Effective>) -> Self {
        Self {
            scan: failed(path, failure),
            effective,
            reopen: None,
        }
    }
}

/// What is known of a file that could not be looked at.
pub(super) fn failed(path: String, failure: Failure) -> FileScan {
    let problem = Problem {
        path: path.clone(),
        kind: failure.kind,
        message: failure.message,
    };
    FileScan {
        path,
        problems: vec![problem],
        ..FileScan::default()
    }
}

/// All files that were looked at, each analysed alone.
#[derive(Clone, Debug, Default)]
pub struct Scanned {
    pub(super) entries: Vec<Entry>,
    pub(super) named_failed: bool,
    pub(super) working_directory: PathBuf,
    /// Texts that stand in no file, or not yet, by path.
    pub(super) held: Texts,
    /// Files that others take something from and that are not to be judged.
    pub(super) aside: BTreeSet<String>,
    /// Files that have another text than they were scanned with.
    pub(super) stale: BTreeSet<String>,
}

impl Scanned {
    /// Whether no file was found that envacuate knows how to read.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The source files that ask the environment for something, found or not.
    pub fn asking(&self) -> Vec<String> {
        self.paths(FileScan::asks)
    }

    /// All source files.
    pub fn sources(&self) -> Vec<String> {
        self.paths(|scan| scan::classify(&scan.path).is_some())
    }

    fn paths(&self, which: impl Fn(&FileScan) -> bool) -> Vec<String> {
        let scans = self.entries.iter().map(|entry| &entry.scan);
        let mut paths: Vec<String> = scans
            .filter(|scan| which(scan))
            .map(|scan| scan.path.clone())
            .collect();
        paths.sort();
        paths.dedup();
        paths
    }

    /// Whether a path that the user named could not be read.
    pub fn named_failed(&self) -> bool {
        self.named_failed
    }

    /// The config files that were looked at, by path.
    pub fn configs(&self) -> Vec<String> {
        self.paths(|scan| crate::config::classify(&scan.path).is_some())
    }

    /// What git does with a file; unknown for those of which it does not matter to findings.
    pub fn tracking(&self, path: &str) -> Tracking {
        if scan::asks_git(path) {
            Repositories::default().tracking(&self.working_directory.join(path))
        } else {
            Tracking::Unknown
        }
    }

    /// Joins the files and judges them. Files under different settings are judged apart.
    ///
    /// Fails with a sentence when a defect stopped it.
    pub fn finish(self) -> Result<Report, String> {
        self.finish_and_tell().map(|(report, _)| report)
    }

    /// The same, and what the files were told of each other.
    pub fn finish_and_tell(mut self) -> Result<(Report, Told), String> {
        self.refresh();
        self.entries.sort_by(|a, b| {
            (&a.scan.path, a.reopen.is_some()).cmp(&(&b.scan.path, b.reopen.is_some()))
        });
        // A path can be reached from two arguments.
        self.entries.dedup_by(|a, b| {
            a.scan.path == b.scan.path
                && a.reopen.as_ref().map(|(path, _)| path)
                    == b.reopen.as_ref().map(|(path, _)| path)
        });
        let Self {
            entries,
            working_directory,
            held,
            aside,
            ..
        } = self;
        let mut reopen = FxHashMap::default();
        let mut groups: Vec<(Arc<Effective>, Vec<FileScan>)> = Vec::new();
        for entry in entries {
            if let Some(how) = entry.reopen {
                reopen.insert(entry.scan.path.clone(), how);
            }
            match groups
                .iter_mut()
                .find(|(effective, _)| effective.settings == entry.effective.settings)
            {
                Some((_, files)) => files.push(entry.scan),
                None => groups.push((entry.effective, vec![entry.scan])),
            }
        }
        let source = Source {
            working_directory,
            held,
            reopen,
        };
        if groups.is_empty() {
            return Ok((Report::default(), Told::default()));
        }
        let (mut reports, mut told) = (Vec::new(), Told::default());
        for (effective, files) in groups {
            let settings = &effective.settings;
            let read = |path: &str| source.read(path, settings);
            let (report, said) = guarded(|| scan::finish_and_tell(files, &read, settings))?;
            reports.push(report);
            told.extend(said);
        }
        let mut report = join(reports);
        if !aside.is_empty() {
            report
                .findings
                .retain(|finding| !aside.contains(&finding.location.path));
            report
                .problems
                .retain(|problem| !aside.contains(&problem.path));
            report.summary.files = report.summary.files.saturating_sub(aside.len());
            report.recount();
        }
        Ok((report, told))
    }
}

/// Gives the text of a scanned file a second time.
struct Source {
    working_directory: PathBuf,
    held: Texts,
    reopen: FxHashMap<String, (PathBuf, Links)>,
}

impl Source {
    fn read(&self, shown: &str, settings: &Settings) -> Option<Vec<u8>> {
        if let Some(held) = self.held.get(shown) {
            return Some(held.clone());
        }
        let (path, links) = match self.reopen.get(shown) {
            Some((path, links)) => (path.as_path(), *links),
            None => (Path::new(shown), Links::Refuse),
        };
        let mut text = Vec::new();
        read_into(
            &self.working_directory.join(path),
            links,
            settings.max_file_size,
            &mut text,
        )
        .ok()?;
        Some(text)
    }
}

fn join(reports: Vec<Report>) -> Report {
    let parts = reports.len();
    let mut reports = reports.into_iter();
    let mut whole = reports.next().unwrap_or_default();
    if parts < 2 {
        return whole;
    }
    for part in reports {
        whole.findings.extend(part.findings);
        whole.problems.extend(part.problems);
        whole.summary.files += part.summary.files;
        whole.summary.parsed += part.summary.parsed;
        whole.summary.findings += part.summary.findings;
        whole.summary.suppressed += part.summary.suppressed;
        whole.summary.unchanged += part.summary.unchanged;
        for (rule, count) in part.summary.by_rule {
            *whole.summary.by_rule.entry(rule).or_default() += count;
        }
    }
    whole.findings.sort_by(|a, b| {
        (&a.location.path, a.location.start, a.rule).cmp(&(
            &b.location.path,
            b.location.start,
            b.rule,
        ))
    });
    whole.problems.sort();
    whole
}
