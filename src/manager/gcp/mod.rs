//! GCP Secret Manager: one secret for each name, with versions by number.
//!
//! Making one takes two calls: the secret, which fails where there is one, and its first version. What stopped between
//! them carries our label and no version, and is filled by the next run.

mod client;
mod crc32c;
mod credentials;
mod federation;
mod project;
mod readers;
mod rights;

use std::cell::RefCell;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use zeroize::Zeroizing;

use self::client::{Client, No, not_understood};
use self::crc32c::crc32c;
use self::project::Project;
use super::environment::{settings, variable};
use super::{
    About, Failure, FailureKind, Found, Held, Manager, Missing, Need, NotWritten, Readers, Values,
};
use crate::text::show;

/// The newest version, whatever state it is in.
const LATEST: &str = "latest";

/// Secrets of one project.
struct Gcp {
    client: Client,
    project: Project,
    /// When the versions were made that were written, by path.
    made: RefCell<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Accessed {
    name: String,
    payload: Payload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    #[serde(default)]
    data: Zeroizing<String>,
    data_crc32c: Option<String>,
}

#[derive(Deserialize)]
struct Secret {
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    name: String,
    #[serde(default)]
    create_time: String,
    #[serde(default)]
    state: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Versions {
    #[serde(default)]
    versions: Vec<Version>,
}

/// The secrets of a project, which the environment names if `mount` does not.
pub(super) fn open(mount: &str) -> Result<Box<dyn Manager>, Failure> {
    Ok(Box::new(Gcp {
        client: Client::new(mount, &variable)?,
        project: Project::default(),
        made: RefCell::default(),
    }))
}

impl Gcp {
    fn access(&self, name: &str, version: &str) -> Result<(String, Held), No> {
        let below = format!("secrets/{name}/versions/{version}:access");
        let got: Accessed = self.client.ask("GET", &below, None, name)?;
        let data = STANDARD.decode(got.payload.data.as_bytes());
        let data = Zeroizing::new(data.map_err(|_| No::Refused(not_understood(name)))?);
        let sum = got.payload.data_crc32c;
        if sum.is_some_and(|sum| sum != crc32c(&data).to_string()) {
            return Err(No::Refused(Failure::new(
                FailureKind::Refused,
                format!("the value of {} changed on its way here", show(name)),
                "try again; check what stands between here and GCP",
            )));
        }
        Ok((last(&got.name).to_owned(), Held::single(data)))
    }

    fn secret(&self, name: &str) -> Result<Secret, No> {
        self.client
            .ask("GET", &format!("secrets/{name}"), None, name)
    }

    fn versions(&self, name: &str) -> Result<Vec<Version>, No> {
        // As many as there can be on one page; they come newest first.
        let below = format!("secrets/{name}/versions?pageSize=25000");
        let versions: Versions = self.client.ask("GET", &below, None, name)?;
        Ok(versions.versions)
    }

    fn add(&self, name: &str, values: &Values) -> Result<String, NotWritten> {
        let value = values.get("").unwrap_or_default();
        let sum = crc32c(value.as_bytes());
        // Encoded in place, in memory that is cleared.
        let mut data = Zeroizing::new(String::with_capacity(value.len().div_ceil(3) * 4));
        STANDARD.encode_string(value, &mut data);
        let (before, after) = (
            r#"{"payload":{"data":""#,
            format!(r#"","dataCrc32c":"{sum}"}}}}"#),
        );
        let room = before.len() + data.len() + after.len();
        let mut body = Zeroizing::new(String::with_capacity(room));
        body.push_str(before);
        body.push_str(&data);
        body.push_str(&after);
        let below = format!("secrets/{name}:addVersion");
        let made: Version = self
            .client
            .ask("POST", &below, Some(body.as_bytes()), name)
            .map_err(|no| match no {
                // It was deleted since.
                No::Absent => NotWritten::Taken,
                no => no.not_written(name),
            })?;
        let mut known = self.made.borrow_mut();
        known.insert(name.to_owned(), made.create_time);
        Ok(last(&made.name).to_owned())
    }
}

impl Manager for Gcp {
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
                "the manifest has a key for {}, and a secret of GCP is one value without keys",
                show(path)
            ),
            "give each secret a path of its own and an empty key, as `envacuate migrate --write` does",
        ))
    }

    fn read(&self, path: &str) -> Result<Option<Held>, Failure> {
        self.read_version(path, LATEST)
    }

    fn keys(&self, path: &str) -> Result<Option<Vec<String>>, Failure> {
        let held = self.read(path)?;
        Ok(held.map(|_| vec![String::new()]))
    }

    fn find(&self, path: &str) -> Result<Found, Failure> {
        let name = checked(path)?;
        match self.access(name, LATEST) {
            Ok((version, held)) => return Ok(Found::There { version, held }),
            Err(No::Absent) => {}
            Err(no) => return Err(no.failure(name)),
        }
        match self.secret(name) {
            // Without a version; with one, there would have been another answer.
            Ok(secret) if is_ours(&secret) => Ok(Found::Unfinished),
            Ok(_) => Ok(Found::Bare),
            Err(No::Absent) => Ok(Found::Nothing),
            Err(no) => Err(no.failure(name)),
        }
    }

    fn read_version(&self, path: &str, version: &str) -> Result<Option<Held>, Failure> {
        let name = checked(path)?;
        match self.access(name, number(version)?) {
            Ok((_, held)) => Ok(Some(held)),
            Err(No::Absent) => Ok(None),
            Err(no) => Err(no.failure(name)),
        }
    }

    fn create(&self, path: &str, values: &Values, about: &About<'_>) -> Result<String, NotWritten> {
        let name = checked(path).map_err(NotWritten::Refused)?;
        let body = json!({
            "replication": { "automatic": {} },
            "labels": { "managed-by": "envacuate", "server": label(about.server) },
        });
        let below = format!("secrets?secretId={name}");
        let body = body.to_string();
        let made: Result<Secret, No> = self.client.ask("POST", &below, Some(body.as_bytes()), name);
        match made {
            Ok(_) => {}
            Err(No::Exists) => match self.find(path) {
                Ok(Found::Unfinished) => {}
                Ok(_) => return Err(NotWritten::Taken),
                Err(failure) => return Err(NotWritten::Refused(failure)),
            },
            Err(no) => return Err(no.not_written(name)),
        }
        self.add(name, values)
    }

    fn replace(&self, path: &str, version: &str, values: &Values) -> Result<String, NotWritten> {
        let name = checked(path).map_err(NotWritten::Refused)?;
        match self.access(name, LATEST) {
            Ok((current, _)) if current == version => self.add(name, values),
            Ok(_) | Err(No::Absent) => Err(NotWritten::Taken),
            Err(no) => Err(NotWritten::Refused(no.failure(name))),
        }
    }

    fn remove(&self, path: &str, version: &str, made_at: Option<&str>) -> Result<(), Failure> {
        let name = checked(path)?;
        let ours = match self.secret(name) {
            Ok(secret) => is_ours(&secret),
            Err(No::Absent) => return Ok(()),
            Err(no) => return Err(no.failure(name)),
        };
        let versions = self.versions(name).map_err(|no| no.failure(name))?;
        let is_only = matches!(versions.as_slice(), [only] if last(&only.name) == version
            && only.state == "ENABLED"
            && made_at.is_none_or(|at| only.create_time == at));
        if !ours || !is_only {
            return Err(super::not_ours(path));
        }
        let gone: Result<IgnoredAny, No> =
            self.client
                .ask("DELETE", &format!("secrets/{name}"), None, name);
        match gone {
            Ok(_) | Err(No::Absent) => Ok(()),
            Err(no) => Err(no.failure(name)),
        }
    }

    fn made_at(&self, path: &str) -> Option<String> {
        let made = self.made.borrow();
        made.get(path).filter(|at| !at.is_empty()).cloned()
    }

    fn missing_rights(&self, paths: &[&str], need: Need) -> Result<Vec<Missing>, Failure> {
        rights::missing(&self.client, paths, need)
    }

    fn readers(&self, path: &str) -> Result<Readers, Failure> {
        readers::readers(&self.client, &self.project, checked(path)?)
    }

    fn version_before(&self, path: &str, version: &str) -> Result<Option<String>, Failure> {
        let name = checked(path)?;
        let versions = match self.versions(name) {
            Ok(versions) => versions,
            Err(No::Absent) => return Ok(None),
            Err(no) => return Err(no.failure(name)),
        };
        let number = |version: &str| version.parse::<u64>().ok();
        let Some(this) = number(version) else {
            return Ok(None);
        };
        let enabled = versions.iter().filter(|one| one.state == "ENABLED");
        let numbers = enabled.filter_map(|one| number(last(&one.name)));
        let before = numbers.filter(|one| *one < this).max();
        Ok(before.map(|before| before.to_string()))
    }

    fn place(&self) -> String {
        show(&self.client.place())
    }

    fn largest(&self) -> usize {
        65_536
    }
}

/// The last part of the name of a thing.
fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

fn is_ours(secret: &Secret) -> bool {
    secret.labels.get("managed-by").map(String::as_str) == Some("envacuate")
}

/// An id that fits into an address as it is.
fn checked(path: &str) -> Result<&str, Failure> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if (1..=255).contains(&path.len()) && path.chars().all(fits) {
        return Ok(path);
    }
    Err(settings(
        &format!("{} is no id of a secret of GCP", show(path)),
        "correct the path in the manifest: letters, digits, `-` and `_`",
    ))
}

/// A version that fits into an address as it is.
fn number(version: &str) -> Result<&str, Failure> {
    let is_number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    if version == LATEST || is_number {
        return Ok(version);
    }
    Err(settings(
        "the version is no version of a secret of GCP",
        "name it by its number",
    ))
}

/// What the value of a label may hold.
fn label(text: &str) -> String {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    let signs = text.chars().map(|c| c.to_ascii_lowercase());
    let signs = signs.map(|c| if fits(c) { c } else { '-' });
    signs.take(63).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_an_address_is_plain() {
        for wrong in ["", "a/b", "a:b", "a?b", "a b", "ä", "../x"] {
            assert!(checked(wrong).is_err(), "{wrong}");
        }
        assert!(checked("team-server-A_TOKEN").is_ok());
        assert!(number("12").is_ok() && number("latest").is_ok());
        for wrong in ["", "1/x", "-1", "1:access"] {
            assert!(number(wrong).is_err(), "{wrong}");
        }
        assert_eq!(label("My Server/ä"), "my-server--");
    }
}
