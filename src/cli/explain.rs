//! `explain`: the documentation of a rule.

use std::fmt::Write;
use std::io::IsTerminal;

use super::fail::to_stdout;
use super::terminal::{Color, Terminal};
use super::{Outcome, code, values};
use crate::rules::Rule;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  envacuate explain env-dump
  envacuate explain env-secret-read > rule.md")]
pub(super) struct Arguments {
    /// The rule
    #[arg(value_parser = values::rule())]
    rule: &'static Rule,

    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let text = arguments.rule.documentation();
    let styled = Terminal::stdout(arguments.color).color
        && (std::io::stdout().is_terminal() || arguments.color == Color::Always);
    let text = if styled { style(&text) } else { text };
    to_stdout(|out| out.write_all(text.as_bytes()))?;
    Ok(code::CLEAN)
}

/// Headings bold, code indented and coloured, fences gone.
fn style(markdown: &str) -> String {
    let mut out = String::new();
    let mut code = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            code = !code;
            continue;
        }
        let done = if code {
            writeln!(out, "    \u{1b}[36m{line}\u{1b}[0m")
        } else if let Some(heading) = line.strip_prefix('#') {
            writeln!(
                out,
                "\u{1b}[1m{}\u{1b}[0m",
                heading.trim_start_matches('#').trim()
            )
        } else {
            writeln!(out, "{}", inline(line))
        };
        done.expect("a string takes everything");
    }
    out
}

/// `code` coloured in place of its backticks.
fn inline(line: &str) -> String {
    let parts: Vec<_> = line.split('`').collect();
    if parts.len() % 2 == 0 {
        return line.to_owned();
    }
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        if at % 2 == 1 {
            out.push_str("\u{1b}[36m");
            out.push_str(part);
            out.push_str("\u{1b}[0m");
        } else {
            out.push_str(part);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::style;

    #[test]
    fn styles_lightly() {
        assert_eq!(
            style("# a\nuse `b`\n```ts\nc\n```\nodd `\n"),
            "\u{1b}[1ma\u{1b}[0m\nuse \u{1b}[36mb\u{1b}[0m\n    \u{1b}[36mc\u{1b}[0m\nodd `\n"
        );
    }
}
