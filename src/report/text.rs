//! The report for people: message, code frame, advice, then what was not analysed and a summary.
//!
//! miette draws message and frame; the advice below it is written here. Why something matters is said once for a rule,
//! not for each finding, unless asked for.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan};

use super::frame::Frame;
use super::plain::{CYAN, YELLOW, field, paint, plain};
use super::{Options, inventory, summary};
use crate::model::{Applicability, Finding, Report, Severity};
use crate::rules::Rule;

/// Writes the report.
pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut explained = BTreeSet::new();
    for finding in report
        .findings
        .iter()
        .filter(|finding| options.shows(finding))
    {
        let explain = explained.insert((finding.rule, finding.why)) || options.verbose;
        out.write_all(one(finding, explain, options).as_bytes())?;
        writeln!(out)?;
    }
    for problem in &report.problems {
        let head = paint(
            &format!("problem[{}]", problem.kind.as_str()),
            YELLOW,
            options,
        );
        let place = if problem.path.is_empty() {
            String::new()
        } else {
            plain(&problem.path) + ": "
        };
        writeln!(out, "  {head} {place}{}", plain(&problem.message))?;
    }
    if !report.problems.is_empty() {
        writeln!(out)?;
    }
    if options.inventory {
        out.write_all(inventory::table(report, options).as_bytes())?;
        writeln!(out)?;
    }
    if options.statistics {
        out.write_all(summary::table(report, options).as_bytes())?;
        writeln!(out)?;
    }
    if !options.quiet {
        out.write_all(summary::line(report, options).as_bytes())?;
    }
    Ok(())
}

/// A finding with its frame and its advice.
fn one(finding: &Finding, explain: bool, options: &Options) -> String {
    let frame = Frame::new(finding, options);
    let drawn = Drawn {
        severity: finding.severity,
        message: plain(&finding.message),
        frame: frame.as_ref(),
    };
    let mut text = String::new();
    handler(finding, frame.as_ref(), options)
        .render_report(&mut text, &drawn)
        .expect("the frame answers every span and a String takes everything");

    let place = |location: &crate::model::Location| {
        let path = plain(&location.path);
        format!("{path}:{}:{}", location.start.line, location.start.column)
    };
    if frame.is_none() {
        field(&mut text, "at", &place(&finding.location), options);
    }
    for label in &finding.labels {
        let drawn = label.location.path == finding.location.path
            && frame
                .as_ref()
                .is_some_and(|frame| frame.shows(label.location.start.line));
        if !drawn {
            let note = format!("{} {}", place(&label.location), plain(&label.message));
            field(&mut text, "also", &note, options);
        }
    }
    field(&mut text, "help", &plain(&finding.help), options);
    if let Some(fix) = &finding.fix {
        let how = match fix.applicability {
            Applicability::Safe => " (`--fix`)",
            Applicability::Unsafe => " (`--fix --unsafe`)",
            Applicability::Manual => "",
        };
        field(&mut text, "fix", &format!("{}{how}", fix.title), options);
    }
    if explain {
        field(&mut text, "why", &plain(finding.why), options);
        if let Some(rule) = Rule::find(finding.rule) {
            more(&mut text, rule, options);
        }
    }
    if options.verbose {
        let confidence = finding.confidence.as_str();
        let identity = format!("{confidence} confidence, {}", plain(&finding.fingerprint));
        field(&mut text, "id", &identity, options);
    }
    text
}

/// Where to read on.
fn more(text: &mut String, rule: &Rule, options: &Options) {
    let (command, url) = (format!("envacuate explain {}", rule.id), rule.url());
    let line = if options.links && options.color {
        format!("\u{1b}]8;;{url}\u{1b}\\{command}\u{1b}]8;;\u{1b}\\")
    } else {
        format!("{command}, or {url}")
    };
    let name = paint("more:", CYAN, options);
    text.extend(["  ", &name, " ", &line, "\n"]);
}

fn handler(finding: &Finding, frame: Option<&Frame>, options: &Options) -> GraphicalReportHandler {
    let mut theme = match (options.unicode, options.color) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    // The word and the rule stand where miette has an icon: nobody has to know what a cross means.
    let head = format!("{}[{}]", finding.severity.as_str(), finding.rule);
    let (icon, style) = match finding.severity {
        Severity::Error => (&mut theme.characters.error, theme.styles.error),
        Severity::Warning => (&mut theme.characters.warning, theme.styles.warning),
        Severity::Note => (&mut theme.characters.advice, theme.styles.advice),
    };
    *icon = head;
    let marks = frame.map_or(&[][..], |frame| &frame.marks);
    if !marks.is_empty() {
        let aside = theme.styles.help;
        theme.styles.highlights = marks
            .iter()
            .map(|mark| if mark.primary { style } else { aside })
            .collect();
    }
    GraphicalReportHandler::new_themed(theme)
        .with_width(options.width.max(40))
        .with_links(false)
        .without_cause_chain()
        .without_syntax_highlighting()
}

/// A finding as miette sees it.
struct Drawn<'f> {
    severity: Severity,
    message: String,
    frame: Option<&'f Frame>,
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Drawn<'_> {}

impl Diagnostic for Drawn<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.frame.map(|frame| frame as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let frame = self.frame?;
        Some(Box::new(frame.marks.iter().map(|mark| {
            let label = (!mark.message.is_empty()).then(|| mark.message.clone());
            let span = (mark.range.start, mark.range.len());
            if mark.primary {
                LabeledSpan::new_primary_with_span(label, span)
            } else {
                LabeledSpan::new_with_span(label, span)
            }
        })))
    }
}
