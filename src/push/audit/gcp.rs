//! Cloud Audit Logs of GCP: `AccessSecretVersion` in the Data Access log, `AddSecretVersion` in that of Admin Activity.
//!
//! Both name a version as it was asked for, so which one `latest` was is not told.

use serde_json::Value;

use super::{Did, Entry, Place, Record, Who, short, text, time};

pub(super) fn record(entry: &Value, place: &Place<'_>) -> Record {
    let Some(method) = text(entry, "/protoPayload/methodName") else {
        return Record::Foreign;
    };
    let code = entry.pointer("/protoPayload/status/code");
    let is_error = code.and_then(Value::as_i64).is_some_and(|code| code != 0);
    let project = text(entry, "/resource/labels/project_id");
    let is_elsewhere =
        project.is_some_and(|project| !place.mount.is_empty() && project != place.mount);
    let resource = text(entry, "/protoPayload/resourceName").unwrap_or_default();
    let Some(version) = version(resource, place.path) else {
        return Record::Other;
    };
    if is_error || is_elsewhere {
        return Record::Other;
    }
    let did = match method.rsplit('.').next() {
        Some("AccessSecretVersion") => match version {
            "latest" => Did::Read(None),
            named => Did::ReadNamed(Some(named.to_owned())),
        },
        Some("AddSecretVersion") => {
            let new = text(entry, "/protoPayload/response/name");
            let new = new.and_then(|name| self::version(name, place.path));
            Did::Wrote(new.filter(|new| !new.is_empty()).map(str::to_owned))
        }
        _ => return Record::Other,
    };
    match time(entry, "/timestamp") {
        Some(at) => Record::Ours(Entry {
            at,
            realm: short(project.or(resource.split('/').nth(1)).unwrap_or_default()),
            who: who(entry),
            did,
        }),
        None => Record::Other,
    }
}

/// The version in the name of a resource, if it is of a secret; empty for the secret itself.
fn version<'n>(resource: &'n str, path: &str) -> Option<&'n str> {
    let mut parts = resource.split('/');
    let head = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    if head[0] != "projects" || head[2] != "secrets" || head[3] != path {
        return None;
    }
    match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => Some(""),
        (Some("versions"), Some(version), None) => Some(version),
        _ => None,
    }
}

fn who(entry: &Value) -> Who {
    let of = |name: &str| text(entry, &format!("/protoPayload/authenticationInfo/{name}"));
    let names = [of("principalEmail"), of("principalSubject")];
    Who::new(
        &names,
        text(entry, "/protoPayload/requestMetadata/callerIp"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::lines;

    const ENTRY: &str = r#"{"insertId":"j5","protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","status":{},"authenticationInfo":{"principalEmail":"notes@my-project.iam.gserviceaccount.com"},"requestMetadata":{"callerIp":"10.0.0.1"},"serviceName":"secretmanager.googleapis.com","methodName":"google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion","resourceName":"projects/123456789012/secrets/team-a-A_TOKEN/versions/latest"},"resource":{"type":"audited_resource","labels":{"project_id":"my-project"}},"timestamp":"2026-01-01T00:00:01.123456789Z"}"#;
    const WHO: &str = "notes@my-project.iam.gserviceaccount.com 10.0.0.1";

    fn of(text: &str) -> Vec<String> {
        lines("gcp", "my-project", "team-a-A_TOKEN", text)
    }

    #[test]
    fn fetches_and_writes_count() {
        let expected = [format!("2026-01-01T00:00:01.123Z Read(None) {WHO}")];
        assert_eq!(of(ENTRY), expected);
        assert_eq!(of(&format!("[\n  {ENTRY}\n]\n")), expected);
        let named = ENTRY.replace("latest", "3");
        assert_eq!(
            of(&named),
            [format!(
                "2026-01-01T00:00:01.123Z ReadNamed(Some(\"3\")) {WHO}"
            )]
        );
        let written = ENTRY
            .replace("AccessSecretVersion", "AddSecretVersion")
            .replace(
                "/versions/latest\"",
                "\",\"response\":{\"name\":\"projects/1/secrets/team-a-A_TOKEN/versions/4\"}",
            );
        assert_eq!(
            of(&written),
            [format!("2026-01-01T00:00:01.123Z Wrote(Some(\"4\")) {WHO}")]
        );
        let untold = written.replace("\"response\"", "\"other\"");
        assert_eq!(
            of(&untold),
            [format!("2026-01-01T00:00:01.123Z Wrote(None) {WHO}")]
        );
        let federated = ENTRY.replace("principalEmail", "principalSubject");
        assert_eq!(of(&federated), expected);
    }

    #[test]
    fn nothing_else_does() {
        for other in [
            ENTRY.replace("AccessSecretVersion", "GetSecretVersion"),
            ENTRY.replace("team-a-A_TOKEN", "team-a-A"),
            ENTRY.replace("\"project_id\":\"my-project\"", "\"project_id\":\"other\""),
            ENTRY.replace("\"status\":{}", "\"status\":{\"code\":7}"),
            ENTRY.replace("versions/latest", "versions/latest/x"),
            ENTRY.replace("projects/1", "folders/1"),
        ] {
            assert_eq!(of(&other), Vec::<String>::new(), "{other}");
        }
    }
}
