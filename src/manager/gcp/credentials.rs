//! Who asks GCP: the application default credentials.
//!
//! The file that `GOOGLE_APPLICATION_CREDENTIALS` names, or the one that `gcloud` writes, or the machine. Kinds of files
//! that are not known here are left to `gcloud`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use serde::Deserialize;
use ureq::tls::{PemItem, parse_pem};
use zeroize::Zeroizing;

use super::federation::{self, External};
use crate::manager::environment::{Variables, settings, text};
use crate::manager::http::{Http, Question, Way, Who, form, is_header, plain, way};
use crate::manager::token::{self, Token};
use crate::manager::{Failure, clock, program};

pub(super) const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
const TOKENS: &str = "https://oauth2.googleapis.com/token";

/// How long a token is asked for, in seconds.
const LIFE: u64 = 3600;

pub(super) const WHO: Who = Who {
    name: "the token service of Google",
    address: "check the file of credentials, and the network",
    trust: "name the certificate of the authority in SSL_CERT_FILE",
};

const METADATA: Who = Who {
    name: "the metadata service of GCP",
    address: LOG_IN,
    trust: LOG_IN,
};

const LOG_IN: &str = "log in with `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a file of credentials";

/// A token, and which project pays for the question where that is not the one that is asked about.
pub(super) struct Access {
    pub(super) token: Zeroizing<String>,
    pub(super) quota: Option<String>,
}

/// A file of credentials. Has no `Debug`.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Credentials {
    ServiceAccount(Account),
    AuthorizedUser(User),
    ExternalAccount(External),
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Account {
    client_email: String,
    private_key: Zeroizing<String>,
    private_key_id: Option<String>,
    token_uri: Option<String>,
}

#[derive(Deserialize)]
struct User {
    client_id: String,
    client_secret: Zeroizing<String>,
    refresh_token: Zeroizing<String>,
    quota_project_id: Option<String>,
}

/// Asks for a token.
pub(super) fn find(variable: Variables<'_>) -> Result<(Access, Option<Duration>), Failure> {
    let (path, name) = match variable("GOOGLE_APPLICATION_CREDENTIALS") {
        Some(path) => (Some(PathBuf::from(path)), "GOOGLE_APPLICATION_CREDENTIALS"),
        None => (usual(variable), "the file that `gcloud` wrote"),
    };
    let mut quota = variable("GOOGLE_CLOUD_QUOTA_PROJECT");
    let (token, good) = match path {
        None => of_machine(variable)?,
        Some(path) => {
            let text = text(&path, name)?;
            let credentials = serde_json::from_str(&text)
                .map_err(|_| settings(&format!("{name} holds no credentials"), LOG_IN))?;
            match credentials {
                Credentials::ServiceAccount(account) => of_account(&account)?,
                Credentials::AuthorizedUser(user) => {
                    quota = quota.or_else(|| user.quota_project_id.clone());
                    of_user(&user)?
                }
                Credentials::ExternalAccount(external) => federation::token(&external)?,
                Credentials::Other => of_program()?,
            }
        }
    };
    let quota = quota.filter(|quota| is_header(quota));
    Ok((Access { token, quota }, good))
}

/// Where `gcloud` writes it.
fn usual(variable: Variables<'_>) -> Option<PathBuf> {
    let settings = variable("CLOUDSDK_CONFIG").map(PathBuf::from);
    let folder = settings
        .or_else(|| Some(Path::new(&variable("APPDATA")?).join("gcloud")))
        .or_else(|| Some(Path::new(&variable("HOME")?).join(".config/gcloud")))?;
    let path = folder.join("application_default_credentials.json");
    Some(path).filter(|path| !crate::workspace::is_missing(path))
}

/// An account signs that it is itself.
fn of_account(account: &Account) -> Result<Token, Failure> {
    let tokens = account.token_uri.as_deref().unwrap_or(TOKENS);
    let tokens = checked(tokens)?;
    let assertion = assertion(account, tokens, clock::seconds())
        .ok_or_else(|| settings("the key of the service account cannot be used", LOG_IN))?;
    let body = form(&[
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", &assertion),
    ]);
    post(tokens, &body, "the service account")
}

fn of_user(user: &User) -> Result<Token, Failure> {
    let body = form(&[
        ("grant_type", "refresh_token"),
        ("client_id", &user.client_id),
        ("client_secret", &user.client_secret),
        ("refresh_token", &user.refresh_token),
    ]);
    post(TOKENS, &body, "you")
}

fn of_program() -> Result<Token, Failure> {
    let out = program::answer(
        "gcloud",
        &["auth", "application-default", "print-access-token"],
    );
    let token = out.and_then(|out| {
        let text = str::from_utf8(&out).ok()?.trim();
        is_header(text).then(|| Zeroizing::new(text.to_owned()))
    });
    let token = token.ok_or_else(|| {
        settings(
            "`gcloud` gave no token for the application default credentials",
            LOG_IN,
        )
    })?;
    Ok((token, Some(Duration::from_secs(300))))
}

/// What a machine is given; there is nobody else to ask.
fn of_machine(variable: Variables<'_>) -> Result<Token, Failure> {
    let host = variable("GCE_METADATA_HOST").unwrap_or_else(|| "169.254.169.254".to_owned());
    let nobody = || settings("there is nobody to ask GCP as", LOG_IN);
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    if !host.chars().all(is_host) {
        return Err(nobody());
    }
    let address = format!(
        "http://{host}/computeMetadata/v1/instance/service-accounts/default/token?scopes={SCOPE}"
    );
    let answer = Http::new(METADATA, Way::Near, None)?.ask(&Question {
        method: "GET",
        address: &address,
        headers: &[("metadata-flavor", "Google")],
        body: None,
    });
    let answer = answer.ok().filter(|answer| answer.status == 200);
    let token = answer.and_then(|answer| token::token(&answer.body));
    token.ok_or_else(nobody)
}

/// An address that a file names, if a token may be asked for there.
pub(super) fn checked(address: &str) -> Result<&str, Failure> {
    plain(address).ok_or_else(|| {
        settings(
            "the file of credentials names an address that no token may be asked for at",
            LOG_IN,
        )
    })
}

/// Asks for a token with a form.
pub(super) fn post(address: &str, body: &str, whose: &str) -> Result<Token, Failure> {
    let question = Question {
        method: "POST",
        address,
        headers: &[("content-type", "application/x-www-form-urlencoded")],
        body: Some(body.as_bytes()),
    };
    token::ask(
        &Http::new(WHO, way(address), None)?,
        &question,
        whose,
        LOG_IN,
    )
}

/// What an account signs; nothing if its key is none.
fn assertion(account: &Account, tokens: &str, now: u64) -> Option<Zeroizing<String>> {
    let header = serde_json::json!({
        "alg": "RS256",
        "typ": "JWT",
        "kid": account.private_key_id,
    });
    let claims = serde_json::json!({
        "iss": account.client_email,
        "scope": SCOPE,
        "aud": tokens,
        "iat": now,
        "exp": now + LIFE,
    });
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&header), part(&claims));
    let mut items = parse_pem(account.private_key.as_bytes());
    let key = items.find_map(|item| match item {
        Ok(PemItem::PrivateKey(key)) => KeyPair::from_pkcs8(key.der()).ok(),
        _ => None,
    })?;
    let mut signature = vec![0; key.public().modulus_len()];
    let random = SystemRandom::new();
    key.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
        .ok()?;
    let signature = URL_SAFE_NO_PAD.encode(signature);
    Some(Zeroizing::new(format!("{text}.{signature}")))
}
