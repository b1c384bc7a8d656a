//! The string that an expression is, as far as it is known.

use super::{MAX_HOPS, Part, Template, Values, literal};
use crate::facts::names::Origin;
use crate::facts::pattern::Step;
use crate::facts::rust_paths;
use crate::language::Family;
use crate::syntax::NodeId;

impl Values<'_> {
    /// The string an expression is, where it is known whole.
    pub(in crate::facts) fn string(&self, node: NodeId) -> Option<String> {
        self.template(node).and_then(|template| template.name())
    }

    /// The name an expression is, as far as it is known: text, parameters of the function around it, imported constants.
    pub(in crate::facts) fn template(&self, node: NodeId) -> Option<Template> {
        self.template_within(node, MAX_HOPS)
    }

    pub(in crate::facts) fn template_within(&self, node: NodeId, hops: usize) -> Option<Template> {
        let hops = hops.checked_sub(1)?;
        self.tree.spend(16);
        let node = self.bare(node);
        if let Some(parts) = self
            .shapes
            .texts
            .get(&node)
            .filter(|parts| !parts.is_empty())
        {
            return self.interpolated(node, parts, hops);
        }
        if self.shapes.strings.contains(&node) || self.shapes.texts.contains_key(&node) {
            return Some(Template::known(literal(self.text(node))?));
        }
        if let Some(parts) = self.shapes.joins.get(&node) {
            return self.joined(node, parts, hops);
        }
        if let Some(values) = self.shapes.eithers.get(&node) {
            return self.any_of(values, hops);
        }
        if let Some(call) = self.shapes.calls.get(&node) {
            return self.formatted(call.function, call.arguments, hops);
        }
        if self.shapes.members.contains_key(&node) || self.shapes.indexes.contains_key(&node) {
            return self.looked_up(node, hops);
        }
        self.named(node, hops)
    }

    /// A text with values in it, read piece by piece.
    pub(super) fn interpolated(
        &self,
        node: NodeId,
        parts: &[NodeId],
        hops: usize,
    ) -> Option<Template> {
        let mut out = Template::default();
        for child in self.tree.named_children(node) {
            let kind = self.tree.kind_name(child);
            if kind == "string_fragment" || kind == "string_content" {
                out = out.join(Template::known(self.text(child)))?;
            } else if let Some(&part) = parts.iter().find(|&&part| self.tree.contains(child, part))
            {
                out = out.join(self.template_within(part, hops)?)?;
            } else if kind != "string_start" && kind != "string_end" {
                return None;
            }
        }
        Some(out)
    }

    /// `format!("{}_KEY", PREFIX)`, `"x".to_string()`, `String::from("x")`, `name.toUpperCase()`.
    pub(super) fn formatted(
        &self,
        function: NodeId,
        list: NodeId,
        hops: usize,
    ) -> Option<Template> {
        let mut arguments = self.tree.named_children(list);
        match self.text(function) {
            "concat" => {
                return arguments.try_fold(Template::default(), |so_far, part| {
                    so_far.join(self.template_within(part, hops)?)
                });
            }
            "format" => {
                let pattern = arguments.next()?;
                let pattern = literal(self.text(pattern))?;
                let rest: Vec<_> = arguments.collect();
                return self.fill(&pattern, &rest, hops);
            }
            "String::from" | "str" | "String" => {
                return self.template_within(arguments.next()?, hops);
            }
            _ => {}
        }
        let (object, name) = *self.shapes.members.get(&function)?;
        match self.text(name) {
            "to_string" | "to_owned" | "into" | "as_str" | "as_ref" | "toString" | "clone"
            | "strip" | "trim" => self.template_within(object, hops),
            name => self.method_of_text(object, name, list, hops),
        }
    }

    /// Fills the braces of a format string.
    pub(super) fn fill(&self, pattern: &str, values: &[NodeId], hops: usize) -> Option<Template> {
        let mut out = Template::default();
        let mut values = values.iter();
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            let close = open + rest[open..].find('}')?;
            out = out.join(Template::known(&rest[..open]))?;
            let inner = rest[open + 1..close].split(':').next().unwrap_or_default();
            let value = if inner.is_empty() {
                self.template_within(*values.next()?, hops)?
            } else {
                // Named arguments were opened into plain ones.
                match self.constant(inner) {
                    Some(value) => value,
                    None => self.template_within(*values.next()?, hops)?,
                }
            };
            out = out.join(value)?;
            rest = &rest[close + 1..];
        }
        out.join(Template::known(rest))
    }

    /// The value of a name that stands inside a format string: a constant of the file, or a parameter.
    pub(super) fn constant(&self, name: &str) -> Option<Template> {
        let mut found = self.names.named(name);
        let binding = found.next().filter(|_| found.next().is_none())?;
        match &binding.origin {
            Origin::Value(value, path) if path.is_empty() => {
                self.template_within(*value, MAX_HOPS - 2)
            }
            Origin::Parameter(function, place, path) if path.is_empty() => Some(Template {
                parts: vec![Part::Parameter(*place)],
                function: Some(*function),
            }),
            _ => None,
        }
    }

    /// `NAMES.token`: an entry of an object literal, a field of a class.
    pub(super) fn looked_up(&self, node: NodeId, hops: usize) -> Option<Template> {
        if let Some(value) = self.own_value(node) {
            return self.template_within(value, hops);
        }
        if let Some(found) = rust_paths::constant(self, node, hops) {
            return Some(found);
        }
        let (object, key) = if let Some(&(object, name)) = self.shapes.members.get(&node) {
            (object, self.text(name).to_owned())
        } else {
            let &(object, key) = self.shapes.indexes.get(&node)?;
            let written = self.text(key);
            if written.parse::<usize>().is_ok() {
                (object, written.to_owned())
            } else if let Some(key) = self.template_within(key, hops).and_then(|key| key.name()) {
                (object, key)
            } else {
                return self.any_entry(object, None, hops);
            }
        };
        // A member of an enumeration.
        if key == "value" && self.shapes.members.contains_key(&self.bare(object)) {
            return self.template_within(object, hops);
        }
        self.entry_of(object, &key, hops).or_else(|| {
            let &(list, _) = self.shapes.indexes.get(&self.bare(object))?;
            self.any_entry(list, Some(&key), hops)
        })
    }

    /// The entry of an object, or field of a class, that a name stands for.
    pub(in crate::facts) fn entry_of(
        &self,
        object: NodeId,
        key: &str,
        hops: usize,
    ) -> Option<Template> {
        if let Some(value) = self.entry(self.literal(object), key) {
            return self.template_within(value, hops);
        }
        let object = self.bare(object);
        if let Some(found) = self.written_entry(object, key, hops) {
            return Some(found);
        }
        if !self.is_name(object) {
            return None;
        }
        for binding in self.names.resolve(object) {
            match &binding.origin {
                Origin::Parameter(function, place, path)
                    if path.is_empty() && self.family() != Family::Rust =>
                {
                    return Some(Template {
                        parts: vec![Part::Entry(*place, key.to_owned())],
                        function: Some(*function),
                    });
                }
                Origin::Import(source, taken) if !taken.as_ref().is_some_and(String::is_empty) => {
                    let path = taken
                        .as_ref()
                        .map_or_else(|| key.to_owned(), |taken| format!("{taken}.{key}"));
                    return Some(Template {
                        parts: vec![Part::Imported(source.clone(), path)],
                        function: None,
                    });
                }
                Origin::Class(class) => {
                    return self.template_within(self.class_value(*class, key)?, hops);
                }
                _ => {}
            }
        }
        None
    }

    /// Whether a module can be one of the program; in Rust its path says so.
    pub(super) fn may_be_own(&self, module: &str) -> bool {
        self.family() != Family::Rust
            || !matches!(
                module.split('.').next(),
                Some("std" | "core" | "rmcp" | "tokio" | "serde" | "anyhow")
            )
    }

    pub(super) fn named(&self, node: NodeId, hops: usize) -> Option<Template> {
        if !self.is_name(node) {
            return None;
        }
        let mut bindings = self.names.resolve(node);
        let Some(binding) = bindings.next() else {
            // `from module import *` may have brought it.
            let module = self
                .names
                .wildcards
                .iter()
                .rfind(|module| self.may_be_own(module))?;
            return Some(Template {
                parts: vec![Part::Imported(module.clone(), self.text(node).to_owned())],
                function: None,
            });
        };
        if bindings.next().is_some() {
            let values: Option<Vec<NodeId>> = self
                .names
                .resolve(node)
                .map(|binding| match &binding.origin {
                    Origin::Value(value, path) if path.is_empty() => Some(*value),
                    _ => None,
                })
                .collect();
            return self.any_of(&values?, hops);
        }
        match &binding.origin {
            Origin::Value(value, path) if path.is_empty() => self.template_within(*value, hops),
            Origin::Looped(at, path) => self.looped_name(*at, path, hops),
            Origin::Parameter(function, 0, path)
                if (self.is_closure(*function) || !path.is_empty())
                    && self.visited_names(*function, path, hops).is_some() =>
            {
                self.visited_names(*function, path, hops)
            }
            Origin::Value(value, path) => {
                let [Step::Key(key)] = path.as_slice() else {
                    return None;
                };
                self.entry_of(*value, key, hops)
            }
            Origin::Parameter(function, place, path)
                if matches!(path.as_slice(), [Step::Key(_)]) =>
            {
                let [Step::Key(key)] = path.as_slice() else {
                    return None;
                };
                Some(Template {
                    parts: vec![Part::Entry(*place, key.clone())],
                    function: Some(*function),
                })
            }
            Origin::Parameter(function, place, path) if path.is_empty() => Some(Template {
                parts: vec![Part::Parameter(*place)],
                function: Some(*function),
            }),
            Origin::Import(source, Some(taken)) => Some(Template {
                parts: vec![Part::Imported(source.clone(), taken.clone())],
                function: None,
            }),
            _ => None,
        }
    }
}
