//! Rust source with everything blanked that is no code of the product: comments, literals, `#[cfg(test)]` items.
//!
//! Not a parser. It knows just enough of the language not to be led astray by a brace in a string, and keeps every
//! line ending so that line numbers hold.

/// The code of the product in `source`; what is blanked becomes spaces.
pub(crate) fn product(source: &str) -> String {
    without_tests(&code(source))
}

/// Blanks comments and literals.
fn code(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let word = out.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let skip = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => string(rest),
            'r' | 'b' | 'c' if !word => prefixed(rest),
            '\'' => character(rest),
            _ => 0,
        };
        let (blank, after) = rest.split_at(skip);
        out.extend(blank.chars().map(|c| if c == '\n' { c } else { ' ' }));
        rest = after;
        if skip == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let here = &text.as_bytes()[at..];
        if here.starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if here.starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// Length of a plain string with its quotes.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Length of `r"…"`, `r#"…"#`, `b"…"`, `br"…"`, `b'…'`; 0 for a word that only starts alike.
fn prefixed(text: &str) -> usize {
    let letters = text.len() - text.trim_start_matches(['r', 'b', 'c']).len();
    let (prefix, rest) = text.split_at(letters);
    if letters > 2 {
        return 0;
    }
    if prefix.ends_with('r') {
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        if !rest[hashes..].starts_with('"') {
            return 0;
        }
        let close = format!("\"{}", "#".repeat(hashes));
        let body = letters + hashes + 1;
        return text[body..]
            .find(&close)
            .map_or(text.len(), |at| body + at + close.len());
    }
    match rest.bytes().next() {
        Some(b'"') => letters + string(rest),
        Some(b'\'') => letters + character(rest),
        _ => 0,
    }
}

/// Length of a character literal; 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    let Some((_, first)) = chars.next() else {
        return 0;
    };
    if first == '\\' {
        chars.next();
        return chars
            .find(|&(_, c)| c == '\'')
            .map_or(text.len(), |(at, _)| at + 1);
    }
    match chars.next() {
        Some((at, '\'')) => at + 1,
        _ => 0,
    }
}

/// Blanks each item below `#[cfg(test)]`: up to the `;` or the closing brace of what follows.
fn without_tests(code: &str) -> String {
    const ATTRIBUTE: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(ATTRIBUTE) {
        let (before, item) = rest.split_at(at);
        let (item, after) = item.split_at(item_end(item));
        out.push_str(before);
        out.extend(item.chars().map(|c| if c == '\n' { c } else { ' ' }));
        rest = after;
    }
    out + rest
}

fn item_end(item: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in item.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

#[test]
fn only_the_product_is_left() {
    let source = "use a::b; // c::d\n/* e /* f */ g */ let s = \"h::\\\"{i\"; let r = r#\"j\"{\"#;\nfn k<'a>(x: &'a str) { l('{', b'\\'', m) }\n#[cfg(test)]\nmod n { use o; }\n#[cfg(test)]\nuse p::q;\nfn r() {}\n";
    let left = product(source);
    assert_eq!(left.lines().count(), source.lines().count());
    let words: Vec<_> = left.split_whitespace().collect();
    assert_eq!(
        words.join(" "),
        "use a::b; let s = ; let r = ; fn k<'a>(x: &'a str) { l( , , m) } fn r() {}"
    );
}
