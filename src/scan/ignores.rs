//! Finds the comments of a file that silence findings.

use memchr::memmem;

use crate::language::Language;
use crate::rules::Rule;
use crate::suppress::{Directive, Suppressions, parse_comment};
use crate::syntax::Tree;
use crate::text::{LineIndex, TextRange};

/// The suppressions of a file, and what is wrong with how some are written.
#[derive(Debug, Default)]
pub(super) struct Ignores {
    pub(super) suppressions: Suppressions,
    pub(super) wrong: Vec<(TextRange, String)>,
    /// Where each rule of each comment stands, by the comment's line.
    places: Vec<(usize, String, TextRange)>,
}

impl Ignores {
    pub(super) fn find(tree: &Tree, text: &[u8], lines: &LineIndex) -> Self {
        let mut ignores = Self::default();
        if memmem::find(text, b"envacuate:").is_none() {
            return ignores;
        }
        let mut directives: Vec<(Directive, usize, usize, bool)> = Vec::new();
        for node in tree.nodes() {
            if !tree.is_comment(node) {
                continue;
            }
            let range = tree.range(node);
            // Documentation shows code; it is not part of it.
            if tree.language() == Language::Rust
                && ["///", "//!"]
                    .iter()
                    .any(|doc| tree.text(text, node).starts_with(doc))
            {
                continue;
            }
            let at = |within: TextRange| {
                TextRange::new(range.start + within.start, range.start + within.end)
            };
            match parse_comment(tree.text(text, node)) {
                None => {}
                Some(Err(error)) => ignores
                    .wrong
                    .push((at(error.range), error.message.to_owned())),
                Some(Ok(directive)) => {
                    let start = lines.line(range.start);
                    for (rule, within) in &directive.rules {
                        ignores.places.push((start, rule.clone(), at(*within)));
                        if Rule::find(rule).is_none() {
                            ignores
                                .wrong
                                .push((at(*within), "there is no rule of this name".to_owned()));
                        }
                    }
                    let before = &text[lines.start(start)..range.start];
                    let own_line = before.trim_ascii().is_empty();
                    directives.push((directive, start, lines.line(range.end.max(1) - 1), own_line));
                }
            }
        }
        ignores.suppressions = Suppressions::new(directives);
        ignores
    }

    /// Adds the comments that silenced nothing, for rules that ran.
    pub(super) fn unused(&mut self, ran: impl Fn(&str) -> bool) {
        for (line, rule) in self.suppressions.unused() {
            let known = Rule::find(&rule).is_some() && ran(&rule);
            let place = self
                .places
                .iter()
                .find(|(at, name, _)| *at == line && *name == rule);
            if let Some((_, _, range)) = place.filter(|_| known) {
                self.wrong
                    .push((*range, format!("this comment silences no {rule}")));
            }
        }
        self.wrong.sort();
    }
}
