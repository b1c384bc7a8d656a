//! How a file is read as configuration: for its values, for the commands in it, or for both.
//!
//! Asked with a path first, and again with the bytes. Used by the scan and the walk.

use super::format::{self, Format};
use super::holder::{self, Holder};
use super::prefilter;

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The format that its values are judged in.
    pub values: Option<Format>,
    /// How it holds commands.
    pub commands: Option<Holder>,
}

impl Reading {
    /// How the file at a path is read; nothing for one that is no configuration.
    pub fn of(path: &str) -> Option<Self> {
        Self {
            values: format::classify(path),
            commands: holder::holder(path),
        }
        .any()
    }

    fn any(self) -> Option<Self> {
        (self.values.is_some() || self.commands.is_some()).then_some(self)
    }

    /// How large, in bytes, the file may be and still be configuration; nothing where the name alone says it is.
    pub fn largest(self) -> Option<u64> {
        self.format().and_then(Format::largest)
    }

    /// The format of the file around values and commands; nothing for a script.
    pub(super) fn format(self) -> Option<Format> {
        let of_commands = self.commands.and_then(Holder::format);
        self.values.or(of_commands)
    }

    /// What of it is worth a reading of these bytes; nothing for most files of the formats that data comes in. The
    /// user's own names may stand over any value: then `every_value` is worth it.
    pub fn worth(self, text: &[u8], every_value: bool) -> Option<Self> {
        let may_hold = |format: &Format| {
            every_value || format.largest().is_none() || prefilter::may_hold(text)
        };
        Self {
            values: self.values.filter(may_hold),
            commands: self.commands.filter(|holder| holder.may_show(text)),
        }
        .any()
    }
}
