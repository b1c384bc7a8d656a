//! Paths as reports show them.
//!
//! Never used to open anything that has a stranger name than its shown form: see `scanned`.

use std::fmt::Write;
use std::path::{Component, Path};

use crate::text::show;

/// A path for people and reports: relative to `working_directory` where it lies below, with `/`, safe to print.
///
/// Bytes that are no UTF-8 are written as `\xNN`.
pub fn shown(path: &Path, working_directory: &Path) -> String {
    let below = path.strip_prefix(working_directory).unwrap_or(path);
    let below = below.strip_prefix(".").unwrap_or(below);
    if below.as_os_str().is_empty() {
        return ".".to_owned();
    }
    let plain = below.to_str().map_or_else(|| escaped(below), str::to_owned);
    let plain = if std::path::MAIN_SEPARATOR == '/' {
        plain
    } else {
        plain.replace(std::path::MAIN_SEPARATOR, "/")
    };
    show(&plain)
}

fn escaped(path: &Path) -> String {
    let mut out = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            write!(out, "\\x{byte:02x}").expect("a string takes everything");
        }
    }
    out
}

/// Whether opening the shown form opens the file: nothing in the name had to be escaped.
pub(super) fn is_plain(path: &Path, shown: &str) -> bool {
    if path.strip_prefix(".").unwrap_or(path).as_os_str() == shown {
        return true;
    }
    let below = |path: &Path| {
        path.components()
            .filter(|part| !matches!(part, Component::CurDir))
            .map(|part| part.as_os_str().to_owned())
            .collect::<Vec<_>>()
    };
    below(path).ends_with(&below(Path::new(shown)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_paths_below_the_working_directory_without_it() {
        let cwd = Path::new("/w");
        for (path, expected) in [
            ("./src/a.js", "src/a.js"),
            ("/w/src/a.js", "src/a.js"),
            ("/v/a.js", "/v/a.js"),
            ("../a.js", "../a.js"),
            (".", "."),
            ("a\u{1b}\n.js", "a\\u{1b}\\u{a}.js"),
        ] {
            assert_eq!(shown(Path::new(path), cwd), expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn writes_stray_bytes_as_escapes() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"x/\xff\xe9.js"));
        let shown = shown(path, Path::new("/w"));
        assert_eq!(shown, "x/\\xff\\xe9.js");
        assert!(!is_plain(path, &shown));
        assert!(is_plain(Path::new("./x/a.js"), "x/a.js"));
    }
}
