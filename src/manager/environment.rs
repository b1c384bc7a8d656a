//! Where a manager is and who asks: the settings of the `vault` program, from the environment and its files.

use std::path::Path;

use zeroize::Zeroizing;

use super::{Failure, FailureKind};
use crate::workspace::read_whole;

/// In bytes; more is no token, and no certificate.
const LARGEST: u64 = 1024 * 1024;

/// How to speak to a manager. Has no `Debug`: the token is in it.
pub struct Connection {
    /// Scheme, host and port, and nothing behind.
    pub(super) address: String,
    pub(super) token: Zeroizing<String>,
    pub(super) namespace: Option<String>,
    /// Certificates in PEM form that are trusted in the place of the system's.
    pub(super) authority: Option<Vec<u8>>,
}

/// A variable of the environment of this process.
#[expect(
    clippy::disallowed_methods,
    reason = "where the manager is and who asks it is told as every program of Vault is told it"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Connection {
    /// From variables: `VAULT_ADDR`; `VAULT_TOKEN`, `VAULT_TOKEN_FILE` or `~/.vault-token`; `VAULT_NAMESPACE` and
    /// `VAULT_CACERT`. `VAULT_SKIP_VERIFY` is refused.
    pub fn of(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let skips =
            variable("VAULT_SKIP_VERIFY").filter(|value| !matches!(&**value, "0" | "false"));
        if skips.is_some() {
            return Err(settings(
                "VAULT_SKIP_VERIFY is set, and whoever answers in the place of Vault would get the token",
                "unset it, and name the certificate of the authority in VAULT_CACERT",
            ));
        }
        let address = variable("VAULT_ADDR").ok_or_else(|| {
            settings(
                "VAULT_ADDR is not set, so nobody knows where the values are",
                "set it, for example to https://vault.example:8200",
            )
        })?;
        let namespace = variable("VAULT_NAMESPACE");
        if namespace.as_deref().is_some_and(|name| !is_header(name)) {
            return Err(settings(
                "VAULT_NAMESPACE holds what no namespace can hold",
                "set it to the path of the namespace, or unset it",
            ));
        }
        Ok(Self {
            address: plain(&address)?,
            token: token(variable)?,
            namespace,
            authority: variable("VAULT_CACERT")
                .map(|path| certificate(&path))
                .transpose()?,
        })
    }
}

fn settings(what: &str, help: &'static str) -> Failure {
    Failure::new(FailureKind::Settings, what, help)
}

/// An address without what could send the token elsewhere.
fn plain(address: &str) -> Result<String, Failure> {
    let address = address.trim_end_matches('/');
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| address.strip_prefix(scheme));
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    if host.is_some_and(|host| !host.is_empty() && host.chars().all(is_host)) {
        return Ok(address.to_owned());
    }
    Err(settings(
        "VAULT_ADDR is no address of a server",
        "set it to scheme, host and port, for example to https://vault.example:8200",
    ))
}

fn token(variable: &dyn Fn(&str) -> Option<String>) -> Result<Zeroizing<String>, Failure> {
    let (token, from) = match variable("VAULT_TOKEN") {
        Some(token) => (Zeroizing::new(token), "VAULT_TOKEN"),
        None => match variable("VAULT_TOKEN_FILE") {
            Some(path) => (
                file(Path::new(&path), "VAULT_TOKEN_FILE")?,
                "VAULT_TOKEN_FILE",
            ),
            None => (usual(variable)?, "~/.vault-token"),
        },
    };
    let token = Zeroizing::new(token.trim().to_owned());
    if token.is_empty() || !is_header(&token) {
        return Err(settings(
            &format!("{from} holds no token"),
            "log in with `vault login`, or set VAULT_TOKEN",
        ));
    }
    Ok(token)
}

/// Where `vault login` puts it.
fn usual(variable: &dyn Fn(&str) -> Option<String>) -> Result<Zeroizing<String>, Failure> {
    let home = variable("HOME").or_else(|| variable("USERPROFILE"));
    let path = home.map(|home| Path::new(&home).join(".vault-token"));
    let token = path.and_then(|path| file(&path, "~/.vault-token").ok());
    token.ok_or_else(|| {
        settings(
            "there is no token to ask Vault with",
            "log in with `vault login`, or set VAULT_TOKEN or VAULT_TOKEN_FILE",
        )
    })
}

fn file(path: &Path, name: &str) -> Result<Zeroizing<String>, Failure> {
    let unreadable = |why: &str| {
        settings(
            &format!("{name} cannot be used: {why}"),
            "check the path, and who may read it",
        )
    };
    let bytes = read_whole(path, LARGEST).map_err(|failure| unreadable(&failure.message))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is no text"))?;
    Ok(Zeroizing::new(text))
}

fn certificate(path: &str) -> Result<Vec<u8>, Failure> {
    read_whole(Path::new(path), LARGEST).map_err(|failure| {
        settings(
            &format!("VAULT_CACERT cannot be used: {}", failure.message),
            "set it to a file with certificates in PEM form",
        )
    })
}

/// Whether a text can be the value of a header.
fn is_header(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'!'..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(set: &[(&str, &str)]) -> Result<Connection, Failure> {
        Connection::of(&|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    const ADDRESS: (&str, &str) = ("VAULT_ADDR", "https://vault.example:8200/");

    #[test]
    fn a_token_comes_from_the_first_place_that_has_one() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().to_str().unwrap();
        let path = folder.path().join(".vault-token");
        crate::workspace::write_atomic(&path, b"from-home\n").unwrap();
        let other = folder.path().join("token");
        crate::workspace::write_atomic(&other, b"from-file\n").unwrap();
        let home = ("HOME", home);
        let file = ("VAULT_TOKEN_FILE", other.to_str().unwrap());
        let token = |set: &[_]| connection(set).map(|found| found.token.to_string());
        assert_eq!(token(&[ADDRESS, home]).unwrap(), "from-home");
        assert_eq!(token(&[ADDRESS, home, file]).unwrap(), "from-file");
        let own = ("VAULT_TOKEN", "own");
        assert_eq!(token(&[ADDRESS, home, file, own]).unwrap(), "own");
        assert_eq!(
            connection(&[ADDRESS, own])
                .unwrap_or_else(|_| unreachable!())
                .address,
            "https://vault.example:8200"
        );
    }

    #[test]
    fn what_cannot_be_used_is_said_without_the_token() {
        let token = ("VAULT_TOKEN", "s.fixture");
        for (set, expected) in [
            (&[token][..], "VAULT_ADDR is not set"),
            (&[ADDRESS], "no token"),
            (
                &[ADDRESS, ("VAULT_TOKEN", "s.fix\nture")],
                "VAULT_TOKEN holds no token",
            ),
            (
                &[ADDRESS, ("VAULT_TOKEN_FILE", "/nowhere/at/all")],
                "VAULT_TOKEN_FILE cannot",
            ),
            (
                &[ADDRESS, token, ("VAULT_SKIP_VERIFY", "1")],
                "VAULT_SKIP_VERIFY is set",
            ),
            (
                &[ADDRESS, token, ("VAULT_CACERT", "/nowhere/at/all")],
                "VAULT_CACERT cannot",
            ),
            (
                &[ADDRESS, token, ("VAULT_NAMESPACE", "a\r\nb")],
                "VAULT_NAMESPACE holds",
            ),
            (
                &[token, ("VAULT_ADDR", "https://user@vault.example")],
                "VAULT_ADDR is no address",
            ),
            (
                &[token, ("VAULT_ADDR", "https://vault.example/?x=")],
                "VAULT_ADDR is no address",
            ),
            (
                &[token, ("VAULT_ADDR", "ftp://vault.example")],
                "VAULT_ADDR is no address",
            ),
            (
                &[token, ("VAULT_ADDR", "https://")],
                "VAULT_ADDR is no address",
            ),
        ] {
            let Err(failure) = connection(set) else {
                panic!("{set:?}")
            };
            assert!(failure.what.contains(expected), "{}", failure.what);
            assert!(!failure.what.contains("fix"), "{}", failure.what);
        }
    }
}
