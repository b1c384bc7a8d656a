//! Vault and `OpenBao`: key-value store, version 2.

use super::ecma::{self, HELD_CJS, HELD_MJS, HELD_TS};
use super::python::{self, HELD, QUIET};
use super::rust;
use super::shell::{quoted, variable};
use super::{Address, Backend, Client, Flavor, Place, Store, Through, Use, is_path};

/// One secret for each server, whose keys are the names: one write is all of a server, one read a line of the audit log.
pub(super) static BACKEND: Backend = Backend {
    id: "vault",
    title: "Vault",
    clients: CLIENTS,
    place: Place {
        word: "mount",
        variable: None,
        usual: "secret",
        takes: is_path,
        constant: "MOUNT",
    },
    told: ["VAULT_ADDR", "vault-addr"],
    address: |team, server, name| Address {
        path: format!("{team}/{server}"),
        key: name.to_owned(),
    },
    longest: 512,
    folds_case: false,
    api: |mount, address| format!("{mount}/data/{}", address.path),
    store,
    policy: "hcl",
    reads: |mount, paths| rules(mount, paths, "\"read\""),
    pushes: |mount, paths| rules(mount, paths, "\"create\", \"read\""),
};

/// The first value of a path makes the secret there, and that never takes the place of one; the others are added to it.
fn store(store: &Store<'_>) -> String {
    let verb = if store.is_there {
        "patch"
    } else {
        "put -cas=0"
    };
    let (mount, path) = (quoted(store.place), quoted(&store.address.path));
    let target = quoted(&format!("{}=-", store.address.key));
    let variable = variable(store.name);
    format!("printf %s \"${variable}\" | vault kv {verb} -mount={mount} {path} {target}")
}

fn rules(mount: &str, paths: &[&str], capabilities: &str) -> String {
    let rule = |path: &&str| {
        let path = text(&format!("{mount}/data/{path}"));
        format!("path {path} {{\n  capabilities = [{capabilities}]\n}}\n")
    };
    paths.iter().map(rule).collect()
}

/// A string of HCL, where `*` and `+` in a path would allow more than it says.
fn text(path: &str) -> String {
    let plain: String = path
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '*' | '+' | '"' | '\\' | '$' | '%'))
        .collect();
    format!("\"{plain}\"")
}

const API_PYTHON: &str = include_str!("vault/api.py");
const HEAD: &str = include_str!("vault/secrets.rs");
const API: &str = include_str!("vault/api.rs");
const HTTP: &str = include_str!("vault/http.rs");
const TOKIO: Use = Use {
    name: "tokio",
    version: "1",
    before_node_22: None,
    features: &["rt"],
    default_features: true,
};

const TOKIO_WITH_TIME: Use = Use {
    features: &["rt", "time"],
    ..TOKIO
};
const VAULTRS: Use = Use {
    name: "vaultrs",
    version: "0.8",
    before_node_22: None,
    features: &["rustls"],
    default_features: false,
};
/// Whose errors those of `vaultrs` are made of.
const RUSTIFY: Use = Use {
    name: "rustify",
    version: "0.7",
    features: &[],
    ..VAULTRS
};

/// A client for each kind of file.
static CLIENTS: &[Client] = &[
    Client {
        flavor: Flavor::Ts,
        through: Through::Builtin,
        names: ["secrets.ts", "vault-secrets.ts"],
        parts: &[
            include_str!("vault/secrets.ts"),
            HELD_TS,
            include_str!("vault/api.ts"),
        ],
        entry: ecma::field,
        uses: &[],
    },
    Client {
        flavor: Flavor::Mjs,
        through: Through::Builtin,
        names: ["secrets.mjs", "vault-secrets.mjs"],
        parts: &[
            include_str!("vault/secrets.mjs"),
            HELD_MJS,
            include_str!("vault/api.mjs"),
        ],
        entry: ecma::field,
        uses: &[],
    },
    Client {
        flavor: Flavor::Cjs,
        through: Through::Builtin,
        names: ["secrets.cjs", "vault-secrets.cjs"],
        parts: &[
            include_str!("vault/secrets.cjs"),
            HELD_CJS,
            include_str!("vault/api.cjs"),
        ],
        entry: ecma::field,
        uses: &[],
    },
    Client {
        flavor: Flavor::Python,
        through: Through::Builtin,
        names: ["vault_secrets.py", "vault_secrets_client.py"],
        parts: &[
            include_str!("vault/vault_secrets.py"),
            HELD,
            include_str!("vault/urllib.py"),
            API_PYTHON,
        ],
        entry: python::field,
        uses: &[],
    },
    Client {
        flavor: Flavor::Python,
        through: Through::Library,
        names: ["vault_secrets.py", "vault_secrets_client.py"],
        parts: &[
            include_str!("vault/vault_secrets_hvac.py"),
            HELD,
            QUIET,
            include_str!("vault/hvac.py"),
            API_PYTHON,
        ],
        entry: python::field,
        uses: &[Use::plain("hvac", ">=2.4,<3")],
    },
    Client {
        flavor: Flavor::Rust,
        through: Through::Builtin,
        names: ["secrets.rs", "vault_secrets.rs"],
        parts: &[HEAD, rust::HELD, API, HTTP, include_str!("vault/ureq.rs")],
        entry: rust::field,
        uses: &[Use::plain("serde_json", "1"), Use::plain("ureq", "3")],
    },
    Client {
        flavor: Flavor::Rust,
        through: Through::Builtin,
        names: ["secrets.rs", "vault_secrets.rs"],
        parts: &[
            HEAD,
            rust::HELD,
            API,
            HTTP,
            include_str!("vault/reqwest.rs"),
        ],
        entry: rust::field,
        uses: &[
            Use::plain("reqwest", "0.12"),
            Use::plain("serde_json", "1"),
            TOKIO,
        ],
    },
    Client {
        flavor: Flavor::Rust,
        through: Through::Library,
        names: ["secrets.rs", "vault_secrets.rs"],
        parts: &[
            include_str!("vault/secrets_vaultrs.rs"),
            rust::HELD,
            API,
            include_str!("vault/vaultrs.rs"),
        ],
        entry: rust::field,
        uses: &[
            RUSTIFY,
            Use::plain("serde_json", "1"),
            TOKIO_WITH_TIME,
            VAULTRS,
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_allows_one_path() {
        assert_eq!(text("a/*/\"b\n"), "\"a//b\"");
        let hostile = Address {
            path: "team/a b".to_owned(),
            key: "X$(touch gone)\"';\n".to_owned(),
        };
        let command = store(&Store {
            place: "secret",
            address: &hostile,
            server: "a b",
            name: &hostile.key,
            is_there: true,
        });
        assert_eq!(
            command,
            "printf %s \"$VALUE\" | vault kv patch -mount=secret 'team/a b' 'X$(touch gone)\"'\\'';=-'"
        );
    }
}
