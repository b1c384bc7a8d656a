//! Vault and `OpenBao`: key-value store, version 2.

use super::{Client, Flavor, Held};

/// A client for each kind of file.
pub static CLIENTS: &[Client] = &[
    Client {
        flavor: Flavor::Ts,
        names: ["secrets.ts", "vault-secrets.ts"],
        template: include_str!("vault/secrets.ts"),
        entry: ecma,
        uses: &[],
    },
    Client {
        flavor: Flavor::Mjs,
        names: ["secrets.mjs", "vault-secrets.mjs"],
        template: include_str!("vault/secrets.mjs"),
        entry: ecma,
        uses: &[],
    },
    Client {
        flavor: Flavor::Cjs,
        names: ["secrets.cjs", "vault-secrets.cjs"],
        template: include_str!("vault/secrets.cjs"),
        entry: ecma,
        uses: &[],
    },
    Client {
        flavor: Flavor::Python,
        names: ["vault_secrets.py", "vault_secrets_client.py"],
        template: include_str!("vault/vault_secrets.py"),
        entry: python,
        uses: &[],
    },
    Client {
        flavor: Flavor::Rust,
        names: ["secrets.rs", "vault_secrets.rs"],
        template: include_str!("vault/secrets.rs"),
        entry: rust,
        uses: &[("serde_json", "1"), ("ureq", "3")],
    },
    Client {
        flavor: Flavor::Rust,
        names: ["secrets.rs", "vault_secrets.rs"],
        template: include_str!("vault/secrets_reqwest.rs"),
        entry: rust,
        uses: &[("reqwest", "0.12"), ("serde_json", "1"), ("tokio", "1")],
    },
];

fn ecma(held: &Held<'_>) -> String {
    let Held { name, path, key } = held;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_name = name.chars().all(is_plain) && !name.starts_with(|c: char| c.is_ascii_digit());
    if is_name {
        format!("{name}: [{path:?}, {key:?}],")
    } else {
        format!("{name:?}: [{path:?}, {key:?}],")
    }
}

fn python(held: &Held<'_>) -> String {
    let Held { name, path, key } = held;
    format!("{name:?}: ({path:?}, {key:?}),")
}

fn rust(held: &Held<'_>) -> String {
    let Held { name, path, key } = held;
    format!("({name:?}, {path:?}, {key:?}),")
}
