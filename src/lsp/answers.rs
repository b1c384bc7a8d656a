//! What clients ask for, answered.

use gen_lsp_types::{
    CodeAction, CodeActionParams, CodeActionResponse, DocumentDiagnosticParams,
    DocumentDiagnosticReport, ExecuteCommandParams, FullDocumentDiagnosticReport, Hover,
    HoverParams, RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport,
    UnchangedDocumentDiagnosticReport, Uri, WorkspaceDiagnosticParams, WorkspaceEdit,
};
use lsp_server::{Request, RequestId, Response};
use serde_json::{Value, json};

use super::actions::{self, Later};
use super::background::Job;
use super::diagnostics::Converter;
use super::document::Document;
use super::edits::{FileChange, workspace_edit};
use super::folder::Folder;
use super::migrate::{Migration, Moved};
use super::publish::Told;
use super::server::{Server, parameters};
use super::text::Text;
use super::{commands, hover};
use crate::rules::Rule;

impl Server {
    /// An open document that is judged, and its folder.
    fn of(&self, uri: &Uri) -> Option<(&Document, &Folder)> {
        let document = self.documents.get(uri).filter(|one| one.is_judged)?;
        let folder = self.folders.iter().find(|own| own.id == document.folder)?;
        self.options.enable.then_some((document, folder))
    }

    fn converter<'s>(&'s self, folder: &'s Folder) -> Converter<'s> {
        Converter::new(&self.client, &self.options, folder, &self.documents)
    }

    pub(super) fn code_actions(&mut self, params: &CodeActionParams) -> Vec<CodeActionResponse> {
        let uri = &params.text_document.uri;
        let Some((document, folder)) = self.of(uri).filter(|_| self.client.actions) else {
            return Vec::new();
        };
        let all = actions::actions(&self.converter(folder), uri, document, params);
        all.into_iter().map(Into::into).collect()
    }

    pub(super) fn hover(&mut self, params: HoverParams) -> Option<Hover> {
        let at = params.text_document_position_params;
        let (document, folder) = self.of(&at.text_document.uri)?;
        let byte = document.text.byte(at.position);
        hover::hover(&self.converter(folder), &document.path, byte)
    }

    /// The findings of one document, for a client that asks.
    pub(super) fn one(&mut self, params: DocumentDiagnosticParams) -> DocumentDiagnosticReport {
        let uri = params.text_document.uri;
        let open = self.documents.get(&uri);
        let (folder, path) = if let Some(one) = open {
            (one.folder, one.path.clone())
        } else {
            let (at, path) = self.locate(&uri, "");
            (self.folders[at].id, path)
        };
        let told = self.told(folder, &path);
        let told = told.map_or(
            Told {
                version: None,
                diagnostics: Vec::new(),
            },
            |(_, told)| told,
        );
        let id = told.id();
        self.published.given(uri, id.clone());
        if params.previous_result_id.as_ref() == Some(&id) {
            let unchanged = UnchangedDocumentDiagnosticReport { result_id: id };
            return RelatedUnchangedDocumentDiagnosticReport {
                related_documents: None,
                unchanged_document_diagnostic_report: unchanged,
            }
            .into();
        }
        RelatedFullDocumentDiagnosticReport {
            related_documents: None,
            full_document_diagnostic_report: FullDocumentDiagnosticReport {
                result_id: Some(id),
                items: told.diagnostics,
            },
        }
        .into()
    }

    /// The findings of all files: told when there is something that the client does not know.
    pub(super) fn all(&mut self, request: Request) -> Option<Response> {
        match parameters::<WorkspaceDiagnosticParams>(request) {
            Ok((id, params)) => {
                self.published.wait(id, params);
                None
            }
            Err(response) => Some(*response),
        }
    }

    /// The edit of an action that had none yet.
    pub(super) fn resolve(&mut self, request: Request) -> Option<Response> {
        let (id, mut action) = match parameters::<CodeAction>(request) {
            Ok(read) => read,
            Err(response) => return Some(*response),
        };
        let later = action
            .data
            .clone()
            .and_then(|data| serde_json::from_value(data).ok());
        match later {
            Some(Later::FixAll { uri }) => {
                action.edit = self.fix_all(&uri);
                Some(Response::new_ok(id, action))
            }
            Some(Later::Migrate { uri, secret }) => {
                let asked = serde_json::to_value(&action).unwrap_or_default();
                self.plan(id, &uri, secret, asked)
            }
            None => Some(Response::new_ok(id, action)),
        }
    }

    fn fix_all(&self, uri: &Uri) -> Option<WorkspaceEdit> {
        let (document, folder) = self.of(uri)?;
        actions::fixed_all(&self.converter(folder), uri, document)
    }

    /// Has a move planned. `asked` is the action that the edit belongs into, or nothing for a command.
    fn plan(&mut self, id: RequestId, uri: &Uri, secret: String, asked: Value) -> Option<Response> {
        let planned = self.of(uri).and_then(|(_, folder)| {
            let documents = self
                .documents
                .iter()
                .filter(|(_, one)| one.folder == folder.id);
            let texts = documents.map(|(_, one)| (one.path.clone(), one.text.bytes().to_vec()));
            Some(Migration {
                folder: folder.id,
                generation: folder.generation,
                root: folder.root.clone(),
                loader: std::sync::Arc::clone(&folder.loader),
                scanned: folder.scanned.clone()?,
                texts: texts.collect(),
                secret,
                to: self.options.migrate.clone(),
            })
        });
        let Some(migration) = planned else {
            let code = lsp_server::ErrorCode::ContentModified as i32;
            let why = "the files of the folder have not been looked at yet; try again".to_owned();
            return Some(Response::new_err(id, code, why));
        };
        self.moves.insert(id.clone(), asked);
        let migration = Box::new(migration);
        self.background.ask(Job::Migrate { id, migration });
        None
    }

    /// Answers a request for a move that has been planned.
    pub(super) fn moved(
        &mut self,
        id: RequestId,
        folder: u64,
        generation: u64,
        moved: Result<Moved, String>,
    ) {
        let Some(mut asked) = self.moves.remove(&id) else {
            return;
        };
        let current = self
            .folders
            .iter()
            .find(|one| one.id == folder && one.generation == generation);
        let Some(folder) = current else {
            let code = lsp_server::ErrorCode::ContentModified as i32;
            let why = "the text has changed meanwhile; try again".to_owned();
            return self.answer(Response::new_err(id, code, why));
        };
        let edit = moved.and_then(|moved| self.edit(folder, moved));
        let edit = match edit {
            Ok(edit) => edit,
            Err(sentence) => {
                self.warn(&sentence);
                return self.answer(Response::new_ok(id, asked));
            }
        };
        if asked.is_null() {
            self.answer(Response::new_ok(id, Value::Null));
            self.have(
                "workspace/applyEdit",
                json!({"label": "Move a secret", "edit": edit}),
            );
        } else {
            asked["edit"] = json!(edit);
            self.answer(Response::new_ok(id, asked));
        }
    }

    fn edit(&self, folder: &Folder, moved: Moved) -> Result<WorkspaceEdit, String> {
        let converter = self.converter(folder);
        let mut changes = Vec::new();
        for (path, (before, after)) in moved.files {
            let open = self
                .documents
                .of(folder.id, &path)
                .map(|(_, one)| one.version);
            let unusable =
                || format!("`{path}` cannot be changed by an editor; run `envacuate migrate`");
            changes.push(FileChange {
                uri: converter.address(&path).ok_or_else(unusable)?,
                version: open,
                before: before.map(|bytes| {
                    let of = if open.is_some() {
                        Text::new
                    } else {
                        Text::of_file
                    };
                    of(bytes, self.client.encoding)
                }),
                after: String::from_utf8(after).map_err(|_| unusable())?,
            });
        }
        Ok(workspace_edit(changes, self.client.document_changes))
    }

    /// Runs a command.
    pub(super) fn execute(&mut self, request: Request) -> Option<Response> {
        let (id, params) = match parameters::<ExecuteCommandParams>(request) {
            Ok(read) => read,
            Err(response) => return Some(*response),
        };
        let first = params
            .arguments
            .and_then(|all| all.into_iter().next())
            .unwrap_or_default();
        let nothing = Response::new_ok(id.clone(), Value::Null);
        match params.command.as_str() {
            commands::EXPLAIN => {
                let rule = first.as_str().and_then(Rule::find);
                if let Some(rule) = rule.filter(|_| self.client.shows) {
                    self.have(
                        "window/showDocument",
                        json!({"uri": rule.url(), "external": true}),
                    );
                } else if let Some(rule) = rule {
                    self.notify(
                        "window/showMessage",
                        json!({"type": 3, "message": rule.documentation()}),
                    );
                }
                Some(nothing)
            }
            commands::FIX_ALL => {
                let uri = first.as_str().and_then(|uri| Uri::parse(uri).ok());
                if let Some(edit) = uri.and_then(|uri| self.fix_all(&uri)) {
                    self.have(
                        "workspace/applyEdit",
                        json!({"label": "Fix all", "edit": edit}),
                    );
                }
                Some(nothing)
            }
            commands::MIGRATE => match serde_json::from_value(first) {
                Ok(Later::Migrate { uri, secret }) => self.plan(id, &uri, secret, Value::Null),
                _ => Some(nothing),
            },
            commands::RESCAN => {
                self.reload();
                Some(nothing)
            }
            commands::DEBUG => Some(Response::new_ok(id, self.debug())),
            _ => {
                let code = lsp_server::ErrorCode::InvalidParams as i32;
                Some(Response::new_err(
                    id,
                    code,
                    "there is no such command".to_owned(),
                ))
            }
        }
    }

    fn debug(&self) -> Value {
        let folders = self.folders.iter().filter(|folder| folder.uri.is_some());
        let folders: Vec<Value> = folders
            .map(|folder| {
                json!({
                    "uri": folder.uri,
                    "state": format!("{:?}", folder.state),
                    "filesWithFindings": folder.files.len(),
                    "settings": folder.loader.used().iter().map(|used| &used.path).collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "client": format!("{:?}", self.client),
            "options": format!("{:?}", self.options),
            "documents": self.documents.iter().count(),
            "folders": folders,
        })
    }
}
