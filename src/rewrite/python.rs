//! The line that imports the accessor in Python.

use super::head::{ends_line, leading_comments, line_behind, uses_name};
use super::open::{Export, Names, Wants, listed, missing};
use super::package::{directory, within};
use super::planner::Planner;
use super::{Accessor, Reason, Source};
use crate::edit::Edit;
use crate::language::Language;
use crate::syntax::NodeId;

/// What accessors export, with the names where a file has another use for these.
fn exports(wants: Wants) -> [Export; 2] {
    [
        ("secrets", "vault_values", wants.secrets),
        ("env_or_secrets", "env_or_vault_values", wants.open),
    ]
}

/// The names of the accessor in a file, and the edit that imports what is wanted and not there yet.
pub(super) fn import(
    path: &str,
    source: &Source,
    accessor: &Accessor,
    wants: Wants,
    planner: &Planner<'_>,
) -> Result<(Names, Vec<(String, Edit)>), Reason> {
    let tree = &source.tree;
    let text = |node: NodeId| source.text(node);
    let top: Vec<NodeId> = tree.children(tree.root()).collect();
    let is_import = |node: &NodeId| {
        matches!(
            tree.kind_name(*node),
            "import_statement" | "import_from_statement" | "future_import_statement"
        )
    };
    let mut imported = Vec::new();
    for &node in top.iter().filter(|node| is_import(node)) {
        let written = text(node);
        let is_it = written
            .split_whitespace()
            .nth(1)
            .is_some_and(|module| module.rsplit('.').next() == Some(accessor.stem()));
        if let Some((_, list)) = written.split_once(" import ").filter(|_| is_it) {
            imported.extend(listed(list.trim_matches(['(', ')'])));
        }
    }
    let is_used = |name: &str| uses_name(source, name);
    let (names, missing) = missing(exports(wants), &imported, is_used).ok_or(Reason::NoPlace)?;
    if missing.is_empty() {
        return Ok((names, Vec::new()));
    }
    let is_relative = top.iter().any(|&node| text(node).starts_with("from ."));
    let module = module(path, source, accessor, is_relative, planner).ok_or(Reason::NoPlace)?;
    let named = missing.iter().map(|(export, here)| {
        if here == export {
            here.clone()
        } else {
            format!("{export} as {here}")
        }
    });
    let named = named.collect::<Vec<_>>().join(", ");
    let place = place(source, &top, is_import);
    if place.is_some_and(|node| !ends_line(source, node)) {
        return Err(Reason::NoPlace);
    }
    let edit = line_behind(source, place, &format!("from {module} import {named}"));
    Ok((names, vec![(path.to_owned(), edit)]))
}

/// Behind which node the line goes: the last import of the first run of them, the docstring, comments.
fn place(source: &Source, top: &[NodeId], is_import: impl Fn(&NodeId) -> bool) -> Option<NodeId> {
    let tree = &source.tree;
    let mut last = None;
    let mut docstring = None;
    for node in top {
        let kind = tree.kind_name(*node);
        if is_import(node) {
            last = Some(*node);
        } else if last.is_none() && docstring.is_none() && kind == "expression_statement" {
            let is_text = tree.text(&source.text, *node).ends_with(['"', '\'']);
            if !is_text {
                break;
            }
            docstring = Some(*node);
        } else if !tree.is_comment(*node) {
            break;
        }
    }
    last.or(docstring).or_else(|| leading_comments(source))
}

/// How a file names the module of the accessor; nothing where no way is sure to work.
fn module(
    path: &str,
    source: &Source,
    accessor: &Accessor,
    is_relative: bool,
    planner: &Planner<'_>,
) -> Option<String> {
    let (from, to) = (directory(path), directory(&accessor.path));
    let is_package = |folder: &str| super::parts::is_package(folder, planner);
    let rest = from.strip_prefix(to)?.trim_start_matches('/');
    let depth = rest.split('/').filter(|part| !part.is_empty()).count();
    // Every folder on the way up to the accessor has to be one.
    let mut above = std::iter::successors(Some(from), |folder| Some(directory(folder)));
    let is_way = above.by_ref().take(depth).all(is_package) && (depth == 0 || is_package(to));
    let relative = || format!("{}{}", ".".repeat(depth + 1), accessor.stem());
    if is_relative && is_way {
        return Some(relative());
    }
    // As the file names its neighbours.
    if let Some(start) = start(from, source, planner) {
        let below = to.strip_prefix(start.as_str())?.trim_start_matches('/');
        let folders = below.split('/').filter(|part| !part.is_empty());
        let parts: Vec<&str> = folders.chain([accessor.stem()]).collect();
        return Some(parts.join("."));
    }
    if is_package(from) && is_way && from != accessor.package.root {
        return Some(relative());
    }
    // What stands beside the file that was started is found; so is the accessor, if that file names this one's folder.
    let first = rest.split('/').next().unwrap_or_default();
    let is_started_there = depth == 0 || imports_from(to, first, planner);
    is_started_there.then(|| accessor.stem().to_owned())
}

/// The folder from which the imports of a file find files of the program; nothing if it has none such.
fn start(from: &str, source: &Source, planner: &Planner<'_>) -> Option<String> {
    let tree = &source.tree;
    let is_there = |folder: &str, first: &str| {
        let file = within(folder, &format!("{first}.py"));
        let inner = within(folder, first) + "/";
        let mut sources = planner.program.sources.iter();
        sources.any(|path| *path == file || path.starts_with(&inner))
    };
    for node in tree.children(tree.root()) {
        if !matches!(
            tree.kind_name(node),
            "import_statement" | "import_from_statement"
        ) {
            continue;
        }
        let named = source
            .text(node)
            .split_whitespace()
            .nth(1)
            .unwrap_or_default();
        let first = named.split(['.', ',']).next().unwrap_or_default();
        // The accessor may be there already.
        if first.is_empty() || first.starts_with("vault_secrets") {
            continue;
        }
        let mut folders = std::iter::successors(Some(from), |folder| {
            (!folder.is_empty()).then(|| directory(folder))
        });
        let Some(folder) = folders.find(|folder| is_there(folder, first)) else {
            continue;
        };
        // What is installed is found from anywhere; only a neighbour, or the package that the file is in, tells.
        let inside = from.strip_prefix(folder).unwrap_or_default();
        let own = inside.trim_start_matches('/').split('/').next();
        if own == Some("") || own == Some(first) {
            return Some(folder.to_owned());
        }
    }
    None
}

/// Whether a file of a folder imports from a folder beside it.
pub(super) fn imports_from(folder: &str, beside: &str, planner: &Planner<'_>) -> bool {
    let named = |line: &str| {
        let module = line
            .strip_prefix("from ")
            .or_else(|| line.strip_prefix("import "));
        module.is_some_and(|module| module.split([' ', '.']).next() == Some(beside))
    };
    let mut sources = planner.program.sources.iter().filter(|path| {
        directory(path) == folder && Language::of_path(path) == Some(Language::Python)
    });
    sources.any(|path| {
        let text = planner.program.files.read(path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        text.trim_start_matches('\u{feff}').lines().any(named)
    })
}
