//! The syntax tree as a flat table in pre-order.
//!
//! A node's descendants are the nodes right behind it, so that a subtree is a range of the table.

use std::ops::Range;
use std::sync::OnceLock;

use super::steps::Steps;
use crate::language::Language;
use crate::text::TextRange;

/// A node of one [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// Place in the table.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Clone, Copy, Debug)]
struct Node {
    start: u32,
    end: u32,
    parent: u32,
    /// One past the last descendant.
    behind: u32,
    kind: u16,
    field: u16,
    flags: u8,
}

/// The grammar of a language, loaded once.
fn grammar(language: Language) -> &'static tree_sitter::Language {
    static GRAMMARS: [OnceLock<tree_sitter::Language>; Language::ALL.len()] =
        [const { OnceLock::new() }; Language::ALL.len()];
    GRAMMARS[language as usize].get_or_init(language.spec().grammar)
}

/// The kinds of a grammar by number, with what the language says of them.
#[derive(Debug)]
struct Kinds {
    names: Vec<&'static str>,
    comments: Vec<bool>,
    literals: Vec<bool>,
}

/// Asking the grammar for a name costs more than most of what is done with it.
fn kinds(language: Language) -> &'static Kinds {
    static KINDS: [OnceLock<Kinds>; Language::ALL.len()] =
        [const { OnceLock::new() }; Language::ALL.len()];
    KINDS[language as usize].get_or_init(|| {
        let (grammar, spec) = (grammar(language), language.spec());
        let count = u16::try_from(grammar.node_kind_count()).unwrap_or(u16::MAX);
        let names: Vec<_> = (0..count)
            .map(|id| grammar.node_kind_for_id(id).unwrap_or("ERROR"))
            .collect();
        let are = |kinds: &[&str]| names.iter().map(|name| kinds.contains(name)).collect();
        Kinds {
            comments: are(spec.comments),
            literals: are(spec.literals),
            names,
        }
    })
}

const NAMED: u8 = 1;
const ERROR: u8 = 2;

/// A parsed file.
#[derive(Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    language: Language,
    broken: bool,
    left_out: Vec<TextRange>,
    steps: Steps,
}

impl Tree {
    /// Copies a tree of the parser in one walk without recursion.
    pub(super) fn copy(tree: &tree_sitter::Tree, language: Language) -> Self {
        let mut nodes: Vec<Node> = Vec::new();
        let mut open: Vec<u32> = Vec::new();
        let mut cursor = tree.walk();
        loop {
            let node = cursor.node();
            let at = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
            let flags = u8::from(node.is_named()) * NAMED
                + u8::from(node.is_error() || node.is_missing()) * ERROR;
            nodes.push(Node {
                start: u32::try_from(node.start_byte()).unwrap_or(u32::MAX),
                end: u32::try_from(node.end_byte()).unwrap_or(u32::MAX),
                parent: open.last().copied().unwrap_or(u32::MAX),
                behind: at + 1,
                kind: node.kind_id(),
                field: cursor.field_id().map_or(0, std::num::NonZero::get),
                flags,
            });
            if cursor.goto_first_child() {
                open.push(at);
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    let broken = tree.root_node().has_error();
                    return Self {
                        steps: Steps::of(nodes.len()),
                        nodes,
                        language,
                        broken,
                        left_out: Vec::new(),
                    };
                }
                let behind = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
                if let Some(parent) = open.pop() {
                    nodes[parent as usize].behind = behind;
                }
            }
        }
    }

    /// Counts work that is done with the tree, beside the walks over it, which count by themselves. Does not return
    /// when a file has used up its steps: see [`bounded`](super::bounded).
    pub fn spend(&self, steps: usize) {
        self.steps.spend(steps);
    }

    /// The same tree, of a text some parts of which were not parsed.
    pub(super) fn without(self, left_out: Vec<TextRange>) -> Self {
        Self { left_out, ..self }
    }

    /// What was not parsed, because nothing in it matters.
    pub fn left_out(&self) -> &[TextRange] {
        &self.left_out
    }

    /// The language it was parsed as.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether some part was not understood.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// How many parts were not understood, and how many are missing.
    pub fn errors(&self) -> usize {
        let wrong = |&node: &NodeId| self.kind_name(node) == "ERROR";
        self.nodes().filter(wrong).count() + usize::from(self.broken)
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never: a tree has a root.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// All nodes, parents before children.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// The node that holds all others.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// The grammar's number for the node's kind.
    pub fn kind(&self, node: NodeId) -> u16 {
        self.nodes[node.index()].kind
    }

    /// The grammar's name for the node's kind.
    pub fn kind_name(&self, node: NodeId) -> &'static str {
        let names = &kinds(self.language).names;
        names
            .get(usize::from(self.kind(node)))
            .copied()
            .unwrap_or("ERROR")
    }

    /// Whether it is a comment.
    pub fn is_comment(&self, node: NodeId) -> bool {
        let comments = &kinds(self.language).comments;
        comments.get(usize::from(self.kind(node))) == Some(&true)
    }

    /// Whether its text may be a value.
    pub fn is_literal(&self, node: NodeId) -> bool {
        let literals = &kinds(self.language).literals;
        literals.get(usize::from(self.kind(node))) == Some(&true)
    }

    /// The child under a field, by the field's name.
    pub fn child(&self, node: NodeId, field: &str) -> Option<NodeId> {
        let grammar = grammar(self.language);
        let id = grammar.field_id_for_name(field)?.get();
        self.children(node).find(|&child| self.field(child) == id)
    }

    /// The grammar's number for the field under which the parent holds the node; 0 for none.
    pub fn field(&self, node: NodeId) -> u16 {
        self.nodes[node.index()].field
    }

    /// The bytes it covers.
    pub fn range(&self, node: NodeId) -> TextRange {
        let node = &self.nodes[node.index()];
        TextRange {
            start: node.start as usize,
            end: node.end as usize,
        }
    }

    /// Whether it is named in the grammar, as against a punctuation mark or keyword.
    pub fn is_named(&self, node: NodeId) -> bool {
        self.nodes[node.index()].flags & NAMED != 0
    }

    /// Whether it stands for text that was not understood, or is missing.
    pub fn is_error(&self, node: NodeId) -> bool {
        self.nodes[node.index()].flags & ERROR != 0
    }

    /// The node around it.
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        let parent = self.nodes[node.index()].parent;
        (parent != u32::MAX).then_some(NodeId(parent))
    }

    /// The nodes around it, nearest first.
    pub fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(node), |&at| {
            self.spend(1);
            self.parent(at)
        })
    }

    /// Its children.
    pub fn children(&self, node: NodeId) -> Children<'_> {
        Children {
            tree: self,
            next: node.0 + 1,
            end: self.nodes[node.index()].behind,
        }
    }

    /// The nodes before it under the same parent, nearest first.
    pub fn before(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let parent = self.parent(node);
        std::iter::successors(Some(node), move |&at| {
            // What stands right before it in the table is the end of the one before it, or their parent.
            let mut last = NodeId(at.0.checked_sub(1)?);
            while Some(last) != parent {
                self.spend(1);
                let around = self.parent(last);
                if around == parent {
                    return Some(last);
                }
                last = around?;
            }
            None
        })
        .skip(1)
    }

    /// The nodes behind it under the same parent.
    pub fn behind(&self, node: NodeId) -> Children<'_> {
        let end = self.parent(node).map(|parent| self.subtree(parent).end);
        Children {
            tree: self,
            next: self.nodes[node.index()].behind,
            end: end.and_then(|end| u32::try_from(end).ok()).unwrap_or(0),
        }
    }

    /// Its named children.
    pub fn named_children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.children(node).filter(|&child| self.is_named(child))
    }

    /// The node and everything below it, as places in the table.
    pub fn subtree(&self, node: NodeId) -> Range<usize> {
        node.index()..self.nodes[node.index()].behind as usize
    }

    /// The nodes of a subtree, parents before children.
    pub fn descendants(&self, node: NodeId) -> impl Iterator<Item = NodeId> + use<> {
        self.spend(self.subtree(node).len());
        (node.0..self.nodes[node.index()].behind).map(NodeId)
    }

    /// Whether `outer` is `inner` or around it.
    pub fn contains(&self, outer: NodeId, inner: NodeId) -> bool {
        self.subtree(outer).contains(&inner.index())
    }

    /// The node's text; empty where the text is no UTF-8.
    pub fn text<'t>(&self, text: &'t [u8], node: NodeId) -> &'t str {
        let bytes = self.bytes(text, node);
        self.spend(bytes.len() / 32);
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The node's text, whatever it is.
    pub fn bytes<'t>(&self, text: &'t [u8], node: NodeId) -> &'t [u8] {
        let range = self.range(node);
        text.get(range.start..range.end).unwrap_or_default()
    }
}

/// The children of a node.
#[derive(Clone, Debug)]
pub struct Children<'t> {
    tree: &'t Tree,
    next: u32,
    end: u32,
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        (self.next < self.end).then(|| {
            self.tree.spend(1);
            let child = NodeId(self.next);
            self.next = self.tree.nodes[child.index()].behind;
            child
        })
    }
}
