//! What is staged, as the command line asks for it and hears why it cannot be told.

use std::path::Path;

use super::{Arguments, does_not_exist, stdin_name};
use crate::cli::fail::{Stop, stop};
use crate::workspace::{NoAnswer, NotStaged, Request, Scanned, staged};

/// Refuses what cannot be done to files as they are staged.
pub(super) fn refuse(arguments: &Arguments) -> Result<(), Stop> {
    if !arguments.staged {
        return Ok(());
    }
    if arguments.fix || arguments.diff {
        return Err(stop(
            "fixes change files, and what is staged of them would stay as it is",
            "fix the files with `envacuate check --fix`, stage them, then check with `--staged`",
        ));
    }
    if arguments.write_baseline.is_some() {
        return Err(stop(
            "a baseline of what is staged would forget what is found everywhere else",
            "write it without `--staged`",
        ));
    }
    if stdin_name(arguments)?.is_some() {
        return Err(stop(
            "standard input is not staged",
            "leave out either `--staged` or standard input",
        ));
    }
    Ok(())
}

pub(super) fn scan(request: &Request<'_>) -> Result<Scanned, Stop> {
    staged(request).map_err(|why| stopped(&why, request.working_directory))
}

fn stopped(why: &NotStaged, here: &Path) -> Stop {
    match why {
        NotStaged::NoSuchPath(path) => does_not_exist(path, here),
        NotStaged::NoRepository => stop(
            "nothing is staged here: this directory is in no git repository",
            "run it inside of one, or leave out `--staged`",
        ),
        NotStaged::Git(NoAnswer::Missing) => stop(
            "git is not there to say what is staged",
            "install git, or leave out `--staged`",
        ),
        NotStaged::Git(NoAnswer::Failed(why)) => stop(
            &format!("git did not say what is staged: {why}"),
            "see what `git diff --cached` says",
        ),
    }
}
