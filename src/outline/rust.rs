//! Rust.

use super::token::{Kind, Lexer, Token, is_word};

/// All tokens; [`None`] where it takes a parser to tell them.
pub(super) fn lex(text: &[u8]) -> Option<Vec<Token>> {
    let mut lexer = Lexer::new(text)?;
    while lexer.at < text.len() {
        match lexer.byte(0) {
            b'/' if lexer.byte(1) == b'/' => lexer.line_comment(),
            b'/' if lexer.byte(1) == b'*' => {
                let end = end_of_comment(text, lexer.at)?;
                lexer.push(Kind::Comment, end);
            }
            b'"' => string(&mut lexer, 0)?,
            b'\'' => quote(&mut lexer, 0)?,
            byte if byte.is_ascii_alphabetic() => match prefix(&lexer) {
                Some(length) if lexer.byte(length) == b'\'' => quote(&mut lexer, length)?,
                Some(length) => string(&mut lexer, length)?,
                None => lexer.plain(),
            },
            _ => lexer.plain(),
        }
    }
    Some(lexer.tokens)
}

fn end_of_comment(text: &[u8], start: usize) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, start);
    loop {
        at += memchr::memchr2(b'/', b'*', text.get(at..)?)?;
        match text.get(at..at + 2)? {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// The length of what stands before a literal's quote: `b`, `br#`.
fn prefix(lexer: &Lexer<'_>) -> Option<usize> {
    let rest = &lexer.text[lexer.at..];
    let letters = ["br", "cr", "b", "c", "r"]
        .into_iter()
        .find(|letters| rest.starts_with(letters.as_bytes()))?;
    let raw = letters.ends_with('r');
    let hashes = rest[letters.len()..]
        .iter()
        .take_while(|&&b| b == b'#')
        .count();
    let length = letters.len() + hashes;
    let quote = lexer.byte(length);
    let is_literal = quote == b'"' && (raw || hashes == 0) || quote == b'\'' && letters == "b";
    is_literal.then_some(length)
}

fn string(lexer: &mut Lexer<'_>, prefix: usize) -> Option<()> {
    let text = lexer.text;
    let letters = &text[lexer.at..lexer.at + prefix];
    let hashes = prefix - letters.iter().take_while(|&&b| b != b'#').count();
    let is_raw = letters.contains(&b'r');
    let mut at = lexer.at + prefix + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'\\' {
            at += if is_raw { 1 } else { 2 };
            continue;
        }
        at += 1;
        let behind = text[at..].iter().take(hashes);
        if behind.take_while(|&&b| b == b'#').count() == hashes {
            break;
        }
    }
    let end = at + hashes;
    let is_format = memchr::memchr(b'{', &text[lexer.at..end]).is_some();
    lexer.text(end, is_format);
    Some(())
}

/// A character or a lifetime.
fn quote(lexer: &mut Lexer<'_>, prefix: usize) -> Option<()> {
    let inside = &lexer.text[lexer.at + prefix + 1..];
    let length = match *inside.first()? {
        // The longest is `'\u{10ffff}'`.
        b'\\' => memchr::memchr(b'\'', inside.get(2..inside.len().min(14))?)? + 3,
        first if first >= 0x80 => {
            let end = inside.len().min(5);
            match memchr::memchr(b'\'', &inside[..end]) {
                Some(length) => length + 1,
                None => 0,
            }
        }
        _ if inside.get(1) == Some(&b'\'') => 2,
        first if is_word(first) => 0,
        _ => return None,
    };
    if length == 0 {
        lexer.push(Kind::Mark(b'\''), lexer.at + prefix + 1);
    } else {
        lexer.push(Kind::Text, lexer.at + prefix + 1 + length);
    }
    Some(())
}

/// Whether an item starts at `next`, the first on its line, where `last` stands before it.
pub(super) fn starts(text: &[u8], last: Token, next: Token) -> bool {
    (last.is(b';') || last.is(b'}'))
        && (next.is(b'#') || next.kind == Kind::Word && next.text(text) != b"else")
}
