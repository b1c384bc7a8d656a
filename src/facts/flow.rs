//! Follows the environment through a file: from every place where it appears, forward, by how each value is used.
//!
//! Forward from the sources, so that a file costs what its environment touches and nothing more. Language-neutral: what
//! a use is comes from [`super::shapes`], what a function does from [`super::catalog`].

use rustc_hash::{FxHashMap, FxHashSet};

use super::catalog::{Catalog, Leaves, Makes, catalog};
use super::known::Known;
use super::names::{Binding, Giver, Origin};
use super::pattern::Step;
use super::shapes::Use;
use super::values::{Template, Values};
use super::writer::Destination;
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
}

impl Kind {
    /// Whether variables are read from it by name.
    fn is_mapping(self) -> bool {
        matches!(self, Self::Whole | Self::Picked | Self::Entries)
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
    story: usize,
}

impl State {
    /// Whether the value is the environment itself, not something that holds it.
    pub(super) fn is_environment(&self) -> bool {
        self.kind == Kind::Whole && self.path.is_empty()
    }
}

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
    seen: FxHashSet<(NodeId, Kind, Vec<Step>, usize)>,
    environments: FxHashSet<NodeId>,
    work: Vec<State>,
    told: Vec<Told>,
    callers: FxHashMap<NodeId, Vec<NodeId>>,
    written: FxHashSet<NodeId>,
    bound: FxHashSet<NodeId>,
    pub(super) reads: Vec<RawRead>,
    pub(super) dumps: Vec<RawDump>,
    pub(super) handovers: Vec<RawHandover>,
    /// Functions that return the environment.
    pub(super) givers: Vec<NodeId>,
    /// Bindings that are the environment, by name.
    pub(super) aliases: Vec<String>,
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
            dumps: Vec::new(),
            handovers: Vec::new(),
            givers: Vec::new(),
            aliases: Vec::new(),
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

    /// Starts at a place where the environment appears.
    pub(super) fn start(&mut self, node: NodeId, kind: Kind) {
        self.told.push(Told {
            before: usize::MAX,
            node,
        });
        let story = self.told.len() - 1;
        self.push(State {
            node,
            kind,
            path: Vec::new(),
            calls: Vec::new(),
            story,
        });
    }

    /// Starts at every use of a name that is the environment.
    pub(super) fn start_at_uses(&mut self, binding: &Binding<'t>, kind: Kind) {
        for node in self.values.names.references(binding) {
            self.start(node, kind);
        }
    }

    /// Starts at a name that is bound to a part of the environment.
    pub(super) fn start_at_part(&mut self, binding: &Binding<'t>, path: &[Step]) {
        self.told.push(Told {
            before: usize::MAX,
            node: binding.at,
        });
        let state = State {
            node: binding.at,
            kind: Kind::Whole,
            path: Vec::new(),
            calls: Vec::new(),
            story: self.told.len() - 1,
        };
        self.take(&state, binding, path);
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
            self.step(&state);
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
        if self
            .seen
            .insert((state.node, state.kind, state.path.clone(), from))
        {
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
            self.follow(state, how);
        }
        if !uses
            .iter()
            .any(|how| matches!(how, Use::Spread(_) | Use::Entry(_)))
        {
            self.into_container(state, state.node, None);
        }
    }

    fn follow(&mut self, state: &State, how: Use) {
        match how {
            Use::Same(node) => self.go(state, node),
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
            Kind::Whole if state.path.is_empty() && !self.values.is_merge(node) => {
                self.turn(state, node, Kind::Text);
            }
            _ => self.go(state, node),
        }
    }

    pub(super) fn is_environment(&self, node: NodeId) -> bool {
        let node = self.values.bare(node);
        self.environments.contains(&node)
            || self
                .values
                .path(node)
                .is_some_and(|path| self.catalog.environments.contains(&path.as_str()))
    }

    /// The call of a member, if it is called.
    fn called(&self, member: NodeId) -> Option<NodeId> {
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

    fn member(&mut self, state: &State, node: NodeId) {
        let name = self.values.text(self.values.shapes.members[&node].1);
        let called = self.called(node);
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
            {
                self.go(state, call);
            }
            return;
        }
        let Some(call) = called else {
            return self.property(state, node, name);
        };
        let arguments = self.values.shapes.calls[&call].arguments;
        let first = self.values.arguments(arguments).next();
        if state.kind.is_mapping() && self.catalog.environment_methods.contains(&name) {
            if let Some(key) = self.values.name_argument(arguments, 0) {
                self.read(call, key, Form::Getenv);
            }
        } else if let Some(makes) = self.catalog.method(name) {
            self.make(state, call, makes);
        } else if self.catalog.each.contains(&name) || self.catalog.mapped.contains(&name) {
            if let Some((callback, _)) = first {
                self.each(state, call, callback, 0);
            }
        } else if name == "filter" && self.values.family() == crate::language::Family::Ecma {
            if first.is_some_and(|(callback, _)| super::outside::keeps_all(self, callback)) {
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

    fn property(&mut self, state: &State, node: NodeId, name: &str) {
        match state.kind {
            kind if kind.is_mapping() && self.values.family() == crate::language::Family::Ecma => {
                if !self.is_write(node) {
                    let direct = self.told[state.story].before == usize::MAX
                        && self.told[state.story].node == state.node;
                    let form = if direct { Form::Member } else { Form::Alias };
                    self.reads.push(RawRead {
                        node,
                        template: Template::known(name),
                        form,
                    });
                }
            }
            Kind::Entry if name == "0" => self.turn(state, node, Kind::Key),
            Kind::Entry if name == "1" => self.turn(state, node, Kind::Value),
            _ => {}
        }
    }

    /// Whether a part is assigned to or deleted.
    fn is_write(&self, node: NodeId) -> bool {
        self.written.contains(&node)
            || self.values.tree.ancestors(node).take(2).any(|parent| {
                let kind = self.values.tree.kind_name(parent);
                kind == "delete_statement"
                    || kind == "unary_expression" && self.values.text(parent).starts_with("delete")
            })
    }

    fn index(&mut self, state: &State, node: NodeId) {
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
            kind if kind.is_mapping() && !self.is_write(node) => {
                if !self.bound.contains(&node) {
                    self.read(node, key, Form::Index);
                }
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
    pub(super) fn read(&mut self, node: NodeId, key: NodeId, form: Form) {
        if let Some(template) = self.values.template(key) {
            self.reads.push(RawRead {
                node,
                template,
                form,
            });
        }
    }

    fn make(&mut self, state: &State, call: NodeId, makes: Makes) {
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
    fn element(&self, kind: Kind, keys: bool) -> Option<Kind> {
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
    fn each(&mut self, state: &State, call: NodeId, callback: NodeId, place: usize) {
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

    fn looped(&mut self, state: &State, at: usize) {
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
    fn is_filtered(&self, around: NodeId) -> bool {
        // In the order of the tree, so that those inside stand together.
        let filters = &self.values.shapes.filters;
        let from = filters.partition_point(|&filter| filter < around);
        filters[from..]
            .iter()
            .take_while(|&&filter| self.values.tree.contains(around, filter))
            .any(|&filter| !super::outside::is_presence(self, filter))
    }

    /// A name is bound to the part of a value that a path names.
    fn take(&mut self, state: &State, binding: &Binding<'t>, path: &[Step]) {
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
                (Kind::Whole, Step::Key(name)) => {
                    let template = Template::known(name);
                    self.reads.push(RawRead {
                        node: binding.at,
                        template,
                        form: Form::Destructure,
                    });
                    return;
                }
                (Kind::Whole, Step::Computed(key)) => {
                    return self.read(binding.at, *key, Form::Destructure);
                }
                (Kind::Entry, Step::Item(0)) => Kind::Key,
                (Kind::Entry, Step::Item(1)) => Kind::Value,
                (Kind::Entries, Step::Item(_)) => Kind::Entry,
                (Kind::Values, Step::Item(_)) => Kind::Value,
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
                story,
            });
        }
    }

    /// Whether variables are taken out of what a name stands for: `env.pop(name)`, `del env[name]`.
    fn is_picked_from(&self, binding: &Binding<'t>) -> bool {
        let shapes = &self.values.shapes;
        self.values.names.references(binding).iter().any(|&node| {
            shapes.uses(node).iter().any(|&(_, how)| match how {
                Use::Index(index) => !self.written.contains(&index) && self.is_write(index),
                Use::Member(member) => {
                    let name = self.values.text(shapes.members[&member].1);
                    matches!(name, "pop" | "popitem") && self.called(member).is_some()
                }
                _ => false,
            })
        })
    }

    fn bound(&mut self, state: &State, at: usize) {
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
            self.into_name(
                &State {
                    path,
                    ..state.clone()
                },
                object,
            );
        } else if let Some(&(object, _)) = shapes.indexes.get(&bind.target)
            && !self.is_environment(object)
        {
            self.into_name(state, object);
        }
    }

    /// `ctx.body = x`.
    fn assigned_sink(&self, object: NodeId, name: &str) -> Option<Channel> {
        let object = self.values.text(object);
        (name == "body"
            && matches!(
                object,
                "ctx" | "context" | "res" | "response" | "ctx.response"
            ))
        .then_some(Channel::HttpResponse)
    }

    /// A value becomes part of what a name stands for.
    fn into_name(&mut self, state: &State, object: NodeId) {
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

    fn spread(&mut self, state: &State, node: NodeId) {
        let Some(container) = self.values.tree.parent(node) else {
            return;
        };
        if self.values.shapes.lists.contains(&container) {
            self.go(state, container);
        } else if self.values.shapes.arguments.contains_key(&container) {
            self.into_container(state, node, None);
        }
    }

    fn entry(&mut self, state: &State, node: NodeId) {
        let (key, value) = self.values.shapes.entries[&node];
        let Some(container) = self.values.tree.parent(node) else {
            return;
        };
        let name = super::names::unquote(self.values.text(key));
        if self.values.shapes.arguments.contains_key(&container) && key != value {
            return self.into_container(state, node, Some(name));
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
    fn is_answer(&self, container: NodeId) -> bool {
        self.values.tree.named_children(container).any(|entry| {
            self.values
                .shapes
                .entries
                .get(&entry)
                .is_some_and(
                    |&(key, value)| match super::names::unquote(self.values.text(key)) {
                        "type" => {
                            self.values.text(value).contains("text")
                                || self.values.text(value).contains("resource")
                        }
                        "uri" | "mimeType" => true,
                        _ => false,
                    },
                )
        })
    }

    /// The value is an argument of a call, or an item of a container.
    fn into_container(&mut self, state: &State, node: NodeId, keyword: Option<&str>) {
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

    fn place(&self, container: NodeId, node: NodeId) -> usize {
        self.values
            .tree
            .named_children(container)
            .position(|child| child == node)
            .unwrap_or(0)
    }

    fn argument(&mut self, state: &State, call: NodeId, place: usize, keyword: Option<&str>) {
        let function = self.values.shapes.calls[&call].function;
        self.given(state, call, function, place, keyword);
    }

    /// The value is what a function is called with by a call, its own or one that calls it.
    fn given(
        &mut self,
        state: &State,
        call: NodeId,
        function: NodeId,
        place: usize,
        keyword: Option<&str>,
    ) {
        let path = self.values.path(function);
        let mut leaves_here = false;
        if let Some(channel) = super::outside::channel(self, call) {
            self.leave(state, call, channel);
        }
        if let Some(path) = &path {
            if self.is_redactor(path) || super::outside::is_picked(self, path, call) {
                return;
            }
            if path == "Object.assign" && place > 0 {
                let arguments = self.values.shapes.calls[&call].arguments;
                let first = self.values.arguments(arguments).next();
                if let Some((target, _)) = first {
                    self.into_name(state, target);
                }
            }
            // `f.call(this, x)` calls `f`.
            let path = path.strip_suffix(".call").unwrap_or(path);
            let typed = || self.values.typed_path(function);
            let sink = self.sink(path).or_else(|| self.sink(&typed()?));
            if let Some((channel, leaves)) = sink {
                leaves_here = true;
                let from = if let Leaves::From(from) = leaves {
                    from
                } else {
                    0
                };
                if leaves != Leaves::Receiver && (place >= from || keyword.is_some()) {
                    match super::writer::destination(self.values, call, path, channel) {
                        Destination::Out(channel) => self.leave(state, call, channel),
                        Destination::Text(target) => self.into_name(state, target),
                        Destination::Unknown => {}
                    }
                }
            } else if super::rust_paths::is_constructor(self.values, path) {
                self.go(state, call);
            }
            if let Some(makes) = self.catalog.function(path) {
                self.make(state, call, makes);
            }
            self.passed_on(state, call, path, place, keyword);
            if state.kind == Kind::Key
                && self
                    .catalog
                    .readers
                    .iter()
                    .any(|reader| super::catalog::fits(reader.path, path))
            {
                self.turn(state, call, Kind::Value);
            }
        }
        if !leaves_here && self.is_error(call, path.as_deref()) {
            self.turn(state, call, Kind::Text);
        }
        if let Some(&(object, name)) = self.values.shapes.members.get(&self.values.bare(function)) {
            match self.values.text(name) {
                "append" | "add" | "insert" if state.kind == Kind::Whole => {
                    let text = State {
                        kind: Kind::Text,
                        ..state.clone()
                    };
                    self.into_name(&text, object);
                }
                "push" | "append" | "add" | "insert" | "set" | "update" | "extend" | "push_str"
                | "unshift" => self.into_name(state, object),
                "get" if state.kind == Kind::Key && self.is_environment(object) => {
                    self.turn(state, call, Kind::Value)
                }
                "join" if self.values.family() == crate::language::Family::Python => {
                    self.make(state, call, Makes::Items);
                }
                "format" if self.values.family() == crate::language::Family::Python => {
                    self.join(state, call);
                }
                "concat" => self.go(state, call),
                _ => {}
            }
        }
        let callees = self.values.callees(function);
        for &callee in &callees {
            let place = keyword
                .and_then(|keyword| self.keyword_place(callee, keyword))
                .unwrap_or_else(|| self.positional_place(callee, place));
            self.enter(state, call, callee, place);
        }
        if callees.is_empty() {
            self.hand_over(state, call, function, place);
            if state.kind == Kind::Whole && state.path.is_empty() {
                self.schema(call, function);
            }
        }
    }

    /// An error is made of the value.
    fn is_error(&self, call: NodeId, path: Option<&str>) -> bool {
        let uses = self.values.shapes.uses(call);
        uses.iter().any(|&(_, how)| matches!(how, Use::Raised(_)))
            || self.values.family() == crate::language::Family::Python
                && path.is_some_and(|path| path.ends_with("Error") || path.ends_with("Exception"))
    }

    /// A function is given to another, which calls it with the value: `asyncio.to_thread(print, x)`, `map(str, x)`.
    fn passed_on(
        &mut self,
        state: &State,
        call: NodeId,
        path: &str,
        place: usize,
        keyword: Option<&str>,
    ) {
        let Some(at) = self.catalog.caller(path).filter(|&at| place > at) else {
            return;
        };
        let arguments = self.values.shapes.calls[&call].arguments;
        let Some(function) = self.values.argument_at(arguments, at, "") else {
            return;
        };
        if self.catalog.visits(path) {
            self.each(state, call, function, 0);
            let known = self.values.path(function);
            let method = self.values.shapes.members.get(&self.values.bare(function));
            let method = method.map(|&(_, name)| self.values.text(name));
            if known.is_some_and(|path| self.catalog.function(&path).is_some())
                || method.is_some_and(|method| self.catalog.method(method).is_some())
            {
                self.go(state, call);
            }
        } else {
            self.given(state, call, function, place - at - 1, keyword);
        }
    }

    /// The parameter that a keyword argument is for; the one that takes all others where none has its name.
    fn keyword_place(&self, function: NodeId, keyword: &str) -> Option<usize> {
        let parameters = self.values.names.parameters.get(&function)?;
        let shift = usize::from(self.takes_self(function));
        let named = |&node: &NodeId| {
            let target = self.values.shapes.parameters[&node].target;
            target.is_some_and(|target| self.values.text(target) == keyword)
        };
        let splat = |&node: &NodeId| self.values.takes_others(node, "dictionary_splat_pattern");
        let place = parameters
            .iter()
            .position(named)
            .or_else(|| parameters.iter().position(splat))?;
        place.checked_sub(shift)
    }

    /// The parameter for an argument at a place; later ones go where all others go.
    fn positional_place(&self, function: NodeId, place: usize) -> usize {
        let shift = usize::from(self.takes_self(function));
        let splat = |&node: &NodeId| self.values.takes_others(node, "list_splat_pattern");
        self.values
            .names
            .parameters
            .get(&function)
            .and_then(|parameters| parameters.iter().position(splat))
            .and_then(|at| at.checked_sub(shift))
            .map_or(place, |at| place.min(at))
    }

    fn sink(&self, path: &str) -> Option<(Channel, Leaves)> {
        let extra = self
            .settings
            .sinks
            .iter()
            .find(|sink| super::catalog::fits(&sink.callee, path));
        if let Some(channel) = extra.and_then(|sink| {
            Channel::ALL
                .into_iter()
                .find(|channel| channel.as_str() == sink.channel)
        }) {
            return Some((channel, Leaves::All));
        }
        self.catalog.sink(path)
    }

    fn is_redactor(&self, path: &str) -> bool {
        const WORDS: [&str; 12] = [
            "redact",
            "mask",
            "sanitiz",
            "sanitis",
            "scrub",
            "censor",
            "obfuscate",
            "anonymi",
            "omit",
            "pick",
            "filter",
            "allowlist",
        ];
        let name = path
            .rsplit('.')
            .next()
            .unwrap_or(path)
            .trim_start_matches('%')
            .to_ascii_lowercase();
        WORDS.iter().any(|word| name.contains(word))
            || self
                .settings
                .redactors
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&name))
    }

    /// A value goes into a function of this file.
    fn enter(&mut self, state: &State, call: NodeId, function: NodeId, place: usize) {
        let place = place + usize::from(self.takes_self(function) && self.is_method_call(call));
        let mut calls = state.calls.clone();
        calls.push(call);
        let story = self.tell(state, call);
        let state = State {
            calls,
            story,
            ..state.clone()
        };
        for binding in self.values.names.given(Giver::Function(function)) {
            if let Origin::Parameter(_, at, path) = &binding.origin
                && *at == place
            {
                self.take(&state, binding, path);
            }
        }
    }

    /// Whether a call leaves the function's first parameter out: of a method, or to make an object.
    pub(super) fn is_method_call(&self, call: NodeId) -> bool {
        let function = self.values.shapes.calls[&call].function;
        let makes = |function| {
            let mut bindings = self.values.names.resolve(function);
            bindings.any(|binding| matches!(binding.origin, Origin::Class(_)))
        };
        if self.values.is_name(function) && makes(function) {
            return true;
        }
        self.values
            .shapes
            .members
            .contains_key(&self.values.bare(function))
    }

    /// Whether a function's first parameter is the object it is called on.
    pub(super) fn takes_self(&self, function: NodeId) -> bool {
        self.values
            .names
            .given(Giver::Function(function))
            .any(|binding| {
                matches!(binding.name, "self" | "cls")
                    && matches!(&binding.origin, Origin::Parameter(_, 0, _))
            })
    }

    fn default(&mut self, state: &State, parameter: NodeId) {
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

    fn returned(&mut self, state: &State, function: NodeId) {
        let mut calls = state.calls.as_slice();
        // A callback may have left the value in a name of the function around it.
        while let Some((&call, before)) = calls.split_last() {
            if self.calls(call, function) {
                break;
            }
            calls = before;
        }
        if let Some((&call, before)) = calls.split_last() {
            let kind = match state.kind {
                // What a callback gives for each element is collected.
                Kind::Entry if self.is_mapping(call) => Kind::Entries,
                Kind::Value if state.path.is_empty() && self.is_mapping(call) => Kind::Values,
                Kind::Key if self.is_mapping(call) => Kind::Keys,
                kind => kind,
            };
            return self.push(State {
                node: call,
                kind,
                calls: before.to_vec(),
                ..state.clone()
            });
        }
        if let Some(channel) = super::handler::channel(self, function)
            && !matches!(state.kind, Kind::Key | Kind::Keys | Kind::Picked)
        {
            self.leave(state, state.node, channel);
        }
        if state.kind == Kind::Whole && state.path.is_empty() {
            self.givers.push(function);
        }
        for place in self.property_uses(function) {
            let story = self.tell(state, place);
            self.push(State {
                node: place,
                story,
                ..state.clone()
            });
        }
        for call in self.callers(function).to_vec() {
            let story = self.tell(state, call);
            self.push(State {
                node: call,
                story,
                ..state.clone()
            });
        }
    }

    /// Where a function that stands for a property is used: `self.environment`.
    fn property_uses(&self, function: NodeId) -> Vec<NodeId> {
        let values = self.values;
        let Some(shape) = values.shapes.functions.get(&function) else {
            return Vec::new();
        };
        let is_property = shape
            .marks
            .iter()
            .any(|&mark| values.text(mark).ends_with("property"));
        let Some(name) = shape.name.filter(|_| is_property) else {
            return Vec::new();
        };
        let members = values.shapes.member_list.iter().copied();
        members
            .filter(|node| {
                let (object, at) = values.shapes.members[node];
                values.text(at) == values.text(name) && values.is_own(object, 4)
            })
            .collect()
    }

    /// Whether a call calls a function, or hands it on to be called.
    fn calls(&self, call: NodeId, function: NodeId) -> bool {
        let shape = self.values.shapes.calls[&call];
        self.values.callees(shape.function).contains(&function)
            || self
                .values
                .arguments(shape.arguments)
                .any(|(argument, _)| self.values.callees(argument).contains(&function))
    }

    fn is_mapping(&self, call: NodeId) -> bool {
        let function = self.values.bare(self.values.shapes.calls[&call].function);
        self.values
            .shapes
            .members
            .get(&function)
            .is_some_and(|&(_, name)| self.catalog.mapped.contains(&self.values.text(name)))
    }

    /// A value goes into a function of another module.
    fn hand_over(&mut self, state: &State, call: NodeId, function: NodeId, place: usize) {
        let Some((module, name)) = super::known::imported(self.values, function) else {
            return;
        };
        if let Some(leaks) = self.known.leaks.get(&(module.clone(), name.clone())) {
            for &(at, channel) in leaks {
                if at == place {
                    self.leave(state, call, channel);
                }
            }
        } else if !matches!(state.kind, Kind::Key | Kind::Keys) {
            self.handovers.push(RawHandover { module, name });
        }
    }

    /// The value leaves.
    fn leave(&mut self, state: &State, sink: NodeId, channel: Channel) {
        if matches!(state.kind, Kind::Key | Kind::Keys | Kind::Picked) {
            return;
        }
        self.leaks.push(channel);
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
}
