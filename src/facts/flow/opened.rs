//! Secrets that are wrapped: what a schema made of the environment, and types that show no value before they are opened.

use super::secret::keys;
use super::shown::is_closed;
use super::{Flow, Kind, State};
use crate::facts::pattern::Step;
use crate::language::Family;
use crate::syntax::NodeId;

/// The part of a sealed value that is the secret; no key of any program.
const SEALED: &str = "%sealed";

/// Methods that open one.
const OPENING: &[&str] = &[
    "expose_secret",
    "expose_secret_mut",
    "get_secret_value",
    "into_unsecure",
    "reveal",
    "unsecure",
];

/// How many calls and names a schema may be parsed in.
const MAX_PARSES: usize = 1000;

/// Methods that give what was parsed under a key.
const WRAPPING: &[(&str, &[&str])] = &[
    ("safeParse", &["data", "output"]),
    ("safeParseAsync", &["data", "output"]),
    ("spa", &["data"]),
    ("validate", &["value"]),
];

/// Whether a type shows no value: `SecretStr`, `Option<SecretString>`, `Secret<String>`.
pub(super) fn is_sealing(written: &str) -> bool {
    const TYPES: [&str; 8] = [
        "ProtectedString",
        "Redacted",
        "Secret",
        "SecretBox",
        "SecretBytes",
        "SecretStr",
        "SecretString",
        "SecretVec",
    ];
    let mut words = written.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.any(|word| TYPES.contains(&word))
}

impl Flow<'_, '_> {
    /// A variable of a schema is in what a call gives.
    pub(in crate::facts) fn was_parsed(&mut self, read: NodeId, call: NodeId, name: &str) {
        self.values.tree.spend(self.parsed.len());
        let parsed = (read, call, name.to_owned());
        if self.parsed.len() < MAX_PARSES && !self.parsed.contains(&parsed) {
            self.parsed.push(parsed);
        }
    }

    /// Starts in what calls made of the environment by a schema with such an entry.
    pub(super) fn start_parsed(&mut self, read: NodeId) {
        let values = self.values;
        let parsed: Vec<(NodeId, String)> = self
            .parsed
            .iter()
            .filter(|(node, ..)| *node == read)
            .map(|(_, call, name)| (*call, name.clone()))
            .collect();
        for (call, name) in parsed {
            let key = Step::Key(name);
            let function = values.bare(values.shapes.calls[&call].function);
            let method = values.shapes.members.get(&function);
            let method = method.map_or("", |&(_, name)| values.text(name));
            let wrapping = WRAPPING.iter().find(|(name, _)| *name == method);
            for around in wrapping.map_or(&[][..], |(_, keys)| keys) {
                let path = vec![key.clone(), Step::Key((*around).to_owned())];
                self.start_secret_at(read, call, path);
            }
            if wrapping.is_none() || method == "validate" {
                self.start_secret_at(read, call, vec![key]);
            }
        }
    }

    /// The secrets that are at some places: the place, the secret, and the keys under which it is found there, outermost
    /// first.
    pub(in crate::facts) fn secrets_at(
        &self,
        places: &[NodeId],
    ) -> Vec<(NodeId, usize, Vec<String>)> {
        self.values.tree.spend(self.seen.len());
        let mut found: Vec<(NodeId, usize, Vec<String>)> = self
            .seen
            .iter()
            .filter(|(node, kind, ..)| *kind == Kind::Secret && places.contains(node))
            .filter_map(|(node, _, path, _, secret, _)| Some((*node, *secret, keys(path)?)))
            .collect();
        found.sort();
        found.dedup();
        found
    }

    /// Whether the value is inside something that does not show it.
    pub(super) fn is_closed(state: &State) -> bool {
        state.kind == Kind::Secret && is_closed(&state.path)
    }

    /// The value in something that does not show it.
    pub(super) fn closed(state: &State) -> State {
        let mut state = state.clone();
        if !Self::is_closed(&state) {
            state.path.insert(0, sealed());
        }
        state
    }

    /// The value behind a method that opens what it is in.
    pub(super) fn opened(&mut self, state: &State, call: NodeId, method: &str) -> bool {
        if state.path.as_slice() != [sealed()] {
            return false;
        }
        if OPENING.contains(&method) {
            self.push(State {
                node: call,
                path: Vec::new(),
                ..state.clone()
            });
        }
        OPENING.contains(&method)
    }

    /// Whether a function makes something that does not show what it is given.
    pub(super) fn seals(&self, path: &str) -> bool {
        let mut words = path.rsplit('.').map(|word| word.trim_start_matches('%'));
        let last = words.next().unwrap_or_default();
        let of = words.next().unwrap_or_default();
        match self.values.family() {
            Family::Ecma => false,
            Family::Python => is_sealing(last),
            Family::Rust => is_sealing(of) && last.starts_with(|c: char| c.is_ascii_lowercase()),
        }
    }
}

/// The step into a sealed value.
pub(super) fn sealed() -> Step {
    Step::Key(SEALED.to_owned())
}
