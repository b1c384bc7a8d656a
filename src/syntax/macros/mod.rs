//! Opens Rust's macros before parsing: `name!(…)` is written as the call `name (…)`, byte for byte of the same length.
//!
//! The grammar leaves a macro's arguments as loose tokens; as a call they are expressions like any other. Offsets stay
//! true, and whoever needs the text reads the original. Not an expansion: what a macro does with its arguments is for
//! the facts to know. Used by the parser alone.

mod lex;
mod rules;

use lex::{is_word, skip, word_before};

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// Macros that are known to take expressions, and all others whose arguments look like it.
    All,
    /// Only those that are known.
    Known,
}

/// Macros whose arguments are plain expressions, perhaps with fields and sigils.
const KNOWN: &[&str] = &[
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
    "debug_span",
    "ensure",
    "env",
    "eprint",
    "eprintln",
    "error",
    "error_span",
    "event",
    "eyre",
    "format",
    "format_args",
    "info",
    "info_span",
    "json",
    "log",
    "matches",
    "option_env",
    "panic",
    "print",
    "println",
    "span",
    "todo",
    "trace",
    "trace_span",
    "unimplemented",
    "unreachable",
    "vec",
    "warn",
    "warn_span",
    "warning",
    "write",
    "writeln",
];

/// Words that open an item: a macro that is given one is given no expressions.
const ITEM_WORDS: &[&str] = &[
    "struct", "enum", "fn", "impl", "const", "pub", "use", "mod", "type", "trait", "where",
];

/// What stands inside a pair of brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// Code that is left as it is.
    Plain,
    /// The arguments of a macro.
    Arguments,
    /// An object or list of `json!`.
    Json,
}

/// What tells the kinds of arguments apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// `=>`.
    Arrow,
    /// `static`.
    Static,
    /// `let`.
    Let,
    /// What stands in no expression.
    Foreign,
}

/// An open bracket.
struct Frame {
    style: Style,
    open: usize,
    /// Where the macro's name starts and its `!` stands.
    name: Option<(usize, usize)>,
    known: bool,
    /// What becomes of the text once the bracket is closed.
    edits: Vec<(usize, u8)>,
    /// Where the argument at hand starts.
    item: usize,
    /// The last byte that was no space.
    last: u8,
    /// The first comma, for `matches!`, which is given a pattern behind it.
    comma: Option<usize>,
    /// What else was seen.
    seen: Vec<Seen>,
}

impl Frame {
    fn new(style: Style, open: usize, bracket: u8) -> Self {
        Self {
            style,
            open,
            name: None,
            known: false,
            edits: Vec::new(),
            item: open + 1,
            last: bracket,
            comma: None,
            seen: Vec::new(),
        }
    }

    fn has(&self, what: Seen) -> bool {
        self.seen.contains(&what)
    }

    fn saw(&mut self, what: Seen) {
        if !self.has(what) {
            self.seen.push(what);
        }
    }
}

/// The text with its macros opened.
pub(super) fn open_macros(text: &[u8], opening: Opening) -> Vec<u8> {
    let mut out = text.to_vec();
    let mut open: Vec<Frame> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if let Some(end) = skip(text, at) {
            if let Some(frame) = open.last_mut()
                && text[at] != b'/'
            {
                frame.last = b'"';
            }
            at = end;
            continue;
        }
        if is_root(text, at) {
            // `::std::env` is `std::env`.
            out[at..at + 2].fill(b' ');
        }
        match byte {
            b'(' | b'[' | b'{' => {
                let frame = enter(text, &mut out, open.last(), at, open.len());
                open.push(frame);
            }
            b')' | b']' | b'}' => {
                if let Some(frame) = open.pop() {
                    close(text, &mut out, frame, at, opening);
                }
                if let Some(around) = open.last_mut() {
                    behind(text, around, at);
                }
            }
            _ => {
                if let Some(frame) = open.last_mut().filter(|frame| frame.style != Style::Plain) {
                    inside(text, frame, at);
                }
            }
        }
        if let Some(frame) = open.last_mut()
            && !byte.is_ascii_whitespace()
            && frame.open != at
        {
            frame.last = byte;
        }
        at += 1;
    }
    out
}

/// Whether the colons that start a path from the root stand here.
fn is_root(text: &[u8], at: usize) -> bool {
    text[at..].starts_with(b"::")
        && text.get(at + 2).copied().is_some_and(is_word)
        && at
            .checked_sub(1)
            .is_none_or(|before| !is_word(text[before]) && !b">:]".contains(&text[before]))
}

/// A bracket opens.
fn enter(text: &[u8], out: &mut [u8], around: Option<&Frame>, at: usize, depth: usize) -> Frame {
    let byte = text[at];
    let json = |frame: &Frame| {
        frame.style == Style::Json && matches!(frame.last, b':' | b',' | b'[' | b'{')
            || frame.style == Style::Arguments
                && frame.open == last_open(text, at)
                && is_json(text, frame)
    };
    if matches!(byte, b'{' | b'[') && around.is_some_and(json) {
        let mut frame = Frame::new(Style::Json, at, byte);
        if byte == b'{' {
            frame.edits.push((at, b'['));
        }
        return frame;
    }
    let mut frame = Frame::new(Style::Plain, at, byte);
    let before = text[..at].trim_ascii_end();
    let Some(bang) = before
        .len()
        .checked_sub(1)
        .filter(|&bang| before[bang] == b'!')
    else {
        if depth < 4 && byte != b'[' {
            rules::as_function(text, out, at);
        }
        return frame;
    };
    let word = word_before(text, bang);
    if let Ok(name) = std::str::from_utf8(word)
        && !word.is_empty()
        && !matches!(
            name,
            "arg" | "macro_rules" | "quote" | "return" | "quote_spanned" | "parse_quote"
        )
    {
        frame.style = Style::Arguments;
        frame.name = Some((bang - word.len(), bang));
        frame.known = KNOWN.contains(&name);
    }
    frame
}

/// The bracket right before a place, spaces left out.
fn last_open(text: &[u8], at: usize) -> usize {
    text[..at].trim_ascii_end().len().saturating_sub(1)
}

fn is_json(text: &[u8], frame: &Frame) -> bool {
    frame
        .name
        .is_some_and(|(from, to)| &text[from..to] == b"json")
}

/// A byte of a macro's arguments, outside all inner brackets.
fn inside(text: &[u8], frame: &mut Frame, at: usize) {
    let byte = text[at];
    let next = text.get(at + 1).copied().unwrap_or(b' ');
    if frame.style == Style::Json {
        if byte == b':' && next != b':' && frame.last != b':' {
            frame.edits.push((at, b','));
        }
        return;
    }
    match byte {
        b',' | b';' => {
            frame.comma = frame.comma.or(Some(at));
            frame.item = at + 1;
            if byte == b';' {
                frame.edits.push((at, b','));
                frame.last = b',';
            }
        }
        b'=' if next == b'>' => {
            frame.saw(Seen::Arrow);
            frame.edits.extend([(at, b','), (at + 1, b' ')]);
            frame.item = at + 2;
        }
        b'>' if frame.last == b'=' => {}
        // `name = value` and `Some(x) = future => …`: only the value is an expression.
        b'=' if next != b'=' && !b"=!<>+-*/%&|^".contains(&frame.last) && !frame.has(Seen::Let) => {
            blank(frame, at);
        }
        b':' if next != b':' && frame.last != b':' => {
            // No name is so long; a hostile text may be.
            let is_field = at - frame.item < 100
                && text[frame.item..at]
                    .trim_ascii()
                    .iter()
                    .all(|&b| is_word(b) || b == b'.');
            if is_field {
                blank(frame, at);
            }
        }
        b'?' | b'%' if matches!(frame.last, b',' | b'(' | b'[' | b'{' | b'=' | b'>' | b':') => {
            frame.edits.push((at, b' '));
        }
        b'$' => frame.saw(Seen::Foreign),
        b'#' if next == b'[' => frame.saw(Seen::Foreign),
        b'>' if frame.last == b'-' => frame.saw(Seen::Foreign),
        _ if !is_word(byte) || at > 0 && is_word(text[at - 1]) => {}
        _ => {
            let end = text[at..]
                .iter()
                .position(|&b| !is_word(b))
                .map_or(text.len(), |n| at + n);
            match &text[at..end] {
                b"static" => frame.saw(Seen::Static),
                b"let" => frame.saw(Seen::Let),
                b"ref" if frame.has(Seen::Static) => {
                    frame.edits.extend((at..end).map(|at| (at, b' ')));
                }
                word if ITEM_WORDS.iter().any(|item| item.as_bytes() == word) => {
                    frame.saw(Seen::Foreign);
                }
                _ => {}
            }
        }
    }
}

/// Blanks the argument at hand up to a place.
fn blank(frame: &mut Frame, to: usize) {
    frame.edits.extend((frame.item..=to).map(|at| (at, b' ')));
    frame.item = to + 1;
}

/// An inner bracket was closed: `pattern = future => { … }` needs no comma behind it, a call's argument does.
fn behind(text: &[u8], frame: &mut Frame, at: usize) {
    if frame.style == Style::Arguments
        && frame.has(Seen::Arrow)
        && text[at] == b'}'
        && text.get(at + 1).is_some_and(u8::is_ascii_whitespace)
        && text[at + 1..]
            .trim_ascii_start()
            .first()
            .is_some_and(|&next| is_word(next))
    {
        frame.edits.push((at + 1, b','));
        frame.item = at + 2;
    }
}

/// A bracket is closed; if it held arguments of a macro, the call is written.
fn close(text: &[u8], out: &mut [u8], frame: Frame, at: usize, opening: Opening) {
    if frame.style == Style::Json {
        for (at, byte) in frame.edits {
            out[at] = byte;
        }
        if text[at] == b'}' {
            out[at] = b']';
        }
        return;
    }
    let Some((start, bang)) = frame.name else {
        return;
    };
    let mut fill = |range: std::ops::Range<usize>| out[range].fill(b' ');
    if !frame.known {
        if opening == Opening::Known {
            return;
        }
        if text[frame.open] == b'{' && frame.has(Seen::Static) {
            // `lazy_static! { static ref X: T = …; }`: items like any other.
            fill(path_start(text, start)..frame.open + 1);
            fill(at..at + 1);
            for &(at, _) in frame
                .edits
                .iter()
                .filter(|&&(at, _)| text[at].is_ascii_alphabetic())
            {
                if matches!(text[at], b'r' | b'e' | b'f') && is_ref(text, at) {
                    out[at] = b' ';
                }
            }
            return;
        }
        if frame.has(Seen::Foreign) || frame.has(Seen::Static) {
            return;
        }
        if frame.has(Seen::Let) {
            if text[frame.open] == b'{' {
                fill(path_start(text, start)..frame.open);
            }
            return;
        }
    }
    if let Some(comma) = frame.comma.filter(|_| &text[start..bang] == b"matches") {
        fill(comma..at);
    } else {
        for (at, byte) in frame.edits {
            out[at] = byte;
        }
    }
    out[bang] = b' ';
    out[frame.open] = b'(';
    out[at] = b')';
    // With braces the macro was a statement without a semicolon.
    let next = text[at + 1..]
        .trim_ascii_start()
        .first()
        .copied()
        .unwrap_or(b'}');
    if text[at] == b'}'
        && text.get(at + 1).is_some_and(u8::is_ascii_whitespace)
        && (is_word(next) || b"#/".contains(&next))
    {
        out[at + 1] = b';';
    }
}

/// Whether a byte belongs to a `ref` that stands alone.
fn is_ref(text: &[u8], at: usize) -> bool {
    let start = at - word_before(text, at).len();
    text[start..].starts_with(b"ref") && !text.get(start + 3).copied().is_some_and(is_word)
}

/// Where the path that ends in a name starts: `a::b::name`.
fn path_start(text: &[u8], name: usize) -> usize {
    let mut at = name;
    while at >= 2 && &text[at - 2..at] == b"::" {
        at -= 2 + word_before(text, at - 2).len();
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str) -> String {
        String::from_utf8(open_macros(text.as_bytes(), Opening::All)).unwrap()
    }

    #[test]
    fn macros_open_without_moving_anything() {
        for (text, call) in [
            (
                r#"info!(target: "a", ?env, token = %token, a::b, "x {}", y);"#,
                r#"info (        "a",  env,          token, a::b, "x {}", y);"#,
            ),
            (
                r#"json!({"a": 1, "b": [x, {}]})"#,
                r#"json (["a", 1, "b", [x, []]])"#,
            ),
            (
                r#"json!({"a": f(S { b: 1 })})"#,
                r#"json (["a", f(S { b: 1 })])"#,
            ),
            ("vec![a; 3]", "vec (a, 3)"),
            ("dbg!{x}", "dbg (x)"),
            ("matches!(a?, Ok(b) if c)", "matches (a?            )"),
            ("a::map! { k => v, l => w }", "a::map  ( k ,  v, l ,  w )"),
            (
                "select! { a = f(b) => { c } d = e => {} }",
                "select  (     f(b) ,  { c },    e ,  {} )",
            ),
            (
                "l::lazy_static! { static ref A: u8 = f(); }",
                "                  static     A: u8 = f();  ",
            ),
            ("s! { let a = b?; c }", "   { let a = b?; c }"),
            ("s! { struct A; }", "s! { struct A; }"),
            (
                r##"f("println!(a = b", r#"x!["#, 'a', '"', x!(1))"##,
                r##"f("println!(a = b", r#"x!["#, 'a', '"', x (1))"##,
            ),
        ] {
            assert_eq!(opened(text), call);
        }
    }

    #[test]
    fn a_simple_macro_becomes_a_function() {
        let text = "macro_rules! must { ($n:expr) => { env($n) }; }";
        let function = "fn           must   ( n:expr)    { env( n) }   ";
        assert_eq!(opened(text), function);
        let repeated = "macro_rules! many { ($($n:expr),*) => { env($($n),*) }; }";
        assert_eq!(opened(repeated), repeated);
    }
}
