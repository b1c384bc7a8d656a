//! What the clients in Rust of all managers have in common: parts of their templates, and lines of their tables.
//!
//! Knows no manager. Used by the tables of clients.

use super::{Held, Use};

/// What they offer, and how long a value is held.
pub(super) const HELD: &str = include_str!("rust/held.rs");

/// How those of the clouds use what their makers publish.
pub(super) const SDK: &str = include_str!("rust/sdk.rs");

/// The runtime of the SDKs of the clouds.
pub(super) const RUNTIME: Use = Use {
    name: "tokio",
    version: "1",
    before_node_22: None,
    features: &["rt-multi-thread", "time"],
    default_features: true,
};

/// The line for a secret that is one field of several.
pub(super) fn field(held: &Held<'_>) -> String {
    let Held { name, path, key } = held;
    format!("({name:?}, {path:?}, {key:?}),")
}

/// The line for a secret that is one value.
pub(super) fn value(held: &Held<'_>) -> String {
    let Held { name, path, .. } = held;
    format!("({name:?}, {path:?}),")
}
