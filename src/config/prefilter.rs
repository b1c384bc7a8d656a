//! Whether a text can hold a secret at all, from its bytes alone: most files of the formats that data comes in do not,
//! and reading them as what they are costs more than all else.
//!
//! Says yes too often and hardly ever no where the judgement would find something: a credential is a word that no
//! language has, unless its name says that people chose it. Used before a file is read.

use memchr::memmem;

use super::shape;

/// What is in the names of things that people choose; the one name without a `p` is below.
const CHOSEN: [&[u8]; 3] = [b"pass", b"psk", b"pw"];

/// No credential is shorter, in bytes.
const SHORTEST: usize = 8;

/// What a byte is for a run: nothing, since it ends one; plain; a capital; a figure; anything else.
static CLASSES: [u8; 256] = classes();

const END: u8 = 0;
const PLAIN: u8 = 1;
const CAPITAL: u8 = 2;
const OTHER: u8 = 4;
/// May start one of [`CHOSEN`].
const START: u8 = 8;

const fn classes() -> [u8; 256] {
    let mut classes = [OTHER; 256];
    let mut byte = 0_u8;
    loop {
        classes[byte as usize] = match byte {
            b'p' => START | PLAIN,
            b'P' => START | CAPITAL,
            b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'{' | b'}' | b'[' | b']'
            | b',' => END,
            b'a'..=b'z' | b'-' | b'_' | b'.' | b'/' | b':' | b'(' | b')' | b'<' | b'>' => PLAIN,
            b'A'..=b'Z' => CAPITAL,
            _ => OTHER,
        };
        if byte == u8::MAX {
            return classes;
        }
        byte += 1;
    }
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
            if class & START != 0 && is_chosen(&text[at..]) {
                return true;
            }
            seen |= class & !START;
        }
    }
    let rest = &text[start..];
    (rest.len() >= SHORTEST && seen > PLAIN && is_strange(rest, seen))
        || memmem::find(text, b"masterauth").is_some()
}

/// A capital behind a small letter starts another word, as in `mapWidth`.
fn is_chosen(text: &[u8]) -> bool {
    let starts = |word: &&[u8]| {
        let start = text.get(..word.len());
        start.is_some_and(|start| {
            start.eq_ignore_ascii_case(word)
                && !(start[0].is_ascii_lowercase() && start[1].is_ascii_uppercase())
        })
    };
    CHOSEN.iter().any(starts)
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
            "mapWidth: {topWest: 1}\n",
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
