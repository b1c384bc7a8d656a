//! Questions to the services of GCP that know projects and roles. Nobody needs an answer: who may not ask, and who gets none,
//! is not told.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use super::client::Client;
use crate::manager::environment::variable;
use crate::manager::http::{Http, Question, Who, host, is_loopback, plain, way};
use crate::manager::optional::{Allowance, Silent};

const WHO: Who = Who {
    name: "GCP",
    address: "check the network",
    trust: "name the certificate of the authority in SSL_CERT_FILE",
};

/// Where something is asked, and what else says where.
type Place = (&'static str, &'static str);

const PROJECTS: Place = (
    "https://cloudresourcemanager.googleapis.com",
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER",
);
const ROLES: Place = (
    "https://iam.googleapis.com",
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM",
);

/// How many questions are asked in one run.
const QUESTIONS: usize = 200;

/// What was told, kept for the next who asks.
type Told = Result<Rc<Value>, Silent>;

/// What was told so far.
pub(super) struct Project {
    allowance: Allowance,
    policy: RefCell<Option<Told>>,
    roles: RefCell<BTreeMap<String, Told>>,
}

impl Default for Project {
    fn default() -> Self {
        Self {
            allowance: Allowance::new(QUESTIONS),
            policy: RefCell::default(),
            roles: RefCell::default(),
        }
    }
}

impl Project {
    /// The policy of the project, with its conditions.
    pub(super) fn policy(&self, client: &Client) -> Told {
        let mut policy = self.policy.borrow_mut();
        let told = policy.get_or_insert_with(|| {
            let below = format!("v1/projects/{}:getIamPolicy", client.project);
            let body = br#"{"options":{"requestedPolicyVersion":3}}"#;
            self.ask(client, PROJECTS, &below, Some(body)).map(Rc::new)
        });
        told.clone()
    }

    /// A role, with what it lets.
    pub(super) fn role(&self, client: &Client, role: &str) -> Told {
        let mut roles = self.roles.borrow_mut();
        let told = roles.entry(role.to_owned()).or_insert_with(|| {
            let fits = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
            if !role.chars().all(fits) || role.contains("..") {
                return Err(Silent::Unanswered);
            }
            let below = format!("v1/{role}");
            self.ask(client, ROLES, &below, None).map(Rc::new)
        });
        told.clone()
    }

    fn ask(
        &self,
        client: &Client,
        (usual, set): Place,
        below: &str,
        body: Option<&[u8]>,
    ) -> Result<Value, Silent> {
        let address = match variable(set) {
            Some(set) => plain(&set).map(str::to_owned),
            // What stands in for GCP on this machine has no other services than those that are named.
            None if is_loopback(host(&client.address)) => None,
            None => Some(usual.to_owned()),
        };
        let address = address.ok_or(Silent::Unanswered)?;
        let access = client.log_in().map_err(|_| Silent::Unanswered)?;
        let quota = access.quota.as_deref();
        let headers: Vec<(&str, &str)> = quota
            .map(|quota| ("x-goog-user-project", quota))
            .into_iter()
            .collect();
        let http = Http::new(WHO, way(&address), None).map_err(|_| Silent::Unanswered)?;
        let question = Question {
            method: if body.is_some() { "POST" } else { "GET" },
            address: &format!("{address}/{below}"),
            headers: &headers,
            body,
        };
        let answer = self
            .allowance
            .spend(|| http.ask_as(&access.token, &question));
        let answer = answer.and_then(Result::ok).ok_or(Silent::Unanswered)?;
        match answer.status {
            200 => serde_json::from_slice(&answer.body).map_err(|_| Silent::Unanswered),
            401 | 403 => Err(Silent::Denied),
            404 => Err(Silent::Absent),
            _ => Err(Silent::Unanswered),
        }
    }
}
