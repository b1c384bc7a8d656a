//! Tokens of other platforms, given to Google for one of its own: workload identity federation.
//!
//! The token comes from a file or from an address, as in continuous integration and in clusters.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::credentials::{SCOPE, WHO, checked, post};
use crate::manager::environment::{settings, text};
use crate::manager::http::{Http, Question, form, host, is_header, is_loopback, way};
use crate::manager::token::{self, Token};
use crate::manager::{Failure, FailureKind};

const HELP: &str =
    "check the file of credentials that the provider of the identity is described in";

/// How the token of another platform is found and given.
#[derive(Deserialize)]
pub(super) struct External {
    audience: String,
    subject_token_type: String,
    token_url: String,
    service_account_impersonation_url: Option<String>,
    credential_source: Source,
}

#[derive(Deserialize)]
struct Source {
    file: Option<String>,
    url: Option<String>,
    #[serde(default)]
    headers: serde_json::Map<String, Value>,
    format: Option<Format>,
}

#[derive(Deserialize)]
struct Format {
    #[serde(rename = "type")]
    kind: String,
    subject_token_field_name: Option<String>,
}

/// A token of Google.
pub(super) fn token(external: &External) -> Result<Token, Failure> {
    let own = own(&external.credential_source)?;
    let body = form(&[
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ),
        (
            "requested_token_type",
            "urn:ietf:params:oauth:token-type:access_token",
        ),
        ("audience", &external.audience),
        ("scope", SCOPE),
        ("subject_token_type", &external.subject_token_type),
        ("subject_token", &own),
    ]);
    let whose = "the identity of this workload";
    let (first, good) = post(checked(&external.token_url)?, &body, whose)?;
    let Some(address) = &external.service_account_impersonation_url else {
        return Ok((first, good));
    };
    // Its path ends with a verb behind a colon.
    let address = checked(address)?;
    let bearer = Zeroizing::new(format!("Bearer {}", first.as_str()));
    let body = serde_json::json!({ "scope": [SCOPE] }).to_string();
    let question = Question {
        method: "POST",
        address,
        headers: &[
            ("content-type", "application/json"),
            ("authorization", bearer.as_str()),
        ],
        body: Some(body.as_bytes()),
    };
    token::ask(
        &Http::new(WHO, way(address), None)?,
        &question,
        "the service account that the workload may be",
        "allow it roles/iam.workloadIdentityUser on the service account",
    )
}

/// The token of the other platform.
fn own(source: &Source) -> Result<Zeroizing<String>, Failure> {
    let whole = match (&source.file, &source.url) {
        (Some(file), _) => text(Path::new(file), "the token of this workload")?,
        (None, Some(url)) => answer(url, source)?,
        (None, None) => {
            return Err(settings(
                "the file of credentials has a source that is not known here",
                "use a source with a file or an address, or the credentials of a service account",
            ));
        }
    };
    let token = match &source.format {
        Some(format) if format.kind == "json" => {
            let name = format.subject_token_field_name.as_deref();
            field(&whole, name.unwrap_or("access_token"))
        }
        _ => Some(whole),
    };
    token
        .filter(|token| is_header(token))
        .ok_or_else(|| settings("the platform gave no token for this workload", HELP))
}

fn field(text: &str, name: &str) -> Option<Zeroizing<String>> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Fields(std::collections::BTreeMap<String, Field>);
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Field {
        Text(Zeroizing<String>),
        Other(serde::de::IgnoredAny),
    }
    let Fields(mut fields) = serde_json::from_str(text).ok()?;
    match fields.remove(name)? {
        Field::Text(text) => Some(text),
        Field::Other(_) => None,
    }
}

fn answer(url: &str, source: &Source) -> Result<Zeroizing<String>, Failure> {
    let is_near = is_loopback(host(url)) || host(url) == "169.254.169.254";
    if !(url.starts_with("https://") || is_near && url.starts_with("http://")) {
        return Err(settings(
            "the file of credentials names an address that no token may be asked for at",
            HELP,
        ));
    }
    let text = |(name, value): (&String, &Value)| {
        Some((name.clone(), Zeroizing::new(value.as_str()?.to_owned())))
    };
    let headers: Vec<(String, Zeroizing<String>)> =
        source.headers.iter().filter_map(text).collect();
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let answer = Http::new(WHO, way(url), None)?.ask(&Question {
        method: "GET",
        address: url,
        headers: &headers,
        body: None,
    })?;
    let text = str::from_utf8(&answer.body).ok();
    let text = text.filter(|_| answer.status == 200);
    text.map(|text| Zeroizing::new(text.trim().to_owned()))
        .ok_or_else(|| {
            let what = "the platform gave no token for this workload";
            Failure::new(FailureKind::Refused, what, HELP)
        })
}
