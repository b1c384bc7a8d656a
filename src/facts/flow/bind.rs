//! Names: what a value is bound to, stored in, or the default of.

use super::{Flow, Kind, RawRead, State};
use crate::facts::names::{Binding, Giver, Origin};
use crate::facts::pattern::Step;
use crate::facts::shapes::Use;
use crate::facts::values::Template;
use crate::model::{Channel, Form};
use crate::syntax::NodeId;

impl<'t> Flow<'_, 't> {
    /// A name is bound to the part of a value that a path names.
    pub(super) fn take(&mut self, state: &State, binding: &Binding<'t>, path: &[Step]) {
        if state.kind == Kind::Secret && self.is_failure(binding.at) {
            if let Some(state) = Self::as_failure(state) {
                let story = self.tell(&state, binding.at);
                for node in self.values.names.references(binding) {
                    self.push(State {
                        node,
                        story,
                        ..state.clone()
                    });
                }
            }
            return;
        }
        let mut kind = state.kind;
        let mut inside = state.path.clone();
        // `(at, (name, value))`: a value has no items, so the first step takes a number off.
        let path = match path {
            [Step::Item(1), rest @ ..]
                if kind == Kind::Entry && matches!(rest, [Step::Item(_), ..]) =>
            {
                rest
            }
            path => path,
        };
        for step in path {
            if let Some(outer) = inside.pop() {
                if outer != *step {
                    return;
                }
                continue;
            }
            kind = match (kind, step) {
                (Kind::Whole, Step::Rest) => Kind::Whole,
                (Kind::Whole | Kind::Picked | Kind::Made, Step::Key(name)) => {
                    if !self.is_given(state, name) {
                        self.reads.push(RawRead {
                            node: binding.at,
                            template: Template::known(name),
                            form: Form::Destructure,
                            root: Some(self.root(state)),
                        });
                    }
                    return;
                }
                (Kind::Whole, Step::Computed(key)) => {
                    return self.read_from(state, binding.at, *key, Form::Destructure);
                }
                (Kind::Entry, Step::Item(0)) => Kind::Key,
                (Kind::Entry, Step::Item(1)) | (Kind::Values, Step::Item(_)) => Kind::Value,
                (Kind::Entries, Step::Item(_)) => Kind::Entry,
                (kind, Step::Rest) => kind,
                _ => return,
            };
        }
        if kind == Kind::Whole && inside.is_empty() {
            self.aliases.push(binding.name.to_owned());
            if self.is_picked_from(binding) {
                kind = Kind::Picked;
            }
        }
        if kind == Kind::Whole
            && matches!(inside.as_slice(), [Step::Key(key)] if key == crate::facts::child::KEY)
        {
            self.holders.push(binding.name.to_owned());
        }
        if kind == Kind::Secret {
            self.hold(state, binding, &inside);
        }
        let story = self.tell(state, binding.at);
        // A field outlives the call that sets it.
        let calls = if self.values.shapes.members.contains_key(&binding.at) {
            Vec::new()
        } else {
            state.calls.clone()
        };
        for node in self.values.names.references(binding) {
            self.push(State {
                node,
                kind,
                path: inside.clone(),
                calls: calls.clone(),
                secret: state.secret,
                story,
                replaced: state.replaced,
            });
        }
    }

    /// Whether variables are taken out of what a name stands for: `env.pop(name)`, `del env[name]`,
    /// `delete env.NAME`.
    pub(super) fn is_picked_from(&self, binding: &Binding<'t>) -> bool {
        let shapes = &self.values.shapes;
        self.values.names.references(binding).iter().any(|&node| {
            shapes.uses(node).iter().any(|&(_, how)| match how {
                Use::Index(index) => !self.written.contains(&index) && self.is_write(index),
                Use::Member(member) => {
                    let name = self.values.text(shapes.members[&member].1);
                    matches!(name, "pop" | "popitem") && self.called(member).is_some()
                        || !self.written.contains(&member) && self.is_write(member)
                }
                _ => false,
            })
        })
    }

    pub(super) fn bound(&mut self, state: &State, at: usize) {
        let bind = self.values.shapes.binds[at];
        for binding in self.values.names.given(Giver::Value(state.node)) {
            if let Origin::Value(_, path) = &binding.origin
                && (binding.at == bind.target || self.values.tree.contains(bind.target, binding.at))
            {
                self.take(state, binding, path);
            }
        }
        let shapes = &self.values.shapes;
        if let Some(&(object, name)) = shapes.members.get(&bind.target) {
            let name = self.values.text(name);
            if let Some(channel) = self.assigned_sink(object, name) {
                return self.leave(state, bind.target, channel);
            }
            let mut path = state.path.clone();
            path.push(Step::Key(name.to_owned()));
            self.store_in_name(
                &State {
                    path,
                    ..state.clone()
                },
                object,
            );
        } else if let Some(&(object, _)) = shapes.indexes.get(&bind.target)
            && !self.is_environment(object)
        {
            self.store_in_name(state, object);
        }
    }

    /// `ctx.body = x`.
    pub(super) fn assigned_sink(&self, object: NodeId, name: &str) -> Option<Channel> {
        let object = self.values.text(object);
        (name == "body"
            && matches!(
                object,
                "ctx" | "context" | "res" | "response" | "ctx.response"
            ))
        .then_some(Channel::HttpResponse)
    }

    /// A value becomes part of what a name stands for.
    pub(super) fn store_in_name(&mut self, state: &State, object: NodeId) {
        let object = self.values.bare(object);
        if !self.values.is_name(object) {
            return;
        }
        let region = self.values.names.resolve(object).next().cloned();
        if let Some(binding) = region {
            let story = self.tell(state, object);
            for node in self.values.names.references(&binding) {
                if node != object {
                    self.push(State {
                        node,
                        story,
                        ..state.clone()
                    });
                }
            }
        }
    }

    pub(super) fn default(&mut self, state: &State, parameter: NodeId) {
        let Some(target) = self
            .values
            .shapes
            .parameters
            .get(&parameter)
            .and_then(|parameter| parameter.target)
        else {
            return;
        };
        self.values.tree.spend(self.values.names.bindings.len());
        for binding in &self.values.names.bindings {
            if let Origin::Parameter(_, _, path) = &binding.origin
                && self.values.tree.contains(target, binding.at)
            {
                self.take(state, binding, path);
            }
        }
    }
}
