//! Values that do not stand in a file as one program gets them for certain: what is taken for them could be another value.

use crate::config::{Assigned, Format, Shape};

/// Why a value is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// Programs that read the file make different values of it.
    Doubtful,
    /// It is encoded.
    Encoded,
}

/// Why a value of a text is not taken, if it is not.
pub(super) fn unfit(format: Format, text: &str, one: &Assigned<'_>) -> Option<Unfit> {
    let is_plain_line = format == Format::Dotenv && one.shape == Shape::Member;
    if is_plain_line && is_doubtful(text, one.value.start, one.value.end) {
        return Some(Unfit::Doubtful);
    }
    let is_tree = matches!(format, Format::Json | Format::Yaml);
    let map = one.around.first().map(|around| around.name.as_str());
    (is_tree && map == Some("data") && has_secret(text)).then_some(Unfit::Encoded)
}

/// Whether the value of a dotenv file between two places, quotes not included, is one thing here and another there.
fn is_doubtful(text: &str, start: usize, end: usize) -> bool {
    let (before, raw, behind) = (&text[..start], &text[start..end], &text[end..]);
    let is_quote = |c: &char| matches!(c, '"' | '\'' | '`');
    let quote = before.chars().next_back().filter(is_quote);
    let Some(quote) = quote.filter(|&quote| behind.starts_with(quote)) else {
        // A quote without an end, and a line that goes on in the next one for some.
        return raw.starts_with(|c| is_quote(&c)) || raw.ends_with('\\');
    };
    let rest = behind[1..].lines().next().unwrap_or_default().trim();
    if !rest.is_empty() && !rest.starts_with('#') {
        return true;
    }
    let mut signs = raw.chars();
    while quote == '"'
        && let Some(sign) = signs.next()
    {
        if sign == '\\' && !matches!(signs.next(), Some('\\' | '"' | 'n' | 'r')) {
            return true;
        }
    }
    false
}

/// Whether a text describes a Secret of Kubernetes.
fn has_secret(text: &str) -> bool {
    let between = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ':');
    text.match_indices("Secret").any(|(at, word)| {
        let is_end = !text[at + word.len()..].starts_with(|c: char| c.is_alphanumeric());
        is_end && text[..at].trim_end_matches(between).ends_with("kind")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_read_differently_is_doubtful() {
        for (text, expected) in [
            ("A=abc", false),
            ("A=abc # x", false),
            ("A='a\"b\\x' # x", false),
            ("A=\"a\\n\\\"b\\\\\"#x", false),
            ("A=\"a\nb\"\nB=1", false),
            ("A='it'\\''s'", true),
            ("A='it\\'s'", true),
            ("A=\"abc\"def", true),
            ("A=\"abc", true),
            ("A=abc\\\nB=1", true),
            ("A=\"a\\$b\"", true),
            ("A=\"a\\u00e9\"", true),
        ] {
            let names = crate::names::Names::new(&[], &["A".to_owned()]);
            let found = crate::config::assigned(".env", Format::Dotenv, text, &names, &["A"]);
            let found = found.unwrap();
            let is = unfit(Format::Dotenv, text, &found[0]) == Some(Unfit::Doubtful);
            assert_eq!(is, expected, "{text}");
        }
    }

    #[test]
    fn a_secret_of_kubernetes_is_known_by_its_kind() {
        assert!(has_secret("kind: Secret\ndata: {}"));
        assert!(has_secret("{\"kind\": \"Secret\"}"));
        for text in [
            "kind: ConfigMap",
            "kind: SecretStore",
            "kind: SealedSecret",
            "Secret",
        ] {
            assert!(!has_secret(text), "{text}");
        }
    }
}
