//! The matches of one file, sorted by what they say: the only step between queries and facts that names captures.
//!
//! Everything here is about nodes and how their values are used; what an environment is comes later.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::syntax::{Capture, Match, NodeId, Tree, query};

/// How the value of a node is used by its surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// The node has the same value.
    Same(NodeId),
    /// The node may have the same value.
    Either(NodeId),
    /// Part of a text or merged mapping.
    Join(NodeId),
    /// A part of it is taken by name.
    Member(NodeId),
    /// A part of it is taken by key.
    Index(NodeId),
    /// It is the key by which a part is taken.
    Key(NodeId),
    /// It is called.
    Callee(NodeId),
    /// Its contents go into the container.
    Spread(NodeId),
    /// A keyed part of the container (the node is the entry).
    Entry(NodeId),
    /// Bound by the binding of this number.
    Bound(usize),
    /// Returned from the function around it.
    Returned,
    /// The value of the function.
    Result(NodeId),
    /// The default of a parameter.
    Default(NodeId),
    /// Visited element by element by the loop of this number.
    Looped(usize),
    /// Thrown.
    Raised(NodeId),
}

/// A call and its parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) function: NodeId,
    pub(super) arguments: NodeId,
}

/// A value given to a name or pattern.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bind {
    pub(super) target: NodeId,
    /// None where a name is only declared.
    pub(super) value: Option<NodeId>,
    /// The name exists already.
    pub(super) assigned: bool,
}

/// A loop or comprehension clause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    pub(super) node: NodeId,
    pub(super) target: NodeId,
    pub(super) over: NodeId,
    /// Only keys are visited, whatever is looped over.
    pub(super) keys: bool,
}

/// A function of any kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Function {
    pub(super) name: Option<NodeId>,
    pub(super) parameters: Option<NodeId>,
    pub(super) body: Option<NodeId>,
    pub(super) marks: Vec<NodeId>,
}

/// A parameter.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parameter {
    pub(super) target: Option<NodeId>,
    pub(super) default: Option<NodeId>,
    pub(super) kind: Option<NodeId>,
}

/// A class, struct or implementation block.
#[derive(Clone, Debug, Default)]
pub(super) struct Class {
    pub(super) name: Option<NodeId>,
    pub(super) bases: Vec<NodeId>,
    pub(super) body: Option<NodeId>,
    pub(super) marks: Vec<NodeId>,
}

/// A field of a class.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Field {
    pub(super) name: Option<NodeId>,
    pub(super) kind: Option<NodeId>,
    pub(super) value: Option<NodeId>,
}

/// Names taken from another module.
#[derive(Clone, Copy, Debug)]
pub(super) struct ImportShape {
    pub(super) source: NodeId,
    pub(super) name: Option<NodeId>,
    pub(super) alias: Option<NodeId>,
    pub(super) module: Option<NodeId>,
}

/// Names given to other modules.
#[derive(Clone, Copy, Debug)]
pub(super) struct ExportShape {
    pub(super) source: Option<NodeId>,
    pub(super) name: Option<NodeId>,
    pub(super) alias: Option<NodeId>,
    pub(super) value: Option<NodeId>,
}

/// Everything the queries say about one file.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    uses: Vec<(NodeId, Use)>,
    pub(super) names: Vec<NodeId>,
    pub(super) strings: FxHashSet<NodeId>,
    pub(super) texts: FxHashMap<NodeId, Vec<NodeId>>,
    pub(super) members: FxHashMap<NodeId, (NodeId, NodeId)>,
    pub(super) member_list: Vec<NodeId>,
    pub(super) indexes: FxHashMap<NodeId, (NodeId, NodeId)>,
    pub(super) calls: FxHashMap<NodeId, Call>,
    pub(super) call_list: Vec<NodeId>,
    pub(super) arguments: FxHashMap<NodeId, NodeId>,
    pub(super) sames: FxHashMap<NodeId, NodeId>,
    pub(super) eithers: FxHashMap<NodeId, Vec<NodeId>>,
    pub(super) joins: FxHashMap<NodeId, Vec<NodeId>>,
    pub(super) conditions: FxHashMap<NodeId, NodeId>,
    pub(super) lists: FxHashSet<NodeId>,
    pub(super) spreads: FxHashSet<NodeId>,
    pub(super) entries: FxHashMap<NodeId, (NodeId, NodeId)>,
    pub(super) binds: Vec<Bind>,
    pub(super) loops: Vec<Loop>,
    pub(super) filters: Vec<NodeId>,
    pub(super) functions: FxHashMap<NodeId, Function>,
    pub(super) parameters: FxHashMap<NodeId, Parameter>,
    pub(super) parameter_list: Vec<NodeId>,
    pub(super) scopes: FxHashSet<NodeId>,
    pub(super) classes: FxHashMap<NodeId, Class>,
    pub(super) fields: FxHashMap<NodeId, Field>,
    pub(super) field_list: Vec<NodeId>,
    pub(super) imports: Vec<ImportShape>,
    pub(super) exports: Vec<ExportShape>,
}

impl Shapes {
    /// Runs the language's queries once over the tree.
    pub(super) fn collect(tree: &Tree, text: &[u8]) -> Self {
        let mut shapes = Self::default();
        query(tree.language()).run(tree, text, |found| shapes.add(found));
        shapes.uses.sort_by_key(|&(node, _)| node);
        shapes.uses.dedup();
        shapes.filters.sort_unstable();
        shapes.name_parts_once();
        shapes
    }

    /// Several patterns may name the same part.
    fn name_parts_once(&mut self) {
        let functions = self
            .functions
            .values_mut()
            .map(|function| &mut function.marks);
        let classes = self.classes.values_mut();
        let classes = classes.flat_map(|class| [&mut class.bases, &mut class.marks]);
        for list in self.joins.values_mut().chain(functions).chain(classes) {
            list.sort_unstable();
            list.dedup();
        }
    }

    /// How the value of a node is used, apart from being an argument or an item of the container around it.
    pub(super) fn uses(&self, node: NodeId) -> &[(NodeId, Use)] {
        let from = self.uses.partition_point(|&(at, _)| at < node);
        let to = self.uses[from..].partition_point(|&(at, _)| at == node);
        &self.uses[from..from + to]
    }

    fn add(&mut self, found: Match<'_>) {
        for &(capture, node) in found.captures {
            match capture {
                Capture::NAME => self.names.push(node),
                Capture::STRING => _ = self.strings.insert(node),
                Capture::TEXT => self.text(node, found),
                Capture::MEMBER => self.member(node, found),
                Capture::INDEX => self.index(node, found),
                Capture::CALL => self.call(node, found),
                Capture::SAME => self.same(node, found),
                Capture::EITHER => self.either(node, found),
                Capture::JOIN => self.join(node, found),
                Capture::LIST => _ = self.lists.insert(node),
                Capture::SPREAD => self.spread(node, found),
                Capture::ENTRY => self.entry(node, found),
                Capture::BIND => self.bind(found, false),
                Capture::ASSIGN => self.bind(found, true),
                Capture::RETURN => self.used(found.get(Capture::RETURN_VALUE), Use::Returned),
                Capture::RAISE => self.used(found.get(Capture::RAISE_VALUE), Use::Raised(node)),
                Capture::LOOP => self.looped(node, found),
                Capture::FILTER => self.filters.push(node),
                Capture::SCOPE => _ = self.scopes.insert(node),
                Capture::FUNCTION => self.function(node, found),
                Capture::PARAMETER => self.parameter(node, found),
                Capture::CLASS => self.class(node, found),
                Capture::FIELD => self.field(node, found),
                Capture::IMPORT => self.import(found),
                Capture::EXPORT => self.export(found),
                _ => {}
            }
        }
    }

    fn used(&mut self, node: Option<NodeId>, how: Use) {
        if let Some(node) = node {
            self.uses.push((node, how));
        }
    }

    fn text(&mut self, node: NodeId, found: Match<'_>) {
        let parts = self.texts.entry(node).or_default();
        if let Some(part) = found.get(Capture::TEXT_PART) {
            parts.push(part);
            self.uses.push((part, Use::Join(node)));
        }
    }

    fn member(&mut self, node: NodeId, found: Match<'_>) {
        if let (Some(object), Some(name)) = (
            found.get(Capture::MEMBER_OBJECT),
            found.get(Capture::MEMBER_NAME),
        ) {
            self.members.insert(node, (object, name));
            self.member_list.push(node);
            self.uses.push((object, Use::Member(node)));
        }
    }

    fn index(&mut self, node: NodeId, found: Match<'_>) {
        if let (Some(object), Some(key)) = (
            found.get(Capture::INDEX_OBJECT),
            found.get(Capture::INDEX_KEY),
        ) {
            self.indexes.insert(node, (object, key));
            self.uses.push((object, Use::Index(node)));
            self.uses.push((key, Use::Key(node)));
        }
    }

    fn call(&mut self, node: NodeId, found: Match<'_>) {
        if let (Some(function), Some(arguments)) = (
            found.get(Capture::CALL_FUNCTION),
            found.get(Capture::CALL_ARGUMENTS),
        ) {
            self.calls.insert(
                node,
                Call {
                    function,
                    arguments,
                },
            );
            self.call_list.push(node);
            self.arguments.insert(arguments, node);
            self.uses.push((function, Use::Callee(node)));
        }
    }

    fn same(&mut self, node: NodeId, found: Match<'_>) {
        if let Some(value) = found.get(Capture::SAME_VALUE) {
            self.sames.insert(node, value);
            self.uses.push((value, Use::Same(node)));
        }
    }

    fn either(&mut self, node: NodeId, found: Match<'_>) {
        for &(capture, value) in found.captures {
            if capture == Capture::EITHER_VALUE {
                self.eithers.entry(node).or_default().push(value);
                self.uses.push((value, Use::Either(node)));
            } else if capture == Capture::EITHER_CONDITION {
                self.conditions.insert(node, value);
            }
        }
    }

    fn join(&mut self, node: NodeId, found: Match<'_>) {
        for &(capture, value) in found.captures {
            if capture == Capture::JOIN_VALUE {
                let parts = self.joins.entry(node).or_default();
                parts.push(value);
                self.uses.push((value, Use::Join(node)));
            }
        }
    }

    fn spread(&mut self, node: NodeId, found: Match<'_>) {
        self.spreads.insert(node);
        self.used(found.get(Capture::SPREAD_VALUE), Use::Spread(node));
    }

    fn entry(&mut self, node: NodeId, found: Match<'_>) {
        if let (Some(key), Some(value)) = (
            found.get(Capture::ENTRY_KEY),
            found.get(Capture::ENTRY_VALUE),
        ) {
            self.entries.insert(node, (key, value));
            self.uses.push((value, Use::Entry(node)));
        }
    }

    fn bind(&mut self, found: Match<'_>, assigned: bool) {
        if let Some(target) = found.get(Capture::BIND_TARGET) {
            let value = found.get(Capture::BIND_VALUE);
            self.used(value, Use::Bound(self.binds.len()));
            self.binds.push(Bind {
                target,
                value,
                assigned,
            });
        }
    }

    fn looped(&mut self, node: NodeId, found: Match<'_>) {
        let keys = found.get(Capture::LOOP_KEYS);
        if let (Some(target), Some(over)) = (
            found.get(Capture::LOOP_TARGET),
            keys.or(found.get(Capture::LOOP_OVER)),
        ) {
            self.uses.push((over, Use::Looped(self.loops.len())));
            self.loops.push(Loop {
                node,
                target,
                over,
                keys: keys.is_some(),
            });
        }
    }

    fn function(&mut self, node: NodeId, found: Match<'_>) {
        let function = self.functions.entry(node).or_default();
        function.name = found.get(Capture::FUNCTION_NAME).or(function.name);
        function.parameters = found
            .get(Capture::FUNCTION_PARAMETERS)
            .or(function.parameters);
        let body = found
            .get(Capture::FUNCTION_BODY)
            .or(found.get(Capture::FUNCTION_RESULT));
        function.body = body.or(function.body);
        function.marks.extend(found.get(Capture::FUNCTION_MARK));
        self.scopes.insert(node);
        self.used(body, Use::Result(node));
    }

    fn parameter(&mut self, node: NodeId, found: Match<'_>) {
        if !self.parameters.contains_key(&node) {
            self.parameter_list.push(node);
        }
        let parameter = self.parameters.entry(node).or_default();
        parameter.target = found.get(Capture::PARAMETER_TARGET).or(parameter.target);
        parameter.kind = found.get(Capture::PARAMETER_TYPE).or(parameter.kind);
        let default = found.get(Capture::PARAMETER_DEFAULT);
        parameter.default = default.or(parameter.default);
        self.used(default, Use::Default(node));
    }

    fn class(&mut self, node: NodeId, found: Match<'_>) {
        let class = self.classes.entry(node).or_default();
        class.name = found.get(Capture::CLASS_NAME).or(class.name);
        class.body = found.get(Capture::CLASS_BODY).or(class.body);
        for (capture, list) in [
            (Capture::CLASS_BASE, &mut class.bases),
            (Capture::CLASS_MARK, &mut class.marks),
        ] {
            list.extend(found.get(capture));
        }
        self.scopes.insert(node);
    }

    fn field(&mut self, node: NodeId, found: Match<'_>) {
        if !self.fields.contains_key(&node) {
            self.field_list.push(node);
        }
        let field = self.fields.entry(node).or_default();
        field.name = found.get(Capture::FIELD_NAME).or(field.name);
        field.kind = found.get(Capture::FIELD_TYPE).or(field.kind);
        field.value = found.get(Capture::FIELD_VALUE).or(field.value);
    }

    fn import(&mut self, found: Match<'_>) {
        if let Some(source) = found.get(Capture::IMPORT_SOURCE) {
            self.imports.push(ImportShape {
                source,
                name: found.get(Capture::IMPORT_NAME),
                alias: found.get(Capture::IMPORT_ALIAS),
                module: found.get(Capture::IMPORT_MODULE),
            });
        }
    }

    fn export(&mut self, found: Match<'_>) {
        self.exports.push(ExportShape {
            source: found.get(Capture::EXPORT_SOURCE),
            name: found.get(Capture::EXPORT_NAME),
            alias: found.get(Capture::EXPORT_ALIAS),
            value: found.get(Capture::EXPORT_VALUE),
        });
    }
}
