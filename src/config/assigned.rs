//! Which values are given to names of secrets, and how they stand there: for those who take them away.
//!
//! Says where and in which shape, and lends the value itself to whoever compares it. Used by the scrubbing.

use std::borrow::Cow;

use super::format::{Format, read};
use super::node::{Entries, Kind};
use super::program::Program;
use super::{Plaintext, judge, place};
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

/// The values in plain text that a text gives to names of secrets, by place; nothing where the text is not understood.
pub fn assigned<'t>(
    path: &str,
    format: Format,
    text: &'t str,
    names: &Names,
) -> Option<Vec<Assigned<'t>>> {
    let entries = read(format, text);
    if entries.problem().is_some() {
        return None;
    }
    let mut found: Vec<Assigned<'t>> = Vec::new();
    for plaintext in judge(&entries, path, names) {
        let holds = |at: &usize| {
            let range = entries.nodes[*at].range;
            range.start <= plaintext.range.start && plaintext.range.end <= range.end
        };
        let Some(index) = entries.leaves().find(holds) else {
            continue;
        };
        let one = of(&entries, index, &plaintext);
        if found.last().is_none_or(|last| last.value != one.value) {
            found.push(one);
        }
    }
    Some(found)
}

fn of<'t>(entries: &Entries<'t>, index: usize, plaintext: &Plaintext) -> Assigned<'t> {
    let node = &entries.nodes[index];
    let parent = node.parent.map(|at| entries.nodes[at].kind);
    let behind = node.text.strip_prefix(plaintext.name.as_str());
    let is_named = behind.is_some_and(|rest| rest.starts_with('='));
    let (shape, from) = match (node.kind, parent) {
        (Kind::Text, Some(Kind::Map)) if node.name == plaintext.name => (Shape::Member, 0),
        (Kind::Text, Some(Kind::List)) if is_named && is_environment(entries, index) => {
            (Shape::Item, plaintext.name.len() + 1)
        }
        (Kind::Text, Some(Kind::Map)) if is_beside(entries, index, plaintext) => (Shape::Beside, 0),
        _ => (Shape::Part, 0),
    };
    let text = match &node.text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[from..]),
        Cow::Owned(text) => Cow::Owned(text[from..].to_owned()),
    };
    let beside = node
        .parent
        .filter(|_| shape == Shape::Beside)
        .and_then(|map| children(entries, map).find(|&at| entries.nodes[at].text == plaintext.name))
        .map(|at| (entries.nodes[at].key, entries.nodes[at].range));
    Assigned {
        name: plaintext.name.clone(),
        key: node.key,
        value: node.range,
        shape,
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

fn is_beside(entries: &Entries<'_>, index: usize, plaintext: &Plaintext) -> bool {
    let place = place::of(entries, index);
    place.name == plaintext.name && !place.is_flag
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
