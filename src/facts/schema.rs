//! Schemas that the environment is parsed with: zod, valibot, envalid, t3-env and whatever has the same shape.
//!
//! Nothing here knows the libraries. The environment is given to something together with an object whose keys are
//! written like variables: those are the variables that are read.

use super::flow::{Flow, RawRead, State};
use super::names::{Origin, unquote};
use super::values::Template;
use crate::language::Family;
use crate::model::Form;
use crate::syntax::NodeId;

/// How many names and calls are followed from a parse to the object of its keys.
const MAX_HOPS: usize = 8;

/// Calls that are given settings, each of which may say the variable that it is read from.
const SPECIFICATIONS: &[&str] = &["convict", "citty.defineCommand", "gunshi.define"];

/// `convict({ key: { env: "TOKEN" } })`.
pub(super) fn specifications(flow: &mut Flow<'_, '_>) {
    let values = flow.values;
    for &call in &values.shapes.call_list {
        let shape = values.shapes.calls[&call];
        let known = values
            .path(shape.function)
            .is_some_and(|path| SPECIFICATIONS.contains(&path.as_str()));
        if !known {
            continue;
        }
        for node in values.tree.descendants(shape.arguments) {
            if let Some(&(key, value)) = values.shapes.entries.get(&node)
                && unquote(values.text(key)) == "env"
            {
                flow.read(value, value, Form::Schema);
            }
        }
    }
}

impl Flow<'_, '_> {
    /// The environment is an argument of a call that is not understood: `schema.parse(process.env)`,
    /// `cleanEnv(process.env, { KEY: str() })`.
    pub(super) fn schema(&mut self, state: &State, call: NodeId, function: NodeId) {
        if self.values.family() != Family::Ecma {
            return;
        }
        let mut found = Vec::new();
        self.keys_of(function, MAX_HOPS, &mut found);
        let arguments = self.values.shapes.calls[&call].arguments;
        for argument in self
            .values
            .tree
            .named_children(arguments)
            .collect::<Vec<_>>()
        {
            self.keys_of(argument, MAX_HOPS, &mut found);
        }
        self.note(state, found, Some(call));
    }

    /// The environment is an entry of an object beside schemas: `createEnv({ server: { … }, runtimeEnv: process.env })`.
    pub(super) fn schema_beside(&mut self, state: &State, container: NodeId, key: &str) {
        if !state.is_environment()
            || !matches!(
                key,
                "runtimeEnv" | "runtimeEnvStrict" | "env" | "processEnv" | "environment"
            )
        {
            return;
        }
        let mut found = Vec::new();
        for entry in self
            .values
            .tree
            .named_children(container)
            .collect::<Vec<_>>()
        {
            if let Some(&(name, value)) = self.values.shapes.entries.get(&entry)
                && matches!(
                    unquote(self.values.text(name)),
                    "server" | "client" | "shared" | "schema" | "vars"
                )
            {
                self.keys_of(value, MAX_HOPS, &mut found);
            }
        }
        let list = self.values.tree.parent(container);
        let call = list.and_then(|list| self.values.shapes.arguments.get(&list));
        self.note(state, found, call.copied());
    }

    /// Notes the reads, and the call that gives what was read.
    fn note(&mut self, state: &State, found: Vec<(NodeId, String)>, call: Option<NodeId>) {
        for (node, name) in found {
            if self.is_given(state, &name) {
                continue;
            }
            self.values.tree.spend(self.reads.len());
            if let Some(call) = call {
                self.was_parsed(node, call, &name);
            }
            if !self.reads.iter().any(|read| read.node == node) {
                self.reads.push(RawRead {
                    node,
                    template: Template::known(name),
                    form: Form::Schema,
                    root: Some(self.root(state)),
                });
            }
        }
    }

    /// The entries that look like variables in the object an expression is made from.
    fn keys_of(&self, node: NodeId, hops: usize, found: &mut Vec<(NodeId, String)>) {
        let Some(hops) = hops.checked_sub(1) else {
            return;
        };
        let node = self.values.bare(node);
        let shapes = &self.values.shapes;
        if shapes.lists.contains(&node) {
            for entry in self.values.tree.named_children(node) {
                let Some(&(key, value)) = shapes.entries.get(&entry) else {
                    continue;
                };
                let name = unquote(self.values.text(key));
                // A schema is made by calls; a plain value would be a default.
                let made = shapes.calls.contains_key(&self.values.bare(value))
                    || shapes.members.contains_key(&self.values.bare(value));
                if made && is_variable(name) {
                    found.push((key, name.to_owned()));
                }
            }
        } else if let Some(&(object, _)) = shapes.members.get(&node) {
            self.keys_of(object, hops, found);
        } else if let Some(call) = shapes.calls.get(&node) {
            self.keys_of(call.function, hops, found);
            for argument in self.values.tree.named_children(call.arguments) {
                self.keys_of(argument, hops, found);
            }
        } else if self.values.is_name(node) {
            for binding in self.values.names.resolve(node) {
                if let Origin::Value(value, path) = &binding.origin
                    && path.is_empty()
                    && *value != node
                {
                    self.keys_of(*value, hops, found);
                }
            }
        }
    }
}

/// Upper case with digits and underscores, at least two characters.
fn is_variable(name: &str) -> bool {
    name.len() > 1
        && name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && name.bytes().any(|b| b.is_ascii_uppercase())
}
