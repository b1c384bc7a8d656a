//! Azure Key Vault: one secret for each name.
//!
//! It has no way to write only where there is nothing: a secret is looked for right before it is written, and who writes
//! in the same moment makes the other version. None is lost, since each write adds one.

mod arm;
mod client;
mod credentials;
mod rights;
mod roles;

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use self::client::{Client, No};
use self::rights::Rights;
use super::environment::{settings, variable};
use super::{About, Failure, Found, Held, Manager, Missing, Need, NotWritten, Readers, Values};
use crate::text::show;

/// How many pages of versions are read.
const PAGES: usize = 40;

/// Secrets of one vault.
struct Azure {
    client: Client,
    rights: Rights,
}

#[derive(Deserialize)]
struct Got {
    /// An address whose last part is the version.
    id: String,
    value: Zeroizing<String>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(rename = "contentType")]
    content_type: Option<String>,
    #[serde(default)]
    attributes: Term,
}

/// From when to when a version is meant to be used, in seconds since 1970. Azure gives it out all the same.
#[derive(Default, Serialize, Deserialize)]
struct Term {
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<u64>,
}

/// A version without its value.
#[derive(Deserialize)]
struct Listed {
    id: String,
    attributes: Attributes,
}

#[derive(Deserialize)]
struct Attributes {
    enabled: bool,
    /// In seconds since 1970.
    #[serde(default)]
    created: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    value: Vec<Listed>,
    next_link: Option<String>,
}

/// What is written.
#[derive(Serialize)]
struct Set<'s> {
    value: &'s str,
    tags: &'s BTreeMap<String, String>,
    #[serde(rename = "contentType", skip_serializing_if = "Option::is_none")]
    content_type: Option<&'s str>,
    attributes: &'s Term,
}

/// The secrets of a vault, which the environment names if `mount` does not.
pub(super) fn open(mount: &str) -> Result<Box<dyn Manager>, Failure> {
    Ok(Box::new(Azure {
        client: Client::new(mount, &variable)?,
        rights: Rights::default(),
    }))
}

impl Azure {
    fn get(&self, name: &str, version: &str) -> Result<Got, No> {
        let below = format!("secrets/{name}/{version}");
        self.client
            .ask("GET", below.trim_end_matches('/'), None, name)
    }

    /// Writes a version; which one it is.
    fn set(
        &self,
        name: &str,
        values: &Values,
        tags: &BTreeMap<String, String>,
        (content_type, attributes): (Option<&str>, &Term),
    ) -> Result<String, NotWritten> {
        let set = Set {
            value: values.get("").unwrap_or_default(),
            tags,
            content_type,
            attributes,
        };
        let all = tags
            .iter()
            .map(|(name, value)| 6 * (name.len() + value.len()));
        let rest = 6 * content_type.map_or(0, str::len) + 1024;
        // An escape is six times as long as the sign.
        let room = 6 * set.value.len() + all.sum::<usize>() + rest;
        let mut body = Zeroizing::new(Vec::with_capacity(room));
        let _ = serde_json::to_writer(&mut *body, &set);
        let below = format!("secrets/{name}");
        let got: Got = self
            .client
            .ask("PUT", &below, Some(&body), name)
            .map_err(|no| no.not_written(name))?;
        Ok(last(&got.id).to_owned())
    }

    /// All versions, oldest first.
    fn versions(&self, name: &str) -> Result<Vec<Listed>, No> {
        let mut page: Page =
            self.client
                .ask("GET", &format!("secrets/{name}/versions"), None, name)?;
        let mut all = page.value;
        for _ in 0..PAGES {
            // The token goes nowhere but to the vault.
            let own = format!("{}/secrets/", self.client.address);
            let next = page.next_link.filter(|next| next.starts_with(&own));
            let Some(next) = next else {
                break;
            };
            page = self.client.ask_at("GET", &next, None, name)?;
            all.append(&mut page.value);
        }
        all.sort_by_key(|one| one.attributes.created);
        Ok(all)
    }
}

impl Manager for Azure {
    fn health(&self) -> Result<(), Failure> {
        // There is nothing that everybody may ask; whether there is anybody to ask as is known here.
        self.client.log_in().map(|_| ())
    }

    fn fits(&self, path: &str, key: &str) -> Result<(), Failure> {
        checked(path)?;
        if key.is_empty() {
            return Ok(());
        }
        Err(settings(
            &format!(
                "the manifest has a key for {}, and a secret of Azure is one value without keys",
                show(path)
            ),
            "give each secret a path of its own and an empty key, as `envacuate migrate --write` does",
        ))
    }

    fn read(&self, path: &str) -> Result<Option<Held>, Failure> {
        self.read_version(path, "")
    }

    fn keys(&self, path: &str) -> Result<Option<Vec<String>>, Failure> {
        let held = self.read(path)?;
        Ok(held.map(|_| vec![String::new()]))
    }

    fn find(&self, path: &str) -> Result<Found, Failure> {
        let name = checked(path)?;
        match self.get(name, "") {
            Ok(got) => {
                return Ok(Found::There {
                    version: last(&got.id).to_owned(),
                    held: held(&got.value),
                });
            }
            Err(No::Absent) => {}
            Err(no) => return Err(no.failure(name)),
        }
        let below = format!("deletedsecrets/{name}");
        match self.client.ask::<IgnoredAny>("GET", &below, None, name) {
            Ok(_) => Ok(Found::Deleted),
            // Who may not look there is told by the write.
            Err(No::Absent | No::Denied(_)) => Ok(Found::Nothing),
            Err(no) => Err(no.failure(name)),
        }
    }

    fn read_version(&self, path: &str, version: &str) -> Result<Option<Held>, Failure> {
        let name = checked(path)?;
        if !version.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(settings(
                "the version is no version of a secret of Azure",
                "name it by its id",
            ));
        }
        match self.get(name, version) {
            Ok(got) => Ok(Some(held(&got.value))),
            Err(No::Absent) => Ok(None),
            Err(no) => Err(no.failure(name)),
        }
    }

    fn create(&self, path: &str, values: &Values, about: &About<'_>) -> Result<String, NotWritten> {
        match self.find(path) {
            Ok(Found::Nothing) => {}
            Ok(_) => return Err(NotWritten::Taken),
            Err(failure) => return Err(NotWritten::Refused(failure)),
        }
        let name = checked(path).map_err(NotWritten::Refused)?;
        let tags = [
            ("managed-by", "envacuate"),
            ("name", about.name),
            ("server", about.server),
        ];
        let short = |text: &str| text.chars().take(256).collect();
        let tags = tags.map(|(name, value)| (name.to_owned(), short(value)));
        let plain = (None, &Term::default());
        self.set(name, values, &BTreeMap::from(tags), plain)
    }

    fn replace(&self, path: &str, version: &str, values: &Values) -> Result<String, NotWritten> {
        let name = checked(path).map_err(NotWritten::Refused)?;
        match self.get(name, "") {
            // Each version has tags and a term of its own.
            Ok(got) if last(&got.id) == version => {
                let kept = (got.content_type.as_deref(), &got.attributes);
                self.set(name, values, &got.tags, kept)
            }
            Ok(_) | Err(No::Absent) => Err(NotWritten::Taken),
            Err(no) => Err(NotWritten::Refused(no.failure(name))),
        }
    }

    fn remove(&self, path: &str, version: &str, _: Option<&str>) -> Result<(), Failure> {
        let name = checked(path)?;
        let versions = match self.versions(name) {
            Ok(versions) => versions,
            Err(No::Absent) => return Ok(()),
            Err(no) => return Err(no.failure(name)),
        };
        match versions.as_slice() {
            [] => return Ok(()),
            [only] if last(&only.id) == version => {}
            _ => return Err(super::not_ours(path)),
        }
        let below = format!("secrets/{name}");
        match self.client.ask::<IgnoredAny>("DELETE", &below, None, name) {
            Ok(_) | Err(No::Absent) => Ok(()),
            Err(no) => Err(no.failure(name)),
        }
    }

    fn missing_rights(&self, paths: &[&str], need: Need) -> Result<Vec<Missing>, Failure> {
        let names: Result<Vec<&str>, Failure> = paths.iter().map(|path| checked(path)).collect();
        Ok(self.rights.missing(&self.client.address, &names?, need))
    }

    fn readers(&self, path: &str) -> Result<Readers, Failure> {
        Ok(self.rights.readers(&self.client.address, checked(path)?))
    }

    fn version_before(&self, path: &str, version: &str) -> Result<Option<String>, Failure> {
        let name = checked(path)?;
        let versions = match self.versions(name) {
            Ok(versions) => versions,
            Err(No::Absent) => return Ok(None),
            Err(no) => return Err(no.failure(name)),
        };
        let before = versions.iter().take_while(|one| last(&one.id) != version);
        let before = before.filter(|one| one.attributes.enabled).last();
        Ok(before.map(|before| last(&before.id).to_owned()))
    }

    fn place(&self) -> String {
        show(&self.client.address)
    }

    fn largest(&self) -> usize {
        25_600
    }
}

fn held(value: &str) -> Held {
    Held::single(Zeroizing::new(value.as_bytes().to_vec()))
}

/// The last part of the address of a thing.
fn last(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}

/// A name that fits into an address as it is.
fn checked(path: &str) -> Result<&str, Failure> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if (1..=127).contains(&path.len()) && path.chars().all(fits) {
        return Ok(path);
    }
    Err(settings(
        &format!("{} is no name of a secret of Azure", show(path)),
        "correct the path in the manifest: letters, digits and `-`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_an_address_is_plain() {
        for wrong in ["", "a/b", "a_b", "a?b", "a b", "ä", "../x"] {
            assert!(checked(wrong).is_err(), "{wrong}");
        }
        assert!(checked("team-server-A-TOKEN").is_ok());
        assert_eq!(last("https://v.vault.azure.net/secrets/a/0f"), "0f");
    }
}
