//! Text for terminals and CI logs: safe to print, painted, wrapped.
//!
//! A CI runner reads commands out of a log, so what starts like one is defused. Used by the formats that end up in a
//! log as they are.

use super::Options;
use crate::text::show;

/// Painted as an error.
pub(super) const RED: &str = "31";
/// Painted as a warning.
pub(super) const YELLOW: &str = "33";
/// Painted as a note or a heading.
pub(super) const CYAN: &str = "36";
/// Painted as less important.
pub(super) const DIM: &str = "2";

/// The text as it may stand in a log: no control characters, and nothing that a CI runner obeys (`::error` at the
/// start of a word; `##[…]`, `##vso[…]`, `##teamcity[…]` anywhere).
pub(super) fn plain(text: &str) -> String {
    let shown = show(text);
    if !shown.contains("::") && !shown.contains("##") {
        return shown;
    }
    let mut out = String::with_capacity(shown.len() + 8);
    let mut previous = ' ';
    for (at, c) in shown.char_indices() {
        let rest = &shown[at..];
        let command = previous.is_whitespace() && rest.starts_with("::")
            || rest.strip_prefix("##").is_some_and(|name| {
                name.trim_start_matches(|c: char| c.is_ascii_alphabetic())
                    .starts_with('[')
            });
        if command {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
        previous = c;
    }
    out
}

/// The text in a colour, if colours are on.
pub(super) fn paint(text: &str, color: &str, options: &Options) -> String {
    if options.color {
        format!("\u{1b}[{color}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// Appends `  name: text`, wrapped at the width and aligned behind the name.
pub(super) fn field(out: &mut String, name: &str, text: &str, options: &Options) {
    const INDENT: usize = 8;
    let room = options.width.max(40) - INDENT;
    let label = format!("{name}:");
    out.push_str("  ");
    out.push_str(&paint(&label, CYAN, options));
    out.push_str(&" ".repeat((INDENT - 2).saturating_sub(label.len()).max(1)));
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > room {
            out.push('\n');
            out.push_str(&" ".repeat(INDENT));
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out.push('\n');
}

/// `1 file`, `2 files`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defuses_what_a_runner_obeys_and_nothing_else() {
        assert_eq!(plain("std::env::var"), "std::env::var");
        assert_eq!(plain("::error::x"), "\\u{3a}:error::x");
        assert_eq!(plain("a ::stop"), "a \\u{3a}:stop");
        assert_eq!(plain("a##[x]"), "a\\u{23}#[x]");
        assert_eq!(
            plain("##vso[task.setvariable]"),
            "\\u{23}#vso[task.setvariable]"
        );
        assert_eq!(plain("## heading"), "## heading");
        assert_eq!(plain("a\nb\u{1b}"), "a\\u{a}b\\u{1b}");
    }

    #[test]
    fn wraps_behind_the_name() {
        let mut out = String::new();
        let options = Options {
            width: 40,
            ..Options::default()
        };
        field(&mut out, "why", &"word ".repeat(9), &options);
        assert_eq!(
            out,
            "  why:  word word word word word word\n        word word word\n"
        );
    }
}
