//! Containers: entries, items and spreads.

use super::{Flow, Kind, State};
use crate::facts::names::Giver;
use crate::facts::pattern::Step;
use crate::model::Channel;
use crate::syntax::NodeId;

impl Flow<'_, '_> {
    pub(super) fn spread(&mut self, state: &State, node: NodeId) {
        let Some(container) = self.values.tree.parent(node) else {
            return;
        };
        if self.values.shapes.lists.contains(&container) {
            if !self.is_replaced(state, container, node) {
                let gives = state.kind.is_mapping() && state.path.is_empty();
                let replaced = gives && self.behind(container, node).next().is_some();
                self.push(State {
                    node: container,
                    replaced: if replaced {
                        Some(container)
                    } else {
                        state.replaced
                    },
                    ..state.clone()
                });
            }
        } else if self.values.shapes.arguments.contains_key(&container) {
            self.put_in_container(state, node, None);
        }
    }

    /// `{ ...config, password: "***" }`: an entry behind the spread takes the secret's place.
    fn is_replaced(&self, state: &State, container: NodeId, spread: NodeId) -> bool {
        let Some(Step::Key(key)) = state.path.last().filter(|_| state.kind == Kind::Secret) else {
            return false;
        };
        self.behind(container, spread).any(|name| name == key)
    }

    /// The names of the entries behind a spread.
    fn behind(&self, container: NodeId, spread: NodeId) -> impl Iterator<Item = &str> {
        let values = self.values;
        let behind = values.tree.named_children(container);
        behind
            .filter(move |&entry| entry > spread)
            .filter_map(|entry| values.shapes.entries.get(&entry))
            .map(|&(name, _)| crate::facts::names::unquote(values.text(name)))
    }

    /// `{ ...process.env, TOKEN: x }`: whether a variable of a copy is what the program gave it.
    pub(in crate::facts) fn is_given(&self, state: &State, name: &str) -> bool {
        let values = self.values;
        state.replaced.is_some_and(|container| {
            let entries = values.tree.named_children(container);
            entries
                .filter_map(|entry| values.shapes.entries.get(&entry))
                .any(|&(key, _)| crate::facts::names::unquote(values.text(key)) == name)
        })
    }

    pub(super) fn entry(&mut self, state: &State, node: NodeId) {
        let (key, value) = self.values.shapes.entries[&node];
        let Some(container) = self.values.tree.parent(node) else {
            return;
        };
        let name = crate::facts::names::unquote(self.values.text(key));
        if self.values.shapes.arguments.contains_key(&container) && key != value {
            return self.put_in_container(state, node, Some(name));
        }
        if name == self.catalog.answer_key && self.is_answer(container) {
            return self.leave(state, node, Channel::ToolResponse);
        }
        for binding in self.values.names.given(Giver::Value(value)) {
            // `Self { env: value }` is what `self.env` is.
            if binding.name.starts_with("self.") && binding.at == key {
                self.take(state, binding, &[]);
            }
        }
        if self.values.shapes.lists.contains(&container) {
            self.schema_beside(state, container, name);
            let state = &self.in_field(state, name);
            let mut path = state.path.clone();
            path.push(Step::Key(name.to_owned()));
            self.push(State {
                node: container,
                path,
                ..state.clone()
            });
        }
    }

    /// `{ type: "text", text: … }`, `{ uri: …, text: … }`: what a tool answers with.
    pub(super) fn is_answer(&self, container: NodeId) -> bool {
        self.values.tree.named_children(container).any(|entry| {
            self.values
                .shapes
                .entries
                .get(&entry)
                .is_some_and(|&(key, value)| {
                    match crate::facts::names::unquote(self.values.text(key)) {
                        "type" => {
                            self.values.text(value).contains("text")
                                || self.values.text(value).contains("resource")
                        }
                        "uri" | "mimeType" => true,
                        _ => false,
                    }
                })
        })
    }

    /// The value is an argument of a call, or an item of a container.
    pub(super) fn put_in_container(&mut self, state: &State, node: NodeId, keyword: Option<&str>) {
        // The whole argument list can be one comprehension.
        let container = if self.values.shapes.arguments.contains_key(&node) {
            Some(node)
        } else {
            self.values.tree.parent(node)
        };
        let Some(container) = container else { return };
        if let Some(&call) = self.values.shapes.arguments.get(&container) {
            let place = if container == node {
                0
            } else {
                self.place(container, node)
            };
            return self.argument(state, call, place, keyword);
        }
        if self.values.shapes.lists.contains(&container) && keyword.is_none() {
            let mut path = state.path.clone();
            path.push(Step::Item(self.place(container, node)));
            self.push(State {
                node: container,
                path,
                ..state.clone()
            });
        }
    }

    pub(super) fn place(&self, container: NodeId, node: NodeId) -> usize {
        self.values
            .tree
            .named_children(container)
            .filter(|&child| !self.values.is_comment(child))
            .position(|child| child == node)
            .unwrap_or(0)
    }
}
