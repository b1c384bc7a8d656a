//! Where output goes and what it can show there. The one place that looks at the environment.

use std::io::{self, IsTerminal};

use clap::ValueEnum;
use terminal_size::terminal_size_of;

use crate::report::Options;

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` or `TERM=dumb` is set; always with `FORCE_COLOR` or `CLICOLOR_FORCE`
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Width where there is no terminal to ask.
const WIDTH: usize = 100;

/// What a stream can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Terminal {
    /// ANSI colours.
    pub(super) color: bool,
    /// Characters beyond ASCII.
    pub(super) unicode: bool,
    /// Hyperlinks.
    pub(super) links: bool,
    /// Columns.
    pub(super) width: usize,
}

impl Terminal {
    pub(super) fn stdout(color: Color) -> Self {
        let stream = io::stdout();
        let width = || terminal_size_of(&stream).map(|(width, _)| usize::from(width.0));
        Self::of(stream.is_terminal(), color, width, &variable)
    }

    pub(super) fn stderr() -> Self {
        let stream = io::stderr();
        let width = || terminal_size_of(&stream).map(|(width, _)| usize::from(width.0));
        Self::of(stream.is_terminal(), Color::Auto, width, &variable)
    }

    /// A file: the same on every machine.
    pub(super) fn file(color: Color) -> Self {
        Self {
            color: color == Color::Always,
            unicode: true,
            links: false,
            width: WIDTH,
        }
    }

    /// Reports of commands whose output has no width.
    pub(super) fn options(self) -> Options {
        Options {
            color: self.color,
            unicode: self.unicode,
            ..Options::default()
        }
    }

    fn of(
        terminal: bool,
        color: Color,
        width: impl FnOnce() -> Option<usize>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        if !terminal && color == Color::Never {
            return Self::file(color);
        }
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => wants_color(terminal, variable),
        };
        if !terminal {
            return Self {
                color,
                ..Self::file(Color::Never)
            };
        }
        Self {
            color,
            unicode: shows_unicode(variable),
            links: color && shows_links(variable),
            width: width().unwrap_or(WIDTH).clamp(40, 140),
        }
    }
}

fn wants_color(terminal: bool, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let on = |name| set(name).is_some_and(|value| value != "0" && value != "false");
    if set("NO_COLOR").is_some() {
        return false;
    }
    if on("FORCE_COLOR") || on("CLICOLOR_FORCE") {
        return true;
    }
    terminal && variable("TERM").is_none_or(|term| term != "dumb")
}

/// Not where a locale says otherwise, and not on the console of Linux.
fn shows_unicode(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    if variable("TERM").is_some_and(|term| term == "linux" || term == "dumb") {
        return false;
    }
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()))
        .is_none_or(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        })
}

/// Terminals that are known to show hyperlinks; others print the escape codes.
fn shows_links(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    const PROGRAMS: [&str; 6] = ["ghostty", "Hyper", "iTerm.app", "rio", "vscode", "WezTerm"];
    if variable("CI").is_some() {
        return false;
    }
    variable("TERM_PROGRAM").is_some_and(|program| PROGRAMS.contains(&program.as_str()))
        || variable("WT_SESSION").is_some()
        || variable("TERM").is_some_and(|term| term == "xterm-kitty" || term == "alacritty")
        || variable("VTE_VERSION")
            .and_then(|version| version.parse::<u32>().ok())
            .is_some_and(|version| version >= 5000)
}

#[expect(
    clippy::disallowed_methods,
    reason = "what a terminal can show is told by variables; none of them is a secret"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal(is_terminal: bool, color: Color, set: &[(&str, &str)]) -> Terminal {
        Terminal::of(is_terminal, color, || Some(80), &|name| {
            set.iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn color_follows_the_usual_variables() {
        for (is_terminal, set, expected) in [
            (true, &[][..], true),
            (false, &[], false),
            (true, &[("NO_COLOR", "1")], false),
            (true, &[("NO_COLOR", "")], true),
            (true, &[("TERM", "dumb")], false),
            (false, &[("FORCE_COLOR", "1")], true),
            (false, &[("CLICOLOR_FORCE", "1")], true),
            (false, &[("CLICOLOR_FORCE", "0")], false),
            (false, &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], false),
        ] {
            let got = terminal(is_terminal, Color::Auto, set).color;
            assert_eq!(got, expected, "{is_terminal} {set:?}");
        }
        assert!(terminal(false, Color::Always, &[("NO_COLOR", "1")]).color);
        assert!(!terminal(true, Color::Never, &[("FORCE_COLOR", "1")]).color);
    }

    #[test]
    fn a_pipe_gets_the_same_on_every_machine() {
        let plain = terminal(
            false,
            Color::Auto,
            &[("LANG", "C"), ("VTE_VERSION", "7000")],
        );
        assert_eq!(plain, Terminal::file(Color::Never));
        assert!(!terminal(true, Color::Auto, &[("LANG", "C")]).unicode);
    }
}
