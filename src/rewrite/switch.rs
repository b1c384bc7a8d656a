//! Modules that are there already, made anew with another client for the same secret manager.
//!
//! Only those that nobody changed outside of their table. Used by the planning.

use super::accessor::wanted;
use super::package::within;
use super::planner::Planner;
use super::verify::Changes;
use super::{Accessor, Kind, Request, cargo, needs};
use crate::backend::{Client, Flavor, Through};
use crate::edit::{Edit, apply};

/// The client that a module keeps, which is that of its text unless it is to be made anew.
pub(super) fn stays(text: &[u8], flavor: Flavor, planner: &Planner<'_>) -> Option<&'static Client> {
    let Request {
        backend,
        place,
        switch,
        through,
        ..
    } = planner.request;
    let client = backend.client_of(flavor, text)?;
    let is_wanted = is_as(client, *through, planner);
    let is_kept = is_wanted || !switch || client.table(text, (&backend.place, place)).is_none();
    is_kept.then_some(client)
}

/// Whether a client asks as is wanted, as far as there is a choice.
fn is_as(client: &Client, through: Through, planner: &Planner<'_>) -> bool {
    let mut clients = planner.request.backend.clients(client.flavor, through);
    clients
        .next()
        .is_none_or(|first| first.through == client.through)
}

/// Adds the modules that are made anew to what changes, with what they need. Gives them, and the paths of those that cannot
/// be made anew.
pub(super) fn add(changes: &mut Changes, planner: &Planner<'_>) -> (Vec<Accessor>, Vec<String>) {
    let (mut anew, mut kept) = (Vec::new(), Vec::new());
    let Request {
        backend,
        place,
        switch,
        through,
        ..
    } = planner.request;
    let place = (&backend.place, place.as_str());
    let modules = planner.program.sources.iter().filter(|path| {
        let name = path.rsplit('/').next().unwrap_or_default();
        let mut clients = backend.clients.iter();
        *switch && clients.any(|client| client.names.contains(&name))
    });
    for path in modules {
        let flavor = match path.rsplit('.').next() {
            Some("py") => Flavor::Python,
            Some("rs") => Flavor::Rust,
            // All clients in JavaScript and TypeScript ask in one way.
            _ => continue,
        };
        let Some(before) = text(changes, path, planner) else {
            continue;
        };
        let Some(old) = backend.client_of(flavor, &before) else {
            continue;
        };
        if is_as(old, *through, planner) {
            continue;
        }
        let made = planner.package(path).and_then(|package| {
            let client = wanted(&package, flavor, planner)?;
            let after = client.with_table(&old.table(&before, place)?, place);
            let part = String::new();
            let accessor = Accessor {
                path: path.clone(),
                package,
                part,
                client,
            };
            Some((added(&accessor, changes, planner)?, after, accessor))
        });
        let Some((files, after, accessor)) = made else {
            kept.push(path.clone());
            continue;
        };
        for (path, after) in files.into_iter().chain([(path.clone(), after)]) {
            let before = planner.program.files.read(&path);
            changes.insert(path, (before, after));
        }
        anew.push(accessor);
    }
    (anew, kept)
}

/// The text of a file after the changes so far.
fn text(changes: &Changes, path: &str, planner: &Planner<'_>) -> Option<Vec<u8>> {
    match changes.get(path) {
        Some((_, after)) => Some(after.clone()),
        None => planner.program.files.read(path),
    }
}

/// The files that say what a package needs, with what a module needs; nothing where there is no place for it.
fn added(
    accessor: &Accessor,
    changes: &Changes,
    planner: &Planner<'_>,
) -> Option<Vec<(String, Vec<u8>)>> {
    let mut edits: Vec<(String, Edit)> = needs::edits(accessor, planner);
    if accessor.package.kind == Kind::Cargo {
        let path = within(&accessor.package.root, "Cargo.toml");
        let known = text(changes, &path, planner)?;
        let more = cargo::add(&known, accessor.client.uses)?;
        edits.extend(more.into_iter().map(|edit| (path.clone(), edit)));
    }
    let mut paths: Vec<String> = edits.iter().map(|(path, _)| path.clone()).collect();
    paths.dedup();
    // What a unit of the same package needs was added with it.
    paths.retain(|path| accessor.package.kind == Kind::Cargo || !changes.contains_key(path));
    let files = paths.into_iter().map(|path| {
        let of_path = edits.iter().filter(|(of, _)| *of == path);
        let mut edits: Vec<Edit> = of_path.map(|(_, edit)| edit.clone()).collect();
        edits.sort_by_key(|edit| edit.range);
        let after = apply(&text(changes, &path, planner)?, &edits);
        Some((path, after))
    });
    files.collect()
}
