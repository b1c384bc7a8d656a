//! GCP Secret Manager.

use super::shell::{plain, quoted, variable};
use super::{Address, Backend, Client, Place, Store, is_path};

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

static CLIENTS: &[Client] = &[];
