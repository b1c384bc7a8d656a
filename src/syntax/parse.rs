//! Bytes to tree, under guards: some small inputs abort or stall the parsers, and a scanner must survive all of them.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::Tree;
use super::macros::{Opening, open_macros};
use crate::language::{Family, Language};
use crate::text::TextRange;

/// Why a file was parsed in part or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incomplete {
    /// Indented more than [`MAX_INDENTS`] levels, which the Python parser cannot hold, or with more than
    /// [`MAX_BRACKETS`] brackets in each other, for which the parsers take hundreds of bytes each.
    TooDeep,
    /// The parser needed more steps than a file of this size ever needs.
    TooSlow,
}

/// The outcome of [`parse`].
#[derive(Debug)]
pub enum Parsed {
    /// A tree; parts of it may be errors.
    Tree(Tree),
    /// No tree.
    Refused(Incomplete),
}

/// `CPython`'s own limit; the parser's scanner writes out of bounds at 511.
const MAX_INDENTS: usize = 100;

/// Open brackets, those in texts and comments included.
const MAX_BRACKETS: usize = 20_000;

/// The parser calls back every so many steps; ordinary code needs about one call for 40 bytes.
const CALLS_PER_BYTE: usize = 1;
const CALLS_AT_LEAST: usize = 20_000;

/// Parses a file. Counts steps instead of time, so that the same file always has the same outcome.
pub fn parse(language: Language, text: &[u8]) -> Parsed {
    parse_parts(language, text, &[])
}

/// Whether a changed text parses worse than the one before; what cannot be parsed is worse than anything.
pub fn is_worse(language: Language, before: &[u8], after: &[u8]) -> bool {
    let errors = |text: &[u8]| match parse(language, text) {
        Parsed::Tree(tree) => Some(tree.errors()),
        Parsed::Refused(_) => None,
    };
    match (errors(before), errors(after)) {
        (Some(was), Some(is)) => is > was,
        _ => true,
    }
}

/// Parses the lines of a file that are in some ranges, in order; all of it where there are none.
pub fn parse_parts(language: Language, text: &[u8], parts: &[TextRange]) -> Parsed {
    let most = |count: fn(&[u8]) -> usize| {
        let within = |part: &TextRange| count(text.get(part.start..part.end).unwrap_or_default());
        parts
            .iter()
            .map(within)
            .max()
            .unwrap_or_else(|| count(text))
    };
    if language.family() == Family::Python && most(indents) > MAX_INDENTS
        || most(brackets) > MAX_BRACKETS
    {
        return Parsed::Refused(Incomplete::TooDeep);
    }
    if language == Language::JavaScript {
        return parse_javascript(text, parts);
    }
    if language.family() != Family::Rust {
        return parse_source(language, text, parts);
    }
    // What looks like expressions may be none: then the file is read again with less opened.
    match parse_source(language, &open_macros(text, Opening::All), parts) {
        Parsed::Tree(tree) if !tree.is_broken() => Parsed::Tree(tree),
        _ => parse_source(language, &open_macros(text, Opening::Known), parts),
    }
}

/// A file that is no JavaScript but TypeScript is read as that, whatever it is called.
fn parse_javascript(text: &[u8], parts: &[TextRange]) -> Parsed {
    let plain = parse_source(Language::JavaScript, text, parts);
    let errors = match &plain {
        Parsed::Tree(tree) if tree.is_broken() => tree.errors(),
        _ => return plain,
    };
    match parse_source(Language::TypeScript, text, parts) {
        Parsed::Tree(tree) if tree.errors() < errors => Parsed::Tree(tree),
        _ => plain,
    }
}

fn parse_source(language: Language, source: &[u8], parts: &[TextRange]) -> Parsed {
    let mut parser = tree_sitter::Parser::new();
    // Only bytes are asked for, so that every line can be the first one.
    let range = |part: &TextRange| tree_sitter::Range {
        start_byte: part.start,
        end_byte: part.end,
        start_point: tree_sitter::Point::new(0, part.start),
        end_point: tree_sitter::Point::new(0, part.end),
    };
    let ranges: Vec<_> = parts.iter().map(range).collect();
    if parser.set_language(&(language.spec().grammar)()).is_err()
        || parser.set_included_ranges(&ranges).is_err()
    {
        return Parsed::Refused(Incomplete::TooSlow);
    }
    let budget = CALLS_AT_LEAST + source.len().saturating_mul(CALLS_PER_BYTE);
    let mut calls = 0_usize;
    let mut progress = |_: &tree_sitter::ParseState| {
        calls += 1;
        if calls > budget {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = tree_sitter::ParseOptions::new().progress_callback(&mut progress);
    let mut read = |offset: usize, _: tree_sitter::Point| source.get(offset..).unwrap_or_default();
    match parser.parse_with_options(&mut read, None, Some(options)) {
        Some(tree) => {
            Parsed::Tree(Tree::copy(&tree, language).without(left_out(source.len(), parts)))
        }
        None => Parsed::Refused(Incomplete::TooSlow),
    }
}

/// What lies between some parts of a text.
fn left_out(length: usize, parts: &[TextRange]) -> Vec<TextRange> {
    let starts = parts.iter().map(|part| part.start).chain([length]);
    let ends = [0].into_iter().chain(parts.iter().map(|part| part.end));
    ends.zip(starts)
        .filter(|(end, start)| !parts.is_empty() && end < start)
        .map(|(end, start)| TextRange::new(end, start))
        .collect()
}

/// The text as the parser is given it, byte for byte of the same length.
pub fn as_parsed(language: Language, text: &[u8]) -> Cow<'_, [u8]> {
    if language.family() != Family::Rust {
        return Cow::Borrowed(text);
    }
    let opened = open_macros(text, Opening::All);
    match parse_source(language, &opened, &[]) {
        Parsed::Tree(tree) if !tree.is_broken() => Cow::Owned(opened),
        _ => Cow::Owned(open_macros(text, Opening::Known)),
    }
}

/// The most brackets that are open at one place.
fn brackets(text: &[u8]) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for byte in text {
        match byte {
            b'(' | b'[' | b'{' => {
                open += 1;
                most = most.max(open);
            }
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// The deepest indentation of a Python file, counted as its tokenizer does: a stack of ever larger columns.
fn indents(text: &[u8]) -> usize {
    let mut stack: Vec<usize> = Vec::new();
    let mut deepest = 0;
    for line in text.split(|&b| b == b'\n' || b == b'\r') {
        let mut column = 0;
        let mut blank = true;
        for &byte in line {
            match byte {
                b' ' => column += 1,
                b'\t' => column += 8 - column % 8,
                0x0c => column = 0,
                b'#' => break,
                _ => {
                    blank = false;
                    break;
                }
            }
        }
        if blank {
            continue;
        }
        while stack.last().is_some_and(|&top| top >= column) {
            stack.pop();
        }
        if column > 0 {
            stack.push(column);
        }
        deepest = deepest.max(stack.len());
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indentation_is_counted_before_the_python_parser_sees_it() {
        let mut deep = String::new();
        for n in 0..600 {
            deep.push_str(&" ".repeat(n));
            deep.push_str("if x:\n");
        }
        assert_eq!(indents(deep.as_bytes()), 599);
        assert!(matches!(
            parse(Language::Python, deep.as_bytes()),
            Parsed::Refused(Incomplete::TooDeep)
        ));
        assert_eq!(indents(b"def f():\n  # x\n  return 1\n"), 1);
    }

    #[test]
    fn a_tree_is_flat_and_in_order() {
        let Parsed::Tree(tree) = parse(Language::JavaScript, b"f(a, b);") else {
            panic!("refused")
        };
        assert!(!tree.is_broken());
        for node in tree.nodes() {
            for child in tree.children(node) {
                assert_eq!(tree.parent(child), Some(node));
                assert!(tree.range(node).contains(tree.range(child)));
            }
        }
    }
}
