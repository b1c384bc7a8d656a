//! Diagnostics that write out the environment or the memory of a process: by which words they are switched on.
//!
//! Words only; where they stand is for those who ask. Used by the judgement of shell commands and by the facts of code.

use crate::text::TextRange;

/// What is written when the process fails or is asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CrashDump {
    /// A diagnostic report of Node, with all variables.
    NodeReport,
    /// A snapshot of the heap, with every text in it.
    HeapSnapshot,
    /// A core dump.
    Core,
    /// A traceback with the values of local variables.
    Locals,
}

/// Options of Node that switch something on, and what.
const FLAGS: &[(&str, CrashDump)] = &[
    ("--abort-on-uncaught-exception", CrashDump::Core),
    ("--abort_on_uncaught_exception", CrashDump::Core),
    ("--diagnostic-report-on-fatalerror", CrashDump::NodeReport),
    ("--diagnostic-report-on-signal", CrashDump::NodeReport),
    (
        "--diagnostic-report-uncaught-exception",
        CrashDump::NodeReport,
    ),
    ("--heapsnapshot-near-heap-limit", CrashDump::HeapSnapshot),
    ("--heapsnapshot-signal", CrashDump::HeapSnapshot),
    ("--report-on-fatalerror", CrashDump::NodeReport),
    ("--report-on-signal", CrashDump::NodeReport),
    ("--report-uncaught-exception", CrashDump::NodeReport),
];

/// The option that keeps the environment out of reports.
pub(crate) const WITHOUT_ENVIRONMENT: &str = "--report-exclude-env";

/// What every option has in common, so that a text without is known at once.
const MARKS: [&str; 3] = ["--abort", "report-", "--heapsnapshot"];

/// The options of Node in a text that switch such a diagnostic on, in order.
pub(crate) fn flags(text: &str) -> Vec<(TextRange, CrashDump)> {
    if !MARKS.iter().any(|mark| text.contains(mark)) {
        return Vec::new();
    }
    let quiet = text.contains(WITHOUT_ENVIRONMENT);
    let mut found: Vec<(TextRange, CrashDump)> = Vec::new();
    for &(flag, dump) in FLAGS {
        if quiet && dump == CrashDump::NodeReport {
            continue;
        }
        let mut from = 0;
        while let Some(at) = text[from..].find(flag).map(|at| from + at) {
            from = at + flag.len();
            let is_word =
                |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/');
            let before = text.as_bytes()[..at].last().copied();
            let behind = text.as_bytes().get(from).copied();
            if !before.is_some_and(is_word) && !behind.is_some_and(is_word) {
                found.push((TextRange::new(at, from), dump));
            }
        }
    }
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_whole_words() {
        let found = |text: &str| {
            flags(text)
                .iter()
                .map(|(range, _)| text[range.start..range.end].to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            found("node --report-on-fatalerror x"),
            ["--report-on-fatalerror"]
        );
        assert_eq!(
            found("--heapsnapshot-signal=SIGUSR2 --report-on-signal"),
            ["--heapsnapshot-signal", "--report-on-signal"]
        );
        for text in [
            "--report-exclude-env --report-on-signal",
            "--report-on-signals",
            "x--report-on-signal",
            "--report-dir=/tmp",
            "--diagnostic-dir=/tmp",
            "report-on-signal",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
