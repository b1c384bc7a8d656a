//! A manifest from text that a stranger may have written.

use super::Manifest;

/// Reads a manifest. Fails with the end of a sentence that holds nothing of the text.
pub fn read(text: &[u8]) -> Result<Manifest, String> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let manifest: Manifest = serde_json::from_slice(text).map_err(|error| {
        let what = if error.is_data() {
            "is no manifest of envacuate"
        } else {
            "is not valid JSON"
        };
        format!("{what} at line {}, column {}", error.line(), error.column())
    })?;
    if manifest.version != 1 {
        return Err("is of a version that this envacuate does not know".to_owned());
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn what_is_no_manifest_says_where() {
        for (text, expected) in [
            ("{", "is not valid JSON at line 1, column 1"),
            ("[]", "is no manifest of envacuate at line 1, column 2"),
            (
                "{\n\"token\": \"hunter2\"}",
                "is no manifest of envacuate at line 2, column 7",
            ),
            ("", "is not valid JSON at line 1, column 0"),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err(), expected, "{text}");
        }
        assert!(read(&b"[".repeat(100_000)).is_err());
    }
}
