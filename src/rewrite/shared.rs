//! Edits that several secrets share: the line that imports the accessor, and environments that are given on whole.
//!
//! `schema.parse(process.env)` becomes `schema.parse({ ...process.env, TOKEN: secrets.TOKEN })`, once for all secrets
//! that move. Used by the planning.

use std::collections::{BTreeMap, BTreeSet};

use super::head::node_at;
use super::open::Wants;
use super::planner::Planner;
use super::{Accessor, How, Source, Unit};
use crate::edit::{Edit, Group};
use crate::language::{Family, Language};
use crate::syntax::NodeId;
use crate::text::TextRange;

/// The groups that units share, each with the places of its units in the list.
pub(super) fn groups(
    units: &[&Unit],
    planner: &Planner<'_>,
    accessors: &[Accessor],
) -> Vec<(Vec<usize>, Group)> {
    let mut wants: BTreeMap<String, (Wants, Vec<usize>)> = BTreeMap::new();
    let mut given: BTreeMap<(String, TextRange), Vec<usize>> = BTreeMap::new();
    for (at, unit) in units.iter().enumerate() {
        for (path, more) in planner.wants(unit) {
            let (there, users) = wants.entry(path).or_default();
            *there = there.and(more);
            users.push(at);
        }
        for read in &unit.reads {
            if let How::Shared(place) = read.how {
                let users = given
                    .entry((read.location.path.clone(), place))
                    .or_default();
                users.push(at);
            }
        }
    }
    let mut groups = Vec::new();
    let mut names = BTreeMap::new();
    let changed: Vec<(String, Vec<usize>)> = wants
        .iter()
        .map(|(path, (_, users))| (path.clone(), users.clone()))
        .collect();
    for (path, (wants, users)) in wants {
        let Some(package) = users.first().map(|&at| &units[at].package) else {
            continue;
        };
        if let Ok((named, edits)) = planner.names(&path, package, wants, accessors) {
            let mut group = Group::new();
            for (path, edit) in edits {
                group.entry(path).or_default().push(edit);
            }
            groups.push((users, group));
            names.insert(path, named);
        }
    }
    for (path, users) in changed {
        let inserted: Vec<usize> = groups
            .iter()
            .flat_map(|(_, group): &(Vec<usize>, Group)| group.get(&path).into_iter().flatten())
            .map(|edit| edit.range.start)
            .collect();
        let moved = users.iter().map(|&at| units[at]);
        if let Some(edit) = unused_import(planner, &path, moved, &inserted) {
            groups.push((users, Group::from([(path, vec![edit])])));
        }
    }
    for ((path, place), users) in given {
        let (Some(source), Some(named)) = (planner.source(&path), names.get(&path)) else {
            continue;
        };
        let secrets: BTreeSet<&str> = users.iter().map(|&at| units[at].secret.as_str()).collect();
        let edits = edits(&source, place, &secrets, &named.secrets);
        groups.push((users, Group::from([(path, edits)])));
    }
    groups
}

/// The line that imports the environment's module, where nothing of that is used any more.
fn unused_import<'u>(
    planner: &Planner<'_>,
    path: &str,
    units: impl Iterator<Item = &'u Unit>,
    inserted: &[usize],
) -> Option<Edit> {
    let source = planner.source(path)?;
    let tree = &source.tree;
    let (line, name) = match source.language.family() {
        Family::Ecma => return None,
        Family::Python => ("import os", "os"),
        Family::Rust => ("use std::env;", "env"),
    };
    let mut imports = tree
        .children(tree.root())
        .filter(|&node| source.text(node).trim_end() == line);
    let import = imports.next()?;
    let swapped: BTreeSet<TextRange> = units.flat_map(|unit| planner.swapped(unit, path)).collect();
    let is_left = |node: NodeId| {
        tree.kind_name(node) == "identifier"
            && source.text(node) == name
            && !tree.contains(import, node)
            && !swapped.iter().any(|place| place.contains(tree.range(node)))
    };
    if tree.nodes().any(is_left) || swapped.is_empty() || is_used_elsewhere(planner, path, &source)
    {
        return None;
    }
    // What stands right above may be about it.
    let above = tree.before(import).find(|&node| tree.is_named(node));
    let is_told = above.is_some_and(|above| {
        let is_about = tree.is_comment(above) || tree.kind_name(above) == "attribute_item";
        let between = &source.text
            [tree.range(above).end.min(tree.range(import).start)..tree.range(import).start];
        let ends = source.text[..tree.range(above).end].ends_with(b"\n");
        is_about && memchr::memchr_iter(b'\n', between).count() + usize::from(ends) < 2
    });
    if is_told {
        return None;
    }
    let range = tree.range(import);
    whole_line(&source.text, range, inserted).map(|range| Edit {
        range,
        text: String::new(),
    })
}

/// Whether the module `os` may be asked of a module of Python from outside, or in a text that is an annotation.
fn is_used_elsewhere(planner: &Planner<'_>, path: &str, source: &Source) -> bool {
    let tree = &source.tree;
    if source.language.family() != Family::Python {
        // Modules inside take names of those around them.
        const WAYS: &[&str] = &["super::*", "super::env", "crate::env", "crate::*"];
        let takes = |other: &String| {
            let text = planner.program.files.read(other).unwrap_or_default();
            WAYS.iter()
                .any(|way| memchr::memmem::find(&text, way.as_bytes()).is_some())
        };
        let mut others = planner
            .program
            .sources
            .iter()
            .filter(|other| *other != path);
        return others
            .any(|other| Language::of_path(other) == Some(Language::Rust) && takes(other));
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let names_it = |text: &str| text.split(|c| !is_part(c)).any(|word| word == "os");
    let is_text = |node: NodeId| tree.kind_name(node) == "string" && names_it(source.text(node));
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    let asks = |text: &[u8]| {
        let has = |part: &str| memchr::memmem::find(text, part.as_bytes()).is_some();
        has(&format!("{stem}.os")) || has("import *") && has(stem)
    };
    let others = planner
        .program
        .sources
        .iter()
        .filter(|other| *other != path);
    tree.nodes().any(is_text)
        || others
            .filter(|other| Language::of_path(other) == Some(Language::Python))
            .any(|other| {
                planner
                    .program
                    .files
                    .read(other)
                    .is_some_and(|text| asks(&text))
            })
}

/// The line of a statement that has it for itself, with the empty line behind it if it was a paragraph of its own and
/// nothing takes its place.
fn whole_line(text: &[u8], range: TextRange, inserted: &[usize]) -> Option<TextRange> {
    let before = text[..range.start]
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(&text[..range.start]);
    let is_first = before.is_empty();
    if !(is_first || before.ends_with(b"\n")) {
        return None;
    }
    let line = |at: usize| {
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |to| at + to + 1);
        (text[at..end].trim_ascii().is_empty(), end)
    };
    let (is_rest_empty, end) = line(range.end);
    let (is_next_empty, after) = line(end);
    let is_paragraph = is_first || before.ends_with(b"\n\n") || before.ends_with(b"\r\n\r\n");
    let is_alone = is_paragraph && is_next_empty && !inserted.contains(&end);
    let end = if is_alone { after } else { end };
    is_rest_empty.then(|| TextRange::new(range.start, end))
}

/// How the environment at a place is used.
enum Given {
    /// As a value, and this is all of it.
    Value,
    /// As what an object is made from: the object.
    Spread(NodeId),
    /// A pattern takes variables out of it.
    Taken(NodeId),
}

/// Whether the environment at a place can be given with secrets in it.
pub(super) fn is_given(source: &Source, place: TextRange, secret: &str) -> bool {
    let tree = &source.tree;
    // What an object gives itself stands for more than the environment.
    let gives = |object: NodeId| {
        tree.named_children(object).any(|entry| {
            let key = tree.child(entry, "key");
            key.is_some_and(|key| source.text(key).trim_matches(['"', '\'']) == secret)
        })
    };
    source.language.family() == Family::Ecma
        && match given(source, place) {
            Some(Given::Spread(object)) => !gives(object),
            given => given.is_some(),
        }
}

fn given(source: &Source, place: TextRange) -> Option<Given> {
    let tree = &source.tree;
    let node = node_at(tree, place)?;
    if source.text(node) != "process.env" {
        return None;
    }
    let mut value = node;
    for parent in tree.ancestors(node) {
        let is_value = |field| tree.child(parent, field) == Some(value);
        match tree.kind_name(parent) {
            "as_expression"
            | "satisfies_expression"
            | "parenthesized_expression"
            | "non_null_expression" => value = parent,
            "arguments" => {
                let call = tree.parent(parent)?;
                let function = tree
                    .child(call, "function")
                    .map_or("", |of| source.text(of));
                return (function != "Object.assign").then_some(Given::Value);
            }
            "required_parameter" | "optional_parameter" if is_value("value") => {
                return Some(Given::Value);
            }
            "assignment_pattern" if is_value("right") => return Some(Given::Value),
            "pair" if is_value("value") => return Some(Given::Value),
            "spread_element" => {
                let object = tree.parent(parent)?;
                let is_object = tree.kind_name(object) == "object";
                return is_object.then_some(Given::Spread(object));
            }
            "variable_declarator" if is_value("value") => {
                let name = tree.child(parent, "name")?;
                let is_pattern = tree.kind_name(name) == "object_pattern"
                    && tree.child(parent, "type").is_none()
                    && value == node;
                return is_pattern.then_some(Given::Taken(name));
            }
            _ => return None,
        }
    }
    None
}

/// The edits that give secrets with the environment at a place.
fn edits(source: &Source, place: TextRange, secrets: &BTreeSet<&str>, name: &str) -> Vec<Edit> {
    let tree = &source.tree;
    let entries: Vec<String> = secrets
        .iter()
        .map(|secret| format!("{}: {name}{}", key(secret), member(secret)))
        .collect();
    let whole = Edit {
        range: place,
        text: format!("{{ ...process.env, {} }}", entries.join(", ")),
    };
    match given(source, place) {
        Some(Given::Spread(object)) => {
            // What stands behind goes before both.
            let spread = tree
                .named_children(object)
                .find(|&child| tree.range(child).contains(place));
            let Some(spread) = spread else {
                return vec![whole];
            };
            let end = tree.range(spread).end;
            vec![Edit {
                range: TextRange::new(end, end),
                text: format!(", {}", entries.join(", ")),
            }]
        }
        Some(Given::Taken(pattern)) => {
            taken(source, place, pattern, secrets, name).unwrap_or_else(|| vec![whole])
        }
        _ => vec![whole],
    }
}

/// `const { PORT, TOKEN } = process.env` becomes `const { PORT } = process.env, { TOKEN } = secrets`; nothing for a
/// pattern that is more than names.
fn taken(
    source: &Source,
    place: TextRange,
    pattern: NodeId,
    secrets: &BTreeSet<&str>,
    name: &str,
) -> Option<Vec<Edit>> {
    let tree = &source.tree;
    let mut moved = Vec::new();
    let mut kept = Vec::new();
    for child in tree.named_children(pattern) {
        let taken = match tree.kind_name(child) {
            "shorthand_property_identifier_pattern" => Some(child),
            "pair_pattern" => tree.child(child, "key"),
            "object_assignment_pattern" => tree.child(child, "left"),
            _ => None,
        };
        let taken = source.text(taken?).trim_matches(['"', '\'']);
        if secrets.contains(taken) {
            moved.push(source.text(child));
        } else {
            kept.push(source.text(child));
        }
    }
    // A default may use what another name of the pattern stands for.
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let words = |text: &&str| -> Vec<String> {
        let words = text.split(|c| !is_part(c)).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    };
    let names: Vec<String> = moved.iter().flat_map(words).collect();
    if kept
        .iter()
        .flat_map(words)
        .any(|word| names.contains(&word))
    {
        return None;
    }
    let swap = Edit {
        range: place,
        text: name.to_owned(),
    };
    if kept.is_empty() {
        return Some(vec![swap]);
    }
    Some(vec![
        Edit {
            range: tree.range(pattern),
            text: format!("{{ {} }}", kept.join(", ")),
        },
        Edit {
            range: place,
            text: format!("process.env, {{ {} }} = {name}", moved.join(", ")),
        },
    ])
}

fn is_plain(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(is_part) && !name.starts_with(|c: char| c.is_ascii_digit())
}

fn key(secret: &str) -> String {
    if is_plain(secret) {
        secret.to_owned()
    } else {
        format!("{secret:?}")
    }
}

/// How a property of an object is written behind the object.
pub(super) fn member(secret: &str) -> String {
    if is_plain(secret) {
        format!(".{secret}")
    } else {
        format!("[{secret:?}]")
    }
}
