//! TOML, as a stream of events.
//!
//! Built on events rather than on a document, so that one mistake does not lose the file.

use std::borrow::Cow;

use toml_parser::decoder::Encoding;
use toml_parser::parser::{EventReceiver, RecursionGuard, parse_document};
use toml_parser::{ErrorSink, ParseError, Raw, Source, Span};

use super::{Format, Spec};
use crate::config::node::{Builder, Entries, Key, Kind, MAX_DEPTH};
use crate::text::TextRange;

pub(super) static SPEC: Spec = Spec {
    format: Format::Toml,
    names: &["pipfile"],
    starts: &[],
    ends: &[".toml"],
    read,
};

fn read(text: &str) -> Entries<'_> {
    let tokens = Source::new(text).lex().into_vec();
    let mut receiver = Receiver {
        text,
        out: Builder::new(text),
        keys: Vec::new(),
        sections: 0,
        dotted: Vec::new(),
    };
    let mut error: Option<ParseError> = None;
    let depth = u32::try_from(MAX_DEPTH).unwrap_or(u32::MAX);
    let mut guard = RecursionGuard::new(&mut receiver, depth);
    parse_document(&tokens, &mut guard, &mut error);
    if let Some(error) = error {
        let at = error
            .unexpected()
            .or(error.context())
            .map_or(0, |span| span.start());
        receiver.out.stop(at, "has a part that is not valid TOML");
    }
    receiver.out.finish()
}

/// Turns events into entries.
struct Receiver<'t> {
    text: &'t str,
    out: Builder<'t>,
    /// The parts of the key that is being read.
    keys: Vec<Key<'t>>,
    /// How many maps the header of the section opened.
    sections: usize,
    /// How many maps the dotted key of each open map or list opened.
    dotted: Vec<usize>,
}

impl<'t> Receiver<'t> {
    fn raw(&self, span: Span, encoding: Option<Encoding>) -> Raw<'t> {
        let text = self.text.get(span.start()..span.end()).unwrap_or_default();
        Raw::new_unchecked(text, encoding, span)
    }

    /// Opens a map for every part of the key but the last, which it gives back.
    fn key(&mut self) -> (Option<Key<'t>>, usize) {
        let last = self.keys.pop();
        let opened = self.keys.len();
        for key in std::mem::take(&mut self.keys) {
            let at = key.1.start;
            self.out.open(Some(key), Kind::Map, at);
        }
        (last, opened)
    }

    fn close(&mut self, maps: usize) {
        for _ in 0..maps {
            self.out.close(Kind::Map);
        }
    }

    fn enter(&mut self, kind: Kind, span: Span) {
        let (key, opened) = self.key();
        self.out.open(key, kind, span.start());
        self.dotted.push(opened);
    }

    fn leave(&mut self, kind: Kind) {
        self.out.close(kind);
        let opened = self.dotted.pop().unwrap_or_default();
        self.close(opened);
    }

    fn section_starts(&mut self) {
        self.keys.clear();
        let sections = std::mem::take(&mut self.sections);
        self.close(sections);
    }

    fn section_is_named(&mut self) {
        self.sections = self.keys.len();
        for key in std::mem::take(&mut self.keys) {
            let at = key.1.start;
            self.out.open(Some(key), Kind::Map, at);
        }
    }
}

impl EventReceiver for Receiver<'_> {
    fn std_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.section_starts();
    }

    fn std_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.section_is_named();
    }

    fn array_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.section_starts();
    }

    fn array_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.section_is_named();
    }

    fn inline_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.enter(Kind::Map, span);
        true
    }

    fn inline_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.leave(Kind::Map);
    }

    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.enter(Kind::List, span);
        true
    }

    fn array_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.leave(Kind::List);
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let mut name = Cow::Borrowed("");
        self.raw(span, encoding).decode_key(&mut name, error);
        self.keys.push((name, inside(self.text, span, encoding)));
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, _: &mut dyn ErrorSink) {
        let mut value = Cow::Borrowed("");
        // What kind of value it is does not matter, and an odd number is no mistake of the file.
        let _ = self.raw(span, encoding).decode_scalar(&mut value, &mut ());
        let (key, opened) = self.key();
        let range = inside(self.text, span, encoding);
        self.out.value(key, value, range);
        self.close(opened);
    }
}

/// The place of a string inside its quotes.
fn inside(text: &str, span: Span, encoding: Option<Encoding>) -> TextRange {
    let quote = match encoding {
        None => return TextRange::new(span.start(), span.end()),
        Some(Encoding::LiteralString) => "'",
        Some(Encoding::BasicString) => "\"",
        Some(Encoding::MlLiteralString) => "'''",
        Some(Encoding::MlBasicString) => "\"\"\"",
    };
    let slice = text.get(span.start()..span.end()).unwrap_or_default();
    let mut inner = slice.strip_prefix(quote).unwrap_or(slice);
    if quote.len() > 1 {
        // A line ending right behind the quotes is no part of the value.
        inner = inner
            .strip_prefix("\r\n")
            .or(inner.strip_prefix('\n'))
            .unwrap_or(inner);
    }
    let start = span.start() + slice.len() - inner.len();
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    TextRange::new(start, start + inner.len())
}
