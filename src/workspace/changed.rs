//! Scanned files that are changed: first in memory, then on the disk.

use std::path::PathBuf;

use super::open::{Links, read_into};
use super::{Scanned, write_atomic};
use crate::fix::Texts;
use crate::scan;

impl Scanned {
    /// The text of a scanned file that can be changed. What can only be reached through a link at its end cannot.
    pub fn text(&self, path: &str) -> Option<Vec<u8>> {
        if let Some(held) = self.held.get(path) {
            return Some(held.clone());
        }
        let mut text = Vec::new();
        let (file, largest) = self.file(path)?;
        read_into(&file, Links::Refuse, largest, &mut text).ok()?;
        Some(text)
    }

    /// The same files, some with other texts.
    #[must_use]
    pub fn with(&self, texts: &Texts) -> Self {
        let mut changed = self.clone();
        for entry in &mut changed.entries {
            if let Some(text) = texts.get(&entry.scan.path) {
                entry.scan = scan::scan(&entry.scan.path, text, &entry.effective.settings);
            }
        }
        changed.held.extend(texts.clone());
        changed
    }

    /// Puts a text in the place of the one that a file had when it was read. Fails with the end of a sentence.
    pub fn put(&self, path: &str, before: &[u8], after: &[u8]) -> Result<(), String> {
        let (file, largest) = self.file(path).ok_or("it was not scanned")?;
        let mut text = Vec::new();
        read_into(&file, Links::Refuse, largest, &mut text).map_err(|failure| failure.message)?;
        if text != before {
            return Err("it has changed since it was read".to_owned());
        }
        write_atomic(&file, after).map_err(|error| crate::text::show(&error.to_string()))
    }

    /// The one text that stands in no file.
    pub fn input(&self) -> Option<Vec<u8>> {
        self.held.values().next().cloned()
    }

    /// Where a scanned file stands, and how large it may be.
    pub(super) fn file(&self, path: &str) -> Option<(PathBuf, u64)> {
        let mut entries = self.entries.iter();
        let entry = entries.find(|entry| entry.scan.path == path)?;
        let place = match &entry.reopen {
            Some((place, _)) => self.working_directory.join(place),
            None => self.working_directory.join(path),
        };
        Some((place, entry.effective.settings.max_file_size))
    }
}
