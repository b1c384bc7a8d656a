//! What starts a process has to be there with what it says of it: far less than where a value goes.

use std::collections::BTreeSet;

use super::graph::Id;
use super::names::Role;
use super::reach::{Reach, Reaching};
use super::token::Kind;

impl Reaching<'_, '_> {
    /// What starts a process at a token, or those who use what is taken from a module there.
    pub(super) fn started(&mut self, token: usize) {
        let mut names: BTreeSet<Id> = BTreeSet::new();
        let mut work = vec![token];
        while let Some(token) = work.pop() {
            let graph = self.graph;
            let at = self.outline.item_of(token);
            self.options(at);
            let item = &graph.items[at];
            let takes = match item.role {
                Role::Module => true,
                Role::Variables => !self.is_called(token),
                _ => false,
            };
            let declared = item.declared.iter().filter(|_| takes);
            for name in declared.filter_map(|name| graph.name(name)) {
                if names.insert(name) {
                    let tokens = graph.names[name as usize].tokens.iter();
                    work.extend(tokens.map(|&token| token as usize));
                }
            }
        }
    }

    /// An item has to be there, and the variables of the file that it mentions.
    fn options(&mut self, at: usize) {
        let mut work = vec![at];
        while let Some(at) = work.pop() {
            if std::mem::replace(&mut self.starting[at], true) {
                continue;
            }
            self.item(at, Reach::Present);
            let graph = self.graph;
            if graph.items[at].role == Role::Module {
                continue;
            }
            for &name in &graph.mentions[at] {
                let declaring = graph.names[name as usize].declared_in.iter();
                let variables = declaring
                    .map(|&at| at as usize)
                    .filter(|&at| graph.items[at].role == Role::Variables);
                work.extend(variables);
            }
        }
    }

    /// Whether the word at a token is called, or a part of it: `spawn(…)`, `cp.spawn(…)`.
    fn is_called(&self, token: usize) -> bool {
        let mut behind = self.outline.tokens[token + 1..]
            .iter()
            .filter(|token| token.is_code());
        let is_word = self.outline.tokens[token].kind == Kind::Word;
        let next = behind.find(|token| !token.is(b'.') && token.kind != Kind::Word);
        is_word && next.is_some_and(|next| next.is(b'('))
    }
}
