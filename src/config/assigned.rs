//! Which values are given to names of secrets, and how they stand there: for those who take them away.
//!
//! Says where and in which shape, and lends the value itself to whoever compares it. Used by the scrubbing.

use std::borrow::Cow;

use super::format::{Format, read};
use super::node::{Entries, Kind};
use super::program::Program;
use super::value::{self, Class};
use super::{judge, place};
use crate::names::Names;
use crate::text::TextRange;

/// How a value stands where it is given to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `NAME: value` of a map, and an assignment of a file of lines.
    Member,
    /// `NAME=value` as an item of a list.
    Item,
    /// The value of a map that has the name as another value: `{name: NAME, value: value}`.
    Beside,
    /// A part of something longer, or of a command.
    Part,
}

/// The map or list around a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Around {
    /// Where it starts.
    pub at: usize,
    /// Its own key.
    pub key: Option<TextRange>,
    /// Its own name; empty in a list.
    pub name: String,
    /// The names that stand in it, and of items the part before `=`.
    pub names: Vec<String>,
}

/// A value that is given to a name.
pub struct Assigned<'t> {
    /// The name.
    pub name: String,
    /// Place of the key; of an item or a part, that of the value.
    pub key: TextRange,
    /// Place of the whole value, inside of quotes; of an item, with the name.
    pub value: TextRange,
    /// How it stands there.
    pub shape: Shape,
    /// Whether it looks like a secret, and not like an example or a word.
    pub is_sure: bool,
    /// What is around it, innermost first.
    pub around: Vec<Around>,
    /// For [`Shape::Beside`], the places of the name's key and of the name.
    pub beside: Option<(TextRange, TextRange)>,
    text: Cow<'t, str>,
    program: Option<Program>,
}

impl Assigned<'_> {
    /// Whether the program that gets it can be the server of a name; yes where the file names none.
    pub fn may_be_for(&self, server: &str) -> bool {
        let program = self.program.as_ref();
        program.is_none_or(|program| program.may_be(server))
    }

    /// The value as a program sees it. For comparing, and for nothing else.
    pub fn expose(&self) -> &str {
        &self.text
    }
}

/// The values that a text gives to secrets of some names, by place; nothing where the text is not understood.
///
/// References and empty values are none. What does not look like a secret is there as well, and not sure.
pub fn assigned<'t>(
    path: &str,
    format: Format,
    text: &'t str,
    names: &Names,
    wanted: &[&str],
) -> Option<Vec<Assigned<'t>>> {
    let entries = read(format, text);
    if entries.problem().is_some() {
        return None;
    }
    let judged = judge(&entries, path, names);
    let mut found: Vec<Assigned<'t>> = Vec::new();
    for index in entries.leaves() {
        let range = entries.nodes[index].range;
        let from = judged.partition_point(|one| one.range.start < range.start);
        let inside = judged[from..]
            .iter()
            .take_while(|one| one.range.start <= range.end);
        let mut inside = inside.filter(|one| one.range.end <= range.end);
        let sure = inside.find(|one| wanted.contains(&&*one.name));
        let one = match sure {
            Some(one) => of(&entries, index, &one.name, true),
            None => match name_of(&entries, index, wanted) {
                Some(name) => of(&entries, index, name, false),
                None => continue,
            },
        };
        let class = value::classify(&one.text, &one.name);
        if one.is_sure || !matches!(class, Class::Empty | Class::Reference) {
            found.push(one);
        }
    }
    Some(found)
}

/// The name of those that a value is given to, whatever it looks like.
fn name_of<'w>(entries: &Entries<'_>, index: usize, wanted: &[&'w str]) -> Option<&'w str> {
    let node = &entries.nodes[index];
    let item = node.text.split('=').next().unwrap_or_default();
    let beside = place::of(entries, index).name;
    let is_meant = |name: &&&str| [&*node.name, item, beside].contains(*name);
    let name = wanted.iter().find(is_meant)?;
    (shape(entries, index, name) != Shape::Part).then_some(*name)
}

fn shape(entries: &Entries<'_>, index: usize, name: &str) -> Shape {
    let node = &entries.nodes[index];
    let parent = node.parent.map(|at| entries.nodes[at].kind);
    let behind = node.text.strip_prefix(name);
    let is_named = behind.is_some_and(|rest| rest.starts_with('='));
    match (node.kind, parent) {
        (Kind::Text, Some(Kind::Map)) if node.name == name => Shape::Member,
        (Kind::Text, Some(Kind::List)) if is_named && is_environment(entries, index) => Shape::Item,
        (Kind::Text, Some(Kind::Map)) if is_beside(entries, index, name) => Shape::Beside,
        _ => Shape::Part,
    }
}

fn of<'t>(entries: &Entries<'t>, index: usize, name: &str, is_sure: bool) -> Assigned<'t> {
    let node = &entries.nodes[index];
    let shape = shape(entries, index, name);
    let from = if shape == Shape::Item {
        name.len() + 1
    } else {
        0
    };
    let text = match &node.text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[from..]),
        Cow::Owned(text) => Cow::Owned(text[from..].to_owned()),
    };
    let beside = node
        .parent
        .filter(|_| shape == Shape::Beside)
        .and_then(|map| children(entries, map).find(|&at| entries.nodes[at].text == name))
        .map(|at| (entries.nodes[at].key, entries.nodes[at].range));
    Assigned {
        name: name.to_owned(),
        key: node.key,
        value: node.range,
        shape,
        is_sure,
        around: entries
            .ancestors(index)
            .map(|at| around(entries, at))
            .collect(),
        beside,
        text,
        program: Program::of(entries, index),
    }
}

/// Whether an item is one of a list of variables, and not an argument of a program.
fn is_environment(entries: &Entries<'_>, index: usize) -> bool {
    let list = entries.ancestors(index).next();
    list.is_some_and(|at| matches!(&*entries.nodes[at].name, "env" | "environment"))
}

fn is_beside(entries: &Entries<'_>, index: usize, name: &str) -> bool {
    let place = place::of(entries, index);
    place.name == name && !place.is_flag && entries.nodes[index].name != name
}

fn children(entries: &Entries<'_>, of: usize) -> impl Iterator<Item = usize> {
    (of + 1..entries.nodes.len()).filter(move |&at| entries.nodes[at].parent == Some(of))
}

fn around(entries: &Entries<'_>, at: usize) -> Around {
    let node = &entries.nodes[at];
    let name = |at: usize| {
        let node = &entries.nodes[at];
        match node.name.as_ref() {
            "" => node.text.split('=').next().unwrap_or_default().to_owned(),
            name => name.to_owned(),
        }
    };
    Around {
        at: node.range.start,
        key: (!node.name.is_empty()).then_some(node.key),
        name: node.name.clone().into_owned(),
        names: children(entries, at).map(name).collect(),
    }
}
