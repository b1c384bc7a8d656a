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
                self.go(state, container);
            }
        } else if self.values.shapes.arguments.contains_key(&container) {
            self.put_in_container(state, node, None);
        }
    }

    /// `{ ...config, password: "***" }`: an entry behind the spread takes the secret's place.
    fn is_replaced(&self, state: &State, container: NodeId, spread: NodeId) -> bool {
        let values = self.values;
        let Some(Step::Key(key)) = state.path.last().filter(|_| state.kind == Kind::Secret) else {
            return false;
        };
        let behind = values
            .tree
            .named_children(container)
            .filter(|&entry| entry > spread);
        behind
            .filter_map(|entry| values.shapes.entries.get(&entry))
            .any(|&(name, _)| crate::facts::names::unquote(values.text(name)) == key)
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
