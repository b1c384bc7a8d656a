//! What the declarations of Rust say of how a value is shown: types with a `Debug` of their own, and fields that are left
//! out or of a type that shows nothing.
//!
//! Read from the text: a declaration is needed for nothing else, and may not have been parsed.

use memchr::memmem;

use super::opened::{is_sealing, sealed};
use super::{Flow, Kind, State};
use crate::facts::pattern::Step;
use crate::language::Family;
use crate::syntax::NodeId;

/// Declarations of one file that are read.
const MAX_TYPES: usize = 200;

/// Words in an attribute of a field that is not shown as it is.
const HIDING: [&str; 5] = ["debug(", "ignore", "mask", "redact", "skip"];

/// A field of a struct.
struct Field<'t> {
    of: &'t str,
    /// Its attributes and comments.
    before: &'t str,
    kind: &'t str,
}

/// The word that a text starts with.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The texts behind each place where some words stand.
fn behind<'t>(text: &'t [u8], words: &'t str) -> impl Iterator<Item = &'t str> {
    memmem::find_iter(text, words)
        .take(MAX_TYPES)
        .map(move |at| {
            let rest = &text[at + words.len()..];
            match std::str::from_utf8(rest) {
                Ok(rest) => rest,
                Err(error) => std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default(),
            }
        })
}

/// The fields of a name in all structs of a text.
fn fields<'t>(text: &'t [u8], name: &str) -> Vec<Field<'t>> {
    let mut found = Vec::new();
    for rest in behind(text, "struct ") {
        let of = word(rest);
        let Some(open) = rest.find(['{', ';', '(']) else {
            continue;
        };
        if of.is_empty() || !rest[open..].starts_with('{') {
            continue;
        }
        for written in parts(&rest[open + 1..]) {
            let (before, declared) = behind_attributes(written);
            let Some((left, kind)) = declared.split_once(':') else {
                continue;
            };
            if left.split_whitespace().next_back() == Some(name) {
                found.push(Field { of, before, kind });
            }
        }
    }
    found
}

/// What stands between the commas up to the end of a block.
fn parts(block: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start, mut last) = (0_usize, 0, ' ');
    let mut in_comment = false;
    for (at, c) in block.char_indices() {
        in_comment = (in_comment || c == '/' && last == '/') && c != '\n';
        match c {
            _ if in_comment => {}
            '(' | '[' | '{' | '<' => depth += 1,
            '}' if depth == 0 => {
                parts.push(&block[start..at]);
                return parts;
            }
            '>' if last == '-' || last == '=' => {}
            ')' | ']' | '}' | '>' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&block[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        last = c;
    }
    parts
}

/// The attributes and comments before a field, and the field.
fn behind_attributes(written: &str) -> (&str, &str) {
    let mut rest = written.trim_start();
    loop {
        let end = if rest.starts_with("#[") {
            rest.find(']').map(|at| at + 1)
        } else if rest.starts_with("//") {
            rest.find('\n')
        } else {
            None
        };
        let Some(end) = end else { break };
        rest = rest[end..].trim_start();
    }
    (&written[..written.len() - rest.len()], rest)
}

impl Flow<'_, '_> {
    fn fields(&self, name: &str) -> Vec<Field<'_>> {
        self.values.tree.spend(self.values.bytes.len() / 64);
        fields(self.values.bytes, name)
    }

    /// The value as a field of a struct holds it.
    pub(super) fn in_field(&self, state: &State, name: &str) -> State {
        if state.kind == Kind::Secret
            && self.values.family() == Family::Rust
            && self.fields(name).iter().any(|field| is_sealing(field.kind))
        {
            return Self::closed(state);
        }
        state.clone()
    }

    /// Whether a struct of Rust is shown by code that was written for it, which may leave the secret out.
    pub(super) fn is_sealed(&self, state: &State, sink: NodeId, source: NodeId) -> bool {
        let values = self.values;
        let mut keys = state.path.iter().filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            _ => None,
        });
        if values.family() != Family::Rust || keys.clone().next().is_none() {
            return false;
        }
        // Without `{:?}` or a serialiser only a type with a text of its own can be shown.
        let shown = values.text(sink);
        if !shown.contains('?') && !shown.contains("json") {
            return true;
        }
        let own: Vec<&str> = behind(values.bytes, "Debug for ").map(word).collect();
        // Where several types have such a field, the one that was written.
        let around = values.tree.ancestors(source).take(12);
        let made: Vec<&str> = around
            .filter(|&node| values.tree.kind_name(node) == "struct_expression")
            .filter_map(|node| values.tree.child(node, "name"))
            .map(|name| word(values.text(name).rsplit(':').next().unwrap_or_default()))
            .collect();
        keys.any(|key| {
            let mut fields = self.fields(key);
            if fields.iter().any(|field| made.contains(&field.of)) {
                fields.retain(|field| made.contains(&field.of));
            }
            if fields.is_empty() {
                // Of a type that is declared elsewhere.
                let elsewhere = |name: &&str| {
                    let declared = format!("struct {name}");
                    memmem::find(values.bytes, declared.as_bytes()).is_none()
                };
                return own.iter().any(elsewhere);
            }
            fields.iter().any(|field| {
                own.contains(&field.of)
                    || is_sealing(field.kind)
                    || HIDING.iter().any(|word| field.before.contains(word))
            })
        })
    }
}

/// Whether a path goes into something that does not show it.
pub(super) fn is_closed(path: &[Step]) -> bool {
    path.first() == Some(&sealed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_from_the_text() {
        let text = b"struct Empty;\nstruct Pair(u8, u8);\npub struct Config<T> {\n    /// The key, as given.\n    \
                     #[serde(skip)]\n    pub(crate) key: Option<String>,\n    all: HashMap<String, Vec<u8>>,\n    \
                     url: url::Url\n}\nstruct Other { key: SecretString }\n";
        let shown = |name: &str| -> Vec<String> {
            let fields = fields(text, name);
            fields
                .iter()
                .map(|field| {
                    format!(
                        "{} {} {}",
                        field.of,
                        field.kind.trim(),
                        field.before.contains("skip")
                    )
                })
                .collect()
        };
        assert_eq!(
            shown("key"),
            ["Config Option<String> true", "Other SecretString false"]
        );
        assert_eq!(shown("all"), ["Config HashMap<String, Vec<u8>> false"]);
        assert_eq!(shown("url"), ["Config url::Url false"]);
        assert_eq!(shown("String"), [""; 0]);
    }
}
