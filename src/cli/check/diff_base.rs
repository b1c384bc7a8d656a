//! Findings on lines that did not change: which ones, as the command line asks for it and hears why it cannot be told.

use std::path::Path;

use super::{Arguments, stdin_name};
use crate::cli::fail::{Stop, say, stop};
use crate::diff_base::{apply as silence, paths};
use crate::model::Report;
use crate::report::Format;
use crate::workspace::{NoAnswer, NotCompared, since};

/// Refuses what cannot be done to findings on some lines.
pub(super) fn refuse(arguments: &Arguments) -> Result<(), Stop> {
    let Some(commit) = &arguments.diff_base else {
        return Ok(());
    };
    if commit.is_empty() || commit.starts_with('-') {
        return Err(stop(
            "`--diff-base` needs the name of a commit or a branch",
            "name one, for example `--diff-base origin/main`",
        ));
    }
    if arguments.fix || arguments.diff {
        return Err(stop(
            "fixes are made wherever there is something to fix, not only on lines that changed",
            "leave out either `--diff-base` or `--fix` and `--diff`",
        ));
    }
    if arguments.write_baseline.is_some() {
        return Err(stop(
            "a baseline of the lines that changed would forget what is found on all others",
            "write it without `--diff-base`",
        ));
    }
    if stdin_name(arguments)?.is_some() {
        return Err(stop(
            "git does not know which lines of standard input changed",
            "leave out either `--diff-base` or standard input",
        ));
    }
    Ok(())
}

/// Lets findings on lines that did not change not count.
pub(super) fn apply(arguments: &Arguments, here: &Path, report: &mut Report) -> Result<(), Stop> {
    let Some(commit) = &arguments.diff_base else {
        return Ok(());
    };
    let stopped = |why| stopped(&why, commit);
    let mut since = since(here, commit, arguments.staged).map_err(stopped)?;
    since.settle(paths(report)).map_err(stopped)?;
    silence(report, &|path| since.of(path));
    let unchanged = report.summary.unchanged;
    // The summary of a text has it.
    if unchanged > 0 && !arguments.quiet && arguments.format != Format::Text {
        let noun = if unchanged == 1 {
            "finding is"
        } else {
            "findings are"
        };
        say(&format!(
            "envacuate: {unchanged} {noun} on lines that did not change and not counted"
        ));
    }
    Ok(())
}

fn stopped(why: &NotCompared, commit: &str) -> Stop {
    let commit = crate::text::show(commit);
    match why {
        NotCompared::NoRepository => stop(
            "nothing can have changed here: this directory is in no git repository",
            "run it inside of one, or leave out `--diff-base`",
        ),
        NotCompared::NoBase(why) => stop(
            &format!("`{commit}` and HEAD cannot be compared: {why}"),
            "fetch the commit and what leads to it; in GitHub Actions, give actions/checkout `fetch-depth: 0`",
        ),
        NotCompared::Git(NoAnswer::Missing) => stop(
            "git is not there to say which lines changed",
            "install git, or leave out `--diff-base`",
        ),
        NotCompared::Git(NoAnswer::Failed(why)) => stop(
            &format!("git did not say which lines changed: {why}"),
            &format!("see what `git diff --merge-base {commit}` says"),
        ),
    }
}
