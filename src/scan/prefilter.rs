//! Whether a file can matter at all: one pass over its bytes for a few words. Most files are never parsed.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::language::Language;

/// What every language looks for beside its own words: the comments that silence findings.
const OWN: &str = "envacuate";

/// Whether the text holds one of the language's words, with no letter, digit or `_` beside it.
pub(super) fn can_matter(language: Language, text: &[u8]) -> bool {
    static FINDERS: [OnceLock<Option<AhoCorasick>>; Language::ALL.len()] =
        [const { OnceLock::new() }; Language::ALL.len()];
    let finder = FINDERS[language as usize].get_or_init(|| {
        let words = language.spec().anchors.iter().copied().chain([OWN]);
        // Leftmost-longest, so that `environ` is not hidden behind `env`.
        AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words)
            .ok()
    });
    let Some(finder) = finder else { return true };
    finder.find_iter(text).any(|found| {
        let word = |at: Option<&u8>| at.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        let escape = text[found.start()] == b'\\';
        escape
            || !word(
                found
                    .start()
                    .checked_sub(1)
                    .and_then(|before| text.get(before)),
            ) && !word(text.get(found.end()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_only() {
        let matters = |language, text: &str| can_matter(language, text.as_bytes());
        assert!(matters(Language::JavaScript, "process.env.X"));
        assert!(matters(Language::JavaScript, "process.\\u0065nv.X"));
        assert!(!matters(Language::JavaScript, "const environment = seven"));
        assert!(matters(Language::Python, "os.environ"));
        assert!(!matters(Language::Python, "environment = 1"));
        assert!(matters(Language::Rust, "env!(\"X\")"));
        assert!(matters(Language::Rust, "// envacuate: ignore[env-dump] x"));
    }
}
