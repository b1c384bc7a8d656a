//! Questions to AWS: signed, and what its errors mean.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::credentials;
use super::sign::{Keys, Request, authorization, stamp};
use crate::manager::environment::{Variables, bytes, settings, variable};
use crate::manager::http::{Answer, Http, Question, Unanswered, Who, plain, way};
use crate::manager::kept::Kept;
use crate::manager::{Failure, FailureKind, NotWritten, clock};
use crate::text::show;

const WHO: Who = Who {
    name: "AWS Secrets Manager",
    address: "check the region, AWS_ENDPOINT_URL_SECRETS_MANAGER if it is set, and the network",
    trust: "name the certificate of the authority in AWS_CA_BUNDLE",
};

/// Speaks for one account in one region.
pub(super) struct Client {
    http: Http,
    /// Scheme, host, port and perhaps a path.
    pub(super) address: String,
    host: String,
    path: String,
    pub(super) region: String,
    keys: Kept<Keys>,
}

/// An error, by its name alone: what else it says may hold what was sent.
#[derive(Deserialize)]
struct Named {
    #[serde(rename = "__type", default)]
    name: String,
}

/// Why AWS did not do what it was asked for.
pub(super) enum No {
    /// There is nothing.
    Absent,
    /// There is something already.
    Exists,
    /// It is deleted, and can be brought back for some days.
    Deleted,
    /// It is not allowed.
    Denied(Failure),
    /// Anything else that it said.
    Refused(Failure),
    /// Nothing was heard, or nothing that says what became of it.
    Unanswered(Unanswered),
}

impl No {
    /// Where absence and presence say nothing by themselves.
    pub(super) fn failure(self, path: &str) -> Failure {
        let odd = |what: &str, help| Failure::new(FailureKind::Refused, what, help);
        match self {
            Self::Denied(failure) | Self::Refused(failure) => failure,
            Self::Unanswered(unanswered) => unanswered.into(),
            Self::Absent => odd(
                &format!("there is no secret {}", show(path)),
                "check the region and the account that is asked",
            ),
            Self::Exists | Self::Deleted => odd(
                &format!("the secret {} cannot be changed now", show(path)),
                "look at it with `aws secretsmanager describe-secret`",
            ),
        }
    }

    /// For what should have been written.
    pub(super) fn not_written(self, path: &str) -> NotWritten {
        match self {
            Self::Exists | Self::Deleted => NotWritten::Taken,
            Self::Unanswered(unanswered) => unanswered.into(),
            no => NotWritten::Refused(no.failure(path)),
        }
    }
}

impl Client {
    /// For a region, or for the one that the environment or the profile names.
    pub(super) fn new(mount: &str, variable: Variables<'_>) -> Result<Self, Failure> {
        let own = Some(mount.to_owned()).filter(|mount| !mount.is_empty());
        let region = own
            .or_else(|| variable("AWS_REGION"))
            .or_else(|| variable("AWS_DEFAULT_REGION"));
        let region = match region {
            Some(region) => Some(region),
            None => credentials::profile(variable)?.and_then(|profile| profile.region),
        };
        let region = region.ok_or_else(|| {
            settings(
                "no region of AWS is named, so nobody knows where the secrets are",
                "set AWS_REGION, for example to eu-central-1",
            )
        })?;
        let is_region = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !region.chars().all(is_region) {
            return Err(settings(
                "the region is no region of AWS",
                "set AWS_REGION, for example to eu-central-1, or correct it in the manifest",
            ));
        }
        let set = variable("AWS_ENDPOINT_URL_SECRETS_MANAGER");
        let address = match set.or_else(|| variable("AWS_ENDPOINT_URL")) {
            Some(address) => plain(&address).map(str::to_owned).ok_or_else(|| {
                settings(
                    "AWS_ENDPOINT_URL_SECRETS_MANAGER is no address that values may be sent to",
                    "unset it, or set it to an address with https",
                )
            })?,
            None => format!("https://secretsmanager.{region}.{}", super::domain(&region)),
        };
        let http = Http::new(
            WHO,
            way(&address),
            authority(variable)?.as_ref().map(|pem| pem.as_slice()),
        )?;
        let (_, rest) = address.split_once("://").unwrap_or_default();
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, path) = (host.to_owned(), format!("/{path}"));
        Ok(Self {
            http,
            host,
            path,
            region,
            keys: Kept::default(),
            address,
        })
    }

    /// The keys of who asks.
    pub(super) fn keys(&self) -> Result<std::rc::Rc<Keys>, Failure> {
        self.keys.get(|| credentials::find(&variable, &self.region))
    }

    /// Asks for one action. `about` is the path that it is about.
    pub(super) fn ask<T: DeserializeOwned>(
        &self,
        action: &str,
        body: &[u8],
        about: &str,
    ) -> Result<T, No> {
        let mut answer = self.send(action, body)?;
        if answer.status != 200 && is_name_of_keys(&name(&answer.body)) {
            // Those of a log-in run out while they are kept.
            self.keys.forget();
            answer = self.send(action, body)?;
        }
        if answer.status != 200 {
            return Err(no(answer.status, &name(&answer.body), about));
        }
        serde_json::from_slice(&answer.body).map_err(|_| {
            // It may have been done all the same.
            No::Unanswered(Unanswered::Cut(Failure::new(
                FailureKind::Refused,
                format!("the answer of AWS about {} was not understood", show(about)),
                "check AWS_ENDPOINT_URL_SECRETS_MANAGER if it is set",
            )))
        })
    }

    fn send(&self, action: &str, body: &[u8]) -> Result<Answer, No> {
        let keys = self.keys().map_err(No::Refused)?;
        let time = stamp(clock::seconds());
        let target = format!("secretsmanager.{action}");
        let mut headers = vec![
            ("content-type", "application/x-amz-json-1.1"),
            ("host", self.host.as_str()),
            ("x-amz-date", &time),
        ];
        if let Some(session) = &keys.session {
            headers.push(("x-amz-security-token", session));
        }
        headers.push(("x-amz-target", &target));
        let request = Request {
            method: "POST",
            path: &self.path,
            headers: &headers,
            body,
        };
        let signed = authorization(&request, &keys, (&self.region, "secretsmanager"), &time);
        headers.push(("authorization", &signed));
        let address = format!("{}/", self.address.trim_end_matches('/'));
        self.http
            .ask(&Question {
                method: "POST",
                address: if self.path == "/" {
                    &address
                } else {
                    &self.address
                },
                headers: &headers,
                body: Some(body),
            })
            .map_err(No::Unanswered)
    }
}

/// The name of an error, without where it is declared.
fn name(body: &[u8]) -> String {
    let named: Option<Named> = serde_json::from_slice(body).ok();
    let name = named.map(|named| named.name).unwrap_or_default();
    name.rsplit('#').next().unwrap_or_default().to_owned()
}

/// Whether the keys themselves were not taken.
fn is_name_of_keys(name: &str) -> bool {
    matches!(
        name,
        "ExpiredTokenException"
            | "ExpiredToken"
            | "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "IncompleteSignatureException"
            | "MissingAuthenticationTokenException"
    )
}

/// An answer that is no answer. What stands in it is not told.
fn no(status: u16, name: &str, about: &str) -> No {
    let refused = |what: String, help| No::Refused(Failure::new(FailureKind::Refused, what, help));
    match (name, status) {
        ("ResourceNotFoundException", _) => No::Absent,
        ("ResourceExistsException", _) => No::Exists,
        ("InvalidRequestException", _) => No::Deleted,
        (name, _) if is_name_of_keys(name) => refused(
            "AWS does not take the keys of who asks".to_owned(),
            "log in again, and check the clock of this machine",
        ),
        ("DecryptionFailure" | "EncryptionFailure", _) => refused(
            format!(
                "AWS may not use the key that {} is encrypted with",
                show(about)
            ),
            "allow kms:Decrypt and kms:GenerateDataKey on it",
        ),
        ("ThrottlingException" | "LimitExceededException", _) | (_, 429) => refused(
            "AWS is asked too often".to_owned(),
            "wait a little, and try again",
        ),
        ("AccessDeniedException", _) | (_, 401 | 403) => No::Denied(Failure::new(
            FailureKind::Denied,
            format!("AWS does not allow that about {}", show(about)),
            "use an identity with the policy of the manifest",
        )),
        // It may have been done all the same.
        (_, 500..) => No::Unanswered(Unanswered::Cut(Failure::new(
            FailureKind::Refused,
            format!(
                "AWS answered with status {status} when it was asked about {}",
                show(about)
            ),
            "wait a little, and try again",
        ))),
        (_, 300..=399) => refused(
            "AWS answers with a redirect, and values are sent nowhere else".to_owned(),
            "check AWS_ENDPOINT_URL_SECRETS_MANAGER if it is set",
        ),
        _ => refused(
            format!(
                "AWS answered with status {status} when it was asked about {}",
                show(about)
            ),
            "check the name of the secret, the region and how large the values are",
        ),
    }
}

/// The certificates that are to be trusted in the place of the system's.
pub(super) fn authority(variable: Variables<'_>) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    let set = variable("AWS_CA_BUNDLE");
    set.map(|path| bytes(std::path::Path::new(&path), "AWS_CA_BUNDLE"))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(mount: &str, set: &[(&str, &str)]) -> Result<Client, Failure> {
        Client::new(mount, &|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_region_has_an_address() {
        let region = ("AWS_REGION", "eu-west-1");
        let own = "https://secretsmanager.eu-west-1.amazonaws.com";
        let set = ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566/");
        for (mount, variables, expected) in [
            ("", &[region][..], own),
            ("", &[("AWS_DEFAULT_REGION", "eu-west-1")], own),
            (
                "us-east-2",
                &[region],
                "https://secretsmanager.us-east-2.amazonaws.com",
            ),
            (
                "cn-north-1",
                &[],
                "https://secretsmanager.cn-north-1.amazonaws.com.cn",
            ),
            ("", &[region, set], "http://127.0.0.1:4566"),
        ] {
            let client = client(mount, variables).unwrap_or_else(|_| panic!("{mount}"));
            assert_eq!(client.address, expected);
        }
        for (mount, variables, expected) in [
            ("", &[][..], "no region"),
            ("eu.example/", &[], "no region of AWS"),
            (
                "x",
                &[("AWS_ENDPOINT_URL", "http://aws.example")],
                "no address",
            ),
            (
                "x",
                &[("AWS_CA_BUNDLE", "/nowhere/at/all")],
                "AWS_CA_BUNDLE cannot",
            ),
        ] {
            let Err(failure) = client(mount, variables) else {
                panic!("{mount}")
            };
            assert!(failure.what.contains(expected), "{}", failure.what);
        }
    }

    #[test]
    fn an_error_is_known_by_its_name() {
        let of = |status, body: &[u8]| no(status, &name(body), "team/server");
        let body =
            br#"{"__type":"com.amazonaws.secretsmanager#ResourceNotFoundException","Message":"x"}"#;
        assert!(matches!(of(400, body), No::Absent));
        assert!(matches!(
            of(400, br#"{"__type":"ResourceExistsException"}"#),
            No::Exists
        ));
        assert!(matches!(
            of(400, br#"{"__type":"InvalidRequestException"}"#),
            No::Deleted
        ));
        assert!(matches!(of(500, b""), No::Unanswered(Unanswered::Cut(_))));
        for (status, body, expected) in [
            (
                400,
                r#"{"__type":"AccessDeniedException","Message":"fixture-value"}"#,
                "not allow",
            ),
            (400, r#"{"__type":"ThrottlingException"}"#, "too often"),
            (400, r#"{"__type":"ExpiredTokenException"}"#, "keys"),
            (403, "<html>fixture-value</html>", "not allow"),
            (302, "", "redirect"),
            (400, r#"{"__type":"ValidationException"}"#, "status 400"),
        ] {
            let (No::Denied(failure) | No::Refused(failure)) = of(status, body.as_bytes()) else {
                panic!("{body}")
            };
            assert!(failure.what.contains(expected), "{}", failure.what);
            assert!(!failure.what.contains("fixture"), "{}", failure.what);
        }
    }
}
