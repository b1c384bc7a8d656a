//! Text in, findings out: one function for every front end.
//!
//! Pure and total: broken input is normal input, and no call here fails. A file is first looked at alone, in any order
//! and in parallel; then those that take something from others are looked at again.

mod anchors;
mod config;
mod copies;
mod excerpt;
mod extent;
mod ignores;
mod join;
mod judge;
mod look;
mod near;

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;

use crate::config::{Format, Reading};
use crate::facts::Known;
use crate::language::Language;
use crate::link::Links;
use crate::model::{Finding, Problem, ProblemKind, Report, Tracking};
use crate::rules;
use crate::settings::Settings;
use crate::syntax::{Parsed, parse};
use crate::text::LineIndex;
use excerpt::Masker;
use extent::Extent;
pub use near::{Before, Near, can_be_cut, near};

/// The language that a path is read as; [`None`] for a file that is not looked at.
pub fn classify(path: &str) -> Option<Language> {
    let declarations = [".d.ts", ".d.mts", ".d.cts"]
        .iter()
        .any(|end| path.ends_with(end));
    Language::of_path(path).filter(|_| !declarations)
}

/// Whether a file of this path is looked at: source code, or configuration.
pub fn is_read(path: &str) -> bool {
    classify(path).is_some() || Reading::of(path).is_some()
}

/// How large, in bytes, a file of this path may be and still be configuration rather than data; no matter for others.
pub fn largest(path: &str) -> Option<u64> {
    if classify(path).is_some() {
        return None;
    }
    Reading::of(path).and_then(Reading::largest)
}

/// Whether a file of this path is judged only where git has it, or where there is no git.
pub fn asks_git(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    // Asked of every file of a tree.
    let may = |part: &str| memmem::find(name.as_bytes(), part.as_bytes()).is_some();
    (may("env") || may("ENV") || may("vars"))
        && classify(path).is_none()
        && crate::config::classify(path) == Some(Format::Dotenv)
}

/// What is known of one file before files are joined.
#[derive(Clone, Debug, Default)]
pub struct FileScan {
    /// Path as reports show it.
    pub path: String,
    /// Whether it was parsed; a file without a trace of an environment is not.
    pub parsed: bool,
    /// What could not be said.
    pub problems: Vec<Problem>,
    /// Secrets that it reads.
    pub(crate) secrets: BTreeSet<String>,
    /// What was found, by place.
    pub findings: Vec<Finding>,
    /// Whether only parts of it were parsed.
    pub(crate) in_parts: bool,
    /// What it has to do with other files, if it was parsed.
    pub(crate) links: Option<Links>,
}

impl FileScan {
    /// Whether it is source that asks the environment for something, found or not.
    pub fn asks(&self) -> bool {
        self.links.is_some() && classify(&self.path).is_some()
    }

    /// Forgets what was found, before the file is looked at again.
    fn clear(&mut self) {
        self.problems.clear();
        self.findings.clear();
        self.secrets.clear();
        self.parsed = true;
    }

    fn problem(&mut self, kind: ProblemKind, message: impl Into<String>) {
        self.problems.push(Problem {
            path: self.path.clone(),
            kind,
            message: message.into(),
        });
    }
}

/// Analyses one file alone.
pub fn scan(path: &str, text: &[u8], settings: &Settings) -> FileScan {
    scan_tracked(path, text, settings, Tracking::Unknown)
}

/// Analyses one file alone of which it is known what git does with it.
pub fn scan_tracked(path: &str, text: &[u8], settings: &Settings, tracking: Tracking) -> FileScan {
    let mut file = FileScan {
        path: path.to_owned(),
        ..FileScan::default()
    };
    let language = classify(path);
    let reading = match language {
        Some(_) => None,
        None => Reading::of(path),
    };
    let is_dotenv = reading.is_some_and(|reading| reading.values == Some(Format::Dotenv));
    let is_private = is_dotenv && tracking == Tracking::Untracked;
    let is_read = language.is_some() || reading.is_some();
    if !is_read || is_private || !settings.include_tests && is_test(path) {
        return file;
    }
    if let Some(decoded) = other_encoding(text) {
        file.problem(
            ProblemKind::NotUtf8,
            format!("the file is encoded as {decoded}, which is not read; save it as UTF-8"),
        );
        return file;
    }
    let Some(language) = language else {
        if let Some(reading) = reading {
            config::look(&mut file, reading, text, settings, tracking);
        }
        return file;
    };
    let extent = Extent::alone(language, text, settings);
    look::look(
        &mut file,
        language,
        text,
        &extent,
        settings,
        &Known::default(),
    );
    file
}

/// The modules that a file takes something from or passes on, as the facts know them.
pub fn imports(file: &FileScan, text: &[u8], settings: &Settings) -> Vec<String> {
    let of = |links: &Links| {
        let passed = links.exports.passed_on.iter().map(|(_, from, _)| from);
        let mut all: Vec<String> = links.imports.iter().chain(passed).cloned().collect();
        all.sort();
        all.dedup();
        all
    };
    if let Some(links) = &file.links {
        return of(links);
    }
    let Some(language) = classify(&file.path) else {
        return Vec::new();
    };
    let extent = Extent::imports(language, text, settings);
    let mut copy = file.clone();
    look::look(
        &mut copy,
        language,
        text,
        &extent,
        settings,
        &Known::default(),
    );
    copy.links.as_ref().map(of).unwrap_or_default()
}

/// The lines of a source text as they may be shown: the inside of every literal but of `words` and relative paths is
/// masked, and so is every comment. Of a config file, the keys and `words` are shown. Any other text, or one that is not
/// understood, shows only what is outside of quotes.
pub fn shown_lines(path: &str, text: &[u8], words: &[&str]) -> Vec<String> {
    let source = String::from_utf8_lossy(text);
    let relative = source
        .split(['"', '\''])
        .filter(|part| part.starts_with("./") || part.starts_with("../"));
    let words: Vec<&str> = words.iter().copied().chain(relative).collect();
    let lines = LineIndex::new(text);
    match Language::of_path(path).map(|language| parse(language, text)) {
        Some(Parsed::Tree(tree)) => Masker::new(&tree, text, &lines, &words).lines(),
        Some(Parsed::Refused(_)) => source.lines().map(|_| "***".to_owned()).collect(),
        None => {
            let shown = |line| without_quoted(line, &words);
            let reading = Reading::of(path).and_then(|reading| reading.values);
            reading.map_or_else(
                || source.lines().map(shown).collect(),
                |format| config::shown_lines(format, text, &words),
            )
        }
    }
}

/// A line of settings without what stands in quotes and is none of the words.
fn without_quoted(line: &str, words: &[&str]) -> String {
    let parts = line.split('"').enumerate();
    let shown = parts.map(|(at, part)| {
        if at % 2 == 0 || words.contains(&part) {
            part
        } else {
            "***"
        }
    });
    crate::text::show(&shown.collect::<Vec<_>>().join("\""))
}

/// A byte order mark of an encoding that the parsers do not read.
fn other_encoding(text: &[u8]) -> Option<&'static str> {
    match text {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        _ => None,
    }
}

/// Folders of test code.
const TEST_FOLDERS: &[&str] = &[
    "test",
    "tests",
    "__tests__",
    "spec",
    "specs",
    "e2e",
    "__mocks__",
    "testing",
    "testdata",
    "integration-tests",
    "integration_tests",
    "unit-tests",
    "unit_tests",
    "test-certs",
    "test-data",
    "test-fixtures",
    "test-services",
    "test-utils",
    "test_data",
    "test_fixtures",
    "test_utils",
];

/// Whether a path is that of test code.
fn is_test(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let inner = stem.rsplit_once('.').map_or("", |(_, inner)| inner);
    let mut folders = folders.split('/');
    folders.any(|folder| TEST_FOLDERS.contains(&folder))
        || stem.starts_with("test_")
        || stem.ends_with("_test")
        || matches!(inner, "test" | "spec")
        || matches!(stem, "conftest" | "tests")
        || name == ".env.test"
}

/// Adds what findings say of the whole workspace, given the names of its secrets.
fn complete(files: &mut [FileScan], secrets: &BTreeSet<String>) {
    for file in files {
        complete_findings(&mut file.findings, secrets);
    }
}

fn complete_findings(findings: &mut [Finding], secrets: &BTreeSet<String>) {
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    for finding in findings {
        rules::complete(finding, &secrets);
    }
}

/// What files were told of each other when they were joined.
#[derive(Clone, Debug, Default)]
pub struct Told {
    known: BTreeMap<String, Known>,
    secrets: BTreeSet<String>,
}

impl Told {
    /// Adds what files under other settings were told.
    pub fn extend(&mut self, other: Self) {
        self.known.extend(other.known);
        self.secrets.extend(other.secrets);
    }
}

/// Analyses a file that has a new text, with what it was told of others when they were joined. What others would have to
/// be told of the new text is left to the next time that they are: this is for a key that was pressed.
pub fn again(
    path: &str,
    text: &[u8],
    settings: &Settings,
    tracking: Tracking,
    told: &Told,
) -> FileScan {
    let mut file = with_others(path, text, settings, told)
        .unwrap_or_else(|| scan_tracked(path, text, settings, tracking));
    complete(std::slice::from_mut(&mut file), &told.secrets);
    file
}

/// A source file, analysed with what it was told, if that can change anything.
fn with_others(path: &str, text: &[u8], settings: &Settings, told: &Told) -> Option<FileScan> {
    let (language, known) = (classify(path)?, told.known.get(path)?);
    let extent = Extent::told(language, text, settings, known, true);
    let mut file = FileScan {
        path: path.to_owned(),
        ..FileScan::default()
    };
    look::look(&mut file, language, text, &extent, settings, known);
    (extent != Extent::None && other_encoding(text).is_none()).then_some(file)
}

/// Joins the files of a workspace and judges them. `read` gives the text of a file that was scanned before.
pub fn finish(
    files: Vec<FileScan>,
    read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
    settings: &Settings,
) -> Report {
    finish_and_tell(files, read, settings).0
}

/// The same, and what files were told of each other, for [`again`].
pub fn finish_and_tell(
    mut files: Vec<FileScan>,
    read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
    settings: &Settings,
) -> (Report, Told) {
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let known = join::join(&mut files, read, settings);
    copies::link(&mut files);
    let mut report = Report::default();
    report.summary.files = files.iter().filter(|file| is_read(&file.path)).count();
    report.summary.parsed = files.iter().filter(|file| file.parsed).count();
    let secrets = files.iter().flat_map(|file| file.secrets.clone()).collect();
    complete(&mut files, &secrets);
    for file in files {
        report.findings.extend(file.findings);
        report.problems.extend(file.problems);
    }
    report.problems.sort();
    report.recount();
    (report, Told { known, secrets })
}
