//! What the audit log of Vault says of one path: who read it. Lines of JSON in, names out; values in it are not looked at.

use serde::Deserialize;

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    error: String,
    request: Request,
    auth: Option<Auth>,
}

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    operation: String,
    #[serde(default)]
    path: String,
}

#[derive(Deserialize)]
struct Auth {
    #[serde(default)]
    display_name: String,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    role_name: Option<String>,
    role: Option<String>,
}

/// Who read a path of the API, if a line of the log says that somebody did.
pub fn reader(line: &[u8], api_path: &str) -> Option<String> {
    let entry: Entry = serde_json::from_slice(line).ok()?;
    let is_read = entry.kind == "response" && entry.request.operation == "read";
    if !is_read || entry.request.path != api_path || !entry.error.is_empty() {
        return None;
    }
    let auth = entry.auth?;
    let role = auth.metadata.and_then(|data| data.role_name.or(data.role));
    let who = match role {
        Some(role) => format!("{} {role}", auth.display_name),
        None => auth.display_name,
    };
    Some(who.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::reader;

    #[test]
    fn only_reads_that_succeeded_count() {
        let line = r#"{"type":"response","auth":{"display_name":"approle","metadata":{"role_name":"notes"}},
            "request":{"operation":"read","path":"secret/data/team/a"}}"#;
        let of = |line: &str| reader(line.as_bytes(), "secret/data/team/a");
        assert_eq!(of(line).as_deref(), Some("approle notes"));
        for other in [
            line.replace("response", "request"),
            line.replace("\"read\"", "\"update\""),
            line.replace("team/a", "team/b"),
            line.replace("{\"type\"", "{\"error\":\"denied\",\"type\""),
            "no json".to_owned(),
        ] {
            assert_eq!(of(&other), None, "{other}");
        }
    }
}
