//! Secret managers, asked over the network: the only place that touches it.
//!
//! Values live here in memory that is cleared, and cannot be printed or turned into text; all that can be done with one
//! is to compare it, and to write it to a manager. Errors are one sentence and what to try, and hold nothing that a
//! manager answered. Used by `scrub`, `push`, `verify` and `rotate`; `check` never comes here.

mod aws;
mod azure;
mod clock;
mod environment;
mod gcp;
mod http;
mod kept;
mod optional;
mod program;
mod token;
mod value;
mod vault;

use crate::text::show;

pub use environment::variable;
pub use value::{Held, Value, Values};
pub use vault::{Connection, Vault};

/// A secret manager.
pub trait Manager {
    /// Whether it can be asked.
    fn health(&self) -> Result<(), Failure>;

    /// Whether there can be a secret of such a path and key.
    fn fits(&self, path: &str, key: &str) -> Result<(), Failure>;

    /// What is kept at a path below the mount; nothing where nothing is.
    fn read(&self, path: &str) -> Result<Option<Held>, Failure>;

    /// The keys of what is kept at a path, sorted, without the values; nothing where nothing is.
    fn keys(&self, path: &str) -> Result<Option<Vec<String>>, Failure>;

    /// What is at a path now.
    fn find(&self, path: &str) -> Result<Found, Failure>;

    /// What one version holds.
    fn read_version(&self, path: &str, version: &str) -> Result<Option<Held>, Failure>;

    /// Makes a secret where there is none; never takes the place of one. The new version.
    fn create(&self, path: &str, values: &Values, about: &About<'_>) -> Result<String, NotWritten>;

    /// A new version on top of `version`; nothing is written if another one is current. The new version.
    fn replace(&self, path: &str, version: &str, values: &Values) -> Result<String, NotWritten>;

    /// Takes back what [`Manager::create`] made, if `version` is still its only one, and of that time where one is
    /// given. Nothing to do where nothing is.
    fn remove(&self, path: &str, version: &str, made_at: Option<&str>) -> Result<(), Failure>;

    /// When the version was made that was last written or found at a path, in the manager's words; nothing where its
    /// id alone tells it from one that somebody makes there after the secret was deleted.
    fn made_at(&self, _path: &str) -> Option<String> {
        None
    }

    /// What is not allowed of what is needed, as far as the manager tells without trying.
    fn missing_rights(&self, paths: &[&str], need: Need) -> Result<Vec<Missing>, Failure>;

    /// Who may read a path, and who could do more than that, where the manager tells.
    fn readers(&self, path: &str) -> Result<Readers, Failure>;

    /// The version before one that is still kept; nothing where there is none.
    fn version_before(&self, path: &str, version: &str) -> Result<Option<String>, Failure>;

    /// Which manager and which part of it this is, for people and journals: an address, and never a token.
    fn place(&self) -> String;

    /// How large the values of one path may be together, in bytes.
    fn largest(&self) -> usize;

    /// Whether everybody on the way can read what is sent.
    fn is_in_the_open(&self) -> bool {
        false
    }
}

/// What is at a path.
pub enum Found {
    /// Nothing, and there never was, as far as can be told.
    Nothing,
    /// Something that was deleted and can be brought back; the path is taken.
    Deleted,
    /// What an earlier [`Manager::create`] of ours began and did not end: it holds no value yet.
    Unfinished,
    /// A secret that somebody else made and gave no value.
    Bare,
    /// A secret.
    There {
        /// The version that is current.
        version: String,
        /// What it holds.
        held: Held,
    },
}

/// Why nothing was written, as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotWritten {
    /// There is something already, or another version than the one that was seen.
    Taken,
    /// The manager said no, or was not reached.
    Refused(Failure),
    /// No answer came: whether it was written is settled by reading, and never by writing again.
    Unknown(Failure),
}

/// What rights are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// To make secrets, and to read them back.
    Push,
    /// To read secrets.
    Verify,
    /// To read secrets, and to make new versions of them.
    Rotate,
}

/// What is not allowed at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The path.
    pub path: String,
    /// The rights, in the words of the manager.
    pub rights: Vec<String>,
}

/// Somebody who may read a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    /// The identity, in the words of the manager; empty where only a policy is known, and nobody who has it.
    pub who: String,
    /// What lets it: the name of a policy or of a role.
    pub by: String,
    /// What it lets beyond reading this one path, a clause each.
    pub wider: Vec<String>,
    /// Whether it lets that under a condition, which is not judged here.
    pub is_conditional: bool,
}

/// Who may read a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readers {
    /// Those that are told; nothing where the manager tells of nobody.
    pub holders: Option<Vec<Holder>>,
    /// What is not told, a clause each.
    pub untold: Vec<String>,
}

impl Readers {
    /// Nobody is told, for a reason.
    fn untold(why: &str) -> Self {
        Self {
            holders: None,
            untold: vec![why.to_owned()],
        }
    }
}

/// Of what a secret is, for labels and tags, where it is also said that envacuate made it.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The server that reads it.
    pub server: &'a str,
    /// The name of the variable; empty where a secret holds several.
    pub name: &'a str,
}

/// Opens a manager at a mount. Nothing is asked yet.
type Open = fn(mount: &str) -> Result<Box<dyn Manager>, Failure>;

/// All managers, by the id that a manifest has.
const BACKENDS: &[(&str, Open)] = &[
    ("aws", aws::open),
    ("azure", azure::open),
    ("gcp", gcp::open),
    ("vault", vault::open),
];

/// The manager of a manifest. Nothing is asked yet.
pub fn open(backend: &str, mount: &str) -> Result<Box<dyn Manager>, Failure> {
    let known = BACKENDS.iter().find(|(id, _)| *id == backend);
    let (_, open) = known.ok_or_else(|| {
        Failure::new(
            FailureKind::Settings,
            "the manifest names a secret manager that this envacuate does not know",
            "use the envacuate that wrote the manifest, or a newer one",
        )
    })?;
    open(mount)
}

/// Why a manager did not answer what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How far it got.
    pub kind: FailureKind,
    /// One sentence without a full stop.
    pub what: String,
    /// What to try.
    pub help: &'static str,
}

/// Why something is not taken back.
fn not_ours(path: &str) -> Failure {
    Failure::new(
        FailureKind::Refused,
        format!("{} is not as it was made, so it stays", show(path)),
        "look at its versions; delete it with the program of the manager if nobody needs it",
    )
}

/// How far a question got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// It could not even be asked: settings are missing or wrong.
    Settings,
    /// There was no answer.
    NotReached,
    /// It answered, and did not say what was asked.
    Refused,
    /// It answered that this may not be told to whoever asks.
    Denied,
}

impl Failure {
    fn new(kind: FailureKind, what: impl Into<String>, help: &'static str) -> Self {
        Self {
            kind,
            what: what.into(),
            help,
        }
    }
}
