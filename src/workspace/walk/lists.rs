//! Ignore files that are not heeded: one that never ends or takes more memory than the scan itself must not be opened
//! by the walk, which has no limit of its own.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::Request;

/// In bytes; thousands of patterns fit.
const LARGEST: u64 = 128 * 1024;

/// Directories that hold such a file, found while walking.
#[derive(Clone, Default)]
pub(super) struct Lists {
    names: Vec<&'static str>,
    found: Arc<Mutex<Vec<PathBuf>>>,
}

impl Lists {
    /// Watches for the files that the request asks to heed.
    pub(super) fn new(request: &Request<'_>) -> Self {
        let mut names = Vec::new();
        if request.git_ignore {
            names.push(".gitignore");
        }
        if request.ignore_files {
            names.extend([".ignore", ".envacuateignore"]);
        }
        Self {
            names,
            found: Arc::default(),
        }
    }

    /// Whether the lists of a directory can be read; otherwise it is kept for a walk without them.
    pub(super) fn usable(&self, directory: &Path) -> bool {
        let bad = self.names.iter().any(|name| {
            std::fs::metadata(directory.join(name)).is_ok_and(|metadata| {
                !metadata.is_file() && !metadata.is_dir() || metadata.len() > LARGEST
            })
        });
        if bad {
            self.found
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(directory.to_owned());
        }
        !bad
    }

    /// What was found so far.
    pub(super) fn take(&self) -> Vec<PathBuf> {
        std::mem::take(&mut *self.found.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
