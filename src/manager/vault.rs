//! Vault and `OpenBao`: key-value store, version 2, over HTTP.
//!
//! A thin client that waits. The token goes to the address that the user set and nowhere else: no redirect is followed,
//! and no proxy is asked.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use zeroize::Zeroizing;

use super::{Connection, Failure, FailureKind, Held, Manager};
use crate::text::show;

/// How long one question may take, answer included.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long it may take to be connected.
const CONNECTING: Duration = Duration::from_secs(5);

/// In bytes; more is no answer.
const LARGEST: usize = 4 * 1024 * 1024;

/// A mount of a server.
pub struct Vault {
    connection: Connection,
    agent: Agent,
    mount: String,
}

/// An answer, in memory that is cleared.
struct Answer {
    status: u16,
    body: Zeroizing<Vec<u8>>,
}

/// What answers are wrapped in.
#[derive(Deserialize)]
struct Wrapped<T> {
    data: T,
}

#[derive(Deserialize)]
struct Version<T> {
    data: Option<T>,
}

#[derive(Deserialize)]
struct Subkeys {
    /// Each with null, or with the keys below it.
    subkeys: Option<serde_json::Map<String, serde_json::Value>>,
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
        let roots = match &connection.authority {
            None => RootCerts::PlatformVerifier,
            Some(pem) => RootCerts::new_with_certs(&certificates(pem)?),
        };
        let tls = TlsConfig::builder()
            .root_certs(roots)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECTING))
            .timeout_global(Some(PATIENCE))
            .build()
            .new_agent();
        Ok(Self {
            connection,
            agent,
            mount: mount.to_owned(),
        })
    }

    /// Asks; the token goes along where it is needed.
    fn ask(&self, path: &str, with_token: bool) -> Result<Answer, Failure> {
        let address = &self.connection.address;
        let mut request = self
            .agent
            .get(format!("{address}/v1/{path}"))
            .header("X-Vault-Request", "true");
        if with_token {
            request = request.header("X-Vault-Token", self.connection.token.as_str());
            if let Some(namespace) = &self.connection.namespace {
                request = request.header("X-Vault-Namespace", namespace);
            }
        }
        let mut answer = request.call().map_err(|error| not_reached(&error))?;
        let status = answer.status().as_u16();
        // Made large enough at once: what a buffer leaves behind when it grows is not cleared.
        let mut body = Zeroizing::new(Vec::with_capacity(LARGEST));
        let mut reader = answer.body_mut().as_reader().take(LARGEST as u64);
        reader.read_to_end(&mut body).map_err(|_| {
            Failure::new(
                FailureKind::NotReached,
                "the answer of Vault ended before its time",
                "try again; check what stands between here and Vault",
            )
        })?;
        Ok(Answer { status, body })
    }

    /// Asks about a path; nothing where nothing is.
    fn about<T: DeserializeOwned>(&self, what: &str, path: &str) -> Result<Option<T>, Failure> {
        let place = format!("{}/{what}/{}", encoded(&self.mount), encoded(path));
        let answer = self.ask(&place, true)?;
        match answer.status {
            200 => serde_json::from_slice(&answer.body).map(Some).map_err(|_| {
                Failure::new(
                    FailureKind::Refused,
                    format!(
                        "the answer of Vault about {} was not understood",
                        shown(&self.mount, path)
                    ),
                    "check that the mount is a key-value store of version 2",
                )
            }),
            // A path without a secret has no errors; a mount that is not there has.
            404 if is_bare(&answer.body) => Ok(None),
            status => Err(refused(status, &shown(&self.mount, path))),
        }
    }
}

impl Manager for Vault {
    fn health(&self) -> Result<(), Failure> {
        // Asked without the token: nothing is told to whoever answers.
        let answer = self.ask("sys/health?standbyok=true&perfstandbyok=true", false)?;
        let (what, help) = match answer.status {
            200 | 429 | 472 | 473 => return Ok(()),
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

    fn read(&self, path: &str) -> Result<Option<Held>, Failure> {
        let found: Option<Wrapped<Version<Held>>> = self.about("data", path)?;
        Ok(found.and_then(|found| found.data.data))
    }

    fn keys(&self, path: &str) -> Result<Option<Vec<String>>, Failure> {
        let found: Option<Wrapped<Subkeys>> = self.about("subkeys", path)?;
        let keys = found.and_then(|found| found.data.subkeys);
        Ok(keys.map(|keys| {
            let mut keys: Vec<String> = keys.into_iter().map(|(key, _)| key).collect();
            keys.sort_unstable();
            keys
        }))
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, Failure> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        if let Ok(PemItem::Certificate(certificate)) = item {
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err(Failure::new(
            FailureKind::Settings,
            "the file of VAULT_CACERT holds no certificate",
            "set it to a file with certificates in PEM form",
        ));
    }
    Ok(found)
}

fn redirected() -> (&'static str, &'static str) {
    (
        "Vault answers with a redirect, and the token is sent nowhere else",
        "set VAULT_ADDR to the address that it should have been",
    )
}

/// An answer that is no answer. What stands in it is not told.
fn refused(status: u16, place: &str) -> Failure {
    let (what, help) = match status {
        300..=399 => {
            let (what, help) = redirected();
            (what.to_owned(), help)
        }
        403 => (
            format!("the token may not read {place}"),
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
            format!("Vault answered with status {status} when it was asked for {place}"),
            "check that the mount is a key-value store of version 2, and the log of Vault",
        ),
    };
    Failure::new(FailureKind::Refused, what, help)
}

/// Why there is no answer, in our words: those of the library may hold what was sent.
fn not_reached(error: &ureq::Error) -> Failure {
    let (what, help) = match error {
        ureq::Error::Timeout(_) => (
            "Vault did not answer in time",
            "check VAULT_ADDR and the network, and try again",
        ),
        ureq::Error::HostNotFound => (
            "the host of VAULT_ADDR is not known",
            "check VAULT_ADDR for its spelling",
        ),
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) | ureq::Error::Pem(_) => (
            "the certificate of Vault is not trusted",
            "name the certificate of the authority in VAULT_CACERT",
        ),
        ureq::Error::Io(error) if is_tls(error) => (
            "the certificate of Vault is not trusted",
            "name the certificate of the authority in VAULT_CACERT",
        ),
        _ => (
            "Vault was not reached",
            "check VAULT_ADDR, that Vault is running, and the network",
        ),
    };
    Failure::new(FailureKind::NotReached, what, help)
}

/// Whether an error of the connection comes from its encryption.
fn is_tls(error: &std::io::Error) -> bool {
    let inner = error.get_ref();
    inner.is_some_and(|inner| inner.downcast_ref::<rustls::Error>().is_some())
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
