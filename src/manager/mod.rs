//! Secret managers, asked over the network: the only place that touches it.
//!
//! Values live here in memory that is cleared, and cannot be printed, written or turned into text; all that can be done
//! with one is to compare it. Errors are one sentence and what to try, and hold nothing that a manager answered. Used by
//! `scrub`; `check` never comes here.

mod environment;
mod value;
mod vault;

pub use environment::{Connection, variable};
pub use value::{Held, Value};
pub use vault::Vault;

/// A secret manager.
pub trait Manager {
    /// Whether it can be asked.
    fn health(&self) -> Result<(), Failure>;

    /// What is kept at a path below the mount; nothing where nothing is.
    fn read(&self, path: &str) -> Result<Option<Held>, Failure>;

    /// The keys of what is kept at a path, sorted, without the values; nothing where nothing is.
    fn keys(&self, path: &str) -> Result<Option<Vec<String>>, Failure>;
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

/// How far a question got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// It could not even be asked: settings are missing or wrong.
    Settings,
    /// There was no answer.
    NotReached,
    /// It answered, and did not say what was asked.
    Refused,
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
