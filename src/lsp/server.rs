//! The state of the server, and what happens when something is heard.

use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

use crossbeam_channel::{Sender, after, never, select};
use gen_lsp_types::Uri;
use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::background::Background;
use super::client::Client;
use super::document::Documents;
use super::folder::Folder;
use super::options::Options;
use super::publish::Published;
use super::start;
use super::wire::UNREADABLE;
use crate::workspace::guarded;

/// What a client tells at each key.
const CHANGED: &str = "textDocument/didChange";

/// What an answer of the client is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The settings.
    Settings,
    /// Anything that needs no answer.
    Nothing,
}

/// The server.
#[derive(Debug)]
pub(super) struct Server {
    sender: Sender<Message>,
    pub(super) client: Client,
    pub(super) options: Options,
    pub(super) folders: Vec<Folder>,
    pub(super) documents: Documents,
    pub(super) background: Background,
    pub(super) published: Published,
    /// Requests for an edit that wait for a plan, with what they were asked with.
    pub(super) moves: HashMap<RequestId, Value>,
    asked: HashMap<RequestId, Asked>,
    /// Files of which there may be something new to tell.
    pub(super) dirty: BTreeSet<(u64, String)>,
    /// Those of them that the client changed itself, and of which it asks without being told to.
    pub(super) own: BTreeSet<(u64, String)>,
    /// What is shown while a folder is looked at, by the folder's number.
    pub(super) progress: HashMap<u64, String>,
    pub(super) next_number: i32,
    pub(super) next_folder: u64,
    pub(super) due: Option<Instant>,
    /// Documents that were changed and not judged yet.
    pub(super) unjudged: BTreeSet<Uri>,
    /// What is done when the client is ready: its folders, and what was wrong with its settings.
    expected: Option<(BTreeSet<Uri>, Option<String>)>,
    is_ending: bool,
}

impl Server {
    /// A server that has heard nothing yet.
    pub(super) fn new(
        sender: Sender<Message>,
        client: Client,
        options: Options,
    ) -> std::io::Result<Self> {
        let (outside, _) = Folder::new(0, None, &options);
        Ok(Self {
            sender,
            client,
            options,
            folders: vec![outside],
            documents: Documents::default(),
            background: Background::start()?,
            published: Published::default(),
            moves: HashMap::new(),
            asked: HashMap::new(),
            dirty: BTreeSet::new(),
            own: BTreeSet::new(),
            progress: HashMap::new(),
            next_number: 0,
            next_folder: 1,
            due: None,
            unjudged: BTreeSet::new(),
            expected: None,
            is_ending: false,
        })
    }

    /// What to do when the client is ready.
    pub(super) fn expect(&mut self, folders: BTreeSet<Uri>, said: Option<String>) {
        self.expected = Some((folders, said));
    }

    /// What is said and done first.
    fn greet(&mut self) {
        let Some((folders, said)) = self.expected.take() else {
            return;
        };
        if let Some(sentence) = said {
            self.warn(&sentence);
        }
        let registrations = start::registrations(&self.client);
        if registrations["registrations"] != json!([]) {
            self.ask("client/registerCapability", registrations, Asked::Nothing);
        }
        for uri in folders {
            self.add_folder(uri);
        }
        self.place_documents();
        self.ask_settings();
    }

    /// Serves until the client goes. Whether it said goodbye.
    pub(super) fn run(&mut self, connection: &Connection) -> bool {
        loop {
            let pause = match self.due {
                Some(due) => after(due.saturating_duration_since(Instant::now())),
                None => never(),
            };
            let done = self.background.done.clone();
            select! {
                recv(connection.receiver) -> message => match message {
                    Ok(Message::Notification(note)) if note.method == "exit" => return self.is_ending,
                    Ok(Message::Notification(note)) if note.method == CHANGED => {
                        self.guard(|server| server.note(note));
                        // Who types faster than is judged is not waited for by what comes next.
                        if !connection.receiver.is_empty() {
                            continue;
                        }
                    }
                    Ok(message) => {
                        self.guard(Self::judge_changed);
                        self.hear(message);
                    }
                    Err(_) => return self.is_ending,
                },
                recv(done) -> done => {
                    self.guard(Self::judge_changed);
                    if let Ok(done) = done {
                        self.guard(|server| server.take(done));
                    }
                }
                recv(pause) -> _ => {
                    self.due = None;
                    self.guard(Self::judge_changed);
                    self.guard(Self::join);
                }
            }
            self.guard(Self::judge_changed);
            self.guard(Self::settle);
        }
    }

    /// A defect costs what was being done, and is told.
    fn guard(&mut self, work: impl FnOnce(&mut Self)) {
        let ended = guarded(|| work(self));
        if let Err(defect) = ended {
            self.log(&defect);
        }
    }

    fn hear(&mut self, message: Message) {
        match message {
            Message::Request(request) => self.request(request),
            Message::Response(response) => {
                let asked = self.asked.remove(&response.id);
                if let (Some(Asked::Settings), Ok(value)) = (asked, response.response_result) {
                    let own = value.get(0).cloned().unwrap_or_default();
                    self.guard(|server| server.set(&own));
                }
            }
            Message::Notification(note) => self.guard(|server| server.note(note)),
        }
    }

    fn request(&mut self, request: Request) {
        let id = request.id.clone();
        if self.is_ending {
            let code = lsp_server::ErrorCode::InvalidRequest as i32;
            return self.answer(Response::new_err(
                id,
                code,
                "the server is shutting down".to_owned(),
            ));
        }
        if request.method == "shutdown" {
            self.is_ending = true;
            let ended = self.published.end();
            for waiting in ended
                .into_iter()
                .chain(std::mem::take(&mut self.moves).into_keys())
            {
                self.cancelled(waiting);
            }
            return self.answer(Response::new_ok(id, ()));
        }
        let answer = isolated(id, || self.respond(request));
        if let Some(answer) = answer {
            self.answer(answer);
        }
    }

    /// Answers; later where nothing comes back.
    fn respond(&mut self, request: Request) -> Option<Response> {
        match request.method.as_str() {
            "textDocument/codeAction" => {
                Some(self.with(request, |own, params| own.code_actions(&params)))
            }
            "codeAction/resolve" => self.resolve(request),
            "textDocument/hover" => Some(self.with(request, Self::hover)),
            "textDocument/diagnostic" => Some(self.with(request, Self::one)),
            "workspace/diagnostic" => self.all(request),
            "workspace/executeCommand" => self.execute(request),
            "initialize" => {
                let code = lsp_server::ErrorCode::InvalidRequest as i32;
                let why = "the server has been started already".to_owned();
                Some(Response::new_err(request.id, code, why))
            }
            _ => {
                let code = lsp_server::ErrorCode::MethodNotFound as i32;
                Some(Response::new_err(
                    request.id,
                    code,
                    "this is not done here".to_owned(),
                ))
            }
        }
    }

    fn with<P: DeserializeOwned, R: serde::Serialize>(
        &mut self,
        request: Request,
        work: impl FnOnce(&mut Self, P) -> R,
    ) -> Response {
        match parameters(request) {
            Ok((id, params)) => Response::new_ok(id, work(self, params)),
            Err(response) => *response,
        }
    }

    fn note(&mut self, note: Notification) {
        let Notification { method, params } = note;
        match method.as_str() {
            "initialized" => {
                self.greet();
                None
            }
            "textDocument/didOpen" => read(params).map(|params| self.open(params)),
            CHANGED => read(params).map(|params| self.change(params)),
            "textDocument/didClose" => read(params).map(|params| self.close(&params)),
            "textDocument/didSave" => read(params).map(|params| self.saved(&params)),
            "workspace/didChangeWatchedFiles" => read(params).map(|params| self.watched(&params)),
            "workspace/didChangeWorkspaceFolders" => {
                read(params).map(|params| self.regroup(params))
            }
            "workspace/didChangeConfiguration" => {
                if self.client.configuration {
                    self.ask_settings();
                } else if let Some(settings) = params.get("settings") {
                    self.set(settings);
                }
                None
            }
            "$/cancelRequest" => {
                self.cancel(&params);
                None
            }
            UNREADABLE => {
                self.log("something that is no message was left out");
                None
            }
            _ => None,
        };
    }

    fn cancel(&mut self, params: &Value) {
        let Some(id) = params
            .get("id")
            .and_then(|id| serde_json::from_value::<RequestId>(id.clone()).ok())
        else {
            return;
        };
        if self.published.cancel(&id) || self.moves.remove(&id).is_some() {
            self.cancelled(id);
        }
    }

    pub(super) fn cancelled(&self, id: RequestId) {
        let code = lsp_server::ErrorCode::RequestCanceled as i32;
        self.answer(Response::new_err(id, code, "cancelled".to_owned()));
    }

    pub(super) fn answer(&self, response: Response) {
        // A client that is gone needs no answer.
        let _ = self.sender.send(response.into());
    }

    pub(super) fn notify(&self, method: &str, params: impl serde::Serialize) {
        let note = Notification::new(method.to_owned(), params);
        let _ = self.sender.send(note.into());
    }

    pub(super) fn ask(&mut self, method: &str, params: Value, asked: Asked) {
        self.next_number += 1;
        let id = RequestId::from(self.next_number);
        self.asked.insert(id.clone(), asked);
        let request = Request::new(id, method.to_owned(), params);
        let _ = self.sender.send(request.into());
    }

    /// Asks the client to do something of which the outcome does not matter.
    pub(super) fn have(&mut self, method: &str, params: Value) {
        self.ask(method, params, Asked::Nothing);
    }

    /// Tells the user.
    pub(super) fn warn(&self, sentence: &str) {
        self.notify(
            "window/showMessage",
            json!({"type": 2, "message": format!("envacuate: {sentence}")}),
        );
    }

    /// Writes to the log of the client.
    pub(super) fn log(&self, sentence: &str) {
        self.notify("window/logMessage", json!({"type": 3, "message": sentence}));
    }
}

/// The answer to a request, also if a defect ends the work on it.
fn isolated(id: RequestId, work: impl FnOnce() -> Option<Response>) -> Option<Response> {
    guarded(work).unwrap_or_else(|defect| {
        let code = lsp_server::ErrorCode::InternalError as i32;
        Some(Response::new_err(id, code, defect))
    })
}

/// What a request was asked with, or the answer where that cannot be read.
pub(super) fn parameters<P: DeserializeOwned>(
    request: Request,
) -> Result<(RequestId, P), Box<Response>> {
    let Request { id, params, .. } = request;
    match serde_json::from_value(params) {
        Ok(params) => Ok((id, params)),
        Err(error) => {
            let code = lsp_server::ErrorCode::InvalidParams as i32;
            Err(Box::new(Response::new_err(id, code, unread(&error))))
        }
    }
}

/// Why something cannot be read, without what stands in it.
pub(super) fn unread(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!("something is not what it should be: {expected}"),
        None if text.starts_with("missing field `") => text,
        None => "it cannot be read".to_owned(),
    }
}

/// What a notification says, if it can be read.
fn read<P: DeserializeOwned>(params: Value) -> Option<P> {
    serde_json::from_value(params).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_does_not_repeat_what_was_sent() {
        #[derive(Debug, serde::Deserialize)]
        struct Asked {
            #[serde(rename = "enable")]
            _enable: bool,
        }
        let error = |value: Value| unread(&serde_json::from_value::<Asked>(value).unwrap_err());
        for value in [json!("hunter2"), json!({"enable": "hunter2, expected x"})] {
            let text = error(value);
            assert!(!text.contains("hunter2"), "{text}");
            assert!(text.contains("bool") || text.contains("struct"), "{text}");
        }
        assert_eq!(error(json!({})), "missing field `enable`");
    }

    #[test]
    fn a_defect_costs_one_request() {
        let answer = isolated(RequestId::from(7), || panic!("hunter2")).unwrap();
        let error = answer.response_result.unwrap_err();
        assert_eq!(answer.id, RequestId::from(7));
        assert_eq!(error.code, lsp_server::ErrorCode::InternalError as i32);
        assert!(error.message.contains("defect") && !error.message.contains("hunter2"));
    }
}
