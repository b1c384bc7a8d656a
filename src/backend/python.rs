//! What the clients in Python of all managers have in common: a part of their templates, and lines of their tables.
//!
//! Knows no manager. Used by the tables of clients.

use super::Held;

/// What they offer, and how long a value is held.
pub(super) const HELD: &str = include_str!("python/held.py");

/// How they drive the client that a cloud publishes.
pub(super) const CLOUD: &str = include_str!("python/cloud.py");

/// How libraries are kept from logging what they are told.
pub(super) const QUIET: &str = include_str!("python/quiet.py");

/// The line for a secret that is one field of several.
pub(super) fn field(held: &Held<'_>) -> String {
    let Held { name, path, key } = held;
    format!("{name:?}: ({path:?}, {key:?}),")
}

/// The line for a secret that is one value.
pub(super) fn value(held: &Held<'_>) -> String {
    let Held { name, path, .. } = held;
    format!("{name:?}: {path:?},")
}
