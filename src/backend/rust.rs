//! What the clients in Rust of all managers have in common: parts of their templates, and lines of their tables.
//!
//! Knows no manager. Used by the tables of clients.

use super::Held;

/// What they offer, and how long a value is held.
pub(super) const HELD: &str = include_str!("rust/held.rs");

/// The line for a secret that is one field of several.
pub(super) fn field(held: &Held<'_>) -> String {
    let Held { name, path, key } = held;
    format!("({name:?}, {path:?}, {key:?}),")
}
