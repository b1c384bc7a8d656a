//! A settings error together with the line it points to, or with its position only.
//!
//! [`Framed`] is for the user's own files, [`at`] for files that came with the tree. Even in a frame only the lines of
//! the error are shown, other values on them are masked, and so is whatever looks like a generated credential.

use std::fmt;

use miette::{Diagnostic, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan};

use super::SettingsError;
use crate::text::{LineIndex, TextRange, looks_random, show};

/// Path, line and column of an error and what is wrong, on one line and without text of the file.
pub fn at(error: &SettingsError, path: &str, text: &str) -> String {
    let path = show(path);
    match error.span {
        Some(span) => {
            let position = LineIndex::new(text.as_bytes()).position(text.as_bytes(), span.start);
            format!("{path}:{}:{}: {error}", position.line, position.column)
        }
        None => format!("{path}: {error}"),
    }
}

/// An error that shows the lines it points to, masked. Only for files that the user wrote.
#[derive(Debug)]
pub struct Framed {
    error: SettingsError,
    lines: Option<Lines>,
}

impl Framed {
    /// Takes the lines of the error out of the text of its file.
    pub fn new(error: SettingsError, path: &str, text: &str) -> Self {
        let lines = error.span.map(|span| Lines::new(span, path, text));
        Self { error, lines }
    }
}

impl fmt::Display for Framed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Framed {}

impl Diagnostic for Framed {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.error.help()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.lines.as_ref().map(|lines| lines as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.error.labels()
    }
}

/// The whole lines that a range touches.
#[derive(Debug)]
struct Lines {
    path: String,
    masked: String,
    span: SourceSpan,
    line: usize,
    column: usize,
    count: usize,
}

impl Lines {
    fn new(span: TextRange, path: &str, text: &str) -> Self {
        let bytes = text.as_bytes();
        let index = LineIndex::new(bytes);
        let from = index.position(bytes, span.start);
        let to = index.line(span.end.min(text.len()).saturating_sub(1).max(from.byte));
        let start = index.start(from.line);
        let end = index.start(to) + index.line_text(bytes, to).len();
        let lines = text.get(start..end).unwrap_or_default();
        Self {
            path: show(path),
            masked: mask(lines, span.start - start, span.end.saturating_sub(start)),
            span: (start, lines.len()).into(),
            line: from.line - 1,
            column: from.column - 1,
            count: to + 1 - from.line,
        }
    }
}

impl SourceCode for Lines {
    fn read_span<'a>(
        &'a self,
        _span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn miette::SpanContents<'a> + 'a>, MietteError> {
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.clone(),
            self.masked.as_bytes(),
            self.span,
            self.line,
            self.column,
            self.count,
        )))
    }
}

/// Lines of the same length in which nothing acts on a terminal, and only keys and what lies in `start..end` can be
/// read; of that no word that looks generated.
fn mask(lines: &str, start: usize, end: usize) -> String {
    let mut out = String::with_capacity(lines.len());
    let mut word = String::new();
    let mut key_end = key_len(lines);
    for (at, c) in lines.char_indices() {
        let inside = (start..end).contains(&at);
        let is_word = c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '=');
        if inside && is_word {
            word.push(c);
            continue;
        }
        flush(&mut out, &mut word);
        let hidden = c.is_alphanumeric() && !inside && at >= key_end;
        if hidden || acts(c) {
            // The label points by bytes, so what stands in its place is as long.
            out.extend(std::iter::repeat_n('*', c.len_utf8()));
        } else {
            out.push(c);
        }
        if c == '\n' {
            key_end = at + 1 + key_len(&lines[at + 1..]);
        }
    }
    flush(&mut out, &mut word);
    out
}

/// Length of the key that a line begins with; 0 when it begins with something else, such as the rest of a value.
fn key_len(lines: &str) -> usize {
    let line = lines.lines().next().unwrap_or_default();
    let key = line.split(['=', ':']).next().unwrap_or_default();
    let is_key = key.len() < line.len()
        && key.len() <= 48
        && !looks_random(key.trim())
        && key
            .trim()
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-.\"'{ ".contains(c));
    if is_key { key.len() } else { 0 }
}

fn flush(out: &mut String, word: &mut String) {
    if looks_random(word) {
        out.extend(std::iter::repeat_n('*', word.len()));
    } else {
        out.push_str(word);
    }
    word.clear();
}

/// Whether a character does something to the reader's terminal instead of standing there.
fn acts(c: char) -> bool {
    let mut buffer = [0; 4];
    let text: &str = c.encode_utf8(&mut buffer);
    c != '\n' && c != '\t' && show(text) != text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_the_position_and_nothing_of_the_text() {
        let text = "a = 1\nvault = \"canary\"\n";
        let error = SettingsError::new("unknown key", Some(TextRange::new(6, 11)));
        assert_eq!(
            at(&error, "envacuate.toml", text),
            "envacuate.toml:2:1: unknown key"
        );
    }

    #[test]
    fn a_frame_holds_the_line_with_its_values_masked() {
        let text = "before = \"canary\"\nvault = \"canary é\" # \u{1b}[31m\nafter = \"canary\"\n";
        let start = text.find("vault").unwrap();
        let error = SettingsError::new("unknown key", Some(TextRange::new(start, start + 5)));
        let framed = Framed::new(error, "envacuate.toml", text);
        let mut out = String::new();
        let theme = miette::GraphicalTheme::unicode_nocolor();
        miette::GraphicalReportHandler::new_themed(theme)
            .render_report(&mut out, &framed)
            .unwrap();
        assert!(out.contains("envacuate.toml:2:1"), "{out}");
        assert!(out.contains("2 │ vault = \"****** **\""), "{out}");
        assert!(!out.contains("canary") && !out.contains('\u{1b}'), "{out}");
    }

    #[test]
    fn a_word_that_looks_generated_is_masked_where_the_error_is() {
        let text = "select = \"ghp_0123456789abcdefghij\"";
        assert_eq!(
            mask(text, 9, text.len()),
            "select = \"************************\""
        );
        assert_eq!(mask("fail-on = \"eror\"", 10, 16), "fail-on = \"eror\"");
        let rest = "  \"canary\", \"eror\"]\ncanary\nkey: canary";
        let masked = "  \"******\", \"eror\"]\n******\nkey: ******";
        assert_eq!(mask(rest, 12, 18), masked);
    }

    #[test]
    fn ranges_at_and_past_the_end_are_harmless() {
        for (start, end) in [(0, 0), (3, 3), (3, 9), (2, 3)] {
            let error = SettingsError::new("x", Some(TextRange::new(start, end)));
            let _ = Framed::new(error, "p", "a\nb");
        }
    }
}
