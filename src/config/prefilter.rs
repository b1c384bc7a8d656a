//! Whether a text can hold a secret at all, from its bytes alone: most files of the formats that data comes in do not,
//! and reading them as what they are costs more than all else.
//!
//! Says yes too often and hardly ever no where the judgement would find something: a credential is a word that no
//! language has, unless its name says that people chose it. Used before a file is read.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::shape;

/// What is in every name of something that people choose.
const CHOSEN: &[&str] = &["masterauth", "pass", "psk", "pw"];

/// No credential is shorter, in bytes.
const SHORTEST: usize = 8;

static SEARCH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(CHOSEN)
        .ok()
});

/// What a byte is for a run: nothing, since it ends one; plain; a capital; a figure; anything else.
static CLASSES: [u8; 256] = classes();

const END: u8 = 0;
const PLAIN: u8 = 1;
const CAPITAL: u8 = 2;
const OTHER: u8 = 4;

const fn classes() -> [u8; 256] {
    let mut classes = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'{' | b'}' | b'[' | b']'
            | b',' => END,
            b'a'..=b'z' | b'-' | b'_' | b'.' | b'/' | b':' | b'(' | b')' | b'<' | b'>' => PLAIN,
            b'A'..=b'Z' => CAPITAL,
            _ => OTHER,
        };
        byte += 1;
    }
    classes
}

/// Whether the text may hold a secret.
pub(super) fn may_hold(text: &[u8]) -> bool {
    let (mut start, mut seen) = (0, END);
    for (at, &byte) in text.iter().enumerate() {
        let class = CLASSES[usize::from(byte)];
        if class == END {
            if seen > PLAIN && at - start >= SHORTEST && is_strange(&text[start..at], seen) {
                return true;
            }
            (start, seen) = (at + 1, END);
        } else {
            seen |= class;
        }
    }
    let rest = &text[start..];
    (rest.len() >= SHORTEST && seen > PLAIN && is_strange(rest, seen))
        || SEARCH.as_ref().is_none_or(|search| search.is_match(text))
}

/// Whether a run of bytes that hold more than small letters is neither words nor a number.
fn is_strange(run: &[u8], seen: u8) -> bool {
    if seen & OTHER == 0 && is_camel(run) {
        return false;
    }
    let is_number = |byte: &u8| byte.is_ascii_digit() || b".-+_:eE".contains(byte);
    !run.iter().all(is_number) && !str::from_utf8(run).is_ok_and(shape::is_wordy)
}

/// Whether every capital starts a word of some length.
fn is_camel(run: &[u8]) -> bool {
    run.iter().enumerate().all(|(at, byte)| {
        let is_small = |ahead: usize| run.get(at + ahead).is_some_and(u8::is_ascii_lowercase);
        !byte.is_ascii_uppercase() || (is_small(1) && is_small(2))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_told_from_what_could_hold_a_secret() {
        for text in [
            r#"{"lengthSchema": {"batch": 9344, "order": "Element matrix level list item."}}"#,
            "layout_pixel:\n  - name: transfer\n    value: 48.123456789\n",
            "key: [1700000000, 2.5e-10]\ntoken: your-token-here\nurl: http://localhost/a/b\n",
        ] {
            assert!(!may_hold(text.as_bytes()), "{text}");
        }
        for text in [
            r#"{"token":"ghp_fixture7Qk2Zx9Lm4Vb8Nc1Rt6Yw3Hd5J"}"#,
            "DB_PASS: abcd\n",
            "url: redis://:abcd@host\n",
            "cfg: {pw: 1234}\n",
            "key: kYtRbQweZuIo\n",
            "data: {a: aHVudGVyMg==}\n",
        ] {
            assert!(may_hold(text.as_bytes()), "{text}");
        }
    }
}
