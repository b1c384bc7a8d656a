//! AWS Secrets Manager: one secret for each server, a JSON object whose keys are the names.
//!
//! It makes a secret only where there is none, and says so by itself. A new version has no such guard: which one is
//! current is read right before it is written.

mod account;
mod client;
mod credentials;
mod identities;
mod policy;
mod profile;
mod readers;
mod rights;
mod sign;
mod xml;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom, SystemRandom};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use zeroize::Zeroizing;

use self::account::Caller;
use self::client::{Client, No, authority};
use self::identities::Identities;
use super::environment::{settings, variable};
use super::optional::Silent;
use super::{
    About, Failure, FailureKind, Found, Held, Manager, Missing, Need, NotWritten, Readers, Values,
};
use crate::text::show;

/// The version that is read where none is named.
const CURRENT: &str = "AWSCURRENT";
const BEFORE: &str = "AWSPREVIOUS";

/// For how many days a secret that was taken back can be brought back.
const RECOVERY: u8 = 7;

/// Secrets of one region.
struct Aws {
    client: Client,
    /// By path, as far as something was read there.
    arns: RefCell<BTreeMap<String, String>>,
    caller: OnceCell<Option<Caller>>,
    identities: OnceCell<Result<Identities, Silent>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Got {
    #[serde(rename = "ARN")]
    arn: Option<String>,
    version_id: String,
    secret_string: Option<Zeroizing<String>>,
    secret_binary: Option<Zeroizing<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    version_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    #[serde(rename = "ARN", default)]
    arn: String,
    /// What each version is marked with.
    #[serde(default)]
    version_ids_to_stages: BTreeMap<String, Vec<String>>,
    deleted_date: Option<IgnoredAny>,
}

/// The secrets of a region, which the environment names if `mount` does not.
pub(super) fn open(mount: &str) -> Result<Box<dyn Manager>, Failure> {
    Ok(Box::new(Aws {
        client: Client::new(mount, &variable)?,
        arns: RefCell::default(),
        caller: OnceCell::new(),
        identities: OnceCell::new(),
    }))
}

/// Below which domain the services of a region are.
fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    }
}

impl Aws {
    fn get(&self, path: &str, which: (&str, &str)) -> Result<(String, Held), No> {
        let (by, which) = which;
        let body = json!({ "SecretId": path, by: which }).to_string();
        let got: Got = self.client.ask("GetSecretValue", body.as_bytes(), path)?;
        if let Some(arn) = got.arn {
            self.arns.borrow_mut().insert(path.to_owned(), arn);
        }
        let held = held(got.secret_string, got.secret_binary).unwrap_or_default();
        Ok((got.version_id, held))
    }

    fn describe(&self, path: &str) -> Result<Described, No> {
        let body = json!({ "SecretId": path }).to_string();
        self.client.ask("DescribeSecret", body.as_bytes(), path)
    }

    /// Writes; the new version.
    fn write(
        &self,
        action: &str,
        path: &str,
        values: &Values,
        rest: &serde_json::Value,
    ) -> Result<String, NotWritten> {
        let text = text(values);
        let text = str::from_utf8(&text).unwrap_or_default();
        // Texts in texts are at most twice as long, and what is beside them is short.
        let mut body = Zeroizing::new(Vec::with_capacity(2 * text.len() + 4096));
        let mut whole = serde_json::Map::new();
        if let Some(rest) = rest.as_object() {
            whole.clone_from(rest);
        }
        let _ = serde_json::to_writer(
            &mut *body,
            &Whole {
                rest: &whole,
                secret_string: text,
            },
        );
        let written: Written = self
            .client
            .ask(action, &body, path)
            .map_err(|no| no.not_written(path))?;
        Ok(written.version_id)
    }
}

/// What is sent to write; the value is never copied into anything that is not cleared.
#[derive(serde::Serialize)]
struct Whole<'w> {
    #[serde(flatten)]
    rest: &'w serde_json::Map<String, serde_json::Value>,
    #[serde(rename = "SecretString")]
    secret_string: &'w str,
}

impl Manager for Aws {
    fn health(&self) -> Result<(), Failure> {
        // There is nothing that everybody may ask; whether there is anybody to ask as is known here.
        self.client.keys().map(|_| ())
    }

    fn fits(&self, path: &str, _: &str) -> Result<(), Failure> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "/_+=.@:-".contains(c);
        if !path.is_empty() && path.chars().all(is_name) {
            return Ok(());
        }
        Err(settings(
            &format!("\"{}\" is no name of a secret of AWS", show(path)),
            "correct the path in the manifest: letters, digits and `/_+=.@-`",
        ))
    }

    fn read(&self, path: &str) -> Result<Option<Held>, Failure> {
        match self.find(path)? {
            Found::There { held, .. } => Ok(Some(held)),
            _ => Ok(None),
        }
    }

    fn keys(&self, path: &str) -> Result<Option<Vec<String>>, Failure> {
        let held = self.read(path)?;
        Ok(held.map(|held| held.keys().map(str::to_owned).collect()))
    }

    fn find(&self, path: &str) -> Result<Found, Failure> {
        match self.get(path, ("VersionStage", CURRENT)) {
            Ok((version, held)) => Ok(Found::There { version, held }),
            // So it says of a secret without a value, too.
            Err(No::Absent) => match self.describe(path) {
                Ok(described) if described.deleted_date.is_none() => Ok(Found::Bare),
                Ok(_) | Err(No::Deleted) => Ok(Found::Deleted),
                Err(No::Absent) => Ok(Found::Nothing),
                // Who may not look there is told by the write.
                Err(No::Refused(failure)) if failure.kind == FailureKind::Denied => {
                    Ok(Found::Nothing)
                }
                Err(no) => Err(no.failure(path)),
            },
            Err(No::Deleted) => Ok(Found::Deleted),
            Err(no) => Err(no.failure(path)),
        }
    }

    fn read_version(&self, path: &str, version: &str) -> Result<Option<Held>, Failure> {
        match self.get(path, ("VersionId", version)) {
            Ok((_, held)) => Ok(Some(held)),
            Err(No::Absent | No::Deleted) => Ok(None),
            Err(no) => Err(no.failure(path)),
        }
    }

    fn create(&self, path: &str, values: &Values, about: &About<'_>) -> Result<String, NotWritten> {
        let rest = json!({
            "Name": path,
            "ClientRequestToken": request_token(),
            "Tags": [
                { "Key": "managed-by", "Value": "envacuate" },
                { "Key": "server", "Value": tag(about.server) },
            ],
        });
        self.write("CreateSecret", path, values, &rest)
    }

    fn replace(&self, path: &str, version: &str, values: &Values) -> Result<String, NotWritten> {
        match self.get(path, ("VersionStage", CURRENT)) {
            Ok((current, _)) if current == version => {}
            Ok(_) | Err(No::Absent | No::Deleted) => return Err(NotWritten::Taken),
            Err(no) => return Err(NotWritten::Refused(no.failure(path))),
        }
        let rest = json!({ "SecretId": path, "ClientRequestToken": request_token() });
        self.write("PutSecretValue", path, values, &rest)
    }

    fn remove(&self, path: &str, version: &str, _: Option<&str>) -> Result<(), Failure> {
        let described = match self.describe(path) {
            Ok(described) => described,
            Err(No::Absent | No::Deleted) => return Ok(()),
            Err(no) => return Err(no.failure(path)),
        };
        if described.deleted_date.is_some() {
            return Ok(());
        }
        if !described.version_ids_to_stages.keys().eq([version]) {
            return Err(super::not_ours(path));
        }
        let body = json!({ "SecretId": path, "RecoveryWindowInDays": RECOVERY }).to_string();
        let deleted: Result<IgnoredAny, No> =
            self.client.ask("DeleteSecret", body.as_bytes(), path);
        deleted.map(|_| ()).map_err(|no| no.failure(path))
    }

    fn missing_rights(&self, paths: &[&str], need: Need) -> Result<Vec<Missing>, Failure> {
        Ok(self.missing(paths, need))
    }

    fn readers(&self, path: &str) -> Result<Readers, Failure> {
        Ok(self.holders(path))
    }

    fn version_before(&self, path: &str, version: &str) -> Result<Option<String>, Failure> {
        let stages = match self.describe(path) {
            Ok(described) => described.version_ids_to_stages,
            Err(No::Absent | No::Deleted) => return Ok(None),
            Err(no) => return Err(no.failure(path)),
        };
        let is = |stages: &[String], stage| stages.iter().any(|one| one == stage);
        // Only what was current before the current one is marked.
        if !stages
            .get(version)
            .is_some_and(|stages| is(stages, CURRENT))
        {
            return Ok(None);
        }
        let mut before = stages.iter().filter(|(_, stages)| is(stages, BEFORE));
        Ok(before.next().map(|(version, _)| version.clone()))
    }

    fn place(&self) -> String {
        show(&self.client.address)
    }

    fn largest(&self) -> usize {
        65_536
    }
}

/// What a secret holds: the keys of an object, or else one value.
fn held(text: Option<Zeroizing<String>>, binary: Option<Zeroizing<String>>) -> Option<Held> {
    let is_text = text.is_some();
    let bytes = match (text, binary) {
        (Some(text), _) => Zeroizing::new(text.as_bytes().to_vec()),
        (None, Some(binary)) => Zeroizing::new(STANDARD.decode(binary.as_bytes()).ok()?),
        (None, None) => return None,
    };
    let object: Result<Held, _> = serde_json::from_slice(&bytes);
    let held = object.unwrap_or_else(|_| Held::single(bytes));
    Some(if is_text { held } else { held.of_bytes() })
}

/// The text of a secret.
fn text(values: &Values) -> Zeroizing<Vec<u8>> {
    match values.get("") {
        Some(value) if values.keys().count() == 1 => Zeroizing::new(value.as_bytes().to_vec()),
        _ => values.written(&values.exposed()),
    }
}

/// Tells one request from another, so that AWS does one that comes twice once. It becomes the id of the version, so it
/// says nothing of the values.
fn request_token() -> String {
    let mut bytes = [0; 16];
    // A machine without any randomness could not have opened the connection.
    let _ = SystemRandom::new().fill(&mut bytes);
    let hex = sign::hex(&bytes);
    let part = |from, to| hex.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-4{}-8{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

/// What a tag may hold.
fn tag(text: &str) -> String {
    let fits = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    let signs = text.chars().map(|c| if fits(c) { c } else { '-' });
    signs.take(256).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_an_object_or_one_value() {
        let of = |text: &str| held(Some(Zeroizing::new(text.to_owned())), None).unwrap();
        assert!(of(r#"{"A":"one"}"#).get("A").unwrap().is(b"one"));
        for one in ["plain", "[1]", "12", "\"x\"", "{broken", ""] {
            assert!(of(one).get("").unwrap().is(one.as_bytes()), "{one}");
        }
        let binary = held(None, Some(Zeroizing::new("eyJBIjoib25lIn0=".to_owned())));
        let binary = binary.unwrap();
        assert!(binary.get("A").unwrap().is(b"one") && binary.values().is_none());
        assert!(held(None, None).is_none());
        let mut values = Values::default();
        values.insert("", Zeroizing::new("a\"b".to_owned()));
        assert_eq!(text(&values).as_slice(), b"a\"b");
        values.insert("A", Zeroizing::new("one".to_owned()));
        assert_eq!(text(&values).as_slice(), br#"{"":"a\"b","A":"one"}"#);
    }

    #[test]
    fn requests_are_told_apart() {
        let (one, two) = (request_token(), request_token());
        assert_ne!(one, two);
        let parts: Vec<usize> = one.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
    }
}
