//! envacuate's own configuration: text in, settings out.
//!
//! Reading files is not done here, and rule and channel names are still strings; the layers that own them resolve
//! them ([`check_names`]). Every key is declared once, in [`keys`]; the parser, its suggestions, the JSON schema and
//! the help all come from there. Used by everything that judges, and by the front ends that find the files.

mod error;
mod frame;
mod json;
mod keys;
mod names;
mod node;
mod parse;
mod partial;
mod restrict;
mod schema;
mod suggest;
mod toml;

use std::collections::BTreeMap;

use crate::model::Severity;

pub use error::SettingsError;
pub use frame::{Framed, at};
pub use keys::{Key, Kind, Untrusted, keys};
pub use names::check_names;
pub use parse::{Container, parse};
pub use partial::{Name, Partial, PartialSink};
pub use schema::schema;

/// A call that lets a value leave, beyond the ones that are built in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraSink {
    /// The callee as it is written or as it resolves, `audit.write` or `mylog.dump`; a leading `*.` matches any receiver.
    pub callee: String,
    /// A channel's word, `log`.
    pub channel: String,
}

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Rules to run; empty means all.
    pub select: Vec<String>,
    /// Rules not to run.
    pub ignore: Vec<String>,
    /// Severity by rule id, in place of the rule's own.
    pub severity: BTreeMap<String, Severity>,
    /// Globs with the rules that are off in the files they match.
    pub per_file_ignores: Vec<(String, Vec<String>)>,
    /// Globs of files that are not looked at.
    pub exclude: Vec<String>,
    /// Whether test code is judged as well.
    pub include_tests: bool,
    /// Larger files are reported and not read, in bytes.
    pub max_file_size: u64,
    /// The baseline file, as it is written in the settings.
    pub baseline: Option<String>,
    /// The lowest severity that makes a run fail.
    pub fail_on: Severity,
    /// Names that are never secrets, whatever they look like; `*` matches any run.
    pub allow: Vec<String>,
    /// Names that are always secrets; `*` matches any run.
    pub deny: Vec<String>,
    /// Further sinks.
    pub sinks: Vec<ExtraSink>,
    /// Functions that mask what they are given.
    pub redactors: Vec<String>,
    /// Functions that read the variable they are given the name of.
    pub helpers: Vec<String>,
    /// Parse every file whole, not only the parts that matter: slower, with the same findings. No settings file says it;
    /// tests do.
    pub whole_files: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            select: Vec::new(),
            ignore: Vec::new(),
            severity: BTreeMap::new(),
            per_file_ignores: Vec::new(),
            exclude: Vec::new(),
            include_tests: false,
            max_file_size: 1024 * 1024,
            baseline: None,
            fail_on: Severity::Warning,
            allow: Vec::new(),
            deny: Vec::new(),
            sinks: Vec::new(),
            redactors: Vec::new(),
            helpers: Vec::new(),
            whole_files: false,
        }
    }
}
