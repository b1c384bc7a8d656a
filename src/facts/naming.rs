//! Names that are put together, picked from a list, or formatted: the part of [`super::values`] that knows idioms.
//!
//! It never guesses: what is not known whole, piece by piece, is no name.

use super::listed::{Element, MAX_CHOICES};
use super::values::{Part, Template, Values, literal};
use crate::syntax::NodeId;

impl Part {
    /// The parameter it stands for.
    pub(super) fn parameter(&self) -> Option<usize> {
        match self {
            Self::Parameter(at) | Self::Upper(at) | Self::Entry(at, _) => Some(*at),
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
            Self::Imported(..) | Self::Entry(..) => return None,
        })
    }

    /// The part with what a call gives for a parameter in its place.
    pub(super) fn given(&self, place: usize, given: &[Self]) -> Vec<Self> {
        match self {
            Self::Parameter(at) | Self::Entry(at, _) if *at == place => given.to_vec(),
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
    pub(super) fn one_of(texts: Vec<String>) -> Option<Self> {
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
                let (mut object, (mut list, _)) = (object, self.arguments(arguments).next()?);
                if self.shapes.lists.contains(&self.bare(object)) {
                    // Python joins by the text, JavaScript the list.
                    (object, list) = (list, object);
                }
                let between = literal(self.text(self.bare(object)))?;
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

    /// What a name with several values can be, where all of them are known.
    pub(super) fn any_of(&self, values: &[NodeId], hops: usize) -> Option<Template> {
        let texts: Option<Vec<String>> = values
            .iter()
            .map(|&value| self.template_within(value, hops)?.name())
            .collect();
        Template::one_of(texts?)
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
}
