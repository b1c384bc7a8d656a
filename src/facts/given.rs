//! What a call gives and a function takes: arguments and parameters by place and by name.
//!
//! The part of [`super::values`] that matches one with the other.

use super::names::Origin;
use super::values::Values;
use crate::syntax::NodeId;

impl Values<'_> {
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
        self.tree.spend(self.shapes.field_list.len());
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
        let fits = |node| {
            let found = self.tree.kind_name(node);
            found == kind || kind == "list_splat_pattern" && found == "rest_pattern"
        };
        fits(parameter) || inner.is_some_and(fits)
    }
}
