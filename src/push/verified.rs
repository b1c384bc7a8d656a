//! What became of a run of `verify`, as data for a report: names, paths and versions, and no value.

/// How a secret stands in the manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It is there, and whoever asks may read it.
    There,
    /// Nothing is at its path.
    Nothing,
    /// What was at its path was deleted.
    Deleted,
    /// Somebody made a secret at its path and gave it no value.
    Bare,
    /// What is at its path lacks its key.
    Lacking,
    /// It is empty.
    Empty,
    /// Whoever asks may not read it.
    NotReadable,
}

impl Checked {
    /// The word in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::There => "there",
            Self::Nothing => "nothing",
            Self::Deleted => "deleted",
            Self::Bare => "bare",
            Self::Lacking => "lacking",
            Self::Empty => "empty",
            Self::NotReadable => "not-readable",
        }
    }

    /// What it is and what to do, without a full stop; nothing where all is well.
    pub fn advice(self) -> &'static str {
        match self {
            Self::There => "",
            Self::Nothing => "nothing is at its path; `envacuate push` writes it",
            Self::Deleted => {
                "it was deleted and can be brought back, or removed for good and written anew"
            }
            Self::Bare => "somebody made the secret at its path and gave it no value",
            Self::Lacking => {
                "the secret at its path lacks its key; `envacuate push --merge` adds it"
            }
            Self::Empty => "its value is empty",
            Self::NotReadable => {
                "it may not be read; use the policy of the manifest, and check that the token has not run out"
            }
        }
    }
}

/// One secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The path below the mount.
    pub path: String,
    /// The key there.
    pub key: String,
    /// The name of the variable.
    pub name: String,
    /// How it stands.
    pub checked: Checked,
    /// The version that is current.
    pub version: Option<String>,
}

/// Who may read a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readers {
    /// The path below the mount.
    pub path: String,
    /// Nothing where the manager tells of nobody.
    pub holders: Option<Vec<Holder>>,
    /// What the manager does not tell, a clause each.
    pub untold: Vec<String>,
}

/// Somebody who may read a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// In the words of the manager; empty where only the policy is known, and nobody who has it.
    pub identity: String,
    /// What lets it.
    pub policy: String,
    /// What that lets beyond, a clause each.
    pub wider: Vec<String>,
    /// Whether it does so under a condition.
    pub is_conditional: bool,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// By path and key.
    pub secrets: Vec<Reading>,
    /// By path.
    pub readers: Vec<Readers>,
}

impl Verified {
    /// Whether all secrets are there.
    pub fn is_whole(&self) -> bool {
        let is_there = |one: &Reading| one.checked == Checked::There;
        self.secrets.iter().all(is_there)
    }
}
