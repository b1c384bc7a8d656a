//! Where Vault is and how to speak to it: the settings of the `vault` program, from the environment and its files.

use std::path::Path;

use super::login::Login;
use crate::manager::Failure;
use crate::manager::environment::{Variables, bytes, settings};
use crate::workspace::files_in;

/// How to speak to a server. Has no `Debug`: what opens it is in it.
pub struct Connection {
    /// Scheme, host and port, and nothing behind.
    pub(super) address: String,
    pub(super) login: Login,
    pub(super) namespace: Option<String>,
    /// Certificates in PEM form that are trusted in the place of the system's.
    pub(super) authority: Option<Vec<u8>>,
    /// Who we are: certificate and key in PEM form.
    pub(super) identity: Option<Identity>,
}

/// A certificate of ours, and its key.
pub(super) struct Identity {
    pub(super) certificate: zeroize::Zeroizing<Vec<u8>>,
    pub(super) key: zeroize::Zeroizing<Vec<u8>>,
}

impl Connection {
    /// From variables: `VAULT_ADDR`, or for an agent `VAULT_PROXY_ADDR` or `VAULT_AGENT_ADDR`; what [`Login`] asks for;
    /// `VAULT_NAMESPACE`; `VAULT_CACERT` or `VAULT_CAPATH`; `VAULT_CLIENT_CERT` with `VAULT_CLIENT_KEY`.
    /// `VAULT_SKIP_VERIFY` is refused.
    pub fn of(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let skips =
            variable("VAULT_SKIP_VERIFY").filter(|value| !matches!(&**value, "0" | "false"));
        if skips.is_some() {
            return Err(settings(
                "VAULT_SKIP_VERIFY is set, and whoever answers in the place of Vault would get the token",
                "unset it, and name the certificate of the authority in VAULT_CACERT",
            ));
        }
        let address = address(variable)?;
        let namespace = variable("VAULT_NAMESPACE");
        if namespace.as_deref().is_some_and(|name| !is_header(name)) {
            return Err(settings(
                "VAULT_NAMESPACE holds what no namespace can hold",
                "set it to the path of the namespace, or unset it",
            ));
        }
        Ok(Self {
            address,
            login: Login::of(variable)?,
            namespace,
            authority: authority(variable)?,
            identity: identity(variable)?,
        })
    }
}

/// Where it is: the agent that logs in for us, or the server itself.
fn address(variable: Variables<'_>) -> Result<String, Failure> {
    let agent = ["VAULT_PROXY_ADDR", "VAULT_AGENT_ADDR"]
        .into_iter()
        .filter(|_| Login::is_agent(variable))
        .find_map(|name| Some((name, variable(name)?)));
    let own = || Some(("VAULT_ADDR", variable("VAULT_ADDR")?));
    let (name, address) = agent.or_else(own).ok_or_else(|| {
        settings(
            "VAULT_ADDR is not set, so nobody knows where the values are",
            "set it, for example to https://vault.example:8200",
        )
    })?;
    plain(&address, name)
}

/// An address without what could send the token elsewhere.
fn plain(address: &str, name: &str) -> Result<String, Failure> {
    let address = address.trim_end_matches('/');
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| address.strip_prefix(scheme));
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    if host.is_some_and(|host| !host.is_empty() && host.chars().all(is_host)) {
        return Ok(address.to_owned());
    }
    Err(settings(
        &format!("{name} is no address of a server"),
        "set it to scheme, host and port, for example to https://vault.example:8200",
    ))
}

fn authority(variable: Variables<'_>) -> Result<Option<Vec<u8>>, Failure> {
    if let Some(path) = variable("VAULT_CACERT") {
        return Ok(Some(bytes(Path::new(&path), "VAULT_CACERT")?.to_vec()));
    }
    let Some(folder) = variable("VAULT_CAPATH") else {
        return Ok(None);
    };
    let mut all = Vec::new();
    for path in files_in(Path::new(&folder)) {
        if path
            .extension()
            .is_some_and(|end| end == "pem" || end == "crt")
        {
            all.extend_from_slice(&bytes(&path, "VAULT_CAPATH")?);
            all.push(b'\n');
        }
    }
    if all.is_empty() {
        return Err(settings(
            "the folder of VAULT_CAPATH holds no certificate",
            "set it to a folder with files of certificates that end in .pem or .crt",
        ));
    }
    Ok(Some(all))
}

fn identity(variable: Variables<'_>) -> Result<Option<Identity>, Failure> {
    let file = |name: &str| {
        let path = variable(name);
        path.map(|path| bytes(Path::new(&path), name)).transpose()
    };
    match (file("VAULT_CLIENT_CERT")?, file("VAULT_CLIENT_KEY")?) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(Identity { certificate, key })),
        _ => Err(settings(
            "only one of VAULT_CLIENT_CERT and VAULT_CLIENT_KEY is set",
            "set both, or none",
        )),
    }
}

/// Whether a text can be the value of a header.
pub(super) fn is_header(text: &str) -> bool {
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
        let token = |set: &[_]| {
            let found = connection(set).unwrap_or_else(|failure| panic!("{failure:?}"));
            found.login.fixed().unwrap().unwrap().to_string()
        };
        assert_eq!(token(&[ADDRESS, home]), "from-home");
        assert_eq!(token(&[ADDRESS, home, file]), "from-file");
        let own = ("VAULT_TOKEN", "own");
        assert_eq!(token(&[ADDRESS, home, file, own]), "own");
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
