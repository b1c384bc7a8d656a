//! Where the search starts: at the environment, at names that are it, at what has it for a part.

use super::{Flow, Kind, State, Told};
use crate::facts::names::Binding;
use crate::facts::pattern::Step;
use crate::syntax::NodeId;

impl<'t> Flow<'_, 't> {
    /// Starts at a place where the environment appears.
    pub(in crate::facts) fn start(&mut self, node: NodeId, kind: Kind) {
        let story = self.begin(node);
        self.push(State {
            node,
            kind,
            path: Vec::new(),
            calls: Vec::new(),
            secret: 0,
            story,
            replaced: None,
        });
    }

    pub(super) fn begin(&mut self, node: NodeId) -> usize {
        self.told.push(Told {
            before: usize::MAX,
            node,
        });
        self.told.len() - 1
    }

    /// Starts at every use of a name that is the environment.
    pub(in crate::facts) fn start_at_uses(&mut self, binding: &Binding<'t>, kind: Kind) {
        for node in self.values.names.references(binding) {
            self.start(node, kind);
        }
    }

    /// Starts at every use of a name a part of which is the environment.
    pub(in crate::facts) fn start_inside(&mut self, binding: &Binding<'t>, key: &str) {
        for node in self.values.names.references(binding) {
            self.start_with_part(node, key);
        }
    }

    /// Starts at a value a part of which is the environment.
    pub(in crate::facts) fn start_with_part(&mut self, node: NodeId, key: &str) {
        let story = self.begin(node);
        self.push(State {
            node,
            kind: Kind::Whole,
            path: vec![Step::Key(key.to_owned())],
            calls: Vec::new(),
            secret: 0,
            story,
            replaced: None,
        });
    }

    /// Starts at a name that is bound to a part of the environment.
    pub(in crate::facts) fn start_at_part(&mut self, binding: &Binding<'t>, path: &[Step]) {
        let state = State {
            node: binding.at,
            kind: Kind::Whole,
            path: Vec::new(),
            calls: Vec::new(),
            secret: 0,
            story: self.begin(binding.at),
            replaced: None,
        };
        self.take(&state, binding, path);
    }
}
