//! Whether a walk would have met a file, for those that were named or that git names.
//!
//! Opens ignore files, never a directory: what is asked for may not be on the disk.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::Heeded;
use super::rules::{Held, Rules};
use crate::workspace::skip;

/// What leaves a file out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::workspace) enum By {
    /// Only the ignore files of git.
    Git,
    /// Anything else.
    Us,
}

/// What holds for the entries of a directory.
#[derive(Clone)]
enum Inside {
    Rules(Option<Rules>),
    LeftOut(By),
}

/// The directories that were asked for.
pub(in crate::workspace) struct Hidden {
    heeded: Heeded,
    /// By the directory that a walk would start at, and the directory.
    known: FxHashMap<(PathBuf, PathBuf), Inside>,
}

impl Hidden {
    pub(in crate::workspace) fn new(heeded: Heeded) -> Self {
        Self {
            heeded,
            known: FxHashMap::default(),
        }
    }

    /// What keeps a walk that starts at a directory from a file, both absolute. A walk that does not lead there would
    /// start where the file is.
    pub(in crate::workspace) fn by(&mut self, start: &Path, file: &Path) -> Option<By> {
        let (Some(directory), Some(name)) = (file.parent(), file.file_name()) else {
            return None;
        };
        let start = if directory.starts_with(start) {
            start
        } else {
            directory
        };
        let inside = self.inside(start, directory);
        if skip::file(name) {
            return Some(By::Us);
        }
        match inside {
            Inside::LeftOut(by) => Some(by),
            Inside::Rules(rules) => leaves_out(rules.as_ref(), directory, name, false),
        }
    }

    fn inside(&mut self, start: &Path, directory: &Path) -> Inside {
        let key = (start.to_owned(), directory.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let above = directory.parent().zip(directory.file_name());
        let inside = match above.filter(|_| directory != start) {
            None => entered(Rules::outside(self.heeded, start), start),
            Some((above, name)) => match self.inside(start, above) {
                Inside::LeftOut(by) => Inside::LeftOut(by),
                Inside::Rules(_) if skip::directory(name) => Inside::LeftOut(By::Us),
                Inside::Rules(rules) => match leaves_out(rules.as_ref(), above, name, true) {
                    Some(by) => Inside::LeftOut(by),
                    None => entered(rules, directory),
                },
            },
        };
        self.known.insert(key, inside.clone());
        inside
    }
}

/// The rules for the entries of a directory; none below one whose ignore files cannot be read, as in a walk.
fn entered(rules: Option<Rules>, directory: &Path) -> Inside {
    let rules = rules.filter(|rules| rules.usable(directory, Held::ANY));
    Inside::Rules(rules.map(|rules| rules.enter(directory, Held::ANY)))
}

fn leaves_out(
    rules: Option<&Rules>,
    directory: &Path,
    name: &OsStr,
    is_directory: bool,
) -> Option<By> {
    let rules = rules.filter(|rules| rules.leave_out(directory, name, is_directory))?;
    let by_git = !is_directory && rules.left_out_by_git(directory, name);
    Some(if by_git { By::Git } else { By::Us })
}
