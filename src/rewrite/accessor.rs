//! The accessor: the one module of a package that speaks to the secret manager, and where it stands.
//!
//! Decides places and names; its text comes from the backend. Used by the planning.

use std::collections::{BTreeMap, BTreeSet};

use super::package::{Kind, directory, within};
use super::planner::Planner;
use super::verify::Changes;
use super::{Package, Request, Unit, parts, switch};
use crate::backend::{Client, Flavor, Held};

/// The accessor of a package for one kind of file.
#[derive(Clone, Debug)]
pub struct Accessor {
    /// Its file.
    pub path: String,
    pub(super) package: Package,
    /// The folder below which files import it.
    pub(super) part: String,
    pub(super) client: &'static Client,
}

impl Accessor {
    /// Whether a file of a package imports this one.
    fn is_for(&self, path: &str, package: &Package, planner: &Planner<'_>) -> bool {
        self.package == *package
            && self.client.flavor == flavor(path, package, planner)
            && self.part == parts::of(path, package, planner)
    }

    /// The name of its file without the ending.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.split('.').next().unwrap_or_default()
    }
}

/// The flavor of the accessor that a file can import.
fn flavor(path: &str, package: &Package, planner: &Planner<'_>) -> Flavor {
    let ending = path.rsplit('.').next().unwrap_or_default();
    match ending {
        "py" => Flavor::Python,
        "rs" => Flavor::Rust,
        "mjs" => Flavor::Mjs,
        "cjs" => Flavor::Cjs,
        "js" | "jsx" => {
            let is_module = package.kind == Kind::Node { esm: true }
                || planner
                    .source(path)
                    .is_some_and(|source| super::ecma::is_module(&source));
            if is_module { Flavor::Mjs } else { Flavor::Cjs }
        }
        _ => Flavor::Ts,
    }
}

/// The client of a new module in a package.
pub(super) fn wanted(
    package: &Package,
    flavor: Flavor,
    planner: &Planner<'_>,
) -> Option<&'static Client> {
    let Request {
        backend, through, ..
    } = *planner.request;
    let mut clients = backend.clients(flavor, through);
    if flavor != Flavor::Rust {
        return clients.next();
    }
    let manifest = within(&package.root, "Cargo.toml");
    let manifest = planner.program.files.read(&manifest).unwrap_or_default();
    super::rust::client(clients, &manifest)
}

/// The accessors that units need: as deep in a part of a package as all of its files allow, or where there is one
/// already.
pub(super) fn place(units: &[Unit], planner: &Planner<'_>) -> Vec<Accessor> {
    let mut users: BTreeMap<(Package, Flavor, String), BTreeSet<String>> = BTreeMap::new();
    for unit in units
        .iter()
        .filter(|unit| unit.reads.iter().all(|read| read.reason.is_none()))
    {
        for path in planner.paths(unit) {
            let flavor = flavor(&path, &unit.package, planner);
            let part = parts::of(&path, &unit.package, planner);
            users
                .entry((unit.package.clone(), flavor, part))
                .or_default()
                .insert(directory(&path).to_owned());
        }
    }
    let mut accessors = Vec::new();
    for ((package, flavor, part), folders) in users {
        let Request {
            backend, through, ..
        } = *planner.request;
        let Some(client) = backend.clients(flavor, through).next() else {
            continue;
        };
        let folder = match flavor {
            Flavor::Rust => within(&package.root, "src"),
            // What is not in a package of Python imports from where the program stands that was started.
            Flavor::Python if !parts::is_package(&part, planner) => part.clone(),
            _ => common(&folders),
        };
        let read = |path: &str| planner.program.files.read(path);
        let is_ours = |path: &str| read(path).is_some_and(|text| client.is_ours(&text));
        let above = std::iter::successors(Some(folder.as_str()), |&at| {
            (at.len() > part.len()).then(|| directory(at))
        });
        let there = above
            .flat_map(|at| client.names.iter().map(move |name| within(at, name)))
            .find(|path| is_ours(path));
        let mut new = client.names.iter().map(|name| within(&folder, name));
        // Two modules of one name cannot both be imported by a program that finds both.
        let is_taken = |path: &str| {
            let stem = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
            flavor == Flavor::Python
                && !parts::is_package(&part, planner)
                && accessors.iter().any(|other: &Accessor| {
                    other.package == package
                        && !parts::is_package(&other.part, planner)
                        && stem(&other.path) == stem(path)
                        && planner.sets_path([part.as_str(), other.part.as_str()])
                })
        };
        let is_free = |path: &str| {
            read(path).is_none()
                && !is_taken(path)
                && !(flavor == Flavor::Rust && super::rust::is_module(path, planner))
        };
        let path = there.or_else(|| new.find(|path| is_free(path)));
        let there = path.as_deref().and_then(read);
        let there = there.and_then(|text| switch::stays(&text, flavor, planner));
        let client = there.unwrap_or_else(|| wanted(&package, flavor, planner).unwrap_or(client));
        if let Some(path) = path {
            accessors.push(Accessor {
                path,
                package,
                part,
                client,
            });
        }
    }
    accessors
}

/// The accessor for a file of a package.
pub(super) fn of<'a>(
    path: &str,
    package: &Package,
    accessors: &'a [Accessor],
    planner: &Planner<'_>,
) -> Option<&'a Accessor> {
    let mut accessors = accessors.iter();
    accessors.find(|accessor| accessor.is_for(path, package, planner))
}

/// Adds the accessors that units use to what changes.
pub(super) fn write(
    changes: &mut Changes,
    units: &[&Unit],
    accessors: &[Accessor],
    planner: &Planner<'_>,
) {
    for accessor in accessors {
        let is_held = |unit: &&&Unit| {
            let mut paths = planner.paths(unit).into_iter();
            paths.any(|path| accessor.is_for(&path, &unit.package, planner))
        };
        let held: Vec<Held<'_>> = units
            .iter()
            .filter(is_held)
            .map(|unit| Held {
                name: &unit.secret,
                path: &unit.address.path,
                key: &unit.address.key,
            })
            .collect();
        if held.is_empty() {
            continue;
        }
        let before = planner.program.files.read(&accessor.path);
        let Request { backend, place, .. } = planner.request;
        let client = accessor.client;
        let mut after = client.render(before.as_deref(), &held, (&backend.place, place));
        if before.is_none() && accessor.package.kind != (Kind::Node { esm: true }) {
            after = client.in_common_js(after);
        }
        if before.as_deref() != Some(&after) {
            changes.insert(accessor.path.clone(), (before, after));
        }
    }
}

/// The deepest directory above all.
fn common(folders: &BTreeSet<String>) -> String {
    let (Some(first), Some(last)) = (folders.first(), folders.last()) else {
        return String::new();
    };
    let parts = first.split('/').zip(last.split('/'));
    let same: Vec<&str> = parts.take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
    // Sorted, the first and the last differ most; but `a` and `a-b` sort apart from `a/b`.
    let mut found = same.join("/");
    while !found.is_empty()
        && !folders
            .iter()
            .all(|folder| *folder == found || folder.starts_with(&format!("{found}/")))
    {
        found = directory(&found).to_owned();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_of_all_is_found() {
        let of = |folders: &[&str]| common(&folders.iter().map(|&f| f.to_owned()).collect());
        assert_eq!(of(&["src/a", "src/b"]), "src");
        assert_eq!(of(&["src"]), "src");
        assert_eq!(of(&["a", "a-b", "a/b"]), "");
        assert_eq!(of(&["", "src"]), "");
        assert_eq!(of(&["p/src", "p/src/lib"]), "p/src");
    }
}
