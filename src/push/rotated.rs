//! What became of a run of `rotate`, as data for a report: names, paths, versions, identities and times, and no value.

use super::{Fetched, Moment, Wanted};

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// The same value was written again.
    Drill(Written),
    /// An earlier value was written again: that of a version.
    Rollback(Written, String),
    /// Nothing was written; only a log was looked at.
    Readers,
}

impl Work {
    /// The word in every output.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Drill(_) => "drill",
            Self::Rollback(..) => "rollback",
            Self::Readers => "readers",
        }
    }

    /// What was written.
    pub fn written(&self) -> Option<&Written> {
        match self {
            Self::Drill(written) | Self::Rollback(written, _) => Some(written),
            Self::Readers => None,
        }
    }
}

/// A version that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The new one.
    pub version: String,
    /// The one that was current before.
    pub before: String,
    /// When, by the clock of this machine.
    pub at: Moment,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The secret.
    pub secret: Wanted,
    /// What was done.
    pub work: Work,
    /// What a log says of who fetched it; nothing where none was looked at.
    pub fetched: Option<Fetched>,
}
