//! Writes a simple `macro_rules!` as the function it could be, so that its calls are followed like those of a function.
//!
//! Simple: an arm of plain parameters without repetition, whose body is a block. Of several arms the first such one
//! that mentions the environment is taken. Used by the macro opening alone.

use super::lex::{is_word, partner, word_before};

/// Blanks everything of the macro whose rules open at `open` but one arm, and puts `fn` before its name.
pub(super) fn as_function(text: &[u8], out: &mut [u8], open: usize) {
    let before = text[..open].trim_ascii_end();
    let name = word_before(before, before.len());
    let start = before.len() - name.len();
    let keyword = text[..start].trim_ascii_end();
    if name.is_empty() || !keyword.ends_with(b"macro_rules!") {
        return;
    }
    let Some(end) = partner(text, open) else {
        return;
    };
    let mut at = open + 1;
    while let Some(arm) = arm(text, at, end) {
        if arm.is_simple(text) {
            return write(text, out, keyword.len(), &arm, (open, end));
        }
        at = arm.body.1 + 1;
    }
}

/// The brackets of an arm.
struct Arm {
    pattern: (usize, usize),
    body: (usize, usize),
}

fn arm(text: &[u8], from: usize, end: usize) -> Option<Arm> {
    let bracket = |from: usize| {
        let open = from
            + text
                .get(from..end)?
                .iter()
                .position(|b| b"([{".contains(b))?;
        Some((open, partner(text, open)?))
    };
    let pattern = bracket(from)?;
    Some(Arm {
        pattern,
        body: bracket(pattern.1 + 1)?,
    })
}

impl Arm {
    fn is_simple(&self, text: &[u8]) -> bool {
        let pattern = &text[self.pattern.0 + 1..self.pattern.1];
        let body = &text[self.body.0..self.body.1];
        text[self.pattern.0] == b'('
            && text[self.body.0] == b'{'
            && pattern.split(|&b| b == b',').all(is_parameter)
            && memchr::memmem::find(body, b"env").is_some()
            && memchr::memmem::find(body, b"$(").is_none()
    }
}

/// `$name:expr`, or nothing behind the last comma.
fn is_parameter(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    text.is_empty()
        || text[0] == b'$'
            && text[1..]
                .iter()
                .all(|&b| is_word(b) || matches!(b, b':' | b' '))
}

fn write(text: &[u8], out: &mut [u8], keyword: usize, arm: &Arm, (open, end): (usize, usize)) {
    let start = keyword - b"macro_rules!".len();
    out[start..keyword].fill(b' ');
    out[start..start + 2].copy_from_slice(b"fn");
    for range in [
        open..arm.pattern.0,
        arm.pattern.1 + 1..arm.body.0,
        arm.body.1 + 1..end + 1,
    ] {
        for at in range {
            if text[at] != b'\n' {
                out[at] = b' ';
            }
        }
    }
    for at in arm.pattern.0..arm.body.1 {
        if text[at] == b'$' {
            out[at] = b' ';
        }
    }
}
