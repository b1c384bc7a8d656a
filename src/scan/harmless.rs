//! Reads that can be told from the bytes alone to be of no secret: `process.env.PORT`, `env!("CARGO_PKG_VERSION")`.
//!
//! A file in which every word of the environment stands in such a read has no finding and gives nothing to others, so it
//! need not be parsed. Any doubt means that it is.

use crate::language::Family;
use crate::names::Names;
use crate::text::TextRange;

/// Words without one of which no file of JavaScript or TypeScript gets at the environment.
const ECMA_SOURCES: [&str; 12] = [
    "process",
    "import.meta",
    "Deno",
    "Bun",
    "dotenv",
    "envalid",
    "env-var",
    "std-env",
    "ProcessEnv",
    "$env",
    "commander",
    "convict",
];

/// Functions of Rust's `std::env` that read no variable.
const OTHER_FUNCTIONS: [&str; 7] = [
    "::args",
    "::current_dir",
    "::current_exe",
    "::temp_dir",
    "::consts",
    "::home_dir",
    "::join_paths",
];

/// Whether the text holds anything that an environment could come from.
pub(super) fn has_source(family: Family, text: &[u8]) -> bool {
    family != Family::Ecma
        || memchr::memmem::find(text, b"\\u").is_some()
        || ECMA_SOURCES
            .iter()
            .any(|word| memchr::memmem::find(text, word.as_bytes()).is_some())
}

/// Whether a word of the environment is part of a read of something that is no secret.
pub(super) fn is_harmless(family: Family, text: &[u8], word: TextRange, names: &Names) -> bool {
    let (before, behind) = (&text[..word.start], &text[word.end..]);
    let name = match family {
        Family::Ecma => {
            let direct = ["process.", "process?.", "import.meta."]
                .iter()
                .any(|start| ends_with_word(before, start));
            let rest = behind
                .strip_prefix(b"?")
                .unwrap_or(behind)
                .strip_prefix(b".");
            rest.filter(|_| direct).and_then(|rest| identifier(rest))
        }
        Family::Python => {
            let direct = ends_with_word(before, "os.");
            let open: &[&str] = if &text[word.start..word.end] == b"getenv" {
                &["("]
            } else {
                &["[", ".get("]
            };
            open.iter()
                .filter(|_| direct)
                .find_map(|open| literal(behind.strip_prefix(open.as_bytes())?))
        }
        Family::Rust => {
            let is_module = &text[word.start..word.end] == b"env";
            if is_module
                && (is_import(before, behind)
                    || OTHER_FUNCTIONS
                        .iter()
                        .any(|name| behind.starts_with(name.as_bytes())))
            {
                return true;
            }
            ["::var(", "::var_os(", "!("]
                .iter()
                .filter(|_| is_module)
                .find_map(|open| literal(behind.strip_prefix(open.as_bytes())?))
        }
    };
    name.is_some_and(|name| names.classify(name).is_none())
}

/// `use std::env;`
fn is_import(before: &[u8], behind: &[u8]) -> bool {
    before.ends_with(b"use std::") && behind.starts_with(b";")
}

/// Whether the text ends so, with no letter, digit, dot or `_` before.
fn ends_with_word(text: &[u8], end: &str) -> bool {
    text.strip_suffix(end.as_bytes()).is_some_and(|rest| {
        !rest
            .last()
            .is_some_and(|b| is_word(*b) || *b == b'.' || *b == b'$')
    })
}

/// The variable's name that the text starts with: capital letters, digits and `_`, and nothing that goes on.
fn identifier(text: &[u8]) -> Option<&str> {
    let end = text
        .iter()
        .position(|b| !is_word(*b) && *b != b'$')
        .unwrap_or(text.len());
    let name = std::str::from_utf8(&text[..end]).ok()?;
    let is_variable = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    is_variable.then_some(name)
}

/// The inside of the plain string that the text starts with and that is all of an argument or key.
fn literal(text: &[u8]) -> Option<&str> {
    let quote = *text.first().filter(|b| matches!(b, b'"' | b'\''))?;
    let inner = &text[1..];
    let end = inner.iter().take(128).position(|b| !is_word(*b))?;
    let next = inner[end + 1..].iter().find(|b| !b.is_ascii_whitespace());
    let is_whole = inner[end] == quote && end > 0 && next.is_some_and(|b| b")],".contains(b));
    is_whole.then(|| std::str::from_utf8(&inner[..end]).ok())?
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn harmless(family: Family, text: &str, word: &str) -> bool {
        let start = text.find(word).unwrap();
        let word = TextRange::new(start, start + word.len());
        is_harmless(family, text.as_bytes(), word, &Names::default())
    }

    #[test]
    fn only_what_is_certain_is_harmless() {
        for text in [
            "process.env.PORT",
            "if (process.env.NODE_ENV === 'x')",
            "import.meta.env.MODE",
            "process?.env?.HOME",
        ] {
            assert!(harmless(Family::Ecma, text, "env"), "{text}");
        }
        for text in [
            "process.env.API_KEY",
            "process.env",
            "process.env[name]",
            "my.process.env.PORT",
            "c.env.PORT",
            "process.env.toString()",
        ] {
            assert!(!harmless(Family::Ecma, text, "env"), "{text}");
        }
        assert!(harmless(
            Family::Python,
            "os.environ.get('PORT')",
            "environ"
        ));
        assert!(harmless(Family::Python, "os.getenv(\"PORT\", 1)", "getenv"));
        for text in [
            "os.environ",
            "os.environ.get(name)",
            "os.environ['API_KEY']",
            "os.environ.get('PO' + x)",
            "dict(os.environ)",
        ] {
            assert!(!harmless(Family::Python, text, "environ"), "{text}");
        }
        for text in [
            "use std::env;",
            "env!(\"CARGO_PKG_VERSION\")",
            "std::env::var(\"PORT\")",
            "env::args()",
        ] {
            assert!(harmless(Family::Rust, text, "env"), "{text}");
        }
        for text in [
            "use std::env::{self};",
            "env::vars()",
            "env::var(NAME)",
            "env!(\"API_KEY\")",
            "env = \"PORT\"",
        ] {
            assert!(!harmless(Family::Rust, text, "env"), "{text}");
        }
    }
}
