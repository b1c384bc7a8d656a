//! The shape of a value: made by a machine, made of words, or neither. Knows no word and no name.

/// Whether a value looks as if a machine had made it from chance.
pub(super) fn is_generated(value: &str) -> bool {
    let bytes = value.as_bytes();
    if bytes.len() < 12 || bytes.iter().any(u8::is_ascii_whitespace) || is_wordy(value) {
        return false;
    }
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let upper = bytes.iter().filter(|b| b.is_ascii_uppercase()).count();
    let lower = bytes.iter().filter(|b| b.is_ascii_lowercase()).count();
    let entropy = entropy(bytes);
    if digits >= 2 && upper + lower >= 3 && entropy >= 2.9 {
        return true;
    }
    bytes.len() >= 20
        && upper >= 3
        && lower >= 3
        && entropy >= 3.5
        && turns(bytes) * 4 >= bytes.len()
}

/// How often two neighbours differ in kind.
fn turns(bytes: &[u8]) -> usize {
    let class = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        b'a'..=b'z' => 2,
        _ => 3,
    };
    bytes
        .windows(2)
        .filter(|pair| class(pair[0]) != class(pair[1]))
        .count()
}

/// Bits per byte after Shannon.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for &byte in bytes {
        counts[usize::from(byte)] += 1;
    }
    let total: u32 = counts.iter().sum();
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| {
            let share = f64::from(count) / f64::from(total);
            -share * share.log2()
        })
        .sum()
}

/// Whether a value is made of words, with separators between or written as camel case, and short numbers.
pub(super) fn is_wordy(value: &str) -> bool {
    let is_sign = |c: char| !c.is_alphanumeric();
    let is_separator = |c: char| {
        c.is_whitespace()
            || !c.is_ascii()
            || matches!(
                c,
                '-' | '_' | '.' | '/' | ':' | ',' | '\'' | '"' | '(' | ')' | '<' | '>'
            )
    };
    !is_uuid(value)
        && value.chars().filter(|&c| is_sign(c)).all(is_separator)
        && value
            .split(is_sign)
            .filter(|chunk| !chunk.is_empty())
            .all(|chunk| chunk.len() <= 2 || is_word(chunk))
}

/// Letters of one case, or capitalised, or camel case with long humps; up to four digits behind.
fn is_word(chunk: &str) -> bool {
    let letters = chunk.trim_end_matches(|c: char| c.is_ascii_digit());
    if chunk.len() - letters.len() > 4 || letters.chars().any(|c| c.is_ascii_digit()) {
        return false;
    }
    let upper = letters.chars().filter(|c| c.is_uppercase()).count();
    let count = letters.chars().count();
    // Nobody writes so many consonants in a row.
    let is_spoken = longest_without_vowel(letters) <= 5 || count <= 5;
    is_spoken && (upper == 0 || upper == count || upper * 4 <= count + 3)
}

fn longest_without_vowel(letters: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in letters.chars() {
        let is_vowel =
            !c.is_ascii() || matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
        run = if is_vowel { 0 } else { run + 1 };
        longest = longest.max(run);
    }
    longest
}

/// Whether a value is a UUID.
pub(super) fn is_uuid(value: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let mut parts = value.split('-');
    lengths.iter().all(|&length| {
        parts
            .next()
            .is_some_and(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit()))
    }) && parts.next().is_none()
}

/// Whether a value is filled up rather than chosen: one character over and over, a short pattern, or a row.
pub(super) fn is_filler(value: &str) -> bool {
    let bytes: Vec<u8> = value
        .bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    if bytes.len() < 3 {
        return false;
    }
    let (mut run, mut longest_run, mut row, mut in_rows) = (1, 1, 1, 0);
    for pair in bytes.windows(2) {
        run = if pair[0] == pair[1] { run + 1 } else { 1 };
        longest_run = longest_run.max(run);
        let follows = pair[1] == pair[0] + 1
            || (pair[0], pair[1]) == (b'9', b'0')
            || (pair[0], pair[1]) == (b'9', b'a');
        row = if follows { row + 1 } else { 1 };
        if row == 6 {
            in_rows += 6;
        } else if row > 6 {
            in_rows += 1;
        }
    }
    let length = bytes.len();
    longest_run == length
        || longest_run >= 8
        || (longest_run >= 4 && longest_run * 2 >= length)
        || in_rows * 5 >= length * 3
        || (1..=10).any(|period| {
            length >= 12
                && length * 2 >= period * 5
                && bytes.iter().zip(&bytes[period..]).all(|(a, b)| a == b)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_and_people_differ() {
        for value in [
            "7Qk2Zx9Lm4Vb8Nc1Rt6Y",
            "3f9c1e7ab2d84056",
            "3b7c9e1a-52d4-4f08-9c6b-7a1e0d3f5b29",
            "qWxLpZrTkVbNmHgFdSaQ",
        ] {
            assert!(is_generated(value), "{value}");
        }
        for value in [
            "my-secret-name",
            "GITHUB_PERSONAL_ACCESS_TOKEN",
            "getServerSideConfiguration",
            "hunter2",
            "gpt-4o-mini-2024",
            "super-secret-key-for-development",
            "2024-10-05",
        ] {
            assert!(!is_generated(value), "{value}");
        }
    }

    #[test]
    fn fillers_are_seen() {
        for value in [
            "xxxxxxxx",
            "0000",
            "abcdefgh",
            "1234567890abcdef",
            "abcabcabcabc",
            "sk-xxxx-xxxx",
            "5c5c5c5c5c5c5c5c",
            "11111111-2222-3333-4444-555555555555",
            "deadbeefdeadbeefdeadbeef",
        ] {
            assert!(is_filler(value), "{value}");
        }
        for value in [
            "7Qk2Zx9Lm4Vb8Nc1Rt6Y",
            "hunter2",
            "fixture",
            "ab",
            "S3cure!Pass",
        ] {
            assert!(!is_filler(value), "{value}");
        }
    }
}
