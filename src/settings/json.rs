//! JSON text to nodes with places.
//!
//! Whether the text is JSON at all is for `serde_json` to say; what walks it afterwards only finds out where things
//! are.

use super::node::{Entry, Node, Value};
use super::{Name, SettingsError};
use crate::text::{LineIndex, TextRange};

/// The value of a key of the outermost object, if it is there.
pub(super) fn section(text: &str, key: &str) -> Result<Option<Node>, SettingsError> {
    let skipped = text.len() - text.trim_start_matches('\u{feff}').len();
    let body = &text[skipped..];
    serde_json::from_str::<serde_json::Value>(body).map_err(|error| {
        let index = LineIndex::new(body.as_bytes());
        let at = index.start(error.line()) + error.column().saturating_sub(1);
        let at = skipped + at.min(body.len());
        SettingsError::new(
            if error.is_eof() {
                "not valid JSON: the text ends too early"
            } else {
                "not valid JSON"
            },
            Some(TextRange::new(at, at)),
        )
    })?;
    let mut walk = Walk { text, at: skipped };
    let Some(Value::Table(entries)) = walk.value().map(|node| node.value) else {
        return Ok(None);
    };
    // Of a key that stands twice the last one counts, as everywhere.
    Ok(entries
        .into_iter()
        .rev()
        .find(|entry| entry.key.text == key)
        .map(|entry| entry.node))
}

/// A place in a text that is known to be JSON, and known not to be deep.
struct Walk<'t> {
    text: &'t str,
    at: usize,
}

impl Walk<'_> {
    fn byte(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.byte() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self) -> Option<Node> {
        let first = self.byte()?;
        let start = self.at;
        let value = match first {
            b'{' => Value::Table(self.object()?),
            b'[' => Value::List(self.array()?),
            b'"' => Value::Text(self.string()?.text),
            _ => self.word(),
        };
        Some(Node {
            value,
            span: Some(TextRange::new(start, self.at)),
        })
    }

    fn object(&mut self) -> Option<Vec<Entry>> {
        self.at += 1;
        let mut entries = Vec::new();
        while !self.eat(b'}') {
            self.byte()?;
            let key = self.string()?;
            self.eat(b':');
            let node = self.value()?;
            entries.push(Entry { key, node });
            self.eat(b',');
        }
        Some(entries)
    }

    fn array(&mut self) -> Option<Vec<Node>> {
        self.at += 1;
        let mut nodes = Vec::new();
        while !self.eat(b']') {
            nodes.push(self.value()?);
            self.eat(b',');
        }
        Some(nodes)
    }

    fn string(&mut self) -> Option<Name> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        while *bytes.get(end)? != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        self.at = end + 1;
        Some(Name {
            text: serde_json::from_str(self.text.get(start..self.at)?).ok()?,
            span: Some(TextRange::new(start, self.at)),
        })
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Value {
        let rest = &self.text[self.at..];
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')))
            .unwrap_or(rest.len());
        // Never zero, so that no loop stands still.
        self.at += length.max(1);
        match &rest[..length] {
            "true" => Value::Flag(true),
            "false" => Value::Flag(false),
            "null" => Value::Other("null"),
            number => number.parse().map_or(
                Value::Other("a number with a fraction or out of range"),
                Value::Integer,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_places_of_keys_and_values() {
        let text = "\u{feff}{ \"a\": [1, -2.5, {}, []], \"x\\u0041\": {\"k\\\"é\": [true, null]} }";
        let node = section(text, "xA").unwrap().unwrap();
        let span = node.span.unwrap();
        assert_eq!(&text[span.start..span.end], "{\"k\\\"é\": [true, null]}");
        let entry = &node.table().unwrap()[0];
        assert_eq!(entry.key.text, "k\"é");
        let span = entry.key.span.unwrap();
        assert_eq!(&text[span.start..span.end], "\"k\\\"é\"");
        assert!(section("[1]", "a").unwrap().is_none());
    }

    #[test]
    fn broken_text_has_a_place_and_deep_text_is_refused() {
        let error = section("{\n \"a\": canary }", "a").unwrap_err();
        assert_eq!(error.message, "not valid JSON");
        assert_eq!(error.span.unwrap().start, 8);
        assert!(section("", "a").is_err());
        assert!(section(&"[".repeat(100_000), "a").is_err());
    }
}
