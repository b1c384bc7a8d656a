//! The options that a call is given, however they are written down: an object, a dictionary, named arguments, a struct,
//! a builder, and names for any of these.

use super::names::unquote;
use super::values::Values;
use crate::language::Family;
use crate::syntax::NodeId;

/// How deep options are looked for inside of options.
const MAX_DEPTH: usize = 4;

/// Methods of a builder that are looked at.
const MAX_CHAIN: usize = 64;

/// Options by name.
#[derive(Debug)]
pub(super) struct Options<'v, 't> {
    pub(super) values: &'v Values<'t>,
    entries: Vec<(&'t str, Option<NodeId>)>,
    /// Whether there may be others that cannot be seen.
    pub(super) unknown: bool,
}

impl<'v, 't> Options<'v, 't> {
    /// The options of a call: those at a place, and named arguments.
    pub(super) fn of_call(values: &'v Values<'t>, arguments: NodeId, at: usize) -> Self {
        let mut options = Self {
            values,
            entries: Vec::new(),
            unknown: false,
        };
        let mut place = 0;
        for (node, name) in values.arguments(arguments) {
            if let Some(name) = name {
                options.entries.push((name, Some(node)));
            } else if values.shapes.spreads.contains(&node) {
                options.spread(node, 0);
            } else {
                // What stands before or behind them is a name or a handler.
                let is_text = values.shapes.strings.contains(&values.bare(node));
                let is_list = || values.shapes.lists.contains(&values.literal(node));
                if !is_text && (place == at || place > at && is_list()) {
                    options.add(node, 0);
                }
                place += 1;
            }
        }
        options
    }

    /// What a value holds.
    pub(super) fn of(values: &'v Values<'t>, node: NodeId) -> Self {
        let mut options = Self {
            values,
            entries: Vec::new(),
            unknown: false,
        };
        options.add(node, 0);
        options
    }

    /// The value of an option.
    pub(super) fn get(&self, name: &str) -> Option<NodeId> {
        let mut entries = self.entries.iter().rev();
        entries.find(|(known, _)| *known == name)?.1
    }

    /// Whether an option is there and is not nothing.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|&(known, value)| {
            known == name
                && value.is_none_or(|value| {
                    !matches!(
                        self.text(value),
                        "undefined" | "null" | "None" | "false" | "False" | "[]"
                    )
                })
        })
    }

    /// Whether an option is a truth value that is written out.
    pub(super) fn is(&self, name: &str, value: bool) -> bool {
        self.get(name)
            .is_some_and(|node| self.is_literally(node, value))
    }

    /// Whether a value is a truth value that is written out, or a name for one.
    pub(super) fn is_literally(&self, node: NodeId, value: bool) -> bool {
        let words: &[&str] = if value {
            &["true", "True", "1"]
        } else {
            &["false", "False", "0", "None", "null", "undefined"]
        };
        let node = self.values.value_of(self.values.bare(node)).unwrap_or(node);
        words.contains(&self.text(node))
    }

    pub(super) fn text(&self, node: NodeId) -> &'t str {
        self.values.text(self.values.bare(node))
    }

    fn add(&mut self, node: NodeId, depth: usize) {
        let values = self.values;
        if depth > MAX_DEPTH {
            self.unknown = true;
            return;
        }
        let node = values.literal(node);
        if let Some(parts) = values.shapes.eithers.get(&node) {
            for &part in parts {
                if !matches!(self.text(part), "{}" | "undefined" | "false" | "null") {
                    self.add(part, depth + 1);
                }
            }
        } else if values.shapes.lists.contains(&node) {
            self.add_list(node, depth);
        } else if let Some(function) = values.shapes.functions.get(&node) {
            match function.body.map(|body| values.literal(body)) {
                Some(body) if values.shapes.lists.contains(&body) => self.add_list(body, depth),
                _ => self.unknown = true,
            }
        } else if let Some(&call) = values.shapes.calls.get(&node) {
            self.add_call(call.function, call.arguments, depth);
        } else if values.family() != Family::Rust || values.is_name(node) {
            self.unknown |= !values.shapes.strings.contains(&node);
        }
    }

    fn add_list(&mut self, list: NodeId, depth: usize) {
        let values = self.values;
        for child in values.tree.named_children(list) {
            if let Some(&(key, value)) = values.shapes.entries.get(&child) {
                self.entries.push((unquote(values.text(key)), Some(value)));
            } else if let Some(function) = values.shapes.functions.get(&child) {
                // A method stands for itself.
                if let Some(name) = function.name {
                    self.entries.push((unquote(values.text(name)), None));
                }
            } else if values.shapes.spreads.contains(&child) {
                self.spread(child, depth);
            } else if values.family() == Family::Rust {
                // `(dsn, ClientOptions { … })`
                self.add(child, depth + 1);
            }
        }
    }

    fn spread(&mut self, node: NodeId, depth: usize) {
        match self.values.tree.named_children(node).next() {
            // `..Default::default()` adds what is the default anyway.
            Some(of) if self.values.family() == Family::Rust => {
                if self.values.is_name(of) {
                    self.add(of, depth + 1);
                }
            }
            Some(of) => self.add(of, depth + 1),
            None => self.unknown = true,
        }
    }

    /// `dict(a=1)`, `ClientOptions::new().send_default_pii(true)`, `("dsn", options).into()`.
    fn add_call(&mut self, function: NodeId, arguments: NodeId, depth: usize) {
        let values = self.values;
        if values.family() == Family::Rust {
            self.add_builder(function, arguments, depth);
            return;
        }
        if values.text(function) != "dict" {
            self.unknown = true;
            return;
        }
        for (node, name) in values.arguments(arguments) {
            match name {
                Some(name) => self.entries.push((name, Some(node))),
                None => self.unknown = true,
            }
        }
    }

    /// The methods of a builder, last one first.
    fn add_builder(&mut self, function: NodeId, arguments: NodeId, depth: usize) {
        let values = self.values;
        let (mut function, mut arguments) = (function, arguments);
        for _ in 0..MAX_CHAIN {
            let Some(&(object, name)) = values.shapes.members.get(&values.bare(function)) else {
                return;
            };
            let given = values.arguments(arguments).next();
            self.entries
                .push((values.text(name), given.map(|(node, _)| node)));
            let object = values.bare(object);
            match values.shapes.calls.get(&object) {
                Some(call) => (function, arguments) = (call.function, call.arguments),
                // Of `ClientOptions::new()` the first part is a type.
                None if values.tree.kind_name(values.bare(function)) == "scoped_identifier" => {
                    return;
                }
                None => return self.add(object, depth + 1),
            }
        }
    }
}
