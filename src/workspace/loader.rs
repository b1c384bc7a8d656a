//! Which settings hold where: the arguments over the nearest settings file over the defaults.
//!
//! Like ruff, each file is judged by the settings nearest to it, so that a monorepo may hold several. What a file says
//! is read by `settings`; where files stand is known to `settings_file`. Used by every front end.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use miette::{MietteDiagnostic, Report};
use rustc_hash::FxHashMap;

use super::{Effective, SettingsFile, SettingsFiles, shown};
use crate::model::{Channel, Problem, ProblemKind};
use crate::rules;
use crate::settings::{Framed, Partial, Settings, SettingsError, check_names, parse};
use crate::text::LineIndex;

/// What settings files of the tree may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Everything.
    Full,
    /// Only add findings.
    Adding,
    /// Nothing; they are not read.
    None,
}

/// A settings file that holds somewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Used {
    /// Its path as reports show it.
    pub path: String,
    /// Keys that were dropped because the tree is not trusted with them.
    pub dropped: Vec<String>,
}

/// Finds, reads and keeps settings. Shared by all threads.
#[derive(Debug)]
pub struct Loader {
    working_directory: PathBuf,
    trust: Trust,
    arguments: Partial,
    /// Where there is no settings file, or none is looked for.
    base: Arc<Effective>,
    known: Mutex<FxHashMap<PathBuf, Arc<Effective>>>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    used: Vec<Used>,
    problems: Vec<Problem>,
}

impl Loader {
    /// A loader; `file` is one the user named, which stands in for those of the tree. Fails with what to show the user
    /// where that one cannot be used.
    pub fn new(
        working_directory: &Path,
        file: Option<&Path>,
        trust: Trust,
        arguments: Partial,
    ) -> Result<Self, Report> {
        let mut loader = Self::of_tree(working_directory, trust, arguments);
        if let Some(path) = file {
            loader.base = Arc::new(loader.named(path)?);
            loader.trust = Trust::None;
        }
        Ok(loader)
    }

    /// A loader of the settings files of the tree.
    pub fn of_tree(working_directory: &Path, trust: Trust, arguments: Partial) -> Self {
        Self {
            working_directory: working_directory.to_owned(),
            trust,
            base: Arc::new(Effective::new(
                Settings::default().merge(arguments.clone()),
                working_directory.to_owned(),
            )),
            arguments,
            known: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    /// The settings that hold in an absolute directory.
    pub fn of(&self, directory: &Path) -> Arc<Effective> {
        if self.trust == Trust::None {
            return Arc::clone(&self.base);
        }
        let mut passed = Vec::new();
        let mut found = None;
        for ancestor in directory.ancestors() {
            let known = lock(&self.known).get(ancestor).cloned();
            found = known.clone().or_else(|| self.load_settings(ancestor));
            if known.is_none() {
                passed.push(ancestor);
            }
            if found.is_some() {
                break;
            }
        }
        let found = found.unwrap_or_else(|| Arc::clone(&self.base));
        let mut known = lock(&self.known);
        for ancestor in passed {
            known.insert(ancestor.to_owned(), Arc::clone(&found));
        }
        found
    }

    /// What went wrong so far.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = lock(&self.seen).problems.clone();
        problems.sort();
        problems.dedup();
        problems
    }

    /// The files that were used so far.
    pub fn used(&self) -> Vec<Used> {
        let mut used = lock(&self.seen).used.clone();
        used.sort();
        used.dedup();
        used
    }

    /// A settings file that the user named.
    fn named(&self, path: &Path) -> Result<Effective, Report> {
        let name = shown(path, &self.working_directory);
        let file = SettingsFile::read(path).map_err(|failure| {
            report(
                &format!("the settings `{name}` cannot be used: {}", failure.message),
                "check the path given with `--config`",
            )
        })?;
        match read(&file) {
            Ok(Some(partial)) => Ok(self.effective(&file, partial, Vec::new())),
            Ok(None) => Err(report(
                &format!("`{name}` holds no settings of envacuate"),
                "see `envacuate config --help` for where they go",
            )),
            Err(error) => Err(Framed::new(error, &name, &file.text).into()),
        }
    }

    /// The settings that a directory itself holds.
    fn load_settings(&self, directory: &Path) -> Option<Arc<Effective>> {
        for found in SettingsFiles::new(directory) {
            let file = match found {
                Ok(file) => file,
                Err((path, failure)) => {
                    self.problem(&path, failure.message);
                    return Some(Arc::clone(&self.base));
                }
            };
            match read(&file) {
                Ok(None) => {}
                Ok(Some(partial)) => {
                    let (partial, dropped) = match self.trust {
                        Trust::Adding => partial.restricted(),
                        Trust::Full | Trust::None => (partial, Vec::new()),
                    };
                    return Some(Arc::new(self.effective(&file, partial, dropped)));
                }
                Err(error) => {
                    self.problem(&file.path, sentence(&error, &file.text));
                    return Some(Arc::clone(&self.base));
                }
            }
        }
        None
    }

    fn effective(&self, file: &SettingsFile, partial: Partial, dropped: Vec<String>) -> Effective {
        lock(&self.seen).used.push(Used {
            path: shown(&file.path, &self.working_directory),
            dropped,
        });
        let settings = Settings::default()
            .merge(partial)
            .merge(self.arguments.clone());
        Effective::new(settings, self.working_directory.join(file.directory()))
    }

    fn problem(&self, path: &Path, message: String) {
        lock(&self.seen).problems.push(Problem {
            path: shown(path, &self.working_directory),
            kind: ProblemKind::Settings,
            message,
        });
    }
}

/// A sentence without a full stop, and what to try.
fn report(what: &str, help: &str) -> Report {
    Report::from(MietteDiagnostic::new(what).with_help(help))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a file sets, its rules and channels being ones that exist.
fn read(file: &SettingsFile) -> Result<Option<Partial>, SettingsError> {
    let Some(partial) = parse(file.container, &file.text)? else {
        return Ok(None);
    };
    let rules: Vec<_> = rules::ALL.iter().map(|rule| rule.id).collect();
    let channels = Channel::ALL.map(Channel::as_str);
    match check_names(&partial, &rules, &channels).into_iter().next() {
        Some(error) => Err(error),
        None => Ok(Some(partial)),
    }
}

/// An error of a file that came with the tree: position and what is wrong, no text of it.
fn sentence(error: &SettingsError, text: &str) -> String {
    let mut out = String::new();
    if let Some(span) = error.span {
        let at = LineIndex::new(text.as_bytes()).position(text.as_bytes(), span.start);
        out = format!("line {}, column {}: ", at.line, at.column);
    }
    out.push_str(&error.message);
    if let Some(help) = &error.help {
        out.push_str("; ");
        out.push_str(help);
    }
    out
}
