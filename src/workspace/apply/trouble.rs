//! Why files could not be changed as one set, or not be taken back: a sentence and what to try.

use std::io;

use crate::text::show;

/// Why it was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Another process changes files here.
    Busy,
    /// A path leads out of the working directory, or to what belongs to git.
    Outside(String),
    /// A link is on the way to a file.
    Link(String),
    /// Files are not what they were when the change was planned.
    Changed(Vec<String>),
    /// Files were changed after the set that is to be rolled back.
    ChangedSince(Vec<String>),
    /// A run was cut off, and these files were changed since.
    Between(Vec<String>),
    /// The journal is not one that was written here.
    Damaged,
    /// Something else stands where the folder of the journal should.
    Foreign(&'static str),
    /// There is no set to roll back.
    Nothing,
    /// The system refused.
    Io {
        /// At which file.
        path: String,
        /// Why.
        why: String,
    },
    /// An error, and another one when all was to go back.
    Stuck {
        /// The first one.
        first: Box<Trouble>,
        /// The other one.
        second: Box<Trouble>,
    },
}

impl Trouble {
    pub(super) fn of(path: &str, error: &io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            why: show(&error.to_string()),
        }
    }

    /// What went wrong, without a full stop.
    pub fn sentence(&self) -> String {
        match self {
            Self::Busy => "another run of envacuate is changing files here".to_owned(),
            Self::Outside(path) => format!(
                "`{}` lies outside of the working directory, and nothing was written",
                show(path)
            ),
            Self::Link(path) => format!(
                "`{}` is reached through a symbolic link, and nothing is written through one",
                show(path)
            ),
            Self::Changed(paths) => format!(
                "nothing was written, because something else changed what was planned with:{}",
                listed(paths)
            ),
            Self::ChangedSince(paths) => format!(
                "nothing was rolled back, because these files were changed since:{}",
                listed(paths)
            ),
            Self::Between(paths) => format!(
                "an earlier run was cut off and cannot be taken back, because these files were changed since:{}",
                listed(paths)
            ),
            Self::Damaged => {
                "the journal in `.envacuate` was not written by this version of envacuate"
                    .to_owned()
            }
            Self::Foreign(what) => format!("`.envacuate` cannot be used: {what}"),
            Self::Nothing => "there is nothing to roll back".to_owned(),
            Self::Io { path, why } => format!("`{}` cannot be written: {why}", show(path)),
            Self::Stuck { first, second } => format!(
                "{}, and what was done could not be taken back: {}",
                first.sentence(),
                second.sentence()
            ),
        }
    }

    /// What to try.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Busy => "wait until it has ended",
            Self::Outside(_) => "run it in the directory that holds all files to change",
            Self::Link(_) => "name the place that the link leads to",
            Self::Changed(_) => "run again when nothing else changes the files",
            Self::ChangedSince(_) => {
                "undo these changes first, or take back what you want to take back with git"
            }
            Self::Between(_) => {
                "undo these changes and run again, or delete `.envacuate/journal.json` to keep all files as they are"
            }
            Self::Damaged => "delete `.envacuate` to keep all files as they are",
            Self::Foreign(_) => "move away what stands there",
            Self::Nothing => {
                "run it in the directory where `migrate --write` was run; only the last run can be rolled back"
            }
            Self::Io { .. } => {
                "see that the file and its directory can be written to, and run again"
            }
            Self::Stuck { .. } => {
                "see that the files can be written to, and run `envacuate migrate --rollback`"
            }
        }
    }
}

/// Names of files below a sentence, one a line: at most ten, then how many more.
pub fn listed(paths: &[String]) -> String {
    const MOST: usize = 10;
    let names = paths.iter().take(MOST).map(|path| show(path));
    let more = paths.len().saturating_sub(MOST);
    let rest = (more > 0).then(|| format!("and {more} more"));
    names
        .chain(rest)
        .fold(String::new(), |out, line| out + "\n    " + &line)
}
