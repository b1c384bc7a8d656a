//! Follows the environment through a file: from every place where it appears, forward, by how each value is used.
//!
//! Forward from the sources, so that a file costs what its environment touches and nothing more. Language-neutral: what
//! a use is comes from [`super::shapes`], what a function does from [`super::catalog`].

mod bind;
mod call;
mod contain;
mod errors;
mod made;
mod opened;
mod parts;
mod secret;
mod shown;
mod start;
mod texts;

pub(super) use secret::{RawExposure, RawGift, RawHeld};

use std::cell::OnceCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::catalog::{Catalog, Child, catalog};
use super::child::ClassValues;
use super::known::Known;
use super::pattern::Step;
use super::shapes::Use;
use super::values::{Template, Values};
use crate::model::{Channel, Form};
use crate::settings::Settings;
use crate::syntax::NodeId;

/// Steps of one file's flow; far beyond any real program.
const MAX_STEPS: usize = 200_000;
/// Calls that a value is followed into.
const MAX_CALLS: usize = 6;
/// Containers around a value.
const MAX_PATH: usize = 6;

/// What a value is with respect to the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// All variables, as a mapping.
    Whole,
    /// All variables, in a text or collection that has no variable's name for a key.
    Text,
    /// A copy from which some were taken out: no dump, but still read from.
    Picked,
    /// What a function made of all of them: its members in capital letters are read, nothing more is known of it.
    Made,
    /// All variables, pair by pair.
    Entries,
    /// Any one pair.
    Entry,
    /// All values.
    Values,
    /// Any one value.
    Value,
    /// All names.
    Keys,
    /// Any one name.
    Key,
    /// The value of one variable that is a secret.
    Secret,
}

impl Kind {
    /// Whether variables are read from it by name.
    fn is_mapping(self) -> bool {
        matches!(
            self,
            Self::Whole | Self::Picked | Self::Made | Self::Entries
        )
    }
}

/// A value at a place.
#[derive(Clone, Debug)]
pub(super) struct State {
    node: NodeId,
    kind: Kind,
    /// In which parts of the value it is, outermost last.
    path: Vec<Step>,
    calls: Vec<NodeId>,
    /// Which secret it is: one more than the place of its read, and behind all places those of other files; zero for the
    /// environment, of which there is one.
    secret: usize,
    story: usize,
    /// The object around a copy that gives variables of its own: those are not the environment's.
    replaced: Option<NodeId>,
}

impl State {
    /// Whether the value is the environment itself, not something that holds it.
    pub(super) fn is_environment(&self) -> bool {
        self.kind == Kind::Whole && self.path.is_empty()
    }

    /// Whether the value is all variables under their names, or any of them, or something that holds that.
    pub(super) fn is_environment_like(&self) -> bool {
        matches!(
            self.kind,
            Kind::Whole | Kind::Entries | Kind::Entry | Kind::Values | Kind::Value
        )
    }

    /// In which parts of the value it is, outermost last.
    pub(super) fn path(&self) -> &[Step] {
        &self.path
    }
}

/// What makes a state another one than before: node, kind, path, last call, secret, replacing object.
type Seen = (NodeId, Kind, Vec<Step>, usize, usize, Option<NodeId>);

/// One step of how a value came to a place.
#[derive(Clone, Copy, Debug)]
struct Told {
    before: usize,
    node: NodeId,
}

/// A read of a variable, before its name is judged.
#[derive(Clone, Debug)]
pub(super) struct RawRead {
    pub(super) node: NodeId,
    pub(super) template: Template,
    pub(super) form: Form,
    /// Where the environment is asked, as far as this file knows.
    pub(super) root: Option<NodeId>,
}

/// The environment on its way out.
#[derive(Clone, Debug)]
pub(super) struct RawDump {
    pub(super) source: NodeId,
    pub(super) sink: NodeId,
    pub(super) channel: Channel,
    pub(super) steps: Vec<NodeId>,
}

/// An environment given to a function of another module.
#[derive(Clone, Debug)]
pub(super) struct RawHandover {
    pub(super) module: String,
    pub(super) name: String,
}

/// The engine, and what it found.
#[derive(Debug)]
pub(super) struct Flow<'v, 't> {
    pub(super) values: &'v Values<'t>,
    pub(super) catalog: &'static Catalog,
    settings: &'v Settings,
    known: &'v Known,
    seen: FxHashSet<Seen>,
    environments: FxHashSet<NodeId>,
    work: Vec<State>,
    told: Vec<Told>,
    callers: FxHashMap<NodeId, Vec<NodeId>>,
    written: FxHashSet<NodeId>,
    bound: FxHashSet<NodeId>,
    pub(super) reads: Vec<RawRead>,
    /// Reads from what a function made of the environment.
    made: Vec<RawRead>,
    pub(super) dumps: Vec<RawDump>,
    pub(super) exposures: Vec<RawExposure>,
    /// Secrets of other files, by name; they are numbered behind the places of the tree.
    foreign: Vec<String>,
    pub(super) gifts: Vec<RawGift>,
    pub(super) held: Vec<RawHeld>,
    /// Names of schemas' entries, and the calls that give the environment as the schema says.
    parsed: Vec<(NodeId, NodeId, String)>,
    pub(super) handovers: Vec<RawHandover>,
    /// Calls that start processes.
    pub(super) children: Vec<(NodeId, &'static Child)>,
    /// What names are set to in the bodies of classes; found when first asked for.
    pub(super) class_values: OnceCell<ClassValues<'t>>,
    /// Functions that return the environment.
    pub(super) givers: Vec<NodeId>,
    /// Bindings that are the environment, by name.
    pub(super) aliases: Vec<String>,
    /// Bindings whose entry `env` is the environment, by name.
    pub(super) holders: Vec<String>,
    /// Parameters that reach a sink, when asked for.
    pub(super) leaks: Vec<Channel>,
    /// Whether the step limit ended the search.
    pub(super) gave_up: bool,
}

impl<'v, 't> Flow<'v, 't> {
    pub(super) fn new(values: &'v Values<'t>, settings: &'v Settings, known: &'v Known) -> Self {
        let written = values
            .shapes
            .binds
            .iter()
            .filter(|bind| bind.assigned)
            .map(|bind| bind.target)
            .collect();
        let mut flow = Self {
            values,
            catalog: catalog(values.family()),
            settings,
            known,
            seen: FxHashSet::default(),
            environments: FxHashSet::default(),
            work: Vec::new(),
            told: Vec::new(),
            callers: FxHashMap::default(),
            written,
            bound: values.shapes.binds.iter().map(|bind| bind.target).collect(),
            reads: Vec::new(),
            made: Vec::new(),
            dumps: Vec::new(),
            exposures: Vec::new(),
            foreign: Vec::new(),
            gifts: Vec::new(),
            held: Vec::new(),
            parsed: Vec::new(),
            handovers: Vec::new(),
            children: Vec::new(),
            class_values: OnceCell::new(),
            givers: Vec::new(),
            aliases: Vec::new(),
            holders: Vec::new(),
            leaks: Vec::new(),
            gave_up: false,
        };
        for &call in &values.shapes.call_list {
            for function in values.callees(values.shapes.calls[&call].function) {
                flow.callers.entry(function).or_default().push(call);
            }
        }
        flow
    }

    /// Calls of a function of this file.
    pub(super) fn callers(&self, function: NodeId) -> &[NodeId] {
        self.callers.get(&function).map_or(&[], Vec::as_slice)
    }

    pub(super) fn run(&mut self) {
        for step in 0.. {
            let Some(state) = self.work.pop() else { return };
            if step > MAX_STEPS {
                self.gave_up = true;
                return;
            }
            self.values.tree.spend(1);
            let from = self.reads.len();
            self.step(&state);
            if state.kind == Kind::Made {
                self.made.extend(self.reads.drain(from..));
            }
        }
    }

    fn push(&mut self, state: State) {
        if state.path.len() > MAX_PATH || state.calls.len() > MAX_CALLS {
            return;
        }
        self.values.tree.spend(8);
        if state.kind.is_mapping() && state.path.is_empty() {
            self.environments.insert(state.node);
        }
        let from = state.calls.last().map_or(usize::MAX, |call| call.index());
        if self.seen.insert((
            state.node,
            state.kind,
            state.path.clone(),
            from,
            state.secret,
            state.replaced,
        )) {
            self.work.push(state);
        }
    }

    fn go(&mut self, state: &State, node: NodeId) {
        self.push(State {
            node,
            ..state.clone()
        });
    }

    fn turn(&mut self, state: &State, node: NodeId, kind: Kind) {
        let kind = match state.kind {
            Kind::Made | Kind::Secret => state.kind,
            _ => kind,
        };
        self.push(State {
            node,
            kind,
            ..state.clone()
        });
    }

    fn tell(&mut self, state: &State, node: NodeId) -> usize {
        self.told.push(Told {
            before: state.story,
            node,
        });
        self.told.len() - 1
    }

    fn step(&mut self, state: &State) {
        let uses: Vec<Use> = self
            .values
            .shapes
            .uses(state.node)
            .iter()
            .map(|&(_, how)| how)
            .collect();
        for &how in &uses {
            if state.kind != Kind::Secret || self.secret_use(state, how) {
                self.follow(state, how);
            }
        }
        if !uses
            .iter()
            .any(|how| matches!(how, Use::Spread(_) | Use::Entry(_)))
        {
            self.put_in_container(state, state.node, None);
        }
    }

    fn follow(&mut self, state: &State, how: Use) {
        match how {
            Use::Same(node) => {
                self.propagated(state, node);
                self.go(state, node);
            }
            Use::Join(node) => self.join(state, node),
            Use::Either(node) => {
                let chosen = self.values.shapes.conditions.contains_key(&node);
                // `isSecret(key) ? "***" : value` is a masked copy.
                if !(chosen && matches!(state.kind, Kind::Value | Kind::Entry)) {
                    self.go(state, node);
                }
            }
            Use::Member(node) => self.member(state, node),
            Use::Index(node) => self.index(state, node),
            Use::Key(node) => {
                let object = self.values.shapes.indexes[&node].0;
                if state.kind == Kind::Key && self.is_environment(object) {
                    self.turn(state, node, Kind::Value);
                }
            }
            Use::Callee(_) => {}
            Use::Spread(node) => {
                match state.path.split_last() {
                    // `f(...args)`: what is one of the arguments is one again.
                    Some((Step::Item(_), before)) => {
                        let path = before.to_vec();
                        self.spread(
                            &State {
                                path,
                                ..state.clone()
                            },
                            node,
                        );
                    }
                    Some((Step::Rest, _)) => {}
                    _ => self.spread(state, node),
                }
            }
            Use::Entry(node) => self.entry(state, node),
            Use::Bound(at) => self.bound(state, at),
            Use::Returned => {
                if let Some(function) = self.values.function_around(state.node) {
                    self.returned(state, function);
                }
            }
            Use::Result(function) => self.returned(state, function),
            Use::Default(parameter) => self.default(state, parameter),
            Use::Looped(at) => self.looped(state, at),
            Use::Raised(node) => self.leave(state, node, Channel::ErrorMessage),
        }
    }

    fn join(&mut self, state: &State, node: NodeId) {
        match state.kind {
            Kind::Keys | Kind::Key => {}
            // `${object}` shows nothing of it.
            Kind::Secret if self.is_in_object(state) => {}
            Kind::Whole if state.path.is_empty() && !self.values.is_merge(node) => {
                self.turn(state, node, Kind::Text);
            }
            _ => self.go(state, node),
        }
    }

    /// The value leaves.
    fn leave(&mut self, state: &State, sink: NodeId, channel: Channel) {
        if matches!(
            state.kind,
            Kind::Key | Kind::Keys | Kind::Picked | Kind::Made
        ) {
            return;
        }
        self.leaks.push(channel);
        if state.kind == Kind::Secret {
            // A child that is given one secret was meant to have it.
            if channel != Channel::ChildProcess {
                self.expose(state, sink, channel);
            }
            return;
        }
        let (source, steps) = self.story(state);
        self.values.tree.spend(self.dumps.len() + steps.len());
        if !self
            .dumps
            .iter()
            .any(|dump| dump.source == source && dump.channel == channel && dump.sink == sink)
        {
            self.dumps.push(RawDump {
                source,
                sink,
                channel,
                steps,
            });
        }
    }

    /// Where a value started, and the places it came through.
    fn story(&self, state: &State) -> (NodeId, Vec<NodeId>) {
        let mut steps = Vec::new();
        let mut at = state.story;
        let mut source = state.node;
        while let Some(told) = self.told.get(at) {
            source = told.node;
            steps.push(told.node);
            at = told.before;
        }
        steps.pop();
        steps.reverse();
        (source, steps)
    }
}
