//! Azure Key Vault.

use super::ecma::{CLOUD_CJS, CLOUD_MJS, CLOUD_TS, HELD_CJS, HELD_MJS, HELD_TS};
use super::python::{self, CLOUD, HELD, QUIET};
use super::rust;
use super::shell::{plain, quoted, variable};
use super::{Address, Backend, Client, Flavor, Place, Store, Through, Use, ecma};

/// One secret for each name: there are none with several keys. Names have no `_` and know no case, so that the true one is
/// kept in a tag.
pub(super) static BACKEND: Backend = Backend {
    id: "azure",
    title: "Azure Key Vault",
    clients: CLIENTS,
    place: Place {
        word: "vault-url",
        variable: Some("AZURE_KEYVAULT_URL"),
        usual: "",
        takes: |url| {
            let host = url.strip_prefix("https://").unwrap_or_default();
            let host = host.strip_suffix('/').unwrap_or(host);
            let is_host = |c: char| c.is_ascii_alphanumeric() || "-.:".contains(c);
            !host.is_empty() && host.chars().all(is_host)
        },
        constant: "DEFAULT_VAULT_URL",
    },
    told: ["AZURE_KEYVAULT_URL", "vault-url"],
    address: |team, server, name| Address {
        path: plain(&format!("{team}-{server}-{name}"), "-"),
        key: String::new(),
    },
    longest: 127,
    folds_case: true,
    api: |vault, address| {
        let vault = if vault.is_empty() { "VAULT_URL" } else { vault };
        format!("{}/secrets/{}", vault.trim_end_matches('/'), address.path)
    },
    store,
    policy: "az",
    reads: |_, paths| {
        let line = |path: &&str| {
            format!(
                "az role assignment create --role \"Key Vault Secrets User\" --assignee \"$SERVER_IDENTITY\" --scope \"$VAULT_ID\"/secrets/{}\n",
                quoted(path)
            )
        };
        paths.iter().map(line).collect()
    },
    pushes: |_, _| {
        "az role assignment create --role \"Key Vault Secrets Officer\" --assignee \"$PUSH_IDENTITY\" --scope \"$VAULT_ID\"\n"
            .to_owned()
    },
};

/// The manager would write over a value, so whether there is one is asked first.
fn store(store: &Store<'_>) -> String {
    let (vault, path) = (vault(store.place), quoted(&store.address.path));
    format!(
        "az keyvault secret show --vault-name {vault} --name {path} --query id || printf %s \"${}\" | az keyvault secret set --vault-name {vault} --name {path} --file /dev/stdin --encoding utf-8 --query id --tags managed-by=envacuate {}",
        variable(store.name),
        quoted(&format!("name={}", store.name))
    )
}

/// The name of a vault, which is the first part of its host.
fn vault(url: &str) -> String {
    let host = url.trim_start_matches("https://");
    match host.split(['.', '/', ':']).next() {
        None | Some("") => "\"$AZURE_KEYVAULT_NAME\"".to_owned(),
        Some(name) => quoted(name),
    }
}

/// A client for each kind of file.
static CLIENTS: &[Client] = &[
    Client {
        flavor: Flavor::Ts,
        through: Through::Library,
        names: ["secrets.ts", "azure-secrets.ts"],
        parts: &[
            include_str!("azure/secrets.ts"),
            HELD_TS,
            include_str!("azure/api.ts"),
            CLOUD_TS,
        ],
        entry: ecma::value,
        uses: NPM,
    },
    Client {
        flavor: Flavor::Mjs,
        through: Through::Library,
        names: ["secrets.mjs", "azure-secrets.mjs"],
        parts: &[
            include_str!("azure/secrets.mjs"),
            HELD_MJS,
            include_str!("azure/api.mjs"),
            CLOUD_MJS,
        ],
        entry: ecma::value,
        uses: NPM,
    },
    Client {
        flavor: Flavor::Cjs,
        through: Through::Library,
        names: ["secrets.cjs", "azure-secrets.cjs"],
        parts: &[
            include_str!("azure/secrets.cjs"),
            HELD_CJS,
            include_str!("azure/api.cjs"),
            CLOUD_CJS,
        ],
        entry: ecma::value,
        uses: NPM,
    },
    Client {
        flavor: Flavor::Python,
        through: Through::Library,
        names: ["azure_secrets.py", "azure_secrets_client.py"],
        parts: &[
            include_str!("azure/azure_secrets.py"),
            HELD,
            include_str!("azure/api.py"),
            CLOUD,
            QUIET,
        ],
        entry: python::value,
        uses: PYPI,
    },
    Client {
        flavor: Flavor::Rust,
        through: Through::Library,
        names: ["secrets.rs", "azure_secrets.rs"],
        parts: &[
            include_str!("azure/secrets.rs"),
            rust::HELD,
            rust::SDK,
            include_str!("azure/api.rs"),
        ],
        entry: rust::value,
        uses: &[
            Use::plain("azure_core", "1"),
            Use::plain("azure_identity", "1"),
            Use::plain("azure_security_keyvault_secrets", "1"),
            Use::plain("serde_json", "1"),
            rust::RUNTIME,
        ],
    },
];

const NPM: &[Use] = &[
    Use::plain("@azure/identity", "^4.14").before_node_22("~4.13.1"),
    Use::plain("@azure/keyvault-secrets", "^4.12").before_node_22("~4.11.2"),
];
const PYPI: &[Use] = &[
    Use::plain("azure-identity", ">=1.23,<2"),
    Use::plain("azure-keyvault-secrets", ">=4.9,<5"),
];
