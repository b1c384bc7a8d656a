//! `migrate`: reads of secrets become reads of a secret manager.

use std::path::{Path, PathBuf};

use super::check::working_directory;
use super::fail::{say, stop, to_stdout};
use super::settings::{Loader, Trust};
use super::terminal::{Color, Terminal};
use super::{Outcome, code};
use crate::manifest;
use crate::report::{Options, diff, summary};
use crate::rewrite::{self, Plan, Program, plan};
use crate::settings::Partial;
use crate::workspace::{Disk, Request, is_missing, read_whole, remove, scan, shown, write_atomic};

/// In bytes; more is no manifest.
const MANIFEST_SIZE: u64 = 16 * 1024 * 1024;

const EXAMPLES: &str = "\
Examples:
  envacuate migrate --team platform                       the diff of what would change
  envacuate migrate --team platform --write               change it, and write the manifest
  envacuate migrate --team platform --only GITHUB_TOKEN   one secret

Exit codes: 0 everything is planned or done, 1 something is left to do by hand, 2 could not do the work.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Files and directories to migrate [default: .]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Whose secrets they are: the first part of every path in the secret manager
    #[arg(long, value_name = "NAME", default_value = "mcp")]
    team: String,

    /// The second part of every path [default: the name of the package]
    #[arg(long, value_name = "NAME", default_value = "")]
    server: String,

    /// The mount of the key-value store
    #[arg(long, value_name = "NAME", default_value = "secret")]
    mount: String,

    /// Move only these secrets
    #[arg(long, value_name = "SECRET", value_delimiter = ',')]
    only: Vec<String>,

    /// Change the files; without it, only show what would change
    #[arg(long)]
    write: bool,

    /// Write the manifest here [default with --write: envacuate.manifest.json]
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,

    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let here = working_directory()?;
    let all = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() {
        &all
    } else {
        arguments.paths.as_slice()
    };
    if let Some(missing) = paths.iter().find(|path| is_missing(path)) {
        return Err(stop(
            &format!("`{}` does not exist", shown(missing, &here)),
            "check the spelling; paths start at the working directory",
        ));
    }
    check_names(arguments)?;
    let loader = Loader::new(&here, None, Trust::Full, Partial::default())?;
    let scanned = scan(&Request {
        paths,
        working_directory: &here,
        jobs: 0,
        git_ignore: true,
        ignore_files: true,
        settings: &|directory| loader.of(directory),
    });
    let report = scanned.clone().finish().map_err(|defect| {
        stop(
            &defect,
            "migrate fewer paths to find the file that causes it",
        )
    })?;
    let root = loader.of(&here);
    let request = rewrite::Request {
        only: arguments.only.clone(),
        team: arguments.team.clone(),
        server: arguments.server.clone(),
        mount: arguments.mount.clone(),
    };
    let disk = Disk::new(&here, root.settings.max_file_size);
    let program = Program {
        findings: &report.findings,
        asking: &scanned.asking(),
        sources: &scanned.sources(),
        files: &disk,
        settings: &root.settings,
        judge: &|texts| Some(scanned.with(texts).finish().ok()?.findings),
    };
    let plan = plan(&program, &request);
    deliver(arguments, &plan)?;
    if arguments.write {
        write(arguments, &plan, &here)?;
    } else if let Some(path) = &arguments.manifest {
        put(path, manifest::json(&plan, &arguments.mount).as_bytes())?;
    }
    let is_left = plan.units.iter().any(|unit| unit.reason.is_some());
    Ok(if is_left { code::FINDINGS } else { code::CLEAN })
}

/// What becomes part of a path has to look like one.
fn check_names(arguments: &Arguments) -> Result<(), super::fail::Stop> {
    let is_plain = |name: &str| {
        let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        name.split('/')
            .all(|part| !part.is_empty() && part.chars().all(fine) && part != "..")
    };
    let given = [
        ("--team", &arguments.team),
        ("--mount", &arguments.mount),
        ("--server", &arguments.server),
    ];
    for (flag, name) in given {
        let may_be_empty = flag == "--server";
        if !(is_plain(name) || may_be_empty && name.is_empty()) {
            return Err(stop(
                &format!("`{flag}` is no name that a path can hold"),
                "use letters, digits, `-`, `_` and `.`, with `/` between parts",
            ));
        }
    }
    Ok(())
}

fn deliver(arguments: &Arguments, plan: &Plan) -> Result<(), super::fail::Stop> {
    let terminal = Terminal::stdout(arguments.color);
    let options = Options {
        color: terminal.color,
        unicode: terminal.unicode,
        ..Options::default()
    };
    to_stdout(|out| {
        if !arguments.write {
            diff(plan, &options, out)?;
        }
        summary(plan, &options, out)
    })
}

fn write(arguments: &Arguments, plan: &Plan, here: &Path) -> Result<(), super::fail::Stop> {
    if plan.files.is_empty() {
        return Ok(());
    }
    if let Some(path) = plan
        .files
        .keys()
        .find(|path| !is_as_planned(plan, here, path))
    {
        return Err(stop(
            &format!(
                "`{}` is not what it was when it was planned, and nothing was written",
                crate::text::show(path)
            ),
            "run again when nothing else changes the files",
        ));
    }
    let path = arguments
        .manifest
        .clone()
        .unwrap_or_else(|| here.join(manifest::FILE));
    let before = read_whole(&path, MANIFEST_SIZE).ok();
    let text = manifest::merged(before.as_deref(), plan, &arguments.mount);
    let mut written = Vec::new();
    for (path, (before, after)) in &plan.files {
        if let Err(error) = put(&here.join(path), after) {
            // Whole or not at all: what was there before comes back.
            for (path, before) in written {
                let path: PathBuf = here.join::<&String>(path);
                let _ = match before {
                    Some(before) => write_atomic(&path, before),
                    None => remove(&path),
                };
            }
            return Err(error);
        }
        written.push((path, before.as_deref()));
    }
    put(&path, text.as_bytes())?;
    say(&format!(
        "envacuate: the manifest is in {}",
        shown(&path, here)
    ));
    Ok(())
}

/// Whether a file still has the text that was planned with, or is still not there.
fn is_as_planned(plan: &Plan, here: &Path, path: &str) -> bool {
    let place = here.join(path);
    match plan.files.get(path).and_then(|(before, _)| before.as_ref()) {
        Some(before) => read_whole(&place, u64::MAX).is_ok_and(|text| text == *before),
        None => is_missing(&place),
    }
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), super::fail::Stop> {
    write_atomic(path, bytes).map_err(|error| {
        stop(
            &format!(
                "`{}` cannot be written: {}",
                shown(path, Path::new("")),
                crate::text::show(&error.to_string())
            ),
            "name a regular file in a directory that can be written to",
        )
    })
}
