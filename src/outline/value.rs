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
    "URL",
    "URLSearchParams",
    "bool",
    "create",
    "encodeURIComponent",
    "float",
    "int",
    "parseFloat",
    "parseInt",
    "str",
    "stringify",
];

/// Functions of clients: what they are given may be in the errors that whoever called for it catches.
const ASKING: &[&str] = &[
    "axios", "delete", "fetch", "get", "head", "ky", "options", "patch", "post", "put", "request",
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Goes<'t> {
    /// The words of what it is assigned to.
    pub(super) names: Vec<&'t [u8]>,
    /// The functions it is given to.
    pub(super) functions: Vec<&'t [u8]>,
    /// Whether a function gives it back.
    pub(super) returned: bool,
    /// Whether something is asked for with it.
    pub(super) asked: bool,
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

    /// Where the value at a token goes; [`None`] where that cannot be told. A function of the file, as `is_own` says, may
    /// give it back.
    pub(super) fn goes(&self, at: usize, is_own: impl Fn(&[u8]) -> bool) -> Option<Goes<'t>> {
        let mut goes = Goes::default();
        let mut depth = 0_usize;
        let mut in_closure = false;
        let mut behind = at;
        for _ in 0..MAX_TOKENS {
            let Some(at) = self.before(behind) else {
                return Some(goes);
            };
            if depth == 0 && self.ends_between(at, behind) {
                return Some(goes);
            }
            match self.tokens[at].kind {
                Kind::Mark(b'}')
                    if depth == 0 && self.family == Family::Ecma && !self.is_inside(at, behind) =>
                {
                    return Some(goes);
                }
                Kind::Mark(b')' | b']' | b'}') => depth += 1,
                Kind::Mark(b'(' | b'[' | b'{') if depth > 0 => depth -= 1,
                Kind::Mark(b'(') => {
                    if !in_closure && !self.groups(at) {
                        let function = self.before(at).map_or(&b""[..], |at| self.word(at));
                        goes.functions.push(function);
                        goes.asked |= self.family == Family::Ecma && is_in(ASKING, function);
                        if !is_own(function) {
                            return Some(goes);
                        }
                    }
                    in_closure = false;
                }
                Kind::Mark(b'[') if !self.groups(at) => return Some(goes),
                Kind::Mark(b'{') if self.family == Family::Rust => {
                    goes.returned = true;
                    return Some(goes);
                }
                Kind::Mark(b'{') if self.is_block(at) => return Some(goes),
                Kind::Mark(b';') if depth == 0 => return Some(goes),
                Kind::Mark(b'|') => in_closure = true,
                Kind::Mark(b'>') if self.mark(self.before(at)) == b'=' => in_closure = true,
                Kind::Mark(b'=') if depth == 0 && self.assigns(at, behind) => {
                    goes.names.extend(self.target(at));
                    return Some(goes);
                }
                Kind::Word if depth == 0 => match self.word(at) {
                    b"return" | b"yield" => goes.returned = true,
                    b"lambda" => in_closure = true,
                    _ => {}
                },
                _ => {}
            }
            behind = at;
        }
        None
    }

    /// Whether what a brace closes is part of an expression that goes on: an argument, or a hole of a text.
    fn is_inside(&self, close: usize, next: usize) -> bool {
        matches!(self.tokens[next].kind, Kind::Mark(b',' | b')'))
            || self.tokens[next].kind == Kind::Text
                && self.tokens[next].start == self.tokens[close].end
    }

    /// Whether a brace opens statements, not an object and not a hole of a text.
    fn is_block(&self, open: usize) -> bool {
        let before = self.before(open);
        let text = before.map_or(&b""[..], |at| self.tokens[at].text(self.text));
        if before.is_some_and(|at| self.tokens[at].kind == Kind::Text) && text.ends_with(b"$") {
            return false;
        }
        let is_word = before.is_some_and(|at| self.tokens[at].kind == Kind::Word);
        self.family == Family::Ecma
            && match self.mark(before) {
                0 if is_word => !is_in(GROUPING, before.map_or(b"", |at| self.word(at))),
                mark => matches!(mark, 0 | b')' | b';' | b'{' | b'}' | b'>'),
            }
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
