//! Fixes: made in memory until nothing more can be, then shown, printed or written.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Arguments, baseline, heed_no_comment};
use crate::cli::fail::{Stop, say, to_stdout};
use crate::cli::terminal::Terminal;
use crate::cli::{Outcome, code};
use crate::fix::{Request, Texts, fix};
use crate::model::Severity;
use crate::report::{Change, changes};
use crate::workspace::{Effective, Scanned};

/// What is there after the fixes.
pub(super) struct Work {
    /// The files as they are now.
    pub(super) scanned: Scanned,
    /// How many fixes were made, or would be.
    pub(super) count: usize,
    /// What goes to standard output instead of a report.
    pub(super) printed: Option<Vec<u8>>,
    /// Whether a file could not be written.
    pub(super) failed: bool,
    files: BTreeMap<String, (Vec<u8>, Vec<u8>)>,
}

impl Work {
    /// Nothing is fixed.
    pub(super) fn nothing(scanned: Scanned) -> Self {
        Self {
            scanned,
            count: 0,
            printed: None,
            failed: false,
            files: BTreeMap::new(),
        }
    }
}

pub(super) fn run(
    arguments: &Arguments,
    scanned: Scanned,
    root: &Effective,
    here: &Path,
) -> Result<Work, Stop> {
    let silence = baseline::silencer(arguments, root, here)?;
    let judge = |texts: &Texts| {
        let mut report = scanned.with(texts).finish()?;
        if arguments.no_ignore {
            heed_no_comment(&mut report);
        }
        silence(&mut report);
        Ok(report)
    };
    let fixed = judge(&Texts::new())
        .and_then(|report| {
            fix(
                report,
                &Request {
                    read: &|path| scanned.text(path),
                    judge: &judge,
                    allow_unsafe: arguments.with_unsafe,
                    // What is not shown is not changed.
                    from: if arguments.notes {
                        Severity::Note
                    } else {
                        Severity::Warning
                    },
                    which: &|_| true,
                },
            )
        })
        .map_err(|defect| super::defective(&defect))?;
    let mut work = Work {
        files: fixed.files,
        count: fixed.made.values().sum(),
        ..Work::nothing(scanned)
    };
    if arguments.diff {
        return Ok(work);
    }
    let is_input = super::stdin_name(arguments)?.is_some();
    let mut written = Texts::new();
    for (path, (before, after)) in &work.files {
        if !is_input && let Err(why) = work.scanned.put(path, before, after) {
            say(&format!("envacuate: `{path}` was not fixed: {why}"));
            work.failed = true;
            work.count -= fixed.made.get(path).copied().unwrap_or_default();
            continue;
        }
        written.insert(path.clone(), after.clone());
    }
    work.scanned = work.scanned.with(&written);
    if is_input {
        work.printed = work.scanned.input();
    }
    Ok(work)
}

/// Shows what would change.
pub(super) fn show(arguments: &Arguments, work: &Work) -> Outcome {
    let options = super::options(arguments, Terminal::stdout(arguments.color));
    let files = || {
        work.files.iter().map(|(path, (before, after))| Change {
            path,
            before: Some(before),
            after,
        })
    };
    to_stdout(|out| changes(files(), &[], &options, out))?;
    if !arguments.quiet {
        let noun = if work.count == 1 {
            "finding"
        } else {
            "findings"
        };
        say(&format!(
            "envacuate: `--fix` would fix {} {noun}",
            work.count
        ));
    }
    let is_clean = work.files.is_empty() || arguments.exit_zero;
    Ok(if is_clean {
        code::CLEAN
    } else {
        code::FINDINGS
    })
}
