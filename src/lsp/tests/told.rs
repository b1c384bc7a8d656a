//! What is told of files, and to whom.

use lsp_server::Message;
use serde_json::json;

use super::client::*;

#[test]
fn a_buffer_counts_and_not_the_file() {
    let mut client = Client::new(&full(), &[("config.js", CONFIG), ("server.js", "")]);
    client.published("config.js", &["env-secret-read"]);
    client.open("server.js", "javascript", SERVER);
    let both = ["env-dump", "secret-exposed"];
    let found = client.published("server.js", &both);
    // In bytes, behind a character of four.
    assert_eq!(found[0]["range"], range(1, 36, 47));
    assert!(
        found[0]["codeDescription"]["href"]
            .as_str()
            .unwrap()
            .ends_with("/env-dump.md")
    );

    client.change(
        "server.js",
        2,
        &json!([{"range": range(1, 16, 51), "text": ";"}]),
    );
    client.published("server.js", &["secret-exposed"]);
    client.change("server.js", 3, &json!([{"text": "import os\n"}]));
    client.published("server.js", &[]);

    // What is not saved is seen in other files, too.
    client.change("server.js", 4, &json!([{"text": SERVER}]));
    client.published("server.js", &both);
    client.open(
        "config.js",
        "javascript",
        &CONFIG.replace("process.env.API_TOKEN", "''"),
    );
    client.published("server.js", &["env-dump"]);
    client.tell(
        "textDocument/didClose",
        &json!({"textDocument": {"uri": client.uri("config.js")}}),
    );
    client.published("server.js", &both);
    client.tell(
        "textDocument/didClose",
        &json!({"textDocument": {"uri": client.uri("server.js")}}),
    );
    client.published("server.js", &[]);
}

#[test]
fn columns_are_halves_of_pairs_where_nothing_is_agreed_on() {
    let mut client = Client::new(&json!({}), &[]);
    client.open("server.js", "javascript", SERVER);
    let found = client.published("server.js", &["env-dump"]);
    assert_eq!(found[0]["range"], range(1, 34, 45));
    assert!(found[0].get("codeDescription").is_none());
}

#[test]
fn who_asks_is_not_told() {
    let mut client = Client::new(&pulling(), &[("config.js", CONFIG), ("server.js", SERVER)]);
    client.open("server.js", "javascript", "");
    let params = json!({"textDocument": {"uri": client.uri("server.js")}});
    let first = client.ask("textDocument/diagnostic", &params);
    assert_eq!(
        (&first["kind"], codes(&first["items"]).len()),
        (&json!("full"), 0)
    );
    let mut again = params.clone();
    again["previousResultId"] = first["resultId"].clone();
    let second = client.ask("textDocument/diagnostic", &again);
    assert_eq!(second["kind"], "unchanged");

    // All files: at once what is not known, and then only what is new.
    let all = client.ask("workspace/diagnostic", &json!({"previousResultIds": []}));
    let items = all["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["uri"], json!(client.uri("config.js")));
    let known = json!([{"uri": items[0]["uri"], "value": items[0]["resultId"]}]);
    let waiting = client.send("workspace/diagnostic", &json!({"previousResultIds": known}));
    client.change("server.js", 2, &json!([{"text": SERVER}]));
    let news = client.answer(&waiting).response_result.unwrap();
    let news = news["items"].as_array().unwrap();
    assert!(
        news.iter()
            .all(|item| item["uri"] == json!(client.uri("server.js")))
    );
    // It asks by itself after what it changed, and is told when files have been joined.
    client.wait("workspace/diagnostic/refresh", |_| true);
    let third = client.ask("textDocument/diagnostic", &again);
    assert_eq!(codes(&third["items"]), ["env-dump", "secret-exposed"]);
    client.heard.clear();

    // Another file changes what is found in this one.
    client.open("config.js", "javascript", "export const config = {};\n");
    client.wait("workspace/diagnostic/refresh", |_| true);
    let told = |message: &Message| matches!(message, Message::Notification(one) if one.method == "textDocument/publishDiagnostics");
    assert!(!client.heard.iter().any(told));

    let waiting = client.send("workspace/diagnostic", &json!({"previousResultIds": known}));
    client.tell("$/cancelRequest", &json!({"id": waiting}));
    let _ = client.answer(&waiting);
}

#[test]
fn who_changes_a_document_asks_by_itself() {
    let mut client = Client::new(&pulling(), &[]);
    client.open("server.js", "javascript", SERVER);
    let params = json!({"textDocument": {"uri": client.uri("server.js")}});
    let position = json!({"line": 0, "character": 0});
    let at = json!({"textDocument": {"uri": client.uri("server.js")}, "position": position});
    for version in 2..6 {
        let found = client.ask("textDocument/diagnostic", &params);
        assert_eq!(codes(&found["items"]), ["env-dump"]);
        let empty = json!({"start": position, "end": position});
        let change = json!([{"range": empty, "text": "\n"}]);
        client.change("server.js", version, &change);
        client.ask("textDocument/hover", &at);
    }
    let refresh = |message: &Message| matches!(message, Message::Request(one) if one.method == "workspace/diagnostic/refresh");
    assert!(!client.heard.iter().any(refresh));
}

#[test]
fn what_is_told_of_an_open_document_is_of_its_text() {
    let mut client = Client::new(&full(), &[("server.js", SERVER)]);
    client.published("server.js", &["env-dump"]);
    let versions = |client: &mut Client, version: i32, count: usize| {
        client.wait("textDocument/publishDiagnostics", |params| {
            let all = params["diagnostics"].as_array().unwrap();
            params["version"] == version && all.len() == count
        });
    };
    // Known already, but of the file.
    client.open("server.js", "javascript", SERVER);
    versions(&mut client, 1, 1);
    client.change("server.js", 2, &json!([{"text": format!("{SERVER}//\n")}]));
    versions(&mut client, 2, 1);
    client.open("new.js", "javascript", "");
    versions(&mut client, 1, 0);
}

#[test]
fn a_request_that_waits_can_be_cancelled() {
    let mut client = Client::new(&pulling(), &[]);
    let waiting = client.send("workspace/diagnostic", &json!({"previousResultIds": []}));
    client.tell("$/cancelRequest", &json!({"id": waiting}));
    let error = client.answer(&waiting).response_result.unwrap_err();
    assert_eq!(error.code, lsp_server::ErrorCode::RequestCanceled as i32);
}

#[test]
fn a_text_in_no_folder_is_judged_alone() {
    let mut client = Client::new(&full(), &[]);
    let document = json!({"uri": "untitled:Untitled-1", "languageId": "python", "version": 1, "text": "import os\nprint(os.environ)\n"});
    client.tell("textDocument/didOpen", &json!({"textDocument": document}));
    let found = client.wait("textDocument/publishDiagnostics", |params| {
        params["uri"] == "untitled:Untitled-1"
    });
    assert_eq!(codes(&found["diagnostics"]), ["env-dump"]);
}
