//! The parts of one value that may be a secret of their own: the password of a URL, a query parameter, an assignment, a
//! flag with its argument, a header, the default of a reference.
//!
//! Finds parts and judges none. Used by the judgement.

use super::vocabulary;

/// Longest value whose parts are looked at.
const MAX_BYTES: usize = 64 * 1024;

/// Most parts of one value.
const MAX_PIECES: usize = 256;

/// What a part is to the value around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The password in an address; its name is the scheme.
    Password,
    /// What stands in front of the host of an address, without a password.
    User,
    /// The value behind a name: parameter, assignment, header or flag.
    Named,
    /// What a reference falls back to.
    Fallback,
}

/// A part of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'t> {
    pub(super) role: Role,
    pub(super) name: &'t str,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The parts of a value.
pub(super) fn of(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    if text.len() > MAX_BYTES {
        return out;
    }
    fallbacks(text, &mut out);
    addresses(text, &mut out);
    if !text.trim_end().contains('\n') {
        header(0, text, &mut out);
        words(text, &mut out);
        written(text, &mut out);
    }
    out.truncate(MAX_PIECES);
    out
}

/// `${NAME:-literal}`, `${NAME-literal}` and with `=`.
fn fallbacks<'t>(text: &'t str, out: &mut Vec<Piece<'t>>) {
    let mut from = 0;
    while let Some(open) = text[from..].find("${").map(|at| from + at + 2) {
        let name_end = text[open..]
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .map_or(text.len(), |at| open + at);
        from = open;
        let rest = &text[name_end..];
        let mark = [":-", ":=", "-", "="]
            .iter()
            .find(|mark| rest.starts_with(**mark));
        let (Some(mark), Some(close)) = (mark, rest.find('}')) else {
            continue;
        };
        if name_end > open && close > mark.len() {
            let start = name_end + mark.len();
            out.push(named(
                Role::Fallback,
                &text[open..name_end],
                text,
                start,
                name_end + close,
            ));
        }
        from = name_end + close;
    }
}

/// `scheme://user:password@host` and `?name=value`.
fn addresses<'t>(text: &'t str, out: &mut Vec<Piece<'t>>) {
    let mut from = 0;
    while let Some(at) = text[from..].find("://").map(|at| from + at) {
        let start = at + 3;
        let scheme_start = text[..at]
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')))
            .map_or(0, |before| {
                before + text[before..].chars().next().map_or(1, char::len_utf8)
            });
        let scheme = &text[scheme_start..at];
        let end = end_of(text, start, |c| {
            c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | ')' | '>')
        });
        // A slash may stand in a password, but a host comes before the path.
        let authority_end = end_of(&text[..end], start, |c| matches!(c, '/' | '?' | '#'));
        if let Some(host) = text[start..authority_end].rfind('@').map(|at| start + at) {
            match text[start..host].find(':').map(|at| start + at + 1) {
                Some(password) => out.push(Piece {
                    role: Role::Password,
                    name: scheme,
                    start: password,
                    end: host,
                }),
                None => out.push(Piece {
                    role: Role::User,
                    name: scheme,
                    start,
                    end: host,
                }),
            }
        }
        if let Some(query) = text[authority_end..end]
            .find('?')
            .map(|at| authority_end + at + 1)
        {
            let mut at = query;
            for part in text[query..end].split('&') {
                assignment(at, part, "=", text, out);
                at += part.len() + 1;
            }
        }
        from = end.max(start);
    }
}

fn end_of(text: &str, start: usize, ends: impl Fn(char) -> bool) -> usize {
    text[start..].find(ends).map_or(text.len(), |at| start + at)
}

/// `Name: value`, as headers are given to programs.
fn header<'t>(at: usize, text: &'t str, out: &mut Vec<Piece<'t>>) {
    let Some(colon) = text.find(':').filter(|&colon| colon > 0) else {
        return;
    };
    let name = &text[..colon];
    let is_name = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if is_name && !text[colon..].starts_with("://") {
        let rest = &text[colon + 1..];
        let start = colon + 1 + rest.len() - rest.trim_start().len();
        let end = text.trim_end().len();
        if end <= start {
            return;
        }
        out.push(Piece {
            role: Role::Named,
            name,
            start: at + start,
            end: at + end,
        });
    }
}

/// Words of a command line or a connection string: `--name=value`, `--name value`, `NAME=value`, `name=value;…`.
fn words<'t>(text: &'t str, out: &mut Vec<Piece<'t>>) {
    let mut flag: Option<&str> = None;
    let mut from = 0;
    while let Some((at, word)) = next_word(text, &mut from) {
        if out.len() >= MAX_PIECES {
            return;
        }
        if let Some(name) = flag.take().filter(|_| !word.starts_with('-')) {
            out.push(Piece {
                role: Role::Named,
                name,
                start: at,
                end: at + word.len(),
            });
        }
        if at > 0 || word.len() < text.len() {
            header(at, word, out);
        }
        if word.contains("://") && !word.starts_with('-') {
            continue;
        }
        let bare = word.trim_start_matches('-');
        if bare.len() < word.len() && !bare.contains('=') {
            flag = Some(bare).filter(|name| !name.is_empty());
            continue;
        }
        let mut part_at = at;
        for part in word.split(';') {
            assignment(part_at, part, "=", text, out);
            part_at += part.len() + 1;
        }
    }
}

/// `name=value` with quotes around the value or not.
fn assignment<'t>(at: usize, part: &str, separator: &str, text: &'t str, out: &mut Vec<Piece<'t>>) {
    let Some(split) = part.find(separator) else {
        return;
    };
    let before = part[..split].trim_start_matches(['-', ' ']);
    let is_name = !before.is_empty()
        && before
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b' '));
    if is_name {
        let name_at = at + split - before.len();
        let start = at + split + separator.len();
        out.push(named(
            Role::Named,
            &text[name_at..at + split],
            text,
            start,
            at + part.len(),
        ));
    }
}

/// A part without the quotes around it.
fn named<'t>(role: Role, name: &'t str, text: &'t str, start: usize, end: usize) -> Piece<'t> {
    let value = &text[start..end];
    let inner = ['"', '\'']
        .iter()
        .find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote));
    match inner {
        Some(inner) => Piece {
            role,
            name,
            start: start + 1,
            end: start + 1 + inner.len(),
        },
        None => Piece {
            role,
            name,
            start,
            end,
        },
    }
}

/// `echo value > /run/secrets/name`: the file names what is written to it.
fn written<'t>(text: &'t str, out: &mut Vec<Piece<'t>>) {
    let line = text.trim_start();
    let Some(program) = ["echo ", "printf "]
        .iter()
        .find(|word| line.starts_with(**word))
    else {
        return;
    };
    let mut from = text.len() - line.len() + program.len();
    let mut value = None;
    while let Some((at, word)) = next_word(text, &mut from) {
        let Some(target) = word.strip_prefix('>') else {
            // The last word before the arrow; flags and formats come first.
            value = Some((at, word));
            continue;
        };
        let target = target.trim_start_matches('>');
        let target = if target.is_empty() {
            next_word(text, &mut from).map_or("", |(_, word)| word)
        } else {
            target
        };
        let file = target.rsplit('/').next().unwrap_or(target);
        let name = file.split('.').next().unwrap_or(file);
        if let Some((start, word)) = value.filter(|_| !name.is_empty()) {
            out.push(named(Role::Named, name, text, start, start + word.len()));
        }
        return;
    }
}

/// The next word as a shell sees it, without the quotes that are around all of it.
///
/// Commas and brackets end a word where they touch a quote, as in the list form of a Dockerfile.
fn next_word<'t>(text: &'t str, from: &mut usize) -> Option<(usize, &'t str)> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',');
    let rest = &text[*from..];
    let start = *from + rest.len() - rest.trim_start_matches(is_between).len();
    let mut chars = text[start..].char_indices();
    let (_, first) = chars.next()?;
    if matches!(first, '"' | '\'') {
        let end = end_of(text, start + 1, |c| c == first);
        *from = (end + 1).min(text.len());
        return Some((start + 1, &text[start + 1..end]));
    }
    let mut quote = None;
    let mut end = text.len();
    for (at, c) in text[start..].char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if c.is_whitespace() => {
                end = start + at;
                break;
            }
            _ => {}
        }
    }
    *from = end;
    Some((start, &text[start..end]))
}

/// Where a credential starts behind the scheme of an `Authorization` header.
pub(super) fn behind_scheme(value: &str) -> usize {
    let Some((scheme, rest)) = value.split_once(' ') else {
        return 0;
    };
    let is_scheme = matches!(
        scheme.to_ascii_lowercase().as_str(),
        "apikey" | "basic" | "bearer" | "bot" | "key" | "token"
    );
    let start = value.len() - rest.trim_start().len();
    if is_scheme && !vocabulary::is_placeholder(scheme) {
        start
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(&str, &str)> {
        of(text)
            .iter()
            .map(|p| (p.name, &text[p.start..p.end]))
            .collect()
    }

    #[test]
    fn parts_of_many_values() {
        assert_eq!(
            parts("postgres://u:p@ss@h/db?sslkey=x&a=b"),
            [("postgres", "p@ss"), ("sslkey", "x"), ("a", "b")]
        );
        assert_eq!(parts("https://tok@github.com/x"), [("https", "tok")]);
        assert_eq!(parts("--api-key=abc"), [("api-key", "abc")]);
        assert_eq!(parts("run --token abc -v"), [("token", "abc")]);
        assert_eq!(
            parts("docker run -e A_KEY=\"x y\" img"),
            [("e", "A_KEY=\"x y\""), ("A_KEY", "x y")]
        );
        assert_eq!(
            parts("Authorization: Bearer abc"),
            [("Authorization", "Bearer abc")]
        );
        assert_eq!(
            parts("curl -H \"X-Key: abc\""),
            [("H", "X-Key: abc"), ("X-Key", "abc")]
        );
        assert_eq!(
            parts("Server=h;Password=x;"),
            [("Server", "h"), ("Password", "x")]
        );
        assert_eq!(
            parts("host=h password='x y'"),
            [("host", "h"), ("password", "x y")]
        );
        assert_eq!(parts("${A:-b}/${C}"), [("A", "b")]);
        assert_eq!(parts("[\"srv\", \"--token\", \"abc\"]"), [("token", "abc")]);
        assert_eq!(parts("plain"), []);
        assert_eq!(parts("é://ü:ö@ä"), [("", "ö")]);
    }

    #[test]
    fn schemes_are_skipped() {
        assert_eq!(behind_scheme("Bearer abc"), 7);
        assert_eq!(behind_scheme("abc def"), 0);
        assert_eq!(behind_scheme("abc"), 0);
    }
}
