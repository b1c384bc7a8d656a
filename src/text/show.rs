//! What may be shown of text that comes from a scanned file.
//!
//! Two separate dangers: text that does something to the reader's terminal or CI log, and text that is itself
//! a secret. Every name, path and snippet passes through here before a report sees it.

/// The text with every character that could move a cursor, hide or reorder text written as an escape.
pub fn show(text: &str) -> String {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Control characters, bidirectional overrides, zero-width characters and line separators.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{00ad}'
                | '\u{061c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// What stands in the place of something that could be a secret.
const MASK: &str = "***";

/// The text with every run that [`looks_random`] replaced by `***`.
pub fn mask_random(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        if is_token(c) {
            run.push(c);
            continue;
        }
        flush(&mut out, &mut run);
        out.push(c);
    }
    flush(&mut out, &mut run);
    out
}

fn flush(out: &mut String, run: &mut String) {
    out.push_str(if looks_random(run) { MASK } else { run });
    run.clear();
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '=')
}

/// Whether a run of letters, digits, `_`, `-`, `+` and `=` could be a generated credential rather than a word.
///
/// Looks at each part between `_` and `-`: twenty or more characters that mix letters and digits over and over,
/// or a well-known prefix (`sk-`, `ghp_`, `xoxb-`, `AKIA`…) with something behind it.
pub fn looks_random(token: &str) -> bool {
    const PREFIXES: [&str; 22] = [
        "sk-",
        "sk_live",
        "sk_test",
        "rk_live",
        "pk_live",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "xoxb-",
        "xoxp-",
        "xoxa-",
        "xapp-",
        "AKIA",
        "ASIA",
        "AIza",
        "eyJ",
        "hvs",
        "dckr_pat",
    ];
    if token.len() >= 16
        && PREFIXES.iter().any(|prefix| token.starts_with(prefix))
        && token.bytes().any(|b| b.is_ascii_digit())
    {
        return true;
    }
    token.split(['_', '-', '=', '+']).any(part_looks_random)
}

fn part_looks_random(part: &str) -> bool {
    if part.len() < 20 {
        return false;
    }
    let bytes = part.as_bytes();
    let turns = bytes
        .windows(2)
        .filter(|pair| class(pair[0]) != class(pair[1]))
        .count();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    (digits >= 3 && turns * 5 >= part.len()) || has_hex_run(bytes)
}

/// Sixteen or more hexadecimal digits in a row, with figures and letters among them.
fn has_hex_run(bytes: &[u8]) -> bool {
    bytes.split(|b| !b.is_ascii_hexdigit()).any(|run| {
        let figures = run.iter().filter(|b| b.is_ascii_digit()).count();
        run.len() >= 16 && figures >= 4 && run.len() - figures >= 2
    })
}

fn class(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_a_terminal_would_obey() {
        assert_eq!(
            show("a\u{1b}[31m\u{9b}b\u{202e}c\n"),
            "a\\u{1b}[31m\\u{9b}b\\u{202e}c\\u{a}"
        );
        assert_eq!(show("héllo 🦀"), "héllo 🦀");
    }

    #[test]
    fn masks_generated_values_and_leaves_names() {
        for name in [
            "GITHUB_PERSONAL_ACCESS_TOKEN",
            "getServerSideConfiguration",
            "OAUTH2_CLIENT_SECRET",
            "S3_BUCKET_2024",
        ] {
            assert!(!looks_random(name), "{name}");
        }
        for value in [
            "ENVCANARY0123456789abcdef0123456789abcdef",
            "sk-fixture-0000000",
            "9f86d081884c7d659a2feaa0c55ad015",
        ] {
            assert!(looks_random(value), "{value}");
        }
        assert_eq!(
            mask_random("x=ghp_0123456789abcdefghij y"),
            "x=ghp_0123456789abcdefghij y".replace("x=ghp_0123456789abcdefghij", "***")
        );
    }
}
