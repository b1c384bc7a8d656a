//! What can be said of an expression from the text alone: the path it names, and the string it is.

use super::names::{Names, Origin, module};
use super::pattern::Step;
use super::rust_paths;
use super::shapes::Shapes;
use crate::language::Family;
use crate::syntax::{NodeId, Tree};

/// How many bindings are followed from a use to its origin.
pub(super) const MAX_HOPS: usize = 8;

/// A piece of a name that is read from the environment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Known text.
    Text(String),
    /// Whatever the function is given at this place.
    Parameter(usize),
    /// The same in capital letters.
    Upper(usize),
    /// An entry of the object that the function is given at this place.
    Entry(usize, String),
    /// One of these texts.
    OneOf(Vec<String>),
    /// A constant of another module: the module as written, and the name there.
    Imported(String, String),
}

/// A name made of parts, with the function whose parameters it mentions.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Template {
    pub(super) parts: Vec<Part>,
    pub(super) function: Option<NodeId>,
}

impl Template {
    /// A name that is known whole.
    pub(super) fn known(text: impl Into<String>) -> Self {
        Self {
            parts: vec![Part::Text(text.into())],
            function: None,
        }
    }

    pub(super) fn join(mut self, other: Self) -> Option<Self> {
        if self.function.is_some() && other.function.is_some() && self.function != other.function {
            return None;
        }
        self.parts.extend(other.parts);
        Some(Self {
            function: self.function.or(other.function),
            ..self
        })
    }

    /// The name, where all of it is known.
    pub(super) fn name(&self) -> Option<String> {
        self.parts
            .iter()
            .map(|part| {
                if let Part::Text(text) = part {
                    Some(text.as_str())
                } else {
                    None
                }
            })
            .collect()
    }
}

/// A tree with what the queries and the names say of it.
#[derive(Debug)]
pub(super) struct Values<'t> {
    pub(super) tree: &'t Tree,
    pub(super) bytes: &'t [u8],
    /// The text, where all of it is UTF-8: a part of it then costs nothing, however long it is.
    whole: Option<&'t str>,
    pub(super) shapes: Shapes,
    pub(super) names: Names<'t>,
}

impl<'t> Values<'t> {
    pub(super) fn new(tree: &'t Tree, bytes: &'t [u8]) -> Self {
        let shapes = Shapes::collect(tree, bytes);
        let names = Names::new(tree, bytes, &shapes);
        Self {
            tree,
            bytes,
            whole: std::str::from_utf8(bytes).ok(),
            shapes,
            names,
        }
    }

    pub(super) fn text(&self, node: NodeId) -> &'t str {
        let Some(whole) = self.whole else {
            return self.tree.text(self.bytes, node);
        };
        let range = self.tree.range(node);
        whole.get(range.start..range.end).unwrap_or_default()
    }

    pub(super) fn family(&self) -> Family {
        self.tree.language().family()
    }

    /// The node without parentheses, `await`, type assertions and the like.
    pub(super) fn bare(&self, mut node: NodeId) -> NodeId {
        for _ in 0..64 {
            match self.shapes.sames.get(&node) {
                Some(&value) => node = value,
                None => break,
            }
        }
        node
    }

    /// The path an expression names, dots between its parts: `process.env`, `fs.promises.writeFile`, `pino().info`.
    ///
    /// Names that come from a module start with the module, free names stand as they are, and a name of the program
    /// itself starts with `%`, so that a local `process` is never taken for the global one.
    pub(super) fn path(&self, node: NodeId) -> Option<String> {
        self.path_within(node, MAX_HOPS)
    }

    fn path_within(&self, node: NodeId, hops: usize) -> Option<String> {
        let mut tail: Vec<String> = Vec::new();
        let mut at = node;
        for _ in 0..64 {
            at = self.bare(at);
            if let Some(&(object, name)) = self.shapes.members.get(&at) {
                if let Some(path) = self.own_path(at, hops) {
                    return Some(finish(path, &tail));
                }
                tail.push(plain(self.text(name)));
                at = object;
            } else if let Some(&(object, key)) = self.shapes.indexes.get(&at) {
                tail.push(self.string(key)?);
                at = object;
            } else if let Some(call) = self.shapes.calls.get(&at) {
                if matches!(self.text(call.function), "promisify" | "util.promisify")
                    && let Some((inner, _)) = self.arguments(call.arguments).next()
                {
                    at = inner;
                    continue;
                }
                if let Some(source) = self.required_module(call.function, call.arguments) {
                    return Some(finish(source, &tail));
                }
                tail.push("()".to_owned());
                at = call.function;
            } else {
                return self.name_path(at, hops).map(|path| finish(path, &tail));
            }
        }
        None
    }

    /// For `this.x`: the path of what it was set to, once.
    fn own_path(&self, node: NodeId, hops: usize) -> Option<String> {
        let hops = hops.checked_sub(1)?;
        self.names.own_field(&self.shapes, node)?;
        let mut bindings = self.names.resolve(node);
        let binding = bindings.next().filter(|_| bindings.next().is_none())?;
        let Origin::Value(value, path) = &binding.origin else {
            return None;
        };
        let of = self.path_within(*value, hops)?;
        extend(of, path)
    }

    pub(super) fn required_module(&self, function: NodeId, arguments: NodeId) -> Option<String> {
        let written = self.text(function);
        if !matches!(
            written,
            "require" | "import" | "__import__" | "importlib.import_module"
        ) {
            return None;
        }
        let first = self.tree.named_children(arguments).next()?;
        self.shapes
            .strings
            .contains(&first)
            .then(|| module(self.text(first)))
    }

    fn name_path(&self, node: NodeId, hops: usize) -> Option<String> {
        let name = self.text(node);
        if name.is_empty() || name.len() > 200 {
            return None;
        }
        let mut bindings = self
            .names
            .resolve(node)
            .filter(|binding| binding.at != node);
        let Some(binding) = bindings.next() else {
            return Some(plain(name));
        };
        let only = bindings.next().is_none();
        let local = || Some(format!("%{}", plain(name)));
        match &binding.origin {
            Origin::Import(source, Some(taken)) => Some(if source.is_empty() {
                taken.clone()
            } else if source == taken && self.names.is_path_head(node) {
                // `use anyhow::anyhow;` takes a macro and leaves `anyhow::bail` what it was.
                source.clone()
            } else {
                format!("{source}.{taken}")
            }),
            Origin::Import(source, None) => Some(source.clone()),
            Origin::Value(value, path) if only && hops > 0 && *value != node => self
                .path_within(*value, hops - 1)
                .and_then(|of| extend(of, path))
                .or_else(local),
            _ => local(),
        }
    }

    /// The string an expression is, where it is known whole.
    pub(super) fn string(&self, node: NodeId) -> Option<String> {
        self.template(node).and_then(|template| template.name())
    }

    /// The name an expression is, as far as it is known: text, parameters of the function around it, imported constants.
    pub(super) fn template(&self, node: NodeId) -> Option<Template> {
        self.template_within(node, MAX_HOPS)
    }

    pub(super) fn template_within(&self, node: NodeId, hops: usize) -> Option<Template> {
        let hops = hops.checked_sub(1)?;
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
    fn interpolated(&self, node: NodeId, parts: &[NodeId], hops: usize) -> Option<Template> {
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
    fn formatted(&self, function: NodeId, list: NodeId, hops: usize) -> Option<Template> {
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
    fn fill(&self, pattern: &str, values: &[NodeId], hops: usize) -> Option<Template> {
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
    fn constant(&self, name: &str) -> Option<Template> {
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
    fn looked_up(&self, node: NodeId, hops: usize) -> Option<Template> {
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
    pub(super) fn entry_of(&self, object: NodeId, key: &str, hops: usize) -> Option<Template> {
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
                    if path.is_empty() && self.family() == Family::Ecma =>
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
    fn may_be_own(&self, module: &str) -> bool {
        self.family() != Family::Rust
            || !matches!(
                module.split('.').next(),
                Some("std" | "core" | "rmcp" | "tokio" | "serde" | "anyhow")
            )
    }

    pub(super) fn is_name(&self, node: NodeId) -> bool {
        matches!(
            self.tree.kind_name(node),
            "identifier" | "shorthand_property_identifier"
        )
    }

    fn named(&self, node: NodeId, hops: usize) -> Option<Template> {
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

    /// The functions of this file that a call can mean.
    pub(super) fn callees(&self, function: NodeId) -> Vec<NodeId> {
        let function = self.bare(function);
        if self.shapes.functions.contains_key(&function) {
            return vec![function];
        }
        if self.is_name(function) {
            return self
                .names
                .resolve(function)
                .filter_map(|binding| match binding.origin {
                    Origin::Class(class) => self.constructor(class),
                    _ => self.as_function(&binding.origin),
                })
                .collect();
        }
        let Some(&(object, name)) = self.shapes.members.get(&function) else {
            return Vec::new();
        };
        if !self.is_own(object, MAX_HOPS) {
            return rust_paths::functions(self, function);
        }
        self.functions_named(self.text(name))
    }

    /// The function that makes the objects of a class.
    pub(super) fn constructor(&self, class: NodeId) -> Option<NodeId> {
        let named = |name| {
            let mut functions = self.functions_named(name).into_iter();
            functions.find(|&function| self.class_around(function) == Some(class))
        };
        named("__init__").or_else(|| named("constructor"))
    }

    fn class_around(&self, node: NodeId) -> Option<NodeId> {
        let mut regions = self.names.regions(node);
        regions.find(|region| self.shapes.classes.contains_key(region))
    }

    /// Whether an expression is an object of a class of this file, or such a class.
    pub(super) fn is_own(&self, object: NodeId, hops: usize) -> bool {
        if rust_paths::is_own_value(self, object) {
            return true;
        }
        let object = self.bare(object);
        let Some(hops) = hops.checked_sub(1) else {
            return false;
        };
        if matches!(
            self.text(object),
            "this" | "self" | "cls" | "Self" | "super"
        ) {
            return true;
        }
        if let Some(call) = self.shapes.calls.get(&object) {
            return self.is_own(call.function, hops);
        }
        if let Some(&(object, _)) = self.shapes.members.get(&object) {
            return self.is_own(object, hops);
        }
        // A type of Rust is no expression; `impl` blocks name it.
        let named = self.text(object);
        if self.family() == Family::Rust
            && self
                .shapes
                .classes
                .values()
                .any(|class| class.name.is_some_and(|name| self.text(name) == named))
        {
            return true;
        }
        self.is_name(object)
            && self
                .names
                .resolve(object)
                .any(|binding| match &binding.origin {
                    Origin::Class(_) => true,
                    // An object literal has its functions in this file.
                    Origin::Value(value, path) => {
                        path.is_empty()
                            && *value != object
                            && (self.shapes.lists.contains(&self.bare(*value))
                                || self.is_own(*value, hops))
                    }
                    _ => false,
                })
    }

    /// The function that a binding stands for.
    pub(super) fn as_function(&self, origin: &Origin) -> Option<NodeId> {
        self.as_function_within(origin, MAX_HOPS)
    }

    fn as_function_within(&self, origin: &Origin, hops: usize) -> Option<NodeId> {
        let hops = hops.checked_sub(1)?;
        match origin {
            Origin::Function(node) => Some(*node),
            Origin::Value(value, path) if path.is_empty() => {
                let value = self.bare(*value);
                if self.shapes.functions.contains_key(&value) {
                    return Some(value);
                }
                // Another name for it.
                let mut bindings = self.names.resolve(value).filter(|_| self.is_name(value));
                let binding = bindings.next().filter(|_| bindings.next().is_none())?;
                self.as_function_within(&binding.origin, hops)
            }
            _ => None,
        }
    }

    /// All functions of a name, methods included.
    pub(super) fn functions_named(&self, name: &str) -> Vec<NodeId> {
        self.names
            .named(name)
            .filter_map(|binding| self.as_function(&binding.origin))
            .collect()
    }

    /// The name under which a function is known.
    pub(super) fn function_name(&self, function: NodeId) -> Option<&'t str> {
        if let Some(name) = self.shapes.functions.get(&function)?.name {
            return Some(self.text(name));
        }
        self.tree.spend(self.names.bindings.len());
        self.names
            .bindings
            .iter()
            .find(|binding| self.as_function(&binding.origin) == Some(function))
            .map(|binding| binding.name)
    }

    /// The function around a node.
    pub(super) fn function_around(&self, node: NodeId) -> Option<NodeId> {
        self.names
            .regions(node)
            .find(|region| self.shapes.functions.contains_key(region))
    }

    /// The arguments of a call: positional ones by place, named ones by name.
    pub(super) fn arguments(
        &self,
        arguments: NodeId,
    ) -> impl Iterator<Item = (NodeId, Option<&'t str>)> + '_ {
        self.tree
            .named_children(arguments)
            .filter(|&node| !self.is_comment(node))
            .map(|node| match self.shapes.entries.get(&node) {
                Some(&(key, value)) if self.family() == Family::Python && key != value => {
                    (value, Some(self.text(key)))
                }
                _ => (node, None),
            })
    }

    pub(super) fn is_comment(&self, node: NodeId) -> bool {
        self.tree.is_comment(node)
    }
}

fn finish(path: String, tail: &[String]) -> String {
    let mut out = path;
    for part in tail.iter().rev() {
        if part != "()" {
            out.push('.');
        }
        out.push_str(part);
    }
    for global in ["globalThis.", "global.", "window.", "self."] {
        if let Some(rest) = out.strip_prefix(global) {
            return rest.to_owned();
        }
    }
    // `f.bind(x)` is `f`.
    if out.contains(".bind()") {
        out = out.replace(".bind()", "");
    }
    if out.contains(".default") {
        out.replace(".default.", ".")
    } else {
        out
    }
}

fn extend(mut of: String, path: &[Step]) -> Option<String> {
    for step in path {
        match step {
            Step::Key(key) => {
                of.push('.');
                of.push_str(key);
            }
            Step::Item(_) | Step::Rest | Step::Computed(_) => return None,
        }
    }
    Some(of)
}

/// A Rust name without the mark that lets it be a keyword.
pub(super) fn unraw(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

/// A name without escapes and private marks: `\u0065nv` is `env`.
fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = unraw(name);
    while let Some(at) = rest.find("\\u") {
        out.push_str(&rest[..at]);
        let digits = &rest[at + 2..];
        let (code, length) = match digits
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'))
        {
            Some((code, _)) => (code, code.len() + 2),
            None => (digits.get(..4).unwrap_or_default(), 4),
        };
        let Some(c) = u32::from_str_radix(code, 16).ok().and_then(char::from_u32) else {
            break;
        };
        out.push(c);
        rest = digits.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The inside of a string literal of any of the languages; [`None`] where it has escapes that would have to be read.
pub(super) fn literal(written: &str) -> Option<String> {
    let start = written.find(['"', '\'', '`'])?;
    if start > 4
        || !written[..start]
            .bytes()
            .all(|b| b.is_ascii_alphabetic() || b == b'#')
    {
        return None;
    }
    let mut inner = &written[start..];
    inner = inner.trim_end_matches('#');
    for quote in ["\"\"\"", "'''", "\"", "'", "`"] {
        if let Some(text) = inner
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
        {
            return (!text.contains('\\')).then(|| text.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_all_languages_are_read() {
        for written in [
            "\"A\"", "'A'", "`A`", "b'A'", "r\"A\"", "r#\"A\"#", "'''A'''", "rb\"A\"",
        ] {
            assert_eq!(literal(written).as_deref(), Some("A"), "{written}");
        }
        assert_eq!(literal("\"a\\n\""), None);
        assert_eq!(literal("A"), None);
        assert_eq!(plain("\\u0065nv"), "env");
        assert_eq!(plain("\\u{65}nv"), "env");
    }
}
