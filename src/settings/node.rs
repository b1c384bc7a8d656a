//! One tree for TOML and JSON, with the place of every key and value, and typed reads of it.
//!
//! Knows no key by name. Used by the key table.

use super::suggest::suggest;
use super::{Name, SettingsError};
use crate::model::Severity;
use crate::text::TextRange;

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) span: Option<TextRange>,
}

/// A key with its place and its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: Name,
    pub(super) node: Node,
}

/// What settings can be made of.
#[derive(Debug)]
pub(super) enum Value {
    Flag(bool),
    Integer(i64),
    Text(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
    /// A kind of value that no setting has, by its name with an article.
    Other(&'static str),
}

type Read<T> = Result<T, SettingsError>;

impl Node {
    /// The kind of value, with an article.
    fn kind(&self) -> &'static str {
        match self.value {
            Value::Flag(_) => "a boolean",
            Value::Integer(_) => "an integer",
            Value::Text(_) => "a string",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Other(kind) => kind,
        }
    }

    /// The error that something else stands here.
    pub(super) fn expected(&self, what: &str) -> SettingsError {
        SettingsError::new(format!("expected {what}, found {}", self.kind()), self.span)
    }

    pub(super) fn flag(&self) -> Read<bool> {
        match self.value {
            Value::Flag(flag) => Ok(flag),
            _ => Err(self.expected("`true` or `false`")),
        }
    }

    /// A string that is not empty.
    pub(super) fn text(&self) -> Read<String> {
        match &self.value {
            Value::Text(text) if text.trim().is_empty() => {
                Err(SettingsError::new("the string is empty", self.span))
            }
            Value::Text(text) => Ok(text.clone()),
            _ => Err(self.expected("a string")),
        }
    }

    pub(super) fn name(&self) -> Read<Name> {
        Ok(Name {
            text: self.text()?,
            span: self.span,
        })
    }

    /// A list, each member read by `read`.
    pub(super) fn list<T>(&self, read: impl Fn(&Self) -> Read<T>) -> Read<Vec<T>> {
        match &self.value {
            Value::List(nodes) => nodes.iter().map(read).collect(),
            _ => Err(self.expected("a list")),
        }
    }

    /// A table, in the order of the file.
    pub(super) fn table(&self) -> Read<&[Entry]> {
        match &self.value {
            Value::Table(entries) => Ok(entries),
            _ => Err(self.expected("a table")),
        }
    }

    pub(super) fn glob(&self) -> Read<String> {
        let text = self.text()?;
        check_glob(&text, self.span)?;
        Ok(text)
    }

    /// A severity's word.
    pub(super) fn level(&self) -> Read<Severity> {
        let text = self.text()?;
        Severity::ALL
            .into_iter()
            .find(|severity| severity.as_str() == text)
            .ok_or_else(|| self.unknown_word(&text, &["error", "warning", "note"]))
    }

    /// A severity's word, or `off`, which is `None`.
    pub(super) fn level_or_off(&self) -> Read<Option<Severity>> {
        let text = self.text()?;
        if text == "off" {
            return Ok(None);
        }
        self.level()
            .map(Some)
            .map_err(|_| self.unknown_word(&text, &["error", "warning", "note", "off"]))
    }

    fn unknown_word(&self, word: &str, known: &[&str]) -> SettingsError {
        let all = known
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let error = SettingsError::new(format!("expected one of {all}"), self.span);
        match suggest(word, known) {
            Some(close) => error.with_help(format!("did you mean `{close}`?")),
            None => error,
        }
    }

    /// A number of bytes: an integer, or a string with a unit.
    pub(super) fn size(&self) -> Read<u64> {
        let bytes = match &self.value {
            Value::Integer(bytes) => u64::try_from(*bytes).ok(),
            Value::Text(text) => parse_size(text),
            _ => return Err(self.expected("a size")),
        };
        // The parsers count bytes in 32 bits.
        bytes
            .filter(|&bytes| bytes >= 1 && u32::try_from(bytes).is_ok())
            .ok_or_else(|| {
                SettingsError::new("expected a size from 1 byte to just under 4 GiB", self.span)
            })
    }
}

/// Says whether a pattern is a glob.
pub(super) fn check_glob(pattern: &str, span: Option<TextRange>) -> Read<()> {
    match globset::Glob::new(pattern) {
        Ok(_) => Ok(()),
        Err(_) => Err(SettingsError::new("not a valid glob", span)
            .with_help("`*` stays in a folder, `**` crosses folders, `{a,b}` is either")),
    }
}

fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let number: u64 = text[..digits].parse().ok()?;
    let unit: u64 = match text[digits..].trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1000,
        "mb" => 1000 * 1000,
        "gb" => 1000 * 1000 * 1000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn sizes_have_units_of_both_kinds() {
        assert_eq!(parse_size("1MiB"), Some(1 << 20));
        assert_eq!(parse_size(" 2 kB "), Some(2000));
        assert_eq!(parse_size("77"), Some(77));
        for wrong in [
            "",
            "MiB",
            "-1",
            "1.5MiB",
            "1 parsec",
            "99999999999999999999GB",
        ] {
            assert_eq!(parse_size(wrong), None, "{wrong}");
        }
    }
}
