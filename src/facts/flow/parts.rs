//! Parts of values: members, indexes, elements, and what loops and callbacks take.

use super::{Flow, Kind, RawRead, State};
use crate::facts::catalog::{Leaves, Makes};
use crate::facts::names::{Giver, Origin};
use crate::facts::pattern::Step;
use crate::facts::shapes::Use;
use crate::facts::values::Template;
use crate::model::Form;
use crate::syntax::NodeId;

impl Flow<'_, '_> {
    /// The call of a member, if it is called.
    pub(in crate::facts) fn called(&self, member: NodeId) -> Option<NodeId> {
        let mut node = member;
        for _ in 0..8 {
            let mut next = None;
            for &(_, how) in self.values.shapes.uses(node) {
                match how {
                    Use::Callee(call) => return Some(call),
                    Use::Same(outer) => next = Some(outer),
                    _ => {}
                }
            }
            node = next?;
        }
        None
    }

    pub(super) fn member(&mut self, state: &State, node: NodeId) {
        let name = self.values.text(self.values.shapes.members[&node].1);
        let called = self.called(node);
        if let Some(call) = called
            && self.opened(state, call, name)
        {
            return;
        }
        if state.kind == Kind::Secret && self.asked_by(state, node, name, called) {
            return;
        }
        if let Some(step) = state.path.last() {
            if *step == Step::Key(name.to_owned()) && !self.written.contains(&node) {
                let path = state.path[..state.path.len() - 1].to_vec();
                self.push(State {
                    node,
                    path,
                    ..state.clone()
                });
            } else if let Some(call) = called
                && self.catalog.method(name) == Some(Makes::Copy)
                && !(name == "toString" && self.is_in_object(state))
            {
                self.go(state, call);
            }
            return;
        }
        let Some(call) = called else {
            return self.property(state, node, name);
        };
        if state.kind == Kind::Secret {
            return self.secret_member(state, call, name);
        }
        let arguments = self.values.shapes.calls[&call].arguments;
        let first = self.values.arguments(arguments).next();
        if state.kind.is_mapping() && self.catalog.environment_methods.contains(&name) {
            if let Some(key) = self.values.name_argument(arguments, 0) {
                self.read_from(state, call, key, Form::Getenv);
            }
        } else if let Some(makes) = self.catalog.method(name) {
            self.make(state, call, makes);
        } else if self.catalog.each.contains(&name) || self.catalog.mapped.contains(&name) {
            if let Some((callback, _)) = first {
                self.each(state, call, callback, 0);
            }
        } else if name == "filter" && self.values.family() == crate::language::Family::Ecma {
            if first.is_some_and(|(callback, _)| crate::facts::outside::keeps_all(self, callback)) {
                self.go(state, call);
            }
        } else if name == "then" {
            for function in first.map_or(Vec::new(), |(callback, _)| self.values.callees(callback))
            {
                self.enter(state, call, function, 0);
            }
        } else if name == "fold" || name == "reduce" {
            // The first parameter is what was gathered so far; in Rust the callback comes after its start.
            let at = usize::from(self.values.family() == crate::language::Family::Rust);
            if let Some((callback, _)) = self.values.arguments(arguments).nth(at) {
                self.each(state, call, callback, 1);
            }
        } else if let Some((channel, Leaves::Receiver)) = self
            .values
            .path(self.values.shapes.calls[&call].function)
            .and_then(|path| self.catalog.sink(&path))
        {
            self.leave(state, call, channel);
        }
    }

    pub(super) fn property(&mut self, state: &State, node: NodeId, name: &str) {
        match state.kind {
            kind if kind.is_mapping()
                && self.values.family() == crate::language::Family::Ecma
                && !self.is_write(node)
                && !self.is_given(state, name) =>
            {
                let direct = self.told[state.story].before == usize::MAX
                    && self.told[state.story].node == state.node;
                let form = if direct { Form::Member } else { Form::Alias };
                self.reads.push(RawRead {
                    node,
                    template: Template::known(name),
                    form,
                    root: Some(self.root(state)),
                });
            }
            // The parts of an address that may hold it.
            Kind::Secret if matches!(name, "href" | "search" | "searchParams") => {
                self.go(state, node);
            }
            Kind::Entry if name == "0" => self.turn(state, node, Kind::Key),
            Kind::Entry if name == "1" => self.turn(state, node, Kind::Value),
            _ => {}
        }
    }

    pub(in crate::facts) fn is_environment(&self, node: NodeId) -> bool {
        let node = self.values.bare(node);
        self.environments.contains(&node)
            || self
                .values
                .path(node)
                .is_some_and(|path| self.catalog.environments.contains(&path.as_str()))
    }

    /// Whether a part is assigned to or deleted.
    pub(super) fn is_write(&self, node: NodeId) -> bool {
        self.written.contains(&node)
            || self.values.tree.ancestors(node).take(2).any(|parent| {
                let kind = self.values.tree.kind_name(parent);
                kind == "delete_statement"
                    || kind == "unary_expression" && self.values.text(parent).starts_with("delete")
            })
    }

    pub(super) fn index(&mut self, state: &State, node: NodeId) {
        let key = self.values.shapes.indexes[&node].1;
        if let Some(step) = state.path.last() {
            if self
                .values
                .string(key)
                .is_some_and(|key| *step == Step::Key(key))
            {
                let path = state.path[..state.path.len() - 1].to_vec();
                self.push(State {
                    node,
                    path,
                    ..state.clone()
                });
            }
            return;
        }
        match state.kind {
            kind if kind.is_mapping() && !self.is_write(node) && !self.bound.contains(&node) => {
                self.read_from(state, node, key, Form::Index);
            }
            Kind::Entry => match self.values.text(key) {
                "0" => self.turn(state, node, Kind::Key),
                "1" => self.turn(state, node, Kind::Value),
                _ => {}
            },
            // `names[i]`, but not `names[0]`.
            Kind::Keys | Kind::Values | Kind::Entries
                if self.values.text(key).parse::<usize>().is_err() =>
            {
                if let Some(kind) = self.element(state.kind, false) {
                    self.turn(state, node, kind);
                }
            }
            _ => {}
        }
    }

    /// Notes a read whose name is the value of an expression.
    pub(in crate::facts) fn read(&mut self, node: NodeId, key: NodeId, form: Form) {
        if let Some(template) = self.values.template(key) {
            self.reads.push(RawRead {
                node,
                template,
                form,
                root: Some(node),
            });
        }
    }

    /// The same for a read from what the flow came to.
    pub(super) fn read_from(&mut self, state: &State, node: NodeId, key: NodeId, form: Form) {
        let Some(template) = self.values.template(key) else {
            return;
        };
        if template
            .name()
            .is_some_and(|name| self.is_given(state, &name))
        {
            return;
        }
        self.reads.push(RawRead {
            node,
            template,
            form,
            root: Some(self.root(state)),
        });
    }

    /// Where a value started.
    pub(in crate::facts) fn root(&self, state: &State) -> NodeId {
        self.story(state).0
    }

    pub(super) fn make(&mut self, state: &State, call: NodeId, makes: Makes) {
        let kind = match (makes, state.kind) {
            (Makes::Items, Kind::Whole | Kind::Picked) if state.path.is_empty() => Kind::Keys,
            (Makes::Text, Kind::Whole) if state.path.is_empty() => Kind::Text,
            (Makes::Copy | Makes::Items | Makes::Text, kind) => kind,
            (Makes::Entries, Kind::Whole | Kind::Entries) => Kind::Entries,
            (Makes::Values, Kind::Whole | Kind::Entries | Kind::Values) => Kind::Values,
            (Makes::Keys, Kind::Whole | Kind::Entries) => Kind::Keys,
            _ => return,
        };
        self.turn(state, call, kind);
    }

    /// An element of what a state is, if it has elements.
    pub(super) fn element(&self, kind: Kind, keys: bool) -> Option<Kind> {
        Some(match kind {
            Kind::Whole if keys || self.values.family() == crate::language::Family::Python => {
                Kind::Key
            }
            Kind::Entries | Kind::Whole => Kind::Entry,
            Kind::Values => Kind::Value,
            Kind::Keys => Kind::Key,
            _ => return None,
        })
    }

    /// A function is called for each element.
    pub(super) fn each(&mut self, state: &State, call: NodeId, callback: NodeId, place: usize) {
        let Some(kind) = self.element(state.kind, false) else {
            return;
        };
        for function in self.values.callees(callback) {
            if self.is_filtered(function) {
                continue;
            }
            let inner = State {
                kind,
                ..state.clone()
            };
            self.enter(&inner, call, function, place);
        }
    }

    pub(super) fn looped(&mut self, state: &State, at: usize) {
        let looped = self.values.shapes.loops[at];
        let around = match self.values.tree.kind_name(looped.node) {
            "for_in_clause" => self.values.tree.parent(looped.node).unwrap_or(looped.node),
            _ => looped.node,
        };
        if !state.path.is_empty() || self.is_filtered(around) {
            return;
        }
        let Some(kind) = self.element(state.kind, looped.keys) else {
            return;
        };
        let story = self.tell(state, looped.target);
        let state = State {
            kind,
            path: if self.values.is_numbered(looped.over) {
                vec![Step::Item(1)]
            } else {
                Vec::new()
            },
            story,
            ..state.clone()
        };
        for binding in self.values.names.given(Giver::Loop(at)) {
            if let Origin::Looped(_, path) = &binding.origin {
                self.take(&state, binding, path);
            }
        }
    }

    /// Whether what a loop or callback does depends on a condition: it then picks, and is no dump.
    pub(super) fn is_filtered(&self, around: NodeId) -> bool {
        // In the order of the tree, so that those inside stand together.
        let filters = &self.values.shapes.filters;
        let from = filters.partition_point(|&filter| filter < around);
        filters[from..]
            .iter()
            .take_while(|&&filter| self.values.tree.contains(around, filter))
            .any(|&filter| !crate::facts::outside::is_presence(self, filter))
    }
}
