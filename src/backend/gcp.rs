//! GCP Secret Manager.

use super::ecma::{CLOUD_CJS, CLOUD_MJS, CLOUD_TS, HELD_CJS, HELD_MJS, HELD_TS};
use super::python::{self, CLOUD, HELD, QUIET};
use super::rust;
use super::shell::{plain, quoted, variable};
use super::{Address, Backend, Client, Flavor, Place, Store, Through, Use, ecma, is_path};

/// One secret for each name, which is how it is read, versioned and allowed there.
pub(super) static BACKEND: Backend = Backend {
    id: "gcp",
    title: "GCP Secret Manager",
    clients: CLIENTS,
    place: Place {
        word: "project",
        variable: Some("GOOGLE_CLOUD_PROJECT"),
        usual: "",
        takes: is_path,
        constant: "DEFAULT_PROJECT",
    },
    told: ["GOOGLE_CLOUD_PROJECT", "project"],
    address: |team, server, name| Address {
        path: plain(&format!("{team}-{server}-{name}"), "-_"),
        key: String::new(),
    },
    longest: 255,
    folds_case: false,
    api: |project, address| {
        let project = if project.is_empty() {
            "PROJECT"
        } else {
            project
        };
        format!("projects/{project}/secrets/{}", address.path)
    },
    store,
    policy: "gcloud",
    reads: |project, paths| {
        let line = |path: &&str| {
            format!(
                "gcloud secrets add-iam-policy-binding {} --member=\"serviceAccount:$SERVER_ACCOUNT\" --role=roles/secretmanager.secretAccessor{}\n",
                quoted(path),
                of(project)
            )
        };
        paths.iter().map(line).collect()
    },
    // Making a secret is a right on the project, and no role that comes with it has as little as this one.
    pushes: |project, _| {
        let variable = if project.is_empty() {
            "\"$GOOGLE_CLOUD_PROJECT\"".to_owned()
        } else {
            quoted(project)
        };
        format!(
            "gcloud iam roles create envacuatePush --project={variable} --permissions=secretmanager.secrets.create,secretmanager.secrets.get,secretmanager.versions.add,secretmanager.versions.access\n\
             gcloud projects add-iam-policy-binding {variable} --member=\"user:$PUSH_ACCOUNT\" --role=projects/{variable}/roles/envacuatePush\n"
        )
    },
};

/// Fails where there is a secret of the name.
fn store(store: &Store<'_>) -> String {
    let server: String = plain(store.server, "-_").to_ascii_lowercase();
    format!(
        "printf %s \"${}\" | gcloud secrets create {} --data-file=- --labels=managed-by=envacuate,server={server}{}",
        variable(store.name),
        quoted(&store.address.path),
        of(store.place)
    )
}

fn of(project: &str) -> String {
    match project {
        "" => String::new(),
        project => format!(" --project={}", quoted(project)),
    }
}

/// A client for each kind of file.
static CLIENTS: &[Client] = &[
    Client {
        flavor: Flavor::Ts,
        through: Through::Library,
        names: ["secrets.ts", "gcp-secrets.ts"],
        parts: &[
            include_str!("gcp/secrets.ts"),
            HELD_TS,
            include_str!("gcp/api.ts"),
            CLOUD_TS,
        ],
        entry: ecma::value,
        uses: NPM,
    },
    Client {
        flavor: Flavor::Mjs,
        through: Through::Library,
        names: ["secrets.mjs", "gcp-secrets.mjs"],
        parts: &[
            include_str!("gcp/secrets.mjs"),
            HELD_MJS,
            include_str!("gcp/api.mjs"),
            CLOUD_MJS,
        ],
        entry: ecma::value,
        uses: NPM,
    },
    Client {
        flavor: Flavor::Cjs,
        through: Through::Library,
        names: ["secrets.cjs", "gcp-secrets.cjs"],
        parts: &[
            include_str!("gcp/secrets.cjs"),
            HELD_CJS,
            include_str!("gcp/api.cjs"),
            CLOUD_CJS,
        ],
        entry: ecma::value,
        uses: NPM,
    },
    Client {
        flavor: Flavor::Python,
        through: Through::Library,
        names: ["gcp_secrets.py", "gcp_secrets_client.py"],
        parts: &[
            include_str!("gcp/gcp_secrets.py"),
            HELD,
            include_str!("gcp/api.py"),
            CLOUD,
            QUIET,
        ],
        entry: python::value,
        uses: PYPI,
    },
    Client {
        flavor: Flavor::Rust,
        through: Through::Library,
        names: ["secrets.rs", "gcp_secrets.rs"],
        parts: &[
            include_str!("gcp/secrets.rs"),
            rust::HELD,
            rust::SDK,
            include_str!("gcp/api.rs"),
        ],
        entry: rust::value,
        uses: &[
            Use::plain("google-cloud-gax", "1"),
            Use::plain("google-cloud-secretmanager-v1", "1"),
            Use::plain("serde_json", "1"),
            rust::RUNTIME,
        ],
    },
];

const NPM: &[Use] = &[Use::plain("@google-cloud/secret-manager", "^7.2").before_node_22("^6.3")];
const PYPI: &[Use] = &[Use::plain("google-cloud-secret-manager", ">=2.24,<3")];
