//! What of an object is in the text that is made of it, as JavaScript makes texts.

use super::errors::is_unsaid;
use super::{Flow, Kind, State};
use crate::facts::pattern::Step;
use crate::language::Family;
use crate::model::Channel;
use crate::syntax::NodeId;

/// Functions that make a text of all of an object.
const TEXTS: &[&str] = &[
    "JSON.stringify",
    "URLSearchParams",
    "fast-safe-stringify",
    "inspect",
    "js-yaml.dump",
    "qs.stringify",
    "querystring.stringify",
    "safe-stable-stringify",
    "superjson.stringify",
    "util.format",
    "util.inspect",
    "yaml.dump",
    "yaml.stringify",
];

/// Keys by which the client of a reporting service is told its own address or key.
const OWN: &[&str] = &[
    "accessToken",
    "apiKey",
    "api_key",
    "authToken",
    "dsn",
    "token",
];

/// How many objects deep the console shows one.
const SHOWN: usize = 3;

impl Flow<'_, '_> {
    /// Whether the value is somewhere in an object of JavaScript.
    pub(super) fn is_in_object(&self, state: &State) -> bool {
        state.kind == Kind::Secret
            && self.values.family() == Family::Ecma
            && matches!(state.path.last(), Some(Step::Key(_)))
    }

    /// A function makes a text of an object that holds the value; tells whether it is one.
    pub(super) fn as_text(&mut self, state: &State, call: NodeId, path: &str) -> bool {
        if !self.is_in_object(state) || is_unsaid(&state.path) {
            return false;
        }
        // `[object Object]`, or the message of an error.
        if path == "String" {
            return true;
        }
        if !TEXTS.contains(&path) || self.is_read_back(call) {
            return false;
        }
        self.push(State {
            node: call,
            path: Vec::new(),
            ..state.clone()
        });
        true
    }

    /// `JSON.parse(JSON.stringify(x))`.
    fn is_read_back(&self, call: NodeId) -> bool {
        let values = self.values;
        let list = values.tree.parent(call);
        let outer = list.and_then(|list| values.shapes.arguments.get(&list));
        outer.is_some_and(|outer| values.text(values.shapes.calls[outer].function) == "JSON.parse")
    }

    /// Whether what leaves does not show the value that it holds.
    pub(super) fn is_hidden(&self, state: &State, channel: Channel) -> bool {
        let is_text = channel == Channel::ErrorMessage;
        let is_deep = channel == Channel::Print && state.path.len() > SHOWN;
        let is_own = channel == Channel::ErrorReport
            && matches!(state.path.as_slice(), [Step::Key(key)] if OWN.contains(&key.as_str()));
        is_own || is_unsaid(&state.path) || self.is_in_object(state) && (is_text || is_deep)
    }
}
