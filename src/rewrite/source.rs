//! A source file, parsed whole, with what it asks of the environment.
//!
//! Used by the planning and the languages.

use crate::facts::{Asks, Receiver, asks};
use crate::language::Language;
use crate::settings::Settings;
use crate::syntax::{NodeId, Parsed, Tree, parse};
use crate::text::TextRange;

/// A source file, parsed whole.
pub(super) struct Source {
    pub(super) language: Language,
    pub(super) text: Vec<u8>,
    pub(super) tree: Tree,
    pub(super) asks: Asks,
}

impl Source {
    pub(super) fn parse(path: &str, text: Vec<u8>, settings: &Settings) -> Option<Self> {
        let language = Language::of_path(path)?;
        let Parsed::Tree(tree) = parse(language, &text) else {
            return None;
        };
        let asks = asks(&tree, &text, settings);
        Some(Self {
            language,
            text,
            tree,
            asks,
        })
    }

    /// What is asked by the read at a place.
    pub(super) fn receiver(&self, read: TextRange) -> Option<&Receiver> {
        let known = &self.asks.receivers;
        let at = known.partition_point(|known| known.read < read);
        known.get(at).filter(|known| known.read == read)
    }

    /// The plain reads of a variable, or for no name those whose name only the running program knows; not in tests.
    pub(super) fn asking(&self, name: Option<&str>) -> impl Iterator<Item = &Receiver> {
        let is_test = |at: TextRange| self.asks.tests.iter().any(|test| test.contains(at));
        let mut receivers = self.asks.receivers.iter();
        std::iter::from_fn(move || {
            receivers.find(|known| {
                let is_it = match name {
                    Some(_) => known.name.as_deref() == name,
                    None => known.is_open,
                };
                is_it && !is_test(known.read)
            })
        })
    }

    /// Whether a name stands as a text, or in a text that is to be filled in, somewhere else than in these places, as a key
    /// of something that is made, and in tests.
    pub(super) fn mentions(&self, name: &str, places: &[TextRange]) -> bool {
        let tree = &self.tree;
        let is_outside = |at: TextRange| {
            let mut inside = places.iter().chain(&self.asks.tests);
            !inside.any(|place| place.contains(at))
        };
        let forms = ["${NAME}", "$NAME", "%(NAME)"].map(|form| form.replace("NAME", name));
        let is_it = |node: NodeId| {
            let text = self.text(node);
            // What stands in a template of JavaScript is code.
            let is_filled = tree.kind_name(node) != "template_string"
                && forms.iter().any(|form| text.contains(form));
            text.trim_matches(['"', '\'', '`']) == name || is_filled
        };
        let is_key = |node: NodeId| {
            let pair = tree
                .parent(node)
                .filter(|&pair| tree.kind_name(pair) == "pair");
            pair.is_some_and(|pair| tree.child(pair, "key") == Some(node))
        };
        tree.nodes().any(|node| {
            tree.is_literal(node) && is_it(node) && is_outside(tree.range(node)) && !is_key(node)
        })
    }

    pub(super) fn text(&self, node: NodeId) -> &str {
        self.tree.text(&self.text, node)
    }
}
