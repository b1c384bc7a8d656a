//! Changes of files in the words of the protocol.

use std::collections::HashMap;

use gen_lsp_types::{
    CreateFile, DocumentChange, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit,
    TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};
use similar::DiffOp;

use super::text::Text;
use crate::text::{compare, lines};

/// A file that changes.
pub(super) struct FileChange {
    /// Its address.
    pub(super) uri: Uri,
    /// The client's number of its text, if it is open.
    pub(super) version: Option<i32>,
    /// Its text; none for a new file.
    pub(super) before: Option<Text>,
    /// The text that it gets.
    pub(super) after: String,
}

/// The changes as one edit. New files need a client that can make them.
pub(super) fn workspace_edit(changes: Vec<FileChange>, document_changes: bool) -> WorkspaceEdit {
    if !document_changes {
        let changes = changes.into_iter().map(|change| {
            let edits = edits(&change);
            (change.uri, edits)
        });
        return WorkspaceEdit {
            changes: Some(changes.collect::<HashMap<_, _>>()),
            ..WorkspaceEdit::default()
        };
    }
    let mut all: Vec<DocumentChange> = Vec::new();
    for change in changes {
        let edits = edits(&change);
        if change.before.is_none() {
            let create = CreateFile {
                uri: change.uri.clone(),
                options: None,
                annotation_id: None,
            };
            all.push(create.into());
        }
        let edit = TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                text_document_identifier: TextDocumentIdentifier { uri: change.uri },
                version: change.version,
            },
            edits: edits.into_iter().map(Into::into).collect(),
        };
        all.push(edit.into());
    }
    WorkspaceEdit {
        document_changes: Some(all),
        ..WorkspaceEdit::default()
    }
}

/// The lines that differ, so that cursors and folds elsewhere stay.
fn edits(change: &FileChange) -> Vec<TextEdit> {
    let Some(before) = &change.before else {
        return vec![TextEdit {
            range: gen_lsp_types::Range::default(),
            new_text: change.after.clone(),
        }];
    };
    let old = String::from_utf8_lossy(before.bytes());
    let (old, new) = (lines(&old), lines(&change.after));
    let mut edits: Vec<TextEdit> = Vec::new();
    let mut at = 0;
    for op in compare(&old, &new) {
        let start = at;
        at += old[op.old_range()]
            .iter()
            .map(|line| line.len())
            .sum::<usize>();
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        // Editors keep the mark in front of a file to themselves.
        let shown = new[op.new_range()]
            .iter()
            .map(|&line| match line.strip_prefix('\u{feff}') {
                Some(rest) if before.has_mark() => rest,
                _ => line,
            });
        edits.push(TextEdit {
            range: before.range(start, at),
            new_text: shown.collect(),
        });
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lsp::text::Encoding;

    #[test]
    fn only_lines_that_differ_are_replaced() {
        let before = Text::new(b"a\nb\nc\nd\n".to_vec(), Encoding::Utf16);
        let change = FileChange {
            uri: Uri::parse("file:///a").unwrap(),
            version: Some(1),
            before: Some(before.clone()),
            after: "a\nX\nc\nd\ne\n".to_owned(),
        };
        let found = edits(&change);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].range, before.range(2, 4));
        assert_eq!(found[0].new_text, "X\n");
        assert_eq!(found[1].range, before.range(8, 8));
        assert_eq!(found[1].new_text, "e\n");
    }

    #[test]
    fn the_mark_in_front_of_a_file_is_the_editors() {
        let text = "\u{feff}a b\nc\n";
        let before = Text::of_file(text.into(), Encoding::Utf8);
        let change = FileChange {
            uri: Uri::parse("file:///a").unwrap(),
            version: None,
            before: Some(before.clone()),
            after: text.replace('b', "d"),
        };
        let found = edits(&change);
        assert_eq!(found[0].range, before.range(0, 7));
        assert_eq!(found[0].range.start.character, 0);
        assert_eq!(found[0].new_text, "a d\n");
    }
}
