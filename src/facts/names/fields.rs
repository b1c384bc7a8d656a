//! Names that are not plain ones: fields of the class around, modules by `require`, and names that are bound nowhere.

use super::super::shapes::Shapes;
use super::{Names, Origin, module};
use crate::syntax::NodeId;

impl<'t> Names<'t> {
    /// A field of a class with its value, under the name by which methods take it: `this.x`.
    pub(super) fn declare_field(&mut self, shapes: &Shapes, name: NodeId, value: Option<NodeId>) {
        let Some(value) = value else { return };
        if shapes.functions.contains_key(&value) {
            self.declare(name, name, Origin::Function(value));
        } else if let Some(own) = self.own_name(shapes, name) {
            let class = self.class_around(shapes, name);
            self.declare_as(own, name, class, Origin::Value(value, Vec::new()));
        }
    }

    /// How a field or parameter property of a class is written where it is used; none where it never is.
    pub(super) fn own_name(&self, shapes: &Shapes, name: NodeId) -> Option<&'t str> {
        let class = self.class_around(shapes, name);
        self.own
            .get(self.word(name))?
            .iter()
            .find(|&&node| self.tree.contains(class, node))
            .map(|&node| self.word(node))
    }

    /// `constructor(private env: …)` declares a field as well.
    pub(super) fn is_property(&self, parameter: NodeId) -> bool {
        self.tree.kind_name(parameter) == "required_parameter"
            && self.tree.children(parameter).any(|child| {
                matches!(
                    self.tree.kind_name(child),
                    "accessibility_modifier" | "readonly"
                )
            })
    }

    /// The module of `require("x")`, `await import("x")`.
    pub(super) fn required(&self, shapes: &Shapes, value: NodeId) -> Option<String> {
        let mut value = value;
        while let Some(&inner) = shapes.sames.get(&value) {
            value = inner;
        }
        let call = shapes.calls.get(&value)?;
        let takes = matches!(self.word(call.function), "require" | "import");
        let first = self.tree.named_children(call.arguments).next()?;
        (takes && shapes.strings.contains(&first)).then(|| module(self.word(first)))
    }

    /// `this.x` and `self.x`, which live in the class around them.
    pub(in crate::facts) fn own_field(&self, shapes: &Shapes, node: NodeId) -> Option<&'t str> {
        let &(object, _) = shapes.members.get(&node)?;
        matches!(self.word(object), "this" | "self" | "cls").then(|| self.word(node))
    }

    pub(super) fn class_around(&self, shapes: &Shapes, node: NodeId) -> NodeId {
        self.regions(node)
            .find(|region| shapes.classes.contains_key(region))
            .unwrap_or_else(|| self.tree.root())
    }

    /// Names that a format string takes in: `"{env:?}"`.
    pub(super) fn find_captures(&mut self, shapes: &Shapes) {
        let mut strings: Vec<_> = shapes.strings.iter().copied().collect();
        strings.sort_unstable();
        for node in strings {
            let mut before = "";
            for piece in self.word(node).split('{') {
                // The first piece, and what stands behind an escaped brace.
                let is_text = before.is_empty();
                before = piece;
                if is_text {
                    continue;
                }
                let end = piece
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(piece.len());
                if end > 0 && piece[end..].starts_with([':', '}']) {
                    self.occurrences
                        .entry(&piece[..end])
                        .or_default()
                        .push(node);
                }
            }
        }
    }

    /// The `with` or `except` that binds a name by `as`.
    pub(in crate::facts) fn statement_around(&self, target: NodeId) -> Option<NodeId> {
        let mut around = self.tree.ancestors(target);
        if self.tree.kind_name(around.next()?) != "as_pattern_target" {
            return None;
        }
        around.take(4).find(|&node| {
            matches!(
                self.tree.kind_name(node),
                "with_statement" | "except_clause"
            )
        })
    }

    /// Every use of a name that is bound nowhere.
    pub(in crate::facts) fn free(&self, name: &str) -> impl Iterator<Item = NodeId> + '_ {
        self.occurrences
            .get(name)
            .into_iter()
            .flatten()
            .copied()
            .filter(|&node| self.resolve(node).next().is_none())
    }
}
