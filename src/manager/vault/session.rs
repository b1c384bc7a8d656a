//! Asking a server over HTTP: the token goes to the address that the user set and nowhere else. No redirect is followed,
//! and no proxy is asked.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use serde::Deserialize;
use zeroize::Zeroizing;

use super::connection::{Connection, is_header};
use super::encoded;
use super::login::{Body, Credentials, Login, SecretId};
use crate::manager::environment::text;
use crate::manager::http::{Answer, Http, Question, Unanswered, Way, Who};
use crate::manager::{Failure, FailureKind};

const VAULT: Who = Who {
    name: "Vault",
    address: "check VAULT_ADDR, that Vault is running, and the network",
    trust: "name a file with the certificate of the authority in VAULT_CACERT",
};

/// How long nobody logs in again after that has not helped: what is refused may just not be allowed.
const FUTILE: Duration = Duration::from_secs(10);

/// Questions to a server.
pub(super) struct Session {
    connection: Connection,
    http: Http,
    token: RefCell<Option<Zeroizing<String>>>,
    /// The secret id that was taken out of its wrapping, which works once.
    unwrapped: RefCell<Option<Zeroizing<String>>>,
    /// When logging in again did not help.
    futile: Cell<Option<Instant>>,
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
        let authority = connection.authority.as_deref();
        let identity = connection.identity.as_ref();
        let identity = identity.map(|own| [&own.certificate[..], &own.key[..]]);
        let http = Http::known_by(VAULT, Way::Direct, authority, identity)?;
        Ok(Self {
            connection,
            http,
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
    pub(super) fn ask_unknown(&self, path: &str) -> Result<Answer, Unanswered> {
        self.send(Ask::Get, path, "", false)
    }

    /// Asks. Where that is refused, logs in again, once, and asks again: what is refused was not done.
    pub(super) fn ask(&self, ask: Ask<'_>, path: &str) -> Result<Answer, Unanswered> {
        let known = self.token.borrow().clone();
        let was_known = known.is_some();
        let token = match known {
            Some(token) => token,
            None => self.log_in().map_err(Unanswered::NotSent)?,
        };
        let answer = self.send(ask, path, &token, true)?;
        let is_futile = self.futile.get().is_some_and(|at| at.elapsed() < FUTILE);
        if answer.status != 403 || !was_known || is_futile {
            return Ok(answer);
        }
        let another = self.log_in().map_err(Unanswered::NotSent)?;
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
    ) -> Result<Answer, Unanswered> {
        let url = format!("{}/v1/{path}", self.connection.address);
        let mut headers = vec![("X-Vault-Request", "true")];
        if !token.is_empty() {
            headers.push(("X-Vault-Token", token));
        }
        let namespace = self.connection.namespace.as_deref();
        if let Some(namespace) = namespace.filter(|_| with_namespace) {
            headers.push(("X-Vault-Namespace", namespace));
        }
        let (method, body) = match ask {
            Ask::Get => ("GET", None),
            Ask::Delete => ("DELETE", None),
            Ask::Post(body) => {
                headers.push(("Content-Type", "application/json"));
                ("POST", Some(body))
            }
        };
        self.http.ask(&Question {
            method,
            address: &url,
            headers: &headers,
            body,
        })
    }
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
