//! Lines of `key = value` with or without sections: INI, properties, npmrc, pypirc, AWS credentials, tfvars.

use std::borrow::Cow;

use super::lines::{lines, trim, unquote};
use super::{Format, Spec};
use crate::config::node::{Builder, Entries, Kind};
use crate::text::TextRange;

pub(super) static SPEC: Spec = Spec {
    format: Format::Ini,
    names: &[
        ".npmrc",
        ".pypirc",
        ".yarnrc",
        "credentials",
        "npmrc",
        "pip.conf",
    ],
    starts: &[".pgpass"],
    ends: &[
        ".cfg",
        ".conf",
        ".ini",
        ".properties",
        ".service",
        ".tfvars",
    ],
    read,
};

fn read(text: &str) -> Entries<'_> {
    let mut out = Builder::new(text);
    out.open(None, Kind::Map, 0);
    let mut in_section = false;
    for (at, line) in lines(text) {
        if out.is_full() {
            break;
        }
        let (at, line) = trim(at, line);
        if line.is_empty() || line.starts_with(['#', ';', '!']) || line.starts_with("//~") {
            continue;
        }
        let section = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        if let Some((name, _)) = section {
            if in_section {
                out.close(Kind::Map);
            }
            let range = TextRange::new(at + 1, at + 1 + name.len());
            out.open(Some((Cow::Borrowed(name), range)), Kind::Map, at);
            in_section = true;
            continue;
        }
        // In `//registry.example/:_authToken=…` the colons belong to the key.
        let split = line
            .find('=')
            .or_else(|| line.find(": ").filter(|_| !line.starts_with("//")));
        let Some(split) = split else { continue };
        let (key_at, key) = trim(at, &line[..split]);
        let (key_at, key) = match key.rfind(":_") {
            Some(colon) => (key_at + colon + 1, &key[colon + 1..]),
            None => (key_at, key),
        };
        let (value_at, value) = trim(at + split + 1, &line[split + 1..]);
        let value = without_comment(value);
        let (value_at, value) = unquote(value_at, value);
        out.value(
            Some((
                Cow::Borrowed(key),
                TextRange::new(key_at, key_at + key.len()),
            )),
            Cow::Borrowed(value),
            TextRange::new(value_at, value_at + value.len()),
        );
    }
    out.finish()
}

/// The value without a comment behind it.
fn without_comment(value: &str) -> &str {
    let from = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => match value[1..].find(quote) {
            Some(end) => end + 2,
            None => return value,
        },
        _ => 0,
    };
    let end = [" #", "\t#", " ;", "\t;"]
        .iter()
        .filter_map(|mark| value[from..].find(mark))
        .min()
        .map_or(value.len(), |at| from + at);
    value[..end].trim_end()
}
