//! Questions to GCP Secret Manager, and what its errors mean.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::credentials::{self, Access};
use crate::manager::environment::{Variables, settings, variable};
use crate::manager::http::{Answer, Http, Question, Unanswered, Who, plain, way};
use crate::manager::kept::Kept;
use crate::manager::{Failure, FailureKind, NotWritten};
use crate::text::show;

const WHO: Who = Who {
    name: "GCP Secret Manager",
    address: "check the network, and CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER if it is set",
    trust: "name the certificate of the authority in SSL_CERT_FILE",
};

const USUAL: &str = "https://secretmanager.googleapis.com";

/// Speaks for one project.
pub(super) struct Client {
    http: Http,
    /// Scheme, host and perhaps port.
    pub(super) address: String,
    pub(super) project: String,
    access: Kept<Access>,
}

/// An error, by its name alone: what else it says may hold what was sent.
#[derive(Deserialize)]
struct Wrong {
    error: Named,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    status: String,
}

/// Why GCP did not do what it was asked for.
pub(super) enum No {
    /// There is nothing, or no version of it.
    Absent,
    /// There is something already.
    Exists,
    /// It is not in a state in which that can be done.
    NotNow,
    /// It is not allowed.
    Denied(Failure),
    /// Anything else that it said.
    Refused(Failure),
    /// Nothing was heard, or nothing that says what became of it.
    Unanswered(Unanswered),
}

impl No {
    /// Where absence and presence say nothing by themselves.
    pub(super) fn failure(self, name: &str) -> Failure {
        let odd = |what: String, help| Failure::new(FailureKind::Refused, what, help);
        match self {
            Self::Denied(failure) | Self::Refused(failure) => failure,
            Self::Unanswered(unanswered) => unanswered.into(),
            Self::NotNow => odd(
                format!("the version of {} is disabled or destroyed", show(name)),
                "enable it with `gcloud secrets versions enable`, or add a version with the right value",
            ),
            Self::Absent | Self::Exists => odd(
                format!(
                    "the secret {} was made or deleted in the meantime",
                    show(name)
                ),
                "try again",
            ),
        }
    }

    /// For what should have been written.
    pub(super) fn not_written(self, name: &str) -> NotWritten {
        match self {
            Self::Exists => NotWritten::Taken,
            Self::Unanswered(unanswered) => unanswered.into(),
            no => NotWritten::Refused(no.failure(name)),
        }
    }
}

impl Client {
    /// For a project, or for the one that the environment names.
    pub(super) fn new(mount: &str, variable: Variables<'_>) -> Result<Self, Failure> {
        let own = Some(mount.to_owned()).filter(|mount| !mount.is_empty());
        let project = own.or_else(|| variable("GOOGLE_CLOUD_PROJECT"));
        let project = project.ok_or_else(|| {
            settings(
                "no project of GCP is named, so nobody knows where the secrets are",
                "set GOOGLE_CLOUD_PROJECT to the id of the project",
            )
        })?;
        let is_project = |c: char| c.is_ascii_alphanumeric() || "-.:".contains(c);
        if !project.chars().all(is_project) || project.contains("..") {
            return Err(settings(
                "the project is no project of GCP",
                "set GOOGLE_CLOUD_PROJECT to the id of the project, or correct it in the manifest",
            ));
        }
        let set = variable("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER");
        let address = set.unwrap_or_else(|| USUAL.to_owned());
        let address = plain(&address).ok_or_else(|| {
            settings(
                "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER is no address that values may be sent to",
                "unset it, or set it to an address with https",
            )
        })?;
        Ok(Self {
            http: Http::new(WHO, way(address), None)?,
            address: address.to_owned(),
            project,
            access: Kept::default(),
        })
    }

    /// Has a token ready.
    pub(super) fn log_in(&self) -> Result<std::rc::Rc<Access>, Failure> {
        self.access.get(|| credentials::find(&variable))
    }

    /// Where this is, for people.
    pub(super) fn place(&self) -> String {
        format!("{}/v1/projects/{}", self.address, self.project)
    }

    /// Asks about something below the project. `name` is the secret that it is about.
    pub(super) fn ask<T: DeserializeOwned>(
        &self,
        method: &'static str,
        below: &str,
        body: Option<&[u8]>,
        name: &str,
    ) -> Result<T, No> {
        let mut answer = self.send(method, below, body)?;
        if answer.status == 401 {
            // A token can be taken back while it is kept.
            self.access.forget();
            answer = self.send(method, below, body)?;
        }
        if answer.status != 200 {
            return Err(no(&answer, name));
        }
        // It may have been done all the same.
        serde_json::from_slice(&answer.body)
            .map_err(|_| No::Unanswered(Unanswered::Cut(not_understood(name))))
    }

    fn send(&self, method: &'static str, below: &str, body: Option<&[u8]>) -> Result<Answer, No> {
        let access = self.log_in().map_err(No::Refused)?;
        let quota = access.quota.as_deref();
        let headers: Vec<(&str, &str)> = quota
            .map(|quota| ("x-goog-user-project", quota))
            .into_iter()
            .collect();
        let address = format!("{}/{below}", self.place());
        let question = Question {
            method,
            address: &address,
            headers: &headers,
            body,
        };
        let answer = self.http.ask_as(&access.token, &question);
        answer.map_err(No::Unanswered)
    }
}

/// A failure over an answer whose parts are not what they should be.
pub(super) fn not_understood(name: &str) -> Failure {
    Failure::new(
        FailureKind::Refused,
        format!("the answer of GCP about {} was not understood", show(name)),
        "try again; check CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER if it is set",
    )
}

/// An answer that is no answer. What stands in it is not told.
fn no(answer: &Answer, name: &str) -> No {
    let wrong: Option<Wrong> = serde_json::from_slice(&answer.body).ok();
    let status = wrong.map(|wrong| wrong.error.status).unwrap_or_default();
    let failure = |what: String, help| Failure::new(FailureKind::Refused, what, help);
    match (status.as_str(), answer.status) {
        ("NOT_FOUND", 404) => No::Absent,
        ("ALREADY_EXISTS", _) => No::Exists,
        ("FAILED_PRECONDITION", _) => No::NotNow,
        (_, 401) => No::Refused(failure(
            "GCP does not take the token of who asks".to_owned(),
            "log in with `gcloud auth application-default login`",
        )),
        (_, 403) => No::Denied(Failure::new(
            FailureKind::Denied,
            format!("GCP does not allow that about {}", show(name)),
            "use an identity with the roles of the manifest, and check that the API is enabled in the project",
        )),
        (_, 429) => No::Refused(failure(
            "GCP is asked too often".to_owned(),
            "wait a little, and try again",
        )),
        // It may have been done all the same.
        (_, status @ 500..) => No::Unanswered(Unanswered::Cut(failure(
            format!(
                "GCP answered with status {status} when it was asked about {}",
                show(name)
            ),
            "wait a little, and try again",
        ))),
        (_, 300..=399) => No::Refused(failure(
            "GCP answers with a redirect, and values are sent nowhere else".to_owned(),
            "check CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER if it is set",
        )),
        (_, status) => No::Refused(failure(
            format!(
                "GCP answered with status {status} when it was asked about {}",
                show(name)
            ),
            "check the project, the name of the secret and how large the value is",
        )),
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn client(mount: &str, set: &[(&str, &str)]) -> Result<Client, Failure> {
        Client::new(mount, &|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_project_has_an_address() {
        let project = ("GOOGLE_CLOUD_PROJECT", "one");
        let seam = "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER";
        let place = |mount, set: &[_]| client(mount, set).map(|client| client.place());
        assert_eq!(
            place("", &[project]).unwrap(),
            "https://secretmanager.googleapis.com/v1/projects/one"
        );
        assert_eq!(
            place("two", &[project, (seam, "http://127.0.0.1:80/")]).unwrap(),
            "http://127.0.0.1:80/v1/projects/two"
        );
        for (mount, set, expected) in [
            ("", &[][..], "no project"),
            ("../x", &[], "no project of GCP"),
            ("x", &[(seam, "http://gcp.example/")], "no address"),
        ] {
            let Err(failure) = place(mount, set) else {
                panic!("{mount}")
            };
            assert!(failure.what.contains(expected), "{}", failure.what);
        }
    }

    #[test]
    fn an_error_is_known_by_its_name() {
        let of = |status, body: &str| {
            let body = Zeroizing::new(body.as_bytes().to_vec());
            no(&Answer { status, body }, "team-server-A")
        };
        let named = |name| format!(r#"{{"error":{{"status":"{name}","message":"fixture"}}}}"#);
        assert!(matches!(of(404, &named("NOT_FOUND")), No::Absent));
        assert!(matches!(of(409, &named("ALREADY_EXISTS")), No::Exists));
        assert!(matches!(of(400, &named("FAILED_PRECONDITION")), No::NotNow));
        assert!(matches!(of(503, ""), No::Unanswered(Unanswered::Cut(_))));
        // A page of somebody else is not taken for absence.
        for (status, body) in [
            (404, "<html>fixture"),
            (400, "{}"),
            (302, ""),
            (429, "fixture"),
        ] {
            let No::Refused(failure) = of(status, body) else {
                panic!("{status}")
            };
            assert!(!failure.what.contains("fixture"), "{}", failure.what);
        }
        assert!(matches!(
            of(403, &named("PERMISSION_DENIED")),
            No::Denied(_)
        ));
    }
}
