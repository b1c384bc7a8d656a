//! Settings, files and folders that change.

use serde_json::{Value, json};

use super::client::*;
use crate::lsp::place;

#[test]
fn settings_and_files_that_change_are_noticed() {
    let mut client = Client::new(&full(), &[("a.py", "import os\nprint(os.environ)\n")]);
    client.wait("client/registerCapability", |_| true);
    client.published("a.py", &["env-dump"]);
    let event = |client: &Client, path: &str, kind: i32| {
        let changes = json!([{"uri": client.uri(path), "type": kind}]);
        client.tell(
            "workspace/didChangeWatchedFiles",
            &json!({"changes": changes}),
        );
    };
    write(
        client.folder.path(),
        "envacuate.toml",
        "ignore = [\"env-dump\"]\n",
    );
    event(&client, "envacuate.toml", 1);
    client.published("a.py", &[]);
    write(
        client.folder.path(),
        "envacuate.toml",
        "ignore = [\"env-dmp\"]\n",
    );
    event(&client, "envacuate.toml", 2);
    client.published("envacuate.toml", &["settings"]);
    client.published("a.py", &["env-dump"]);
    write(
        client.folder.path(),
        "b.py",
        "import os\nprint(os.environ)\n",
    );
    event(&client, "b.py", 1);
    client.published("b.py", &["env-dump"]);
    write(client.folder.path(), "b.py", "\n");
    event(&client, "b.py", 2);
    client.published("b.py", &[]);
    std::fs::remove_file(client.folder.path().join("a.py")).unwrap();
    event(&client, "a.py", 3);
    client.published("a.py", &[]);

    write(
        client.folder.path(),
        "c.py",
        "import os\nprint(os.environ)\n",
    );
    event(&client, "c.py", 1);
    client.published("c.py", &["env-dump"]);
    client.tell(
        "workspace/didChangeConfiguration",
        &json!({"settings": {"envacuate": {"enable": false}}}),
    );
    client.published("c.py", &[]);
}

#[test]
fn what_check_leaves_out_is_left_out() {
    let text = "import os\nprint(os.environ)\n";
    let files = [
        (".ignore", "out.py\n"),
        ("out.py", text),
        ("in.py", text),
        ("node_modules/x.js", "console.log(process.env)"),
    ];
    let folder = ["envacuate.toml", "exclude = [\"gen/**\"]\n"];
    let mut client = Client::new(
        &full(),
        &[files[0], files[1], files[2], (folder[0], folder[1])],
    );
    client.published("in.py", &["env-dump"]);
    for path in ["out.py", "gen/new.py", "in.py"] {
        client.open(path, "python", text);
    }
    for (path, count) in [("out.py", 0), ("gen/new.py", 0), ("in.py", 3)] {
        let found = client.actions(path, &range(1, 6, 6), &json!(["quickfix"]));
        assert_eq!(found.len(), count, "{path}: {found:?}");
    }
}

#[test]
fn folders_come_and_go() {
    let other = tempfile::tempdir().unwrap();
    write(other.path(), "a.py", "import os\nprint(os.environ)\n");
    let uri = place::address(other.path()).unwrap();
    let file = place::address(&other.path().join("a.py")).unwrap();
    let mut client = Client::new(&full(), &[]);
    let event =
        |added: Value, removed: Value| json!({"event": {"added": added, "removed": removed}});
    let this = json!([{"uri": uri, "name": "y"}]);
    client.tell(
        "workspace/didChangeWorkspaceFolders",
        &event(this.clone(), json!([])),
    );
    let told = |params: &Value, count: usize| {
        params["uri"] == json!(file) && params["diagnostics"].as_array().unwrap().len() == count
    };
    client.wait("textDocument/publishDiagnostics", |params| told(params, 1));
    client.tell(
        "workspace/didChangeWorkspaceFolders",
        &event(json!([]), this),
    );
    client.wait("textDocument/publishDiagnostics", |params| told(params, 0));
}
