//! A text that stands in no file: standard input, an editor's buffer.

use std::path::Path;
use std::sync::Arc;

use super::git::Repositories;
use super::scanned::Entry;
use super::{Effective, Scanned, shown};
use crate::model::Tracking;
use crate::scan;

/// Scans `text` as if it stood at `path`.
pub fn scan_text(
    path: &Path,
    text: Vec<u8>,
    working_directory: &Path,
    effective: Arc<Effective>,
) -> Scanned {
    let absolute = working_directory.join(path);
    let path = shown(path, working_directory);
    let mut scanned = Scanned {
        working_directory: working_directory.to_owned(),
        ..Scanned::default()
    };
    if !scan::is_read(&path) {
        scanned.held.insert(path, text);
        return scanned;
    }
    let tracking = if scan::asks_git(&path) {
        Repositories::default().tracking(&absolute)
    } else {
        Tracking::Unknown
    };
    let entry = Entry::scanned(path, &text, tracking, effective);
    scanned.held.insert(entry.scan.path.clone(), text);
    scanned.entries.push(entry);
    scanned
}
