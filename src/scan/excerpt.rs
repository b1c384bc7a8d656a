//! Cuts and masks the lines around a finding.
//!
//! Whatever could be a value is gone before a report sees it: the inside of every literal, every comment, every word
//! that looks generated, and everything on lines that were not understood, apart from the finding itself.

use crate::model::{Excerpt, Highlight};
use crate::syntax::{NodeId, Tree};
use crate::text::{LineIndex, TextRange, mask_random, show};

/// Lines of one excerpt.
const MAX_LINES: usize = 8;
/// Bytes of a line that are shown before and behind the finding.
const MAX_BESIDE: usize = 120;
/// Bytes of a marked range that are shown.
const MAX_MARKED: usize = 200;

/// What stands in the place of text that is not shown.
const MASK: &str = "***";

/// The parts of a file that may hold a value, and how to find lines.
#[derive(Debug)]
pub(super) struct Masker<'t> {
    text: &'t [u8],
    lines: &'t LineIndex,
    masked: Vec<TextRange>,
    unclear: Vec<TextRange>,
}

impl<'t> Masker<'t> {
    /// Finds what to mask; `words` are names that may be shown inside quotes.
    pub(super) fn new(tree: &Tree, text: &'t [u8], lines: &'t LineIndex, words: &[&str]) -> Self {
        let mut masked: Vec<TextRange> = Vec::new();
        // What was not parsed may hold anything.
        let mut unclear = tree.left_out().to_vec();
        let mut skip = 0;
        for node in tree.nodes() {
            if tree.is_error(node) {
                unclear.push(tree.range(node));
            }
            if node.index() < skip {
                continue;
            }
            if tree.is_comment(node) {
                let range = tree.range(node);
                masked.push(TextRange::new(
                    (range.start + marker(&text[range.start..range.end])).min(range.end),
                    range.end,
                ));
            } else if tree.is_literal(node) && !is_inside_out(tree.kind_name(node)) {
                skip = literal(tree, text, node, words, &mut masked).unwrap_or(skip);
            }
        }
        masked.retain(|range| !range.is_empty());
        masked.sort_unstable();
        Self {
            text,
            lines,
            masked,
            unclear,
        }
    }

    /// For a text of which only keys may be shown, and the marks between them.
    pub(super) fn of_keys(
        text: &'t [u8],
        lines: &'t LineIndex,
        keys: &[TextRange],
        values: &[TextRange],
    ) -> Self {
        let mut masked = values.to_vec();
        let mut from = 0;
        let end = TextRange::new(text.len(), text.len());
        for key in keys.iter().chain([&end]) {
            words(text, from, key.start, &mut masked);
            from = from.max(key.end);
        }
        masked.sort_unstable();
        masked.dedup_by(|next, last| {
            let is_inside = next.start < last.end;
            if is_inside {
                last.end = last.end.max(next.end);
            }
            is_inside
        });
        Self {
            text,
            lines,
            masked,
            unclear: Vec::new(),
        }
    }

    /// What is masked wherever it is shown.
    pub(super) fn hidden(&self) -> &[TextRange] {
        &self.masked
    }

    /// The lines of `primary` and of those labels that stand close by.
    pub(super) fn excerpt(
        &self,
        primary: TextRange,
        message: &str,
        labels: &[(TextRange, String)],
    ) -> Excerpt {
        let line = |byte: usize| self.lines.line(byte);
        let (mut first, mut last) = (
            line(primary.start),
            line(primary.end.max(primary.start + 1) - 1),
        );
        last = last.min(first + MAX_LINES - 1);
        let mut marks = vec![(primary, message.to_owned())];
        for (range, message) in labels {
            let (from, to) = (line(range.start), line(range.end));
            let (lowest, highest) = (first.min(from), last.max(to));
            if highest - lowest < MAX_LINES {
                (first, last) = (lowest, highest);
                marks.push((*range, message.clone()));
            }
        }
        let mut excerpt = Excerpt {
            first_line: first,
            ..Excerpt::default()
        };
        let mut ends: Vec<(usize, usize)> = Vec::new();
        for number in first..=last {
            if number > first {
                excerpt.text.push('\n');
            }
            self.line(number, primary, &marks, &mut excerpt.text, &mut ends);
        }
        // Where an offset of the file stands in the excerpt: the last noted place at or before it.
        let place = |byte: usize| {
            let at = ends.partition_point(|&(from, _)| from <= byte);
            at.checked_sub(1).map_or(0, |at| ends[at].1)
        };
        for (range, message) in marks {
            let (start, end) = (
                place(range.start),
                place(range.end.min(self.lines.start(last + 1).max(range.start))),
            );
            excerpt.highlights.push(Highlight {
                start,
                end: end.max(start),
                message,
            });
        }
        excerpt
    }

    /// Every line, masked; long ones only from their start.
    pub(super) fn lines(&self) -> Vec<String> {
        let none = TextRange::new(self.text.len(), self.text.len());
        let count = self.lines.line(self.text.len());
        let shown = |number| {
            let (mut out, start) = (String::new(), self.lines.start(number));
            let from = TextRange::new(start, start);
            let primary = if number < count { from } else { none };
            self.line(number, primary, &[], &mut out, &mut Vec::new());
            out
        };
        (1..=count).map(shown).collect()
    }

    /// Writes one line, noting where the ends of marks and pieces come to stand.
    fn line(
        &self,
        number: usize,
        primary: TextRange,
        marks: &[(TextRange, String)],
        out: &mut String,
        ends: &mut Vec<(usize, usize)>,
    ) {
        let start = self.lines.start(number);
        let end = start + self.lines.line_text(self.text, number).len();
        let (from, to) = self.window(start, end, primary);
        let line = TextRange::new(from, to);
        let unclear = self.unclear.iter().any(|range| {
            range.start < end.max(start + 1) && range.end.max(range.start + 1) > start
        });
        let mut cuts: Vec<usize> = vec![from, to];
        let inside = |byte: &usize| *byte > from && *byte < to;
        cuts.extend(
            marks
                .iter()
                .flat_map(|(range, _)| [range.start, range.end])
                .filter(inside),
        );
        let low = self.masked.partition_point(|range| range.end <= from);
        let masks: Vec<TextRange> = self.masked[low..]
            .iter()
            .copied()
            .take_while(|range| range.start < to)
            .collect();
        cuts.extend(
            masks
                .iter()
                .flat_map(|range| [range.start, range.end])
                .filter(inside),
        );
        cuts.sort_unstable();
        cuts.dedup();
        let mut hidden = false;
        for pair in cuts.windows(2) {
            let piece = TextRange::new(pair[0], pair[1]);
            ends.push((piece.start, out.len()));
            let is_masked = masks.iter().any(|mask| mask.contains(piece))
                || unclear && !primary.contains(piece);
            // What is pointed at needs something to point at.
            hidden &= piece.start != primary.start;
            if !is_masked {
                out.push_str(&mask_random(&show(&String::from_utf8_lossy(
                    &self.text[piece.start..piece.end],
                ))));
            } else if !hidden && !self.text[piece.start..piece.end].trim_ascii().is_empty() {
                out.push_str(MASK);
            } else if !hidden {
                out.push(' ');
            }
            hidden = is_masked;
        }
        ends.push((line.end, out.len()));
    }

    /// The part of a long line that is shown.
    fn window(&self, start: usize, end: usize, primary: TextRange) -> (usize, usize) {
        if end - start <= 2 * MAX_BESIDE {
            return (start, end);
        }
        let middle = primary.start.clamp(start, end);
        let behind = primary
            .end
            .min(primary.start + MAX_MARKED)
            .clamp(middle, end);
        let from = middle.saturating_sub(MAX_BESIDE).max(start);
        let to = (behind + MAX_BESIDE).min(end);
        (self.boundary(from, start), self.boundary(to, start))
    }

    /// The nearest start of a character at or before a byte.
    fn boundary(&self, mut byte: usize, least: usize) -> usize {
        while byte > least && self.text.get(byte).is_some_and(|b| b & 0xc0 == 0x80) {
            byte -= 1;
        }
        byte
    }
}

/// Words of config files that are no keys and may be shown at the start of a line.
const INSTRUCTIONS: &[&str] = &["ARG", "ENV", "RUN", "export"];

/// Adds all that is not a mark between two places.
fn words(text: &[u8], from: usize, to: usize, masked: &mut Vec<TextRange>) {
    let is_mark = |byte: &u8| byte.is_ascii_whitespace() || b"{}[]\":=,-'#/".contains(byte);
    let mut at = from;
    while at < to {
        let length = text[at..to]
            .iter()
            .take_while(|byte| !is_mark(byte))
            .count();
        if length == 0 {
            at += 1;
            continue;
        }
        let word = &text[at..at + length];
        let is_first = at == 0 || text[at - 1] == b'\n';
        if !(is_first && INSTRUCTIONS.iter().any(|known| known.as_bytes() == word)) {
            masked.push(TextRange::new(at, at + length));
        }
        at += length;
    }
}

/// `concatenated_string` holds literals; they are masked one by one.
fn is_inside_out(kind: &str) -> bool {
    kind == "concatenated_string"
}

/// How much of a comment tells only that it is one.
fn marker(text: &[u8]) -> usize {
    text.iter()
        .take(3)
        .take_while(|b| matches!(b, b'/' | b'#' | b'*' | b'!' | b'-' | b'<'))
        .count()
}

/// Masks the inside of a literal, code in it left out; returns where to go on.
fn literal(
    tree: &Tree,
    text: &[u8],
    node: NodeId,
    words: &[&str],
    masked: &mut Vec<TextRange>,
) -> Option<usize> {
    let range = tree.range(node);
    let written = tree.text(text, node);
    // Small numbers and single characters are no secrets.
    if !written.is_empty() && written.len() <= 3 && !written.contains(['"', '\'', '`']) {
        return None;
    }
    let quote = written.find(['"', '\'', '`']).map_or(0, |at| at + 1);
    if words.contains(&written[quote.min(written.len())..].trim_end_matches(['"', '\'', '`', '#']))
    {
        return None;
    }
    let tail = written.len() - written.trim_end_matches(['"', '\'', '`', '#']).len();
    let (mut from, to) = (
        range.start + quote.min(range.len()),
        range.end - tail.min(range.len()),
    );
    let mut code = Vec::new();
    for child in tree.named_children(node) {
        if matches!(
            tree.kind_name(child),
            "template_substitution" | "interpolation"
        ) {
            code.push(tree.range(child));
        }
    }
    let has_code = !code.is_empty();
    for part in code {
        if part.start > from {
            masked.push(TextRange::new(from, part.start));
        }
        from = part.end.max(from);
    }
    if to > from {
        masked.push(TextRange::new(from, to));
    }
    // Literals inside the code of a template are literals of their own.
    (!has_code).then(|| tree.subtree(node).end)
}
