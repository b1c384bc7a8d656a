//! YAML: every document, block and flow, as a stream of events.
//!
//! An alias is not expanded: what it stands for is read once, where its anchor is, and a bomb of aliases is nothing.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::{Format, Spec, relaxed};
use crate::config::node::{Builder, Entries, Key, Kind};
use crate::text::TextRange;

pub(super) static SPEC: Spec = Spec {
    format: Format::Yaml,
    names: &[],
    starts: &[],
    ends: &[".yaml", ".yml"],
    read,
};

fn read(text: &str) -> Entries<'_> {
    let entries = events(text);
    let Some(problem) = entries.problem() else {
        return entries;
    };
    match relaxed::relax(text) {
        Some(relaxed) => {
            let again = events(&relaxed);
            if again.problem().is_none_or(|other| other.at > problem.at) {
                relaxed::borrow(&again, text)
            } else {
                entries
            }
        }
        None => entries,
    }
}

fn events(text: &str) -> Entries<'_> {
    let mut out = Builder::new(text);
    let places = Places::new(text);
    // For each open map its key that waits for a value; nothing for a list.
    let mut waiting: Vec<Option<Waiting<'_>>> = Vec::new();
    let mut last = 0;
    for event in Parser::new_from_str(text) {
        if out.is_full() {
            break;
        }
        let Ok((event, span)) = event else {
            out.stop(last, "is not valid YAML from about here on");
            break;
        };
        match event {
            Event::Scalar(value, style, _, _) => {
                let range = scalar(text, places.range(span), style);
                last = range.end;
                match slot(&mut waiting) {
                    Slot::Key(waiting) => *waiting = Waiting::Value(Some((value, range))),
                    Slot::Value(key) => out.value(key, value, range),
                }
            }
            Event::Alias(_) => {
                if let Slot::Key(waiting) = slot(&mut waiting) {
                    *waiting = Waiting::Value(None);
                }
            }
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                let is_map = matches!(event, Event::MappingStart(..));
                let key = match slot(&mut waiting) {
                    Slot::Key(waiting) => {
                        *waiting = Waiting::Value(None);
                        None
                    }
                    Slot::Value(key) => key,
                };
                let kind = if is_map { Kind::Map } else { Kind::List };
                out.open(key, kind, places.range(span).start);
                waiting.push(is_map.then_some(Waiting::Key));
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let is_map = event == Event::MappingEnd;
                out.close(if is_map { Kind::Map } else { Kind::List });
                waiting.pop();
            }
            _ => {}
        }
    }
    out.finish()
}

/// Whether parts of a text stand for others, so that what stands in one place counts in another; yes in doubt.
pub fn has_anchors(text: &str) -> bool {
    Parser::new_from_str(text).any(|event| match event {
        Ok((Event::Alias(_), _)) | Err(_) => true,
        Ok((Event::Scalar(value, _, anchor, _), _)) => anchor > 0 || value == "<<",
        Ok((Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _), _)) => anchor > 0,
        _ => false,
    })
}

/// What a map waits for.
enum Waiting<'t> {
    Key,
    Value(Option<Key<'t>>),
}

/// What the next node is for its map or list.
enum Slot<'a, 't> {
    Key(&'a mut Waiting<'t>),
    Value(Option<Key<'t>>),
}

fn slot<'a, 't>(waiting: &'a mut [Option<Waiting<'t>>]) -> Slot<'a, 't> {
    let Some(Some(top)) = waiting.last_mut() else {
        return Slot::Value(None);
    };
    if let Waiting::Value(key) = top {
        let key = key.take();
        *top = Waiting::Key;
        Slot::Value(key)
    } else {
        Slot::Key(top)
    }
}

/// The place of a scalar inside its quotes, without anchor and tag, from its span.
fn scalar(text: &str, range: TextRange, style: ScalarStyle) -> TextRange {
    let slice = text.get(range.start..range.end).unwrap_or_default();
    let mut rest = slice;
    if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
        while rest.starts_with(['&', '!']) {
            let after = rest.find(char::is_whitespace).unwrap_or(rest.len());
            rest = rest[after..].trim_start();
        }
    }
    let start = range.start + slice.len() - rest.len();
    let rest = rest.trim_end();
    let quote = match style {
        ScalarStyle::SingleQuoted => '\'',
        ScalarStyle::DoubleQuoted => '"',
        _ => return TextRange::new(start, start + rest.len()),
    };
    let inner = rest.strip_prefix(quote).unwrap_or(rest);
    let start = start + rest.len() - inner.len();
    TextRange::new(start, start + closing(inner, quote).unwrap_or(inner.len()))
}

/// Where a quote closes. The span of a quoted scalar goes on to what comes behind it, comments included.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_doubled = quote == '\'' && chars.peek().is_some_and(|&(_, next)| next == quote);
        if c == '\\' && quote == '"' || c == quote && is_doubled {
            chars.next();
        } else if c == quote {
            return Some(at);
        }
    }
    None
}

/// Offsets in characters, which the parser counts, to offsets in bytes.
struct Places<'t> {
    text: &'t str,
    /// Byte offset of every [`STEP`]th character; empty for ASCII, where both are the same.
    steps: Vec<usize>,
}

const STEP: usize = 128;

impl<'t> Places<'t> {
    fn new(text: &'t str) -> Self {
        let steps = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices()
                .step_by(STEP)
                .map(|(at, _)| at)
                .collect()
        };
        Self { text, steps }
    }

    fn byte(&self, index: usize) -> usize {
        if self.steps.is_empty() {
            return index.min(self.text.len());
        }
        let Some(&step) = self.steps.get(index / STEP) else {
            return self.text.len();
        };
        self.text[step..]
            .char_indices()
            .nth(index % STEP)
            .map_or(self.text.len(), |(at, _)| step + at)
    }

    fn range(&self, span: Span) -> TextRange {
        let start = self.byte(span.start.index());
        TextRange::new(start, self.byte(span.end.index()).max(start))
    }
}
