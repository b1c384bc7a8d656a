//! Text of others inside of Markdown: nothing in it can end what it stands in, link, mention or become HTML.
//!
//! Used by whatever is written as Markdown.

use crate::text::show;

/// A code span that its text cannot end.
pub(super) fn code(text: &str) -> String {
    let text = show(text);
    if text.is_empty() {
        return "(none)".to_owned();
    }
    let fence = fence(&text, 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.trim().is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Backticks, more than anywhere in the text.
pub(super) fn fence(text: &str, least: usize) -> String {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat((longest + 1).max(least))
}

/// A sentence of ours with names in it: plain words as they are, whatever else as code.
pub(super) fn sentence(text: &str) -> String {
    let text = show(text);
    let mut parts: Vec<String> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    let flush = |names: &mut Vec<&str>, parts: &mut Vec<String>| {
        if !names.is_empty() {
            parts.push(code(&names.join(" ")));
            names.clear();
        }
    };
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let (body, mark) = match word.strip_suffix([',', ';', '.', ':']) {
            Some(body) => (body, &word[body.len()..]),
            None => (word, ""),
        };
        let is_plain = |body: &str| {
            let letters = |c: char| c.is_ascii_alphabetic() || c == '\'';
            body.chars().all(letters) && !body.chars().skip(1).any(|c| c.is_ascii_uppercase())
        };
        if is_plain(body) {
            flush(&mut names, &mut parts);
            parts.push(word.to_owned());
        } else if mark.is_empty() {
            names.push(word);
        } else {
            names.push(body);
            flush(&mut names, &mut parts);
            if let Some(last) = parts.last_mut() {
                last.push_str(mark);
            }
        }
    }
    flush(&mut names, &mut parts);
    parts.join(" ")
}

/// A cell of a table; a row is split at a bar even inside of code.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_what_it_stands_in() {
        for (text, expected) in [
            ("A_TOKEN", "`A_TOKEN`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("a\n# b", "`a\\u{a}# b`"),
            ("", "(none)"),
        ] {
            assert_eq!(code(text), expected);
        }
    }

    #[test]
    fn names_in_a_sentence_are_code() {
        for (text, expected) in [
            (
                "secret A_TOKEN is read, and B is not.",
                "secret `A_TOKEN` is read, and B is not.",
            ),
            (
                "it's <b>x</b> @me [a](b) www.a.b; then",
                "it's `<b>x</b> @me [a](b) www.a.b`; then",
            ),
            ("HTTP `x` *y*", "``HTTP `x` *y*``"),
        ] {
            assert_eq!(sentence(text), expected);
        }
    }
}
