//! Cuts the tokens of a file into the statements, declarations or items at its top.

use std::ops::Range;

use super::token::{Kind, Token};
use super::{ecma, python, rust};
use crate::language::Family;

/// A stretch of whole lines with a statement of the top level, or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Its bytes.
    pub(super) bytes: Range<usize>,
    /// Its tokens.
    pub(super) tokens: Range<usize>,
}

/// All items, which together are the text; [`None`] where brackets do not match.
pub(super) fn items(family: Family, text: &[u8], tokens: &[Token]) -> Option<Vec<Item>> {
    let mut cutter = Cutter {
        text,
        items: Vec::new(),
        start: (0, 0),
    };
    let mut open: Vec<u8> = Vec::new();
    // Of the code so far: the last token, the first of the item, the first of the last line that was not indented.
    let mut before: Option<(usize, Token)> = None;
    let mut first: Option<Token> = None;
    let mut line: Option<Token> = None;
    for (at, &token) in tokens.iter().enumerate() {
        if !token.is_code() {
            continue;
        }
        if open.is_empty()
            && let (Some((last_at, last)), Some(first_token), Some(line_token)) =
                (before, first, line)
            && let Some(boundary) = cutter.boundary(&tokens[last_at..at], token)
        {
            let starts = match family {
                Family::Ecma => ecma::starts(text, first_token, last, token),
                Family::Python => python::starts(text, line_token, token),
                Family::Rust => rust::starts(text, last, token),
            };
            if starts {
                // Words inside a text at its end, and comments beside it, are its own.
                let behind = tokens[last_at..at]
                    .iter()
                    .take_while(|token| (token.start as usize) < boundary);
                cutter.cut(boundary, last_at + behind.count());
                first = Some(token);
            }
            if family != Family::Python || is_at_margin(text, token) {
                line = Some(token);
            }
        }
        first = first.or(Some(token));
        line = line.or(Some(token));
        match token.kind {
            Kind::Mark(b'(') => open.push(b')'),
            Kind::Mark(b'[') => open.push(b']'),
            Kind::Mark(b'{') => open.push(b'}'),
            Kind::Mark(mark @ (b')' | b']' | b'}')) => {
                open.pop().filter(|&expected| expected == mark)?;
            }
            _ => {}
        }
        before = Some((at, token));
    }
    cutter.cut(text.len(), tokens.len());
    open.is_empty().then_some(cutter.items)
}

fn is_at_margin(text: &[u8], token: Token) -> bool {
    let start = token.start as usize;
    start == 0 || text[start - 1] == b'\n'
}

struct Cutter<'t> {
    text: &'t [u8],
    items: Vec<Item>,
    /// Where the item at hand starts, in bytes and tokens.
    start: (usize, usize),
}

impl Cutter<'_> {
    /// Where the line after the last token ends, if `next` stands behind it: what is said beside a statement is its own.
    fn boundary(&self, since: &[Token], next: Token) -> Option<usize> {
        let mut end = since.first()?.end as usize;
        for token in &since[1..] {
            let between = self.text.get(end..token.start as usize).unwrap_or_default();
            if memchr::memchr(b'\n', between).is_some() {
                break;
            }
            end = end.max(token.end as usize);
        }
        let rest = self.text.get(end..next.start as usize)?;
        memchr::memchr(b'\n', rest).map(|newline| end + newline + 1)
    }

    fn cut(&mut self, byte: usize, token: usize) {
        self.items.push(Item {
            bytes: self.start.0..byte,
            tokens: self.start.1..token,
        });
        self.start = (byte, token);
    }
}
