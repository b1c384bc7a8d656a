//! The little of Rust's lexis that brackets can be told from text by. Used by the macro opening alone.

/// Where the comment, string or character that starts at a place ends.
pub(super) fn skip(text: &[u8], at: usize) -> Option<usize> {
    let next = text.get(at + 1).copied();
    match text[at] {
        b'/' if next == Some(b'/') => {
            Some(memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |n| at + n))
        }
        b'/' if next == Some(b'*') => Some(end_of_comment(text, at)),
        b'"' => Some(end_of_string(text, at)),
        b'\'' => Some(match next {
            Some(b'\\') => {
                // The longest is `'\u{10ffff}'`.
                let end = text.len().min(at + 16);
                memchr::memchr(b'\'', text.get(at + 3..end).unwrap_or_default())
                    .map_or(at + 1, |n| at + 3 + n + 1)
            }
            Some(first) if first >= 0x80 => {
                memchr::memchr(b'\'', &text[at + 1..text.len().min(at + 6)])
                    .map_or(at + 1, |n| at + 1 + n + 1)
            }
            _ if text.get(at + 2) == Some(&b'\'') => at + 3,
            _ => at + 1,
        }),
        _ => None,
    }
}

fn end_of_comment(text: &[u8], at: usize) -> usize {
    let (mut depth, mut at) = (0_usize, at);
    while let Some(pair) = text.get(at..at + 2) {
        match pair {
            b"/*" => depth += 1,
            b"*/" => depth = depth.saturating_sub(1),
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// One past the closing quote of the string whose opening quote stands at `at`, raw ones included.
fn end_of_string(text: &[u8], at: usize) -> usize {
    let hashes = text[..at].iter().rev().take_while(|&&b| b == b'#').count();
    let before = &text[..at - hashes];
    let prefix = word_before(before, before.len());
    if matches!(prefix, b"r" | b"br" | b"cr") {
        let mut from = at + 1;
        while let Some(quote) = memchr::memchr(b'"', text.get(from..).unwrap_or_default()) {
            let end = from + quote + 1;
            if text[end..]
                .iter()
                .take(hashes)
                .take_while(|&&b| b == b'#')
                .count()
                == hashes
            {
                return end + hashes;
            }
            from = end;
        }
        return text.len();
    }
    let mut at = at + 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' => return at + 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// The partner of the bracket at `open`.
pub(super) fn partner(text: &[u8], open: usize) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, open);
    while let Some(&byte) = text.get(at) {
        if let Some(end) = skip(text, at) {
            at = end;
            continue;
        }
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The word that ends right before a place.
pub(super) fn word_before(text: &[u8], end: usize) -> &[u8] {
    let start = text[..end]
        .iter()
        .rposition(|&b| !is_word(b))
        .map_or(0, |at| at + 1);
    &text[start..end]
}

/// Whether a byte can stand in a name.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
