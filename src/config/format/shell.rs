//! Shell scripts: variables that are set on a line of their own, and every other line as a command.
//!
//! What a command does is for [`crate::config::shell`]; here only its words matter.

use super::docker::variables;
use super::lines::{lines, trim};
use super::{Format, Spec};
use crate::config::node::{Builder, Entries, Kind};
use crate::text::TextRange;

pub(super) static SPEC: Spec = Spec {
    format: Format::Shell,
    names: &["docker-entrypoint", "entrypoint"],
    starts: &[],
    ends: &[".bash", ".ksh", ".sh", ".zsh"],
    read,
};

/// Words before the variables that a line sets.
const SETTING: &[&str] = &[
    "declare -x ",
    "export ",
    "local ",
    "readonly ",
    "typeset -x ",
];

fn read(text: &str) -> Entries<'_> {
    let mut out = Builder::new(text);
    out.open(None, Kind::Map, 0);
    for (at, line) in lines(text) {
        if out.is_full() {
            break;
        }
        let (at, line) = trim(at, line);
        let (at, line) = behind_pattern(at, line);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let behind = SETTING.iter().find_map(|word| line.strip_prefix(word));
        let (set_at, set) = trim(
            at + line.len() - behind.unwrap_or(line).len(),
            behind.unwrap_or(line),
        );
        let name = set.split('=').next().unwrap_or_default();
        let is_name =
            name.len() < set.len() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if is_name {
            variables(&mut out, &[(set_at, first_command(set))]);
        } else {
            out.command(None, line, TextRange::new(at, at + line.len()));
        }
    }
    out.finish()
}

/// What stands before the end of the first command of a line.
fn first_command(line: &str) -> &str {
    let mut quote = None;
    for (at, c) in line.char_indices() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            (';' | '&' | '|', None) => return &line[..at],
            _ => {}
        }
    }
    line
}

/// The command of a branch: `-p | --password) PASSWORD="$2" ;;`.
fn behind_pattern(at: usize, line: &str) -> (usize, &str) {
    let is_pattern = |text: &str| {
        let fine = |c: char| c.is_alphanumeric() || "-_|*?. \t".contains(c);
        !text.is_empty() && text.chars().all(fine)
    };
    match line.split_once(')') {
        Some((pattern, rest)) if is_pattern(pattern) => trim(at + pattern.len() + 1, rest),
        _ => (at, line),
    }
}
