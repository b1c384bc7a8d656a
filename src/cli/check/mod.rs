//! `check`: findings.

mod arguments;
mod baseline;
mod diff_base;
mod fixing;
mod staged;

use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) use arguments::Arguments;
use arguments::{FailOn, Show};

use super::fail::{Stop, say, stop, to_stdout};
use super::terminal::Terminal;
use super::values::Output;
use super::{Outcome, code};
use crate::model::{ProblemKind, Report, Severity, SuppressionKind};
use crate::report::{Options, SHOWING_INVENTORY, render};
use crate::settings::Settings;
use crate::workspace::{
    Loader, Request, Scanned, SettingsOf, Trust, is_missing, read_stdin, scan, scan_text, shown,
    write_atomic,
};

pub(super) fn run(arguments: &Arguments) -> Outcome {
    if arguments.with_unsafe && !arguments.fix && !arguments.diff {
        return Err(stop(
            "`--unsafe` says which fixes to make, and none are asked for",
            "add `--fix`, or `--diff` to see them first",
        ));
    }
    let inventory = arguments.show.contains(&Show::Inventory);
    if inventory && !SHOWING_INVENTORY.contains(&arguments.format) {
        return Err(stop(
            "this format has no place for an inventory",
            "use `--format text`, `concise`, `json` or `jsonl`",
        ));
    }
    staged::refuse(arguments)?;
    diff_base::refuse(arguments)?;
    let here = working_directory()?;
    let loader = Loader::new(
        &here,
        arguments.config.as_deref(),
        trust(arguments),
        arguments.partial(),
    )?;
    let scanned = match stdin_name(arguments)? {
        Some(name) => scan_stdin(name, &here, &loader)?,
        None => scan_paths(arguments, &here, &loader)?,
    };
    let (nothing, named_failed) = (scanned.is_empty(), scanned.named_failed());
    let root = loader.of(&here);
    let work = if arguments.fix || arguments.diff {
        fixing::run(arguments, scanned, &root, &here)?
    } else {
        fixing::Work::nothing(scanned)
    };
    if arguments.diff {
        return fixing::show(arguments, &work);
    }
    let mut report = judged(arguments, work.scanned)?;
    report.summary.fixed = work.count;
    report.problems.extend(loader.problems());
    report.problems.sort();
    baseline::apply(arguments, &root, &here, &mut report)?;
    diff_base::apply(arguments, &here, &mut report)?;
    if !arguments.quiet {
        remark(arguments, &loader, nothing, &here);
    }
    let named_failed = named_failed || work.failed;
    if let Some(text) = work.printed {
        to_stdout(|out| out.write_all(&text))?;
        deliver_aside(arguments, &report)?;
    } else {
        deliver(arguments, &report)?;
    }
    Ok(exit_code(arguments, &report, named_failed, &root.settings))
}

/// All findings, whatever a baseline knows.
fn judged(arguments: &Arguments, scanned: Scanned) -> Result<Report, Stop> {
    let report = scanned.finish().map(|mut report| {
        if arguments.no_ignore {
            heed_no_comment(&mut report);
        }
        report
    });
    report.map_err(|defect| defective(&defect))
}

fn defective(defect: &str) -> Stop {
    stop(defect, "check fewer paths to find the file that causes it")
}

pub(super) fn working_directory() -> Result<PathBuf, Stop> {
    std::env::current_dir().map_err(|error| {
        stop(
            &format!("the working directory cannot be found: {}", error.kind()),
            "change to a directory that exists",
        )
    })
}

fn trust(arguments: &Arguments) -> Trust {
    if arguments.isolated || arguments.no_ignore {
        Trust::None
    } else if arguments.ci {
        Trust::Adding
    } else {
        Trust::Full
    }
}

/// The name of standard input, if that is what is checked.
fn stdin_name(arguments: &Arguments) -> Result<Option<&Path>, Stop> {
    let dash = arguments.paths.iter().any(|path| path == Path::new("-"));
    let others = arguments.paths.len() > usize::from(dash);
    match &arguments.stdin_filename {
        Some(_) if others => Err(stop(
            "standard input and other paths cannot be checked together",
            "leave out either `--stdin-filename` or the paths",
        )),
        Some(name) => Ok(Some(name)),
        None if dash => Err(stop(
            "standard input needs a name, which tells its language",
            "add `--stdin-filename NAME`, for example `--stdin-filename server.ts`",
        )),
        None => Ok(None),
    }
}

fn scan_stdin(name: &Path, here: &Path, loader: &Loader) -> Result<Scanned, Stop> {
    let directory = here.join(name);
    let effective = loader.of(directory.parent().unwrap_or(here));
    let text = read_stdin(effective.settings.max_file_size).map_err(|failure| {
        stop(
            &format!("standard input cannot be checked: {}", failure.message),
            "raise `--max-file-size` if it is large",
        )
    })?;
    Ok(scan_text(name, text, here, effective))
}

fn scan_paths(arguments: &Arguments, here: &Path, loader: &Loader) -> Result<Scanned, Stop> {
    let all = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() {
        &all
    } else {
        arguments.paths.as_slice()
    };
    if arguments.staged {
        return staged::scan(&request(arguments, paths, here, &|directory| {
            loader.of(directory)
        }));
    }
    if let Some(missing) = paths.iter().find(|path| is_missing(path)) {
        return Err(does_not_exist(missing, here));
    }
    Ok(scan(&request(arguments, paths, here, &|directory| {
        loader.of(directory)
    })))
}

fn does_not_exist(path: &Path, here: &Path) -> Stop {
    stop(
        &format!("`{}` does not exist", shown(path, here)),
        "check the spelling; paths start at the working directory",
    )
}

fn request<'a>(
    arguments: &Arguments,
    paths: &'a [PathBuf],
    working_directory: &'a Path,
    settings: &'a SettingsOf<'a>,
) -> Request<'a> {
    let is_trusted = !(arguments.no_ignore || arguments.ci);
    Request {
        paths,
        working_directory,
        jobs: arguments.jobs,
        // What is staged is git's, whatever it would leave out.
        git_ignore: is_trusted && !arguments.no_gitignore && !arguments.staged,
        ignore_files: is_trusted,
        force_exclude: arguments.force_exclude,
        settings,
    }
}

/// Findings that only a comment in the tree silences count after all.
fn heed_no_comment(report: &mut Report) {
    for finding in &mut report.findings {
        let by_comment = finding
            .suppression
            .as_ref()
            .is_some_and(|suppression| suppression.kind == SuppressionKind::InSource);
        if by_comment {
            finding.suppression = None;
        }
    }
    report.recount();
}

/// What is no result but good to know.
fn remark(arguments: &Arguments, loader: &Loader, nothing: bool, here: &Path) {
    if nothing {
        let place = match arguments.paths.as_slice() {
            [] => shown(here, Path::new("")),
            [path] => shown(path, here),
            paths => format!("{} paths", paths.len()),
        };
        let what = if arguments.staged {
            "staged files"
        } else {
            "files"
        };
        say(&format!("envacuate: no {what} to check in {place}"));
    }
    for used in loader.used() {
        if !used.dropped.is_empty() {
            say(&format!(
                "envacuate: {} may only add findings; ignored there: {}",
                used.path,
                used.dropped.join(", ")
            ));
        } else if arguments.verbose {
            say(&format!("envacuate: using settings of {}", used.path));
        }
    }
}

fn deliver(arguments: &Arguments, report: &Report) -> Result<(), Stop> {
    if !to_files(arguments, report)? {
        let options = options(arguments, Terminal::stdout(arguments.color));
        to_stdout(|out| render(report, arguments.format, &options, out))?;
    }
    Ok(())
}

/// The report where standard output has something else.
fn deliver_aside(arguments: &Arguments, report: &Report) -> Result<(), Stop> {
    if to_files(arguments, report)? {
        return Ok(());
    }
    let mut bytes = Vec::new();
    let options = options(arguments, Terminal::stderr());
    // Whoever closed standard error wants no report.
    let _ = render(report, arguments.format, &options, &mut bytes)
        .and_then(|()| std::io::stderr().lock().write_all(&bytes));
    Ok(())
}

/// Writes the files that were asked for; whether one of them is the report that would be printed.
fn to_files(arguments: &Arguments, report: &Report) -> Result<bool, Stop> {
    let options = options(arguments, Terminal::file(arguments.color));
    for Output { format, path } in &arguments.output {
        let mut bytes = Vec::new();
        let format = format.unwrap_or(arguments.format);
        render(report, format, &options, &mut bytes)
            .and_then(|()| write_atomic(path, &bytes))
            .map_err(|error| cannot_write("report", path, &error))?;
    }
    Ok(arguments
        .output
        .iter()
        .any(|output| output.format.is_none()))
}

fn options(arguments: &Arguments, terminal: Terminal) -> Options {
    Options {
        findings: arguments.show.contains(&Show::Findings),
        inventory: arguments.show.contains(&Show::Inventory),
        notes: arguments.notes,
        color: terminal.color,
        unicode: terminal.unicode,
        links: terminal.links,
        width: terminal.width,
        statistics: arguments.statistics,
        verbose: arguments.verbose,
        quiet: arguments.quiet,
    }
}

fn cannot_write(what: &str, path: &Path, error: &std::io::Error) -> Stop {
    stop(
        &format!(
            "the {what} cannot be written to `{}`: {}",
            shown(path, Path::new("")),
            crate::text::show(&error.to_string())
        ),
        "name a regular file in a directory that can be written to",
    )
}

fn exit_code(
    arguments: &Arguments,
    report: &Report,
    named_failed: bool,
    settings: &Settings,
) -> u8 {
    let failed = named_failed
        || arguments.strict && !report.problems.is_empty()
        || report
            .problems
            .iter()
            .any(|problem| matches!(problem.kind, ProblemKind::Internal | ProblemKind::Settings));
    if failed {
        return code::FAILED;
    }
    let never = arguments.exit_zero
        || arguments.write_baseline.is_some()
        || arguments.fail_on == Some(FailOn::Never);
    let counts = |severity: Severity| severity >= settings.fail_on;
    let found = report
        .findings
        .iter()
        .any(|finding| finding.suppression.is_none() && counts(finding.severity));
    if found && !never {
        code::FINDINGS
    } else {
        code::CLEAN
    }
}
