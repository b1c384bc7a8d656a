//! Which secrets of a manifest are meant.

use super::Wanted;
use crate::manifest::{Manifest, Secret, Strategy};

/// What is meant.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// By path and key, each with each of its names once.
    pub wanted: Vec<Wanted>,
    /// Names that are left out, since somebody wrote into the manifest that they stay as they are.
    pub waived: Vec<String>,
    /// Names that were asked for, and that no secret has.
    pub unknown: Vec<String>,
}

/// The secrets of some names and of one server; of none, all.
pub fn select(manifest: &Manifest, only: &[String], server: Option<&str>) -> Selection {
    let mut out = Selection::default();
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let is_server = |secret: &Secret| {
        server.is_none_or(|server| secret.server == server || last(&secret.server) == server)
    };
    for secret in manifest.secrets.iter().filter(|secret| is_server(secret)) {
        if !only.is_empty() && !only.contains(&secret.name) {
            continue;
        }
        if secret.waived.is_some() {
            out.waived.push(secret.name.clone());
            continue;
        }
        let is_same = |one: &&mut Wanted| {
            one.path == secret.path && one.key == secret.key && one.name == secret.name
        };
        match out.wanted.iter_mut().find(is_same) {
            // Where servers share a secret, nothing is replaced that one of them wants to keep.
            Some(one) if one.strategy == Strategy::Overwrite => one.strategy = secret.strategy,
            Some(one) if secret.strategy == Strategy::FailIfPresent => {
                one.strategy = secret.strategy;
            }
            Some(_) => {}
            None => out.wanted.push(Wanted {
                path: secret.path.clone(),
                key: secret.key.clone(),
                name: secret.name.clone(),
                server: secret.server.clone(),
                strategy: secret.strategy,
            }),
        }
    }
    out.wanted
        .sort_by(|a, b| (&a.path, &a.key).cmp(&(&b.path, &b.key)));
    let is_known = |name: &str| {
        let wanted = out.wanted.iter().map(|one| &one.name);
        wanted.chain(&out.waived).any(|known| known == name)
    };
    out.unknown = only
        .iter()
        .filter(|name| !is_known(name))
        .cloned()
        .collect();
    out.waived.sort();
    out.waived.dedup();
    out
}
