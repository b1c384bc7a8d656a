//! Which name means what: bindings, the regions they live in, and where they are used.
//!
//! Resolution is by region and name, as the languages do it, without order: two bindings of one name in one region are
//! both possible.

mod declare;
mod fields;

use rustc_hash::{FxHashMap, FxHashSet};

use super::pattern::Step;
use super::shapes::Shapes;
use crate::language::Family;
use crate::syntax::{NodeId, Tree};

/// Nested regions beyond this many are not searched; no program has them.
const MAX_REGIONS: usize = 256;
/// Names with more bindings in one region are told apart by region alone.
const MAX_EXTENTS: usize = 64;

/// Where the value of a name comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Declared without a value.
    Declared,
    /// Bound to a part of a value; an empty path is the value itself.
    Value(NodeId, Vec<Step>),
    /// An element of what the loop of this number visits.
    Looped(usize, Vec<Step>),
    /// A parameter of a function, by place.
    Parameter(NodeId, usize, Vec<Step>),
    /// A function.
    Function(NodeId),
    /// A class.
    Class(NodeId),
    /// Taken from a module; without a name it is the module itself.
    Import(String, Option<String>),
}

impl Origin {
    /// Whether more of a path can stand behind the name.
    fn is_path(&self) -> bool {
        matches!(self, Self::Class(_) | Self::Import(..))
    }
}

/// What gives a binding its value, without which part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Giver {
    /// A value.
    Value(NodeId),
    /// The loop of this number.
    Loop(usize),
    /// A call of a function.
    Function(NodeId),
}

impl Giver {
    fn of(origin: &Origin) -> Option<Self> {
        match origin {
            Origin::Value(value, _) => Some(Self::Value(*value)),
            Origin::Looped(at, _) => Some(Self::Loop(*at)),
            Origin::Parameter(function, ..) => Some(Self::Function(*function)),
            _ => None,
        }
    }
}

/// A name in a region.
#[derive(Clone, Debug)]
pub(super) struct Binding<'t> {
    pub(super) name: &'t str,
    pub(super) region: NodeId,
    pub(super) at: NodeId,
    pub(super) origin: Origin,
    /// The statement inside which the name means this, where it is smaller than the region: a loop, a `with`.
    extent: Option<NodeId>,
}

/// All names of a file.
#[derive(Debug)]
pub(super) struct Names<'t> {
    tree: &'t Tree,
    text: &'t [u8],
    /// The text, where all of it is UTF-8.
    whole: Option<&'t str>,
    pub(super) bindings: Vec<Binding<'t>>,
    by_region: FxHashMap<(NodeId, &'t str), Vec<usize>>,
    /// Names some of whose bindings have an extent.
    extended: FxHashSet<(NodeId, &'t str)>,
    by_name: FxHashMap<&'t str, Vec<usize>>,
    by_giver: FxHashMap<Giver, Vec<usize>>,
    occurrences: FxHashMap<&'t str, Vec<NodeId>>,
    /// For each node the innermost region that holds it.
    regions: Vec<u32>,
    region_nodes: Vec<NodeId>,
    /// `this.x` and the like, by `x`.
    own: FxHashMap<&'t str, Vec<NodeId>>,
    /// Modules all of whose names were taken.
    pub(super) wildcards: Vec<String>,
    /// The parameters of each function, in order.
    pub(super) parameters: FxHashMap<NodeId, Vec<NodeId>>,
}

impl<'t> Names<'t> {
    pub(super) fn new(tree: &'t Tree, text: &'t [u8], shapes: &Shapes) -> Self {
        let mut names = Self {
            tree,
            text,
            whole: std::str::from_utf8(text).ok(),
            bindings: Vec::new(),
            by_region: FxHashMap::default(),
            extended: FxHashSet::default(),
            by_name: FxHashMap::default(),
            by_giver: FxHashMap::default(),
            occurrences: FxHashMap::default(),
            regions: Vec::new(),
            region_nodes: Vec::new(),
            own: FxHashMap::default(),
            wildcards: Vec::new(),
            parameters: FxHashMap::default(),
        };
        names.find_regions(shapes);
        for &node in &shapes.member_list {
            if names.own_field(shapes, node).is_some() {
                let name = names.word(shapes.members[&node].1);
                names.own.entry(name).or_default().push(node);
            }
        }
        names.declare_imports(shapes);
        names.declare_functions(shapes);
        names.declare_binds(shapes);
        if tree.language().family() == Family::Rust {
            names.declare_fields(shapes);
        }
        names.find_occurrences(shapes);
        names
    }

    fn find_regions(&mut self, shapes: &Shapes) {
        self.region_nodes.push(self.tree.root());
        let mut inside: Vec<u32> = Vec::with_capacity(self.tree.len());
        for node in self.tree.nodes() {
            let around = self
                .tree
                .parent(node)
                .map_or(0, |parent| inside[parent.index()]);
            self.regions.push(around);
            let opens = node != self.tree.root() && shapes.scopes.contains(&node);
            inside.push(if opens {
                u32::try_from(self.region_nodes.len()).unwrap_or(0)
            } else {
                around
            });
            if opens {
                self.region_nodes.push(node);
            }
        }
    }

    /// The regions around a node, innermost first.
    pub(super) fn regions(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut at = Some(self.region_nodes[self.regions[node.index()] as usize]);
        std::iter::from_fn(move || {
            let region = at?;
            self.tree.spend(1);
            at = (region != self.tree.root())
                .then(|| self.region_nodes[self.regions[region.index()] as usize]);
            Some(region)
        })
        .take(MAX_REGIONS)
    }

    fn word(&self, node: NodeId) -> &'t str {
        let Some(whole) = self.whole else {
            return self.tree.text(self.text, node);
        };
        let range = self.tree.range(node);
        whole.get(range.start..range.end).unwrap_or_default()
    }

    fn region(&self, node: NodeId) -> NodeId {
        self.region_nodes[self.regions[node.index()] as usize]
    }

    fn find_occurrences(&mut self, shapes: &Shapes) {
        let skip: FxHashSet<NodeId> = shapes
            .members
            .values()
            .map(|&(_, name)| name)
            .chain(
                shapes
                    .entries
                    .iter()
                    .filter(|(_, (key, value))| key != value)
                    .map(|(_, &(key, _))| key),
            )
            .collect();
        for &node in &shapes.names {
            if !skip.contains(&node) {
                self.occurrences
                    .entry(self.word(node))
                    .or_default()
                    .push(node);
            }
        }
        if self.tree.language().family() == Family::Rust {
            self.find_captures(shapes);
        }
        for &node in &shapes.member_list {
            if let Some(name) = self.own_field(shapes, node) {
                self.occurrences.entry(name).or_default().push(node);
            }
        }
    }

    /// What a use of a name can mean: all bindings of the innermost region that has the name.
    pub(super) fn resolve(&self, node: NodeId) -> impl Iterator<Item = &Binding<'t>> + '_ {
        self.lookup(self.word(node), node)
    }

    /// What a name means where a node stands.
    fn lookup(&self, name: &'t str, node: NodeId) -> impl Iterator<Item = &Binding<'t>> + '_ {
        let head = self.is_path_head(node);
        let fits = move |at: &usize| !head || self.bindings[*at].origin.is_path();
        let found = self.regions(node).find_map(|region| {
            self.by_region
                .get(&(region, name))
                .filter(|list| list.iter().any(fits))
                .map(|list| (region, list))
        });
        self.tree.spend(found.map_or(0, |(_, list)| list.len()));
        let extent = found.and_then(|(region, list)| self.extent(region, name, list, node));
        found
            .into_iter()
            .flat_map(|(_, list)| list)
            .filter(move |at| fits(at))
            .map(|&at| &self.bindings[at])
            .filter(move |binding| {
                extent.is_none_or(|extent| self.tree.contains(extent, binding.at))
            })
    }

    /// The smallest statement around a node inside which one of the bindings holds.
    fn extent(
        &self,
        region: NodeId,
        name: &'t str,
        list: &[usize],
        node: NodeId,
    ) -> Option<NodeId> {
        if list.len() > MAX_EXTENTS || !self.extended.contains(&(region, name)) {
            return None;
        }
        list.iter()
            .filter_map(|&at| self.bindings[at].extent)
            .filter(|&extent| self.tree.contains(extent, node))
            .max()
    }

    /// Whether a node is the `env` of Rust's `env::var`, where a variable of that name is not meant.
    pub(super) fn is_path_head(&self, node: NodeId) -> bool {
        self.tree.language().family() == Family::Rust
            && self.tree.parent(node).is_some_and(|parent| {
                self.tree.kind_name(parent) == "scoped_identifier"
                    && self.tree.child(parent, "path") == Some(node)
            })
    }

    /// All bindings that get their values from one place.
    pub(super) fn given(&self, giver: Giver) -> impl Iterator<Item = &Binding<'t>> + '_ {
        let found = self.by_giver.get(&giver).map_or(&[][..], Vec::as_slice);
        self.tree.spend(1 + found.len());
        found.iter().map(|&at| &self.bindings[at])
    }

    /// All bindings of a name, wherever they are.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &Binding<'t>> + '_ {
        let found = self.by_name.get(name).map_or(&[][..], Vec::as_slice);
        self.tree.spend(1 + found.len());
        found.iter().map(|&at| &self.bindings[at])
    }

    /// Where a name of a region is used, its declarations left out.
    pub(super) fn references(&self, binding: &Binding<'t>) -> Vec<NodeId> {
        let all = self
            .occurrences
            .get(binding.name)
            .map_or(&[][..], Vec::as_slice);
        let mut declared: Vec<NodeId> = self
            .by_region
            .get(&(binding.region, binding.name))
            .into_iter()
            .flatten()
            .map(|&at| self.bindings[at].at)
            .collect();
        declared.sort_unstable();
        self.tree.spend(all.len() + declared.len());
        all.iter()
            .copied()
            .filter(|node| declared.binary_search(node).is_err())
            .filter(|&node| {
                let mut found = self.lookup(binding.name, node).peekable();
                found
                    .peek()
                    .is_some_and(|found| found.region == binding.region)
                    && (!self.extended.contains(&(binding.region, binding.name))
                        || found.any(|found| found.at == binding.at))
            })
            .take(10_000)
            .collect()
    }
}

/// A module's name as it is compared: without quotes and without Node's prefix.
pub fn module(written: &str) -> String {
    let bare = unquote(written);
    bare.strip_prefix("node:").unwrap_or(bare).to_owned()
}

/// A string literal's inside, or the text itself.
pub(super) fn unquote(written: &str) -> &str {
    for quote in ['"', '\'', '`'] {
        if let Some(inner) = written
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
        {
            return inner;
        }
    }
    written
}
