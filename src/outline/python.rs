//! Python.

use super::token::{Lexer, Token};

/// All tokens; [`None`] where it takes a parser to tell them.
pub(super) fn lex(text: &[u8]) -> Option<Vec<Token>> {
    let mut lexer = Lexer::new(text)?;
    while lexer.at < text.len() {
        match lexer.byte(0) {
            b'#' => lexer.line_comment(),
            b'"' | b'\'' => string(&mut lexer, 0)?,
            byte if byte.is_ascii_alphabetic() => match prefix(&lexer) {
                Some(length) => string(&mut lexer, length)?,
                None => lexer.plain(),
            },
            _ => lexer.plain(),
        }
    }
    Some(lexer.tokens)
}

/// The length of the letters before a string's quote.
fn prefix(lexer: &Lexer<'_>) -> Option<usize> {
    let letters = lexer.text[lexer.at..].iter().take(3);
    let length = letters.take_while(|b| b.is_ascii_alphabetic()).count();
    let letters = &lexer.text[lexer.at..lexer.at + length];
    let is_prefix = length < 3 && letters.iter().all(|b| b"rRbBuUfFtT".contains(b));
    (is_prefix && matches!(lexer.byte(length), b'"' | b'\'')).then_some(length)
}

fn string(lexer: &mut Lexer<'_>, prefix: usize) -> Option<()> {
    let text = lexer.text;
    let letters = &text[lexer.at..lexer.at + prefix];
    let is_format = letters.iter().any(|b| b"fFtT".contains(b));
    let quote = lexer.byte(prefix);
    let start = lexer.at + prefix + 1;
    let end = if lexer.byte(prefix + 1) == quote && lexer.byte(prefix + 2) == quote {
        let mut at = start + 2;
        loop {
            at += memchr::memchr2(quote, b'\\', text.get(at..)?)?;
            if text[at] == b'\\' {
                at += 2;
            } else if text[at..].starts_with(&[quote; 3]) {
                break at + 3;
            } else {
                at += 1;
            }
        }
    } else {
        lexer.end_on_line(start, quote)?
    };
    lexer.text(end, is_format);
    Some(())
}

/// Whether a statement starts at `next`, the first on its line, where `line` starts the last line that was not indented.
pub(super) fn starts(text: &[u8], line: Token, next: Token) -> bool {
    let start = next.start as usize;
    let at_margin = start == 0 || matches!(text[start - 1], b'\n' | 0xbf);
    let goes_on = matches!(next.text(text), b"elif" | b"else" | b"except" | b"finally");
    let joined = text[..start].strip_suffix(b"\n").is_some_and(|before| {
        before
            .strip_suffix(b"\r")
            .unwrap_or(before)
            .ends_with(b"\\")
    });
    at_margin && !goes_on && !joined && !line.is(b'@')
}
