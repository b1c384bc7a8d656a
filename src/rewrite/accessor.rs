//! The accessor: the one module of a package that speaks to the secret manager, and where it stands.
//!
//! Decides places and names; its text comes from the backend. Used by the planning.

use std::collections::{BTreeMap, BTreeSet};

use super::package::{Kind, directory, within};
use super::{Files, Package, Plan, Request, Source, Unit};
use crate::backend::{CLIENTS, Client, Flavor, Held};

/// Where the value of a secret is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// Path below the mount: `team/server`.
    pub path: String,
    /// Key in the secret of that path.
    pub key: String,
}

impl Address {
    pub(super) fn of(secret: &str, package: &Package, request: &Request) -> Self {
        let server = if request.server.is_empty() {
            package.slug()
        } else {
            request.server.clone()
        };
        Self {
            path: within(&request.team, &server),
            key: secret.to_owned(),
        }
    }
}

/// The accessor of a package for one kind of file.
#[derive(Clone, Debug)]
pub struct Accessor {
    /// Its file.
    pub path: String,
    pub(super) package: Package,
    pub(super) client: &'static Client,
}

impl Accessor {
    /// The name of its file without the ending.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.split('.').next().unwrap_or_default()
    }
}

/// The flavor of the accessor that a file can import.
pub(super) fn flavor(path: &str, package: &Package, files: &dyn Files) -> Flavor {
    let ending = path.rsplit('.').next().unwrap_or_default();
    match ending {
        "py" => Flavor::Python,
        "rs" => Flavor::Rust,
        "mjs" => Flavor::Mjs,
        "cjs" => Flavor::Cjs,
        "js" | "jsx" => {
            let imports = |text: Vec<u8>| {
                Source::parse(path, text).is_some_and(|source| super::ecma::is_module(&source))
            };
            let is_module =
                package.kind == Kind::Node { esm: true } || files.read(path).is_some_and(imports);
            if is_module { Flavor::Mjs } else { Flavor::Cjs }
        }
        _ => Flavor::Ts,
    }
}

/// The accessors that units need: as deep in a package as all of their files allow.
pub(super) fn place(units: &[Unit], files: &dyn Files) -> Vec<Accessor> {
    let mut users: BTreeMap<(Package, Flavor), BTreeSet<String>> = BTreeMap::new();
    for unit in units {
        for read in &unit.reads {
            let path = &read.location.path;
            let key = (unit.package.clone(), flavor(path, &unit.package, files));
            users
                .entry(key)
                .or_default()
                .insert(directory(path).to_owned());
        }
    }
    let mut accessors = Vec::new();
    for ((package, flavor), folders) in users {
        let Some(client) = CLIENTS.iter().find(|client| client.flavor == flavor) else {
            continue;
        };
        let folder = match flavor {
            Flavor::Rust => within(&package.root, "src"),
            _ => common(&folders),
        };
        let is_ours = |path: &str| match files.read(path) {
            None => true,
            Some(text) => client.is_ours(&text),
        };
        let mut paths = client.names.iter().map(|name| within(&folder, name));
        if let Some(path) = paths.find(|path| is_ours(path)) {
            accessors.push(Accessor {
                path,
                package,
                client,
            });
        }
    }
    accessors
}

/// The accessor for a file of a unit.
pub(super) fn of<'a>(
    path: &str,
    unit: &Unit,
    accessors: &'a [Accessor],
    files: &dyn Files,
) -> Option<&'a Accessor> {
    let flavor = flavor(path, &unit.package, files);
    let fits =
        |accessor: &&Accessor| accessor.client.flavor == flavor && accessor.package == unit.package;
    accessors.iter().find(fits)
}

/// Adds the accessors that the units of a plan use.
pub(super) fn write(plan: &mut Plan, accessors: &[Accessor], files: &dyn Files, request: &Request) {
    for accessor in accessors {
        let is_held = |unit: &&Unit| {
            unit.reason.is_none()
                && unit.package == accessor.package
                && unit.reads.iter().any(|read| {
                    flavor(&read.location.path, &unit.package, files) == accessor.client.flavor
                })
        };
        let held: Vec<Held<'_>> = plan
            .units
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
        let before = files.read(&accessor.path);
        let after = accessor
            .client
            .render(before.as_deref(), &held, &request.mount);
        if before.as_deref() != Some(&after) {
            plan.files.insert(accessor.path.clone(), (before, after));
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
