//! Whether a file can matter at all: one pass over its bytes for a few words. Most files are never parsed.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::harmless::{has_source, is_harmless};
use crate::language::Language;
use crate::names::Names;
use crate::text::TextRange;

/// What every language looks for beside its own words: the comments that silence findings.
const OWN: &str = "envacuate";

/// Whether the text holds one of the language's words, with no letter, digit or `_` beside it, in a place that could
/// lead to a finding.
pub(super) fn can_matter(language: Language, text: &[u8], names: &Names) -> bool {
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
    let family = language.family();
    let is_word = |at: Option<&u8>| at.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let mut matters = finder.find_iter(text).filter(|found| {
        let before = found.start().checked_sub(1).and_then(|at| text.get(at));
        text[found.start()] == b'\\' || !is_word(before) && !is_word(text.get(found.end()))
    });
    matters.any(|found| {
        let range = TextRange::new(found.start(), found.end());
        &text[found.start()..found.end()] == OWN.as_bytes()
            || !is_harmless(family, text, range, names) && has_source(family, text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_only() {
        let matters =
            |language, text: &str| can_matter(language, text.as_bytes(), &Names::default());
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
