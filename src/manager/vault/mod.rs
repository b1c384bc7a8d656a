//! Vault and `OpenBao`: key-value store, version 2, over HTTP.
//!
//! One secret for each path, with all its keys in one version. A thin client that waits.

mod connection;
mod login;
mod logins;
mod policy;
mod readers;
mod rights;
mod session;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

pub use connection::Connection;

use super::environment::settings;
use super::http::{Answer, host, is_loopback};
use super::optional::Silent;
use super::value::Exposed;
use super::{
    About, Failure, FailureKind, Found, Held, Manager, Missing, Need, NotWritten, Readers, Values,
    variable,
};
use crate::text::show;
use readers::Known;
use session::{Ask, Session};

/// In bytes. Vault takes twice that, and some of what keeps its data does not.
const LARGEST: usize = 512 * 1024;

/// A mount of a server.
pub struct Vault {
    session: Session,
    mount: String,
    /// Which cluster it is, once its health was asked for: several addresses may lead to one.
    cluster: RefCell<Option<String>>,
    known: OnceCell<Result<Known, Silent>>,
    /// When the versions were made that were last written or found, by path.
    made: RefCell<BTreeMap<String, String>>,
}

/// The manager of a mount, from the environment of this process.
pub(super) fn open(mount: &str) -> Result<Box<dyn Manager>, Failure> {
    Ok(Box::new(Vault::new(Connection::of(&variable)?, mount)?))
}

/// What answers are wrapped in.
#[derive(Deserialize)]
struct Wrapped<T> {
    data: T,
}

/// A version of a secret. Deleted ones have no data.
#[derive(Deserialize)]
struct Version<T> {
    data: Option<T>,
    metadata: Option<Numbered>,
}

#[derive(Deserialize)]
struct Numbered {
    version: u64,
    #[serde(default)]
    created_time: String,
}

#[derive(Deserialize)]
struct Health {
    cluster_id: Option<String>,
}

#[derive(Deserialize)]
struct Subkeys {
    /// Each with null, or with the keys below it.
    subkeys: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What is known of a secret without its values.
#[derive(Deserialize)]
struct Metadata {
    current_version: u64,
    /// What people wrote about it.
    #[serde(rename = "custom_metadata")]
    notes: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    versions: BTreeMap<String, State>,
}

#[derive(Deserialize)]
struct State {
    #[serde(default)]
    created_time: String,
    #[serde(default)]
    destroyed: bool,
}

/// What is sent to write.
#[derive(Serialize)]
struct Write<'v> {
    options: Options,
    data: Exposed<'v>,
}

#[derive(Serialize)]
struct Options {
    cas: u64,
}

/// What comes with an error. Only whether there is any is looked at.
#[derive(Deserialize)]
struct Errors {
    #[serde(default)]
    errors: Vec<IgnoredAny>,
}

impl Vault {
    /// A client of one mount.
    pub fn new(connection: Connection, mount: &str) -> Result<Self, Failure> {
        Ok(Self {
            session: Session::new(connection)?,
            mount: mount.to_owned(),
            cluster: RefCell::default(),
            known: OnceCell::new(),
            made: RefCell::default(),
        })
    }

    /// Where something about a path is asked.
    fn address(&self, what: &str, path: &str) -> String {
        format!("{}/{what}/{}", encoded(&self.mount), encoded(path))
    }

    /// Asks about a path; nothing where nothing is.
    fn about<T: DeserializeOwned>(
        &self,
        what: &str,
        path: &str,
        query: &str,
    ) -> Result<Option<T>, Failure> {
        let place = self.address(what, path) + query;
        let answer = self.session.ask(Ask::Get, &place)?;
        match answer.status {
            200 => self.parsed(&answer, path).map(Some),
            // A path without a secret has no errors; a mount that is not there has.
            404 if is_bare(&answer.body) => Ok(None),
            status => Err(refused(status, "read", &shown(&self.mount, path))),
        }
    }

    fn parsed<T: DeserializeOwned>(&self, answer: &Answer, path: &str) -> Result<T, Failure> {
        serde_json::from_slice(&answer.body).map_err(|_| {
            let place = shown(&self.mount, path);
            Failure::new(
                FailureKind::Refused,
                format!("the answer of Vault about {place} was not understood"),
                "check that the mount is a key-value store of version 2",
            )
        })
    }

    /// Remembers when a version was made; which one it is.
    fn seen(&self, path: &str, seen: Numbered) -> String {
        let mut made = self.made.borrow_mut();
        made.insert(path.to_owned(), seen.created_time);
        seen.version.to_string()
    }

    /// Writes a version on top of another one, 0 where there is none.
    fn write(&self, path: &str, on: u64, values: &Values) -> Result<String, NotWritten> {
        let body = values.written(&Write {
            options: Options { cas: on },
            data: values.exposed(),
        });
        let answer = self
            .session
            .ask(Ask::Post(&body), &self.address("data", path))?;
        let place = shown(&self.mount, path);
        match answer.status {
            200 => {
                let written: Wrapped<Numbered> =
                    self.parsed(&answer, path).map_err(NotWritten::Unknown)?;
                Ok(self.seen(path, written.data))
            }
            // Not the version that was seen, or no right to take the place of one: what is there tells which.
            status @ (400 | 403) => match self.find(path) {
                Ok(Found::Nothing) if on == 0 => {
                    Err(NotWritten::Refused(refused(status, "write", &place)))
                }
                Ok(Found::There { version, .. }) if version == on.to_string() => {
                    Err(NotWritten::Refused(refused(status, "write", &place)))
                }
                Ok(_) => Err(NotWritten::Taken),
                Err(_) => Err(NotWritten::Refused(refused(status, "write", &place))),
            },
            // Whoever answers so need not be Vault, and Vault may have got it all the same.
            status @ (200..=299 | 500..) => {
                Err(NotWritten::Unknown(refused(status, "write", &place)))
            }
            status => Err(NotWritten::Refused(refused(status, "write", &place))),
        }
    }
}

impl Manager for Vault {
    fn health(&self) -> Result<(), Failure> {
        // Asked without the token: nothing is told to whoever answers.
        let place = "sys/health?standbyok=true&perfstandbyok=true";
        let answer = self.session.ask_unknown(place)?;
        let (what, help) = match answer.status {
            200 | 429 | 472 | 473 => {
                let health: Option<Health> = serde_json::from_slice(&answer.body).ok();
                *self.cluster.borrow_mut() = health.and_then(|health| health.cluster_id);
                return Ok(());
            }
            501 => (
                "Vault is not initialised",
                "initialise it with `vault operator init`",
            ),
            503 => ("Vault is sealed", "unseal it with `vault operator unseal`"),
            300..=399 => redirected(),
            _ => (
                "what answers at VAULT_ADDR is no Vault, or not a healthy one",
                "check VAULT_ADDR, and `vault status`",
            ),
        };
        Err(Failure::new(FailureKind::NotReached, what, help))
    }

    fn fits(&self, path: &str, _: &str) -> Result<(), Failure> {
        // What is not so is cut short by Vault, or by what stands before it.
        let is_part = |part: &str| !matches!(part, "" | "." | "..");
        let is_plain =
            |text: &str| text.split('/').all(is_part) && !text.contains(char::is_control);
        for (what, text) in [("mount", self.mount.as_str()), ("path", path)] {
            if !is_plain(text) {
                return Err(settings(
                    &format!("\"{}\" can be no {what} of Vault", show(text)),
                    "correct it in the manifest: names with single strokes between them",
                ));
            }
        }
        Ok(())
    }

    fn read(&self, path: &str) -> Result<Option<Held>, Failure> {
        let found: Option<Wrapped<Version<Held>>> = self.about("data", path, "")?;
        Ok(found.and_then(|found| found.data.data))
    }

    fn keys(&self, path: &str) -> Result<Option<Vec<String>>, Failure> {
        let found: Option<Wrapped<Subkeys>> = self.about("subkeys", path, "")?;
        let keys = found.and_then(|found| found.data.subkeys);
        Ok(keys.map(|keys| {
            let mut keys: Vec<String> = keys.into_iter().map(|(key, _)| key).collect();
            keys.sort_unstable();
            keys
        }))
    }

    fn find(&self, path: &str) -> Result<Found, Failure> {
        let answer = self.session.ask(Ask::Get, &self.address("data", path))?;
        match answer.status {
            200 => {
                let found: Wrapped<Version<Held>> = self.parsed(&answer, path)?;
                Ok(match (found.data.data, found.data.metadata) {
                    (Some(held), Some(seen)) => Found::There {
                        version: self.seen(path, seen),
                        held,
                    },
                    _ => Found::Deleted,
                })
            }
            404 if is_bare(&answer.body) => {
                let deleted: Result<Wrapped<Version<IgnoredAny>>, _> =
                    serde_json::from_slice(&answer.body);
                let is_deleted = deleted.is_ok_and(|found| found.data.metadata.is_some());
                Ok(if is_deleted {
                    Found::Deleted
                } else {
                    Found::Nothing
                })
            }
            status => Err(refused(status, "read", &shown(&self.mount, path))),
        }
    }

    fn read_version(&self, path: &str, version: &str) -> Result<Option<Held>, Failure> {
        let query = format!("?version={}", number(version)?);
        let found: Option<Wrapped<Version<Held>>> = self.about("data", path, &query)?;
        Ok(found.and_then(|found| found.data.data))
    }

    fn create(&self, path: &str, values: &Values, _: &About<'_>) -> Result<String, NotWritten> {
        // Labels of a secret are another path, which who makes secrets needs no right for.
        self.write(path, 0, values)
    }

    fn replace(&self, path: &str, version: &str, values: &Values) -> Result<String, NotWritten> {
        let on = number(version).map_err(NotWritten::Refused)?;
        self.write(path, on, values)
    }

    fn remove(&self, path: &str, version: &str, made_at: Option<&str>) -> Result<(), Failure> {
        let found: Option<Wrapped<Metadata>> = self.about("metadata", path, "")?;
        let Some(Wrapped { data }) = found else {
            return Ok(());
        };
        let place = shown(&self.mount, path);
        let is_only = data.current_version == number(version)? && data.versions.len() == 1;
        let state = data.versions.get(version);
        let is_same = made_at.is_none_or(|at| state.is_some_and(|state| state.created_time == at));
        let is_plain = data.notes.is_none_or(|notes| notes.is_empty());
        let what = match (is_only, is_same, is_plain) {
            (false, ..) => "has other versions than the one that was made",
            (_, false, _) => "was deleted and made anew by somebody else",
            (.., false) => "has metadata that somebody else wrote",
            (true, true, true) => "",
        };
        if !what.is_empty() {
            return Err(Failure::new(
                FailureKind::Refused,
                format!("{place} {what}"),
                "look at it with `vault kv metadata get`; nothing was removed there",
            ));
        }
        let answer = self
            .session
            .ask(Ask::Delete, &self.address("metadata", path))?;
        match answer.status {
            200 | 204 => Ok(()),
            status => Err(refused(status, "remove", &place)),
        }
    }

    fn made_at(&self, path: &str) -> Option<String> {
        let made = self.made.borrow();
        made.get(path).filter(|at| !at.is_empty()).cloned()
    }

    fn missing_rights(&self, paths: &[&str], need: Need) -> Result<Vec<Missing>, Failure> {
        self.check_mount()?;
        self.missing(paths, need)
    }

    fn readers(&self, path: &str) -> Result<Readers, Failure> {
        Ok(self.holders(path))
    }

    fn version_before(&self, path: &str, version: &str) -> Result<Option<String>, Failure> {
        let version = number(version)?;
        let found: Option<Wrapped<Metadata>> = self.about("metadata", path, "")?;
        let versions = found.map(|found| found.data.versions).unwrap_or_default();
        // Those that were deleted are among them and hold nothing: a time of deletion may also be one to come.
        let kept = versions.iter().filter(|(_, state)| !state.destroyed);
        let earlier = kept
            .filter_map(|(number, _)| number.parse::<u64>().ok())
            .filter(|&number| number < version);
        Ok(earlier.max().map(|number| number.to_string()))
    }

    fn place(&self) -> String {
        let cluster = self.cluster.borrow();
        let cluster = cluster.as_deref().map(|id| format!("cluster {id}"));
        let server = cluster.as_deref().unwrap_or(self.session.address());
        let namespace = self.session.namespace();
        format!("{server} {namespace}/{}", self.mount)
    }

    fn largest(&self) -> usize {
        LARGEST
    }

    fn is_in_the_open(&self) -> bool {
        let address = self.session.address();
        address.starts_with("http://") && !is_loopback(host(address))
    }
}

fn number(version: &str) -> Result<u64, Failure> {
    version.parse().map_err(|_| {
        Failure::new(
            FailureKind::Settings,
            "that is no version of a secret in Vault",
            "versions are numbers from 1; `vault kv metadata get` lists them",
        )
    })
}

fn redirected() -> (&'static str, &'static str) {
    (
        "Vault answers with a redirect, and the token is sent nowhere else",
        "set VAULT_ADDR to the address that it should have been",
    )
}

/// An answer that is no answer. What stands in it is not told.
fn refused(status: u16, verb: &str, place: &str) -> Failure {
    let (what, help) = match status {
        300..=399 => {
            let (what, help) = redirected();
            (what.to_owned(), help)
        }
        403 => (
            format!("the token may not {verb} {place}"),
            "use a token with the policy of the manifest, and check that it has not run out",
        ),
        404 => (
            format!("there is no mount for {place}"),
            "check the mount in the manifest, and VAULT_NAMESPACE",
        ),
        429 => (
            "Vault is asked too often".to_owned(),
            "wait a little, and try again",
        ),
        503 => (
            "Vault is sealed or in maintenance".to_owned(),
            "check `vault status`, and try again",
        ),
        status => (
            format!("Vault answered with status {status} when it was asked to {verb} {place}"),
            "check that the mount is a key-value store of version 2, and the log of Vault",
        ),
    };
    let kind = match status {
        403 => FailureKind::Denied,
        _ => FailureKind::Refused,
    };
    Failure::new(kind, what, help)
}

/// Whether an answer holds no errors.
fn is_bare(body: &[u8]) -> bool {
    let errors: Result<Errors, _> = serde_json::from_slice(body);
    errors.is_ok_and(|errors| errors.errors.is_empty())
}

/// A place for people.
fn shown(mount: &str, path: &str) -> String {
    show(&format!("{mount}/data/{path}"))
}

/// A path for an address: what is not plain is escaped, and no part of it leads up.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for (at, part) in path.split('/').enumerate() {
        if at > 0 {
            out.push('/');
        }
        let is_dots = !part.is_empty() && part.bytes().all(|byte| byte == b'.');
        for byte in part.bytes() {
            if !is_dots && (byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)) {
                out.push(char::from(byte));
            } else {
                const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
                out.push('%');
                out.push(char::from(DIGITS[usize::from(byte >> 4)]));
                out.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_below_its_mount() {
        for (path, expected) in [
            ("team/server", "team/server"),
            ("a b/ä", "a%20b/%C3%A4"),
            ("../../sys/seal", "%2E%2E/%2E%2E/sys/seal"),
            ("a?list=true#x", "a%3Flist%3Dtrue%23x"),
        ] {
            assert_eq!(encoded(path), expected);
        }
    }

    #[test]
    fn only_an_answer_without_errors_says_that_nothing_is_there() {
        assert!(is_bare(br#"{"errors":[]}"#));
        assert!(is_bare(br#"{"data":{"data":null,"metadata":{}}}"#));
        assert!(!is_bare(br#"{"errors":["no handler for route"]}"#));
        assert!(!is_bare(b"<html>not found</html>"));
    }
}
