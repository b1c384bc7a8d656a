//! What the clients in TypeScript and JavaScript of all managers have in common: parts of their templates, and lines of
//! their tables.
//!
//! Knows no manager. Used by the tables of clients.

use super::Held;

/// What they offer, and how long a value is held: TypeScript.
pub(super) const HELD_TS: &str = include_str!("ecma/held.ts");
/// The same for ES modules.
pub(super) const HELD_MJS: &str = include_str!("ecma/held.mjs");
/// The same for `CommonJS`.
pub(super) const HELD_CJS: &str = include_str!("ecma/held.cjs");

/// How they drive the client that a cloud publishes: TypeScript.
pub(super) const CLOUD_TS: &str = include_str!("ecma/cloud.ts");
/// The same for ES modules.
pub(super) const CLOUD_MJS: &str = include_str!("ecma/cloud.mjs");
/// The same for `CommonJS`.
pub(super) const CLOUD_CJS: &str = include_str!("ecma/cloud.cjs");

/// The line of a template in TypeScript that says where it is, and the one for a package whose modules are `CommonJS`.
pub(super) const HERE: [&str; 2] = [
    "const HERE = import.meta.url;",
    "const HERE = typeof __filename === \"string\" ? __filename : (process.argv[1] ?? \"\");",
];

/// The line for a secret that is one field of several.
pub(super) fn field(held: &Held<'_>) -> String {
    let Held { path, key, .. } = held;
    format!("{}: [{path:?}, {key:?}],", property(held.name))
}

/// The line for a secret that is one value.
pub(super) fn value(held: &Held<'_>) -> String {
    format!("{}: {:?},", property(held.name), held.path)
}

fn property(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_name = name.chars().all(is_plain) && !name.starts_with(|c: char| c.is_ascii_digit());
    if is_name {
        name.to_owned()
    } else {
        format!("{name:?}")
    }
}
