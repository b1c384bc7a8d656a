//! Which names get a value that stands at a place: looks back from it to the start of its statement.

use super::items::Item;
use super::token::{Kind, Token};
use crate::language::Family;

/// Tokens that are looked at on the way back.
const MAX_TOKENS: usize = 200;

/// Functions and types that give back what they are given.
const KEEPING: &[&str] = &[
    "BigInt",
    "Boolean",
    "Box",
    "Number",
    "Ok",
    "Option",
    "Result",
    "Some",
    "String",
    "bool",
    "float",
    "int",
    "parseFloat",
    "parseInt",
    "str",
];

/// Words behind which a bracket groups.
const GROUPING: &[&str] = &[
    "and", "await", "case", "else", "if", "in", "is", "lambda", "not", "or", "return", "typeof",
    "yield",
];

/// Words that join two expressions.
const JOINING: &[&str] = &[
    "and",
    "as",
    "else",
    "for",
    "if",
    "in",
    "instanceof",
    "is",
    "not",
    "or",
    "satisfies",
];

fn is_in(table: &[&str], word: &[u8]) -> bool {
    table.iter().any(|one| one.as_bytes() == word)
}

/// Where a value goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Goes<'t> {
    /// It has no name from there on.
    Nowhere,
    /// It is assigned to something that consists of these words.
    Names(Vec<&'t [u8]>),
    /// It is given to a function of this name.
    Function(&'t [u8]),
}

/// The tokens of an item, in which statements are looked at.
#[derive(Debug)]
pub(super) struct Statement<'t, 'o> {
    family: Family,
    text: &'t [u8],
    tokens: &'o [Token],
    /// The first token of the item.
    start: usize,
}

impl<'t, 'o> Statement<'t, 'o> {
    pub(super) fn new(family: Family, text: &'t [u8], tokens: &'o [Token], item: &Item) -> Self {
        Self {
            family,
            text,
            tokens: &tokens[..item.tokens.end],
            start: item.tokens.start,
        }
    }

    fn word(&self, at: usize) -> &'t [u8] {
        match self.tokens.get(at) {
            Some(token) if token.kind == Kind::Word => token.text(self.text),
            _ => b"",
        }
    }

    fn before(&self, at: usize) -> Option<usize> {
        (self.start..at).rfind(|&at| self.tokens[at].is_code())
    }

    fn mark(&self, at: Option<usize>) -> u8 {
        match at.map(|at| self.tokens[at].kind) {
            Some(Kind::Mark(mark)) => mark,
            _ => 0,
        }
    }

    /// Where the value at a token goes; [`None`] where that cannot be told.
    pub(super) fn goes(&self, at: usize) -> Option<Goes<'t>> {
        let mut depth = 0_usize;
        let mut in_closure = false;
        let mut behind = at;
        for _ in 0..MAX_TOKENS {
            let Some(at) = self.before(behind) else {
                return Some(Goes::Nowhere);
            };
            if depth == 0 && self.ends_between(at, behind) {
                return Some(Goes::Nowhere);
            }
            match self.tokens[at].kind {
                Kind::Mark(b'}') if depth == 0 && self.family == Family::Ecma => {
                    return Some(Goes::Nowhere);
                }
                Kind::Mark(b')' | b']' | b'}') => depth += 1,
                Kind::Mark(b'(' | b'[' | b'{') if depth > 0 => depth -= 1,
                Kind::Mark(b'(') => {
                    if !in_closure && !self.groups(at) {
                        let function = self.before(at).map_or(&b""[..], |at| self.word(at));
                        return Some(Goes::Function(function));
                    }
                    in_closure = false;
                }
                Kind::Mark(b'[') => return Some(Goes::Nowhere),
                Kind::Mark(b'{') => {
                    let is_body = self.family == Family::Rust || self.mark(self.before(at)) == b'>';
                    return (!is_body).then_some(Goes::Nowhere);
                }
                Kind::Mark(b';') if depth == 0 => return Some(Goes::Nowhere),
                Kind::Mark(b'|') => in_closure = true,
                Kind::Mark(b'>') if self.mark(self.before(at)) == b'=' => in_closure = true,
                Kind::Mark(b'=') if depth == 0 && self.assigns(at, behind) => {
                    return Some(Goes::Names(self.target(at)));
                }
                Kind::Word if self.word(at) == b"lambda" => in_closure = true,
                _ => {}
            }
            behind = at;
        }
        None
    }

    fn assigns(&self, at: usize, behind: usize) -> bool {
        let before = self.mark(self.before(at));
        !b"=!<>".contains(&before) && !b"=>".contains(&self.mark(Some(behind)))
    }

    /// Whether a bracket only groups, or holds what a function gives back as it is.
    fn groups(&self, open: usize) -> bool {
        let Some(before) = self.before(open) else {
            return true;
        };
        match self.tokens[before].kind {
            Kind::Word => is_in(KEEPING, self.word(before)) || is_in(GROUPING, self.word(before)),
            Kind::Mark(mark) => !matches!(mark, b')' | b']' | b'>' | b'!'),
            _ => false,
        }
    }

    /// Whether a statement ends between two tokens, by the line.
    fn ends_between(&self, last: usize, next: usize) -> bool {
        if self.family == Family::Rust {
            return false;
        }
        let between = self.tokens[last].end as usize..self.tokens[next].start as usize;
        let between = self.text.get(between).unwrap_or_default();
        let ended = match self.tokens[last].kind {
            Kind::Word => !is_in(JOINING, self.word(last)) && !is_in(GROUPING, self.word(last)),
            Kind::Mark(mark) => {
                matches!(mark, b')' | b']' | b'}' | b':')
                    && (mark != b':' || self.family == Family::Python)
            }
            _ => true,
        };
        let starts = match self.tokens[next].kind {
            Kind::Word => !is_in(JOINING, self.word(next)),
            Kind::Mark(mark) => {
                mark == b'@' || self.family == Family::Python && matches!(mark, b'(' | b'[')
            }
            _ => true,
        };
        ended && starts && memchr::memchr(b'\n', between).is_some()
    }

    /// The words before an assignment.
    fn target(&self, assignment: usize) -> Vec<&'t [u8]> {
        let mut words = Vec::new();
        let mut depth = 0_usize;
        let mut behind = assignment;
        for _ in 0..MAX_TOKENS {
            let Some(at) = self.before(behind) else { break };
            if depth == 0 && behind != assignment && self.ends_between(at, behind) {
                break;
            }
            match self.tokens[at].kind {
                // A pattern is all before `=`; an index may stand further in.
                Kind::Mark(b')' | b'}') if depth == 0 && behind != assignment => break,
                Kind::Mark(b')' | b']' | b'}') => depth += 1,
                Kind::Mark(b'(' | b'[' | b'{' | b';') if depth == 0 => break,
                Kind::Mark(b'(' | b'[' | b'{') => depth -= 1,
                Kind::Word => match self.word(at) {
                    b"const" | b"let" | b"var" | b"static" => break,
                    word => words.push(word),
                },
                _ => {}
            }
            behind = at;
        }
        words
    }
}
