//! Where a source text may hold a secret, from its bytes alone: few do, and parsing costs more than all else.
//!
//! What machines made is a long word with figures in it, which code hardly has. Such a word counts if it has the shape of
//! a service's credentials, or stands in a string with the name of a secret near it. Beside that: keys, addresses with a
//! password, and strings behind the word *password*. Used before a file is parsed, and again to find the same places in
//! its tree.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use memchr::memmem;

use super::{known, literals, shape};
use crate::names::Names;

/// No credential that only its name gives away is shorter, in bytes.
const SHORTEST: usize = 12;

/// Most places of one file; one with more is data.
const MAX_FOUND: usize = 500;

/// How far around a word its text is looked at.
const MAX_BEHIND: usize = 4096;
const MAX_BEFORE: usize = 400;

/// How far before a string a name may stand.
const MAX_NEAR: usize = 200;

/// So many words before a string may be its name.
const MAX_NAMES: usize = 10;

/// Longest password in an address, and longest chosen one.
const MAX_PASSWORD: usize = 200;

/// Whether a byte is part of a word: letters, figures, `_` and `-`.
static IS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        byte += 1;
    }
    table
};

/// Parts of the names of secrets, one of which each such name has.
static SPOKEN: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build([
            "account", "auth", "bearer", "cookie", "cred", "dsn", "hash", "header", "hook", "jwt",
            "key", "kube", "otp", "pass", "pat", "pepper", "psk", "pw", "salt", "secret", "sess",
            "token",
        ])
        .ok()
});

/// The places where a secret may be, in order.
pub fn candidates(text: &[u8], names: &Names) -> Vec<usize> {
    let mut found = Vec::new();
    words(text, names, &mut found);
    keys(text, &mut found);
    addresses(text, &mut found);
    passwords(text, &mut found);
    found.sort_unstable();
    found.dedup();
    found
}

/// Long words with figures. A window of the shortest length is looked at from its end, and moved behind the first byte
/// that is no part of a word.
fn words(text: &[u8], names: &Names, found: &mut Vec<usize>) {
    let is_word = |byte: &u8| IS_WORD[usize::from(*byte)];
    let mut start = 0;
    while let Some(window) = text.get(start..start + SHORTEST) {
        if let Some(other) = window.iter().rposition(|byte| !is_word(byte)) {
            start += other + 1;
            continue;
        }
        let behind = text[start + SHORTEST..].iter();
        let mut end = start + SHORTEST + behind.take_while(|byte| is_word(byte)).count();
        let long = &text[start..end];
        if may_be_strange(long) && is_strange(long) {
            let (matters, behind) = word(text, start, end, names);
            if matters {
                found.push(start);
                if found.len() >= MAX_FOUND {
                    return;
                }
            }
            end = behind;
        }
        start = end + 1;
    }
}

/// What a byte adds to the counts of figures and of capitals, which stand beside each other in one number.
static COUNTS: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        table[byte as usize] = if byte.is_ascii_digit() {
            1
        } else if byte.is_ascii_uppercase() {
            1 << 16
        } else {
            0
        };
        byte += 1;
    }
    table
};

/// A first look, since nearly all long words are names: two figures, or three capitals in a very long one.
fn may_be_strange(word: &[u8]) -> bool {
    // More bytes than either count can hold tell nothing new.
    let word = &word[..word.len().min(usize::from(u16::MAX))];
    let counts: u32 = word.iter().map(|&byte| COUNTS[usize::from(byte)]).sum();
    counts & 0xffff >= 2 || word.len() >= 20 && counts >> 16 >= 3
}

/// Whether a word could be made by a machine: a quick look at its bytes.
fn is_strange(word: &[u8]) -> bool {
    let (mut digits, mut upper, mut lower, mut turns) = (0, 0, 0, 0);
    let mut last = 0_u8;
    for byte in word {
        let class = match byte {
            b'0'..=b'9' => {
                digits += 1;
                1
            }
            b'A'..=b'Z' => {
                upper += 1;
                2
            }
            b'a'..=b'z' => {
                lower += 1;
                3
            }
            _ => 4,
        };
        turns += usize::from(class != last);
        last = class;
    }
    let is_mixed = digits >= 2 && upper + lower >= 3;
    let is_random = word.len() >= 20 && upper >= 3 && lower >= 3 && turns * 4 >= word.len();
    (is_mixed || is_random) && !str::from_utf8(word).is_ok_and(shape::is_wordy)
}

/// Whether a strange word matters, and how far the text around it was looked at: what hangs together is looked at once.
fn word(text: &[u8], start: usize, end: usize, names: &Names) -> (bool, usize) {
    let is_around = |byte: &&u8| IS_WORD[usize::from(**byte)] || b"./:".contains(byte);
    let before = text[start.saturating_sub(MAX_BEFORE)..start].iter().rev();
    let first = start - before.take_while(is_around).count();
    let behind = text[end..text.len().min(end + MAX_BEHIND)].iter();
    let last = end + behind.take_while(is_around).count();
    let around = str::from_utf8(&text[first..last]).unwrap_or_default();
    let matters = known::find(around).is_some() || is_named(text, start, names);
    (matters, last)
}

/// Whether a place is in a string near to which the name of a secret stands.
fn is_named(text: &[u8], at: usize, names: &Names) -> bool {
    let before = &text[at.saturating_sub(MAX_BEFORE)..at];
    let line = memchr::memrchr(b'\n', before).map_or(before, |newline| &before[newline..]);
    if !line.iter().any(|byte| b"\"'`".contains(byte)) {
        return false;
    }
    let near = &before[before.len().saturating_sub(MAX_NEAR)..];
    // A look at a name costs much more than one for the few words that such names are made of.
    let is_worth = names.has_own()
        || SPOKEN
            .as_ref()
            .is_none_or(|search| search.find_iter(near).next().is_some());
    if !is_worth {
        return false;
    }
    let names_near = near
        .rsplit(|&byte| !IS_WORD[usize::from(byte)])
        .filter(|word| word.len() >= 3)
        .take(MAX_NAMES);
    names_near
        .filter_map(|word| str::from_utf8(word).ok())
        .any(|word| names.classify(word).is_some() || Names::is_secret_zero(word))
}

/// Private keys.
fn keys(text: &[u8], found: &mut Vec<usize>) {
    for at in memmem::find_iter(text, b"PRIVATE KEY-----") {
        let is_begin = text[at.saturating_sub(30)..at]
            .windows(6)
            .any(|w| w == b"BEGIN ");
        if is_begin && found.len() < MAX_FOUND {
            found.push(at);
        }
    }
}

/// `scheme://user:password@host`.
fn addresses(text: &[u8], found: &mut Vec<usize>) {
    for at in memmem::find_iter(text, b"://") {
        let rest = &text[at + 3..text.len().min(at + 3 + MAX_PASSWORD)];
        let ends = |byte: &u8| b"/?#\"'`\\ \t\r\n<>".contains(byte);
        let authority = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
        let Some(host) = memchr::memrchr(b'@', authority) else {
            continue;
        };
        let Some(colon) = memchr::memchr(b':', &authority[..host]) else {
            continue;
        };
        let password = &authority[colon + 1..host];
        let is_reference = password.first().is_none_or(|b| b"${%*".contains(b));
        if !is_reference && found.len() < MAX_FOUND {
            found.push(at);
        }
    }
}

/// `password = "…"` and what is alike.
fn passwords(text: &[u8], found: &mut Vec<usize>) {
    for word in [b"assw", b"ASSW"] {
        for at in memmem::find_iter(text, word) {
            let rest = &text[at..text.len().min(at + MAX_PASSWORD)];
            let Some(start) = value_behind(rest) else {
                continue;
            };
            let quote = rest[start - 1];
            let Some(length) = memchr::memchr2(quote, b'\n', &rest[start..]) else {
                continue;
            };
            let value = str::from_utf8(&rest[start..start + length]).unwrap_or_default();
            if literals::may_be_password(value) && found.len() < MAX_FOUND {
                found.push(at + start);
            }
        }
    }
}

/// Where the string starts that is bound to the name at the start of a text.
fn value_behind(text: &[u8]) -> Option<usize> {
    let at = text.iter().position(|&b| !IS_WORD[usize::from(b)])?;
    let mut is_bound = false;
    // `"]`, `: str =`, `, "…"`, `: Some(`, `.to_string(`; never over the end of a statement.
    for (ahead, &byte) in text[at..].iter().enumerate().take(48) {
        match byte {
            b'=' | b':' | b',' | b'(' | b'|' | b'?' => is_bound = true,
            b'"' | b'\'' | b'`' if is_bound => return Some(at + ahead + 1),
            b'"' | b'\'' | b'`' | b']' | b')' | b' ' | b'\n' | b'\r' | b'\t' | b'&' | b'.' => {}
            b';' | b'{' | b'}' => return None,
            _ if IS_WORD[usize::from(byte)] => {}
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        candidates(text.as_bytes(), &Names::default()).len()
    }

    #[test]
    fn secrets_are_candidates() {
        for text in [
            "const API_KEY = \"7Qk2Zx9Lm4Vb8Nc1Rt6Y\";",
            "// ghp_fixture7Qk2Zx9Lm4Vb8Nc1Rt6Yw3Hd5J",
            "x = os.environ.get(\"API_KEY\",\n    \"7Qk2Zx9Lm4Vb8Nc1\")",
            "password: \"S3cure!Pass\"",
            "let db_password: &str = \"S3cure!Pass\";",
            "env[\"DB_PASSWORD\"] = 'S3cure!Pass'",
            "url = \"postgres://u:S3cure@h/db\"",
            "\"-----BEGIN RSA PRIVATE KEY-----\\nMII\"",
            "bot(\"7312345980:AAfixture7Qk2Zx9Lm4Vb8Nc1Rt6Yw3Hd5J\")",
            "f(\"https://hooks.slack.com/services/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\")",
        ] {
            assert!(count(text) > 0, "{text}");
        }
    }

    #[test]
    fn code_has_none() {
        for text in [
            "const digest = \"7Qk2Zx9Lm4Vb8Nc1Rt6Y\";",
            "const API_KEY = process.env.API_KEY_7Qk2Zx9Lm4Vb8;",
            "password: \"Your password\"",
            "const PASSWORD_FIELD = \"password\";",
            "url = f\"postgres://{user}:{password}@h/db\"",
            "import { createHash2048bits } from 'crypto'; // token",
            "https://user@host/a:b@c",
        ] {
            assert_eq!(count(text), 0, "{text}");
        }
    }
}
