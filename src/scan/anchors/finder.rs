//! Finds a language's words in one go over the bytes.
//!
//! The vectorised searcher is several times faster than an automaton, but only for so many words at once and not on every
//! machine: a few sets of words are searched one after the other, and where there is no such searcher an automaton is.

use std::sync::OnceLock;

use aho_corasick::packed::{self, Searcher};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::OWN;
use crate::language::Language;
use crate::text::TextRange;

/// Words for one searcher: with more in one it stops at too many places that are none.
const TOGETHER: usize = 16;

/// What finds the words of one language.
#[derive(Debug)]
enum Finder {
    Packed(Vec<Searcher>),
    Automaton(AhoCorasick),
}

/// All places of a language's words, in order; of several at one place in one set the longest. [`None`] where they cannot
/// be looked for.
pub(super) fn words(language: Language, text: &[u8]) -> Option<Vec<TextRange>> {
    static FINDERS: [OnceLock<Option<Finder>>; Language::ALL.len()] =
        [const { OnceLock::new() }; Language::ALL.len()];
    let finder = FINDERS[language as usize].get_or_init(|| finder(language));
    let mut found: Vec<TextRange> = match finder.as_ref()? {
        Finder::Packed(searchers) => searchers
            .iter()
            .flat_map(|searcher| searcher.find_iter(text))
            .map(|found| TextRange::new(found.start(), found.end()))
            .collect(),
        Finder::Automaton(automaton) => automaton
            .find_iter(text)
            .map(|found| TextRange::new(found.start(), found.end()))
            .collect(),
    };
    for range in &mut found {
        // A quote makes a short word rare; the word alone is the place.
        if text.get(range.start).is_some_and(|b| b"\"'".contains(b)) {
            range.start += 1;
        }
    }
    found.sort_unstable();
    Some(found)
}

fn finder(language: Language) -> Option<Finder> {
    let mut words: Vec<&str> = language.spec().anchors.to_vec();
    words.push(OWN);
    packed(&words).or_else(|| {
        // Leftmost-longest, so that `environ` is not hidden behind `env`.
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&words);
        automaton.ok().map(Finder::Automaton)
    })
}

fn packed(words: &[&str]) -> Option<Finder> {
    // Words that hold each other have to be in one set.
    let (mut first, mut others): (Vec<&str>, Vec<&str>) = words
        .iter()
        .partition(|word| word.to_ascii_lowercase().contains("env"));
    first.sort_unstable();
    others.sort_unstable();
    let searcher = |words: &[&str]| {
        packed::Config::new()
            .match_kind(packed::MatchKind::LeftmostLongest)
            .builder()
            .extend(words.iter())
            .build()
    };
    let searchers: Option<Vec<Searcher>> = std::iter::once(first.as_slice())
        .chain(others.chunks(TOGETHER))
        .filter(|words| !words.is_empty())
        .map(searcher)
        .collect();
    searchers.map(Finder::Packed)
}
