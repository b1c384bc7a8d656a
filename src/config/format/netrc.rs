//! netrc: `machine`, `login` and `password`, separated by any space.

use std::borrow::Cow;

use super::{Format, Spec};
use crate::config::node::{Builder, Entries, Kind};
use crate::text::TextRange;

pub(super) static SPEC: Spec = Spec {
    format: Format::Netrc,
    names: &[".netrc", "_netrc", "netrc"],
    starts: &[],
    ends: &[],
    read,
};

fn read(text: &str) -> Entries<'_> {
    let mut out = Builder::new(text);
    out.open(None, Kind::Map, 0);
    let mut key: Option<(usize, &str)> = None;
    for (line_at, line) in super::lines::lines(text) {
        let line = line.split('#').next().unwrap_or_default();
        let mut from = 0;
        for word in line.split_ascii_whitespace() {
            let Some(found) = line[from..].find(word) else {
                break;
            };
            let at = line_at + from + found;
            from += found + word.len();
            if let Some((key_at, name)) = key.take() {
                out.value(
                    Some((
                        Cow::Borrowed(name),
                        TextRange::new(key_at, key_at + name.len()),
                    )),
                    Cow::Borrowed(word),
                    TextRange::new(at, at + word.len()),
                );
            } else if matches!(word, "machine" | "login" | "password" | "account") {
                key = Some((at, word));
            }
        }
    }
    out.finish()
}
