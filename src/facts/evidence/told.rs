//! The words by which a value's kind is told: what flags are compared with, what cleans a value, what opens a file.
//!
//! Tables and look-ups in them; what stands around a value is not known here. Used by the evidence alone.

use super::super::ValueKind;
use crate::names::Words;

/// What flags are compared with, in lower case.
pub(super) static FLAGS: &str = "0 1 disabled enabled f false n no off on t true y yes";

/// Methods that give the same value, cleaned.
pub(super) static CLEANING: &str = "as_deref as_ref as_str casefold clone cloned expect filter into lower lstrip map_err ok rstrip strip \
     toLowerCase toString toUpperCase to_ascii_lowercase to_lowercase to_owned to_string trim trimEnd \
     trimStart unwrap unwrap_or unwrap_or_default unwrap_or_else upper";

/// Methods that look at the value in a closure.
pub(super) static LOOKING: &str = "and_then is_ok_and is_some_and map map_or";

/// Functions that make a number.
pub(super) static NUMBERS: &str = "BigInt Number float int parseFloat parseInt";

/// Functions that take the path of a file, by the end of their own path.
pub(super) static OPENERS: &str = "File.open Path.new PathBuf.from aiofiles.open createReadStream existsSync fs.read fs.read_to_string \
     io.open path.expanduser pathlib.Path pathlib.PurePath readFile readFileSync";

/// Last words of names that hold a path.
static PATHS: &str = "dir directory file filename filepath folder path paths";

/// Words in the name of a function that makes a flag or a number.
static MAKES: &str = "bool boolean flag float int integer number str2bool strtobool truthy";

/// Whether a word stands in a table.
pub(super) fn is_in(table: &str, word: &str) -> bool {
    table.split_ascii_whitespace().any(|one| one == word)
}

/// Whether the last word of a name says that it holds a path.
pub(super) fn names_path(name: &str) -> bool {
    Words::split(name)
        .is_some_and(|words| words.iter().last().is_some_and(|last| is_in(PATHS, last)))
}

/// Whether a function's name says that it makes a flag or a number: `env_bool`, `parseBool`.
pub(super) fn names_flag(name: &str) -> bool {
    matches!(name, "strtobool" | "str2bool")
        || Words::split(name)
            .is_some_and(|words| words.count() > 1 && words.iter().any(|word| is_in(MAKES, word)))
}

/// What a text that stands in for a missing value says.
pub(super) fn of_text(text: &str) -> Option<ValueKind> {
    let starts = ["./", "../", "~/", "/"];
    let ends = [".json", ".key", ".pem", ".yaml", ".yml", ".toml"];
    if matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "0" | "1"
    ) {
        Some(ValueKind::Flag)
    } else if !text.contains(char::is_whitespace)
        && (starts
            .iter()
            .any(|start| text.starts_with(start) && text.len() > start.len())
            || ends.iter().any(|end| text.ends_with(end)) && !text.contains("://"))
    {
        Some(ValueKind::Path)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_tell() {
        for name in ["keyPath", "KEY_FILE", "credentials_path", "path"] {
            assert!(names_path(name), "{name}");
        }
        for name in ["profile", "filesystem", "pathKey", "token"] {
            assert!(!names_path(name), "{name}");
        }
        for name in ["env_bool", "getEnvNumber", "parseBool", "strtobool"] {
            assert!(names_flag(name), "{name}");
        }
        for name in ["print", "int", "bool", "point", "getSecret"] {
            assert!(!names_flag(name), "{name}");
        }
    }

    #[test]
    fn defaults_tell() {
        assert_eq!(of_text("True"), Some(ValueKind::Flag));
        assert_eq!(of_text("~/.ssh/id"), Some(ValueKind::Path));
        assert_eq!(of_text("cert.pem"), Some(ValueKind::Path));
        for text in [
            "",
            "/",
            "changeme",
            "12345",
            "https://example.test/a.json",
            "a sentence.pem",
        ] {
            assert_eq!(of_text(text), None, "{text}");
        }
    }
}
