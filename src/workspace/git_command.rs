//! Git as it is started: the only place that does.
//!
//! A repository can come from a stranger, and its configuration can name programs. Nothing that runs one is left on: no
//! monitor, hook, diff program, submodule or fetch. The environment of git holds what it needs and nothing else. Used
//! where git is asked what it has: before files change, and where what is staged or changed is checked.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::git;
use crate::text::{mask_random, show};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// There is no git.
    Missing,
    /// It failed; its reason.
    Failed(String),
}

/// Variables that git needs to find itself and the user's configuration.
const VARIABLES: &[&str] = &[
    "PATH",
    "HOME",
    "XDG_CONFIG_HOME",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "USERPROFILE",
    "SYSTEMROOT",
];

/// Settings of a repository that name programs.
const OFF: &[&str] = &[
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "protocol.allow=never",
    "status.submoduleSummary=false",
    // No program, but it could be a pipe that never ends.
    "diff.orderFile=/dev/null",
];

/// A path as git writes it, with `/`.
#[cfg(unix)]
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

/// A path as git writes it, with `/` and in UTF-8.
#[cfg(not(unix))]
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// The root of the work tree that a directory lies in.
pub(super) fn repository(directory: &Path) -> Option<&Path> {
    directory
        .ancestors()
        .find(|above| git::directory(above).is_some())
}

/// Git in a repository as it is started from a hook of that repository: which index is meant may be said by the
/// environment, as `git commit --all` makes one that is not there yet.
pub(super) fn of_hook(repository: &Path) -> Command {
    let mut command = command(repository);
    if let Some(index) = std::env::var_os("GIT_INDEX_FILE") {
        command.env("GIT_INDEX_FILE", index);
    }
    command
}

/// Git in a repository, with nothing said yet of what it is to do.
#[expect(
    clippy::disallowed_methods,
    reason = "git is asked what it has; see the head of this file"
)]
pub(super) fn command(repository: &Path) -> Command {
    let mut command = Command::new("git");
    command.env_clear().stdin(Stdio::null());
    for name in VARIABLES {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
        .envs([
            ("GIT_OPTIONAL_LOCKS", "0"),
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_ALLOW_PROTOCOL", ""),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("LC_ALL", "C"),
        ])
        .arg("-C")
        .arg(repository)
        .args(["--no-pager", "--literal-pathspecs"]);
    for setting in OFF {
        command.args(["-c", setting]);
    }
    command
}

/// Settings that switch the filters off that the repository itself defines. They would run where what stands in a file
/// is compared with what git has.
pub(super) fn filters_off(repository: &Path) -> Result<Vec<String>, NoAnswer> {
    let mut command = command(repository);
    command.args(["config", "-z", "--show-scope", "--name-only"]);
    command.args(["--get-regexp", "^filter\\."]);
    // 1 says that there is none.
    let names = answer(command, &[0, 1])?;
    let mut parts = names.split(|byte| *byte == 0);
    let mut found = Vec::new();
    while let (Some(scope), Some(name)) = (parts.next(), parts.next()) {
        if matches!(scope, b"system" | b"global") {
            continue;
        }
        let name = String::from_utf8_lossy(name);
        let Some((filter, key)) = name.rsplit_once('.') else {
            continue;
        };
        // It would end the name, and the filter would stay on.
        if filter.contains(['=', '\u{fffd}']) {
            let why = "its configuration has a filter with a strange name";
            return Err(NoAnswer::Failed(why.to_owned()));
        }
        let off = if key == "required" { "false" } else { "" };
        found.push(format!("{filter}.{key}={off}"));
    }
    Ok(found)
}

/// What it prints, if it ends with one of these codes.
pub(super) fn answer(mut command: Command, fine: &[i32]) -> Result<Vec<u8>, NoAnswer> {
    let output = command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => NoAnswer::Missing,
        kind => NoAnswer::Failed(kind.to_string()),
    })?;
    if output
        .status
        .code()
        .is_some_and(|code| fine.contains(&code))
    {
        return Ok(output.stdout);
    }
    let text = String::from_utf8_lossy(&output.stderr);
    // Warnings come first.
    let mut lines = text.lines().filter(|line| !line.starts_with("warning:"));
    let line = lines.next().unwrap_or("it ended early");
    Err(NoAnswer::Failed(mask_random(&show(line))))
}
