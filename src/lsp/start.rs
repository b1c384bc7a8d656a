//! How a server and its client meet: what each can, and what the server asks to be told.

use std::collections::BTreeSet;

use gen_lsp_types::{
    CodeActionOptions, DiagnosticOptions, ExecuteCommandOptions, InitializeResult,
    ServerCapabilities, ServerInfo, TextDocumentSyncKind, TextDocumentSyncOptions, Uri,
    WorkspaceFoldersServerCapabilities, WorkspaceOptions,
};
use lsp_server::{Connection, ErrorCode, Message, RequestId, Response};
use serde_json::{Value, json};

use super::client::Client;
use super::options::{Mode, Options};
use super::server::{Server, unread};
use super::{actions, commands};

/// Answers the first message of a client.
pub(super) fn start(connection: &Connection) -> Result<Server, String> {
    let broken = |why: &str| format!("the client did not start as the protocol says: {why}");
    let Some((id, raw)) = first(connection) else {
        return Err(broken("it was gone before it said what it can"));
    };
    let Some(client) = Client::new(&raw) else {
        let (code, why) = (
            ErrorCode::InvalidParams as i32,
            "it did not say what it can",
        );
        let answer = Response::new_err(id, code, why.to_owned());
        let _ = connection.sender.send(answer.into());
        return Err(broken(why));
    };
    let options = Options::read(raw.get("initializationOptions").unwrap_or(&Value::Null));
    let (options, said) = match options {
        Ok(options) => (options, None),
        Err(sentence) => (Options::default(), Some(sentence)),
    };
    let result = InitializeResult {
        capabilities: capabilities(&client, &options),
        server_info: Some(ServerInfo {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    };
    let result = serde_json::to_value(result).map_err(|error| unread(&error))?;
    let _ = connection.sender.send(Response::new_ok(id, result).into());
    let sender = connection.sender.clone();
    let mut server = Server::new(sender, client, options)
        .map_err(|error| format!("no thread can be started: {}", error.kind()))?;
    server.expect(folders(&raw), said);
    Ok(server)
}

/// The message by which a client starts a server; nothing if it goes before. What comes earlier is not repeated: it may
/// hold texts.
fn first(connection: &Connection) -> Option<(RequestId, Value)> {
    for message in &connection.receiver {
        match message {
            Message::Request(request) if request.method == "initialize" => {
                return Some((request.id, request.params));
            }
            Message::Request(request) => {
                let code = ErrorCode::ServerNotInitialized as i32;
                let why = "the server has not been started".to_owned();
                let _ = connection
                    .sender
                    .send(Response::new_err(request.id, code, why).into());
            }
            Message::Notification(note) if note.method == "exit" => return None,
            Message::Notification(_) | Message::Response(_) => {}
        }
    }
    None
}

fn capabilities(client: &Client, options: &Options) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(client.encoding.kind()),
        text_document_sync: Some(
            TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::Incremental),
                save: Some(true.into()),
                ..TextDocumentSyncOptions::default()
            }
            .into(),
        ),
        hover_provider: Some(true.into()),
        code_action_provider: Some(
            CodeActionOptions {
                code_action_kinds: Some(actions::kinds()),
                resolve_provider: Some(client.resolves),
                ..CodeActionOptions::default()
            }
            .into(),
        ),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands::ALL.iter().map(|&name| name.to_owned()).collect(),
            ..ExecuteCommandOptions::default()
        }),
        diagnostic_provider: client.pulls.then(|| {
            DiagnosticOptions {
                identifier: Some("envacuate".to_owned()),
                inter_file_dependencies: true,
                workspace_diagnostics: options.diagnostic_mode == Mode::Workspace,
                ..DiagnosticOptions::default()
            }
            .into()
        }),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(true.into()),
            }),
            ..WorkspaceOptions::default()
        }),
        ..ServerCapabilities::default()
    }
}

/// The folders that are open: those that are listed, or the one that older clients name.
fn folders(raw: &Value) -> BTreeSet<Uri> {
    let listed = raw.get("workspaceFolders").and_then(Value::as_array);
    let listed = listed
        .into_iter()
        .flatten()
        .filter_map(|one| one.get("uri"));
    let mut all: BTreeSet<Uri> = listed.filter_map(address).collect();
    if all.is_empty() {
        all.extend(raw.get("rootUri").and_then(address));
    }
    all
}

fn address(value: &Value) -> Option<Uri> {
    Uri::parse(value.as_str()?).ok()
}

/// What a client is asked to tell, as the protocol names it.
pub(super) fn registrations(client: &Client) -> Value {
    let mut all = Vec::new();
    if client.watches {
        // What is looked at has too many names for a pattern; what does not matter costs one look at its path.
        all.push(json!({
            "id": "envacuate-files",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": {"watchers": [{"globPattern": "**/*"}]},
        }));
    }
    if client.announces {
        all.push(json!({
            "id": "envacuate-settings",
            "method": "workspace/didChangeConfiguration",
            "registerOptions": {"section": "envacuate"},
        }));
    }
    json!({"registrations": all})
}
