//! Asking a server over HTTP: the token goes to the address that the user set and nowhere else. No redirect is followed,
//! and no proxy is asked.

use std::cell::{Cell, RefCell};
use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use ureq::tls::{Certificate, ClientCert, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Timeout};
use zeroize::Zeroizing;

use super::connection::{Connection, Identity, is_header};
use super::encoded;
use super::login::{Body, Credentials, Login, SecretId};
use crate::manager::environment::{settings, text};
use crate::manager::{Failure, FailureKind};

/// How long one question may take, answer included.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long it may take to be connected.
const CONNECTING: Duration = Duration::from_secs(5);

/// How long nobody logs in again after that has not helped: what is refused may just not be allowed.
const FUTILE: Duration = Duration::from_secs(10);

/// In bytes; more is no answer.
const LARGEST: usize = 4 * 1024 * 1024;

/// Questions to a server.
pub(super) struct Session {
    connection: Connection,
    agent: Agent,
    token: RefCell<Option<Zeroizing<String>>>,
    /// The secret id that was taken out of its wrapping, which works once.
    unwrapped: RefCell<Option<Zeroizing<String>>>,
    /// When logging in again did not help.
    futile: Cell<Option<Instant>>,
}

/// An answer, in memory that is cleared.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Zeroizing<Vec<u8>>,
}

/// Why there is no answer.
pub(super) struct Silence {
    pub(super) failure: Failure,
    /// Whether the question may have reached somebody all the same.
    pub(super) was_sent: bool,
}

impl From<Silence> for Failure {
    fn from(silence: Silence) -> Self {
        silence.failure
    }
}

impl From<Failure> for Silence {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            was_sent: false,
        }
    }
}

/// What is asked.
#[derive(Clone, Copy)]
pub(super) enum Ask<'b> {
    Get,
    Post(&'b [u8]),
    Delete,
}

/// What a login answers.
#[derive(Deserialize)]
struct LoggedIn {
    auth: Option<Auth>,
}

#[derive(Deserialize)]
struct Auth {
    client_token: String,
}

#[derive(Deserialize)]
struct Unwrapped {
    data: Option<Inside>,
}

#[derive(Deserialize)]
struct Inside {
    secret_id: String,
}

impl Session {
    pub(super) fn new(connection: Connection) -> Result<Self, Failure> {
        let roots = match &connection.authority {
            None => RootCerts::PlatformVerifier,
            Some(pem) => RootCerts::new_with_certs(&certificates(pem, "VAULT_CACERT")?),
        };
        let identity = connection.identity.as_ref().map(client).transpose()?;
        let tls = TlsConfig::builder()
            .root_certs(roots)
            .client_cert(identity)
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
            token: RefCell::default(),
            unwrapped: RefCell::default(),
            futile: Cell::default(),
        })
    }

    pub(super) fn address(&self) -> &str {
        &self.connection.address
    }

    /// Empty for the one that all others are in.
    pub(super) fn namespace(&self) -> &str {
        let namespace = self.connection.namespace.as_deref();
        namespace.unwrap_or_default().trim_matches('/')
    }

    /// Asks without saying who asks.
    pub(super) fn ask_unknown(&self, path: &str) -> Result<Answer, Silence> {
        self.send(Ask::Get, path, "", false)
    }

    /// Asks. Where that is refused, logs in again, once, and asks again: what is refused was not done.
    pub(super) fn ask(&self, ask: Ask<'_>, path: &str) -> Result<Answer, Silence> {
        let known = self.token.borrow().clone();
        let was_known = known.is_some();
        let token = match known {
            Some(token) => token,
            None => self.log_in()?,
        };
        let answer = self.send(ask, path, &token, true)?;
        let is_futile = self.futile.get().is_some_and(|at| at.elapsed() < FUTILE);
        if answer.status != 403 || !was_known || is_futile {
            return Ok(answer);
        }
        let another = self.log_in()?;
        if another == token {
            self.futile.set(Some(Instant::now()));
            return Ok(answer);
        }
        let answer = self.send(ask, path, &another, true)?;
        let helped = answer.status != 403;
        self.futile.set((!helped).then(Instant::now));
        Ok(answer)
    }

    fn log_in(&self) -> Result<Zeroizing<String>, Failure> {
        let token = match (self.connection.login.fixed()?, &self.connection.login) {
            (Some(token), _) => token,
            (None, Login::Exchange(mount, credentials)) => self.exchange(mount, credentials)?,
            (None, _) => Zeroizing::default(),
        };
        *self.token.borrow_mut() = Some(token.clone());
        Ok(token)
    }

    fn exchange(
        &self,
        mount: &str,
        credentials: &Credentials,
    ) -> Result<Zeroizing<String>, Failure> {
        let body = match credentials {
            Credentials::AppRole(role_id, secret_id) => {
                let secret_id = self.secret_id(secret_id)?;
                body(&Body::AppRole {
                    role_id,
                    secret_id: &secret_id,
                })
            }
            Credentials::Signed(role, path, name) => {
                let jwt = text(path, name)?;
                body(&Body::Signed { role, jwt: &jwt })
            }
        };
        let path = format!("auth/{}/login", encoded(mount));
        let answer = self.send(Ask::Post(&body), &path, "", true)?;
        let token = (answer.status == 200)
            .then(|| serde_json::from_slice::<LoggedIn>(&answer.body).ok()?.auth)
            .flatten()
            .map(|auth| Zeroizing::new(auth.client_token))
            .filter(|token| !token.is_empty() && is_header(token));
        token.ok_or_else(|| {
            let (what, help) = match answer.status {
                503 => (
                    "Vault is sealed or in maintenance",
                    "check `vault status`, and try again",
                ),
                429 => ("Vault is asked too often", "wait a little, and try again"),
                404 => (
                    "Vault has no such way to log in",
                    "check VAULT_AUTH_METHOD, VAULT_AUTH_MOUNT and VAULT_NAMESPACE",
                ),
                _ => (
                    "Vault does not accept what it was given to log in",
                    "check the role and what goes with it, and whether that has run out",
                ),
            };
            Failure::new(FailureKind::Refused, what, help)
        })
    }

    fn secret_id(&self, secret_id: &SecretId) -> Result<Zeroizing<String>, Failure> {
        let wrapping = match secret_id {
            SecretId::Given(id) => return Ok(id.clone()),
            SecretId::File(path) => return text(path, "VAULT_SECRET_ID_FILE"),
            SecretId::Wrapped(token) => token,
        };
        if let Some(id) = &*self.unwrapped.borrow() {
            return Ok(id.clone());
        }
        let answer = self.send(Ask::Post(b"{}"), "sys/wrapping/unwrap", wrapping, true)?;
        let inside = serde_json::from_slice::<Unwrapped>(&answer.body).ok();
        let inside = inside
            .filter(|_| answer.status == 200)
            .and_then(|found| found.data);
        let id = inside.map(|inside| Zeroizing::new(inside.secret_id));
        let id = id.ok_or_else(|| {
            Failure::new(
                FailureKind::Refused,
                "the wrapped secret id was taken out before, or has run out",
                "have a new one made; if nobody of yours took it out, somebody else has it",
            )
        })?;
        *self.unwrapped.borrow_mut() = Some(id.clone());
        Ok(id)
    }

    fn send(
        &self,
        ask: Ask<'_>,
        path: &str,
        token: &str,
        with_namespace: bool,
    ) -> Result<Answer, Silence> {
        let url = format!("{}/v1/{path}", self.connection.address);
        let mut headers = vec![("X-Vault-Request", "true")];
        if !token.is_empty() {
            headers.push(("X-Vault-Token", token));
        }
        let namespace = self.connection.namespace.as_deref();
        if let Some(namespace) = namespace.filter(|_| with_namespace) {
            headers.push(("X-Vault-Namespace", namespace));
        }
        let answer = match ask {
            Ask::Get => with(self.agent.get(url), &headers).call(),
            Ask::Delete => with(self.agent.delete(url), &headers).call(),
            Ask::Post(body) => {
                headers.push(("Content-Type", "application/json"));
                with(self.agent.post(url), &headers).send(body)
            }
        };
        let mut answer = answer.map_err(|error| not_reached(&error))?;
        let status = answer.status().as_u16();
        // Made large enough at once: what a buffer leaves behind when it grows is not cleared.
        let mut body = Zeroizing::new(Vec::with_capacity(LARGEST));
        let mut reader = answer.body_mut().as_reader().take(LARGEST as u64);
        reader.read_to_end(&mut body).map_err(|_| Silence {
            failure: Failure::new(
                FailureKind::NotReached,
                "the answer of Vault ended before its time",
                "try again; check what stands between here and Vault",
            ),
            was_sent: true,
        })?;
        Ok(Answer { status, body })
    }
}

fn with<B>(request: ureq::RequestBuilder<B>, headers: &[(&str, &str)]) -> ureq::RequestBuilder<B> {
    let add = |request: ureq::RequestBuilder<B>, (name, value): &(&str, &str)| {
        request.header(*name, *value)
    };
    headers.iter().fold(request, add)
}

/// What is sent to log in, in memory that is cleared and was never moved.
fn body(body: &Body<'_>) -> Zeroizing<Vec<u8>> {
    let (one, other) = match body {
        Body::AppRole { role_id, secret_id } => (role_id, secret_id),
        Body::Signed { role, jwt } => (role, jwt),
    };
    let mut out = Zeroizing::new(Vec::with_capacity(6 * (one.len() + other.len()) + 64));
    // Texts under texts can always be written.
    let _ = serde_json::to_writer(&mut *out, body);
    out
}

fn certificates(pem: &[u8], name: &str) -> Result<Vec<Certificate<'static>>, Failure> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        if let Ok(PemItem::Certificate(certificate)) = item {
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err(settings(
            &format!("the file of {name} holds no certificate"),
            "set it to a file with certificates in PEM form",
        ));
    }
    Ok(found)
}

fn client(identity: &Identity) -> Result<ClientCert, Failure> {
    let chain = certificates(&identity.certificate, "VAULT_CLIENT_CERT")?;
    let key = parse_pem(&identity.key).find_map(|item| match item {
        Ok(PemItem::PrivateKey(key)) => Some(key),
        _ => None,
    });
    let key = key.ok_or_else(|| {
        settings(
            "the file of VAULT_CLIENT_KEY holds no key",
            "set it to a file with a key in PEM form that no password locks",
        )
    })?;
    Ok(ClientCert::new_with_certs(&chain, key))
}

/// Why there is no answer, in our words: those of the library may hold what was sent.
fn not_reached(error: &ureq::Error) -> Silence {
    let untrusted = (
        "the certificate of Vault is not trusted",
        "name the certificate of the authority in VAULT_CACERT",
        false,
    );
    let (what, help, was_sent) = match error {
        ureq::Error::Timeout(of) => (
            "Vault did not answer in time",
            "check VAULT_ADDR and the network, and try again",
            !matches!(of, Timeout::Connect | Timeout::Resolve),
        ),
        ureq::Error::HostNotFound => (
            "the host of VAULT_ADDR is not known",
            "check VAULT_ADDR for its spelling",
            false,
        ),
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) | ureq::Error::Pem(_) => untrusted,
        ureq::Error::Io(error) if is_tls(error) => untrusted,
        error => (
            "Vault was not reached",
            "check VAULT_ADDR, that Vault is running, and the network",
            !is_refused(error),
        ),
    };
    Silence {
        failure: Failure::new(FailureKind::NotReached, what, help),
        was_sent,
    }
}

/// Whether an error of the connection comes from its encryption.
fn is_tls(error: &std::io::Error) -> bool {
    let inner = error.get_ref();
    inner.is_some_and(|inner| inner.downcast_ref::<rustls::Error>().is_some())
}

/// Whether there never was a connection.
fn is_refused(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::ConnectionFailed => true,
        ureq::Error::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        _ => false,
    }
}
