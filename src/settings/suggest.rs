//! "Did you mean": the known word that a mistyped one is closest to.

/// Longer words are not compared; the comparison is quadratic and the file may be anybody's.
const LONGEST: usize = 64;

/// The closest of the known words, if one is close.
pub(super) fn suggest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = kebab(word);
    similar::get_close_matches(word.as_str(), known, 1, 0.6)
        .first()
        .copied()
}

/// `maxFileSize` and `max_file_size` as `max-file-size`.
fn kebab(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        out.push(if c == '_' {
            '-'
        } else {
            c.to_ascii_lowercase()
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn finds_the_word_that_was_meant() {
        let known = ["select", "ignore", "include-tests", "max-file-size"];
        assert_eq!(suggest("selct", &known), Some("select"));
        assert_eq!(suggest("maxFileSize", &known), Some("max-file-size"));
        assert_eq!(suggest("INCLUDE_TESTS", &known), Some("include-tests"));
        assert_eq!(suggest("include_tests", &known), Some("include-tests"));
        assert_eq!(suggest("vault", &known), None);
        assert_eq!(suggest(&"select".repeat(100), &known), None);
    }
}
