//! Which findings the client was told, and how: told at once, or left to be asked for. Never both, since some clients
//! then show them twice.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use gen_lsp_types::{
    Diagnostic, FullDocumentDiagnosticReport, PublishDiagnosticsParams, Uri,
    WorkspaceDiagnosticParams, WorkspaceDiagnosticReport, WorkspaceDocumentDiagnosticReport,
    WorkspaceFullDocumentDiagnosticReport,
};
use lsp_server::RequestId;
use rustc_hash::FxHasher;

/// What is told of a file.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// The client's number of the text, if it is open.
    pub(super) version: Option<i32>,
    /// All of it.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Told {
    /// A name for what is told, which changes with it.
    pub(super) fn id(&self) -> String {
        let mut hasher = FxHasher::default();
        // What has no JSON would be told anew each time, which is all that could go wrong.
        let text = serde_json::to_string(&self.diagnostics).unwrap_or_default();
        text.hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

/// A request for all findings that waits until there is something new.
#[derive(Debug)]
struct Waiting {
    id: RequestId,
    known: BTreeMap<Uri, String>,
}

/// What the client was told.
#[derive(Debug, Default)]
pub(super) struct Published {
    /// By address, what it was told or given last, and of which text.
    known: BTreeMap<Uri, (Option<i32>, String)>,
    /// What there is to tell of all files, once somebody asked; nothing when it has to be gathered anew.
    all: Option<BTreeMap<Uri, (String, Told)>>,
    waiting: Vec<Waiting>,
}

impl Published {
    /// What to send of these files to a client that is told.
    pub(super) fn news(&mut self, files: BTreeMap<Uri, Told>) -> Vec<PublishDiagnosticsParams> {
        let mut news = Vec::new();
        for (uri, told) in files {
            let (is_empty, is_open) = (told.diagnostics.is_empty(), told.version.is_some());
            let id = told.id();
            // Whoever has an open document hears of each of its texts, also if the same holds of it as before: editors
            // move what they show with the text, and some take nothing that is of another text.
            let is_known = match self.known.get(&uri) {
                Some((version, known)) => *known == id && (is_empty || *version == told.version),
                None => is_empty && !is_open,
            };
            if is_known {
                continue;
            }
            if is_empty && !is_open {
                self.known.remove(&uri);
            } else {
                self.known.insert(uri.clone(), (told.version, id));
            }
            news.push(PublishDiagnosticsParams {
                uri,
                version: told.version,
                diagnostics: told.diagnostics,
            });
        }
        news
    }

    /// Notes what was given to a client that asked for one file.
    pub(super) fn given(&mut self, uri: Uri, id: String) {
        self.known.insert(uri, (None, id));
    }

    /// Whether a client that asks has something else of a file than this.
    pub(super) fn is_old(&self, uri: &Uri, told: &Told) -> bool {
        let known = self.known.get(uri);
        known.is_some_and(|(_, known)| *known != told.id())
    }

    /// Forgets what a client was given of a document.
    pub(super) fn forget(&mut self, uri: &Uri) {
        self.known.remove(uri);
    }

    /// The files of which something was told.
    pub(super) fn files(&self) -> BTreeSet<Uri> {
        self.known.keys().cloned().collect()
    }

    /// Lets a request for all findings wait.
    pub(super) fn wait(&mut self, id: RequestId, params: WorkspaceDiagnosticParams) {
        let known = params.previous_result_ids.into_iter();
        let known = known.map(|one| (one.uri, one.value)).collect();
        self.waiting.push(Waiting { id, known });
    }

    /// Ends the wait of a request; whether it did wait.
    pub(super) fn cancel(&mut self, id: &RequestId) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|waiting| waiting.id != *id);
        before > self.waiting.len()
    }

    /// Whether anybody waits.
    pub(super) fn is_awaited(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Notes that an address may stand for another file by now.
    pub(super) fn outdate(&mut self) {
        self.all = None;
    }

    /// Whether it is known what there is to tell of all files.
    pub(super) fn is_whole(&self) -> bool {
        self.all.is_some()
    }

    /// Takes what there is to tell of all files.
    pub(super) fn put(&mut self, all: BTreeMap<Uri, Told>) {
        let all = all.into_iter().map(|(uri, told)| (uri, (told.id(), told)));
        self.all = Some(all.collect());
    }

    /// Takes what there is to tell of a file.
    pub(super) fn update(&mut self, uri: Uri, told: Told) {
        if let Some(all) = &mut self.all {
            all.insert(uri, (told.id(), told));
        }
    }

    /// The answers of all requests for which there is something new.
    pub(super) fn answers(&mut self) -> Vec<(RequestId, WorkspaceDiagnosticReport)> {
        let Some(all) = &self.all else {
            return Vec::new();
        };
        let nothing = Told {
            version: None,
            diagnostics: Vec::new(),
        };
        let none = nothing.id();
        let mut answers = Vec::new();
        self.waiting.retain(|waiting| {
            let mut items = Vec::new();
            for (uri, (id, told)) in all {
                let known = waiting.known.get(uri);
                if known.unwrap_or(&none) != id {
                    items.push(item(uri, told, Some(id.clone())));
                }
            }
            for (uri, id) in &waiting.known {
                if !all.contains_key(uri) && *id != none {
                    items.push(item(uri, &nothing, Some(none.clone())));
                }
            }
            if items.is_empty() {
                return true;
            }
            answers.push((waiting.id.clone(), WorkspaceDiagnosticReport { items }));
            false
        });
        answers
    }

    /// All requests that wait, which nothing will answer any more.
    pub(super) fn end(&mut self) -> Vec<RequestId> {
        std::mem::take(&mut self.waiting)
            .into_iter()
            .map(|waiting| waiting.id)
            .collect()
    }
}

fn item(uri: &Uri, told: &Told, id: Option<String>) -> WorkspaceDocumentDiagnosticReport {
    WorkspaceFullDocumentDiagnosticReport {
        uri: uri.clone(),
        version: told.version,
        full_document_diagnostic_report: FullDocumentDiagnosticReport {
            result_id: id,
            items: told.diagnostics.clone(),
        },
    }
    .into()
}
