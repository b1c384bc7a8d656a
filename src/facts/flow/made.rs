//! What a function makes of the whole environment where the function itself is not understood: a cleaned copy, most
//! often, that is read from like the environment.

use super::Flow;
use crate::facts::known::imported;
use crate::facts::names::Origin;
use crate::language::Family;
use crate::syntax::NodeId;

/// Words in the name of a function that reads what it is given instead of copying it.
const READS: [&str; 5] = ["parse", "valid", "schema", "load", "init"];

impl Flow<'_, '_> {
    /// Whether a call that is given the environment may return a copy of it.
    pub(super) fn is_remade(&self, call: NodeId, function: NodeId) -> bool {
        let values = self.values;
        let function = values.bare(function);
        if values.family() == Family::Rust || !values.is_name(function) {
            return false;
        }
        let makes_object = |node| {
            let mut bindings = values.names.resolve(node);
            bindings.any(|binding| matches!(binding.origin, Origin::Class(_)))
        };
        if makes_object(function) || values.tree.kind_name(call) == "new_expression" {
            return false;
        }
        let callees = values.callees(function);
        if !callees.is_empty() {
            return callees.iter().all(|&callee| !self.names_variables(callee));
        }
        let Some((module, name)) = imported(values, function) else {
            return false;
        };
        let name = name.to_ascii_lowercase();
        let own = values.family() == Family::Python || module.starts_with(['.', '@', '~', '#']);
        let arguments = values.shapes.calls[&call].arguments;
        // With a second argument it is told what to read.
        own && values.arguments(arguments).count() == 1
            && !READS.iter().any(|word| name.contains(word))
            && values.names.resolve(function).next().is_some()
    }

    /// Whether a function reads variables by their names, or has them checked: what it returns is then its own.
    fn names_variables(&self, function: NodeId) -> bool {
        let values = self.values;
        let inside = |node: NodeId| values.tree.contains(function, node);
        values.tree.spend(values.shapes.member_list.len());
        let members = values
            .shapes
            .member_list
            .iter()
            .copied()
            .filter(|&n| inside(n));
        let mut names = members.map(|node| values.text(values.shapes.members[&node].1));
        let checks = |name: &str| {
            let name = name.to_ascii_lowercase();
            READS[..3].iter().any(|word| name.contains(word))
        };
        names.any(|name| is_variable(name) || checks(name))
            || self.reads.iter().any(|read| inside(read.node))
    }

    /// Ends the search: what is read from such a copy counts where nothing else reads the variable.
    pub(in crate::facts) fn settle(&mut self) {
        for read in std::mem::take(&mut self.made) {
            self.values.tree.spend(self.reads.len());
            let known = |other: &super::RawRead| other.template == read.template;
            if read.template.name().is_some_and(|name| is_variable(&name))
                && !self.reads.iter().any(known)
            {
                self.made.push(read);
            }
        }
        self.reads.append(&mut self.made);
    }
}

/// Whether a name is written as variables are.
fn is_variable(name: &str) -> bool {
    name.len() > 1
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}
