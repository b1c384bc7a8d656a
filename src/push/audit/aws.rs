//! `CloudTrail` of AWS: an event for each call to Secrets Manager, with times in whole seconds.

use serde_json::Value;

use super::{Did, Entry, Place, Record, Who, short, text, time};

/// What AWS puts behind a name in the address of a secret: `-` and six signs.
const SUFFIX: usize = 7;

pub(super) fn record(event: &Value, place: &Place<'_>) -> Record {
    let (Some(source), Some(name)) = (text(event, "/eventSource"), text(event, "/eventName"))
    else {
        return Record::Foreign;
    };
    let is_elsewhere = text(event, "/awsRegion")
        .is_some_and(|region| !place.mount.is_empty() && region != place.mount);
    let is_error = text(event, "/errorCode").is_some_and(|code| !code.is_empty());
    if source != "secretsmanager.amazonaws.com" || is_elsewhere || is_error {
        return Record::Other;
    }
    let asked = |name: &str| text(event, &format!("/requestParameters/{name}"));
    let is_ours = match name {
        "BatchGetSecretValue" => {
            let list = event.pointer("/requestParameters/secretIdList");
            let list = list.and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).any(|id| is(id, place.path))
        }
        "CreateSecret" => asked("name").is_some_and(|id| is(id, place.path)),
        _ => asked("secretId").is_some_and(|id| is(id, place.path)),
    };
    let did = match (name, asked("versionId"), asked("versionStage")) {
        ("GetSecretValue", Some(version), _) => Did::ReadNamed(Some(version.to_owned())),
        ("GetSecretValue", _, None | Some("AWSCURRENT")) | ("BatchGetSecretValue", ..) => {
            Did::Read(None)
        }
        ("GetSecretValue", _, Some(_)) => Did::ReadNamed(None),
        ("PutSecretValue" | "UpdateSecret" | "CreateSecret", ..) => {
            let new = text(event, "/responseElements/versionId");
            Did::Wrote(
                new.or_else(|| asked("clientRequestToken"))
                    .map(str::to_owned),
            )
        }
        _ => return Record::Other,
    };
    match time(event, "/eventTime") {
        Some(at) if is_ours => Record::Ours(Entry {
            at,
            realm: realm(event),
            who: who(event),
            did,
        }),
        _ => Record::Other,
    }
}

/// Whether an id names a path: by its name, or by an address with or without what AWS puts behind the name.
fn is(id: &str, path: &str) -> bool {
    let name = match id.strip_prefix("arn:") {
        Some(rest) => rest.splitn(6, ':').nth(5).unwrap_or_default(),
        None => id,
    };
    let bare = name
        .len()
        .checked_sub(SUFFIX)
        .and_then(|end| name.split_at_checked(end));
    let is_bare = |(bare, suffix): (&str, &str)| bare == path && suffix.starts_with('-');
    name == path || id != name && bare.is_some_and(is_bare)
}

fn realm(event: &Value) -> String {
    let of = |name: &str| text(event, name).unwrap_or_default();
    short(&format!(
        "{} {}",
        of("/recipientAccountId"),
        of("/awsRegion")
    ))
}

fn who(event: &Value) -> Who {
    let of = |name: &str| text(event, &format!("/userIdentity/{name}"));
    let arn = of("arn");
    let names = [
        arn,
        of("invokedBy"),
        of("principalId"),
        of("sessionContext/sessionIssuer/userName"),
        of("userName"),
        // The name of the session, which is the machine, the function or the task.
        arn.and_then(|arn| arn.rsplit('/').next()),
    ];
    Who::new(&names, text(event, "/sourceIPAddress"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::lines;
    use super::is;

    const EVENT: &str = r#"{"eventVersion":"1.09","userIdentity":{"type":"AssumedRole","principalId":"AROAFIXTURE:i-0a","arn":"arn:aws:sts::123456789012:assumed-role/notes/i-0a","sessionContext":{"sessionIssuer":{"userName":"notes"}}},"eventTime":"2026-01-01T00:00:01Z","eventSource":"secretsmanager.amazonaws.com","eventName":"GetSecretValue","awsRegion":"eu-central-1","sourceIPAddress":"10.0.0.1","requestParameters":{"secretId":"team/a"},"responseElements":null}"#;
    const WHO: &str = "arn:aws:sts::123456789012:assumed-role/notes/i-0a 10.0.0.1";

    fn of(text: &str) -> Vec<String> {
        lines("aws", "eu-central-1", "team/a", text)
    }

    #[test]
    fn fetches_and_writes_count_in_every_packing() {
        let expected = [format!("2026-01-01T00:00:01.000Z Read(None) {WHO}")];
        let inner = serde_json::to_string(EVENT).unwrap();
        for text in [
            EVENT.to_owned(),
            format!("{{\"Records\":[{EVENT}]}}"),
            format!(
                "{{\n  \"Events\": [\n    {{\"EventName\": \"GetSecretValue\", \"CloudTrailEvent\": {inner}}}\n  ]\n}}"
            ),
            EVENT.replace("\"team/a\"", "\"team/a\",\"versionStage\":\"AWSCURRENT\""),
            EVENT.replace(
                "team/a",
                "arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/a-AbCdEf",
            ),
            EVENT
                .replace("GetSecretValue", "BatchGetSecretValue")
                .replace(
                    "\"secretId\":\"team/a\"",
                    "\"secretIdList\":[\"x\",\"team/a\"]",
                ),
        ] {
            assert_eq!(of(&text), expected, "{text}");
        }
        let named = EVENT.replace("\"team/a\"", "\"team/a\",\"versionId\":\"v-1\"");
        assert_eq!(
            of(&named),
            [format!(
                "2026-01-01T00:00:01.000Z ReadNamed(Some(\"v-1\")) {WHO}"
            )]
        );
        let written = EVENT
            .replace("GetSecretValue", "PutSecretValue")
            .replace("null", "{\"versionId\":\"v-2\"}");
        assert_eq!(
            of(&written),
            [format!(
                "2026-01-01T00:00:01.000Z Wrote(Some(\"v-2\")) {WHO}"
            )]
        );
    }

    #[test]
    fn nothing_else_does() {
        for other in [
            EVENT.replace("secretsmanager.", "kms."),
            EVENT.replace("GetSecretValue", "DescribeSecret"),
            EVENT.replace("team/a", "team/b"),
            EVENT.replace("eu-central-1", "us-east-1"),
            EVENT.replace(
                "{\"eventVersion\"",
                "{\"errorCode\":\"AccessDenied\",\"eventVersion\"",
            ),
        ] {
            assert_eq!(of(&other), Vec::<String>::new(), "{other}");
        }
        let earlier = EVENT.replace("\"team/a\"", "\"team/a\",\"versionStage\":\"AWSPREVIOUS\"");
        assert!(of(&earlier)[0].contains("ReadNamed(None)"));
    }

    #[test]
    fn a_name_and_an_address_are_told_apart() {
        let arn = "arn:aws:secretsmanager:r:1:secret:";
        assert!(is("t/a", "t/a") && is(&format!("{arn}t/a"), "t/a"));
        assert!(is(&format!("{arn}t/a-AbCdEf"), "t/a"));
        assert!(!is("t/a-AbCdEf", "t/a") && !is(&format!("{arn}t/a-AbCdE"), "t/a"));
        assert!(!is("arn:", "t/a") && !is("", "t/a") && !is(&format!("{arn}漢漢漢"), "t/a"));
    }
}
