//! What files know of each other: which file an import means, and what that file gives.
//!
//! Pure and small on purpose: it joins facts that were found file by file, and never looks at a syntax tree.

mod modules;

pub use modules::{Modules, package};

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Exports, Foreign, Gift, Known};
use crate::language::{Family, Language};
use crate::model::Channel;

/// How many times a name may be passed on from module to module.
const MAX_PASSES: usize = 4;
/// Files that a name that is passed on is looked for in.
const MAX_HOMES: usize = 16;

/// What one file has to do with others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// What it gives.
    pub exports: Exports,
    /// Modules it takes from, as written.
    pub imports: Vec<String>,
    /// Names of other modules that would complete a fact.
    pub wanted: Vec<Foreign>,
    /// Secrets that it gives to functions of other modules.
    pub gifts: Vec<(String, Gift)>,
}

/// Everything that is known of all files, by path.
#[derive(Debug, Default)]
pub struct Program {
    /// By path.
    pub files: BTreeMap<String, Links>,
    /// Functions by whose parameters values leave, by path and name.
    pub leaks: BTreeMap<(String, String), Vec<(usize, Channel)>>,
}

impl Program {
    /// What a file is told of the modules it imports.
    pub fn known(&self, path: &str, family: Family, modules: &Modules) -> Known {
        let mut known = Known::default();
        let Some(links) = self.files.get(path) else {
            return known;
        };
        for source in &links.imports {
            for target in modules.resolve(path, source, family) {
                let mut seen = BTreeSet::new();
                self.tell(
                    &mut known, source, &target, family, modules, None, &mut seen, MAX_PASSES,
                );
                // A name taken from a package may be a module of it.
                if let Some(package) = package_around(source).filter(|_| family != Family::Ecma) {
                    self.tell(
                        &mut known,
                        package,
                        &target,
                        family,
                        modules,
                        None,
                        &mut BTreeSet::new(),
                        MAX_PASSES,
                    );
                }
            }
        }
        known.environments.sort();
        known.environments.dedup();
        known.holders.sort();
        known.holders.dedup();
        known.givers.sort();
        known.givers.dedup();
        known
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one recursion over modules that pass names on"
    )]
    fn tell(
        &self,
        known: &mut Known,
        source: &str,
        target: &str,
        family: Family,
        modules: &Modules,
        only: Option<(&str, &str)>,
        seen: &mut BTreeSet<(String, Option<String>)>,
        passes: usize,
    ) {
        let Some(links) = self.files.get(target).filter(|_| {
            let name = only.map(|(there, _)| there.to_owned());
            passes > 0 && seen.insert((target.to_owned(), name))
        }) else {
            return;
        };
        let here = |name: &str| match only {
            Some((there, here)) => (name == there).then(|| (source.to_owned(), here.to_owned())),
            None => Some((source.to_owned(), name.to_owned())),
        };
        let exports = &links.exports;
        known
            .environments
            .extend(exports.environments.iter().filter_map(|name| here(name)));
        known
            .holders
            .extend(exports.holders.iter().filter_map(|name| here(name)));
        known
            .givers
            .extend(exports.givers.iter().filter_map(|name| here(name)));
        for (name, text) in &exports.constants {
            known
                .constants
                .extend(here(name).map(|foreign| (foreign, text.clone())));
        }
        for (name, prefix) in &exports.settings {
            known
                .settings
                .extend(here(name).map(|foreign| (foreign, prefix.clone())));
        }
        for (name, held) in &exports.secrets {
            if let Some(foreign) = here(name) {
                let list = known.secrets.entry(foreign).or_default();
                list.extend(held.iter().cloned());
            }
        }
        for helper in &exports.helpers {
            // A method is known by its own name, whatever object it is called on.
            let list = known
                .helpers
                .entry((source.to_owned(), helper.name.clone()))
                .or_default();
            if !list.contains(helper) {
                list.push(helper.clone());
            }
            if let Some(foreign) = only.and_then(|_| here(&helper.name)) {
                known
                    .helpers
                    .entry(foreign)
                    .or_default()
                    .push(helper.clone());
            }
        }
        for ((path, name), places) in &self.leaks {
            if path == target {
                known
                    .leaks
                    .extend(here(name).map(|foreign| (foreign, places.clone())));
            }
        }
        for (as_name, from, there) in &exports.passed_on {
            let only = match only {
                None => (there != "*").then_some((there.as_str(), as_name.as_str())),
                Some((wanted, here)) if as_name == wanted => Some((there.as_str(), here)),
                Some(only) if as_name == "*" => Some(only),
                Some(_) => continue,
            };
            for next in modules.resolve(target, from, family) {
                self.tell(
                    known,
                    source,
                    &next,
                    family,
                    modules,
                    only,
                    seen,
                    passes - 1,
                );
            }
        }
    }

    /// The secrets that the functions of each file are given by others, by path.
    pub fn gifts(&self, modules: &Modules<'_>) -> BTreeMap<String, BTreeSet<Gift>> {
        let mut gifts: BTreeMap<String, BTreeSet<Gift>> = BTreeMap::new();
        for (path, links) in &self.files {
            let Some(family) = Language::of_path(path).map(Language::family) else {
                continue;
            };
            for (module, gift) in &links.gifts {
                for target in modules.resolve(path, module, family) {
                    for (home, name) in self.homes(&target, &gift.to, family, modules) {
                        let gift = Gift {
                            to: name,
                            ..gift.clone()
                        };
                        gifts.entry(home).or_default().insert(gift);
                    }
                }
            }
        }
        gifts
    }

    /// The files that a name of a module may come from, the module itself included, and the name there.
    fn homes(
        &self,
        path: &str,
        name: &str,
        family: Family,
        modules: &Modules<'_>,
    ) -> Vec<(String, String)> {
        let mut homes = vec![(path.to_owned(), name.to_owned())];
        let mut at = 0;
        while let Some((path, name)) = homes.get(at).cloned().filter(|_| at < MAX_HOMES) {
            at += 1;
            let Some(links) = self.files.get(&path) else {
                continue;
            };
            for (here, from, there) in &links.exports.passed_on {
                let passed = match here.as_str() {
                    "*" => &name,
                    here if here == name => there,
                    _ => continue,
                };
                for target in modules.resolve(&path, from, family) {
                    let home = (target, passed.clone());
                    if !homes.contains(&home) {
                        homes.push(home);
                    }
                }
            }
        }
        homes
    }

    /// The names that, if a file that is not understood yet mentions one, make it worth a look: by exporting path.
    pub fn names(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (path, links) in self
            .files
            .iter()
            .filter(|(_, links)| links.exports.matter())
        {
            let list = names.entry(path).or_default();
            list.extend(
                links
                    .exports
                    .helpers
                    .iter()
                    .map(|helper| helper.name.as_str()),
            );
            list.extend(links.exports.environments.iter().map(String::as_str));
            list.extend(links.exports.holders.iter().map(String::as_str));
            list.extend(links.exports.givers.iter().map(String::as_str));
            list.extend(links.exports.settings.keys().map(String::as_str));
            list.extend(links.exports.secrets.keys().map(String::as_str));
        }
        names
    }
}

/// The package of Python or Rust that a module is in: of `a.b` it is `a`, of `.b` it is `.`.
fn package_around(module: &str) -> Option<&str> {
    let dot = module.rfind('.')?;
    let before = &module[..dot];
    Some(if before.bytes().all(|b| b == b'.') {
        &module[..=dot]
    } else {
        before
    })
}
