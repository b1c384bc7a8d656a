//! The documents that are open in the client.

use std::collections::BTreeMap;

use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::text::{Encoding, Text};
use crate::model::Tracking;
use crate::scan::can_be_cut;

/// An open document.
#[derive(Debug)]
pub(super) struct Document {
    /// The client's number of its text.
    pub(super) version: i32,
    /// Its text.
    pub(super) text: Text,
    /// The folder that it belongs to.
    pub(super) folder: u64,
    /// Its path in that folder.
    pub(super) path: String,
    /// What git does with its file.
    pub(super) tracking: Tracking,
    /// Whether `check` would look at it.
    pub(super) is_judged: bool,
    /// The text that the findings are of; none where they are of another one.
    pub(super) judged: Option<Vec<u8>>,
    /// The last text that could be cut at its top, of a long one.
    pub(super) whole: Option<Vec<u8>>,
}

impl Document {
    /// Notes that all of its text has been looked at.
    pub(super) fn looked_at(&mut self) {
        let text = self.text.bytes();
        if can_be_cut(&self.path, text) {
            self.whole = Some(text.to_vec());
        }
        self.judged = Some(text.to_vec());
    }
}

/// All open documents, by the client's address.
#[derive(Debug, Default)]
pub(super) struct Documents {
    all: BTreeMap<Uri, Document>,
}

impl Documents {
    /// A document that was opened.
    pub(super) fn open(&mut self, uri: Uri, document: Document) {
        self.all.insert(uri, document);
    }

    /// Changes a text; nothing for a document that is not open.
    pub(super) fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
    ) -> Option<&Document> {
        use TextDocumentContentChangeEvent as Change;
        let document = self.all.get_mut(uri)?;
        for change in changes {
            match change {
                Change::TextDocumentContentChangePartial(part) => {
                    document.text.replace(Some(part.range), &part.text);
                }
                Change::TextDocumentContentChangeWholeDocument(whole) => {
                    document.text.replace(None, &whole.text);
                }
            }
        }
        document.version = version;
        Some(document)
    }

    /// A document that was closed.
    pub(super) fn close(&mut self, uri: &Uri) -> Option<Document> {
        self.all.remove(uri)
    }

    /// An open document.
    pub(super) fn get(&self, uri: &Uri) -> Option<&Document> {
        self.all.get(uri)
    }

    /// The open document of a file of a folder, with its address.
    pub(super) fn of(&self, folder: u64, path: &str) -> Option<(&Uri, &Document)> {
        let mut all = self.all.iter();
        all.find(|(_, document)| document.folder == folder && document.path == path)
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Uri, &Document)> {
        self.all.iter()
    }

    /// An open document, to be changed.
    pub(super) fn get_mut(&mut self, uri: &Uri) -> Option<&mut Document> {
        self.all.get_mut(uri)
    }

    /// All of them, to be changed.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&Uri, &mut Document)> {
        self.all.iter_mut()
    }
}

/// A text that came with a message.
pub(super) fn text(text: String, encoding: Encoding) -> Text {
    Text::new(text.into_bytes(), encoding)
}
