//! The functions of this file that a call can mean.

use super::{MAX_HOPS, Values};
use crate::facts::names::Origin;
use crate::facts::rust_paths;
use crate::language::Family;
use crate::syntax::NodeId;

/// Functions that one call can mean; a name that stands for more says nothing.
const MAX_CALLEES: usize = 32;

impl<'t> Values<'t> {
    /// The functions of this file that a call can mean.
    pub(in crate::facts) fn callees(&self, function: NodeId) -> Vec<NodeId> {
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
                .take(MAX_CALLEES)
                .collect();
        }
        let Some(&(object, name)) = self.shapes.members.get(&function) else {
            return Vec::new();
        };
        if !self.is_own(object, MAX_HOPS) {
            return rust_paths::functions(self, function);
        }
        let mut found = self.functions_named(self.text(name));
        if self.text(object).starts_with("super") {
            // Another class's function of the name.
            let class = self.class_around(function);
            found.retain(|&function| self.class_around(function) != class);
        }
        found
    }

    /// The function that makes the objects of a class.
    pub(in crate::facts) fn constructor(&self, class: NodeId) -> Option<NodeId> {
        let named = |name| {
            let mut functions = self.functions_named(name).into_iter();
            functions.find(|&function| self.class_around(function) == Some(class))
        };
        named("__init__").or_else(|| named("constructor"))
    }

    pub(in crate::facts) fn class_around(&self, node: NodeId) -> Option<NodeId> {
        let mut regions = self.names.regions(node);
        regions.find(|region| self.shapes.classes.contains_key(region))
    }

    /// Whether an expression is an object of a class of this file, or such a class.
    pub(in crate::facts) fn is_own(&self, object: NodeId, hops: usize) -> bool {
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
        self.tree.spend(self.shapes.classes.len());
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
    pub(in crate::facts) fn as_function(&self, origin: &Origin) -> Option<NodeId> {
        self.as_function_within(origin, MAX_HOPS)
    }

    pub(super) fn as_function_within(&self, origin: &Origin, hops: usize) -> Option<NodeId> {
        let hops = hops.checked_sub(1)?;
        self.tree.spend(4);
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
    pub(in crate::facts) fn functions_named(&self, name: &str) -> Vec<NodeId> {
        self.names
            .named(name)
            .filter_map(|binding| self.as_function(&binding.origin))
            .take(MAX_CALLEES)
            .collect()
    }

    /// The name under which a function is known.
    pub(in crate::facts) fn function_name(&self, function: NodeId) -> Option<&'t str> {
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
    pub(in crate::facts) fn function_around(&self, node: NodeId) -> Option<NodeId> {
        self.names
            .regions(node)
            .find(|region| self.shapes.functions.contains_key(region))
    }
}
