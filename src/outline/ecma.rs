//! JavaScript and TypeScript.

use super::token::{Kind, Lexer, Token};

/// Words behind which a `/` starts a regular expression, and no statement ends.
const OPEN: &[&str] = &[
    "as",
    "async",
    "await",
    "case",
    "default",
    "delete",
    "do",
    "else",
    "export",
    "extends",
    "finally",
    "from",
    "get",
    "implements",
    "import",
    "in",
    "infer",
    "instanceof",
    "is",
    "keyof",
    "new",
    "of",
    "readonly",
    "return",
    "satisfies",
    "set",
    "static",
    "throw",
    "try",
    "type",
    "typeof",
    "unique",
    "void",
    "yield",
];

/// Words that start a declaration, whatever stands on the line before.
const DECLARE: &[&str] = &[
    "abstract",
    "async",
    "class",
    "const",
    "declare",
    "enum",
    "export",
    "function",
    "import",
    "interface",
    "let",
    "namespace",
    "type",
    "var",
];

/// Words that start another statement where the one before has no open head.
const CONTROL: &[&str] = &["do", "for", "if", "switch", "throw", "try"];

/// Words that go on with what stands on the line before.
const GO_ON: &[&str] = &[
    "as",
    "catch",
    "else",
    "extends",
    "finally",
    "from",
    "implements",
    "in",
    "instanceof",
    "is",
    "of",
    "satisfies",
    "while",
];

fn is_in(table: &[&str], word: &[u8]) -> bool {
    table.iter().any(|one| one.as_bytes() == word)
}

/// All tokens; [`None`] where it takes a parser to tell them.
pub(super) fn lex(text: &[u8]) -> Option<Vec<Token>> {
    let mut lexer = Lexer::new(text)?;
    // The bracket depth at which each open template goes on.
    let mut templates: Vec<usize> = Vec::new();
    let mut depth = 0_usize;
    if lexer.text.starts_with(b"#!") {
        lexer.line_comment();
    }
    while lexer.at < text.len() {
        match lexer.byte(0) {
            b'/' if lexer.byte(1) == b'/' => lexer.line_comment(),
            b'/' if lexer.byte(1) == b'*' => {
                let length = memchr::memmem::find(&text[lexer.at + 2..], b"*/")?;
                lexer.push(Kind::Comment, lexer.at + length + 4);
            }
            b'/' => slash(&mut lexer)?,
            quote @ (b'"' | b'\'') => {
                let end = lexer.end_on_line(lexer.at + 1, quote)?;
                lexer.text(end, false);
            }
            b'`' => {
                let from = lexer.at + 1;
                if template(&mut lexer, from)? {
                    templates.push(depth);
                    depth += 1;
                }
            }
            b'}' if templates.last() == Some(&(depth.wrapping_sub(1))) => {
                lexer.push(Kind::Mark(b'}'), lexer.at + 1);
                let from = lexer.at;
                if !template(&mut lexer, from)? {
                    templates.pop();
                    depth -= 1;
                }
            }
            byte @ (b'{' | b'}') => {
                depth = if byte == b'{' {
                    depth + 1
                } else {
                    depth.checked_sub(1)?
                };
                lexer.plain();
            }
            // A name with an escape, and a comment as HTML has them.
            b'\\' => return None,
            b'<' if text[lexer.at..].starts_with(b"<!--") => return None,
            _ => lexer.plain(),
        }
    }
    templates.is_empty().then_some(lexer.tokens)
}

/// Takes a template's text up to its end or to the next `${`, that included; tells whether code follows.
fn template(lexer: &mut Lexer<'_>, from: usize) -> Option<bool> {
    let mut at = from;
    loop {
        at += memchr::memchr3(b'`', b'\\', b'$', lexer.text.get(at..)?)?;
        match lexer.text[at] {
            b'\\' => at += 2,
            b'`' => {
                lexer.text(at + 1, false);
                return Some(false);
            }
            _ if lexer.text.get(at + 1) == Some(&b'{') => {
                lexer.push(Kind::Text, at + 1);
                lexer.push(Kind::Mark(b'{'), at + 2);
                return Some(true);
            }
            _ => at += 1,
        }
    }
}

/// A division, a regular expression, or the end of a tag.
fn slash(lexer: &mut Lexer<'_>) -> Option<()> {
    let is_mark = match lexer.last.map(|last| last.kind) {
        None => false,
        Some(Kind::Word) => !is_in(OPEN, lexer.last_word()),
        // `</a>`, `<a b={c} />`.
        Some(Kind::Mark(b'<')) => true,
        Some(Kind::Mark(b'}')) if lexer.byte(1) == b'>' => true,
        Some(Kind::Mark(b'}')) => return None,
        Some(Kind::Mark(mark)) => matches!(mark, b')' | b']'),
        Some(_) => true,
    };
    if is_mark {
        lexer.plain();
        return Some(());
    }
    let mut at = lexer.at + 1;
    let mut in_class = false;
    loop {
        match *lexer.text.get(at)? {
            b'\\' => at += 1,
            b'\n' => return None,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => break,
            _ => {}
        }
        at += 1;
    }
    lexer.push(Kind::Text, at + 1);
    Some(())
}

/// Whether a statement starts at `next`, the first on its line, where `last` stands before it and `first` starts what
/// is open.
pub(super) fn starts(text: &[u8], first: Token, last: Token, next: Token) -> bool {
    let word = next.text(text);
    if first.is(b'@') && matches!(word, b"abstract" | b"class" | b"default" | b"export") {
        return false;
    }
    if last.is(b';') {
        return true;
    }
    let ended = match last.kind {
        Kind::Word => !is_in(OPEN, last.text(text)),
        Kind::Mark(mark) => matches!(mark, b')' | b']' | b'}'),
        _ => true,
    };
    ended
        && (next.is(b'@') && !last.is(b')')
            || next.kind == Kind::Word
                && !is_in(GO_ON, word)
                && (is_in(DECLARE, word) || !last.is(b')') && is_in(CONTROL, word)))
}
