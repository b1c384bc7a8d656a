//! Objects and lists that are written out, and the names that stand in them.

use super::names::unquote;
use super::values::{MAX_HOPS, Template, Values};
use crate::syntax::NodeId;

impl Values<'_> {
    /// The literal that an expression stands for, behind names, members and `Object.freeze`; else the expression.
    pub(super) fn literal(&self, node: NodeId) -> NodeId {
        let mut at = node;
        for _ in 0..MAX_HOPS {
            at = self.bare(at);
            let next = if let Some(call) = self.shapes.calls.get(&at) {
                matches!(self.text(call.function), "Object.freeze" | "Object.seal")
                    .then(|| self.arguments(call.arguments).next())
                    .flatten()
                    .map(|(inner, _)| inner)
            } else if let Some(value) = self.value_of(at) {
                Some(value)
            } else if let Some(&(object, name)) = self.shapes.members.get(&at) {
                self.entry(self.literal_of_name(object), self.text(name))
            } else {
                None
            };
            match next {
                Some(next) if next != at => at = next,
                _ => break,
            }
        }
        at
    }

    /// [`Self::literal`] for the object of a member: a name, or a member of a name.
    fn literal_of_name(&self, node: NodeId) -> NodeId {
        let node = self.bare(node);
        if let Some(&(object, name)) = self.shapes.members.get(&node) {
            let inner = self
                .value_of(self.bare(object))
                .map(|value| self.bare(value));
            if let Some(entry) = inner.and_then(|list| self.entry(list, self.text(name))) {
                return self.bare(entry);
            }
        }
        self.value_of(node)
            .map_or(node, |value| self.unfrozen(value))
    }

    pub(super) fn unfrozen(&self, node: NodeId) -> NodeId {
        let node = self.bare(node);
        match self.shapes.calls.get(&node) {
            Some(call) if matches!(self.text(call.function), "Object.freeze" | "Object.seal") => {
                let first = self.arguments(call.arguments).next();
                first.map_or(node, |(inner, _)| self.bare(inner))
            }
            _ => node,
        }
    }

    /// The value of an entry of an object literal, or the item of a list.
    pub(super) fn entry(&self, list: NodeId, key: &str) -> Option<NodeId> {
        let list = self.bare(list);
        if !self.shapes.lists.contains(&list) {
            return None;
        }
        if let Ok(at) = key.parse::<usize>() {
            return self.tree.named_children(list).nth(at);
        }
        self.tree.named_children(list).find_map(|entry| {
            let &(at, value) = self.shapes.entries.get(&entry)?;
            (unquote(self.text(at)) == key).then_some(value)
        })
    }

    /// What some entry of an object that is known whole can be, or a part of the entry: `NAMES[kind]`.
    pub(super) fn any_entry(
        &self,
        object: NodeId,
        part: Option<&str>,
        hops: usize,
    ) -> Option<Template> {
        let hops = hops.checked_sub(1)?;
        let list = self.literal(object);
        if !self.shapes.lists.contains(&list) {
            return None;
        }
        let mut values = Vec::new();
        for child in self.tree.named_children(list) {
            let Some(&(_, value)) = self.shapes.entries.get(&child) else {
                continue;
            };
            match part {
                Some(key) => values.extend(self.entry(value, key)),
                None => values.push(value),
            }
        }
        self.any_of(&values, hops)
    }

    /// The lists with whose elements a method calls a function by its name: `NAMES.map(read)`.
    pub(super) fn lists_given_to(&self, function: NodeId) -> Vec<NodeId> {
        self.shapes
            .call_list
            .iter()
            .filter_map(|call| {
                let (argument, _) = self.arguments(self.shapes.calls[call].arguments).next()?;
                let list = self.visited(argument).filter(|_| self.is_name(argument))?;
                self.callees(argument).contains(&function).then_some(list)
            })
            .collect()
    }
}
