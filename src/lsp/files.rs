//! Documents, folders and settings, as the client tells of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gen_lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
    FileChangeType, Uri,
};
use serde_json::{Value, json};

use super::document::{self, Document};
use super::folder::{Folder, State, is_skipped};
use super::options::{Options, SECTION};
use super::place;
use super::publish::Told;
use super::server::{Asked, Server};
use crate::scan::is_read;
use crate::workspace::shown;

impl Server {
    pub(super) fn open(&mut self, params: DidOpenTextDocumentParams) {
        let opened = params.text_document;
        let uri = opened.uri;
        let language = opened.language_id.to_string();
        let (folder, path) = self.locate(&uri, &language);
        let owner = &self.folders[folder];
        let document = Document {
            version: opened.version,
            text: document::text(opened.text, self.client.encoding),
            folder: owner.id,
            tracking: owner.tracking(&path),
            is_judged: owner.is_judged(&path),
            path,
            judged: None,
            whole: None,
        };
        // A client that watches nothing does not tell of files that other programs make.
        if !self.client.watches
            && !document.is_judged
            && self.folders[folder].may_be_new(&document.path)
        {
            self.folders[folder].is_outdated = true;
        }
        self.own.insert((document.folder, document.path.clone()));
        self.documents.open(uri.clone(), document);
        self.published.outdate();
        self.judge(&uri);
    }

    pub(super) fn change(&mut self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        let uri = document.text_document_identifier.uri;
        if self
            .documents
            .change(&uri, document.version, params.content_changes)
            .is_some()
        {
            self.unjudged.insert(uri);
        }
    }

    /// Judges the documents that were changed.
    pub(super) fn judge_changed(&mut self) {
        for uri in std::mem::take(&mut self.unjudged) {
            if let Some(document) = self.documents.get(&uri) {
                self.own.insert((document.folder, document.path.clone()));
            }
            self.judge(&uri);
        }
    }

    /// What is saved is in no other file than before, but a client that watches nothing has said nothing of what else
    /// changed meanwhile.
    pub(super) fn saved(&mut self, params: &DidSaveTextDocumentParams) {
        if self.client.watches {
            return;
        }
        let file = place::file(&params.text_document.uri);
        let is_settings = file.is_some_and(|file| {
            let owner = self.owner(&file);
            owner.is_some_and(|at| self.folders[at].is_settings(&file))
        });
        if is_settings {
            self.reload();
        } else {
            self.outdate();
        }
    }

    pub(super) fn close(&mut self, params: &DidCloseTextDocumentParams) {
        let uri = &params.text_document.uri;
        let Some(document) = self.documents.close(uri) else {
            return;
        };
        if self.client.pulls {
            self.published.forget(uri);
        }
        self.published.outdate();
        self.dirty.insert((document.folder, document.path.clone()));
        if let Some(folder) = self.folder(document.folder).filter(|_| document.is_judged) {
            folder.release(&document.path);
        }
        self.wait();
    }

    /// Judges a document at once, and all files after a pause.
    pub(super) fn judge(&mut self, uri: &Uri) {
        let Some(document) = self.documents.get_mut(uri) else {
            return;
        };
        let mut folders = self.folders.iter_mut();
        let owner = folders.find(|own| own.id == document.folder);
        if let Some(folder) = owner.filter(|_| document.is_judged && self.options.enable) {
            folder.hold(document);
            folder.judge(document);
        }
        self.dirty.insert((document.folder, document.path.clone()));
        self.wait();
    }

    /// Which folder, by its place in the list, has a file, and its path there.
    pub(super) fn locate(&self, uri: &Uri, language: &str) -> (usize, String) {
        let Some(file) = place::file(uri) else {
            return (0, place::name(uri, language));
        };
        let owner = self.owner(&file).unwrap_or_default();
        (owner, shown(&file, &self.folders[owner].root))
    }

    /// The innermost folder of the client that holds a file.
    pub(super) fn owner(&self, file: &Path) -> Option<usize> {
        let all = self.folders.iter().enumerate();
        all.filter(|(_, folder)| folder.uri.is_some() && file.starts_with(&folder.root))
            .max_by_key(|(_, folder)| folder.root.as_os_str().len())
            .map(|(at, _)| at)
    }

    pub(super) fn folder(&mut self, id: u64) -> Option<&mut Folder> {
        self.folders.iter_mut().find(|folder| folder.id == id)
    }

    pub(super) fn add_folder(&mut self, uri: Uri) {
        if place::file(&uri).is_none()
            || self
                .folders
                .iter()
                .any(|one| one.uri.as_ref() == Some(&uri))
        {
            return;
        }
        let (folder, said) = Folder::new(self.next_folder, Some(uri), &self.options);
        self.next_folder += 1;
        if !folder.is_walked() {
            self.log("a home or the root of a disk is not looked at as a whole, only the documents that are open");
        }
        self.folders.push(folder);
        if let Some(sentence) = said {
            self.warn(&sentence);
        }
    }

    pub(super) fn regroup(&mut self, params: DidChangeWorkspaceFoldersParams) {
        for gone in params.event.removed {
            for folder in self
                .folders
                .iter()
                .filter(|one| one.uri.as_ref() == Some(&gone.uri))
            {
                let files = folder.files.keys().cloned();
                self.dirty.extend(files.map(|path| (folder.id, path)));
            }
            self.settle();
            self.folders
                .retain(|folder| folder.uri.as_ref() != Some(&gone.uri));
            // Its files belong to a folder around it again, which has heard nothing of them.
            let root = place::file(&gone.uri);
            for folder in &mut self.folders {
                if folder.is_walked()
                    && root
                        .as_ref()
                        .is_some_and(|root| root.starts_with(&folder.root))
                {
                    folder.is_outdated = true;
                    let files = folder.files.keys().cloned();
                    self.dirty.extend(files.map(|path| (folder.id, path)));
                }
            }
        }
        for new in params.event.added {
            self.add_folder(new.uri);
        }
        let told = self.published.files();
        self.place_documents();
        self.clear(told);
    }

    /// Finds anew to which folder each document belongs.
    pub(super) fn place_documents(&mut self) {
        self.published.outdate();
        let uris: Vec<Uri> = self.documents.iter().map(|(uri, _)| uri.clone()).collect();
        for uri in uris {
            let (at, path) = self.locate(&uri, "");
            let Some(mut document) = self.documents.close(&uri) else {
                continue;
            };
            let is_file = place::file(&uri).is_some();
            if is_file && document.folder != self.folders[at].id {
                if let Some(before) = self.folder(document.folder) {
                    before.release(&document.path);
                }
                let owner = &self.folders[at];
                document.folder = owner.id;
                document.is_judged = owner.is_judged(&path);
                document.path = path;
                document.judged = None;
            }
            self.documents.open(uri.clone(), document);
            self.judge(&uri);
        }
    }

    /// Takes back what was told of files that no folder has any more.
    pub(super) fn clear(&mut self, told: BTreeSet<Uri>) {
        let gone = told.into_iter().filter(|uri| {
            let file = place::file(uri);
            self.documents.get(uri).is_none() && file.is_none_or(|file| self.owner(&file).is_none())
        });
        let nothing = |uri| {
            let told = Told {
                version: None,
                diagnostics: Vec::new(),
            };
            (uri, told)
        };
        let gone: BTreeMap<Uri, Told> = gone.map(nothing).collect();
        if !self.client.pulls {
            for params in self.published.news(gone) {
                self.notify("textDocument/publishDiagnostics", params);
            }
        }
    }

    pub(super) fn ask_settings(&mut self) {
        if self.client.configuration {
            let items = json!({"items": [{"section": SECTION}]});
            self.ask("workspace/configuration", items, Asked::Settings);
        }
    }

    pub(super) fn set(&mut self, value: &Value) {
        // A client that has no such section says nothing, and what it was started with stands.
        if value.is_null() {
            return;
        }
        match Options::read(value) {
            Ok(options) if options != self.options => {
                self.options = options;
                self.reload();
            }
            Ok(_) => {}
            Err(sentence) => self.warn(&sentence),
        }
    }

    /// Reads all settings anew, and looks at everything again.
    pub(super) fn reload(&mut self) {
        let mut said = Vec::new();
        for (_, document) in self.documents.iter_mut() {
            document.judged = None;
        }
        for folder in &mut self.folders {
            said.extend(folder.load_settings(&self.options));
            self.dirty
                .extend(folder.files.keys().map(|path| (folder.id, path.clone())));
        }
        for sentence in said {
            self.warn(&sentence);
        }
        self.place_documents();
        self.wait();
    }

    pub(super) fn watched(&mut self, params: &DidChangeWatchedFilesParams) {
        let (mut reload, mut any) = (false, false);
        for event in &params.changes {
            let Some(file) = place::file(&event.uri) else {
                continue;
            };
            let Some(at) = self.owner(&file) else {
                continue;
            };
            let folder = &mut self.folders[at];
            let path = shown(&file, &folder.root);
            let name = path.rsplit('/').next().unwrap_or(&path);
            reload |= folder.is_settings(&file);
            // Builds write there all the time.
            if is_skipped(&path) {
                continue;
            }
            let has = || folder.scanned.as_ref().is_some_and(|all| all.has(&path));
            if matches!(name, ".gitignore" | ".ignore" | ".envacuateignore") {
                folder.is_outdated = true;
            } else if event.kind == FileChangeType::Changed {
                let is_open = self.documents.of(folder.id, &path).is_some();
                if is_open || !is_read(&path) {
                    continue;
                }
                // It may have been read before it changed.
                if folder.state == State::Scanning {
                    folder.missed.insert(path);
                } else if has() {
                    folder.release(&path);
                } else {
                    continue;
                }
            } else if is_read(&path)
                || (event.kind == FileChangeType::Deleted && folder.tells_below(&path))
                || (event.kind == FileChangeType::Created && file.is_dir())
                || has()
            {
                folder.is_outdated = true;
            } else {
                continue;
            }
            any = true;
        }
        if reload {
            self.reload();
        } else if any {
            self.wait();
        }
    }

    /// Has all files looked at again.
    pub(super) fn outdate(&mut self) {
        for folder in &mut self.folders {
            folder.is_outdated = folder.is_walked();
        }
        self.wait();
    }
}
