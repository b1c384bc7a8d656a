//! The proof that a changed text holds all that was there but for what was taken out.

use crate::config::{Format, read};
use crate::text::TextRange;

/// One value: the keys that lead to it, and how it is written.
type Line = (Vec<String>, String);

/// All values of a text by place; nothing for a text that is not understood.
fn values(format: Format, text: &str) -> Option<Vec<(TextRange, Line)>> {
    let entries = read(format, text);
    if entries.problem().is_some() {
        return None;
    }
    let line = |entry: crate::config::Entry| {
        let written = text
            .get(entry.value.start..entry.value.end)
            .unwrap_or_default();
        (entry.value, (entry.path, written.to_owned()))
    };
    Some(entries.iter().map(line).collect())
}

/// Whether the program that reads such files takes a text, as far as that can be told here.
fn is_taken(format: Format, text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    match format {
        Format::Json => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
        Format::Toml => text.parse::<toml_edit::DocumentMut>().is_ok(),
        _ => true,
    }
}

/// Whether the text is the same without the values at some places.
pub(super) fn is_without(format: Format, before: &str, after: &str, gone: &[TextRange]) -> bool {
    let (Some(old), Some(new)) = (values(format, before), values(format, after)) else {
        return false;
    };
    let kept = old.iter().filter(|(range, _)| !gone.contains(range));
    let kept: Vec<&Line> = kept.map(|(_, line)| line).collect();
    let is_gone = kept.len() + gone.len() == old.len();
    is_gone
        && kept.iter().copied().eq(new.iter().map(|(_, line)| line))
        && stays_taken(format, before, after)
}

/// Whether the text is the same with another name and another value at one place.
pub(super) fn is_replaced(
    format: Format,
    before: &str,
    after: &str,
    place: TextRange,
    name: &str,
    value: &str,
) -> bool {
    let (Some(old), Some(new)) = (values(format, before), values(format, after)) else {
        return false;
    };
    let same = |((range, old), (_, new)): (&(TextRange, Line), &(TextRange, Line))| {
        if *range != place {
            return old == new;
        }
        let is_member = new.0.last().is_some_and(|last| last == name) && new.1 == value;
        let is_item = new.0 == old.0 && new.1 == format!("{name}={value}");
        is_member || is_item
    };
    old.len() == new.len() && old.iter().zip(&new).all(same) && stays_taken(format, before, after)
}

fn stays_taken(format: Format, before: &str, after: &str) -> bool {
    is_taken(format, after) || !is_taken(format, before)
}
