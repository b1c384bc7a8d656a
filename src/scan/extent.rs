//! How much of a file is parsed: the places that may lead to a finding, and what has to be seen to follow them.

use std::collections::BTreeMap;

use memchr::memmem;

use super::anchors;
use crate::facts::Known;
use crate::language::Language;
use crate::names::Names;
use crate::outline::{Outline, Parts, Start};
use crate::settings::Settings;

/// How much of a file is parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Extent<'t> {
    /// Nothing: nothing in it can matter.
    None,
    /// Some parts.
    Parts(Parts<'t>),
    /// All of it, where parts cannot be told.
    Whole,
}

impl<'t> Extent<'t> {
    /// What of a file can matter by itself.
    pub(super) fn alone(language: Language, text: &'t [u8], settings: &Settings) -> Self {
        let starts = starts(language, text, settings);
        if starts.is_empty() {
            return Self::None;
        }
        let Some(outline) = outline(language, text, settings) else {
            return Self::Whole;
        };
        let starts = in_code(&outline, starts);
        if starts.is_empty() {
            return Self::None;
        }
        Self::Parts(outline.needed(&starts))
    }

    /// What of a file can matter once something is known of others; `awaited` where it asked for some of that.
    pub(super) fn told(
        language: Language,
        text: &'t [u8],
        settings: &Settings,
        known: &Known,
        awaited: bool,
    ) -> Self {
        let Some(outline) = outline(language, text, settings) else {
            return Self::Whole;
        };
        let told = uses(&outline, known);
        if told.is_empty() && !awaited {
            return Self::None;
        }
        let mut starts = in_code(&outline, starts(language, text, settings));
        starts.extend(told);
        Self::Parts(outline.needed(&starts))
    }

    /// What a file takes from others and passes on.
    pub(super) fn imports(language: Language, text: &'t [u8], settings: &Settings) -> Self {
        outline(language, text, settings)
            .map_or(Self::Whole, |outline| Self::Parts(outline.needed(&[])))
    }
}

fn outline<'t>(language: Language, text: &'t [u8], settings: &Settings) -> Option<Outline<'t>> {
    Outline::new(language, text).filter(|_| !settings.whole_files)
}

fn in_code(outline: &Outline<'_>, mut starts: Vec<(usize, Start)>) -> Vec<(usize, Start)> {
    starts.retain(|&(at, start)| start.is_anywhere() || outline.is_code(at));
    starts
}

/// The places that may lead to a finding.
pub(super) fn starts(language: Language, text: &[u8], settings: &Settings) -> Vec<(usize, Start)> {
    let names = Names::new(&settings.allow, &settings.deny);
    let mut starts = anchors::find(language, text, &names);
    let strings = crate::config::candidates(text, &names).into_iter();
    starts.extend(strings.map(|at| (at, Start::Here)));
    let words = settings.helpers.iter();
    for word in words.filter_map(|helper| helper.rsplit('.').next()) {
        if !word.is_empty() {
            starts.extend(memmem::find_iter(text, word).map(|at| (at, Start::All)));
        }
    }
    starts
}

/// Where a file uses what it is known to take from others.
pub(super) fn uses(outline: &Outline<'_>, known: &Known) -> Vec<(usize, Start)> {
    let mut names: BTreeMap<&str, Start> = BTreeMap::new();
    let mut modules: BTreeMap<&str, Start> = BTreeMap::new();
    let helpers = known.helpers.keys().map(|foreign| (foreign, Start::Name));
    let whole = known.environments.iter().chain(&known.givers);
    let whole = whole.chain(&known.holders).chain(known.settings.keys());
    for ((module, name), start) in helpers.chain(whole.map(|foreign| (foreign, Start::All))) {
        // Whoever imports a default gives it a name of its own.
        if name == "default" {
            modules.insert(module, start);
        } else {
            names.insert(name, start);
        }
    }
    for (module, name) in known.secrets.keys() {
        if name == "default" {
            modules.insert(module, Start::All);
        } else {
            names.entry(name).or_insert(Start::Value);
        }
    }
    for gift in &known.gifts {
        names.insert(&gift.to, Start::All);
    }
    let mut starts = outline.mentions(&names);
    starts.extend(outline.imports(&modules));
    starts
}
