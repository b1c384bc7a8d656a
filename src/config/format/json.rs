//! JSON, JSON with comments and JSON5.
//!
//! Built on a scanner rather than on a tree, so that nothing recurses and what stands before a mistake is still read.

use std::borrow::Cow;

use jsonc_parser::tokens::Token;
use jsonc_parser::{Scanner, ScannerOptions};

use super::{Format, Spec};
use crate::config::node::{Builder, Entries, Key, Kind};
use crate::text::TextRange;

pub(super) static SPEC: Spec = Spec {
    format: Format::Json,
    names: &[".claude.json", ".dockerconfigjson"],
    starts: &[],
    ends: &[".code-workspace", ".json", ".json5", ".jsonc"],
    read,
};

fn read(text: &str) -> Entries<'_> {
    let mut out = Builder::new(text);
    let mut scanner = Scanner::new(text, &ScannerOptions::default());
    let mut key: Option<Key<'_>> = None;
    // In a map, whether the colon behind the key was read.
    let mut has_colon = false;
    while !out.is_full() {
        let token = match scanner.scan() {
            Ok(Some(token)) => token,
            Ok(None) => break,
            Err(_) => {
                out.stop(scanner.token_start(), "is not valid JSON from here on");
                break;
            }
        };
        let (start, end) = (scanner.token_start(), scanner.token_end());
        let is_key = out.inside() == Some(Kind::Map) && !has_colon;
        match token {
            Token::CommentLine(_) | Token::CommentBlock(_) => {}
            Token::Colon => has_colon = key.is_some(),
            Token::Comma => (key, has_colon) = (None, false),
            Token::OpenBrace | Token::OpenBracket => {
                let kind = if token == Token::OpenBrace {
                    Kind::Map
                } else {
                    Kind::List
                };
                out.open(key.take(), kind, start);
                has_colon = false;
            }
            Token::CloseBrace | Token::CloseBracket => {
                let kind = if token == Token::CloseBrace {
                    Kind::Map
                } else {
                    Kind::List
                };
                if !out.close(kind) {
                    out.stop(start, "is not valid JSON from here on");
                }
                (key, has_colon) = (None, false);
            }
            Token::String(text) => {
                let range = TextRange::new(start + 1, end.max(start + 2) - 1);
                if is_key {
                    key = Some((text, range));
                } else {
                    out.value(key.take(), text, range);
                    has_colon = false;
                }
            }
            Token::Word(word) | Token::Number(word) if is_key => {
                key = Some((Cow::Borrowed(word), TextRange::new(start, end)));
            }
            Token::Word(_) | Token::Number(_) | Token::Boolean(_) | Token::Null => {
                let word = Cow::Borrowed(text.get(start..end).unwrap_or_default());
                out.value(key.take(), word, TextRange::new(start, end));
                has_colon = false;
            }
        }
    }
    if out.inside().is_some() {
        out.stop(text.len(), "ends before its JSON does");
    }
    out.finish()
}
