//! The judgement of strings in source code: the same as that of config files, but in code far more strings stand under
//! such names that are no secrets, and so a value has to look like one.
//!
//! Knows no language: whoever calls says under which name a string stands. Used by the facts.

use std::borrow::Cow;

use super::node::{Builder, Kind};
use super::plaintext::{Plaintext, judge};
use super::verdict::Why;
use super::{base64, known, shape, value};
use crate::model::Confidence;
use crate::names::{Names, Words};
use crate::text::TextRange;

/// Most secrets of one string that are told.
const MAX_SHAPES: usize = 100;

/// What a string in source code is to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing: a comment, or text for people.
    Shown,
    /// A value.
    Value,
    /// What is taken where a variable of the environment is not set.
    Fallback,
}

/// A string in source code, without quotes and with its escapes resolved.
#[derive(Clone, Debug)]
pub struct Literal<'t> {
    /// What it is bound to; empty where nothing names it.
    pub name: &'t str,
    /// What that is part of.
    pub above: &'t str,
    /// The value.
    pub text: Cow<'t, str>,
    /// The inside of the quotes.
    pub range: TextRange,
    /// What it is there for.
    pub standing: Standing,
}

/// The secrets in a string of a source text.
pub fn judge_literal(source: &str, literal: &Literal<'_>, names: &Names) -> Vec<Plaintext> {
    let mut found = Vec::new();
    if literal.standing != Standing::Shown {
        let range = literal.range;
        let text = literal.text.as_ref();
        let mut builder = Builder::new(source);
        builder.open(None, Kind::Map, range.start);
        if !literal.above.is_empty() {
            let above = (Cow::Borrowed(literal.above), range);
            builder.open(Some(above), Kind::Map, range.start);
        }
        let key = (Cow::Borrowed(literal.name), range);
        builder.value(Some(key), Cow::Borrowed(text), range);
        found = judge(&builder.finish(), "", names);
        found.retain(|plaintext| is_told(literal, plaintext));
    }
    shapes(source, literal, &mut found);
    found
}

/// Finds everything in a string that can be told by its look alone.
fn shapes(source: &str, literal: &Literal<'_>, found: &mut Vec<Plaintext>) {
    let (text, range) = (literal.text.as_ref(), literal.range);
    let is_verbatim = source.get(range.start..range.end) == Some(text);
    let mut from = 0;
    while let Some(known) = text.get(from..).and_then(known::find) {
        if found.len() >= MAX_SHAPES {
            return;
        }
        let place = if is_verbatim {
            TextRange::new(
                range.start + from + known.start,
                range.start + from + known.end,
            )
        } else {
            range
        };
        from += known.end;
        let is_known =
            |other: &Plaintext| other.range.start < place.end && place.start < other.range.end;
        if found.iter().any(is_known) {
            continue;
        }
        let is_named = literal.standing != Standing::Shown;
        found.push(Plaintext {
            range: place,
            key_path: String::new(),
            name: if is_named { literal.name } else { "" }.to_owned(),
            provider: known.provider,
            confidence: Confidence::High,
            why: Why::Shape,
        });
    }
}

/// Whether what would be a secret in a config file is one in code.
fn is_told(literal: &Literal<'_>, plaintext: &Plaintext) -> bool {
    let text = literal.text.as_ref();
    let start = plaintext.range.start.saturating_sub(literal.range.start);
    let end = plaintext.range.end.saturating_sub(literal.range.start);
    let value = text.get(start..end).unwrap_or(text);
    let is_address = text.contains("://");
    match plaintext.why {
        Why::Shape | Why::PrivateKey => true,
        Why::Address => !text.contains("example"),
        Why::Name if literal.standing == Standing::Fallback && is_hard_to_guess(value) => true,
        Why::Name => plaintext.confidence >= Confidence::Medium && looks_chosen(value),
        // In code such words are labels, keys and examples far more often.
        Why::Weak if is_address => {
            value.len() >= 4 && !text.contains(char::is_whitespace) && !text.contains("example")
        }
        Why::Weak => literal.standing == Standing::Fallback,
    }
}

/// Whether a value that its name makes a secret looks like one, and not like words, a pattern, an address or code.
fn looks_chosen(value: &str) -> bool {
    let value = value.trim();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_code = value.contains(|c: char| c.is_whitespace() || "()<>[]{}|\\;".contains(c));
    value.len() >= 6
        && letters >= 2
        && (digits > 0 || shape::is_generated(value))
        && !is_code
        && !is_account(value)
        && !is_constant(value, digits)
        && !is_made_of_words(value)
        && !is_encoded_example(value)
}

/// Whether a value that stands in for a secret was meant to be one, whatever signs are in it.
fn is_hard_to_guess(value: &str) -> bool {
    let count = |is: fn(&u8) -> bool| value.bytes().filter(is).count();
    value.len() >= 16
        && count(u8::is_ascii_digit) >= 3
        && count(u8::is_ascii_uppercase) >= 2
        && count(u8::is_ascii_lowercase) >= 2
        && !value.contains(char::is_whitespace)
}

/// The address of an account or a contract on a chain.
fn is_account(value: &str) -> bool {
    let rest = value.strip_prefix("0x");
    rest.is_some_and(|rest| rest.len() == 40 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// `NEO4J_DATABASE`.
fn is_constant(value: &str, digits: usize) -> bool {
    let is_plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    digits <= 2 && value.contains('_') && value.bytes().all(is_plain)
}

/// Words of values that are written for tests and examples.
const TRIED: &[&str] = &[
    "canary", "default", "demo", "dummy", "example", "fake", "invalid", "key", "mock", "pass",
    "passwd", "password", "pwd", "sample", "secret", "secure", "test", "tester", "testing",
    "testuser", "token", "valid", "wrong",
];

/// Whether a value is made of words and numbers, and nobody chose it to be hard to guess: `test-jwt-token-12345`.
fn is_made_of_words(value: &str) -> bool {
    let is_sign = |c: char| !c.is_ascii_alphanumeric();
    let chunks = value.split(is_sign).filter(|chunk| !chunk.is_empty());
    let is_wordy = chunks.clone().all(|chunk| {
        let letters = chunk.trim_end_matches(|c: char| c.is_ascii_digit());
        letters.bytes().all(|b| b.is_ascii_alphabetic()) && shape::is_wordy(letters)
    });
    let is_plain = value
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let is_tried = Words::split(value).is_some_and(|words| {
        words
            .iter()
            .any(|word| TRIED.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())))
    });
    // A single run of letters and figures may be chosen all the same.
    is_wordy && (is_tried || is_plain && chunks.count() > 1)
}

/// Whether a value is encoded and says, once decoded, that it is for show.
fn is_encoded_example(value: &str) -> bool {
    value
        .split('.')
        .filter(|part| part.len() >= 12)
        .any(|part| {
            base64::text(part).is_some_and(|text| {
                let text = text.to_ascii_lowercase();
                ["default", "example", "test"]
                    .iter()
                    .any(|word| text.contains(word))
            })
        })
}

/// Whether the value of a password may be one, for a look at bytes before anything is parsed.
pub(super) fn may_be_password(text: &str) -> bool {
    looks_chosen(text)
        && matches!(
            value::classify(text, "password"),
            value::Class::Generated | value::Class::Other
        )
}

#[cfg(test)]
mod tests {
    use super::looks_chosen;

    #[test]
    fn words_are_not_chosen() {
        for value in [
            "7Qk2Zx9Lm4Vb8Nc1Rt6Y",
            "S3cure!Pass",
            "Winter2024!",
            "3b7c9e1a-52d4-4f08-9c6b-7a1e0d3f5b29",
            "q7Rt!92x",
        ] {
            assert!(looks_chosen(value), "{value}");
        }
        for value in [
            "test-jwt-token-12345",
            "TestPassword123!",
            "super_secret_value_67890",
            "NEO4J_DATABASE",
            "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
            "^(?=.*[A-Z])(?=.*\\d).{8,}$",
            "dGVzdC11c2VybmFtZTp0ZXN0LXBhc3N3b3Jk",
            "password",
        ] {
            assert!(!looks_chosen(value), "{value}");
        }
    }
}
