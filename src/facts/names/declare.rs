//! Which names a file declares, and where.

use super::{Binding, Giver, Names, Origin, module, unquote};
use crate::facts::pattern::{Step, pattern};
use crate::facts::rust_use;
use crate::facts::shapes::Shapes;
use crate::language::Family;
use crate::syntax::NodeId;
use rustc_hash::FxHashMap;

/// Modules all of whose names one file takes; every unknown name is asked of each.
const MAX_WILDCARDS: usize = 64;

impl<'t> Names<'t> {
    pub(super) fn declare(&mut self, at: NodeId, region: NodeId, origin: Origin) {
        let name = self.word(at);
        self.declare_as(name, at, region, origin);
    }

    pub(super) fn declare_as(&mut self, name: &'t str, at: NodeId, region: NodeId, origin: Origin) {
        self.declare_in(name, at, region, origin, None);
    }

    pub(super) fn declare_in(
        &mut self,
        name: &'t str,
        at: NodeId,
        region: NodeId,
        origin: Origin,
        extent: Option<NodeId>,
    ) {
        if name.is_empty() {
            return;
        }
        if extent.is_some() {
            self.extended.insert((region, name));
        }
        self.by_region
            .entry((region, name))
            .or_default()
            .push(self.bindings.len());
        self.by_name
            .entry(name)
            .or_default()
            .push(self.bindings.len());
        if let Some(giver) = Giver::of(&origin) {
            self.by_giver
                .entry(giver)
                .or_default()
                .push(self.bindings.len());
        }
        self.bindings.push(Binding {
            name,
            region,
            at,
            origin,
            extent,
        });
    }

    /// Notes a module all of whose names are taken.
    fn take_all(&mut self, module: String) {
        if self.wildcards.len() < MAX_WILDCARDS && !self.wildcards.contains(&module) {
            self.wildcards.push(module);
        }
    }

    pub(super) fn declare_imports(&mut self, shapes: &Shapes) {
        for import in &shapes.imports {
            let region = self.region(import.source);
            if self.tree.language().family() == Family::Rust {
                for taken in rust_use::flatten(self.tree, self.text, import.source) {
                    let origin = Origin::Import(taken.path, taken.name);
                    match taken.at {
                        Some(at) => self.declare(at, region, origin),
                        None => {
                            if let Origin::Import(path, _) = origin {
                                self.take_all(path);
                            }
                        }
                    }
                }
                continue;
            }
            let source = module(self.word(import.source));
            match (import.module, import.name) {
                (Some(at), _) if at == import.source => {
                    // `import a.b` binds `a`.
                    let first = self.word(at).split('.').next().unwrap_or_default();
                    self.declare_as(first, at, region, Origin::Import(first.to_owned(), None));
                }
                (Some(at), _) => self.declare(at, region, Origin::Import(source, None)),
                (None, Some(name)) => {
                    let taken = unquote(self.word(name)).to_owned();
                    self.declare(
                        import.alias.unwrap_or(name),
                        region,
                        Origin::Import(source, Some(taken)),
                    );
                }
                (None, None) => self.take_all(source),
            }
        }
    }

    pub(super) fn declare_functions(&mut self, shapes: &Shapes) {
        let mut functions: Vec<_> = shapes.functions.iter().collect();
        functions.sort_by_key(|&(&node, _)| node);
        for (&node, function) in functions {
            if let Some(name) = function.name {
                // A method is found by its object only, never as a name of its own.
                let region = match self.tree.kind_name(node) {
                    "method_definition" => name,
                    _ => self.region(node),
                };
                self.declare(name, region, Origin::Function(node));
            }
        }
        let mut classes: Vec<_> = shapes.classes.iter().collect();
        classes.sort_by_key(|&(&node, _)| node);
        for (&node, class) in classes {
            if let Some(name) = class.name {
                self.declare(name, self.region(node), Origin::Class(node));
            }
        }
        let mut places: FxHashMap<NodeId, usize> = FxHashMap::default();
        for &node in &shapes.parameter_list {
            let Some(function) = self
                .regions(node)
                .find(|region| shapes.functions.contains_key(region))
            else {
                continue;
            };
            self.parameters.entry(function).or_default().push(node);
            let place = places.entry(function).or_default();
            let Some(target) = shapes.parameters[&node].target else {
                continue;
            };
            for (at, mut path) in pattern(self.tree, self.text, target) {
                // A parameter that takes all arguments is one of them.
                if path.first() == Some(&Step::Rest) {
                    path.remove(0);
                }
                self.declare(at, function, Origin::Parameter(function, *place, path));
                if self.is_property(node)
                    && let Some(own) = self.own_name(shapes, at)
                {
                    let class = self.class_around(shapes, at);
                    let origin = Origin::Parameter(function, *place, Vec::new());
                    self.declare_as(own, at, class, origin);
                }
            }
            *place += 1;
        }
    }

    pub(super) fn declare_binds(&mut self, shapes: &Shapes) {
        let declared = shapes.binds.iter().filter(|bind| !bind.assigned);
        for bind in declared.chain(shapes.binds.iter().filter(|bind| bind.assigned)) {
            if self.tree.kind_name(bind.target) == "property_identifier"
                || self.tree.kind_name(bind.target) == "private_property_identifier"
            {
                self.declare_field(shapes, bind.target, bind.value);
                continue;
            }
            let required = bind.value.and_then(|value| self.required(shapes, value));
            // A default stands at the part itself.
            let is_default =
                self.tree.kind_name(bind.target) == "shorthand_property_identifier_pattern";
            for (at, mut path) in pattern(self.tree, self.text, bind.target) {
                if is_default {
                    path.clear();
                }
                let origin = match (&required, path.as_slice(), bind.value) {
                    (Some(source), [], _) => Origin::Import(source.clone(), None),
                    (Some(source), [Step::Key(name)], _) => {
                        Origin::Import(source.clone(), Some(name.clone()))
                    }
                    (_, _, Some(value)) => Origin::Value(value, path),
                    (_, _, None) => Origin::Declared,
                };
                let found = if bind.assigned {
                    self.resolve(at).next().map(|binding| binding.region)
                } else {
                    None
                };
                let region = found.unwrap_or_else(|| self.region(at));
                let extent = self.statement_around(bind.target);
                self.declare_in(self.word(at), at, region, origin, extent);
            }
            if let Some(value) = bind.value
                && let Some(name) = self.own_field(shapes, bind.target)
            {
                let class = self.class_around(shapes, bind.target);
                self.declare_as(name, bind.target, class, Origin::Value(value, Vec::new()));
            }
        }
        let mut entries: Vec<_> = shapes.entries.values().copied().collect();
        entries.sort_unstable();
        for (key, value) in entries {
            if shapes.functions.contains_key(&value) {
                self.declare(key, key, Origin::Function(value));
            }
        }
        for (at, looped) in shapes.loops.iter().enumerate() {
            for (node, path) in pattern(self.tree, self.text, looped.target) {
                let extent = (self.tree.kind_name(looped.node) == "for_statement"
                    && self.tree.language().family() == Family::Python)
                    .then_some(looped.node);
                let origin = Origin::Looped(at, path);
                self.declare_in(self.word(node), node, self.region(node), origin, extent);
            }
        }
    }

    /// `Self { env: x }` and `Server { env }`: what `self.env` is in the file, whatever the type.
    pub(super) fn declare_fields(&mut self, shapes: &Shapes) {
        let used: FxHashMap<&'t str, &'t str> = shapes
            .member_list
            .iter()
            .filter_map(|&member| {
                Some((
                    self.word(shapes.members[&member].1),
                    self.own_field(shapes, member)?,
                ))
            })
            .collect();
        let mut entries: Vec<_> = shapes.entries.values().copied().collect();
        entries.sort_unstable();
        for (key, value) in entries {
            if let Some(name) = used.get(self.word(key)) {
                self.declare_as(
                    name,
                    key,
                    self.tree.root(),
                    Origin::Value(value, Vec::new()),
                );
            }
        }
    }
}
