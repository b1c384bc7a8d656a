//! The places of a file that may lead to a finding: one pass over its bytes for a few words. Most files have none, and
//! are never parsed.
//!
//! What stands beside such a word often tells enough: `process.env.PORT` is a read of no secret, `c.env` no environment.
//! One file per language; any doubt means that the place counts.

mod ecma;
mod finder;
mod python;
mod reporters;
mod rust;
mod words;

use crate::language::{Family, Language};
use crate::names::Names;
use crate::outline::Start;
use crate::text::TextRange;
use words::Place;

/// What every language looks for beside its own words: the comments that silence findings.
const OWN: &str = "envacuate";

/// What a word of the environment is part of, as far as the bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role<'t> {
    /// Nothing that matters.
    Harmless,
    /// A read of one variable of this name.
    Read(&'t str),
    /// Reads of variables whose names stand there.
    Several,
    /// A read of one variable whose name is a constant of this name.
    Named(TextRange),
    /// A read of one variable whose name is put together somewhere.
    Dynamic,
    /// The name of a module that an environment comes from.
    Import,
    /// Something that may fill the types of the file from the environment.
    Filling,
    /// Something that starts a process.
    Process,
    /// The name of a module that processes are started with.
    Processes,
    /// Something that may concern every declaration of the file.
    Everything,
    /// Something that is judged by itself.
    Here,
    /// Something that is judged with what it is made of.
    Made,
    /// Anything else.
    Unknown,
}

/// Where the text holds one of the language's words, with no letter, digit or `_` beside it, in a place that could lead
/// to a finding.
pub(super) fn find(language: Language, text: &[u8], names: &Names) -> Vec<(usize, Start)> {
    let Some(words) = finder::words(language, text) else {
        return vec![(0, Start::All)];
    };
    let mut ecma = ecma::Sources::new(text);
    let mut rust = rust::Options::default();
    let mut starts = Vec::new();
    for found in words {
        let place = Place::new(text, found);
        if !place.is_whole_word() {
            continue;
        }
        if place.word() == OWN.as_bytes() {
            starts.push((found.start, Start::Comment));
            continue;
        }
        let family = language.family();
        let role = reporters::role(family, &place).unwrap_or_else(|| match family {
            Family::Ecma => ecma::role(&place, &mut ecma),
            Family::Python => python::role(&place),
            Family::Rust => rust::role(&place, &mut rust),
        });
        let start = match role {
            Role::Harmless => continue,
            Role::Read(name) if names.classify(name).is_none() => continue,
            Role::Read(_) | Role::Several => Start::Value,
            Role::Named(name) => Start::Named(name),
            Role::Dynamic => Start::Name,
            Role::Import => Start::Import,
            Role::Filling => Start::Types,
            Role::Process => Start::Process,
            Role::Processes => Start::Processes,
            Role::Everything => Start::File,
            Role::Here => Start::Here,
            Role::Made => Start::Made,
            Role::Unknown => Start::All,
        };
        starts.push((found.start, start));
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matters(language: Language, text: &str) -> bool {
        !find(language, text.as_bytes(), &Names::default()).is_empty()
    }

    #[test]
    fn whole_words_only() {
        assert!(matters(Language::JavaScript, "process.env[x]"));
        assert!(!matters(Language::JavaScript, "process.env.PORT"));
        assert!(!matters(Language::JavaScript, "const env = 1"));
        assert!(matters(Language::JavaScript, "process.\\u0065nv.API_KEY"));
        assert!(!matters(Language::JavaScript, "const environment = seven"));
        assert!(matters(Language::Python, "os.environ"));
        assert!(!matters(Language::Python, "environment = 1"));
        assert!(matters(Language::Rust, "env!(\"API_KEY\")"));
        assert!(matters(Language::Rust, "// envacuate: ignore[env-dump] x"));
    }
}
