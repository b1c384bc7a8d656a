//! Names that are put together, picked from a list, or formatted: the part of [`super::values`] that knows idioms.
//!
//! It never guesses: what is not known whole, piece by piece, is no name.

use super::names::{Origin, unquote};
use super::pattern::Step;
use super::values::{MAX_HOPS, Part, Template, Values, literal};
use crate::syntax::NodeId;

/// Names that one expression can be; a longer list is data.
const MAX_CHOICES: usize = 64;

/// An element of something that is looped over.
#[derive(Clone, Copy, Debug)]
enum Element {
    /// An expression.
    One(NodeId),
    /// A key and its value.
    Pair(NodeId, NodeId),
}

impl Part {
    /// The parameter it stands for.
    pub(super) fn parameter(&self) -> Option<usize> {
        match self {
            Self::Parameter(at) | Self::Upper(at) => Some(*at),
            _ => None,
        }
    }

    fn upper(self) -> Option<Self> {
        Some(match self {
            Self::Text(text) => Self::Text(text.to_uppercase()),
            Self::OneOf(texts) => {
                Self::OneOf(texts.iter().map(|text| text.to_uppercase()).collect())
            }
            Self::Parameter(at) | Self::Upper(at) => Self::Upper(at),
            Self::Imported(..) => return None,
        })
    }

    /// The part with what a call gives for a parameter in its place.
    pub(super) fn given(&self, place: usize, given: &[Self]) -> Vec<Self> {
        match self {
            Self::Parameter(at) if *at == place => given.to_vec(),
            Self::Upper(at) if *at == place => given
                .iter()
                .map(|part| part.clone().upper().unwrap_or_else(|| part.clone()))
                .collect(),
            other => vec![other.clone()],
        }
    }
}

impl Template {
    /// The same in capital letters.
    pub(super) fn upper(self) -> Option<Self> {
        let parts: Option<_> = self.parts.into_iter().map(Part::upper).collect();
        Some(Self {
            parts: parts?,
            function: self.function,
        })
    }

    /// One of several names that are all known; what stands for fewer than two is that name.
    fn one_of(texts: Vec<String>) -> Option<Self> {
        let mut texts: Vec<String> = texts.into_iter().take(MAX_CHOICES).collect();
        texts.dedup();
        match texts.len() {
            0 => None,
            1 => texts.pop().map(Self::known),
            _ => Some(Self {
                parts: vec![Part::OneOf(texts)],
                function: None,
            }),
        }
    }
}

impl Values<'_> {
    /// `"A" + b`, `"%s_KEY" % prefix`.
    pub(super) fn joined(&self, node: NodeId, parts: &[NodeId], hops: usize) -> Option<Template> {
        let mut parts = parts.to_vec();
        parts.sort_unstable();
        if let [left, right] = parts[..] {
            match self.operator(node, left, right) {
                "%" => {
                    let pattern = literal(self.text(self.bare(left)))?;
                    let right = self.bare(right);
                    let given = if self.tree.kind_name(right) == "tuple" {
                        self.tree.named_children(right).collect()
                    } else {
                        vec![right]
                    };
                    return self.percent(&pattern, &given, hops);
                }
                "|" => return None,
                _ => {}
            }
        }
        parts
            .into_iter()
            .try_fold(Template::default(), |so_far, part| {
                so_far.join(self.template_within(part, hops)?)
            })
    }

    /// The text between two operands.
    pub(super) fn operator(&self, node: NodeId, left: NodeId, right: NodeId) -> &str {
        let start = self.tree.range(node).start;
        let from = self.tree.range(left).end - start;
        let to = self.tree.range(right).start - start;
        self.text(node).get(from..to).map_or("", |between| {
            between.trim_matches(|c: char| c.is_whitespace() || c == '(' || c == ')')
        })
    }

    fn percent(&self, pattern: &str, given: &[NodeId], hops: usize) -> Option<Template> {
        let mut out = Template::default();
        let mut given = given.iter();
        let mut pieces = pattern.split("%s");
        out = out.join(Template::known(pieces.next()?))?;
        for piece in pieces {
            if piece.contains('%') {
                return None;
            }
            out = out
                .join(self.template_within(*given.next()?, hops)?)?
                .join(Template::known(piece))?;
        }
        given.next().is_none().then_some(out)
    }

    /// What a method makes of a text: `"{}_KEY".format(x)`, `"_".join([…])`, `name.upper()`, `NAMES.get("x")`.
    pub(super) fn method_of_text(
        &self,
        object: NodeId,
        name: &str,
        arguments: NodeId,
        hops: usize,
    ) -> Option<Template> {
        match name {
            "upper" | "toUpperCase" | "to_uppercase" | "to_ascii_uppercase" => {
                self.template_within(object, hops)?.upper()
            }
            "format" => {
                let pattern = literal(self.text(self.bare(object)))?;
                self.format(&pattern, arguments, hops)
            }
            "join" => {
                let between = literal(self.text(self.bare(object)))?;
                let (list, _) = self.arguments(arguments).next()?;
                let mut out = Template::default();
                for (at, element) in self.elements(list, hops)?.into_iter().enumerate() {
                    let Element::One(element) = element else {
                        return None;
                    };
                    if at > 0 {
                        out = out.join(Template::known(between.as_str()))?;
                    }
                    out = out.join(self.template_within(element, hops)?)?;
                }
                Some(out)
            }
            "get" => {
                let (key, _) = self.arguments(arguments).next()?;
                let key = self.template_within(key, hops)?.name()?;
                self.entry_of(object, &key, hops)
            }
            _ => None,
        }
    }

    /// Fills the braces of `"{}_{name}_{0}".format(…)`.
    fn format(&self, pattern: &str, arguments: NodeId, hops: usize) -> Option<Template> {
        let given: Vec<_> = self.arguments(arguments).collect();
        let mut next = 0;
        let mut out = Template::default();
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            let close = open + rest[open..].find('}')?;
            out = out.join(Template::known(&rest[..open]))?;
            let inner = &rest[open + 1..close];
            let value = if inner.is_empty() {
                next += 1;
                given.get(next - 1)?.0
            } else if let Ok(at) = inner.parse::<usize>() {
                given.get(at)?.0
            } else {
                given.iter().find(|(_, keyword)| *keyword == Some(inner))?.0
            };
            out = out.join(self.template_within(value, hops)?)?;
            rest = &rest[close + 1..];
        }
        out.join(Template::known(rest))
    }

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
    fn elements(&self, node: NodeId, hops: usize) -> Option<Vec<Element>> {
        let hops = hops.checked_sub(1)?;
        let node = self.bare(node);
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
            if let Some(&(object, name)) = self.shapes.members.get(&call.function) {
                return match self.text(name) {
                    "keys" | "copy" | "iter" | "into_iter" | "cloned" | "copied" => {
                        self.elements(object, hops)
                    }
                    "items" => self.pairs(object, hops),
                    "values" => Some(
                        self.pairs(object, hops)?
                            .into_iter()
                            .filter_map(|pair| match pair {
                                Element::Pair(_, value) => Some(Element::One(value)),
                                Element::One(_) => None,
                            })
                            .collect(),
                    ),
                    _ => None,
                };
            }
            if self.text(call.function) == "vec" {
                let list = self.tree.named_children(call.arguments).map(Element::One);
                return Some(list.take(MAX_CHOICES).collect());
            }
            let takes = matches!(
                self.text(call.function),
                "list" | "tuple" | "set" | "sorted" | "reversed" | "frozenset" | "Object.keys"
            );
            let (inner, _) = self.arguments(call.arguments).next().filter(|_| takes)?;
            return self.elements(inner, hops);
        }
        self.elements(self.value_of(node)?, hops)
    }

    fn pairs(&self, node: NodeId, hops: usize) -> Option<Vec<Element>> {
        let hops = hops.checked_sub(1)?;
        let node = self.bare(node);
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
    fn value_of(&self, node: NodeId) -> Option<NodeId> {
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

    /// What a name with several values can be, where all of them are known.
    pub(super) fn any_of(&self, values: &[NodeId], hops: usize) -> Option<Template> {
        let texts: Option<Vec<String>> = values
            .iter()
            .map(|&value| self.template_within(value, hops)?.name())
            .collect();
        Template::one_of(texts?)
    }

    /// The argument of a call at a place, or of a name.
    pub(super) fn argument_at(
        &self,
        arguments: NodeId,
        at: usize,
        keyword: &str,
    ) -> Option<NodeId> {
        let given = || self.arguments(arguments);
        given()
            .find(|(_, name)| name.is_some_and(|name| name == keyword))
            .or_else(|| given().filter(|(_, name)| name.is_none()).nth(at))
            .map(|(node, _)| node)
    }

    /// The argument of a reader that names the variable, by place or by one of the names that libraries use.
    pub(super) fn name_argument(&self, arguments: NodeId, at: usize) -> Option<NodeId> {
        ["key", "name", "option", "var", "varname"]
            .into_iter()
            .find_map(|keyword| {
                self.arguments(arguments)
                    .find(|(_, name)| *name == Some(keyword))
                    .map(|(node, _)| node)
            })
            .or_else(|| self.argument_at(arguments, at, ""))
    }

    /// The parameter of a function at a place.
    pub(super) fn parameter_at(&self, function: NodeId, place: usize) -> Option<NodeId> {
        self.names.parameters.get(&function)?.get(place).copied()
    }

    /// The name of the parameter at a place, where it is one name.
    pub(super) fn parameter_name(&self, function: NodeId, place: usize) -> Option<&str> {
        let parameter = self.parameter_at(function, place)?;
        let target = self.shapes.parameters[&parameter].target?;
        self.is_name(target).then(|| self.text(target))
    }

    /// Whether parts are put together into a mapping, not into a text or list.
    pub(super) fn is_merge(&self, node: NodeId) -> bool {
        let Some(parts) = self.shapes.joins.get(&node) else {
            return false;
        };
        let (Some(&left), Some(&right)) = (parts.iter().min(), parts.iter().max()) else {
            return false;
        };
        left != right && self.operator(node, left, right) == "|"
    }

    /// `enumerate(x)`.
    pub(super) fn is_numbered(&self, over: NodeId) -> bool {
        self.shapes
            .calls
            .get(&self.bare(over))
            .is_some_and(|call| self.text(call.function) == "enumerate")
    }

    /// The path of a method of a parameter, by the parameter's type: `mcp.Context().info` for `ctx: mcp.Context`.
    pub(super) fn typed_path(&self, function: NodeId) -> Option<String> {
        let &(object, name) = self.shapes.members.get(&self.bare(function))?;
        let object = self.bare(object);
        if !self.is_name(object) {
            return None;
        }
        let kind = self.names.resolve(object).find_map(|binding| {
            let Origin::Parameter(function, place, _) = binding.origin else {
                return None;
            };
            self.shapes.parameters[&self.parameter_at(function, place)?].kind
        })?;
        let kind = self
            .tree
            .descendants(kind)
            .find(|&node| self.is_name(node) || self.shapes.members.contains_key(&node))?;
        Some(format!("{}().{}", self.path(kind)?, self.text(name)))
    }

    /// The fields that stand directly in a class.
    pub(super) fn fields_of(&self, class: NodeId) -> Vec<NodeId> {
        let mut fields: Vec<NodeId> = self
            .shapes
            .field_list
            .iter()
            .copied()
            .filter(|&field| {
                self.names
                    .regions(field)
                    .find(|region| self.shapes.classes.contains_key(region))
                    == Some(class)
            })
            .collect();
        fields.dedup();
        fields
    }

    /// Whether a parameter takes all arguments that are left, `*args` or `**kwargs` by the kind that is asked for.
    pub(super) fn takes_others(&self, parameter: NodeId, kind: &str) -> bool {
        let inner = self.tree.named_children(parameter).next();
        self.tree.kind_name(parameter) == kind
            || inner.is_some_and(|inner| self.tree.kind_name(inner) == kind)
    }
}
