//! Takes Rust's `use` trees apart: one entry for each name they bring in.

use crate::syntax::{NodeId, Tree};

/// One name that a `use` declaration brings in.
#[derive(Debug)]
pub(super) struct Taken {
    /// The path before the name, joined with dots: `std`.
    pub(super) path: String,
    /// The name there; [`None`] for the module itself.
    pub(super) name: Option<String>,
    /// The node that names it here; [`None`] for a wildcard.
    pub(super) at: Option<NodeId>,
}

/// No path is longer, in bytes.
const MAX_PATH: usize = 1000;

/// All names of the tree below `node`.
pub(super) fn flatten(tree: &Tree, text: &[u8], node: NodeId) -> Vec<Taken> {
    let dotted = |node: NodeId| {
        if tree.range(node).len() > MAX_PATH {
            return String::new();
        }
        tree.text(text, node)
            .split("::")
            .map(str::trim)
            .collect::<Vec<_>>()
            .join(".")
    };
    let join = |a: &str, b: &str| {
        if a.is_empty() {
            b.to_owned()
        } else {
            format!("{a}.{b}")
        }
    };
    let mut found = Vec::new();
    let mut open = vec![(node, String::new())];
    while let Some((node, path)) = open.pop() {
        match tree.kind_name(node) {
            "identifier" => {
                found.push(Taken {
                    path,
                    name: Some(tree.text(text, node).to_owned()),
                    at: Some(node),
                });
            }
            "self" => found.push(Taken {
                at: last_name(tree, node),
                path,
                name: None,
            }),
            "scoped_identifier" => {
                let (Some(before), Some(name)) =
                    (tree.child(node, "path"), tree.child(node, "name"))
                else {
                    continue;
                };
                open.push((name, join(&path, &dotted(before))));
            }
            "use_as_clause" => {
                let (Some(taken), Some(alias)) =
                    (tree.child(node, "path"), tree.child(node, "alias"))
                else {
                    continue;
                };
                let full = join(&path, &dotted(taken));
                let (before, name) = full.rsplit_once('.').unwrap_or(("", &full));
                let taken = if name == "self" {
                    Taken {
                        path: before.to_owned(),
                        name: None,
                        at: Some(alias),
                    }
                } else {
                    Taken {
                        path: before.to_owned(),
                        name: Some(name.to_owned()),
                        at: Some(alias),
                    }
                };
                found.push(taken);
            }
            "scoped_use_list" => {
                let before = tree.child(node, "path").map(dotted).unwrap_or_default();
                let before = if path.is_empty() {
                    before
                } else {
                    join(&path, &before)
                };
                open.extend(tree.child(node, "list").map(|list| (list, before)));
            }
            "use_list" => open.extend(tree.named_children(node).map(|child| (child, path.clone()))),
            "use_wildcard" => {
                let path = tree
                    .named_children(node)
                    .next()
                    .map_or(path.clone(), |before| join(&path, &dotted(before)));
                found.push(Taken {
                    path,
                    name: None,
                    at: None,
                });
            }
            _ => {}
        }
    }
    found
}

/// For `use a::b::{self}`: the node of `b`.
fn last_name(tree: &Tree, node: NodeId) -> Option<NodeId> {
    let list = tree
        .ancestors(node)
        .find(|&around| tree.kind_name(around) == "scoped_use_list")?;
    let path = tree.child(list, "path")?;
    tree.child(path, "name").or(Some(path))
}
