//! What is done when nobody types: all files joined and judged, and what is new told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gen_lsp_types::Uri;
use lsp_server::Response;
use serde_json::{Value, json};

use super::background::{Done, Job};
use super::diagnostics::Converter;
use super::folder::{Folder, State};
use super::options::Mode;
use super::publish::Told;
use super::server::{Asked, Server};

/// How long nobody types before all files are joined again.
const PAUSE: Duration = Duration::from_millis(150);

impl Server {
    pub(super) fn wait(&mut self) {
        self.due = Some(Instant::now() + PAUSE);
    }

    /// Has done what is to be done for folders of which nothing is being done.
    pub(super) fn join(&mut self) {
        let mut begun = Vec::new();
        for folder in self
            .folders
            .iter_mut()
            .filter(|one| one.state == State::Idle)
        {
            if folder.is_outdated {
                folder.is_outdated = false;
                folder.state = State::Scanning;
                begun.push(folder.id);
                self.background.ask(Job::Scan {
                    folder: folder.id,
                    root: folder.root.clone(),
                    loader: Arc::clone(&folder.loader),
                });
            } else if let Some(scanned) = folder.scanned.as_ref().filter(|_| folder.is_changed) {
                folder.is_changed = false;
                folder.state = State::Joining;
                self.background.ask(Job::Join {
                    folder: folder.id,
                    generation: folder.generation,
                    scanned: scanned.clone(),
                });
            }
        }
        for folder in begun {
            self.begin(folder);
        }
    }

    /// Shows that the files of a folder are looked at.
    fn begin(&mut self, folder: u64) {
        if self.client.progress {
            // No token may be used a second time.
            let token = format!("envacuate-{folder}-{}", self.next_number);
            self.progress.insert(folder, token.clone());
            self.have("window/workDoneProgress/create", json!({"token": token}));
            let value =
                json!({"kind": "begin", "title": "envacuate", "message": "looking at all files"});
            self.notify("$/progress", json!({"token": token, "value": value}));
        }
    }

    fn end(&mut self, folder: u64) {
        if let Some(token) = self.progress.remove(&folder) {
            self.notify(
                "$/progress",
                json!({"token": token, "value": {"kind": "end"}}),
            );
        }
    }

    pub(super) fn take(&mut self, done: Done) {
        match done {
            Done::Scanned {
                folder: id,
                scanned,
            } => {
                self.end(id);
                let Some(folder) = self.folder(id) else {
                    return;
                };
                folder.state = State::Idle;
                folder.scanned = Some(scanned);
                folder.changed();
                folder.is_known = true;
                let Self {
                    documents, folders, ..
                } = self;
                let Some(folder) = folders.iter_mut().find(|own| own.id == id) else {
                    return;
                };
                for (_, document) in documents.iter_mut().filter(|(_, one)| one.folder == id) {
                    document.is_judged = folder.is_judged(&document.path);
                    document.tracking = folder.tracking(&document.path);
                    folder.missed.remove(&document.path);
                    if document.is_judged {
                        folder.hold(document);
                    }
                }
                for path in std::mem::take(&mut folder.missed) {
                    folder.release(&path);
                }
                self.join();
            }
            Done::Joined {
                folder: id,
                generation,
                scanned,
                found,
            } => {
                let Some(folder) = self.folder(id) else {
                    return;
                };
                folder.state = State::Idle;
                match found {
                    Ok((report, told)) if folder.generation == generation => {
                        folder.scanned = Some(scanned);
                        let news = folder.take(report, told);
                        let own = self
                            .documents
                            .iter_mut()
                            .filter(|(_, one)| one.folder == id);
                        own.for_each(|(_, document)| document.looked_at());
                        self.dirty.extend(news.into_iter().map(|path| (id, path)));
                    }
                    Ok((_, told)) => {
                        folder.tell(told);
                        folder.is_changed = true;
                        self.wait();
                    }
                    Err(defect) => self.warn(&defect),
                }
                if self
                    .folder(id)
                    .is_some_and(|folder| folder.is_outdated || folder.is_changed)
                {
                    self.wait();
                }
            }
            Done::Migrated {
                id,
                folder,
                generation,
                moved,
            } => {
                self.moved(id, folder, generation, moved);
            }
            Done::Failed { folder, defect } => {
                self.end(folder);
                if let Some(folder) = self.folder(folder) {
                    folder.state = State::Idle;
                    folder.scanned.get_or_insert_default();
                }
                self.warn(&defect);
            }
        }
    }

    /// Tells what is new.
    pub(super) fn settle(&mut self) {
        let first = |folder: &Folder| folder.scanned.is_none() && folder.state == State::Idle;
        if self.folders.iter().any(first) {
            self.join();
        }
        let dirty = std::mem::take(&mut self.dirty);
        let own = std::mem::take(&mut self.own);
        if dirty.is_empty() && !self.published.is_awaited() {
            return;
        }
        if self.client.pulls {
            self.settle_asked(&dirty, &own);
            return;
        }
        let mut files = BTreeMap::new();
        for (id, path) in dirty {
            files.extend(self.told(id, &path));
        }
        for params in self.published.news(files) {
            self.notify("textDocument/publishDiagnostics", params);
        }
    }

    fn settle_asked(&mut self, dirty: &BTreeSet<(u64, String)>, own: &BTreeSet<(u64, String)>) {
        let mut is_old = false;
        for file in dirty {
            if let Some((uri, told)) = self.told(file.0, &file.1) {
                is_old |= !own.contains(file) && self.published.is_old(&uri, &told);
                self.published.update(uri, told);
            }
        }
        if is_old {
            self.ask("workspace/diagnostic/refresh", Value::Null, Asked::Nothing);
        }
        let is_known = self.folders.iter().all(|folder| folder.is_known);
        if self.published.is_awaited() && is_known {
            if !self.published.is_whole() {
                let all = self.folders.iter();
                let all = all.flat_map(|own| own.files.keys().map(|path| (own.id, path)));
                let all = all.filter_map(|(id, path)| self.told(id, path)).collect();
                self.published.put(all);
            }
            for (id, report) in self.published.answers() {
                self.answer(Response::new_ok(id, report));
            }
        }
    }

    /// What is told of a file, with its address; nothing for what another folder tells, or nobody wants to know.
    pub(super) fn told(&self, id: u64, path: &str) -> Option<(Uri, Told)> {
        let folder = self.folders.iter().find(|folder| folder.id == id)?;
        let converter = Converter::new(&self.client, &self.options, folder, &self.documents);
        let uri = converter.address(path)?;
        let document = self.documents.get(&uri);
        let is_own = document.map_or_else(
            || {
                self.owner(&folder.file(path))
                    .is_some_and(|at| self.folders[at].id == id)
                    || folder.uri.is_none()
            },
            |document| document.folder == id,
        );
        let is_wanted = match document {
            Some(document) => document.is_judged,
            None => self.options.diagnostic_mode == Mode::Workspace && folder.uri.is_some(),
        };
        let diagnostics = if is_wanted {
            converter.diagnostics(path)
        } else {
            Vec::new()
        };
        let version = document.map(|document| document.version);
        is_own.then_some((
            uri,
            Told {
                version,
                diagnostics,
            },
        ))
    }
}
