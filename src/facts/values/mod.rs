//! What can be said of an expression from the text alone: the path it names, and the string it is.

mod callees;
mod path;
mod template;

use super::names::Names;
use super::pattern::Step;
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

    pub(super) fn is_name(&self, node: NodeId) -> bool {
        matches!(
            self.tree.kind_name(node),
            "identifier" | "shorthand_property_identifier"
        )
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
