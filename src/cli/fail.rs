//! What is said when a command cannot do its work: one sentence, and what to try.

use std::io::{self, Write};

use miette::{GraphicalReportHandler, GraphicalTheme, MietteDiagnostic, Report};

use super::terminal::Terminal;

/// Why a command ended early.
#[derive(Debug)]
pub(super) enum Stop {
    /// Whoever read our output has enough.
    ReaderGone,
    /// Something to tell.
    Error(Report),
}

impl From<Report> for Stop {
    fn from(report: Report) -> Self {
        Self::Error(report)
    }
}

/// A sentence without a trailing full stop, and what to try.
pub(super) fn report(what: &str, help: &str) -> Report {
    Report::from(MietteDiagnostic::new(what).with_help(help))
}

pub(super) fn stop(what: &str, help: &str) -> Stop {
    Stop::Error(report(what, help))
}

/// Shows an error on standard error.
pub(super) fn print(report: &Report) {
    let terminal = Terminal::stderr();
    let mut theme = match (terminal.unicode, terminal.color) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, color) => {
            let mut theme = GraphicalTheme::ascii();
            if !color {
                theme.styles = GraphicalTheme::none().styles;
            }
            theme
        }
    };
    "error:".clone_into(&mut theme.characters.error);
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(terminal.width)
        .with_links(false);
    if handler.render_report(&mut text, report.as_ref()).is_ok() {
        let lines: Vec<_> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        say(&lines.join("\n"));
    }
}

/// Writes a line to standard error, for people.
pub(super) fn say(line: &str) {
    // There is no one left to tell when this fails.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Writes results to standard output.
pub(super) fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Stop> {
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let written = write(&mut out).and_then(|()| out.flush());
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Stop::ReaderGone,
        kind => stop(
            &format!("standard output cannot be written: {kind}"),
            "make room where it goes to, or send it elsewhere",
        ),
    })
}
