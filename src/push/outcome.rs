//! What became of a run of `push`, as data for a report: names, paths and versions, and no value.

use super::Conflict;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is there and was read back.
    Verified,
    /// Nothing was to be written, and all could be.
    Possible,
    /// It stopped halfway.
    Stopped,
    /// What is there is in the way; nothing was written.
    Conflict,
    /// Something was missing before it could start; nothing was written.
    Preflight,
}

impl Outcome {
    /// The word in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Possible => "possible",
            Self::Stopped => "stopped",
            Self::Conflict => "conflict",
            Self::Preflight => "preflight",
        }
    }
}

/// What became of one path, or would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// All of it was there.
    Already,
    /// It is made by the run that is being looked ahead to.
    Create,
    /// It gets a new version by that run.
    Replace,
    /// It was made and read back.
    Created,
    /// It got a new version, which was read back.
    Replaced,
    /// It was written and not yet read back.
    Written,
    /// It is taken back by that run.
    Remove,
    /// It was taken back.
    Removed,
    /// It was to be taken back, and was not.
    Kept,
    /// Something is in the way.
    Conflict(Conflict),
    /// It was not written, or nobody knows whether it was.
    Failed,
    /// Its turn did not come.
    Left,
}

impl What {
    /// The word in every output.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Already => "already",
            Self::Create => "create",
            Self::Replace => "replace",
            Self::Created => "created",
            Self::Replaced => "replaced",
            Self::Written => "written",
            Self::Remove => "remove",
            Self::Removed => "removed",
            Self::Kept => "kept",
            Self::Conflict(_) => "conflict",
            Self::Failed => "failed",
            Self::Left => "left",
        }
    }
}

/// One path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The path below the mount.
    pub path: String,
    /// The names of what is there.
    pub names: Vec<String>,
    /// What became of it.
    pub what: What,
    /// Its version.
    pub version: Option<String>,
}

/// What keeps a run from starting, about one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The name, or the path where it is about all of that.
    pub name: String,
    /// The code.
    pub code: &'static str,
    /// What it is and what to do.
    pub advice: String,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// How it ended.
    pub outcome: Outcome,
    /// By path.
    pub rows: Vec<Row>,
    /// By name.
    pub flaws: Vec<Flaw>,
    /// Names that are left out, since the manifest says that they stay as they are.
    pub waived: Vec<String>,
    /// What it stopped at, and what to try.
    pub failure: Option<(String, String)>,
}
