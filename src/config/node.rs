//! What every format is read into: keys and values with their places, in the order of the text.
//!
//! A value never leaves through this interface except to the judgement: nothing here can be printed. Used by the
//! readers, which build it, and by the judgement.

use std::borrow::Cow;

use crate::text::TextRange;

/// Most values of one file; a bigger file is data rather than configuration.
pub(super) const MAX_NODES: usize = 50_000;

/// Deepest nesting that is followed.
pub(super) const MAX_DEPTH: usize = 64;

/// Longest way to a neighbour, so that a file of nothing but neighbours costs no square of time.
const MAX_NEIGHBOURS: usize = 24;

/// Why a part of a config file was not read. Holds nothing of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where reading stopped, as a byte offset.
    pub at: usize,
    /// Completes "the file …".
    pub message: &'static str,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Keys with values.
    Map,
    /// Values in order.
    List,
    /// A value.
    Text,
    /// A value that a shell runs.
    Command,
}

/// A key with its place.
pub(super) type Key<'t> = (Cow<'t, str>, TextRange);

/// One value, map or list.
pub(super) struct Node<'t> {
    pub(super) parent: Option<usize>,
    previous: Option<usize>,
    last: Option<usize>,
    /// Empty in a list.
    pub(super) name: Cow<'t, str>,
    pub(super) key: TextRange,
    pub(super) kind: Kind,
    /// As a program would see it: without quotes and escapes.
    pub(super) text: Cow<'t, str>,
    pub(super) range: TextRange,
}

/// All that was read of one file.
pub struct Entries<'t> {
    pub(super) source: &'t str,
    pub(super) nodes: Vec<Node<'t>>,
    problem: Option<Problem>,
}

/// One key with a value that is neither a map nor a list. Its value cannot be had from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The keys that lead to it, its own last; list items have none.
    pub path: Vec<String>,
    /// Place of its own key, or of the value for a list item.
    pub key: TextRange,
    /// Place of its value, inside the quotes.
    pub value: TextRange,
}

impl<'t> Entries<'t> {
    /// Why the rest of the file was not read.
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// Every key that has a plain value.
    pub fn iter(&self) -> impl Iterator<Item = Entry> {
        self.leaves().map(|index| Entry {
            path: self.path(index),
            key: self.nodes[index].key,
            value: self.nodes[index].range,
        })
    }

    /// The places of the keys that have a map or a list.
    pub fn above(&self) -> impl Iterator<Item = TextRange> {
        let is_above =
            |node: &&Node<'_>| matches!(node.kind, Kind::Map | Kind::List) && !node.name.is_empty();
        self.nodes.iter().filter(is_above).map(|node| node.key)
    }

    /// The nodes that hold a value.
    pub(super) fn leaves(&self) -> impl Iterator<Item = usize> {
        (0..self.nodes.len())
            .filter(|&index| matches!(self.nodes[index].kind, Kind::Text | Kind::Command))
    }

    /// The keys that lead to a node.
    pub(super) fn path(&self, index: usize) -> Vec<String> {
        let mut path: Vec<String> = self
            .ancestors(index)
            .map(|at| &self.nodes[at].name)
            .chain([&self.nodes[index].name])
            .filter(|name| !name.is_empty())
            .map(|name| name.clone().into_owned())
            .collect();
        let own = usize::from(!self.nodes[index].name.is_empty());
        let above = path.len() - own;
        path[..above].reverse();
        path
    }

    /// The maps and lists around a node, innermost first.
    pub(super) fn ancestors(&self, index: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.nodes[index].parent, |&at| self.nodes[at].parent)
    }

    /// The item before a node in the same map or list.
    pub(super) fn before(&self, index: usize) -> Option<&Node<'t>> {
        self.nodes[index].previous.map(|at| &self.nodes[at])
    }

    /// A value of a map by any of some keys, in lower case.
    pub(super) fn child(&self, map: usize, keys: &[&str]) -> Option<&Node<'t>> {
        std::iter::successors(self.nodes[map].last, |&at| self.nodes[at].previous)
            .take(MAX_NEIGHBOURS)
            .map(|at| &self.nodes[at])
            .find(|node| {
                keys.iter()
                    .any(|key| node.name.trim().eq_ignore_ascii_case(key))
            })
    }

    /// The value as it stands in the text, with the escapes in it.
    pub(super) fn written(&self, index: usize) -> &'t str {
        let range = self.nodes[index].range;
        self.source.get(range.start..range.end).unwrap_or_default()
    }

    /// Whether the value stands in the text as a program sees it, so that places inside of it can be told.
    pub(super) fn is_verbatim(&self, index: usize) -> bool {
        let node = &self.nodes[index];
        self.source.get(node.range.start..node.range.end) == Some(&*node.text)
    }

    /// Moves every place, for a text that was read without its first bytes.
    fn shift(&mut self, source: &'t str, by: usize) {
        self.source = source;
        if by == 0 {
            return;
        }
        for node in &mut self.nodes {
            for range in [&mut node.key, &mut node.range] {
                *range = TextRange::new(range.start + by, range.end + by);
            }
        }
        if let Some(problem) = &mut self.problem {
            problem.at += by;
        }
    }

    /// Reads a text that may start with a byte order mark.
    pub(super) fn of(source: &'t str, read: fn(&'t str) -> Self) -> Self {
        let rest = source.strip_prefix('\u{feff}').unwrap_or(source);
        let mut entries = read(rest);
        entries.shift(source, source.len() - rest.len());
        entries
    }
}

/// Builds [`Entries`] in the order of the text.
pub(super) struct Builder<'t> {
    entries: Entries<'t>,
    open: Vec<usize>,
}

impl<'t> Builder<'t> {
    pub(super) fn new(source: &'t str) -> Self {
        Self {
            entries: Entries {
                source,
                nodes: Vec::new(),
                problem: None,
            },
            open: Vec::new(),
        }
    }

    /// Whether no more can be taken.
    pub(super) fn is_full(&self) -> bool {
        self.entries.problem.is_some()
    }

    /// Says once why the rest is not read.
    pub(super) fn stop(&mut self, at: usize, message: &'static str) {
        self.entries.problem.get_or_insert(Problem { at, message });
    }

    fn push(&mut self, key: Option<Key<'t>>, kind: Kind, text: Cow<'t, str>, range: TextRange) {
        if self.is_full() {
            return;
        }
        if self.entries.nodes.len() >= MAX_NODES {
            return self.stop(range.start, "holds too many values to be configuration");
        }
        let index = self.entries.nodes.len();
        let parent = self.open.last().copied();
        let previous = parent.and_then(|at| self.entries.nodes[at].last.replace(index));
        let (name, key) = key.unwrap_or((Cow::Borrowed(""), range));
        self.entries.nodes.push(Node {
            parent,
            previous,
            last: None,
            name,
            key,
            kind,
            text,
            range,
        });
    }

    /// Opens a map or a list; every later node is inside until [`close`](Self::close).
    pub(super) fn open(&mut self, key: Option<Key<'t>>, kind: Kind, at: usize) {
        if self.open.len() >= MAX_DEPTH {
            self.stop(at, "is nested too deep");
        }
        let before = self.entries.nodes.len();
        self.push(key, kind, Cow::Borrowed(""), TextRange::new(at, at));
        if self.entries.nodes.len() > before {
            self.open.push(before);
        }
    }

    /// Closes what was opened last; whether it was of that kind.
    pub(super) fn close(&mut self, kind: Kind) -> bool {
        let closed = self.open.pop();
        closed.is_some_and(|at| self.entries.nodes[at].kind == kind)
    }

    /// What was opened last.
    pub(super) fn inside(&self) -> Option<Kind> {
        self.open.last().map(|&at| self.entries.nodes[at].kind)
    }

    /// Adds a value.
    pub(super) fn value(&mut self, key: Option<Key<'t>>, text: Cow<'t, str>, range: TextRange) {
        self.push(key, Kind::Text, text, range);
    }

    /// Adds a line that a shell runs.
    pub(super) fn command(&mut self, key: Option<Key<'t>>, text: &'t str, range: TextRange) {
        self.push(key, Kind::Command, Cow::Borrowed(text), range);
    }

    /// All that was added.
    pub(super) fn finish(self) -> Entries<'t> {
        self.entries
    }
}
