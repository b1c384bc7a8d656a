//! What remains of settings that come from a tree that is not trusted.
//!
//! Such a tree may add findings and take none away: otherwise whoever sends a pull request decides what is found in
//! it.

use super::Partial;
use crate::model::Severity;

impl Partial {
    /// What can only add findings, and the keys of what was dropped.
    ///
    /// Of severities only `error` stays: it raises whatever a rule's own severity is, and the settings do not know that.
    #[must_use]
    pub fn restricted(self) -> (Self, Vec<String>) {
        let Self {
            select,
            ignore,
            exclude,
            include_tests,
            max_file_size,
            baseline,
            fail_on,
            severity,
            per_file_ignores,
            allow,
            deny,
            sinks,
            redactors,
            helpers,
        } = self;
        let levels = severity.len();
        let raised: Vec<_> = severity
            .into_iter()
            .filter(|(_, level)| *level == Some(Severity::Error))
            .collect();
        let dropped = [
            ("select", select.is_some()),
            ("ignore", !ignore.is_empty()),
            ("exclude", !exclude.is_empty()),
            ("include-tests", include_tests == Some(false)),
            ("max-file-size", max_file_size.is_some()),
            ("baseline", baseline.is_some()),
            ("fail-on", fail_on.is_some()),
            ("severity", raised.len() < levels),
            ("per-file-ignores", !per_file_ignores.is_empty()),
            ("secrets.allow", !allow.is_empty()),
            ("functions.redactors", !redactors.is_empty()),
        ];
        let dropped = dropped
            .into_iter()
            .filter(|&(_, is_set)| is_set)
            .map(|(key, _)| key.to_owned())
            .collect();
        let kept = Self {
            include_tests: include_tests.filter(|&include| include),
            severity: raised,
            deny,
            sinks,
            helpers,
            ..Self::default()
        };
        (kept, dropped)
    }
}
