//! Secrets that stand in the strings of the code: which strings are looked at, and what they are to the program.
//!
//! Only those that hold a place which the bytes gave away, so that it makes no difference how much of the file is
//! parsed, and what stands beside a read of the environment for when there is none. Judged by `config`.

mod fallback;
mod named;
mod written;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::flow::RawRead;
use super::values::Values;
use super::{EnvRead, ValueKind};
use crate::config::{Literal, Plaintext, Standing, candidates, judge_literal};
use crate::names::Names;
use crate::settings::Settings;
use crate::syntax::{NodeId, Tree};
use crate::text::TextRange;
use named::Name;

/// The secrets in plain text, by place.
pub(super) fn find(
    values: &Values<'_>,
    settings: &Settings,
    raw: &[RawRead],
    reads: &[EnvRead],
) -> Vec<Plaintext> {
    let names = Names::new(&settings.allow, &settings.deny);
    let strings = Strings {
        tree: values.tree,
        bytes: values.bytes,
        source: std::str::from_utf8(values.bytes).unwrap_or_default(),
        names: &names,
    };
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (node, name) in strings.fallbacks(raw, reads) {
        let top = written::joined(strings.tree, strings.bytes, node).unwrap_or(node);
        if seen.insert(top) {
            let name = Name {
                own: name,
                above: "",
            };
            strings.judge(top, &name, Standing::Fallback, |_| true, &mut found);
        }
    }
    let places = candidates(strings.bytes, &names);
    if !places.is_empty() {
        strings.at(&places, &mut seen, &mut found);
    }
    found.sort_by(|a, b| (a.range, &a.name).cmp(&(b.range, &b.name)));
    found.dedup_by(|next, last| next.range == last.range);
    found
}

/// A file whose strings are judged.
#[derive(Clone, Copy)]
struct Strings<'t> {
    tree: &'t Tree,
    bytes: &'t [u8],
    source: &'t str,
    names: &'t Names,
}

impl<'t> Strings<'t> {
    /// The strings that are taken where a secret is not in the environment, each with the secret's name.
    fn fallbacks<'r>(&self, raw: &[RawRead], reads: &'r [EnvRead]) -> BTreeMap<NodeId, &'r str> {
        let mut found = BTreeMap::new();
        for read in raw {
            let range = self.tree.range(read.node);
            let first = reads.partition_point(|read| read.range < range);
            let named = reads[first..]
                .iter()
                .take_while(|read| read.range == range)
                .find(|read| {
                    read.kind == ValueKind::Any && self.names.classify(&read.name).is_some()
                });
            if let Some(named) = named {
                for node in fallback::of(self.tree, self.bytes, read.node, &named.name) {
                    found.insert(node, named.name.as_str());
                }
            }
        }
        found
    }

    /// Judges the strings and comments that hold some places.
    fn at(&self, places: &[usize], seen: &mut BTreeSet<NodeId>, found: &mut Vec<Plaintext>) {
        let holds = |range: TextRange| {
            let first = places.partition_point(|&place| place < range.start);
            places.get(first).is_some_and(|&place| place < range.end)
        };
        for node in self.tree.nodes() {
            if !holds(self.tree.range(node)) {
                continue;
            }
            if self.tree.is_comment(node) {
                self.comment(node, found);
            } else if written::is_text(self.tree, node) {
                let parts = written::parts(self.tree, self.bytes, node);
                if !parts.iter().any(|&part| holds(part)) {
                    continue;
                }
                let top = written::joined(self.tree, self.bytes, node);
                let unit = top.unwrap_or(node);
                if !seen.insert(unit) {
                    continue;
                }
                let (name, standing) = named::of(self, unit);
                self.judge(unit, &name, standing, holds, found);
            }
        }
    }

    fn comment(&self, node: NodeId, found: &mut Vec<Plaintext>) {
        let range = self.tree.range(node);
        let text = self.tree.text(self.bytes, node);
        let literal = Literal {
            name: "",
            above: "",
            text: Cow::Borrowed(text),
            range,
            standing: Standing::Shown,
        };
        found.extend(judge_literal(self.source, &literal, self.names));
    }

    /// Judges a string, or several that are joined. One with code in it has no value as a whole, and only those parts are
    /// judged that matter.
    fn judge(
        &self,
        unit: NodeId,
        name: &Name<'_>,
        standing: Standing,
        matters: impl Fn(TextRange) -> bool,
        found: &mut Vec<Plaintext>,
    ) {
        let mut parts = Vec::new();
        let mut is_whole = true;
        for node in written::leaves(self.tree, unit) {
            let own = written::parts(self.tree, self.bytes, node);
            is_whole &= own.len() <= 1 && !written::has_code(self.tree, node);
            parts.extend(own);
        }
        let none = Name::default();
        if is_whole && let (Some(first), Some(last)) = (parts.first(), parts.last()) {
            let text: Vec<Cow<'t, str>> = parts.iter().map(|&part| self.text(part)).collect();
            let text = match text.as_slice() {
                [one] => one.clone(),
                many => Cow::Owned(many.concat()),
            };
            let range = TextRange::new(first.start, last.end);
            self.one(text, range, name, standing, found);
            return;
        }
        for part in parts.into_iter().filter(|&part| matters(part)) {
            self.one(self.text(part), part, &none, standing, found);
        }
    }

    fn one(
        &self,
        text: Cow<'_, str>,
        range: TextRange,
        name: &Name<'_>,
        standing: Standing,
        found: &mut Vec<Plaintext>,
    ) {
        self.tree.spend(text.len() / 32);
        let literal = Literal {
            name: name.own,
            above: name.above,
            text,
            range,
            standing,
        };
        found.extend(judge_literal(self.source, &literal, self.names));
    }

    /// The text of a part, with the usual escapes resolved.
    fn text(&self, part: TextRange) -> Cow<'t, str> {
        let bytes = self.bytes.get(part.start..part.end).unwrap_or_default();
        written::unescaped(std::str::from_utf8(bytes).unwrap_or_default())
    }
}
