//! A client in the same process, which does as it is told.

use std::path::Path;
use std::time::Duration;

use gen_lsp_types::Uri;
use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};

use crate::lsp::{place, serve};
use crate::workspace::write_atomic;

/// Longer than anything takes on a busy machine.
pub(super) const LONG: Duration = Duration::from_secs(60);

pub(super) const SERVER: &str = "import { config } from './config.js';\n\
    const \u{1f600} = 1; logger.debug({ env: process.env });\n\
    console.log(config.token);\n";
pub(super) const CONFIG: &str = "export const config = { token: process.env.API_TOKEN };\n";

/// A client, and the folder it has open.
pub(super) struct Client {
    pub(super) connection: Connection,
    pub(super) folder: tempfile::TempDir,
    next: i32,
    pub(super) heard: Vec<Message>,
}

impl Client {
    pub(super) fn new(capabilities: &Value, files: &[(&str, &str)]) -> Self {
        Self::with(capabilities, &json!({}), files)
    }

    pub(super) fn with(capabilities: &Value, options: &Value, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            write(folder.path(), name, text);
        }
        let (connection, other) = Connection::memory();
        // It ends with the connection.
        std::thread::Builder::new()
            .spawn(move || serve(&other).unwrap())
            .unwrap();
        let mut client = Self {
            connection,
            folder,
            next: 0,
            heard: Vec::new(),
        };
        let root = client.uri("");
        let answer = client.ask(
            "initialize",
            &json!({
                "processId": null,
                "rootUri": null,
                "capabilities": capabilities,
                "initializationOptions": options,
                "workspaceFolders": [{"uri": root, "name": "x"}],
            }),
        );
        assert!(answer["capabilities"]["hoverProvider"] == true);
        client.tell("initialized", &json!({}));
        client
    }

    pub(super) fn uri(&self, path: &str) -> Uri {
        let root = self.folder.path();
        place::address(&if path.is_empty() {
            root.to_owned()
        } else {
            root.join(path)
        })
        .unwrap()
    }

    pub(super) fn tell(&self, method: &str, params: &Value) {
        let note = Notification::new(method.to_owned(), params);
        self.connection.sender.send(note.into()).unwrap();
    }

    pub(super) fn send(&mut self, method: &str, params: &Value) -> RequestId {
        self.next += 1;
        let id = RequestId::from(self.next);
        let request = Request::new(id.clone(), method.to_owned(), params);
        self.connection.sender.send(request.into()).unwrap();
        id
    }

    pub(super) fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.send(method, params);
        self.answer(&id).response_result.unwrap()
    }

    pub(super) fn answer(&mut self, id: &RequestId) -> Response {
        loop {
            match self.receive() {
                Message::Response(response) if response.id == *id => return response,
                other => self.heard.push(other),
            }
        }
    }

    pub(super) fn receive(&self) -> Message {
        self.connection
            .receiver
            .recv_timeout(LONG)
            .expect("the server says nothing more")
    }

    /// The next thing that is said or asked by a method and that fits.
    pub(super) fn wait(&mut self, method: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut at = 0;
        loop {
            while at < self.heard.len() {
                let found = match &self.heard[at] {
                    Message::Notification(one) if one.method == method => Some(&one.params),
                    Message::Request(one) if one.method == method => Some(&one.params),
                    _ => None,
                };
                if found.is_some_and(&fits) {
                    return found.cloned().unwrap();
                }
                at += 1;
            }
            let message = self.receive();
            self.heard.push(message);
        }
    }

    /// What is published of a file, once it is this. What was published of it before is forgotten.
    pub(super) fn published(&mut self, path: &str, codes: &[&str]) -> Value {
        let uri = json!(self.uri(path));
        let found = self.wait("textDocument/publishDiagnostics", |params| {
            params["uri"] == uri && self::codes(&params["diagnostics"]) == codes
        });
        let mut is_before = true;
        self.heard.retain(|message| match message {
            Message::Notification(one) if is_before && one.params["uri"] == uri => {
                is_before = one.params != found;
                false
            }
            _ => true,
        });
        found["diagnostics"].clone()
    }

    pub(super) fn open(&self, path: &str, language: &str, text: &str) {
        let document =
            json!({"uri": self.uri(path), "languageId": language, "version": 1, "text": text});
        self.tell("textDocument/didOpen", &json!({"textDocument": document}));
    }

    pub(super) fn change(&self, path: &str, version: i32, changes: &Value) {
        let document = json!({"uri": self.uri(path), "version": version});
        let params = json!({"textDocument": document, "contentChanges": changes});
        self.tell("textDocument/didChange", &params);
    }

    pub(super) fn actions(&mut self, path: &str, range: &Value, only: &Value) -> Vec<Value> {
        let mut context = json!({"diagnostics": []});
        if !only.is_null() {
            context["only"] = only.clone();
        }
        let document = json!({"uri": self.uri(path)});
        let params = json!({"textDocument": document, "range": range, "context": context});
        let found = self.ask("textDocument/codeAction", &params);
        found.as_array().unwrap().clone()
    }
}

pub(super) fn write(root: &Path, name: &str, text: &str) {
    write_atomic(&root.join(name), text.as_bytes()).unwrap();
}

pub(super) fn codes(diagnostics: &Value) -> Vec<&str> {
    let all = diagnostics.as_array().unwrap().iter();
    all.map(|one| one["code"].as_str().unwrap()).collect()
}

pub(super) fn range(line: u32, start: u32, end: u32) -> Value {
    json!({"start": {"line": line, "character": start}, "end": {"line": line, "character": end}})
}

pub(super) fn titles(actions: &[Value]) -> Vec<&str> {
    actions
        .iter()
        .map(|one| one["title"].as_str().unwrap())
        .collect()
}

pub(super) fn full() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-8", "utf-16"]},
        "textDocument": {
            "publishDiagnostics": {"relatedInformation": true, "codeDescriptionSupport": true},
            "hover": {"contentFormat": ["markdown"]},
            "codeAction": {
                "dataSupport": true,
                "resolveSupport": {"properties": ["edit"]},
                "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}},
            },
        },
        "workspace": {
            "workspaceEdit": {"documentChanges": true, "resourceOperations": ["create"]},
            "didChangeWatchedFiles": {"dynamicRegistration": true},
        },
        "window": {"showDocument": {"support": true}, "workDoneProgress": true},
    })
}

pub(super) fn pulling() -> Value {
    let mut all = full();
    all["textDocument"]["diagnostic"] = json!({});
    all["workspace"]["diagnostics"] = json!({"refreshSupport": true});
    all
}
