//! The accessor's module in Rust: declared in every crate root that compiles the file, with the crates that it needs.

use super::head::{leading_comments, line_before, line_behind, paragraph_behind};
use super::open::Names;
use super::package::{directory, within};
use super::planner::Planner;
use super::{Accessor, Reason, Source, cargo};
use crate::backend::Client;
use crate::edit::Edit;
use crate::syntax::NodeId;

/// The path of the accessor in a file, and the edits that declare its module where it is not declared yet.
pub(super) fn declare(
    path: &str,
    accessor: &Accessor,
    planner: &Planner<'_>,
) -> Result<(Names, Vec<(String, Edit)>), Reason> {
    let name = accessor.stem();
    let root = &accessor.package.root;
    let below = path.strip_prefix(root.as_str()).ok_or(Reason::NoPlace)?;
    let mut edits = Vec::new();
    let mut is_compiled = false;
    for (root_path, way) in roots(below.trim_start_matches('/')) {
        let root_path = within(root, &root_path);
        let is_self = root_path == path;
        let Some(root) = planner.source(&root_path) else {
            continue;
        };
        let folder = directory(&root_path);
        let inside = path.strip_prefix(folder).unwrap_or_default();
        let first = inside.trim_start_matches('/').split(['/', '.']).next();
        if !is_self && !declares(&root, first.unwrap_or_default()) {
            continue;
        }
        is_compiled = true;
        if !declares(&root, name) {
            let ending = super::head::line_ending(&root.text);
            let line = match way.as_str() {
                "" => format!("mod {name};"),
                way => format!("#[path = \"{way}{name}.rs\"]{ending}mod {name};"),
            };
            let edit = if let Some(next) = before(&root, name) {
                line_before(&root, next, &line)
            } else if modules(&root).next().is_some() {
                line_behind(&root, place(&root), &line)
            } else {
                paragraph_behind(&root, place(&root), &line)
            };
            edits.push((root_path, edit));
        }
    }
    if !is_compiled {
        return Err(Reason::NoPlace);
    }
    let manifest = within(&accessor.package.root, "Cargo.toml");
    let text = planner
        .program
        .files
        .read(&manifest)
        .ok_or(Reason::NoPlace)?;
    let added = cargo::add(&text, accessor.client.uses).ok_or(Reason::NoPlace)?;
    edits.extend(added.into_iter().map(|edit| (manifest.clone(), edit)));
    let name = format!("crate::{name}");
    let names = Names {
        secrets: name.clone(),
        open: name,
    };
    Ok((names, edits))
}

/// Folders of a package each of whose files, or folders with a `main.rs`, is a program of its own; and the way from there
/// to the folder of sources.
const PROGRAMS: &[(&str, &str)] = &[
    ("benches/", "../src/"),
    ("examples/", "../src/"),
    ("src/bin/", "../"),
];

/// The files that may be the root of a crate that compiles a file, with the way from there to the accessor; nothing for
/// the folder itself.
fn roots(below: &str) -> Vec<(String, String)> {
    let program = PROGRAMS.iter().find_map(|&(folder, way)| {
        let rest = below.strip_prefix(folder)?;
        Some(match rest.split_once('/') {
            None => (below.to_owned(), way.to_owned()),
            Some((inner, _)) => (format!("{folder}{inner}/main.rs"), format!("../{way}")),
        })
    });
    program.map_or_else(
        || {
            ["src/lib.rs", "src/main.rs"]
                .map(|root| (root.to_owned(), String::new()))
                .to_vec()
        },
        |program| vec![program],
    )
}

/// Whether a crate has another module, or another name, that is called as a file would be.
pub(super) fn is_module(path: &str, planner: &Planner<'_>) -> bool {
    let (folder, name) = (directory(path), path.rsplit('/').next().unwrap_or_default());
    let stem = name.trim_end_matches(".rs");
    let inner = within(folder, &format!("{stem}/mod.rs"));
    let words = [
        format!("mod {stem} "),
        format!("mod {stem};"),
        format!("as {stem};"),
        format!("as {stem},"),
    ];
    let names = |root: &str| {
        let text = planner
            .program
            .files
            .read(&within(folder, root))
            .unwrap_or_default();
        words
            .iter()
            .any(|word| memchr::memmem::find(&text, word.as_bytes()).is_some())
    };
    planner.program.files.read(&inner).is_some() || names("lib.rs") || names("main.rs")
}

/// Whether a crate root declares a module in a file of its own.
fn declares(root: &Source, name: &str) -> bool {
    modules(root).any(|node| {
        let named = root.tree.child(node, "name");
        named.is_some_and(|node| root.tree.text(&root.text, node) == name)
    })
}

fn modules(root: &Source) -> impl Iterator<Item = NodeId> + '_ {
    let tree = &root.tree;
    tree.children(tree.root())
        .filter(|&node| tree.kind_name(node) == "mod_item" && tree.child(node, "body").is_none())
}

/// The module that a module of this name stands before in order, if the modules of the last run are in order.
fn before(root: &Source, name: &str) -> Option<NodeId> {
    let tree = &root.tree;
    let mut run: Vec<NodeId> = Vec::new();
    for node in modules(root) {
        let is_next = run.last().is_some_and(|&last| {
            let between = &root.text[tree.range(last).end..tree.range(node).start];
            memchr::memchr_iter(b'\n', between).count() == 1
        });
        if !is_next {
            run.clear();
        }
        run.push(node);
    }
    let name_of = |node: NodeId| tree.child(node, "name").map_or("", |name| root.text(name));
    let is_plain = |node: &NodeId| root.text(*node).starts_with("mod ");
    let is_sorted = run.is_sorted_by_key(|&node| name_of(node)) && run.iter().all(is_plain);
    let mut run = run.into_iter().filter(|_| is_sorted);
    let next = run.find(|&node| name_of(node) > name)?;
    // What stands above belongs to the module: an attribute, a comment.
    let above = tree.before(next).find(|&node| tree.is_named(node));
    let is_free = above
        .is_none_or(|above| !tree.is_comment(above) && tree.kind_name(above) != "attribute_item");
    is_free.then_some(next)
}

/// Behind which node the line goes: the last module, else what has to stand at the top.
fn place(root: &Source) -> Option<NodeId> {
    let tree = &root.tree;
    modules(root).last().or_else(|| {
        let top = tree.children(tree.root());
        let is_top = |node: &NodeId| {
            let text = tree.text(&root.text, *node);
            tree.kind_name(*node) == "inner_attribute_item"
                || text.starts_with("//!")
                || text.starts_with("#!")
        };
        let last = top.filter(is_top).last();
        last.or_else(|| leading_comments(root))
    })
}

/// Of the clients that ask as the first one does, the one for a package: one that uses no crate which is not there already,
/// if there is such a one.
pub(super) fn client(
    mut clients: impl Iterator<Item = &'static Client>,
    manifest: &[u8],
) -> Option<&'static Client> {
    let first = clients.next()?;
    let text = std::str::from_utf8(manifest).unwrap_or_default();
    let document = text.parse::<toml_edit::DocumentMut>().unwrap_or_default();
    let known = document.get("dependencies");
    let is_there = |name: &str| match name {
        "reqwest" => known
            .and_then(|table| table.get(name))
            .is_some_and(is_rustls),
        "tokio" => known
            .and_then(|table| table.get(name))
            .is_some_and(has_runtime),
        _ => known.and_then(|table| table.get(name)).is_some(),
    };
    let own = |name: &str| name == "serde_json";
    let mut clients = std::iter::once(first).chain(clients);
    let found = clients.find(|client| {
        let mut uses = client.uses.iter();
        client.through == first.through && uses.all(|one| own(one.name) || is_there(one.name))
    });
    found.or(Some(first))
}

/// Whether `reqwest` is one whose certificates the accessor can set.
fn is_rustls(item: &toml_edit::Item) -> bool {
    let version = item
        .as_str()
        .or_else(|| item.get("version")?.as_str())
        .unwrap_or_default();
    let version = version.trim_start_matches(['^', '=', '~', ' ']);
    let has = |word: &str| features(item).any(|feature| feature.contains(word));
    let is_optional = item.get("optional").and_then(toml_edit::Item::as_bool) == Some(true);
    !is_optional && version.starts_with("0.12") && has("rustls")
}

fn has_runtime(item: &toml_edit::Item) -> bool {
    features(item).any(|feature| feature == "full" || feature.starts_with("rt"))
}

fn features(item: &toml_edit::Item) -> impl Iterator<Item = &str> {
    let list = item.get("features").and_then(toml_edit::Item::as_array);
    list.into_iter()
        .flatten()
        .filter_map(toml_edit::Value::as_str)
}

/// The names of crates that a manifest asks for.
pub(super) fn crates(text: &[u8]) -> Vec<String> {
    let document = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse::<toml_edit::DocumentMut>().ok());
    let table = document.as_ref().and_then(|document| {
        let item = document.get("dependencies")?;
        item.as_table_like()
    });
    let names = table.map(|table| table.iter().map(|(name, _)| name.to_owned()).collect());
    names.unwrap_or_default()
}
