//! What clients put into the errors of their requests: the address, or everything that a request was made of.

use super::{Flow, State};
use crate::facts::names::Binding;
use crate::facts::pattern::Step;
use crate::facts::shapes::Use;
use crate::language::Family;
use crate::syntax::NodeId;

/// The step into a client from what it was set up with.
const CLIENT: &str = "%client";
/// The step into a request that was not sent yet, from its address.
const REQUEST: &str = "%request";
/// The step into the error of a request.
const ERROR: &str = "%error";

/// Methods by which a client asks for an address.
const REQUESTS: &[&str] = &[
    "delete", "get", "head", "options", "patch", "post", "put", "request", "stream",
];

/// Libraries of Python whose errors hold the whole address.
const CLIENTS: &[&str] = &["aiohttp.", "httpx.", "requests."];

/// Libraries of JavaScript whose errors say the whole address.
const SAYING: &[&str] = &["ky", "node-fetch"];

/// Options of a request that axios keeps with an error.
const KEPT: &[&str] = &[
    "auth", "baseURL", "data", "headers", "params", "proxy", "url",
];

/// Functions that an error is followed out of.
const MAX_CALLERS: usize = 2;
/// Calls of one function that it is followed to.
const MAX_CALLS: usize = 20;

fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

/// Whether the value is in something that is not shown, or only with its errors.
pub(super) fn is_unsaid(path: &[Step]) -> bool {
    path.iter()
        .any(|step| matches!(step, Step::Key(key) if key.starts_with('%')))
}

impl Flow<'_, '_> {
    /// A secret is given to a client that asks for something.
    pub(super) fn asked_for(
        &mut self,
        state: &State,
        call: NodeId,
        path: &str,
        place: usize,
        keyword: Option<&str>,
    ) {
        match self.values.family() {
            Family::Ecma => self.asked_ecma(state, call, path, place),
            Family::Python => self.asked_python(state, call, path, place, keyword),
            Family::Rust => self.asked_rust(state, call, path, place),
        }
    }

    /// A member of something that asks, or of what it gives; tells whether it was one.
    pub(super) fn asked_by(
        &mut self,
        state: &State,
        member: NodeId,
        name: &str,
        call: Option<NodeId>,
    ) -> bool {
        let Some((Step::Key(last), inside)) = state.path.split_last() else {
            return false;
        };
        let inside = State {
            path: inside.to_vec(),
            ..state.clone()
        };
        match (last.as_str(), call) {
            (CLIENT, Some(call)) if REQUESTS.contains(&name) => self.failed(&inside, call),
            (CLIENT, None) if name == "interceptors" => self.intercepted(&inside, member),
            (CLIENT, None) if name == "defaults" => self.go(&inside, member),
            (REQUEST, Some(call)) if name == "send" => self.go(&within(&inside, ERROR), call),
            (REQUEST, Some(call)) => self.go(state, call),
            (ERROR, Some(call)) => self.after_error(state, &inside, call, name),
            (CLIENT | REQUEST | ERROR, _) => {}
            _ => return false,
        }
        true
    }

    /// The error of a request is taken from a `Result`, or goes on with it.
    fn after_error(&mut self, state: &State, inside: &State, call: NodeId, name: &str) {
        match name {
            "map_err" | "unwrap_or_else" | "or_else" | "inspect_err" => {
                let arguments = self.values.shapes.calls[&call].arguments;
                let first = self.values.arguments(arguments).next();
                for function in
                    first.map_or(Vec::new(), |(callback, _)| self.values.callees(callback))
                {
                    self.enter(inside, call, function, 0);
                }
            }
            "bytes" | "error_for_status" | "error_for_status_ref" | "json" | "text" => {
                self.go(state, call);
            }
            _ => {}
        }
    }

    /// `result?`: the error goes to whoever called.
    pub(super) fn propagated(&mut self, state: &State, node: NodeId) {
        if state.path.last() == Some(&key(ERROR))
            && self.values.tree.kind_name(node) == "try_expression"
            && let Some(function) = self.values.function_around(node)
        {
            self.returned(state, function);
        }
    }

    /// What a pattern for an error takes; [`None`] where the value is no error.
    pub(super) fn as_failure(state: &State) -> Option<State> {
        let (last, inside) = state.path.split_last()?;
        (*last == key(ERROR)).then(|| State {
            path: inside.to_vec(),
            ..state.clone()
        })
    }

    fn asked_python(
        &mut self,
        state: &State,
        call: NodeId,
        path: &str,
        place: usize,
        keyword: Option<&str>,
    ) {
        let values = self.values;
        let in_address = match keyword {
            Some(keyword) => matches!(keyword, "params" | "url"),
            None => place == 0,
        };
        let method = path.rsplit('.').next().unwrap_or(path);
        if !in_address
            || !REQUESTS.contains(&method)
            || !CLIENTS
                .iter()
                .any(|client| path.trim_start_matches('%').starts_with(client))
        {
            return;
        }
        let tried = values
            .tree
            .ancestors(call)
            .take_while(|&around| !values.shapes.functions.contains_key(&around))
            .find(|&around| values.tree.kind_name(around) == "try_statement");
        let Some(tried) = tried else { return };
        let inside = |binding: &&Binding<'_>| {
            values.tree.contains(tried, binding.at)
                && values
                    .names
                    .statement_around(binding.at)
                    .is_some_and(|around| {
                        values.tree.kind_name(around) == "except_clause"
                            && !self.says_no_address(around)
                    })
        };
        values.tree.spend(values.names.bindings.len());
        let caught: Vec<_> = values
            .names
            .bindings
            .iter()
            .filter(inside)
            .cloned()
            .collect();
        for binding in caught {
            let story = self.tell(state, binding.at);
            for node in values.names.references(&binding) {
                self.push(State {
                    node,
                    path: Vec::new(),
                    story,
                    ..state.clone()
                });
            }
        }
    }

    /// Whether the errors that a clause catches never say what was asked for.
    fn says_no_address(&self, clause: NodeId) -> bool {
        let head = self
            .values
            .text(clause)
            .split(':')
            .next()
            .unwrap_or_default();
        head.contains("httpx.")
            && !["HTTPStatusError", "HTTPError"]
                .iter()
                .any(|error| head.contains(error))
    }

    fn asked_ecma(&mut self, state: &State, call: NodeId, path: &str, place: usize) {
        let (library, rest) = path.split_once('.').unwrap_or((path, ""));
        let rest = rest.strip_prefix("default").map_or(rest, |rest| {
            rest.strip_prefix('.')
                .unwrap_or(if rest.is_empty() { rest } else { path })
        });
        let method = rest.rsplit('.').next().unwrap_or(rest);
        if SAYING.contains(&library) {
            let in_address = match state.path.last() {
                None => place == 0,
                Some(outer) => place == 1 && *outer == key("searchParams"),
            };
            if in_address && (rest.is_empty() || REQUESTS.contains(&rest)) {
                let said = [Vec::new(), vec![key("message")], vec![key("stack")]];
                self.caught(state, call, &said);
            }
        } else if library == "axios" && rest == "create" {
            if place == 0 && is_kept(&state.path) {
                self.go(&within(state, CLIENT), call);
            }
        } else if library == "axios"
            && (rest.is_empty() || REQUESTS.contains(&method))
            && (rest == method || rest == format!("create().{method}"))
            && let Some(request) = in_request(state, method, place)
        {
            self.failed(&request, call);
        }
    }

    /// A request of axios that holds the value fails: the error holds what it was made of.
    fn failed(&mut self, request: &State, call: NodeId) {
        // Whoever looks at the answers first may give another error.
        if memchr::memmem::find(self.values.bytes, b"interceptors.response").is_some() {
            return;
        }
        let mut path = request.path.clone();
        path.push(key("config"));
        self.caught(request, call, &[path]);
    }

    /// `client.interceptors.response.use(answer, error)`.
    fn intercepted(&mut self, inside: &State, member: NodeId) {
        let values = self.values;
        let mut at = member;
        for name in ["response", "use"] {
            let next = values
                .shapes
                .uses(at)
                .iter()
                .find_map(|&(_, how)| match how {
                    Use::Member(next) if values.text(values.shapes.members[&next].1) == name => {
                        Some(next)
                    }
                    _ => None,
                });
            let Some(next) = next else { return };
            at = next;
        }
        let Some(call) = self.called(at) else { return };
        let second = values
            .arguments(values.shapes.calls[&call].arguments)
            .nth(1);
        let state = within(inside, "config");
        for function in second.map_or(Vec::new(), |(callback, _)| values.callees(callback)) {
            self.enter(&state, call, function, 0);
        }
    }

    /// The errors of a call hold the value, in each of some parts.
    fn caught(&mut self, state: &State, call: NodeId, paths: &[Vec<Step>]) {
        let values = self.values;
        let mut handlers = Vec::new();
        if !self.handled(call, &mut handlers) {
            self.handlers_around(call, MAX_CALLERS, &mut handlers);
        }
        handlers.sort_unstable();
        handlers.dedup();
        for handler in handlers {
            let Some(parameter) = self.error_of(handler) else {
                continue;
            };
            values.tree.spend(values.names.bindings.len());
            let bindings = values.names.bindings.iter();
            let bound: Vec<_> = bindings.filter(|binding| binding.at == parameter).collect();
            for binding in bound {
                let story = self.tell(state, parameter);
                for node in values.names.references(binding) {
                    if self.is_another(handler, node) {
                        continue;
                    }
                    for path in paths {
                        self.push(State {
                            node,
                            path: path.clone(),
                            calls: Vec::new(),
                            story,
                            ..state.clone()
                        });
                    }
                }
            }
        }
    }

    /// The name that a clause or function has for the error.
    fn error_of(&self, handler: NodeId) -> Option<NodeId> {
        let values = self.values;
        if let Some(parameters) = values.names.parameters.get(&handler) {
            return values.shapes.parameters[parameters.first()?].target;
        }
        values.tree.child(handler, "parameter")
    }

    /// `request.catch(…)`: the functions that get the error.
    fn handled(&self, call: NodeId, found: &mut Vec<NodeId>) -> bool {
        let values = self.values;
        let mut at = call;
        for _ in 0..8 {
            let next = values
                .shapes
                .uses(at)
                .iter()
                .find_map(|&(_, how)| match how {
                    Use::Same(outer) => Some(outer),
                    Use::Member(member) => {
                        let call = self.called(member)?;
                        let place = match values.text(values.shapes.members[&member].1) {
                            "catch" => 0,
                            "then" => 1,
                            _ => return None,
                        };
                        let arguments = values.shapes.calls[&call].arguments;
                        let callback = values.arguments(arguments).nth(place);
                        if let Some((callback, _)) = callback {
                            found.extend(values.callees(callback));
                        }
                        Some(call)
                    }
                    _ => None,
                });
            let Some(next) = next.filter(|_| found.is_empty()) else {
                break;
            };
            at = next;
        }
        !found.is_empty()
    }

    /// The clauses that catch what is thrown at a place, in its function or in those that call it.
    fn handlers_around(&self, node: NodeId, callers: usize, found: &mut Vec<NodeId>) {
        let values = self.values;
        for around in values.tree.ancestors(node) {
            if values.shapes.functions.contains_key(&around) {
                let Some(callers) = callers.checked_sub(1) else {
                    return;
                };
                for &call in self.callers(around).iter().take(MAX_CALLS) {
                    values.tree.spend(16);
                    if !self.handled(call, &mut *found) {
                        self.handlers_around(call, callers, found);
                    }
                }
                return;
            }
            let is_tried = values.tree.kind_name(around) == "try_statement"
                && values
                    .tree
                    .child(around, "body")
                    .is_some_and(|body| values.tree.contains(body, node));
            if is_tried && let Some(handler) = values.tree.child(around, "handler") {
                found.push(handler);
                return;
            }
        }
    }

    /// Whether the error at a place is known to be of another kind: the clause asks, and this is not where it is.
    fn is_another(&self, handler: NodeId, node: NodeId) -> bool {
        let values = self.values;
        let asks = |text: &str| text.contains("AxiosError");
        if !asks(values.text(handler)) {
            return false;
        }
        let mut inside = values
            .tree
            .ancestors(node)
            .take_while(|&around| around != handler);
        !inside.any(|around| {
            let is_branch = matches!(
                values.tree.kind_name(around),
                "if_statement" | "ternary_expression"
            );
            let said = |field| values.tree.child(around, field);
            is_branch
                && said("condition").is_some_and(|condition| {
                    let condition = values.text(condition);
                    asks(condition) && !condition.contains('!')
                })
                && said("consequence").is_some_and(|branch| values.tree.contains(branch, node))
        })
    }

    fn asked_rust(&mut self, state: &State, call: NodeId, path: &str, place: usize) {
        let method = path.rsplit('.').next().unwrap_or(path);
        let asks = place == 0
            && (method == "query" || REQUESTS.contains(&method) && state.path.is_empty())
            || place == 1 && method == "request" && state.path.is_empty();
        if !asks || memchr::memmem::find(self.values.bytes, b"reqwest").is_none() {
            return;
        }
        let is_sent = matches!(path, "reqwest.get" | "reqwest.blocking.get");
        let plain = State {
            path: Vec::new(),
            ..state.clone()
        };
        self.go(&within(&plain, if is_sent { ERROR } else { REQUEST }), call);
    }
}

/// The value inside one thing more.
fn within(state: &State, step: &str) -> State {
    let mut state = state.clone();
    state.path.push(key(step));
    state
}

fn is_kept(path: &[Step]) -> bool {
    matches!(path.last(), Some(Step::Key(outer)) if KEPT.contains(&outer.as_str()))
}

/// Where in what a request is made of an argument goes.
fn in_request(state: &State, method: &str, place: usize) -> Option<State> {
    let is_plain = state.path.is_empty();
    let has_body = matches!(method, "patch" | "post" | "put");
    let path = match place {
        0 if is_plain => vec![key("url")],
        1 if has_body => vec![key("data")],
        0 if !matches!(method, "" | "axios" | "request") => return None,
        _ if is_kept(&state.path) => state.path.clone(),
        _ => return None,
    };
    Some(State {
        path,
        ..state.clone()
    })
}
