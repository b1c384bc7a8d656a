//! Compiles query files for a grammar and runs them over a [`Tree`].
//!
//! Tree-sitter's own engine costs 35 to 100 ms to compile twenty patterns, is quadratic on flat errors and loses matches
//! below 65,535 levels. This one compiles in microseconds, visits each node once, and looks only at patterns for the
//! node's kind. It means the same for what it supports; a test compares both on every fixture.

use std::sync::OnceLock;

use super::query_text::{self, Child, Term};
use super::{Capture, NodeId, Tree};
use crate::language::Language;

/// A query file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// `flow.scm`.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// One match: which pattern, and what it captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match<'m> {
    /// Place among the patterns of the query.
    pub pattern: usize,
    /// In the order of the pattern.
    pub captures: &'m [(Capture, NodeId)],
}

impl Match<'_> {
    /// The node of a capture.
    pub fn get(&self, capture: Capture) -> Option<NodeId> {
        self.captures
            .iter()
            .find(|&&(at, _)| at == capture)
            .map(|&(_, node)| node)
    }
}

#[derive(Debug)]
enum Kind {
    AnyNamed,
    Any,
    Is(u16),
}

#[derive(Debug)]
struct Pattern {
    alternatives: Vec<NodePattern>,
    predicates: Vec<(Local, Vec<String>, bool)>,
    place: (&'static str, usize),
}

/// A capture inside a pattern: a public one, or a private one (`@_x`) for predicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Local {
    Public(Capture),
    Private(u16),
}

#[derive(Debug)]
struct NodePattern {
    kind: Kind,
    absent: Vec<u16>,
    children: Vec<ChildPattern>,
    captures: Vec<Local>,
}

#[derive(Debug)]
struct ChildPattern {
    field: u16,
    adjacent: bool,
    alternatives: Vec<NodePattern>,
}

/// The patterns of a language, ready to run.
#[derive(Debug)]
pub struct Query {
    patterns: Vec<Pattern>,
    /// By kind, the patterns whose root can have it.
    by_kind: Vec<Vec<usize>>,
    /// Patterns that name a kind or field this grammar does not have: file and line.
    unusable: Vec<(&'static str, usize)>,
}

/// The compiled queries of a language; compiled when first asked for.
pub fn query(language: Language) -> &'static Query {
    static QUERIES: [OnceLock<Query>; Language::ALL.len()] =
        [const { OnceLock::new() }; Language::ALL.len()];
    QUERIES[language as usize]
        .get_or_init(|| Query::new(language).unwrap_or_else(|_| Query::empty()))
}

/// A private name starts with `_`; anything else must be known.
fn local(names: &mut Vec<String>, name: &str) -> Option<Local> {
    if !name.starts_with('_') {
        return Capture::find(name).map(Local::Public);
    }
    let at = names
        .iter()
        .position(|known| known == name)
        .unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
    u16::try_from(at).ok().map(Local::Private)
}

enum Fault {
    /// The grammar has no such kind or field.
    Unusable,
    /// A mistake in any grammar.
    Wrong(String),
}

struct Compiler<'g> {
    grammar: &'g tree_sitter::Language,
    names: Vec<String>,
}

impl Compiler<'_> {
    fn terms(&mut self, term: &Term, outer: &[Local]) -> Result<Vec<NodePattern>, Fault> {
        let names = match term {
            Term::Node { captures, .. }
            | Term::Any { captures }
            | Term::Anonymous { captures, .. }
            | Term::Alternation { captures, .. } => captures,
        };
        let mut captures = outer.to_vec();
        for name in names {
            captures.push(
                local(&mut self.names, name)
                    .ok_or_else(|| Fault::Wrong(format!("unknown capture @{name}")))?,
            );
        }
        let (kind, absent, children): (_, &[String], &[Child]) = match term {
            Term::Alternation { terms, .. } => {
                let mut out = Vec::new();
                let mut usable = false;
                for term in terms {
                    match self.terms(term, &captures) {
                        Ok(patterns) => {
                            usable = true;
                            out.extend(patterns);
                        }
                        Err(Fault::Unusable) => {}
                        Err(wrong) => return Err(wrong),
                    }
                }
                return if usable {
                    Ok(out)
                } else {
                    Err(Fault::Unusable)
                };
            }
            Term::Any { .. } => (Kind::Any, &[], &[]),
            Term::Anonymous { text, .. } => (Kind::Is(self.kind(text, false)?), &[], &[]),
            Term::Node {
                kind: None,
                children,
                absent,
                ..
            } => (Kind::AnyNamed, absent, children),
            Term::Node {
                kind: Some(kind),
                children,
                absent,
                ..
            } => (Kind::Is(self.kind(kind, true)?), absent, children),
        };
        let absent = absent
            .iter()
            .map(|name| self.field(name))
            .collect::<Result<_, _>>()?;
        let children = children
            .iter()
            .map(|child| {
                let field = child
                    .field
                    .as_deref()
                    .map_or(Ok(0), |name| self.field(name))?;
                Ok(ChildPattern {
                    field,
                    adjacent: child.adjacent,
                    alternatives: self.terms(&child.term, &[])?,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(vec![NodePattern {
            kind,
            absent,
            children,
            captures,
        }])
    }

    fn kind(&self, name: &str, named: bool) -> Result<u16, Fault> {
        match self.grammar.id_for_node_kind(name, named) {
            0 => Err(Fault::Unusable),
            id => Ok(id),
        }
    }

    fn field(&self, name: &str) -> Result<u16, Fault> {
        self.grammar
            .field_id_for_name(name)
            .map(std::num::NonZero::get)
            .ok_or(Fault::Unusable)
    }
}

impl Query {
    fn empty() -> Self {
        Self {
            patterns: Vec::new(),
            by_kind: Vec::new(),
            unusable: Vec::new(),
        }
    }

    /// Compiles the query files of a language.
    ///
    /// # Errors
    /// The first mistake in a file. A kind or field that only other grammars of the family have is none: see
    /// [`Query::unusable`].
    pub fn new(language: Language) -> Result<Self, QueryError> {
        let spec = language.spec();
        let grammar = (spec.grammar)();
        let mut query = Self {
            by_kind: vec![Vec::new(); grammar.node_kind_count() + 1],
            ..Self::empty()
        };
        for file in spec.queries {
            let error = |line, message| QueryError {
                file: file.name.to_owned(),
                line,
                message,
            };
            for written in
                query_text::read(file.text).map_err(|(line, message)| error(line, message))?
            {
                let place = (file.name, written.line);
                let mut compiler = Compiler {
                    grammar: &grammar,
                    names: Vec::new(),
                };
                let alternatives = match compiler.terms(&written.term, &[]) {
                    Ok(alternatives) => alternatives,
                    Err(Fault::Unusable) => {
                        query.unusable.push(place);
                        continue;
                    }
                    Err(Fault::Wrong(message)) => return Err(error(written.line, message)),
                };
                let mut predicates = Vec::new();
                for predicate in written.predicates {
                    let capture =
                        local(&mut compiler.names, &predicate.capture).ok_or_else(|| {
                            error(
                                written.line,
                                format!("unknown capture @{}", predicate.capture),
                            )
                        })?;
                    predicates.push((capture, predicate.words, predicate.negated));
                }
                query.add(Pattern {
                    alternatives,
                    predicates,
                    place,
                });
            }
        }
        Ok(query)
    }

    fn add(&mut self, pattern: Pattern) {
        let at = self.patterns.len();
        for alternative in &pattern.alternatives {
            match alternative.kind {
                Kind::Is(kind) => {
                    if let Some(list) = self.by_kind.get_mut(kind as usize)
                        && list.last() != Some(&at)
                    {
                        list.push(at);
                    }
                }
                Kind::Any | Kind::AnyNamed => {
                    self.by_kind.iter_mut().for_each(|list| list.push(at));
                }
            }
        }
        self.patterns.push(pattern);
    }

    /// Number of patterns.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Whether there is no pattern.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// File and line of a pattern.
    pub fn place(&self, pattern: usize) -> (&'static str, usize) {
        self.patterns[pattern].place
    }

    /// File and line of patterns that this grammar cannot have.
    pub fn unusable(&self) -> &[(&'static str, usize)] {
        &self.unusable
    }

    /// Calls `found` for every match, in the order of the nodes.
    pub fn run(&self, tree: &Tree, text: &[u8], mut found: impl FnMut(Match<'_>)) {
        let mut public = Vec::new();
        for node in tree.nodes() {
            let Some(candidates) = self.by_kind.get(tree.kind(node) as usize) else {
                continue;
            };
            for &at in candidates {
                let pattern = &self.patterns[at];
                let mut captures = Vec::new();
                for alternative in &pattern.alternatives {
                    alternative.find(tree, node, &mut captures, &mut |captures| {
                        let holds = pattern.predicates.iter().all(|(capture, words, negated)| {
                            let node = captures.iter().find(|(at, _)| at == capture);
                            node.is_none_or(|&(_, node)| {
                                words
                                    .iter()
                                    .any(|word| word.as_bytes() == tree.bytes(text, node))
                                    != *negated
                            })
                        });
                        if holds {
                            public.clear();
                            public.extend(captures.iter().filter_map(
                                |&(local, node)| match local {
                                    Local::Public(capture) => Some((capture, node)),
                                    Local::Private(_) => None,
                                },
                            ));
                            found(Match {
                                pattern: at,
                                captures: &public,
                            });
                        }
                    });
                }
            }
        }
    }
}

type Captures = Vec<(Local, NodeId)>;

impl NodePattern {
    /// Calls `then` for every way in which the pattern fits the node. As deep as the pattern, whatever the tree.
    fn find(
        &self,
        tree: &Tree,
        node: NodeId,
        captures: &mut Captures,
        then: &mut dyn FnMut(&mut Captures),
    ) {
        let fits = match self.kind {
            Kind::Any => true,
            Kind::AnyNamed => tree.is_named(node),
            Kind::Is(kind) => tree.kind(node) == kind,
        };
        if !fits
            || tree
                .children(node)
                .any(|child| self.absent.contains(&tree.field(child)))
                && !self.absent.is_empty()
        {
            return;
        }
        let mark = captures.len();
        captures.extend(self.captures.iter().map(|&capture| (capture, node)));
        if self.children.is_empty() {
            then(captures);
        } else {
            find_children(&self.children, tree, tree.children(node), captures, then);
        }
        captures.truncate(mark);
    }
}

fn find_children(
    patterns: &[ChildPattern],
    tree: &Tree,
    mut rest: super::tree::Children<'_>,
    captures: &mut Captures,
    then: &mut dyn FnMut(&mut Captures),
) {
    let Some((first, others)) = patterns.split_first() else {
        return then(captures);
    };
    while let Some(child) = rest.next() {
        if first.field == 0 || tree.field(child) == first.field {
            for alternative in &first.alternatives {
                alternative.find(tree, child, captures, &mut |captures| {
                    find_children(others, tree, rest.clone(), captures, then);
                });
            }
        }
        if first.adjacent && tree.is_named(child) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_compiles_in_every_language() {
        for language in Language::ALL {
            let query =
                Query::new(language).unwrap_or_else(|error| panic!("{language:?}: {error:?}"));
            assert!(!query.is_empty());
        }
    }
}
