//! One file, parsed as far as it matters, and judged with what is known of others.

use super::extent::Extent;
use super::{FileScan, judge};
use crate::facts::{self, Facts, Known};
use crate::language::{Family, Language};
use crate::link::Links;
use crate::model::ProblemKind;
use crate::outline::Parts;
use crate::settings::Settings;
use crate::syntax::{Incomplete, Parsed, Tree, bounded, parse, parse_parts};

/// Parses a file as far as is said and judges it; without an extent nothing changes.
pub(super) fn look(
    file: &mut FileScan,
    language: Language,
    text: &[u8],
    extent: &Extent<'_>,
    settings: &Settings,
    known: &Known,
) {
    match extent {
        Extent::None => {}
        // It takes nothing from others where an import would say so, and has nothing to be judged.
        Extent::Parts(parts) if parts.needed.is_empty() => {
            file.parsed = true;
            link(file, language, Facts::default(), Some(parts));
        }
        Extent::Parts(parts) => match parse_parts(language, text, &parts.needed) {
            Parsed::Tree(tree) if !tree.is_broken() => {
                judge_tree(file, language, text, &tree, Some(parts), settings, known);
            }
            // Something is not what it looked like.
            _ => look_at_all(file, language, text, settings, known),
        },
        Extent::Whole => look_at_all(file, language, text, settings, known),
    }
}

fn look_at_all(
    file: &mut FileScan,
    language: Language,
    text: &[u8],
    settings: &Settings,
    known: &Known,
) {
    match parse(language, text) {
        Parsed::Tree(tree) => judge_tree(file, language, text, &tree, None, settings, known),
        Parsed::Refused(reason) => {
            file.clear();
            let message = match reason {
                Incomplete::TooDeep => "nested too deeply to be parsed; the file was not analysed",
                Incomplete::TooSlow => "took too many steps to parse; the file was not analysed",
            };
            file.problem(ProblemKind::ParseIncomplete, message);
        }
    }
}

/// Judges parts of a file, whose tree may be broken.
pub(super) fn judge_parts(
    file: &mut FileScan,
    language: Language,
    text: &[u8],
    tree: &Tree,
    settings: &Settings,
    known: &Known,
) {
    judge_tree(file, language, text, tree, None, settings, known);
}

fn judge_tree(
    file: &mut FileScan,
    language: Language,
    text: &[u8],
    tree: &Tree,
    parts: Option<&Parts<'_>>,
    settings: &Settings,
    known: &Known,
) {
    file.clear();
    let judged = bounded(|| {
        let facts = facts::find(tree, text, settings, known);
        let judged = judge::judge(&file.path, tree, text, &facts, settings);
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
    file.secrets = judge::secrets(&facts, settings);
    link(file, language, facts, parts);
}

/// Notes what a file has to do with others; of parts that were not parsed only what they import is known.
fn link(file: &mut FileScan, language: Language, facts: Facts, parts: Option<&Parts<'_>>) {
    let mut imports = facts.imports;
    for module in parts.iter().flat_map(|parts| &parts.modules) {
        if let Ok(module) = std::str::from_utf8(module) {
            add_module(language.family(), module, &mut imports);
        }
    }
    imports.sort();
    imports.dedup();
    file.in_parts = parts.is_some();
    file.links = Some(Links {
        exports: facts.exports,
        imports,
        wanted: facts.wanted,
        gifts: facts.gifts,
    });
}

/// Adds a module under the name by which the facts know it.
fn add_module(family: Family, written: &str, imports: &mut Vec<String>) {
    match family {
        Family::Ecma => imports.push(facts::module(written)),
        Family::Python => imports.push(written.to_owned()),
        // The last word may be a name of the module before it.
        Family::Rust => {
            let path = written.trim_end_matches(':').replace("::", ".");
            imports.extend(path.rsplit_once('.').map(|(module, _)| module.to_owned()));
            imports.push(path);
        }
    }
}
