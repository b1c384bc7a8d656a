//! How values get into the manager, and what may be done by whom: commands and policies.
//!
//! Their texts come from the backend. No command takes a value as an argument.

use std::collections::BTreeSet;

use super::{Holder, Manifest, Policy};
use crate::backend::{Address, Backend, Store};

/// Fills in the commands and the policies. The first value of a path makes the secret there; the others are added to it,
/// and so is all to paths that were `known` before.
pub(super) fn complete(manifest: &mut Manifest, known: &BTreeSet<String>) {
    let backend = Backend::find(&manifest.backend).unwrap_or_default();
    let mut made: BTreeSet<(String, String)> = BTreeSet::new();
    for secret in &mut manifest.secrets {
        if secret.store.is_empty() {
            let is_there =
                |(path, key): &(String, String)| *path == secret.path && *key != secret.key;
            let address = Address {
                path: secret.path.clone(),
                key: secret.key.clone(),
            };
            secret.store = (backend.store)(&Store {
                place: &manifest.mount,
                address: &address,
                server: &secret.server,
                name: &secret.name,
                is_there: known.contains(&secret.path) || made.iter().any(is_there),
            });
        }
        made.insert((secret.path.clone(), secret.key.clone()));
    }
    manifest.policies = policies(manifest, backend);
}

/// The least that each server needs, to read its own secrets, and that whoever stores values needs: to make what is not
/// there yet, and to see whether it is.
fn policies(manifest: &Manifest, backend: &Backend) -> Vec<Policy> {
    let secrets = manifest.secrets.iter();
    let paths: BTreeSet<(&str, &str)> = secrets
        .map(|secret| (secret.server.as_str(), secret.path.as_str()))
        .collect();
    let (place, team) = (manifest.mount.as_str(), manifest.team.replace('/', "-"));
    let servers: BTreeSet<&str> = paths.iter().map(|(server, _)| *server).collect();
    let policy = |name: &str, holder, text| Policy {
        name: format!("{team}-{name}"),
        holder,
        language: backend.policy.to_owned(),
        text,
    };
    let mut policies: Vec<Policy> = servers
        .iter()
        .map(|server| {
            let own = paths.iter().filter(|(of, _)| of == server);
            let own: BTreeSet<&str> = own.map(|(_, path)| *path).collect();
            let name = format!("{}-read", server.replace('/', "-"));
            let own: Vec<&str> = own.into_iter().collect();
            policy(&name, Holder::Server, (backend.reads)(place, &own))
        })
        .collect();
    if !paths.is_empty() {
        let all: BTreeSet<&str> = paths.iter().map(|(_, path)| *path).collect();
        let all: Vec<&str> = all.into_iter().collect();
        policies.push(policy("push", Holder::Push, (backend.pushes)(place, &all)));
    }
    policies.sort_by(|a, b| a.name.cmp(&b.name));
    policies
}
