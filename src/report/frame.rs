//! An excerpt as a source that miette can draw.
//!
//! Holds the few lines of the excerpt and never the file, so drawing costs what the excerpt costs. Lines that are too
//! long to read are cut around what is marked. Used by `text`.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::Options;
use super::plain::plain;
use crate::model::{Finding, Highlight};
use crate::text::show;

/// Columns of a line that are shown even in a narrow terminal.
const COLUMNS: usize = 110;

/// Lines of code with marks.
pub(super) struct Frame {
    /// The lines as they are drawn.
    text: String,
    /// What is marked, by start.
    pub(super) marks: Vec<Mark>,
    path: String,
    first_line: usize,
    lines: usize,
    line: usize,
    column: usize,
}

/// A marked part of a frame.
pub(super) struct Mark {
    /// Bytes of the frame's text.
    pub(super) range: Range<usize>,
    /// What to write beside it.
    pub(super) message: String,
    /// Whether it is the finding itself.
    pub(super) primary: bool,
}

impl Frame {
    /// The frame of a finding; `None` if its excerpt marks nothing.
    pub(super) fn new(finding: &Finding, options: &Options) -> Option<Self> {
        let excerpt = &finding.excerpt;
        if excerpt.text.is_empty() || excerpt.highlights.is_empty() {
            return None;
        }
        let limit = options.width.max(COLUMNS + 10) - 10;
        let ellipsis = if options.unicode { "…" } else { "..." };
        let mut frame = Self {
            text: String::with_capacity(excerpt.text.len().min(4096)),
            marks: Vec::new(),
            path: plain(&finding.location.path),
            first_line: excerpt.first_line.max(1),
            lines: 0,
            line: finding.location.start.line.max(1),
            column: finding.location.start.column.max(1),
        };
        let mut ends: Vec<[usize; 2]> = vec![[0; 2]; excerpt.highlights.len()];
        let mut start = 0;
        for line in excerpt.text.split('\n') {
            let place = start..start + line.len();
            let focus = excerpt
                .highlights
                .iter()
                .map(|highlight| highlight.start)
                .find(|at| place.contains(at));
            let kept = clip(line, focus.map(|at| boundary(line, at - start)), limit);
            if frame.lines > 0 {
                frame.text.push('\n');
            }
            let before = if kept.start > 0 { ellipsis } else { "" };
            let after = if kept.end < line.len() { ellipsis } else { "" };
            frame.text.push_str(before);
            let shift = frame.text.len();
            frame.text.push_str(&clean(&line[kept.clone()]));
            frame.text.push_str(after);
            for (highlight, end) in excerpt.highlights.iter().zip(&mut ends) {
                for (at, to) in [highlight.start, highlight.end].into_iter().zip(end) {
                    if place.start <= at && at <= place.end {
                        let inside = boundary(line, at - start).clamp(kept.start, kept.end);
                        *to = shift + inside - kept.start;
                    } else if at > place.end {
                        *to = frame.text.len();
                    }
                }
            }
            frame.lines += 1;
            start = place.end + 1;
        }
        frame.mark(&excerpt.highlights, &ends);
        Some(frame)
    }

    fn mark(&mut self, highlights: &[Highlight], ends: &[[usize; 2]]) {
        self.marks = highlights
            .iter()
            .zip(ends)
            .enumerate()
            .map(|(at, (highlight, &[start, end]))| Mark {
                range: start..end.max(start),
                message: plain(&highlight.message),
                primary: at == 0,
            })
            .collect();
        self.marks.sort_by_key(|mark| mark.range.start);
    }

    /// Whether the frame shows a line (from 1) of the file.
    pub(super) fn shows(&self, line: usize) -> bool {
        (self.first_line..self.first_line + self.lines).contains(&line)
    }
}

impl SourceCode for Frame {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let _ = span;
        // Without context miette asks where the finding is, with context for the lines to draw: always all of them.
        let (line, column) = if before == 0 && after == 0 {
            (self.line, self.column)
        } else {
            (self.first_line, 1)
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.clone(),
            self.text.as_bytes(),
            (0, self.text.len()).into(),
            line - 1,
            column - 1,
            self.lines,
        )))
    }
}

/// A line with everything that a terminal or a CI runner obeys replaced by as many bytes of `?`, so that offsets
/// stay valid.
fn clean(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        let mut buffer = [0; 4];
        let one: &str = c.encode_utf8(&mut buffer);
        let safe = matches!(c, '\t' | ' '..='~') || show(one) == one;
        if safe {
            out.push(c);
        } else {
            out.extend(std::iter::repeat_n('?', c.len_utf8()));
        }
    }
    out.replace("##[", "#?[").replace("##vso[", "#?vso[")
}

/// The part of a line that is shown: all of it, or `limit` characters around the focus.
fn clip(line: &str, focus: Option<usize>, limit: usize) -> Range<usize> {
    if line.chars().nth(limit).is_none() {
        return 0..line.len();
    }
    let start = line[..focus.unwrap_or(0)]
        .char_indices()
        .rev()
        .take(limit / 3)
        .last()
        .map_or(focus.unwrap_or(0), |(at, _)| at);
    let end = line[start..]
        .char_indices()
        .nth(limit)
        .map_or(line.len(), |(at, _)| start + at);
    start..end
}

/// The last character boundary at or before a byte.
fn boundary(line: &str, at: usize) -> usize {
    (0..=at.min(line.len()))
        .rev()
        .find(|&at| line.is_char_boundary(at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_long_lines_around_the_focus() {
        let line = "é".repeat(1000);
        assert_eq!(clip("short", Some(2), 10), 0..5);
        assert_eq!(clip(&line, None, 30), 0..60);
        assert_eq!(clip(&line, Some(1000), 30), 980..1040);
        assert_eq!(clip(&line, Some(2000), 30), 1980..2000);
    }

    #[test]
    fn cleans_in_place() {
        assert_eq!(clean("a\u{1b}[\u{202e}\tb"), "a?[???\tb");
        assert_eq!(clean("é##[x]"), "é#?[x]");
    }
}
