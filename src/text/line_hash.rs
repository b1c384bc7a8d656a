//! The hash by which code scanning of GitHub knows a line again, where it can be told.
//!
//! GitHub hashes the hundred characters from the start of a line on, blanks left out; equal hashes of a file are
//! counted. It can be undone where few texts are possible, and a value must not be hashed into output: so a line whose
//! hundred characters could hold one has none here, and whoever has the file may make it. The sums are GitHub's
//! (`fingerprints.ts` of codeql-action), character by character.

use rustc_hash::FxHashMap;

use super::{TextRange, looks_random};

/// Characters that a line is known by.
const BLOCK: usize = 100;
const FACTOR: u64 = 37;
/// What stands behind the last character.
const END: u16 = 0xffff;
/// So many digits in a row may be a value.
const DIGITS: usize = 3;

/// The hashes of a text, made when the first one is asked for.
#[derive(Clone, Debug, Default)]
pub struct LineHashes {
    made: Option<Vec<(u64, u32)>>,
}

impl LineHashes {
    /// The hash of the line that starts at a byte and has a number (from 1), if nothing in what is hashed could be a
    /// value: neither a literal or a comment, which need a mark or are `hidden`, nor a number or a random word.
    /// What is told of must stand in it, so that no literal can reach into it from before.
    pub fn tell(
        &mut self,
        text: &[u8],
        line: usize,
        start: usize,
        told: TextRange,
        hidden: &[TextRange],
    ) -> Option<String> {
        let end = end_of_block(text, start);
        let block = text.get(start..end)?;
        let is_hidden =
            |range: &TextRange| range.start < told.end.max(told.start + 1) && start < range.end;
        if told.start >= end || !is_plain(block) || hidden.iter().any(is_hidden) {
            return None;
        }
        let made = self.made.get_or_insert_with(|| {
            let made = hashes(text);
            // Lines that end as they did on old machines are counted by GitHub alone.
            let lines = memchr::memchr_iter(b'\n', text).count() + 1;
            if made.len() == lines {
                made
            } else {
                Vec::new()
            }
        });
        let (hash, count) = made.get(line.checked_sub(1)?)?;
        Some(format!("{hash:x}:{count}"))
    }
}

/// Where the characters end that a line is known by.
fn end_of_block(text: &[u8], start: usize) -> usize {
    let mut left = BLOCK;
    let rest = text.get(start..).unwrap_or_default();
    let end = rest.iter().position(|byte| {
        left -= usize::from(!matches!(byte, b' ' | b'\t' | b'\r'));
        left == 0
    });
    end.map_or(text.len(), |end| start + end + 1)
}

/// Whether a text holds nothing but words and marks of code, and no word that could be a value.
fn is_plain(text: &[u8]) -> bool {
    let is_mark = |byte: u8| b"_$.,;:=(){}[]>+-*&|!? \t\r\n".contains(&byte);
    let is_code = text
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || is_mark(*byte));
    let words = text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    is_code
        && words.into_iter().all(|word| {
            let numbers = word.split(|byte| !byte.is_ascii_digit());
            numbers.into_iter().all(|number| number.len() < DIGITS)
                && str::from_utf8(word).is_ok_and(|word| !looks_random(word))
        })
}

/// The hash of every line, and which one of its like it is.
fn hashes(text: &[u8]) -> Vec<(u64, u32)> {
    let mut block = [0_u64; BLOCK];
    let mut starts = [false; BLOCK];
    let oldest = (0..BLOCK).fold(1_u64, |power, _| power.wrapping_mul(FACTOR));
    let (mut hash, mut at) = (0_u64, 0);
    let mut found = Vec::new();
    let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
    let mut step = |unit: Option<u16>, is_start: bool| {
        if std::mem::replace(&mut starts[at], is_start) {
            let count = seen.entry(hash).or_default();
            *count += 1;
            found.push((hash, *count));
        }
        let next = unit.map_or(0, u64::from);
        let last = std::mem::replace(&mut block[at], next);
        hash = FACTOR
            .wrapping_mul(hash)
            .wrapping_add(next)
            .wrapping_sub(oldest.wrapping_mul(last));
        at = (at + 1) % BLOCK;
    };
    let (mut is_start, mut after_return) = (true, false);
    let decoded = String::from_utf8_lossy(text);
    for unit in decoded.encode_utf16().chain([END]) {
        let is_blank = unit == u16::from(b' ') || unit == u16::from(b'\t');
        if is_blank || after_return && unit == u16::from(b'\n') {
            after_return = false;
            continue;
        }
        after_return = unit == u16::from(b'\r');
        let unit = if after_return { u16::from(b'\n') } else { unit };
        step(
            Some(unit),
            std::mem::replace(&mut is_start, unit == u16::from(b'\n')),
        );
    }
    for _ in 0..BLOCK {
        step(None, false);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let hashes = hashes(text.as_bytes()).into_iter();
        hashes
            .map(|(hash, count)| format!("{hash:x}:{count}"))
            .collect()
    }

    #[test]
    fn the_sums_are_those_of_github() {
        assert_eq!(all(""), ["c129715d7a2bc9a3:1"]);
        let lines = [
            "271789c17abda88f:1",
            "54703d4cd895b18:1",
            "180aee12dab6264:1",
            "a23a3dc5e078b07b:1",
        ];
        assert_eq!(all(" a\nb\n  \t\tc\n d"), lines);
        let lines = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        for text in [
            " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n",
            " hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r",
            " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
            " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
        ] {
            assert_eq!(all(text), lines, "{text:?}");
        }
        let lines = [
            "a7f2ff13bc495cf2:1",
            "a7f2ff13bc495cf2:2",
            "a7f2ff13bc495cf2:3",
            "a7f2ff13bc495cf2:4",
            "a7f2ff13bc495cf2:5",
            "a7f2ff13bc495cf2:6",
            "a7f2ff1481e87703:1",
            "a9cf91f7bbf1862b:1",
            "55ec222b86bcae53:1",
            "cc97dc7b1d7d8f7b:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(all(&"Lorem ipsum dolor sit amet.\n".repeat(10)), lines);
    }

    #[test]
    fn what_could_be_a_value_is_not_hashed() {
        let told = |text: &str| {
            let start = text.find("env").unwrap();
            let line = LineHashes::default().tell(
                text.as_bytes(),
                1,
                0,
                TextRange::new(start, start + 3),
                &[],
            );
            line.is_some()
        };
        let long = "a.b(c);\n".repeat(20);
        assert!(told("const t = process.env.TOKEN;\n"));
        assert!(told(&format!(
            "const t = process.env.TOKEN;\n{long}\"hunter\""
        )));
        for text in [
            "env \"hunter\"",
            "env 'hunter'",
            "env `hunter`",
            "env // hunter",
            "env # hunter",
            "env /hunter/",
            "env <b>hunter</b>",
            "env 1234",
            "env x9Kq2vT7mZ4pW8sL1dR6yB3nH5",
            "env é",
            "env a\rb",
            &format!("{long}env"),
        ] {
            assert!(!told(text), "{text}");
        }
        let hidden = [TextRange::new(0, 2)];
        let told = TextRange::new(4, 7);
        let tell = |hidden| LineHashes::default().tell(b"ab {env}", 1, 0, told, hidden);
        assert!(tell(&[]).is_some());
        assert_eq!(tell(&hidden), None);
    }
}
