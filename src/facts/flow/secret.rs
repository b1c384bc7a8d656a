//! One secret's value: where it starts for each shape of a read, what keeps it, and what of it counts as exposed.
//!
//! The same steps as for the whole environment, with less that keeps a value: a part of it, its length, or whether it is
//! there, is no secret.

use super::opened::{is_sealing, sealed};
use super::{Flow, Kind, State};
use crate::facts::evidence;
use crate::facts::known::Foreign;
use crate::facts::names::Binding;
use crate::facts::pattern::Step;
use crate::facts::shapes::Use;
use crate::language::Family;
use crate::model::{Channel, Form};
use crate::syntax::NodeId;

/// Methods that give a text with the value, beside those that give the value itself.
const KEEPING: &[&str] = &[
    "as_bytes",
    "concat",
    "context",
    "decode",
    "encode",
    "into_bytes",
    "ok_or",
    "ok_or_else",
    "with_context",
];

/// Methods that give the value to a function, and what that returns.
const VISITING: &[&str] = &["and_then", "inspect", "map", "then"];

/// Constructors of a settings struct that read the environment.
const LOADERS: &[&str] = &[
    "extract",
    "from_env",
    "from_env_or_exit",
    "init_from_env",
    "load",
    "parse",
    "try_parse",
];

/// A secret on its way out.
#[derive(Clone, Debug)]
pub(in crate::facts) struct RawExposure {
    /// The read.
    pub(in crate::facts) source: NodeId,
    /// Which secret it is.
    pub(in crate::facts) secret: usize,
    /// The value where it leaves.
    pub(in crate::facts) value: NodeId,
    /// What it leaves through.
    pub(in crate::facts) sink: NodeId,
    pub(in crate::facts) channel: Channel,
    pub(in crate::facts) steps: Vec<NodeId>,
}

/// A secret that is given to a function of another module.
#[derive(Clone, Debug)]
pub(in crate::facts) struct RawGift {
    /// Which secret it is.
    pub(in crate::facts) secret: usize,
    /// The function.
    pub(in crate::facts) to: Foreign,
    pub(in crate::facts) place: usize,
    /// The keys under which it is found in what is given, outermost first.
    pub(in crate::facts) path: Vec<String>,
    pub(in crate::facts) keyword: Option<String>,
}

/// A secret that a name of the whole file holds.
#[derive(Clone, Debug)]
pub(in crate::facts) struct RawHeld {
    /// Which secret it is.
    pub(in crate::facts) secret: usize,
    pub(in crate::facts) name: String,
    /// The keys under which it is found in what the name stands for, outermost first.
    pub(in crate::facts) path: Vec<String>,
    /// In what the name gives when it is called.
    pub(in crate::facts) called: bool,
}

/// The keys of a path, outermost first; [`None`] where there are other steps.
pub(super) fn keys(path: &[Step]) -> Option<Vec<String>> {
    let keys = path.iter().rev().map(|step| match step {
        Step::Key(key) => Some(key.clone()),
        _ => None,
    });
    keys.collect()
}

impl<'t> Flow<'_, 't> {
    /// A secret goes into a function of another module.
    pub(super) fn give(&mut self, state: &State, to: Foreign, place: usize, keyword: Option<&str>) {
        if let Some(path) = keys(&state.path) {
            self.gifts.push(RawGift {
                path,
                secret: state.secret,
                to,
                place,
                keyword: keyword.map(str::to_owned),
            });
        }
    }

    /// A name of the whole file is bound to a secret, or to something that holds one.
    pub(super) fn hold(&mut self, state: &State, binding: &Binding<'t>, inside: &[Step]) {
        if binding.region == self.values.tree.root()
            && let Some(path) = keys(inside)
        {
            self.held.push(RawHeld {
                secret: state.secret,
                name: binding.name.to_owned(),
                path,
                called: false,
            });
        }
    }

    /// A function of the whole file gives a secret, or something that holds one.
    pub(super) fn hold_result(&mut self, state: &State, function: NodeId) {
        let values = self.values;
        let Some(name) = values.function_name(function) else {
            return;
        };
        let mut bindings = values.names.named(name);
        let is_top = bindings.any(|binding| {
            binding.region == values.tree.root()
                && values.as_function(&binding.origin) == Some(function)
        });
        if is_top && let Some(path) = keys(&state.path) {
            self.held.push(RawHeld {
                secret: state.secret,
                name: name.to_owned(),
                path,
                called: true,
            });
        }
    }

    /// Starts where the value of a read appears.
    pub(in crate::facts) fn start_secret(&mut self, node: NodeId, form: Form) {
        match form {
            Form::Destructure => {
                for binding in self.bound_at(node) {
                    self.start_secret_at_uses(node, &binding);
                }
            }
            Form::Helper => {
                let list = self.values.tree.parent(node);
                let call = list.and_then(|list| self.values.shapes.arguments.get(&list));
                if let Some(&call) = call {
                    self.start_secret_at(node, call, Vec::new());
                }
            }
            Form::Settings | Form::CliOption => self.start_at_declared(node),
            Form::Schema => self.start_parsed(node),
            _ => self.start_secret_at(node, node, Vec::new()),
        }
    }

    fn bound_at(&self, node: NodeId) -> Vec<Binding<'t>> {
        let bindings = self.values.names.bindings.iter();
        self.values.tree.spend(self.values.names.bindings.len());
        bindings
            .filter(|binding| binding.at == node)
            .cloned()
            .collect()
    }

    pub(super) fn start_secret_at(&mut self, source: NodeId, node: NodeId, path: Vec<Step>) {
        self.start_numbered(source.index() + 1, source, node, path);
    }

    fn start_numbered(&mut self, secret: usize, source: NodeId, node: NodeId, path: Vec<Step>) {
        let story = self.begin(source);
        self.push(State {
            node,
            kind: Kind::Secret,
            path,
            calls: Vec::new(),
            secret,
            story,
            replaced: None,
        });
    }

    /// Starts at every use of a name.
    fn start_secret_at_uses(&mut self, source: NodeId, binding: &Binding<'t>) {
        for node in self.values.names.references(binding) {
            self.start_secret_at(source, node, Vec::new());
        }
    }

    /// Starts where a secret of another file comes in.
    pub(in crate::facts) fn start_foreign(
        &mut self,
        name: &str,
        source: NodeId,
        node: NodeId,
        path: Vec<Step>,
    ) {
        self.values.tree.spend(self.foreign.len());
        let known = self.foreign.iter().position(|other| other == name);
        let at = known.unwrap_or_else(|| {
            self.foreign.push(name.to_owned());
            self.foreign.len() - 1
        });
        let secret = self.values.tree.subtree(self.values.tree.root()).len() + 1 + at;
        self.start_numbered(secret, source, node, path);
    }

    /// The name of a secret that comes from another file.
    pub(in crate::facts) fn foreign_name(&self, secret: usize) -> Option<&str> {
        let places = self.values.tree.subtree(self.values.tree.root()).len();
        let at = secret.checked_sub(places + 1)?;
        self.foreign.get(at).map(String::as_str)
    }

    /// A field of a settings class or struct, or a parameter: where objects of it are made.
    fn start_at_declared(&mut self, node: NodeId) {
        let values = self.values;
        for around in std::iter::once(node).chain(values.tree.ancestors(node).take(8)) {
            if let Some(parameter) = values.shapes.parameters.get(&around) {
                let Some(target) = parameter.target else {
                    return;
                };
                for binding in self.bound_at(target) {
                    self.start_secret_at_uses(node, &binding);
                }
                return;
            }
            if let Some(field) = values.shapes.fields.get(&around) {
                let Some(name) = field.name else { return };
                let mut path = vec![Step::Key(values.text(name).to_owned())];
                if field.kind.is_some_and(|kind| is_sealing(values.text(kind))) {
                    path.insert(0, sealed());
                }
                let Some(class) = values.class_around(around) else {
                    return;
                };
                self.hold_made(node, class, &path);
                for call in self.makers(class) {
                    self.start_secret_at(node, call, path.clone());
                }
                return;
            }
        }
    }

    /// Whoever makes an object of a class of the whole file has the secret.
    fn hold_made(&mut self, source: NodeId, class: NodeId, path: &[Step]) {
        let values = self.values;
        let name = values
            .shapes
            .classes
            .get(&class)
            .and_then(|class| class.name);
        if values.family() == Family::Python
            && let (Some(name), Some(path)) = (name, keys(path))
        {
            self.held.push(RawHeld {
                secret: source.index() + 1,
                name: values.text(name).to_owned(),
                path,
                called: true,
            });
        }
    }

    /// Calls that make an object of a class from the environment.
    fn makers(&self, class: NodeId) -> Vec<NodeId> {
        let values = self.values;
        let Some(name) = values
            .shapes
            .classes
            .get(&class)
            .and_then(|class| class.name)
        else {
            return Vec::new();
        };
        let name = values.text(name);
        let calls = values.shapes.call_list.iter().copied();
        values.tree.spend(values.shapes.call_list.len());
        calls
            .filter(|call| {
                let function = values.bare(values.shapes.calls[call].function);
                let text = values.text(function);
                text == name
                    || text
                        .strip_prefix(name)
                        .map(|rest| rest.trim_start_matches([':', '.']))
                        .is_some_and(|method| LOADERS.contains(&method))
            })
            .collect()
    }

    /// A member of a secret itself.
    pub(super) fn secret_member(&mut self, state: &State, call: NodeId, name: &str) {
        if KEEPING.contains(&name) || evidence::is_cleaned(name) {
            self.go(state, call);
        } else if VISITING.contains(&name) {
            let arguments = self.values.shapes.calls[&call].arguments;
            let first = self.values.arguments(arguments).next();
            for function in first.map_or(Vec::new(), |(callback, _)| self.values.callees(callback))
            {
                self.enter(state, call, function, 0);
            }
        }
    }

    /// Whether a name is bound by `Err(…)`: what is wrong, not the value.
    pub(super) fn is_failure(&self, at: NodeId) -> bool {
        let mut around = self.values.tree.ancestors(at).take(2);
        around.any(|pattern| {
            self.values.tree.kind_name(pattern) == "tuple_struct_pattern"
                && self.values.text(pattern).starts_with("Err")
        })
    }

    /// Whether a secret that is an operand is what the operation gives: of `a && b` only `b` ever is.
    pub(super) fn gives_operand(&self, state: &State, operation: NodeId) -> bool {
        let values = self.values;
        let operator = values.tree.child(operation, "operator");
        let is_and = operator.is_some_and(|operator| matches!(values.text(operator), "&&" | "and"));
        let is_left = || {
            let left = values.tree.child(operation, "left");
            left.is_some_and(|left| values.tree.contains(left, state.node))
        };
        !(is_and && is_left())
    }

    /// A secret leaves.
    pub(super) fn expose(&mut self, state: &State, sink: NodeId, channel: Channel) {
        let (source, steps) = self.story(state);
        if Self::is_closed(state)
            || self.is_hidden(state, channel)
            || self.is_sealed(state, sink, source)
        {
            return;
        }
        let value = self.place_of(state, sink);
        self.values.tree.spend(self.exposures.len());
        let known = |other: &RawExposure| {
            other.source == source
                && other.secret == state.secret
                && other.channel == channel
                && other.sink == sink
        };
        if !self.exposures.iter().any(known) {
            self.exposures.push(RawExposure {
                source,
                secret: state.secret,
                value,
                sink,
                channel,
                steps,
            });
        }
    }

    /// The value as it is written in a sink; the sink itself where that stands elsewhere.
    fn place_of(&self, state: &State, sink: NodeId) -> NodeId {
        let tree = self.values.tree;
        let last = self.told.get(state.story).map(|told| told.node);
        // Of an error that is raised, what it was made of.
        if let Some(last) =
            last.filter(|&last| last != state.node && tree.contains(state.node, last))
        {
            last
        } else if tree.contains(sink, state.node) {
            state.node
        } else {
            sink
        }
    }

    /// What a use of a secret gives, where that depends on the place.
    pub(super) fn secret_use(&self, state: &State, how: Use) -> bool {
        match how {
            Use::Either(node) => self.gives_operand(state, node),
            _ => true,
        }
    }
}
