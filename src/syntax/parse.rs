//! Bytes to tree, under guards: some small inputs abort or stall the parsers, and a scanner must survive all of them.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::Tree;
use crate::language::{Family, Language};

/// Why a file was parsed in part or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incomplete {
    /// Indented more than [`MAX_INDENTS`] levels, which the Python parser cannot hold.
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

/// The parser calls back every so many steps; ordinary code needs about one call for 40 bytes.
const CALLS_PER_BYTE: usize = 1;
const CALLS_AT_LEAST: usize = 20_000;

/// Parses a file. Counts steps instead of time, so that the same file always has the same outcome.
pub fn parse(language: Language, text: &[u8]) -> Parsed {
    if language.family() == Family::Python && indents(text) > MAX_INDENTS {
        return Parsed::Refused(Incomplete::TooDeep);
    }
    let source = &*as_parsed(language, text);
    let mut parser = tree_sitter::Parser::new();
    if parser.set_language(&(language.spec().grammar)()).is_err() {
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
        Some(tree) => Parsed::Tree(Tree::copy(&tree, language)),
        None => Parsed::Refused(Incomplete::TooSlow),
    }
}

/// The text as the parser is given it, byte for byte of the same length.
pub fn as_parsed(language: Language, text: &[u8]) -> Cow<'_, [u8]> {
    match language.family() {
        Family::Rust => Cow::Owned(open_macros(text)),
        Family::Ecma | Family::Python => Cow::Borrowed(text),
    }
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

/// Macros whose arguments are plain expressions.
const EXPRESSION_MACROS: &[&str] = &[
    "anyhow",
    "assert",
    "assert_eq",
    "assert_ne",
    "bail",
    "concat",
    "crit",
    "dbg",
    "debug",
    "debug_assert",
    "ensure",
    "env",
    "eprint",
    "eprintln",
    "error",
    "event",
    "eyre",
    "format",
    "format_args",
    "info",
    "log",
    "option_env",
    "panic",
    "print",
    "println",
    "todo",
    "trace",
    "unimplemented",
    "unreachable",
    "vec",
    "warn",
    "write",
    "writeln",
    "info_span",
    "debug_span",
    "error_span",
    "trace_span",
    "warn_span",
    "span",
    "warning",
];

/// Macros whose arguments may be fields with a sigil: `?value`, `%value`, `target: "x"`.
const FIELD_MACROS: &[&str] = &[
    "debug",
    "error",
    "event",
    "info",
    "log",
    "trace",
    "warn",
    "info_span",
    "debug_span",
    "error_span",
    "trace_span",
    "warn_span",
    "span",
    "crit",
    "warning",
];

/// The text with `name!(` of known macros written as a call, byte for byte of the same length.
///
/// The grammar leaves a macro's arguments as loose tokens; as a call they are expressions like any other. Offsets stay
/// true, and whoever needs the text reads the original.
fn open_macros(text: &[u8]) -> Vec<u8> {
    let mut out = text.to_vec();
    for bang in memchr::memchr_iter(b'!', text) {
        let mut at = bang;
        while at > 0 && is_word(text[at - 1]) {
            at -= 1;
        }
        let Ok(name) = std::str::from_utf8(&text[at..bang]) else {
            continue;
        };
        let open = text[bang + 1..]
            .iter()
            .position(|b| !b.is_ascii_whitespace())
            .map(|skip| bang + 1 + skip);
        let Some(open) = open.filter(|&open| text[open] == b'(') else {
            continue;
        };
        if !EXPRESSION_MACROS.contains(&name) {
            continue;
        }
        out[bang] = b' ';
        if FIELD_MACROS.contains(&name) {
            blank_sigils(&mut out, open);
        }
    }
    out
}

/// Blanks the sigils of the fields between the parenthesis at `open` and its partner.
fn blank_sigils(out: &mut [u8], open: usize) {
    let mut depth = 0_usize;
    let mut at = open;
    let mut before = b'(';
    while let Some(&byte) = out.get(at) {
        match byte {
            b'"' => {
                at = end_of_string(out, at);
                before = b'"';
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return;
                }
            }
            b'?' | b'%' if depth == 1 && matches!(before, b',' | b'(' | b'=') => out[at] = b' ',
            b':' if depth == 1 && is_word(before) && out.get(at + 1) != Some(&b':') => {
                out[at] = b'='
            }
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
        at += 1;
    }
}

/// One past the closing quote of the string that opens at `at`.
fn end_of_string(text: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at.min(text.len())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_open_without_moving_anything() {
        let text = br#"info!(target: "a", ?env, token = %token, a::b, "x {}", y); json!({"a": 1}); dbg!(x)"#;
        let open = String::from_utf8(open_macros(text)).unwrap();
        assert_eq!(
            open,
            r#"info (target= "a",  env, token =  token, a::b, "x {}", y); json!({"a": 1}); dbg (x)"#
        );
    }

    #[test]
    fn indentation_is_counted_before_the_python_parser_sees_it() {
        let deep: String = (0..600)
            .map(|n| format!("{}if x:\n", " ".repeat(n)))
            .collect();
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
