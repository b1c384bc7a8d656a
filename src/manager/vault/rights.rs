//! What may be done at a mount, as Vault tells whoever asks about itself.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::session::Ask;
use super::{Vault, Wrapped, encoded, refused, shown};
use crate::manager::{Failure, FailureKind, Missing, Need};
use crate::text::show;

/// How many paths are asked about at once: of a thousand texts in a question, `OpenBao` refuses to read any.
const AT_ONCE: usize = 200;

/// What is known of a mount.
#[derive(Deserialize)]
struct Mount {
    #[serde(rename = "type")]
    kind: String,
    options: Option<Options>,
    /// Its own, with a stroke behind; the one that was asked for may lead into it.
    #[serde(default)]
    path: Option<String>,
}

#[derive(Deserialize)]
struct Options {
    version: Option<String>,
}

/// What may be done, by path.
#[derive(Deserialize)]
struct Capabilities {
    data: BTreeMap<String, Vec<String>>,
}

impl Vault {
    /// Fails where the mount is no key-value store of version 2: there, everything would be written into the wrong place.
    pub(super) fn check_mount(&self) -> Result<(), Failure> {
        let place = format!("sys/internal/ui/mounts/{}", encoded(&self.mount));
        let answer = self.session.ask(Ask::Get, &place)?;
        let mount = show(&self.mount);
        let (what, help) = match answer.status {
            200 => {
                let found: Wrapped<Mount> = self.parsed(&answer, "")?;
                let version = found.data.options.and_then(|options| options.version);
                let own = found.data.path.unwrap_or_default();
                let own = own.trim_matches('/');
                // With a namespace before it where that is not the one that was asked.
                let asked = self.mount.trim_matches('/');
                let is_it = own.is_empty() || own == asked || own.ends_with(&format!("/{asked}"));
                if !is_it {
                    return Err(Failure::new(
                        FailureKind::Refused,
                        format!(
                            "{mount} is no mount, and stands below the mount {}",
                            show(own)
                        ),
                        "name the mount in the manifest, without what is behind it",
                    ));
                }
                if found.data.kind == "kv" && version.as_deref() == Some("2") {
                    return Ok(());
                }
                (
                    format!("the mount {mount} is no key-value store of version 2"),
                    "name another one in the manifest, or upgrade it with `vault kv enable-versioning`",
                )
            }
            // Told so where there is no such mount as well, so that nobody learns which ones there are.
            403 => (
                format!(
                    "there is no mount {mount}, or the token has no right to anything below it"
                ),
                "check the mount in the manifest and VAULT_NAMESPACE, and use a token with the policy of the manifest that has not run out",
            ),
            status => return Err(refused(status, "read", &shown(&self.mount, ""))),
        };
        Err(Failure::new(FailureKind::Refused, what, help))
    }

    /// What is not allowed at some paths.
    pub(super) fn missing(&self, paths: &[&str], need: Need) -> Result<Vec<Missing>, Failure> {
        let mut all = Vec::new();
        for paths in paths.chunks(AT_ONCE) {
            all.append(&mut self.missing_of(paths, need)?);
        }
        Ok(all)
    }

    fn missing_of(&self, paths: &[&str], need: Need) -> Result<Vec<Missing>, Failure> {
        let needed: &[&str] = match need {
            Need::Push => &["create", "read"],
            Need::Verify => &["read"],
            Need::Rotate => &["read", "update"],
        };
        let place = |path: &str| format!("{}/data/{path}", self.mount);
        let places: Vec<String> = paths.iter().map(|path| place(path)).collect();
        let body = serde_json::json!({ "paths": places }).to_string();
        let answer = self
            .session
            .ask(Ask::Post(body.as_bytes()), "sys/capabilities-self")?;
        if answer.status != 200 {
            return Err(refused(
                answer.status,
                "ask for its rights at",
                &shown(&self.mount, ""),
            ));
        }
        let found: Capabilities = self.parsed(&answer, "")?;
        let missing = paths.iter().filter_map(|path| {
            let held = found.data.get(&place(path)).map_or(&[][..], Vec::as_slice);
            let has = |right: &str| held.iter().any(|held| held == right || held == "root");
            let rights: Vec<String> = needed
                .iter()
                .filter(|right| !has(right))
                .map(|&right| right.to_owned())
                .collect();
            (!rights.is_empty()).then(|| Missing {
                path: (*path).to_owned(),
                rights,
            })
        });
        Ok(missing.collect())
    }
}
