//! What a client asks for.

use serde_json::{Value, json};

use super::client::*;

#[test]
fn fixes_are_edits_of_the_text_as_it_is() {
    let mut client = Client::new(&full(), &[]);
    client.open("server.js", "javascript", SERVER);
    client.published("server.js", &["env-dump"]);
    let actions = client.actions("server.js", &range(1, 40, 40), &Value::Null);
    let titles = titles(&actions);
    assert_eq!(
        titles,
        [
            "Write only the names of the variables",
            "Ignore env-dump here, with a reason",
            "Explain env-dump",
            "Fix everything that envacuate can fix safely",
        ]
    );
    assert_eq!(actions[0]["isPreferred"], true);
    let edit = &actions[0]["edit"]["documentChanges"][0];
    assert_eq!(edit["textDocument"]["version"], 1);
    let text = edit["edits"][0]["newText"].as_str().unwrap();
    assert!(text.contains("Object.keys(process.env)"), "{text}");
    let text = actions[1]["edit"]["documentChanges"][0]["edits"][0]["newText"]
        .as_str()
        .unwrap();
    assert!(
        text.ends_with("// envacuate: ignore[env-dump] TODO: say why\n"),
        "{text}"
    );

    // Only what was asked for, and nothing elsewhere.
    let only = client.actions("server.js", &range(0, 0, 0), &json!(["source.fixAll"]));
    assert_eq!(only.len(), 1);
    assert!(
        client
            .actions("server.js", &range(0, 0, 0), &json!(["quickfix"]))
            .is_empty()
    );
    let whole = client.ask("codeAction/resolve", &only[0]);
    let text = whole["edit"]["documentChanges"][0]["edits"][0]["newText"]
        .as_str()
        .unwrap();
    assert!(text.contains("Object.keys(process.env)"), "{text}");
}

#[test]
fn what_may_take_something_away_says_so() {
    let text = "import subprocess\nimport os\nsubprocess.run([\"x\"], env=os.environ)\n";
    for is_offered in [true, false] {
        let options = json!({"unsafeFixes": is_offered});
        let mut client = Client::with(&full(), &options, &[]);
        client.open("a.py", "python", text);
        client.published("a.py", &["env-to-child"]);
        let actions = client.actions("a.py", &range(2, 30, 30), &json!(["quickfix"]));
        let is_unsafe = |one: &Value| one["title"].as_str().unwrap().contains("(unsafe");
        let found: Vec<_> = actions.iter().filter(|one| is_unsafe(one)).collect();
        assert_eq!(found.len(), usize::from(is_offered));
        assert!(found.iter().all(|one| one.get("isPreferred").is_none()));
        let all = client.actions("a.py", &range(2, 30, 30), &json!(["source.fixAll"]));
        assert!(all.is_empty());
    }
}

#[test]
fn a_secret_is_moved_with_all_its_files_or_the_reason_is_told() {
    let manifest = "{\"name\": \"demo\", \"type\": \"module\"}\n";
    let server = "const key = process.env.API_TOKEN;\nexport const call = () => fetch('https://x.test', { headers: { authorization: `Bearer ${key}` } });\n";
    let mut client = Client::new(
        &full(),
        &[("package.json", manifest), ("server.js", server)],
    );
    client.published("server.js", &["env-secret-read"]);
    client.open(
        "server.js",
        "javascript",
        &format!("// not saved\n{server}"),
    );
    client.heard.clear();
    // The folder has been looked at, so that there is something to plan with.
    let actions = client.actions("server.js", &range(1, 15, 15), &json!(["quickfix"]));
    let action = actions
        .iter()
        .find(|one| one["title"] == "Move API_TOKEN to the secret manager")
        .unwrap();
    let moved = client.ask("codeAction/resolve", action);
    let changes = moved["edit"]["documentChanges"].as_array().unwrap();
    let created: Vec<&Value> = changes
        .iter()
        .filter(|one| one["kind"] == "create")
        .collect();
    assert_eq!(created.len(), 2, "the accessor and the manifest: {moved}");
    let own = changes
        .iter()
        .find(|one| one["textDocument"]["uri"] == json!(client.uri("server.js")))
        .unwrap();
    let text = own["edits"].to_string();
    assert!(
        text.contains("secrets.API_TOKEN") && !text.contains("process.env.API_TOKEN"),
        "{text}"
    );
    assert_eq!(own["textDocument"]["version"], 1);

    let stays =
        "const env = process.env.API_TOKEN = 'x';\nexport const t = process.env.API_TOKEN;\n";
    client.change("server.js", 2, &json!([{"text": stays}]));
    let actions = client.actions("server.js", &range(1, 25, 25), &json!(["quickfix"]));
    let action = actions
        .iter()
        .find(|one| one["title"] == "Move API_TOKEN to the secret manager")
        .unwrap();
    let same = client.ask("codeAction/resolve", action);
    assert!(same.get("edit").is_none(), "{same}");
    let said = client.wait("window/showMessage", |_| true);
    assert!(
        said["message"]
            .as_str()
            .unwrap()
            .contains("API_TOKEN stays in the environment: "),
        "{said}"
    );
}

#[test]
fn the_story_of_a_secret_is_under_the_cursor() {
    let config = r#"{"mcpServers": {"x": {"command": "x", "env": {"API_TOKEN": "ghp_Zk3vQ9xW2mN7bR5tY8uJ1cL6dF4gH0sA9eP2"}}}}"#;
    let files = [
        ("config.js", CONFIG),
        ("server.js", SERVER),
        ("mcp.json", config),
    ];
    let mut client = Client::new(&full(), &files);
    let read = client.published("config.js", &["env-secret-read"]);
    let related = &read[0]["relatedInformation"][0];
    assert_eq!(related["location"]["uri"], json!(client.uri("mcp.json")));
    assert_eq!(related["location"]["range"], range(0, 60, 100));
    client.open("config.js", "javascript", CONFIG);
    let position = json!({"line": 0, "character": 33});
    let params = json!({"textDocument": {"uri": client.uri("config.js")}, "position": position});
    let found = client.ask("textDocument/hover", &params);
    let text = found["contents"]["value"].as_str().unwrap();
    assert!(text.contains("is read from the environment"), "{text}");
    assert!(
        text.contains(&format!("[server.js:3]({}#L3)", client.uri("server.js"))),
        "{text}"
    );
    assert!(
        text.contains("# env-secret-read") && !text.contains("ghp_"),
        "{text}"
    );
    let nowhere = json!({"textDocument": {"uri": client.uri("config.js")}, "position": {"line": 0, "character": 2}});
    assert!(client.ask("textDocument/hover", &nowhere).is_null());

    client.ask(
        "workspace/executeCommand",
        &json!({"command": "envacuate.explain", "arguments": ["env-dump"]}),
    );
    let shown = client.wait("window/showDocument", |_| true);
    assert_eq!(shown["external"], true);
}

#[test]
fn what_cannot_be_read_is_answered_and_the_end_is_the_end() {
    let mut client = Client::with(&json!({}), &json!({"enable": 3}), &[]);
    client.wait("window/showMessage", |params| {
        params["message"].to_string().contains("not understood")
    });
    for (method, params) in [
        ("textDocument/hover", json!({"x": 1})),
        ("textDocument/rename", json!({})),
    ] {
        let id = client.send(method, &params);
        assert!(client.answer(&id).response_result.is_err(), "{method}");
    }
    let shown = client.ask(
        "workspace/executeCommand",
        &json!({"command": "envacuate.debugInformation"}),
    );
    assert_eq!(shown["version"], env!("CARGO_PKG_VERSION"));
    assert!(client.ask("shutdown", &Value::Null).is_null());
    let id = client.send("textDocument/hover", &json!({}));
    assert!(client.answer(&id).response_result.is_err());
    client.tell("exit", &Value::Null);
    assert!(client.connection.receiver.recv_timeout(LONG).is_err());
}
