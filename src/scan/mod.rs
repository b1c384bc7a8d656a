//! Text in, findings out: one function for every front end.
//!
//! Pure and total: broken input is normal input, and no call here fails. A file is first looked at alone, in any order
//! and in parallel; then those that take something from others are looked at again.

mod excerpt;
mod harmless;
mod ignores;
mod judge;
mod prefilter;

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;

use crate::facts::{self, Known};
use crate::language::{Family, Language};
use crate::link::{Links, Modules, Program, package};
use crate::model::{Finding, Problem, ProblemKind, Report};
use crate::names::Names;
use crate::settings::Settings;
use crate::syntax::{Incomplete, Parsed, bounded, parse};

/// How often files are looked at again for what others give.
const MAX_ROUNDS: usize = 3;
/// Files that are read again in search of names that other files give.
const MAX_REREAD: usize = 20_000;

/// The language that a path is read as; [`None`] for a file that is not looked at.
pub fn classify(path: &str) -> Option<Language> {
    let declarations = [".d.ts", ".d.mts", ".d.cts"]
        .iter()
        .any(|end| path.ends_with(end));
    Language::of_path(path).filter(|_| !declarations)
}

/// What is known of one file before files are joined.
#[derive(Debug, Default)]
pub struct FileScan {
    /// Path as reports show it.
    pub path: String,
    /// Whether it was parsed; a file without a trace of an environment is not.
    pub parsed: bool,
    /// What could not be said.
    pub problems: Vec<Problem>,
    /// What was found, by place.
    pub findings: Vec<Finding>,
    /// What it has to do with other files, if it was parsed.
    pub(crate) links: Option<Links>,
}

impl FileScan {
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
    let file = FileScan {
        path: path.to_owned(),
        ..FileScan::default()
    };
    let Some(language) = classify(path) else {
        return file;
    };
    if !settings.include_tests && is_test(path) {
        return file;
    }
    let mut file = file;
    if let Some(decoded) = other_encoding(text) {
        file.problem(
            ProblemKind::NotUtf8,
            format!("the file is encoded as {decoded}, which is not read; save it as UTF-8"),
        );
        return file;
    }
    let names = Names::new(&settings.allow, &settings.deny);
    if !prefilter::can_matter(language, text, &names) && !calls_helper(text, settings) {
        return file;
    }
    look(&mut file, language, text, settings, &Known::default());
    file
}

/// Whether the text mentions a helper that the settings name.
fn calls_helper(text: &[u8], settings: &Settings) -> bool {
    let word = |helper: &String| helper.rsplit('.').next().unwrap_or_default().to_owned();
    settings
        .helpers
        .iter()
        .map(word)
        .any(|word| !word.is_empty() && memmem::find(text, word.as_bytes()).is_some())
}

/// A byte order mark of an encoding that the parsers do not read.
fn other_encoding(text: &[u8]) -> Option<&'static str> {
    match text {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        _ => None,
    }
}

/// Parses a file and judges it, with what is known of others.
fn look(file: &mut FileScan, language: Language, text: &[u8], settings: &Settings, known: &Known) {
    file.problems.clear();
    file.findings.clear();
    file.parsed = true;
    let tree = match parse(language, text) {
        Parsed::Tree(tree) => tree,
        Parsed::Refused(reason) => {
            let message = match reason {
                Incomplete::TooDeep => "nested too deeply to be parsed; the file was not analysed",
                Incomplete::TooSlow => "took too many steps to parse; the file was not analysed",
            };
            return file.problem(ProblemKind::ParseIncomplete, message);
        }
    };
    let judged = bounded(|| {
        let facts = facts::find(&tree, text, settings, known);
        let judged = judge::judge(&file.path, &tree, text, &facts, settings);
        (facts, judged)
    });
    let Some((facts, (findings, more))) = judged else {
        return file.problem(
            ProblemKind::ParseIncomplete,
            "too entangled to be followed; the file was not analysed",
        );
    };
    if tree.is_broken() {
        file.problem(
            ProblemKind::ParseIncomplete,
            "parts of the file were not understood; the rest was analysed",
        );
    }
    if std::str::from_utf8(text).is_err() {
        file.problem(
            ProblemKind::NotUtf8,
            "the file is not valid UTF-8; the parts that are were analysed",
        );
    }
    if facts.incomplete {
        file.problem(
            ProblemKind::ParseIncomplete,
            "the environment is passed on too often to be followed to the end",
        );
    }
    if more {
        file.problem(
            ProblemKind::ParseIncomplete,
            format!(
                "more than {} findings; the others are not shown",
                judge::MAX_FINDINGS
            ),
        );
    }
    file.findings = findings;
    file.links = Some(Links {
        exports: facts.exports,
        imports: facts.imports,
        wanted: facts.wanted,
    });
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
}

/// Joins the files of a workspace and judges them. `read` gives the text of a file that was scanned before.
pub fn finish(
    mut files: Vec<FileScan>,
    read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
    settings: &Settings,
) -> Report {
    files.sort_by(|a, b| a.path.cmp(&b.path));
    join(&mut files, read, settings);
    let mut report = Report::default();
    report.summary.files = files
        .iter()
        .filter(|file| classify(&file.path).is_some())
        .count();
    report.summary.parsed = files.iter().filter(|file| file.parsed).count();
    for file in files {
        report.findings.extend(file.findings);
        report.problems.extend(file.problems);
    }
    report.problems.sort();
    report.recount();
    report
}

type Read<'r> = &'r (dyn Fn(&str) -> Option<Vec<u8>> + Sync);

fn join(files: &mut [FileScan], read: Read<'_>, settings: &Settings) {
    let paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
    let modules = Modules::new(&paths);
    let mut program = Program::default();
    for file in files.iter() {
        program
            .files
            .extend(file.links.clone().map(|links| (file.path.clone(), links)));
    }
    let mut told: BTreeMap<String, Known> = BTreeMap::new();
    for round in 0..MAX_ROUNDS {
        complete(&mut program, files, &modules, read, settings);
        let mut changed = false;
        if round == 0 {
            changed |= look_at_users(files, &mut program, &modules, read, settings);
        }
        for file in files.iter_mut() {
            if file.links.is_none() {
                continue;
            }
            let Some(language) = classify(&file.path) else {
                continue;
            };
            let known = program.known(&file.path, language.family(), &modules);
            let before = told.get(&file.path);
            if !is_news(&known, program.files.get(&file.path)) || before == Some(&known) {
                continue;
            }
            let Some(text) = read(&file.path) else {
                continue;
            };
            look(file, language, &text, settings, &known);
            program
                .files
                .extend(file.links.clone().map(|links| (file.path.clone(), links)));
            told.insert(file.path.clone(), known);
            changed = true;
        }
        if !changed {
            return;
        }
    }
}

/// Whether what is known of others can change what is found in a file.
fn is_news(known: &Known, links: Option<&Links>) -> bool {
    let wanted = links.is_some_and(|links| {
        links
            .wanted
            .iter()
            .any(|name| known.constants.contains_key(name) || known.leaks.contains_key(name))
    });
    !known.environments.is_empty()
        || !known.givers.is_empty()
        || !known.helpers.is_empty()
        || !known.settings.is_empty()
        || wanted
}

/// Looks up what files want to know of others: constants of files that were not parsed, and functions that let values out.
fn complete(
    program: &mut Program,
    files: &[FileScan],
    modules: &Modules,
    read: Read<'_>,
    settings: &Settings,
) {
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let Some(links) = &file.links else {
            continue;
        };
        let Some(language) = classify(&file.path) else {
            continue;
        };
        for (source, name) in &links.wanted {
            for target in modules.resolve(&file.path, source, language.family()) {
                wanted.entry(target).or_default().insert(name.clone());
            }
        }
    }
    for (path, names) in wanted {
        let missing: Vec<String> = names
            .into_iter()
            .filter(|name| !program.leaks.contains_key(&(path.clone(), name.clone())))
            .collect();
        if missing.is_empty() {
            continue;
        }
        let (Some(language), Some(text)) = (classify(&path), read(&path)) else {
            continue;
        };
        let Parsed::Tree(tree) = parse(language, &text) else {
            continue;
        };
        if !program.files.contains_key(&path) {
            let found = bounded(|| facts::find(&tree, &text, settings, &Known::default()));
            let facts = found.unwrap_or_default();
            program.files.insert(
                path.clone(),
                Links {
                    exports: facts.exports,
                    imports: facts.imports,
                    wanted: Vec::new(),
                },
            );
        }
        for name in missing {
            let found = bounded(|| facts::leaks(&tree, &text, settings, &name));
            program
                .leaks
                .insert((path.clone(), name), found.unwrap_or_default());
        }
    }
}

/// A file that gives names to others.
struct Giver {
    path: String,
    family: Family,
    names: Vec<String>,
}

/// The files that give something, and those that pass all of it on, read or not.
fn givers(program: &Program, modules: &Modules) -> Vec<Giver> {
    let mut found: Vec<Giver> = program
        .names()
        .into_iter()
        .filter_map(|(path, names)| {
            Some(Giver {
                path: path.to_owned(),
                family: classify(path)?.family(),
                names: names.into_iter().map(str::to_owned).collect(),
            })
        })
        .collect();
    let direct = found.len();
    for (path, links) in &program.files {
        let Some(language) = classify(path) else {
            continue;
        };
        for (_, from, _) in &links.exports.passed_on {
            for target in modules.resolve(path, from, language.family()) {
                let names = found[..direct]
                    .iter()
                    .find(|giver| giver.path == target)
                    .map(|giver| giver.names.clone());
                found.extend(names.map(|names| Giver {
                    path: path.clone(),
                    family: language.family(),
                    names,
                }));
            }
        }
    }
    found
}

/// Parses files that hold no word of an environment but a name that another file gives: first those that pass names
/// on, then those that use them.
fn look_at_users(
    files: &mut [FileScan],
    program: &mut Program,
    modules: &Modules,
    read: Read<'_>,
    settings: &Settings,
) -> bool {
    let (mut changed, mut reread) = (false, 0);
    for passing in [true, false] {
        let givers = givers(program, modules);
        if givers.is_empty() {
            continue;
        }
        for file in files
            .iter_mut()
            .filter(|file| file.links.is_none() && !file.parsed)
        {
            let Some(language) = classify(&file.path) else {
                continue;
            };
            if !settings.include_tests && is_test(&file.path)
                || passing && !passes_on(&file.path, language)
            {
                continue;
            }
            let near: Vec<_> = givers
                .iter()
                .filter(|giver| {
                    giver.family == language.family() && file.path.starts_with(around(&giver.path))
                })
                .collect();
            if near.is_empty() || reread >= MAX_REREAD {
                continue;
            }
            reread += 1;
            let Some(text) = read(&file.path) else {
                continue;
            };
            let holds = |word: &str| memmem::find(&text, word.as_bytes()).is_some();
            let all = passing && holds("export *");
            if near.iter().any(|giver| {
                (holds(module_word(&giver.path))
                    || package(&giver.path).is_some_and(|(_, name)| holds(name)))
                    && (all || giver.names.iter().any(|name| holds(name)))
            }) {
                look(file, language, &text, settings, &Known::default());
                program
                    .files
                    .extend(file.links.clone().map(|links| (file.path.clone(), links)));
                changed = true;
            }
        }
    }
    changed
}

/// Whether a file is one that others import by its folder, which often only passes names on.
fn passes_on(path: &str, language: Language) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    language.family() == Family::Ecma && name.starts_with("index.")
}

/// The folder in which users of a file are looked for: two levels up, of a package in all of its workspace.
fn around(path: &str) -> &str {
    if let Some((root, _)) = package(path) {
        return root;
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    folder.rsplit_once('/').map_or("", |(outer, _)| outer)
}

/// The word by which an import names a file.
fn module_word(path: &str) -> &str {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    if matches!(stem, "index" | "__init__" | "mod" | "lib") {
        folder.rsplit('/').next().unwrap_or(stem)
    } else {
        stem
    }
}
