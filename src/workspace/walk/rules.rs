//! What the ignore files of a tree leave out, judged as git and ripgrep do.
//!
//! Patterns are read and matched by the `ignore` crate. Its own walk is not used: it keeps the names that it has listed
//! to itself, so that every other question about a directory has to ask the disk again.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{Error, Match};

use super::Heeded;
use crate::workspace::open::{Links, read_into};

/// In bytes; thousands of patterns fit. A file that never ends or takes more memory than the scan itself is not heeded.
const LARGEST: u64 = 128 * 1024;

/// No path of a repository is longer, in bytes.
const LONGEST_PATH: u64 = 64 * 1024;

const GIT: &str = ".git";

/// What holds rules, the strongest first: three files, and the directory in which git has another.
const NAMES: [&str; 4] = [".envacuateignore", ".ignore", ".gitignore", GIT];

/// Which of [`NAMES`] a directory holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Held([bool; 4]);

impl Held {
    /// Whatever a directory may hold, of which nobody has listed it.
    pub(super) const ANY: Self = Self([true; 4]);

    /// Notes one name of the directory.
    pub(super) fn note(&mut self, name: &OsStr) {
        if let Some(at) = NAMES.iter().position(|known| name == OsStr::new(known)) {
            self.0[at] = true;
        }
    }
}

/// The matchers of one directory, in the order of [`NAMES`].
type Matchers = [Gitignore; 4];

struct Level {
    above: Option<Arc<Level>>,
    own: Matchers,
}

/// What holds in all of a walk.
struct Root {
    /// Which of [`NAMES`] are heeded.
    heeded: [bool; 4],
    /// Where the walk starts, as it was named and without links.
    directory: PathBuf,
    real: PathBuf,
    /// Rules of the directories above, the nearest first.
    outside: Vec<Matchers>,
    /// What was wrong with them.
    errors: Vec<Error>,
    /// The user's own.
    global: Gitignore,
}

/// The rules that hold for the entries of a directory.
#[derive(Clone)]
pub(super) struct Rules {
    root: Arc<Root>,
    nearest: Option<Arc<Level>>,
}

impl Rules {
    /// The rules from outside a directory that was named; nothing if none are heeded.
    pub(super) fn outside(heeded: Heeded, directory: &Path) -> Option<Self> {
        if !heeded.git && !heeded.own {
            return None;
        }
        let mut root = Root {
            heeded: [heeded.own, heeded.own, heeded.git, heeded.git],
            directory: directory.to_owned(),
            real: PathBuf::new(),
            outside: Vec::new(),
            errors: Vec::new(),
            global: Gitignore::empty(),
        };
        if heeded.git {
            root.global = Gitignore::global().0;
        }
        if let Ok(real) = std::fs::canonicalize(directory) {
            let mut errors = Vec::new();
            for above in real.ancestors().skip(1) {
                root.outside
                    .extend(root.read(above, Held::ANY, &mut errors));
            }
            root.real = real;
            root.errors = errors;
        }
        Some(Self {
            root: Arc::new(root),
            nearest: None,
        })
    }

    /// What was wrong with the rules from outside.
    pub(super) fn errors(&self) -> &[Error] {
        &self.root.errors
    }

    /// Whether the files with rules in a directory can be read.
    pub(super) fn usable(&self, directory: &Path, held: Held) -> bool {
        let files = &NAMES[..3];
        !files.iter().enumerate().any(|(at, name)| {
            held.0[at]
                && self.root.heeded[at]
                && std::fs::metadata(directory.join(name)).is_ok_and(|metadata| {
                    !metadata.is_file() && !metadata.is_dir() || metadata.len() > LARGEST
                })
        })
    }

    /// The rules for the entries of a directory below.
    pub(super) fn enter(self, directory: &Path, held: Held) -> Self {
        if held == Held::default() {
            return self;
        }
        // A line that is no pattern is passed over.
        match self.root.read(directory, held, &mut Vec::new()) {
            Some(own) => Self {
                nearest: Some(Arc::new(Level {
                    above: self.nearest,
                    own,
                })),
                root: self.root,
            },
            None => self,
        }
    }

    /// Whether an entry of a directory is left out.
    pub(super) fn leave_out(&self, directory: &Path, name: &OsStr, is_directory: bool) -> bool {
        self.left_out_by(directory, name, is_directory).is_some()
    }

    /// Whether a file of a directory is left out only because git would.
    pub(super) fn left_out_by_git(&self, directory: &Path, name: &OsStr) -> bool {
        let own = NAMES.iter().position(|known| *known == ".gitignore");
        self.left_out_by(directory, name, false) >= own
    }

    /// Which of [`NAMES`] leaves an entry out, or the one behind for the user's own rules.
    fn left_out_by(&self, directory: &Path, name: &OsStr, is_directory: bool) -> Option<usize> {
        let root = &self.root;
        if self.nearest.is_none() && root.outside.is_empty() && root.global.is_empty() {
            return None;
        }
        let path = directory.join(name);
        let path = path.strip_prefix(".").unwrap_or(&path);
        let mut found = [const { Match::None }; 4];
        let mut level = self.nearest.as_deref();
        while let Some(Level { above, own }) = level {
            ask(own, path, is_directory, &mut found);
            level = above.as_deref();
        }
        if !root.outside.is_empty() {
            let start = &root.directory;
            let below = if start == Path::new(".") {
                path
            } else {
                path.strip_prefix(start.strip_prefix(".").unwrap_or(start))
                    .unwrap_or(path)
            };
            let real = root.real.join(below);
            for own in &root.outside {
                ask(own, &real, is_directory, &mut found);
            }
        }
        match found.iter().position(|found| !found.is_none()) {
            Some(at) => found[at].is_ignore().then_some(at),
            None => root
                .global
                .matched(path, is_directory)
                .is_ignore()
                .then_some(NAMES.len()),
        }
    }
}

/// Asks the matchers whose like have not answered nearer to the entry.
fn ask<'m>(
    matchers: &'m Matchers,
    path: &Path,
    is_directory: bool,
    found: &mut [Match<&'m ignore::gitignore::Glob>; 4],
) {
    for (found, matcher) in found.iter_mut().zip(matchers) {
        if found.is_none() {
            *found = matcher.matched(path, is_directory);
        }
    }
}

impl Root {
    /// The matchers of a directory, if it has rules.
    fn read(&self, directory: &Path, held: Held, errors: &mut Vec<Error>) -> Option<Matchers> {
        let matchers: Matchers = std::array::from_fn(|at| {
            let file = (held.0[at] && self.heeded[at])
                .then(|| match NAMES[at] {
                    GIT => exclude(directory),
                    name => Some(directory.join(name)),
                })
                .flatten();
            file.map_or_else(Gitignore::empty, |file| list(directory, &file, errors))
        });
        matchers
            .iter()
            .any(|matcher| !matcher.is_empty())
            .then_some(matchers)
    }
}

/// The patterns of a file. One that cannot be read is as good as none.
fn list(directory: &Path, file: &Path, errors: &mut Vec<Error>) -> Gitignore {
    let mut builder = GitignoreBuilder::new(directory);
    errors.extend(builder.add(file).filter(|error| !error.is_io()));
    builder.build().unwrap_or_else(|error| {
        errors.push(error);
        Gitignore::empty()
    })
}

/// Where git keeps the rules of a checkout for itself, if that is a file.
fn exclude(directory: &Path) -> Option<PathBuf> {
    let git = directory.join(GIT);
    let common = if std::fs::metadata(&git).is_ok_and(|metadata| metadata.is_file()) {
        let private = PathBuf::from(first_line(&git)?.strip_prefix("gitdir: ")?);
        let common = first_line(&private.join("commondir"))?;
        if common.starts_with('.') {
            private.join(common)
        } else {
            PathBuf::from(common)
        }
    } else {
        git
    };
    let file = common.join("info/exclude");
    // A pipe must not be waited for.
    std::fs::metadata(&file)
        .is_ok_and(|metadata| metadata.is_file())
        .then_some(file)
}

fn first_line(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    read_into(path, Links::Follow, LONGEST_PATH, &mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.lines().next().map(str::to_owned)
}
