//! A folder that is open in the client, and what is known of its files.
//!
//! Documents outside of all folders have a folder of their own, which holds nothing else. Paths are those of reports:
//! from the folder's root, with `/`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::Uri;

use super::document::Document;
use super::options::Options;
use super::place;
use crate::baseline::{self, Baseline};
use crate::model::{Finding, Problem, Report, Tracking};
use crate::scan::{Before, Told, is_read};
use crate::settings::{Container, Partial};
use crate::workspace::{
    Effective, Loader, SKIPPED_DIRECTORIES, Scanned, Trust, is_missing, judge_held, judge_near,
    read_whole, shown,
};

/// A baseline is a line a finding; no folder needs more, in bytes.
const BASELINE_SIZE: u64 = 16 * 1024 * 1024;

/// What is being done for a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing.
    Idle,
    /// Its files are looked at.
    Scanning,
    /// They are joined.
    Joining,
}

/// A folder.
#[derive(Debug)]
pub(super) struct Folder {
    /// Its number, which no other folder has or had.
    pub(super) id: u64,
    /// The client's address of it; none for documents outside of all folders.
    pub(super) uri: Option<Uri>,
    /// Where it stands.
    pub(super) root: PathBuf,
    /// Its settings.
    pub(super) loader: Arc<Loader>,
    /// What was found, by file; only files of which there is something to tell.
    pub(super) files: BTreeMap<String, Report>,
    /// Its files; none before the first look at them.
    pub(super) scanned: Option<Scanned>,
    /// How often a text has changed.
    pub(super) generation: u64,
    /// What is being done.
    pub(super) state: State,
    /// All files have to be looked at again.
    pub(super) is_outdated: bool,
    /// Its files have to be joined again.
    pub(super) is_changed: bool,
    /// Whether its files have been joined.
    pub(super) is_known: bool,
    /// Files that changed while all were looked at.
    pub(super) missed: BTreeSet<String>,
    told: Told,
    baseline: Option<Baseline>,
}

impl Folder {
    /// A folder of the client, or the one for documents outside of all of them. The sentence tells what of the settings
    /// cannot be used.
    pub(super) fn new(id: u64, uri: Option<Uri>, options: &Options) -> (Self, Option<String>) {
        let root = uri.as_ref().and_then(place::file);
        let root = root.unwrap_or_else(|| PathBuf::from("/"));
        let is_walked = uri.is_some() && !is_boundless(&root);
        let loader = Loader::of_tree(&root, Trust::Full, Partial::default());
        let mut folder = Self {
            id,
            uri,
            loader: Arc::new(loader),
            files: BTreeMap::new(),
            scanned: (!is_walked).then(|| Scanned::nothing(&root)),
            root,
            generation: 0,
            state: State::Idle,
            is_outdated: is_walked,
            is_changed: false,
            is_known: !is_walked,
            missed: BTreeSet::new(),
            told: Told::default(),
            baseline: None,
        };
        let said = folder.load_settings(options);
        (folder, said)
    }

    /// Reads the settings anew. The sentence tells what cannot be used.
    pub(super) fn load_settings(&mut self, options: &Options) -> Option<String> {
        let mut said = None;
        let mut loader = Loader::of_tree(&self.root, Trust::Full, Partial::default());
        if let Some(file) = &options.configuration {
            let file = self.root.join(file);
            match Loader::new(&self.root, Some(&file), Trust::Full, Partial::default()) {
                Ok(named) => loader = named,
                Err(error) => said = Some(error.to_string()),
            }
        }
        self.loader = Arc::new(loader);
        match self.read_baseline() {
            Ok(baseline) => self.baseline = baseline,
            Err(sentence) => said = said.or(Some(sentence)),
        }
        self.is_outdated = self.is_walked();
        // What is being joined is judged by the settings as they were.
        self.changed();
        said
    }

    fn read_baseline(&self) -> Result<Option<Baseline>, String> {
        if self.uri.is_none() {
            return Ok(None);
        }
        let root = self.loader.of(&self.root);
        let Some(path) = &root.settings.baseline else {
            return Ok(None);
        };
        let path = root.root().join(path);
        let name = shown(&path, &self.root);
        let unusable = |why: &str| format!("the baseline `{name}` cannot be used: {why}");
        let bytes =
            read_whole(&path, BASELINE_SIZE).map_err(|failure| unusable(&failure.message))?;
        let text = String::from_utf8(bytes).map_err(|_| unusable("the file is not UTF-8"))?;
        let baseline = baseline::parse(&text).map_err(|error| unusable(&error.message))?;
        Ok(Some(baseline))
    }

    /// Whether its files are looked at, and not only documents that are open.
    pub(super) fn is_walked(&self) -> bool {
        self.uri.is_some() && !is_boundless(&self.root)
    }

    /// The absolute path of one of its files.
    pub(super) fn file(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The settings of one of its files.
    pub(super) fn effective(&self, path: &str) -> Arc<Effective> {
        let file = self.file(path);
        self.loader.of(file.parent().unwrap_or(&self.root))
    }

    /// Whether `check` would look at a document: one that no settings and no ignore file leave out.
    pub(super) fn is_judged(&self, path: &str) -> bool {
        let file = self.file(path);
        let is_left_out = match &self.scanned {
            Some(scanned) if self.is_known && self.is_walked() => {
                !scanned.has(path) && !is_missing(&file)
            }
            _ => false,
        };
        is_read(path) && !is_left_out && !self.effective(path).excludes(&file)
    }

    /// Whether a document that is left out could be one that was made since the files were looked at.
    pub(super) fn may_be_new(&self, path: &str) -> bool {
        let is_excluded = || self.effective(path).excludes(&self.file(path));
        self.is_walked() && is_read(path) && !is_skipped(path) && !is_excluded()
    }

    /// Whether a file has settings, or findings that are known.
    pub(super) fn is_settings(&self, file: &Path) -> bool {
        let name = file.file_name().and_then(|name| name.to_str());
        let is_baseline = || {
            let root = self.loader.of(&self.root);
            let baseline = root.settings.baseline.as_ref();
            baseline.is_some_and(|baseline| root.root().join(baseline) == *file)
        };
        Container::FILES.iter().any(|(own, _)| Some(*own) == name) || is_baseline()
    }

    /// Whether there is something to tell of a file in this directory of it.
    pub(super) fn tells_below(&self, directory: &str) -> bool {
        let start = format!("{directory}/");
        let next = self.files.range(start.clone()..).next();
        next.is_some_and(|(path, _)| path.starts_with(&start))
    }

    /// What git does with a file, where that matters.
    pub(super) fn tracking(&self, path: &str) -> Tracking {
        let scanned = self.scanned.as_ref();
        scanned.map_or_else(
            || Scanned::nothing(&self.root).tracking(path),
            |scanned| scanned.tracking(path),
        )
    }

    /// Takes the text of a document in the place of its file's.
    pub(super) fn hold(&mut self, document: &Document) {
        let effective = self.effective(&document.path);
        if let Some(scanned) = &mut self.scanned {
            scanned.hold(&document.path, document.text.bytes().to_vec(), &effective);
        }
        self.changed();
    }

    /// Judges a document that has a new text, with what is known of the other files: of a long one, the item that was
    /// changed.
    pub(super) fn judge(&mut self, document: &mut Document) {
        let report = self.near(document).unwrap_or_else(|| {
            document.looked_at();
            self.judged(&document.path, document.text.bytes(), document.tracking)
        });
        self.put(document.path.clone(), report);
    }

    fn near(&self, document: &mut Document) -> Option<Report> {
        let (path, text) = (&document.path, document.text.bytes());
        let known = self.files.get(path);
        let before = Before {
            text: document.judged.as_ref()?,
            findings: known.map_or(&[], |known| &known.findings),
            whole: document.whole.as_ref()?,
        };
        let found = judge_near(path, text, &self.effective(path), &self.told, &before)?;
        let mut report = Report {
            findings: found.findings,
            problems: known
                .map(|known| known.problems.clone())
                .unwrap_or_default(),
            ..Report::default()
        };
        self.silence(&mut report);
        report.recount();
        let text = text.to_vec();
        if found.is_whole {
            document.whole = Some(text.clone());
        }
        document.judged = Some(text);
        Some(report)
    }

    /// What is found in a text that stands in for one of its files.
    pub(super) fn judged(&self, path: &str, text: &[u8], tracking: Tracking) -> Report {
        let effective = self.effective(path);
        let mut report = judge_held(path, text, &effective, tracking, &self.told);
        self.silence(&mut report);
        report
    }

    /// Marks what a baseline knows.
    pub(super) fn silence(&self, report: &mut Report) {
        if let Some(baseline) = &self.baseline {
            baseline::apply(baseline, report);
        }
    }

    /// Forgets the text of a document that was closed.
    pub(super) fn release(&mut self, path: &str) {
        if let Some(scanned) = &mut self.scanned {
            scanned.release(path);
        }
        if !self.is_walked() {
            self.files.remove(path);
        }
        self.changed();
    }

    /// Notes that a text changed.
    pub(super) fn changed(&mut self) {
        self.generation += 1;
        self.is_changed = true;
    }

    /// Takes what was found in all files, and gives the paths of those of which there is something else to tell.
    pub(super) fn take(&mut self, mut report: Report, told: Told) -> Vec<String> {
        self.told = told;
        self.is_known = true;
        self.silence(&mut report);
        report.problems.extend(self.loader.problems());
        let mut files: BTreeMap<String, Report> = BTreeMap::new();
        for finding in report.findings {
            let own = files.entry(finding.location.path.clone()).or_default();
            own.findings.push(finding);
        }
        for problem in report.problems {
            let own = files.entry(problem.path.clone()).or_default();
            own.problems.push(problem);
        }
        let before = std::mem::replace(&mut self.files, files);
        let paths = before.keys().chain(self.files.keys());
        let is_news = |path: &&String| {
            let (was, is) = (before.get(*path), self.files.get(*path));
            was.map(content) != is.map(content)
        };
        paths.filter(is_news).cloned().collect()
    }

    /// Takes what was told of each other for files that have changed since.
    pub(super) fn tell(&mut self, told: Told) {
        self.told = told;
        self.is_known = true;
    }

    fn put(&mut self, path: String, report: Report) {
        if report.findings.is_empty() && report.problems.is_empty() {
            self.files.remove(&path);
        } else {
            self.files.insert(path, report);
        }
    }
}

/// Whether a path lies where nothing is looked at.
pub(super) fn is_skipped(path: &str) -> bool {
    path.split('/')
        .any(|part| SKIPPED_DIRECTORIES.contains(&part))
}

/// What of a report is told.
fn content(report: &Report) -> (&[Finding], &[Problem]) {
    (&report.findings, &report.problems)
}

/// Whether a folder is the root of a disk or a home, which nobody means to have looked at as a whole.
fn is_boundless(root: &Path) -> bool {
    root.parent().is_none() || std::env::home_dir().is_some_and(|home| home == root)
}
