//! Paths as URIs.
//!
//! Percent-encoding only; resolves nothing. Used by SARIF.

use std::fmt::Write;

/// A path as a URI, and whether it is relative.
pub(super) struct Uri {
    /// The URI or relative reference.
    pub(super) text: String,
    /// Whether it needs a base.
    pub(super) relative: bool,
}

/// Encodes a path with `/`: a relative one stays relative, an absolute one gets `file://`.
pub(super) fn uri(path: &str) -> Uri {
    let drive = path
        .as_bytes()
        .get(..3)
        .is_some_and(|head| head[0].is_ascii_alphabetic() && &head[1..] == b":/");
    let (mut text, rest) = if drive {
        (format!("file:///{}:", &path[..1]), &path[2..])
    } else if path.starts_with('/') {
        ("file://".to_owned(), path)
    } else {
        (String::new(), path.strip_prefix("./").unwrap_or(path))
    };
    let relative = text.is_empty();
    for byte in rest.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").expect("a String takes everything");
        }
    }
    Uri { text, relative }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_everything_that_is_not_unreserved() {
        for (path, text, relative) in [
            ("src/a b.ts", "src/a%20b.ts", true),
            ("./a:b#c?d%", "a%3Ab%23c%3Fd%25", true),
            ("/tmp/é", "file:///tmp/%C3%A9", false),
            ("C:/x/y.ts", "file:///C:/x/y.ts", false),
        ] {
            let uri = uri(path);
            assert_eq!((uri.text.as_str(), uri.relative), (text, relative));
        }
    }
}
