//! What is no YAML by the book and is written all the same, made YAML without moving a byte: actions of template
//! engines, and brackets that close further left than they may.
//!
//! Only for files that cannot be read otherwise. Used by the YAML reader alone.

use std::borrow::Cow;

use crate::config::node::{Builder, Entries, Kind};

/// The text as YAML of the same length; nothing for a text without anything to relax.
pub(super) fn relax(text: &str) -> Option<String> {
    let plain = plain(text);
    joined(plain.as_deref().unwrap_or(text)).or(plain)
}

/// The text with every line that starts with a closing bracket joined to the line before.
fn joined(text: &str) -> Option<String> {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let (mut line, mut is_changed) = (0, false);
    for whole in text.split_inclusive('\n') {
        if whole.trim_start().starts_with([']', '}']) && line < out.len() {
            let before = std::str::from_utf8(&out[line..]).unwrap_or_default();
            let end = before.find(" #").unwrap_or(before.trim_end().len());
            out[line + end..].fill(b' ');
            is_changed = true;
        } else {
            line = out.len();
        }
        out.extend_from_slice(whole.as_bytes());
    }
    is_changed.then(|| String::from_utf8(out).ok()).flatten()
}

/// The text with every action replaced by as many bytes; nothing for a text without actions.
///
/// A line of nothing but actions becomes blank; elsewhere an action becomes `<…>`, which reads as a placeholder.
fn plain(text: &str) -> Option<String> {
    text.find("{{")?;
    let mut out = String::with_capacity(text.len());
    // Where the line starts in `out`, and whether anything but actions stands on it.
    let (mut line, mut is_plain) = (0, false);
    let mut is_action = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_double = chars.peek() == Some(&c);
        match c {
            '\n' => {
                clear(&mut out, line, is_plain);
                out.push(c);
                (line, is_plain) = (out.len(), false);
            }
            '{' if is_double && !is_action => {
                chars.next();
                is_action = true;
                out.push_str("<_");
            }
            '}' if is_double && is_action => {
                chars.next();
                is_action = false;
                out.push_str("_>");
            }
            _ if is_action => {
                let mask = if c.is_whitespace() { ' ' } else { '_' };
                out.extend(std::iter::repeat_n(
                    if c == '\r' { c } else { mask },
                    c.len_utf8(),
                ));
            }
            _ => {
                is_plain |= !c.is_whitespace();
                out.push(c);
            }
        }
    }
    clear(&mut out, line, is_plain);
    Some(out)
}

/// Makes the line from a place on blank if only actions stand on it.
fn clear(out: &mut String, line: usize, is_plain: bool) {
    if !is_plain && out[line..].contains(['<', '_']) {
        let blank: String = out[line..]
            .chars()
            .map(|c| if c == '\r' { c } else { ' ' })
            .collect();
        out.truncate(line);
        out.push_str(&blank);
    }
}

/// The same entries over the text as it is.
pub(super) fn borrow<'t>(plain: &Entries<'_>, text: &'t str) -> Entries<'t> {
    let mut out = Builder::new(text);
    let mut open: Vec<usize> = Vec::new();
    for (index, node) in plain.nodes.iter().enumerate() {
        while open.last().is_some_and(|&at| Some(at) != node.parent) {
            if let Some(at) = open.pop() {
                out.close(plain.nodes[at].kind);
            }
        }
        let own = |value: &str| Cow::<'t, str>::Owned(value.to_owned());
        let key = (!node.name.is_empty()).then(|| (own(&node.name), node.key));
        if matches!(node.kind, Kind::Map | Kind::List) {
            out.open(key, node.kind, node.range.start);
            open.push(index);
        } else {
            out.value(key, own(&node.text), node.range);
        }
    }
    if let Some(problem) = plain.problem() {
        out.stop(problem.at, problem.message);
    }
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn actions_keep_their_length() {
        let text = "{{- if .a }}\nb: {{ .c | é }}\n  {{/* d:\n e */}}\n{{ end }}{{ x }}\n";
        let plain = plain(text).unwrap();
        assert_eq!(plain.len(), text.len());
        assert_eq!(
            plain,
            "            \nb: <_ __ _ __ _>\n         \n       \n                \n"
        );
        assert!(super::plain("a: b").is_none());
    }

    #[test]
    fn brackets_close_anywhere() {
        let text = "a: [\n  b, # é\r\n]\nc: d\n";
        let relaxed = super::relax(text).unwrap();
        assert_eq!(relaxed.len(), text.len());
        assert_eq!(relaxed, "a: [\n  b,       ]\nc: d\n");
        assert!(super::relax("a: b").is_none());
    }
}
