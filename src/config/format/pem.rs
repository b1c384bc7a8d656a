//! Files that hold one key in armour and nothing else.

use std::borrow::Cow;

use super::{Format, Spec};
use crate::config::node::{Builder, Entries, Kind};
use crate::text::TextRange;

pub(super) static SPEC: Spec = Spec {
    format: Format::Pem,
    names: &["id_dsa", "id_ecdsa", "id_ed25519", "id_rsa"],
    starts: &[],
    ends: &[".key", ".pem"],
    read,
};

fn read(text: &str) -> Entries<'_> {
    let mut out = Builder::new(text);
    out.open(None, Kind::Map, 0);
    let body = text.trim_end();
    let start = body.find("-----BEGIN").unwrap_or_default();
    out.value(
        None,
        Cow::Borrowed(&body[start..]),
        TextRange::new(start, body.len()),
    );
    out.finish()
}
