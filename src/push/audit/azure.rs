//! The log `AuditEvent` of Azure Key Vault, as it comes into a storage account or an event hub.

use serde_json::Value;

use super::{Did, Entry, Place, Record, Who, short, text, time};

pub(super) fn record(event: &Value, place: &Place<'_>) -> Record {
    let (Some(name), Some("AuditEvent")) =
        (text(event, "/operationName"), text(event, "/category"))
    else {
        return Record::Foreign;
    };
    let status = event.pointer("/properties/httpStatusCode");
    let is_fine = match status.and_then(Value::as_u64) {
        Some(status) => (200..300).contains(&status),
        None => text(event, "/resultType") == Some("Success"),
    };
    let asked = at(text(event, "/properties/requestUri"), place);
    let told = at(text(event, "/properties/id"), place);
    if !is_fine || asked.is_none() && told.is_none() {
        return Record::Other;
    }
    let version = |version: Option<&str>| version.filter(|one| !one.is_empty()).map(str::to_owned);
    let (asked, told) = (version(asked), version(told));
    let did = match name {
        "SecretGet" => match asked {
            Some(asked) => Did::ReadNamed(Some(asked)),
            None => Did::Read(told),
        },
        "SecretSet" => Did::Wrote(told),
        _ => return Record::Other,
    };
    match time(event, "/time") {
        Some(at) => Record::Ours(Entry {
            at,
            realm: realm(event),
            who: who(event),
            did,
        }),
        None => Record::Other,
    }
}

/// The version in the address of a secret, if it is of the one at a place; empty where none is named.
fn at<'u>(address: Option<&'u str>, place: &Place<'_>) -> Option<&'u str> {
    let host = |address: &'u str| address.split_once("://").map_or(address, |(_, rest)| rest);
    let address = host(address?);
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let mut parts = address.split('/');
    let vault = parts.next().unwrap_or_default();
    let ours = host_of(place.mount);
    let is_vault = ours.is_empty() || bare(vault).eq_ignore_ascii_case(bare(ours));
    let is_kind = parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("secrets"));
    let is_name = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case(place.path));
    (is_vault && is_kind && is_name).then(|| parts.next().unwrap_or_default())
}

fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

fn realm(event: &Value) -> String {
    let of = |name: &str| text(event, &format!("/properties/{name}"));
    let address = of("id").or_else(|| of("requestUri")).unwrap_or_default();
    short(&bare(host_of(address)).to_ascii_lowercase())
}

/// Without the port, which is written or not.
fn bare(host: &str) -> &str {
    host.strip_suffix(":443").unwrap_or(host)
}

fn who(event: &Value) -> Who {
    let claims = event.pointer("/identity/claim").and_then(Value::as_object);
    let of = |name: &str| claims.and_then(|claims| claims.get(name)?.as_str());
    let resource = of("xms_mirid");
    let names = [
        of("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"),
        of("upn"),
        of("appid"),
        of("oid"),
        of("http://schemas.microsoft.com/identity/claims/objectidentifier"),
        // A managed identity says whose it is.
        resource,
        resource.and_then(|id| id.rsplit('/').next()),
    ];
    Who::new(&names, text(event, "/callerIpAddress"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::lines;
    use super::super::{Format, Place};

    const EVENT: &str = r#"{"time":"2026-01-01T00:00:01.2691226Z","category":"AuditEvent","operationName":"SecretGet","resultType":"Success","callerIpAddress":"10.0.0.1","identity":{"claim":{"oid":"o-1","appid":"a-1","xms_mirid":"/subscriptions/s/providers/Microsoft.Web/sites/notes"}},"properties":{"id":"https://my-vault.vault.azure.net/secrets/team-a-A-TOKEN/v1","httpStatusCode":200,"requestUri":"https://my-vault.vault.azure.net/secrets/team-a-A-TOKEN/?api-version=7.4"},"resourceId":"/SUBSCRIPTIONS/S"}"#;

    fn of(text: &str) -> Vec<String> {
        lines(
            "azure",
            "https://my-vault.vault.azure.net",
            "team-a-A-TOKEN",
            text,
        )
    }

    #[test]
    fn fetches_and_writes_count() {
        let expected = ["2026-01-01T00:00:01.269Z Read(Some(\"v1\")) a-1 10.0.0.1"];
        for text in [
            EVENT.to_owned(),
            format!("{{\"records\":[{EVENT}]}}"),
            EVENT
                .replace("secrets/team-a", "secrets/TEAM-a")
                .replace("//my-vault", "//MY-VAULT"),
            EVENT.replace("vault.azure.net/", "vault.azure.net:443/"),
            EVENT.replace("200", "\"200\""),
        ] {
            assert_eq!(of(&text), expected, "{text}");
        }
        let named = EVENT.replace("A-TOKEN/?", "A-TOKEN/v0?");
        assert_eq!(
            of(&named),
            ["2026-01-01T00:00:01.269Z ReadNamed(Some(\"v0\")) a-1 10.0.0.1"]
        );
        let untold = EVENT.replace("A-TOKEN/v1", "A-TOKEN");
        assert_eq!(
            of(&untold),
            ["2026-01-01T00:00:01.269Z Read(None) a-1 10.0.0.1"]
        );
        let written = EVENT.replace("SecretGet", "SecretSet");
        assert_eq!(
            of(&written),
            ["2026-01-01T00:00:01.269Z Wrote(Some(\"v1\")) a-1 10.0.0.1"]
        );
        let person = EVENT.replace("\"oid\"", "\"upn\":\"me@example.com\",\"oid\"");
        assert!(of(&person)[0].contains(" me@example.com "));
    }

    #[test]
    fn whose_a_managed_identity_is_is_a_name_of_it() {
        let place = Place {
            mount: "",
            path: "team-a-A-TOKEN",
            namespace: None,
        };
        let read = Format::of("azure").unwrap().read(EVENT.as_bytes(), &place);
        let who = &read.entries[0].who;
        assert!(who.is("notes") && who.is("o-1") && who.is("a-1") && !who.is("sites"));
    }

    #[test]
    fn nothing_else_does() {
        for other in [
            EVENT.replace("AuditEvent", "AzurePolicyEvaluationDetails"),
            EVENT.replace("SecretGet", "SecretList"),
            EVENT.replace("team-a", "team-b"),
            EVENT.replace("my-vault", "others"),
            EVENT.replace("200", "403"),
            EVENT
                .replace("\"httpStatusCode\":200,", "")
                .replace("Success", "Failed"),
            EVENT.replace("/secrets/", "/keys/"),
        ] {
            assert_eq!(of(&other), Vec::<String>::new(), "{other}");
        }
    }
}
