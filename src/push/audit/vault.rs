//! The audit log of Vault and `OpenBao`: a line for each request and one for its answer, of which the answer counts.
//!
//! Texts in it are hashed; the numbers of versions are not.

use serde_json::Value;

use super::{Did, Entry, Place, Record, Who, short, text, time};

pub(super) fn record(record: &Value, place: &Place<'_>) -> Record {
    let (Some(kind), Some(path)) = (text(record, "/type"), text(record, "/request/path")) else {
        return Record::Foreign;
    };
    let is_path = || {
        let rest = path.strip_prefix(place.mount);
        rest.and_then(|rest| rest.strip_prefix("/data/")) == Some(place.path)
    };
    let is_error = text(record, "/error").is_some_and(|error| !error.is_empty());
    let realm = text(record, "/request/namespace/path").unwrap_or_default();
    let realm = realm.trim_matches('/');
    let is_elsewhere = place
        .namespace
        .is_some_and(|own| own.trim_matches('/') != realm);
    if kind != "response" || is_error || !is_path() || is_elsewhere {
        return Record::Other;
    }
    let version = |pointer: &str| Some(record.pointer(pointer)?.as_u64()?.to_string());
    let did = match text(record, "/request/operation") {
        Some("read") => {
            let got = version("/response/data/metadata/version");
            // Nothing was there, or it was given wrapped.
            if got.is_none() && record.pointer("/response/wrap_info").is_none() {
                return Record::Other;
            }
            match record.pointer("/request/data/version") {
                Some(_) => Did::ReadNamed(got),
                None => Did::Read(got),
            }
        }
        Some("create" | "update" | "patch") => Did::Wrote(version("/response/data/version")),
        _ => return Record::Other,
    };
    let Some(at) = time(record, "/time") else {
        return Record::Other;
    };
    Record::Ours(Entry {
        at,
        realm: short(realm),
        who: who(record),
        did,
    })
}

fn who(record: &Value) -> Who {
    let login = text(record, "/auth/display_name").unwrap_or_default();
    let of = |name: &str| text(record, &format!("/auth/metadata/{name}"));
    let role = of("role_name").or_else(|| of("role"));
    let both = role.map(|role| format!("{login} {role}"));
    let names = [
        both.as_deref().map(str::trim),
        Some(login),
        role,
        of("username"),
        of("service_account_name"),
        text(record, "/auth/entity_id"),
    ];
    Who::new(&names, text(record, "/request/remote_address"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::lines;
    use super::super::{Format, Place};

    const LINE: &str = r#"{"time":"2026-01-01T00:00:01.5Z","type":"response","auth":{"display_name":"approle","metadata":{"role_name":"notes"}},"request":{"operation":"read","path":"secret/data/team/a","remote_address":"10.0.0.1"},"response":{"data":{"data":{"A":"hmac-sha256:00"},"metadata":{"version":2}}}}"#;

    fn of(text: &str) -> Vec<String> {
        lines("vault", "secret", "team/a", text)
    }

    #[test]
    fn reads_and_writes_that_succeeded_count() {
        let read = "2026-01-01T00:00:01.500Z Read(Some(\"2\")) approle notes 10.0.0.1";
        assert_eq!(of(LINE), [read]);
        let named = LINE.replace(
            "\"path\"",
            "\"data\":{\"version\":\"hmac-sha256:00\"},\"path\"",
        );
        assert_eq!(of(&named), [read.replace("Read(", "ReadNamed(")]);
        let written = LINE.replace("\"read\"", "\"update\"").replace(
            "\"data\":{\"data\":{\"A\":\"hmac-sha256:00\"},\"metadata\":{\"version\":2}}",
            "\"data\":{\"version\":3}",
        );
        assert_eq!(
            of(&written),
            ["2026-01-01T00:00:01.500Z Wrote(Some(\"3\")) approle notes 10.0.0.1"]
        );
        let wrapped = LINE.replace(
            "\"response\":{\"data\"",
            "\"response\":{\"wrap_info\":{},\"data\"",
        );
        let wrapped = wrapped.replace("\"version\":2", "\"x\":2");
        assert_eq!(of(&wrapped), [read.replace("Some(\"2\")", "None")]);
    }

    #[test]
    fn a_namespace_is_told_and_another_one_left_out() {
        let inside = LINE.replace(
            "\"path\"",
            "\"namespace\":{\"id\":\"x\",\"path\":\"crew/\"},\"path\"",
        );
        for (line, namespace, count) in [
            (LINE, Some(""), 1),
            (LINE, Some("crew"), 0),
            (&inside, Some(""), 0),
            (&inside, Some("crew"), 1),
            (&inside, None, 1),
        ] {
            let place = Place {
                mount: "secret",
                path: "team/a",
                namespace,
            };
            let read = Format::of("vault").unwrap().read(line.as_bytes(), &place);
            assert_eq!(read.entries.len(), count, "{line} {namespace:?}");
            if namespace.is_none() {
                assert_eq!(read.entries[0].realm, "crew");
            }
        }
    }

    #[test]
    fn nothing_else_does() {
        for other in [
            LINE.replace("response\",", "request\","),
            LINE.replace("\"read\"", "\"list\""),
            LINE.replace("team/a", "team/ab"),
            LINE.replace("secret/data", "other/secret/data"),
            LINE.replace("secret/data", "secret/metadata"),
            LINE.replace("{\"time\"", "{\"error\":\"denied\",\"time\""),
            LINE.replace("2026-01-01T", "yesterday"),
            LINE.replace("\"version\":2", "\"version\":\"2\""),
            LINE[..LINE.len() - 1].to_owned(),
        ] {
            assert_eq!(of(&other), Vec::<String>::new(), "{other}");
        }
    }
}
