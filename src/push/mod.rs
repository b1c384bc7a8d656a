//! Values of moved secrets on their way into a manager: which ones, from where, and what may be done with what is there.
//!
//! Decides and asks nobody: sources and what was found come in, steps go out. Knows no manager and no file. What it says
//! of a value is at most what kind of problem it has. Used by the commands `push`, `verify` and `rotate`.

mod audit;
mod conflict;
mod decide;
mod fetched;
mod gather;
mod journal;
mod moment;
mod offer;
mod outcome;
mod pointer;
mod problem;
mod rotated;
mod select;
mod unfit;
mod verified;

use zeroize::Zeroizing;

pub use audit::{Did, Entry, Format, Place, Read, Who, is_document};
pub use conflict::Conflict;
pub use decide::{Allowed, Seen, Standing, Step, decide};
pub use fetched::{Expected, Fetched, Question, Reader, ToldBy, Unclear, fetched};
pub use gather::gather;
pub use journal::{Journal, Line, Made, State};
pub use moment::Moment;
pub use offer::{Offer, Variable, from_environment, from_text};
pub use outcome::{Flaw, Outcome, Pushed, Row, What};
pub use pointer::{Pointer, split};
pub use problem::Problem;
pub use rotated::{Rotated, Work, Written};
pub use select::{Selection, select};
pub use verified::{Checked, Holder, Readers, Reading, Verified};

use crate::manifest::Strategy;

/// A secret that is to be in the manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The path below the mount.
    pub path: String,
    /// The key there.
    pub key: String,
    /// The name of the variable.
    pub name: String,
    /// The server that reads it.
    pub server: String,
    /// What to do with a value that is there already.
    pub strategy: Strategy,
}

/// All that is written to one path, at once. Has no `Debug`: values are in it.
pub struct Item {
    /// The path below the mount.
    pub path: String,
    /// The server that reads it.
    pub server: String,
    /// By key.
    pub parts: Vec<Part>,
}

/// One value of an item.
pub struct Part {
    /// The key.
    pub key: String,
    /// The name of the variable.
    pub name: String,
    /// What to do with a value that is there already.
    pub strategy: Strategy,
    /// The value.
    pub value: Zeroizing<String>,
}

impl Item {
    /// The names of its parts.
    pub fn names(&self) -> Vec<String> {
        self.parts.iter().map(|part| part.name.clone()).collect()
    }

    /// How large its values are together, in bytes.
    pub fn size(&self) -> usize {
        self.parts.iter().map(|part| part.value.len()).sum()
    }
}
