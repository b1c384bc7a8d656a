//! envacuate's own configuration, as plain data.
//!
//! Rule and channel names are still strings here; the layers that own them resolve them. Reading files is not done
//! here: text in, settings out.

use std::collections::BTreeMap;

use crate::model::Severity;

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
            allow: Vec::new(),
            deny: Vec::new(),
            sinks: Vec::new(),
            redactors: Vec::new(),
            helpers: Vec::new(),
        }
    }
}
