//! # crash-report-env
//!
//! ## What it does
//! Finds diagnostics that are switched on and write the environment, or the memory that holds it, to disk: reports of
//! Node (`process.report`, `--report-on-fatalerror`, `--report-on-signal`, `--report-uncaught-exception`), snapshots of
//! the heap, core dumps (`RLIMIT_CORE`, `PR_SET_DUMPABLE`, `ulimit -c`), and tracebacks with local variables (`cgitb`).
//! They are found in code, in `NODE_OPTIONS` and in the commands of scripts, `package.json`, Dockerfiles, compose files,
//! Kubernetes manifests, units of systemd and CI pipelines.
//!
//! ## Why it is bad
//! A report of Node lists every environment variable with its value, and a core dump or a snapshot of the heap holds
//! them as well. The file stays behind after the crash, is often readable by others, and goes along with backups and
//! bug reports.
//!
//! ## Example
//! ```ts
//! process.report.reportOnFatalError = true;
//! ```
//!
//! Use instead:
//! ```ts
//! process.report.excludeEnv = true;
//! process.report.reportOnFatalError = true;
//! ```
//!
//! ## Fix
//! Reports of Node leave the environment out with `process.report.excludeEnv = true` or `--report-exclude-env` (Node
//! 22.13 and 23.3, or later). Leave core dumps and snapshots off in production, or keep them in a place that only the
//! operator can read.
//!
//! ## What is not reported
//! Where reports go (`--report-dir`, `--diagnostic-dir`), reports without the environment, parts of a report that a
//! program looks at (`process.report.getReport().header`), limits of 0, and `faulthandler`, which writes no values.

use super::{Context, Cwe, Draft, Rule};
use crate::config::CrashDump;
use crate::model::{Confidence, Severity};

/// The rule as data.
pub(super) static RULE: Rule = Rule {
    id: "crash-report-env",
    summary: "a crash report writes the environment to disk",
    note: "here",
    severity: Severity::Warning,
    confidence: Confidence::High,
    cwe: &[
        Cwe {
            id: 528,
            name: "Exposure of Core Dump File to an Unauthorized Control Sphere",
        },
        Cwe {
            id: 526,
            name: "Cleartext Storage of Sensitive Information in an Environment Variable",
        },
    ],
    security_severity: "5.5",
    part: None,
    source: include_str!("crash_report_env.rs"),
    check,
};

fn check(context: &Context<'_>) -> Vec<Draft> {
    let crashes = context.facts.crashes.iter();
    crashes
        .map(|crash| {
            let (message, help) = said(crash.dump);
            Draft {
                range: crash.range,
                confidence: RULE.confidence,
                message: message.to_owned(),
                why: "The file stays behind after the crash, with every credential the process had.",
                help: help.to_owned(),
                secret: None,
                provider: None,
                channel: None,
                form: None,
                labels: Vec::new(),
                fix: None,
            }
        })
        .collect()
}

/// What is wrong, and what to do.
fn said(dump: CrashDump) -> (&'static str, &'static str) {
    match dump {
        CrashDump::NodeReport => (
            "a diagnostic report with the whole environment is written",
            "set `process.report.excludeEnv = true` or `--report-exclude-env` (Node 22.13 or later), or leave reports off",
        ),
        CrashDump::HeapSnapshot => (
            "a snapshot of the heap is written, with every secret that was read",
            "leave snapshots off in production, or write them where only the operator can read",
        ),
        CrashDump::Core => (
            "core dumps are switched on, which hold the environment and all memory",
            "leave the limit of core dumps at 0",
        ),
        CrashDump::Locals => (
            "tracebacks show the values of local variables",
            "use `traceback` or `faulthandler`, which show no values",
        ),
    }
}
