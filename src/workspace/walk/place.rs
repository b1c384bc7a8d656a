//! The directories of a walk: what they hold, and which settings hold in them.

use std::ffi::{OsStr, OsString};
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::rules::Held;
use super::{Request, worker};
use crate::settings::Container;
use crate::workspace::{Effective, skip};

/// A directory that was listed.
pub(super) struct Place {
    pub(super) path: PathBuf,
    above: Option<Arc<Place>>,
    /// Whether its settings may be others than those of the directory above.
    asks: bool,
    effective: OnceLock<Arc<Effective>>,
}

impl Place {
    pub(super) fn new(path: PathBuf, above: Option<Arc<Self>>, has_settings: bool) -> Self {
        // What is named through `..` may be a link, and settings are those of where it leads.
        let asks = has_settings
            || above
                .as_ref()
                .is_none_or(|above| above.above.is_none() && worker::goes_up(&above.path));
        Self {
            path,
            above,
            asks,
            effective: OnceLock::new(),
        }
    }

    /// The settings of its files. Looked for only when a file needs them: what no file needs is not even an error.
    pub(super) fn effective(&self, request: &Request<'_>) -> &Arc<Effective> {
        if let Some(known) = self.effective.get() {
            return known;
        }
        let mut place = self;
        while let Some(above) = place.above.as_deref().filter(|_| !place.asks) {
            place = above;
        }
        let asked = place.effective.get_or_init(|| {
            (request.settings)(&worker::absolute(&place.path, request.working_directory))
        });
        self.effective.get_or_init(|| Arc::clone(asked))
    }
}

/// What a directory holds, as far as a walk cares.
#[derive(Default)]
pub(super) struct Listing {
    pub(super) directories: Vec<OsString>,
    /// Files and others that are no directories, if envacuate could read one of that name.
    pub(super) files: Vec<(OsString, FileType)>,
    /// Files with ignore rules.
    pub(super) held: Held,
    pub(super) has_settings: bool,
    /// What could not be listed: an entry, or the directory's end.
    pub(super) failed: Vec<(Option<OsString>, io::Error)>,
}

impl Listing {
    pub(super) fn new(directory: &Path) -> io::Result<Self> {
        let mut listing = Self::default();
        for entry in std::fs::read_dir(directory)? {
            match entry {
                Ok(entry) => {
                    let name = entry.file_name();
                    match entry.file_type() {
                        Ok(kind) => listing.add(name, kind),
                        Err(error) => listing.failed.push((Some(name), error)),
                    }
                }
                Err(error) => listing.failed.push((None, error)),
            }
        }
        Ok(listing)
    }

    fn add(&mut self, name: OsString, kind: FileType) {
        self.held.note(&name);
        self.has_settings |= is_settings(&name);
        if kind.is_dir() {
            if !skip::directory(&name) {
                self.directories.push(name);
            }
        } else if worker::is_candidate(Path::new(&name)) && !skip::file(&name) {
            self.files.push((name, kind));
        }
    }
}

/// Whether opening a settings file could open this one; not every disk tells upper from lower case.
fn is_settings(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    Container::FILES
        .iter()
        .any(|(settings, _)| name.eq_ignore_ascii_case(settings.as_bytes()))
}
