//! Who asks: how a token is come by, from the variables that the accessors in migrated programs know as well.
//!
//! Only what is sent is put together here; `session` sends it.

use std::path::{Path, PathBuf};

use serde::Serialize;
use zeroize::Zeroizing;

use super::connection::is_header;
use crate::manager::Failure;
use crate::manager::environment::{Variables, settings, text};

/// Where Kubernetes puts the token of a pod.
const POD: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// How to come by a token. Has no `Debug`: what opens a manager is in it.
pub(super) enum Login {
    /// None is needed: an agent adds its own.
    Agent,
    /// It was given.
    Token(Zeroizing<String>),
    /// It stands in a file, which is read each time: agents rewrite it.
    TokenFile(PathBuf, &'static str),
    /// It is given for something else at a mount.
    Exchange(String, Credentials),
}

/// What is given for a token.
pub(super) enum Credentials {
    /// Of an application.
    AppRole(Zeroizing<String>, SecretId),
    /// A signed statement about us in a file, for a role; the variable of the file.
    Signed(String, PathBuf, &'static str),
}

/// The second half of the credentials of an application.
pub(super) enum SecretId {
    Given(Zeroizing<String>),
    /// Read each time: whoever delivers it may rewrite it.
    File(PathBuf),
    /// A token that is good for taking it out of its wrapping once.
    Wrapped(Zeroizing<String>),
}

/// What is sent to log in.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Body<'b> {
    AppRole {
        role_id: &'b str,
        secret_id: &'b str,
    },
    Signed {
        role: &'b str,
        jwt: &'b str,
    },
}

impl Login {
    /// From the first that is set: `VAULT_AUTH_METHOD`; `VAULT_TOKEN` or `VAULT_TOKEN_FILE`; `VAULT_PROXY_ADDR` or
    /// `VAULT_AGENT_ADDR`; `VAULT_ROLE_ID` with a secret id; `VAULT_K8S_ROLE`; `VAULT_JWT_ROLE` with `VAULT_JWT_FILE`;
    /// `~/.vault-token`.
    pub(super) fn of(variable: Variables<'_>) -> Result<Self, Failure> {
        let method = method(variable);
        let mount = || variable("VAULT_AUTH_MOUNT").unwrap_or_else(|| method.clone());
        let login = match method.as_str() {
            "agent" => Self::Agent,
            "token" => token(variable)?,
            "approle" => {
                let role = Zeroizing::new(need(variable, "VAULT_ROLE_ID")?);
                Self::Exchange(mount(), Credentials::AppRole(role, secret_id(variable)?))
            }
            "kubernetes" => {
                let file = variable("VAULT_K8S_TOKEN_FILE").unwrap_or_else(|| POD.to_owned());
                let role = need(variable, "VAULT_K8S_ROLE")?;
                let signed = Credentials::Signed(role, file.into(), "VAULT_K8S_TOKEN_FILE");
                Self::Exchange(mount(), signed)
            }
            "jwt" => {
                let file = need(variable, "VAULT_JWT_FILE")?;
                let role = need(variable, "VAULT_JWT_ROLE")?;
                let signed = Credentials::Signed(role, file.into(), "VAULT_JWT_FILE");
                Self::Exchange(mount(), signed)
            }
            _ => {
                return Err(settings(
                    "VAULT_AUTH_METHOD is none of token, agent, approle, kubernetes and jwt",
                    "set it to one of them, or unset it",
                ));
            }
        };
        // So that what is missing is said before anything is asked.
        login.fixed()?;
        Ok(login)
    }

    /// Whether an agent is asked, which logs in for us.
    pub(super) fn is_agent(variable: Variables<'_>) -> bool {
        method(variable) == "agent"
    }

    /// The token, where it is not given for something else; empty for an agent.
    pub(super) fn fixed(&self) -> Result<Option<Zeroizing<String>>, Failure> {
        match self {
            Self::Agent => Ok(Some(Zeroizing::default())),
            Self::Token(token) => Ok(Some(token.clone())),
            Self::TokenFile(path, name) => checked(text(path, name)?, name).map(Some),
            Self::Exchange(..) => Ok(None),
        }
    }
}

fn method(variable: Variables<'_>) -> String {
    let is_set = |names: &[&str]| names.iter().any(|name| variable(name).is_some());
    if let Some(forced) = variable("VAULT_AUTH_METHOD") {
        return forced;
    }
    let secret_id = [
        "VAULT_SECRET_ID",
        "VAULT_SECRET_ID_FILE",
        "VAULT_SECRET_ID_WRAPPED",
        "VAULT_SECRET_ID_WRAPPED_FILE",
    ];
    let method = if is_set(&["VAULT_TOKEN", "VAULT_TOKEN_FILE"]) {
        "token"
    } else if is_set(&["VAULT_PROXY_ADDR", "VAULT_AGENT_ADDR"]) {
        "agent"
    } else if is_set(&["VAULT_ROLE_ID"]) && is_set(&secret_id) {
        "approle"
    } else if is_set(&["VAULT_K8S_ROLE"]) {
        "kubernetes"
    } else if is_set(&["VAULT_JWT_ROLE"]) && is_set(&["VAULT_JWT_FILE"]) {
        "jwt"
    } else {
        "token"
    };
    method.to_owned()
}

fn need(variable: Variables<'_>, name: &str) -> Result<String, Failure> {
    variable(name).ok_or_else(|| {
        settings(
            &format!("{name} is not set, and the way to log in that was chosen needs it"),
            "set it, or choose another way with VAULT_AUTH_METHOD",
        )
    })
}

fn token(variable: Variables<'_>) -> Result<Login, Failure> {
    if let Some(token) = variable("VAULT_TOKEN") {
        return checked(Zeroizing::new(token), "VAULT_TOKEN").map(Login::Token);
    }
    if let Some(path) = variable("VAULT_TOKEN_FILE") {
        return Ok(Login::TokenFile(path.into(), "VAULT_TOKEN_FILE"));
    }
    // Where `vault login` puts it.
    let home = variable("HOME").or_else(|| variable("USERPROFILE"));
    let path = home.map(|home| Path::new(&home).join(".vault-token"));
    let usual = path.filter(|path| text(path, "~/.vault-token").is_ok());
    let usual = usual.map(|path| Login::TokenFile(path, "~/.vault-token"));
    usual.ok_or_else(|| {
        settings(
            "there is no token to ask Vault with",
            "log in with `vault login`, or set VAULT_TOKEN, VAULT_TOKEN_FILE, VAULT_ROLE_ID with a secret id, \
             VAULT_K8S_ROLE or VAULT_JWT_ROLE",
        )
    })
}

fn checked(token: Zeroizing<String>, from: &str) -> Result<Zeroizing<String>, Failure> {
    if token.is_empty() || !is_header(&token) {
        return Err(settings(
            &format!("{from} holds no token"),
            "log in with `vault login`, or set VAULT_TOKEN",
        ));
    }
    Ok(token)
}

fn secret_id(variable: Variables<'_>) -> Result<SecretId, Failure> {
    if let Some(id) = variable("VAULT_SECRET_ID") {
        return Ok(SecretId::Given(Zeroizing::new(id)));
    }
    if let Some(path) = variable("VAULT_SECRET_ID_FILE") {
        return Ok(SecretId::File(path.into()));
    }
    if let Some(token) = variable("VAULT_SECRET_ID_WRAPPED") {
        let token = checked(Zeroizing::new(token), "VAULT_SECRET_ID_WRAPPED")?;
        return Ok(SecretId::Wrapped(token));
    }
    if let Some(path) = variable("VAULT_SECRET_ID_WRAPPED_FILE") {
        let name = "VAULT_SECRET_ID_WRAPPED_FILE";
        let token = checked(text(Path::new(&path), name)?, name)?;
        return Ok(SecretId::Wrapped(token));
    }
    Err(settings(
        "VAULT_ROLE_ID is set, and there is no secret id for it",
        "set VAULT_SECRET_ID_FILE, VAULT_SECRET_ID, VAULT_SECRET_ID_WRAPPED_FILE or VAULT_SECRET_ID_WRAPPED",
    ))
}
