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
        let mut directives = Vec::new();
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
            ignores.add(text, lines, range, &mut directives);
        }
        ignores.suppressions = Suppressions::new(directives);
        ignores
    }

    /// The same for a config file, of which only keys and values are known; what is neither and behind a marker is a
    /// comment.
    pub(super) fn in_config(text: &[u8], lines: &LineIndex, known: &[TextRange]) -> Self {
        let mut ignores = Self::default();
        let mut directives = Vec::new();
        for at in memmem::find_iter(text, b"envacuate:") {
            let before = known.partition_point(|range| range.start <= at);
            if before > 0 && known[before - 1].end > at {
                continue;
            }
            let line = lines.line(at);
            let start = lines.start(line);
            let Some(marker) = marker(&text[start..at]) else {
                continue;
            };
            let rest = lines.line_text(text, line);
            let end = start + memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2);
            let range = TextRange::new(start + marker, end.max(at));
            ignores.add(text, lines, range, &mut directives);
        }
        ignores.suppressions = Suppressions::new(directives);
        ignores
    }

    fn add(
        &mut self,
        text: &[u8],
        lines: &LineIndex,
        range: TextRange,
        directives: &mut Vec<(Directive, usize, usize, bool)>,
    ) {
        let at = |within: TextRange| {
            TextRange::new(range.start + within.start, range.start + within.end)
        };
        let Ok(comment) = std::str::from_utf8(&text[range.start..range.end]) else {
            return;
        };
        match parse_comment(comment) {
            None => {}
            Some(Err(error)) => self.wrong.push((at(error.range), error.message.to_owned())),
            Some(Ok(directive)) => {
                let start = lines.line(range.start);
                for (rule, within) in &directive.rules {
                    self.places.push((start, rule.clone(), at(*within)));
                    if Rule::find(rule).is_none() {
                        let message = "there is no rule of this name".to_owned();
                        self.wrong.push((at(*within), message));
                    }
                }
                let before = &text[lines.start(start)..range.start];
                let before = before.strip_prefix("\u{feff}".as_bytes()).unwrap_or(before);
                let own_line = before.trim_ascii().is_empty();
                directives.push((directive, start, lines.line(range.end.max(1) - 1), own_line));
            }
        }
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

/// Where the comment starts that the end of a part of a line stands in, if there is nothing but markers before.
fn marker(line: &[u8]) -> Option<usize> {
    let bare = line.trim_ascii_end();
    let marks = bare.iter().rev();
    let count = marks.take_while(|b| matches!(b, b'#' | b'/' | b'*' | b';' | b'!'));
    let start = bare.len() - count.count();
    (start < bare.len()).then_some(start)
}
