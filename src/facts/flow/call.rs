//! Calls: what a function of the catalog, of this file or of another one makes of what it is given.

use super::{Flow, Kind, RawHandover, State};
use crate::facts::catalog::{Leaves, Makes};
use crate::facts::child;
use crate::facts::names::{Giver, Origin};
use crate::facts::shapes::Use;
use crate::facts::writer::Destination;
use crate::model::Channel;
use crate::syntax::NodeId;

impl Flow<'_, '_> {
    pub(super) fn argument(
        &mut self,
        state: &State,
        call: NodeId,
        place: usize,
        keyword: Option<&str>,
    ) {
        let function = self.values.shapes.calls[&call].function;
        self.given(state, call, function, place, keyword);
    }

    /// The value is what a function is called with by a call, its own or one that calls it.
    pub(super) fn given(
        &mut self,
        state: &State,
        call: NodeId,
        function: NodeId,
        place: usize,
        keyword: Option<&str>,
    ) {
        if state.is_environment() && self.is_remade(call, function) {
            self.turn(state, call, Kind::Made);
        }
        let path = self.values.path(function);
        let mut leaves_here = false;
        if let Some(channel) = crate::facts::outside::channel(self, call) {
            self.leave(state, call, channel);
        }
        if let Some(path) = &path {
            if self.is_redactor(path) || crate::facts::outside::is_picked(self, path, call) {
                return;
            }
            if state.kind == Kind::Secret && self.seals(path) {
                return self.go(&Self::closed(state), call);
            }
            self.given_to_child(state, call, function, path, place, keyword);
            if path == "Object.assign" && place > 0 {
                let arguments = self.values.shapes.calls[&call].arguments;
                let first = self.values.arguments(arguments).next();
                if let Some((target, _)) = first {
                    self.store_in_name(state, target);
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
                    match crate::facts::writer::destination(self.values, call, path, channel) {
                        Destination::Out(channel) => self.leave(state, call, channel),
                        Destination::Text(target) => self.store_in_name(state, target),
                        Destination::Unknown => {}
                    }
                }
            } else if crate::facts::rust_paths::is_constructor(self.values, path) {
                self.go(state, call);
            }
            if !self.as_text(state, call, path)
                && let Some(makes) = self.catalog.function(path)
            {
                self.make(state, call, makes);
            }
            self.passed_on(state, call, path, place, keyword);
            if state.kind == Kind::Secret {
                self.asked_for(state, call, path, place, keyword);
            }
            if state.kind == Kind::Key
                && self
                    .catalog
                    .readers
                    .iter()
                    .any(|reader| crate::facts::catalog::fits(reader.path, path))
            {
                self.turn(state, call, Kind::Value);
            }
        }
        if !leaves_here && self.is_error(call, path.as_deref()) {
            self.make_error(state, call);
        }
        self.given_to_method(state, call, function);
        let callees = self.values.callees(function);
        for &callee in &callees {
            let place = keyword
                .and_then(|keyword| self.keyword_place(callee, keyword))
                .unwrap_or_else(|| self.positional_place(callee, place));
            self.enter(state, call, callee, place);
        }
        if callees.is_empty() {
            self.hand_over(state, call, function, place, keyword);
            if state.kind == Kind::Whole && state.path.is_empty() {
                self.schema(state, call, function);
            }
        }
    }

    /// A method puts the value into its object, or makes something of both.
    fn given_to_method(&mut self, state: &State, call: NodeId, function: NodeId) {
        let member = self.values.shapes.members.get(&self.values.bare(function));
        let Some(&(object, name)) = member else {
            return;
        };
        match self.values.text(name) {
            "append" | "add" | "insert" if state.kind == Kind::Whole => {
                let text = State {
                    kind: Kind::Text,
                    ..state.clone()
                };
                self.store_in_name(&text, object);
            }
            "push" | "append" | "add" | "insert" | "set" | "update" | "extend" | "push_str"
            | "unshift" => {
                // `url.searchParams.set("key", x)` changes the address.
                let of = self.values.shapes.members.get(&self.values.bare(object));
                let is_query =
                    of.is_some_and(|&(_, name)| self.values.text(name) == "searchParams");
                let object = of.filter(|_| is_query).map_or(object, |&(of, _)| of);
                self.store_in_name(state, object);
            }
            "get" if state.kind == Kind::Key && self.is_environment(object) => {
                self.turn(state, call, Kind::Value);
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

    /// What an error was made of is told: the value stands there.
    fn make_error(&mut self, state: &State, call: NodeId) {
        let story = if state.kind == Kind::Secret {
            self.tell(state, state.node)
        } else {
            state.story
        };
        let state = State {
            story,
            ..state.clone()
        };
        self.turn(&state, call, Kind::Text);
    }

    /// The value may be the environment of a process that the call starts.
    fn given_to_child(
        &mut self,
        state: &State,
        call: NodeId,
        function: NodeId,
        path: &str,
        place: usize,
        keyword: Option<&str>,
    ) {
        if state.is_environment_like()
            && let Some(child) = child::started(self, function, path)
            && child::is_given(self.values, state, call, child.told, place, keyword)
        {
            self.leave(state, call, Channel::ChildProcess);
        }
        if state.kind == Kind::Secret && child::is_argument(self.catalog, state, path, keyword) {
            self.leave(state, call, Channel::CommandLine);
        }
    }

    /// An error is made of the value.
    pub(super) fn is_error(&self, call: NodeId, path: Option<&str>) -> bool {
        let uses = self.values.shapes.uses(call);
        uses.iter().any(|&(_, how)| matches!(how, Use::Raised(_)))
            || self.values.family() == crate::language::Family::Python
                && path.is_some_and(|path| path.ends_with("Error") || path.ends_with("Exception"))
    }

    /// A function is given to another, which calls it with the value: `asyncio.to_thread(print, x)`, `map(str, x)`.
    pub(super) fn passed_on(
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
    pub(super) fn keyword_place(&self, function: NodeId, keyword: &str) -> Option<usize> {
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
    pub(super) fn positional_place(&self, function: NodeId, place: usize) -> usize {
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

    pub(super) fn sink(&self, path: &str) -> Option<(Channel, Leaves)> {
        let extra = self
            .settings
            .sinks
            .iter()
            .find(|sink| crate::facts::catalog::fits(&sink.callee, path));
        if let Some(channel) = extra.and_then(|sink| {
            Channel::ALL
                .into_iter()
                .find(|channel| channel.as_str() == sink.channel)
        }) {
            return Some((channel, Leaves::All));
        }
        self.catalog.sink(path)
    }

    pub(super) fn is_redactor(&self, path: &str) -> bool {
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
    pub(super) fn enter(&mut self, state: &State, call: NodeId, function: NodeId, place: usize) {
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
    pub(in crate::facts) fn is_method_call(&self, call: NodeId) -> bool {
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
    pub(in crate::facts) fn takes_self(&self, function: NodeId) -> bool {
        self.values
            .names
            .given(Giver::Function(function))
            .any(|binding| {
                matches!(binding.name, "self" | "cls")
                    && matches!(&binding.origin, Origin::Parameter(_, 0, _))
            })
    }

    pub(super) fn returned(&mut self, state: &State, function: NodeId) {
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
        if let Some(channel) = crate::facts::handler::channel(self, function)
            && !matches!(
                state.kind,
                Kind::Key | Kind::Keys | Kind::Picked | Kind::Made
            )
        {
            self.leave(state, state.node, channel);
        }
        if state.kind == Kind::Whole && state.path.is_empty() {
            self.givers.push(function);
        }
        if state.kind == Kind::Secret {
            self.hold_result(state, function);
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
    pub(super) fn property_uses(&self, function: NodeId) -> Vec<NodeId> {
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
        values.tree.spend(values.shapes.member_list.len());
        let members = values.shapes.member_list.iter().copied();
        members
            .filter(|node| {
                let (object, at) = values.shapes.members[node];
                values.text(at) == values.text(name) && values.is_own(object, 4)
            })
            .collect()
    }

    /// Whether a call calls a function, or hands it on to be called.
    pub(super) fn calls(&self, call: NodeId, function: NodeId) -> bool {
        let shape = self.values.shapes.calls[&call];
        self.values.callees(shape.function).contains(&function)
            || self
                .values
                .arguments(shape.arguments)
                .any(|(argument, _)| self.values.callees(argument).contains(&function))
    }

    pub(super) fn is_mapping(&self, call: NodeId) -> bool {
        let function = self.values.bare(self.values.shapes.calls[&call].function);
        self.values
            .shapes
            .members
            .get(&function)
            .is_some_and(|&(_, name)| self.catalog.mapped.contains(&self.values.text(name)))
    }

    /// A value goes into a function of another module.
    pub(super) fn hand_over(
        &mut self,
        state: &State,
        call: NodeId,
        function: NodeId,
        place: usize,
        keyword: Option<&str>,
    ) {
        let Some((module, name)) = crate::facts::known::imported(self.values, function) else {
            return;
        };
        if state.kind == Kind::Secret {
            return self.give(state, (module, name), place, keyword);
        }
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
}
