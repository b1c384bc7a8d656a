//! The judgement of one value: its look, weighed with what its name tells.
//!
//! Knows no file and no place. Used by the judgement of files.

use super::value::{self, Class};
use crate::model::Confidence;

/// What gives a secret away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It has the shape of a service's credentials.
    Shape,
    /// It is a private key.
    PrivateKey,
    /// It is the password of an address.
    Address,
    /// Its name says so, and it is no placeholder.
    Name,
    /// It is a password that everybody can guess.
    Weak,
}

impl Why {
    /// Completes "the value …".
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shape => "has the shape of a service's credential",
            Self::PrivateKey => "is a private key",
            Self::Address => "is the password of an address",
            Self::Name => "stands under the name of a secret",
            Self::Weak => "is a password that is easy to guess",
        }
    }
}

/// What a name tells about the value under it.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) provider: Option<&'static str>,
    /// Whether the value may be harmless unless it looks like a secret.
    pub(super) ambiguous: bool,
    /// Whether people choose the value.
    pub(super) is_password: bool,
}

/// A secret without its place.
pub(super) struct Verdict {
    pub(super) why: Why,
    pub(super) confidence: Confidence,
    pub(super) provider: Option<&'static str>,
}

/// Judges a value by its look under a name.
pub(super) fn judge_value(value: &str, named: Option<&Named<'_>>) -> Option<Verdict> {
    let value = value.trim();
    let class = value::classify(value, named.map_or("", |named| named.name));
    let provider = named.and_then(|named| named.provider);
    let verdict = |why, confidence| {
        Some(Verdict {
            why,
            confidence,
            provider,
        })
    };
    match class {
        Class::Known(own) => Some(Verdict {
            why: Why::Shape,
            confidence: Confidence::High,
            provider: own.or(provider),
        }),
        Class::PrivateKey => verdict(Why::PrivateKey, Confidence::High),
        Class::Empty
        | Class::Reference
        | Class::Placeholder
        | Class::Path
        | Class::Address
        | Class::Public => None,
        _ => {
            let named = named?;
            let count = value.chars().count();
            match class {
                Class::Generated if named.ambiguous || count < 16 => {
                    verdict(Why::Name, Confidence::Medium)
                }
                Class::Generated => verdict(Why::Name, Confidence::High),
                Class::Other if named.ambiguous || count < 4 => None,
                Class::Other if named.is_password => verdict(Why::Name, Confidence::Medium),
                Class::Other if count >= 8 => verdict(Why::Name, Confidence::Low),
                Class::Default | Class::Words if named.is_password && !named.ambiguous => {
                    verdict(Why::Weak, Confidence::Low)
                }
                Class::Harmless
                    if named.is_password
                        && count >= 4
                        && value.bytes().all(|b| b.is_ascii_digit()) =>
                {
                    verdict(Why::Weak, Confidence::Low)
                }
                _ => None,
            }
        }
    }
}
