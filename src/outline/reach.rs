//! Which items are needed to follow what starts in some of them: two closures that feed each other, over who uses a name
//! and over what an item needs. Each name is gone over once for each way of following it, so that a file costs what its
//! tokens cost.

use super::graph::{Graph, Id, id};
use super::names::Role;
use super::{Given, Outline};

/// Functions that a value is followed into, one from the other.
const MAX_CALLS: usize = 6;

/// Functions that an error is followed out of.
const MAX_THROWS: usize = 2;

/// Names inside one item whose values are followed.
const MAX_LOCALS: usize = 32;

/// How far an item has to be followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// Not at all.
    #[default]
    None,
    /// It has to be there.
    Present,
    /// The name of a variable comes from somewhere: who calls it may say, and constants may.
    Name,
    /// What it does has to be understood: what it is made of, and who uses it.
    All,
}

/// What of the things that an item mentions has to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    #[default]
    None,
    /// Variables: what a value is given to may be one.
    Variables,
    /// Variables and classes, which may hold the names of others.
    Constants,
    /// Everything.
    All,
}

/// What was already done with a name.
#[derive(Clone, Copy, Debug, Default)]
struct Done {
    used: Reach,
    needed: Need,
    /// Its values were followed.
    followed: bool,
    /// How far its calls were followed.
    calls: usize,
    /// How far those who call it were followed, which may catch what it throws.
    thrown: usize,
}

/// The closures at work.
#[derive(Debug)]
pub(super) struct Reaching<'g, 't> {
    pub(super) outline: &'g Outline<'t>,
    pub(super) graph: &'g Graph<'t>,
    /// By item.
    pub(super) reach: Vec<Reach>,
    needed: Vec<Need>,
    /// Those that processes are started in, or that say how.
    pub(super) starting: Vec<bool>,
    /// By name.
    done: Vec<Done>,
    /// By method: whether it is needed, and how far its calls were followed.
    methods: Vec<(bool, usize)>,
    /// By method: its objects' own calls were followed.
    own: Vec<bool>,
    /// By item: how far the functions that it calls were followed.
    calls: Vec<usize>,
    /// By item: what it gives names to was followed.
    filled: Vec<bool>,
    users: Vec<(Id, Reach)>,
    needs: Vec<(Id, Need)>,
    values: Vec<Id>,
    /// Names inside each item whose values were followed.
    locals: Vec<Vec<&'t [u8]>>,
}

impl<'g, 't> Reaching<'g, 't> {
    pub(super) fn new(outline: &'g Outline<'t>) -> Self {
        let graph = &outline.graph;
        Self {
            outline,
            graph,
            reach: vec![Reach::None; graph.items.len()],
            needed: vec![Need::None; graph.items.len()],
            starting: vec![false; graph.items.len()],
            done: vec![Done::default(); graph.names.len()],
            methods: vec![(false, 0); graph.methods.len()],
            own: vec![false; graph.methods.len()],
            calls: vec![0; graph.items.len()],
            filled: vec![false; graph.items.len()],
            users: Vec::new(),
            needs: Vec::new(),
            values: Vec::new(),
            locals: vec![Vec::new(); graph.items.len()],
        }
    }

    /// An item has to be followed.
    pub(super) fn item(&mut self, at: usize, how: Reach) {
        self.users.push((id(at), how));
    }

    /// An item has to be there, with all that it is made of.
    pub(super) fn made(&mut self, at: usize) {
        self.needs.push((id(at), Need::All));
    }

    /// The value that stands at a token has to be seen wherever it has a name.
    pub(super) fn value(&mut self, token: usize) {
        self.values.push(id(token));
    }

    /// A constant has to be known.
    pub(super) fn constant(&mut self, name: &[u8]) {
        if let Some(name) = self.graph.name(name) {
            self.need(name, Need::Constants, |_| true);
        }
    }

    /// Does what follows from all that was asked for.
    pub(super) fn run(&mut self) {
        loop {
            if let Some((at, how)) = self.users.pop() {
                self.follow(at as usize, how);
            } else if let Some(token) = self.values.pop() {
                self.follow_value(token as usize);
            } else if let Some((at, need)) = self.needs.pop() {
                self.look_into(at as usize, need);
            } else {
                return;
            }
        }
    }

    fn follow(&mut self, at: usize, how: Reach) {
        if self.reach[at] >= how {
            return;
        }
        self.reach[at] = how;
        let graph = self.graph;
        let item = &graph.items[at];
        if how == Reach::Present || item.role == Role::List {
            return;
        }
        for name in &item.declared {
            if how == Reach::Name && item.role == Role::Other {
                self.callers_of(name);
            } else {
                self.users_of(name, how);
            }
        }
        if how == Reach::Name {
            if item.role != Role::Other {
                // What it is called for has the value.
                self.follow_names(&item.declared);
            }
            for name in &item.methods {
                if let Some(method) = graph.method(name)
                    && !std::mem::replace(&mut self.own[method as usize], true)
                {
                    self.calls_at(&graph.own_calls[method as usize]);
                }
            }
        }
        for name in &item.changed {
            self.users_of(name, how);
        }
        let need = if how == Reach::All {
            Need::All
        } else {
            Need::Constants
        };
        self.needs.push((id(at), need));
    }

    /// Those who use a name have to be followed as well.
    fn users_of(&mut self, name: &[u8], how: Reach) {
        if let Some(name) = self.graph.name(name)
            && self.done[name as usize].used < how
        {
            self.done[name as usize].used = how;
            let users = &self.graph.names[name as usize].mentioned_in;
            self.users.extend(users.iter().map(|&user| (user, how)));
        }
    }

    /// Those who call a function that reads the variable they name: they are such functions themselves, where the name
    /// is not written there.
    fn callers_of(&mut self, name: &[u8]) {
        let Some(name) = self.graph.name(name) else {
            return;
        };
        if self.done[name as usize].used >= Reach::Name {
            return;
        }
        self.done[name as usize].used = Reach::Name;
        self.calls_at(&self.graph.names[name as usize].tokens);
    }

    /// The calls at some tokens give a name to a function that reads it.
    fn calls_at(&mut self, tokens: &[Id]) {
        for &token in tokens {
            match self.outline.given(token as usize) {
                Given::Nothing => {}
                Given::Text => self.values.push(token),
                Given::Other => {
                    let at = self.outline.item_of(token as usize);
                    self.users.push((id(at), Reach::Name));
                    self.values.push(token);
                }
            }
        }
    }

    fn follow_value(&mut self, token: usize) {
        let at = self.outline.item_of(token);
        self.users.push((id(at), Reach::Present));
        self.needs.push((id(at), Need::Variables));
        let graph = self.graph;
        let item = &graph.items[at];
        let is_own = |name: &[u8]| graph.name(name).is_some();
        let Some(goes) = self.outline.statement(at).goes(token, is_own) else {
            if !std::mem::replace(&mut self.filled[at], true) {
                self.follow_names(&item.changed);
                self.follow_names(&item.declared);
            }
            return;
        };
        self.follow_names(&goes.names);
        self.follow_locals(at, &goes.names);
        for function in goes.functions {
            self.follow_call(function, MAX_CALLS);
        }
        if goes.asked && item.role == Role::Other {
            self.follow_thrown(at, MAX_THROWS);
        }
        // Whoever calls the function gets it, and whoever has an object of the class.
        if goes.returned || item.role == Role::Class {
            self.follow_names(&item.declared);
        }
    }

    /// Those who call for something catch what goes wrong.
    fn follow_thrown(&mut self, at: usize, hops: usize) {
        let graph = self.graph;
        for name in &graph.items[at].declared {
            let Some(name) = graph.name(name) else {
                continue;
            };
            if self.done[name as usize].thrown >= hops {
                continue;
            }
            self.done[name as usize].thrown = hops;
            for &user in &graph.names[name as usize].mentioned_in {
                self.users.push((user, Reach::Present));
                self.needs.push((user, Need::Variables));
                if hops > 1 {
                    self.follow_thrown(user as usize, hops - 1);
                }
            }
        }
    }

    /// The names that are none of the file mean the same only inside the item.
    fn follow_locals(&mut self, at: usize, names: &[&'t [u8]]) {
        for &name in names {
            if self.graph.name(name).is_some() || matches!(name, b"this" | b"self" | b"mut") {
                continue;
            }
            let locals = &mut self.locals[at];
            if locals.len() == MAX_LOCALS {
                // Too many to look for each.
                return self.users.push((id(at), Reach::All));
            }
            if !locals.contains(&name) {
                locals.push(name);
                self.values.extend(self.outline.occurrences(at, name));
            }
        }
    }

    fn follow_names(&mut self, names: &[&[u8]]) {
        for name in names {
            if let Some(name) = self.graph.name(name)
                && !std::mem::replace(&mut self.done[name as usize].followed, true)
            {
                self.values.extend(&self.graph.names[name as usize].tokens);
            }
        }
    }

    /// What a function does with what it is given has to be seen, and the functions that it may give it to.
    fn follow_call(&mut self, name: &[u8], hops: usize) {
        let graph = self.graph;
        if let Some(name) = graph.name(name)
            && self.done[name as usize].calls < hops
        {
            self.done[name as usize].calls = hops;
            self.follow_into(&graph.names[name as usize].declared_in, hops);
        }
        if let Some(method) = graph.method(name)
            && self.methods[method as usize].1 < hops
        {
            self.methods[method as usize].1 = hops;
            self.follow_into(&graph.methods[method as usize], hops);
        }
    }

    fn follow_into(&mut self, items: &[Id], hops: usize) {
        let graph = self.graph;
        for &at in items {
            self.users.push((at, Reach::Present));
            let item = &graph.items[at as usize];
            if !matches!(item.role, Role::Other | Role::Class) || self.calls[at as usize] >= hops {
                continue;
            }
            self.calls[at as usize] = hops;
            self.follow_names(&item.changed);
            for word in &graph.calls[at as usize] {
                self.follow_call(word, hops - 1);
            }
        }
    }

    /// The items that declare a name have to be there, those that `fits` says.
    fn need(&mut self, name: Id, need: Need, fits: impl Fn(Role) -> bool) {
        if self.done[name as usize].needed >= need {
            return;
        }
        self.done[name as usize].needed = need;
        let name = &self.graph.names[name as usize];
        for &at in &name.declared_in {
            if fits(self.graph.items[at as usize].role) {
                self.needs.push((at, need));
            }
        }
        if need > Need::Variables {
            let changing = name.changed_in.iter();
            self.needs.extend(changing.map(|&at| (at, need)));
        }
    }

    /// An item has to be there, with what it needs itself.
    fn look_into(&mut self, at: usize, need: Need) {
        if self.needed[at] >= need {
            return;
        }
        self.needed[at] = need;
        self.reach[at] = self.reach[at].max(Reach::Present);
        let graph = self.graph;
        for &name in &graph.mentions[at] {
            self.need(name, need, |role| match need {
                Need::None | Need::Variables => role == Role::Variables,
                Need::Constants => matches!(role, Role::Variables | Role::Class),
                Need::All => true,
            });
        }
        if need == Need::All {
            for &method in &graph.called[at] {
                if !std::mem::replace(&mut self.methods[method as usize].0, true) {
                    let holding = graph.methods[method as usize].iter();
                    self.needs.extend(holding.map(|&at| (at, need)));
                }
            }
            // What was given to it may get out by what it fills.
            for name in &graph.items[at].changed {
                self.users_of(name, Reach::All);
            }
        }
    }
}
