//! The files being scanned: the only place that touches the disk.
//!
//! Walks, opens, reads and writes; knows nothing of languages, rules or formats beyond asking `scan` whether a path
//! matters. Used by the command line and the language server.

mod apply;
mod changed;
mod checker;
mod disk;
mod git;
mod git_command;
mod guard;
mod held;
mod loader;
mod log;
mod names;
mod open;
mod scanned;
mod settings_file;
mod since;
mod single;
mod skip;
mod staged;
mod status;
mod tail;
mod walk;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::settings::Settings;

pub use apply::{Change, Pending, Site, Trouble, listed};
pub use checker::{Checker, Touched, Verdict, checkers, command};
pub use disk::Disk;
pub use git_command::NoAnswer;
pub use guard::{guarded, silence_panics};
pub use held::{judge_held, judge_near};
pub use loader::{Loader, Trust, Used};
pub use log::Log;
pub use names::shown;
pub use open::{Failure, canonical, files_in, is_missing, read_stdin, read_whole};
pub use scanned::Scanned;
pub use settings_file::{SettingsFile, SettingsFiles};
pub use since::{NotCompared, Since, since};
pub use single::scan_text;
pub use skip::{SKIPPED_DIRECTORIES, SKIPPED_SUFFIXES};
pub use staged::{NotStaged, staged};
pub use status::{Standing, standings};
pub use tail::Tail;
pub use walk::{Request, scan};
pub use write::write_atomic;

/// The settings that hold in a directory, ready to be applied to its files.
#[derive(Debug)]
pub struct Effective {
    /// The settings themselves.
    pub settings: Settings,
    root: PathBuf,
    /// `settings.exclude`, matched from the directory of the settings file.
    exclude: Gitignore,
}

impl Effective {
    /// Settings whose `exclude` globs start at `root`, an absolute directory. A glob that cannot be read matches
    /// nothing: leaving a file in is the safe side.
    pub fn new(settings: Settings, root: PathBuf) -> Self {
        let mut builder = GitignoreBuilder::new(&root);
        for glob in &settings.exclude {
            let _ = builder.add_line(None, glob);
        }
        let exclude = builder.build().unwrap_or_else(|_| Gitignore::empty());
        Self {
            settings,
            root,
            exclude,
        }
    }

    /// The directory that paths in the settings start at.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether anything is left out.
    fn has_exclude(&self) -> bool {
        !self.exclude.is_empty()
    }

    /// Whether this absolute path of a file, or a directory above it, is left out.
    pub fn excludes(&self, absolute: &Path) -> bool {
        absolute.starts_with(&self.root)
            && self
                .exclude
                .matched_path_or_any_parents(absolute, false)
                .is_ignore()
    }
}

/// Gives the settings of an absolute directory. Called from every thread.
pub type SettingsOf<'a> = dyn Fn(&Path) -> Arc<Effective> + Sync + 'a;
