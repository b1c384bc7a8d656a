//! Files that take something from others: who has to be looked at again, and what each is told.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use memchr::memmem;

use super::extent::Extent;
use super::look::look;
use super::{FileScan, classify, is_test};
use crate::facts::{self, Known};
use crate::language::{Family, Language};
use crate::link::{Links, Modules, Program, package};
use crate::settings::Settings;
use crate::syntax::{Parsed, bounded, parse};

/// How often files are looked at again for what others give.
const MAX_ROUNDS: usize = 3;
/// Files that are read again in search of names that other files give.
const MAX_REREAD: usize = 20_000;

/// Gives the text of a file that was scanned before.
type Read<'r> = &'r (dyn Fn(&str) -> Option<Vec<u8>> + Sync);

/// Lets each file know what it takes from others, and looks at those again for which that changes something. What each
/// was told in the end is given back.
pub(super) fn join(
    files: &mut [FileScan],
    read: Read<'_>,
    settings: &Settings,
) -> BTreeMap<String, Known> {
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
        let mut gifts = program.gifts(&modules);
        for file in files.iter_mut() {
            let gifts = gifts.remove(&file.path).unwrap_or_default();
            if file.links.is_none() && gifts.is_empty() {
                continue;
            }
            let Some(language) = classify(&file.path) else {
                continue;
            };
            if !settings.include_tests && is_test(&file.path) {
                continue;
            }
            let mut known = program.known(&file.path, language.family(), &modules);
            known.gifts = gifts;
            let before = told.get(&file.path);
            if !is_news(&known, program.files.get(&file.path)) || before == Some(&known) {
                continue;
            }
            let Some(text) = read(&file.path) else {
                continue;
            };
            let awaited = is_awaited(&known, program.files.get(&file.path));
            let extent = match Extent::told(language, &text, settings, &known, awaited) {
                // It may pass on what it is given.
                Extent::None if file.links.is_none() => Extent::imports(language, &text, settings),
                extent => extent,
            };
            if extent != Extent::None {
                look(file, language, &text, &extent, settings, &known);
                let links = file.links.clone();
                program
                    .files
                    .extend(links.map(|links| (file.path.clone(), links)));
                changed = true;
            }
            told.insert(file.path.clone(), known);
        }
        if !changed {
            break;
        }
    }
    told
}

/// Whether what is known of others can change what is found in a file.
fn is_news(known: &Known, links: Option<&Links>) -> bool {
    !known.environments.is_empty()
        || !known.holders.is_empty()
        || !known.givers.is_empty()
        || !known.helpers.is_empty()
        || !known.settings.is_empty()
        || !known.secrets.is_empty()
        || !known.gifts.is_empty()
        || is_awaited(known, links)
}

/// Whether something that a file wants to know of others is known.
fn is_awaited(known: &Known, links: Option<&Links>) -> bool {
    links.is_some_and(|links| {
        links
            .wanted
            .iter()
            .any(|name| known.constants.contains_key(name) || known.leaks.contains_key(name))
    })
}

/// Looks up what files want to know of others: constants of files that were not parsed, or in parts only, and functions
/// that let values out.
fn complete(
    program: &mut Program,
    files: &[FileScan],
    modules: &Modules<'_>,
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
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    while let Some((path, mut names)) = wanted.pop_first() {
        names.retain(|name| seen.insert((path.clone(), name.clone())));
        let Some(language) = classify(&path).filter(|_| !names.is_empty()) else {
            continue;
        };
        let in_parts = files
            .binary_search_by(|file| file.path.as_str().cmp(&path))
            .is_ok_and(|at| files[at].in_parts);
        complete_file(program, &path, &names, in_parts, read, settings);
        // What it only passes on has to be known of where that comes from.
        let Some(links) = program.files.get(&path) else {
            continue;
        };
        for (here, from, there) in &links.exports.passed_on {
            let passed: Vec<&String> = if here == "*" {
                names.iter().collect()
            } else {
                names.get(here).map(|_| there).into_iter().collect()
            };
            if passed.is_empty() {
                continue;
            }
            for target in modules.resolve(&path, from, language.family()) {
                let list = wanted.entry(target).or_default();
                list.extend(passed.iter().copied().cloned());
            }
        }
    }
}

/// Looks up some names in one file.
fn complete_file(
    program: &mut Program,
    path: &str,
    names: &BTreeSet<String>,
    in_parts: bool,
    read: Read<'_>,
    settings: &Settings,
) {
    let missing: Vec<&String> = names
        .iter()
        .filter(|&name| !program.leaks.contains_key(&(path.to_owned(), name.clone())))
        .collect();
    if missing.is_empty() {
        return;
    }
    let (Some(language), Some(text)) = (classify(path), read(path)) else {
        return;
    };
    let Parsed::Tree(tree) = parse(language, &text) else {
        return;
    };
    if in_parts || !program.files.contains_key(path) {
        let found = bounded(|| facts::find(&tree, &text, settings, &Known::default()));
        let facts = found.unwrap_or_default();
        let known = program.files.remove(path);
        let links = Links {
            exports: facts.exports,
            imports: facts.imports,
            wanted: known
                .as_ref()
                .map(|links| links.wanted.clone())
                .unwrap_or_default(),
            gifts: known.map(|links| links.gifts).unwrap_or_default(),
        };
        program.files.insert(path.to_owned(), links);
    }
    for name in missing {
        let found = bounded(|| facts::leaks(&tree, &text, settings, name));
        program
            .leaks
            .insert((path.to_owned(), name.clone()), found.unwrap_or_default());
    }
}

/// A file that gives names to others.
struct Giver {
    path: String,
    family: Family,
    names: Vec<String>,
}

/// The files that give something, and those that pass all of it on, read or not.
fn givers(program: &Program, modules: &Modules<'_>) -> Vec<Giver> {
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
    modules: &Modules<'_>,
    read: Read<'_>,
    settings: &Settings,
) -> bool {
    let (mut changed, mut reread) = (false, 0);
    for passing in [true, false] {
        let givers = givers(program, modules);
        if givers.is_empty() {
            continue;
        }
        let mut by_folder: HashMap<&str, Vec<&Giver>> = HashMap::new();
        for giver in &givers {
            by_folder
                .entry(around(&giver.path))
                .or_default()
                .push(giver);
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
            let near: Vec<&Giver> = folders(&file.path)
                .filter_map(|folder| by_folder.get(folder))
                .flatten()
                .copied()
                .filter(|giver| giver.family == language.family())
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
            // Many have one word.
            let mut words: HashMap<&str, bool> = HashMap::new();
            if near.iter().any(|giver| {
                let word = module_word(&giver.path);
                (*words.entry(word).or_insert_with(|| holds(word))
                    || package(&giver.path).is_some_and(|(_, name)| holds(name)))
                    && (all || giver.names.iter().any(|name| holds(name)))
            }) {
                let extent = Extent::imports(language, &text, settings);
                look(file, language, &text, &extent, settings, &Known::default());
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

/// The folders around a file, inner ones first, and the one around all.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    let inner = path.rsplit_once('/').map(|(folder, _)| folder);
    std::iter::successors(Some(inner.unwrap_or_default()), |folder| {
        (!folder.is_empty()).then(|| folder.rsplit_once('/').map_or("", |(outer, _)| outer))
    })
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
