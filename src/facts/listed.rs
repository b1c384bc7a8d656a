//! Lists and tables that are written out in the program: what they hold, and what looping over them visits.
//!
//! The part of [`super::values`] by which a loop over known names reads each of them.

use super::names::{Origin, unquote};
use super::pattern::Step;
use super::values::{MAX_HOPS, Part, Template, Values};
use crate::syntax::NodeId;

/// Names that one expression can be; a longer list is data.
pub(super) const MAX_CHOICES: usize = 64;

/// An element of something that is looped over.
#[derive(Clone, Copy, Debug)]
pub(super) enum Element {
    /// An expression.
    One(NodeId),
    /// A key and its value.
    Pair(NodeId, NodeId),
}

fn pair_values(pairs: Vec<Element>) -> Vec<Element> {
    pairs
        .into_iter()
        .filter_map(|pair| match pair {
            Element::Pair(_, value) => Some(Element::One(value)),
            Element::One(_) => None,
        })
        .collect()
}

impl Values<'_> {
    /// A name that is bound by a loop over a list that is known.
    pub(super) fn looped_name(&self, at: usize, path: &[Step], hops: usize) -> Option<Template> {
        let over = self.shapes.loops[at].over;
        self.choices(over, path, hops)
            .or_else(|| self.given_list(over, path))
    }

    /// A loop over a parameter: each call of the function says which names there are.
    fn given_list(&self, over: NodeId, path: &[Step]) -> Option<Template> {
        let over = self.bare(over);
        if !path.is_empty() || !self.is_name(over) {
            return None;
        }
        let binding = self.names.resolve(over).next()?;
        match &binding.origin {
            Origin::Parameter(function, place, path) if path.is_empty() => Some(Template {
                parts: vec![Part::Parameter(*place)],
                function: Some(*function),
            }),
            _ => None,
        }
    }

    /// What a function that is given to `map`, `filter` and the like is called for each element of.
    pub(super) fn visited(&self, function: NodeId) -> Option<NodeId> {
        let list = self.tree.parent(function)?;
        let call = self.shapes.calls.get(self.shapes.arguments.get(&list)?)?;
        if let Some(&(object, name)) = self.shapes.members.get(&self.bare(call.function)) {
            let visits = matches!(
                self.text(name),
                "map"
                    | "filter"
                    | "forEach"
                    | "every"
                    | "some"
                    | "find"
                    | "flatMap"
                    | "for_each"
                    | "find_map"
                    | "filter_map"
                    | "flat_map"
                    | "any"
                    | "all"
            );
            return visits.then_some(object);
        }
        let visits = matches!(self.text(call.function), "map" | "filter");
        let mut given = self.arguments(call.arguments).skip(1);
        given.next().filter(|_| visits).map(|(node, _)| node)
    }

    /// The objects and lists that an expression can be, where they are written out.
    fn literals(&self, node: NodeId, hops: usize) -> Vec<NodeId> {
        let Some(hops) = hops.checked_sub(1) else {
            return Vec::new();
        };
        let node = self.bare(node);
        if self.shapes.lists.contains(&node) {
            return vec![node];
        }
        if let Some(&(object, key)) = self.shapes.indexes.get(&node) {
            let Some(key) = self.template_within(key, hops).and_then(|key| key.name()) else {
                return Vec::new();
            };
            let objects = self.literals(object, hops).into_iter();
            return objects
                .filter_map(|object| self.entry_in(object, &key))
                .flat_map(|value| self.literals(value, hops))
                .take(MAX_CHOICES)
                .collect();
        }
        if !self.is_name(node) {
            return self
                .value_of(node)
                .map(|value| self.literals(value, hops))
                .unwrap_or_default();
        }
        let mut found = Vec::new();
        for binding in self.names.resolve(node).take(MAX_CHOICES) {
            match &binding.origin {
                Origin::Value(value, path) if path.is_empty() && *value != node => {
                    found.extend(self.literals(*value, hops));
                }
                Origin::Looped(at, path) => {
                    let (over, path) = self.numbered(self.shapes.loops[*at].over, path);
                    let elements = self.elements(over, hops).unwrap_or_default();
                    for part in elements
                        .into_iter()
                        .filter_map(|element| self.part_of(element, path))
                    {
                        found.extend(self.literals(part, hops));
                    }
                }
                _ => {}
            }
        }
        found.truncate(MAX_CHOICES);
        found
    }

    fn entry_in(&self, object: NodeId, key: &str) -> Option<NodeId> {
        self.tree.named_children(object).find_map(|entry| {
            let &(at, value) = self.shapes.entries.get(&entry)?;
            (unquote(self.text(at)) == key).then_some(value)
        })
    }

    /// The entry of an object that is written out, under a key; of each, where there are several.
    pub(super) fn written_entry(&self, object: NodeId, key: &str, hops: usize) -> Option<Template> {
        let hops = hops.checked_sub(1)?;
        let mut values: Vec<NodeId> = self
            .literals(object, hops)
            .into_iter()
            .filter_map(|object| self.entry_in(object, key))
            .collect();
        values.sort_unstable();
        values.dedup();
        match values[..] {
            [] => None,
            [value] => self.template_within(value, hops),
            _ => self.any_of(&values, hops),
        }
    }

    /// Whether a function is a closure of Rust; those of other languages are helpers without a name.
    pub(super) fn is_closure(&self, function: NodeId) -> bool {
        self.tree.kind_name(function) == "closure_expression"
    }

    /// The names that a closure is called with: `["A", "B"].iter().find_map(|name| …)`.
    pub(super) fn visited_names(
        &self,
        function: NodeId,
        path: &[Step],
        hops: usize,
    ) -> Option<Template> {
        self.choices(self.visited(function)?, path, hops)
    }

    /// The names that the elements of an expression are, taken apart by a path.
    pub(super) fn choices(&self, over: NodeId, path: &[Step], hops: usize) -> Option<Template> {
        let (over, path) = self.numbered(over, path);
        if path.is_empty()
            && let Some(template) = self.element_of_parameter(over, hops)
        {
            return Some(template);
        }
        let mut texts = Vec::new();
        for element in self.elements(over, hops)? {
            let Some(node) = self.part_of(element, path) else {
                continue;
            };
            texts.extend(
                self.template_within(node, hops)
                    .and_then(|template| template.name()),
            );
        }
        Template::one_of(texts)
    }

    /// The names that a list holds, where all of it is known.
    pub(super) fn names_in(&self, list: NodeId) -> Option<Template> {
        self.choices(list, &[], MAX_HOPS)
    }

    /// An element of a list that the function is given: a call names it.
    fn element_of_parameter(&self, over: NodeId, hops: usize) -> Option<Template> {
        let hops = hops.checked_sub(1)?;
        let over = self.bare(over);
        if let Some(call) = self.shapes.calls.get(&over) {
            let &(object, name) = self.shapes.members.get(&call.function)?;
            let same = matches!(self.text(name), "iter" | "into_iter" | "copied" | "cloned");
            return same.then(|| self.element_of_parameter(object, hops))?;
        }
        let mut bindings = self.names.resolve(over).filter(|_| self.is_name(over));
        match &bindings.next()?.origin {
            Origin::Parameter(function, place, path) if path.is_empty() => Some(Template {
                parts: vec![Part::Parameter(*place)],
                function: Some(*function),
            }),
            _ => None,
        }
    }

    /// `enumerate(x)` with the number taken off.
    fn numbered<'p>(&self, over: NodeId, path: &'p [Step]) -> (NodeId, &'p [Step]) {
        if let [Step::Item(1), rest @ ..] = path
            && let Some(call) = self.shapes.calls.get(&self.bare(over))
            && self.text(call.function) == "enumerate"
            && let Some((inner, _)) = self.arguments(call.arguments).next()
        {
            return (inner, rest);
        }
        (over, path)
    }

    fn part_of(&self, element: Element, path: &[Step]) -> Option<NodeId> {
        match (element, path) {
            (Element::One(node), []) | (Element::Pair(node, _), [Step::Item(0)]) => Some(node),
            (Element::Pair(_, value), [Step::Item(1)]) => Some(value),
            (Element::One(node), [Step::Key(key)]) => self.entry(node, key),
            (Element::One(node), [Step::Item(at)]) => {
                let node = self.bare(node);
                self.shapes
                    .lists
                    .contains(&node)
                    .then(|| self.tree.named_children(node).nth(*at))?
            }
            _ => None,
        }
    }

    /// What a list, the keys of an object, or a name for one, holds.
    pub(super) fn elements(&self, node: NodeId, hops: usize) -> Option<Vec<Element>> {
        let hops = hops.checked_sub(1)?;
        let node = self.unfrozen(node);
        if self.shapes.lists.contains(&node) {
            return Some(
                self.tree
                    .named_children(node)
                    .filter(|&child| !self.is_comment(child))
                    .map(|child| match self.shapes.entries.get(&child) {
                        Some(&(key, _)) => Element::One(key),
                        None => Element::One(child),
                    })
                    .take(MAX_CHOICES)
                    .collect(),
            );
        }
        if let Some(call) = self.shapes.calls.get(&node) {
            let first = || self.arguments(call.arguments).next().map(|(node, _)| node);
            match self.text(call.function) {
                "Object.keys" => return self.elements(first()?, hops),
                "Object.entries" => return self.pairs(first()?, hops),
                "Object.values" => return Some(pair_values(self.pairs(first()?, hops)?)),
                _ => {}
            }
            if let Some(&(object, name)) = self.shapes.members.get(&call.function) {
                return match self.text(name) {
                    "keys" | "copy" | "iter" | "into_iter" | "cloned" | "copied" => {
                        self.elements(object, hops)
                    }
                    "items" => self.pairs(object, hops),
                    "values" => Some(pair_values(self.pairs(object, hops)?)),
                    _ => None,
                };
            }
            if self.text(call.function) == "vec" {
                let list = self.tree.named_children(call.arguments).map(Element::One);
                return Some(list.take(MAX_CHOICES).collect());
            }
            let takes = matches!(
                self.text(call.function),
                "list" | "tuple" | "set" | "sorted" | "reversed" | "frozenset"
            );
            let (inner, _) = self.arguments(call.arguments).next().filter(|_| takes)?;
            return self.elements(inner, hops);
        }
        self.elements(self.value_of(node)?, hops)
    }

    fn pairs(&self, node: NodeId, hops: usize) -> Option<Vec<Element>> {
        let hops = hops.checked_sub(1)?;
        let node = self.unfrozen(node);
        if !self.shapes.lists.contains(&node) {
            return self.pairs(self.value_of(node)?, hops);
        }
        Some(
            self.tree
                .named_children(node)
                .filter_map(|child| self.shapes.entries.get(&child))
                .map(|&(key, value)| Element::Pair(key, value))
                .take(MAX_CHOICES)
                .collect(),
        )
    }

    /// The one value that a name, or a field of the class around, is bound to.
    pub(super) fn value_of(&self, node: NodeId) -> Option<NodeId> {
        if let Some(value) = self.own_value(node) {
            return Some(value);
        }
        if let Some(&(object, name)) = self.shapes.members.get(&node) {
            let name = self.text(name);
            return self.names.resolve(self.bare(object)).find_map(|binding| {
                if let Origin::Class(class) = binding.origin {
                    self.class_value(class, name)
                } else {
                    None
                }
            });
        }
        if !self.is_name(node) {
            return None;
        }
        let mut bindings = self.names.resolve(node);
        let binding = bindings.next().filter(|_| bindings.next().is_none())?;
        match &binding.origin {
            Origin::Value(value, path) if path.is_empty() && *value != node => Some(*value),
            _ => None,
        }
    }

    /// For `self.x` and `this.x`: what it was set to once, or the field of the class around.
    pub(super) fn own_value(&self, node: NodeId) -> Option<NodeId> {
        self.names.own_field(&self.shapes, node)?;
        let &(_, name) = self.shapes.members.get(&node)?;
        let mut bindings = self.names.resolve(node);
        if let Some(binding) = bindings.next() {
            return match &binding.origin {
                Origin::Value(value, path) if path.is_empty() && bindings.next().is_none() => {
                    Some(*value)
                }
                _ => None,
            };
        }
        let class = self
            .names
            .regions(node)
            .find(|region| self.shapes.classes.contains_key(region))?;
        self.class_value(class, self.text(name))
    }

    /// What stands for a name in the body of a class, or of one that it derives from.
    pub(super) fn class_value(&self, class: NodeId, name: &str) -> Option<NodeId> {
        let mut class = class;
        for _ in 0..8 {
            self.tree.spend(self.shapes.field_list.len());
            let found = self
                .shapes
                .field_list
                .iter()
                .filter(|&&field| self.tree.contains(class, field))
                .map(|field| &self.shapes.fields[field])
                .find(|field| field.name.is_some_and(|at| unquote(self.text(at)) == name));
            if let Some(found) = found {
                return found.value;
            }
            let base = *self.shapes.classes.get(&class)?.bases.first()?;
            class = self.names.resolve(base).find_map(|binding| {
                if let Origin::Class(of) = binding.origin {
                    Some(of).filter(|of| *of != class)
                } else {
                    None
                }
            })?;
        }
        None
    }

    /// `enumerate(x)`.
    pub(super) fn is_numbered(&self, over: NodeId) -> bool {
        self.shapes
            .calls
            .get(&self.bare(over))
            .is_some_and(|call| self.text(call.function) == "enumerate")
    }
}
