//! Which item declares, changes and mentions which of the file's names.

use rustc_hash::FxHashMap;

use super::items::Item;
use super::names::{Names, Role, names};
use super::token::{Kind, Token};
use crate::language::Family;

/// Words for the object or class whose function runs.
const OWN: [&str; 4] = ["Self", "cls", "self", "this"];

/// The number of an item, a name or a token.
pub(super) type Id = u32;

/// The number of a place in a list; no list is longer than the text, which fits.
pub(super) fn id(at: usize) -> Id {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A name of the file.
#[derive(Debug, Default)]
pub(super) struct Name {
    /// The items that declare it.
    pub(super) declared_in: Vec<Id>,
    /// One of these may be a function.
    pub(super) is_function: bool,
    /// The items that assign to it or put something into it, and do not declare it.
    pub(super) changed_in: Vec<Id>,
    /// The items that mention it.
    pub(super) mentioned_in: Vec<Id>,
    /// The tokens that are it.
    pub(super) tokens: Vec<Id>,
}

/// Items and names, and how they hang together.
#[derive(Debug)]
pub(super) struct Graph<'t> {
    /// What each item says.
    pub(super) items: Vec<Names<'t>>,
    pub(super) names: Vec<Name>,
    by_name: FxHashMap<&'t [u8], Id>,
    /// The names that each item mentions, each once.
    pub(super) mentions: Vec<Vec<Id>>,
    /// Names of functions that are called as a part of something, and the items that hold such functions.
    pub(super) methods: Vec<Vec<Id>>,
    by_method: FxHashMap<&'t [u8], Id>,
    /// The tokens by which objects call such functions of their own, which may be of a class that has no name here.
    pub(super) own_calls: Vec<Vec<Id>>,
    /// Those that each item mentions.
    pub(super) called: Vec<Vec<Id>>,
    /// The functions of the file that each item may call, by name.
    pub(super) calls: Vec<Vec<&'t [u8]>>,
}

impl<'t> Graph<'t> {
    pub(super) fn new(family: Family, text: &'t [u8], tokens: &[Token], items: &[Item]) -> Self {
        let said = |item: &Item| names(family, text, &tokens[item.tokens.clone()]);
        let mut graph = Self {
            items: items.iter().map(said).collect(),
            names: Vec::new(),
            by_name: FxHashMap::default(),
            mentions: vec![Vec::new(); items.len()],
            methods: Vec::new(),
            by_method: FxHashMap::default(),
            own_calls: Vec::new(),
            called: vec![Vec::new(); items.len()],
            calls: vec![Vec::new(); items.len()],
        };
        for (at, item) in graph.items.iter().enumerate() {
            for &name in item.declared.iter().filter(|name| !name.is_empty()) {
                let number = *graph.by_name.entry(name).or_insert_with(|| {
                    graph.names.push(Name::default());
                    id(graph.names.len() - 1)
                });
                let name = &mut graph.names[number as usize];
                add(&mut name.declared_in, id(at));
                name.is_function |= item.role == Role::Other;
            }
            for &name in &item.methods {
                let number = *graph.by_method.entry(name).or_insert_with(|| {
                    graph.methods.push(Vec::new());
                    id(graph.methods.len() - 1)
                });
                add(&mut graph.methods[number as usize], id(at));
            }
        }
        graph.own_calls = vec![Vec::new(); graph.methods.len()];
        for (at, item) in graph.items.iter().enumerate() {
            for &name in &item.changed {
                let Some(&number) = graph.by_name.get(name) else {
                    continue;
                };
                let name = &mut graph.names[number as usize];
                if name.declared_in.binary_search(&id(at)).is_err() {
                    add(&mut name.changed_in, id(at));
                }
            }
        }
        for (at, item) in items.iter().enumerate() {
            graph.mention(at, item, text, tokens);
        }
        graph
    }

    fn mention(&mut self, at: usize, item: &Item, text: &'t [u8], tokens: &[Token]) {
        let (mut is_part, mut is_own) = (false, false);
        for place in item.tokens.clone() {
            match tokens[place].kind {
                Kind::Word | Kind::Inner => {
                    let word = tokens[place].text(text);
                    if let Some(&number) = self.by_name.get(word) {
                        let name = &mut self.names[number as usize];
                        name.tokens.push(id(place));
                        if add(&mut name.mentioned_in, id(at)) {
                            self.mentions[at].push(number);
                        }
                    }
                    let method = self.by_method.get(word);
                    if is_part && let Some(&method) = method {
                        self.called[at].push(method);
                        if is_own {
                            self.own_calls[method as usize].push(id(place));
                        }
                    }
                    let is_called = tokens.get(place + 1).is_some_and(|next| next.is(b'('));
                    if is_called && (method.is_some() || self.by_name.contains_key(word)) {
                        self.calls[at].push(word);
                    }
                    is_part = false;
                    is_own = OWN.iter().any(|own| own.as_bytes() == word);
                }
                Kind::Mark(mark) => {
                    is_part = mark == b'.' || mark == b':';
                    is_own &= is_part;
                }
                Kind::Text | Kind::Comment => {}
            }
        }
        self.called[at].sort_unstable();
        self.called[at].dedup();
        self.calls[at].sort_unstable();
        self.calls[at].dedup();
    }

    /// The number of a name, if it is one of the file.
    pub(super) fn name(&self, name: &[u8]) -> Option<Id> {
        self.by_name.get(name).copied()
    }

    /// The number of a method, if it is one of the file.
    pub(super) fn method(&self, name: &[u8]) -> Option<Id> {
        self.by_method.get(name).copied()
    }

    /// The items that declare a name.
    pub(super) fn declaring(&self, name: &[u8]) -> &[Id] {
        self.name(name)
            .map_or(&[], |name| &self.names[name as usize].declared_in)
    }
}

/// Adds a number that is none smaller than those before; tells whether it is new.
fn add(list: &mut Vec<Id>, number: Id) -> bool {
    let is_new = list.last() != Some(&number);
    if is_new {
        list.push(number);
    }
    is_new
}
