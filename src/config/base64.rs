//! Base64 in both alphabets, as Kubernetes, JWTs and basic authentication write it. Knows nothing of what is inside.

/// Longest text that is decoded.
const MAX_BYTES: usize = 256 * 1024;

/// The text behind base64; nothing for anything else.
pub(super) fn text(encoded: &str) -> Option<String> {
    if encoded.is_empty() || encoded.len() > MAX_BYTES {
        return None;
    }
    let mut out = Vec::with_capacity(encoded.len() * 3 / 4);
    let (mut bits, mut filled) = (0_u32, 0);
    let trimmed = encoded.trim_end_matches(['=', '\n', '\r', ' ']);
    for byte in trimmed.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'\n' | b'\r' | b' ' => continue,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        filled += 6;
        if filled >= 8 {
            filled -= 8;
            out.push(u8::try_from((bits >> filled) & 0xff).ok()?);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn decodes_both_alphabets() {
        assert_eq!(text("aGVsbG8=").as_deref(), Some("hello"));
        assert_eq!(text("aGVs\n  bG8").as_deref(), Some("hello"));
        assert_eq!(text("Pz8_").as_deref(), Some("???"));
        assert_eq!(text("a.b"), None);
        assert_eq!(text("/////w=="), None);
        assert_eq!(text(""), None);
    }
}
