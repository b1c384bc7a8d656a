//! `migrate`: reads of secrets become reads of a secret manager.

mod arguments;
mod complaints;
mod guard;
mod verify;
mod write;

use std::path::{Path, PathBuf};

pub(super) use arguments::Arguments;
use arguments::Format;

use super::check::working_directory;
use super::fail::{Stop, say, stop, to_stdout};
use super::terminal::Terminal;
use super::{Outcome, code};
use crate::backend::{Backend, Through};
use crate::manifest;
use crate::model::{Finding, Problem, ProblemKind};
use crate::report::{Planned, diff, plan_json, summary};
use crate::rewrite::{self, Plan, Program, plan};
use crate::settings::Partial;
use crate::workspace::{
    Disk, Loader, Request, Site, Trouble, Trust, is_missing, listed, scan, shown, write_atomic,
};

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let here = working_directory()?;
    if arguments.rollback {
        return rollback(&here);
    }
    arguments.check_names()?;
    let site = if arguments.write {
        existing(&here)?
    } else {
        None
    };
    if let Some(site) = &site {
        recover(site)?;
    } else if Site::is_open(&here) {
        say(
            "envacuate: a run that writes is at work here or was cut off; the next one takes back what it left",
        );
    }
    let work = planned(arguments, &here)?;
    tell(&work.problems);
    let plan = &work.plan;
    tell_of_clients(&work);
    let origin = manifest::Origin {
        plan,
        findings: &work.findings,
        request: &work.request,
        looked_at: &|secret, path| {
            // What was not read as a whole may hold more than was seen.
            let is_unsure = work.problems.iter().any(|problem| problem.path == path);
            arguments.looks_at(secret, path, &here) && !is_unsure
        },
    };
    if arguments.check {
        return check(arguments, &origin, &work.problems, &here);
    }
    let mut is_left =
        plan.units.iter().any(|unit| unit.reason.is_some()) || work.problems.iter().any(is_unread);
    let manifest = if arguments.write {
        let manifest = write::Manifest::of(arguments, &origin, &here)?;
        is_left |= write::write(arguments, plan, &here, site, &manifest)?;
        Some(manifest.path)
    } else {
        if let Some(path) = &arguments.manifest {
            put(path, manifest::json(&origin).as_bytes())?;
        }
        None
    };
    deliver(arguments, &origin, manifest.as_deref(), &[], &work.problems)?;
    Ok(if is_left { code::FINDINGS } else { code::CLEAN })
}

/// A plan, and what it was made from.
struct Work {
    plan: Plan,
    findings: Vec<Finding>,
    request: rewrite::Request,
    problems: Vec<Problem>,
}

/// What would be done for the paths that were named.
fn planned(arguments: &Arguments, here: &Path) -> Result<Work, Stop> {
    let all = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() {
        &all
    } else {
        arguments.paths.as_slice()
    };
    if let Some(missing) = paths.iter().find(|path| is_missing(path)) {
        return Err(stop(
            &format!("`{}` does not exist", shown(missing, here)),
            "check the spelling; paths start at the working directory",
        ));
    }
    let loader = Loader::new(here, None, Trust::Full, Partial::default())?;
    let scanned = scan(&Request {
        paths,
        working_directory: here,
        jobs: 0,
        git_ignore: true,
        ignore_files: true,
        force_exclude: false,
        settings: &|directory| loader.of(directory),
    });
    let report = scanned.clone().finish().map_err(|defect| {
        stop(
            &defect,
            "migrate fewer paths to find the file that causes it",
        )
    })?;
    let root = loader.of(here);
    let request = requested(arguments, here)?;
    let disk = Disk::new(here, root.settings.max_file_size);
    let program = Program {
        findings: &report.findings,
        asking: &scanned.asking(),
        sources: &scanned.sources(),
        files: &disk,
        settings: &root.settings,
        judge: &|texts| Some(scanned.with(texts).finish().ok()?.findings),
    };
    let plan = plan(&program, &request);
    Ok(Work {
        plan,
        findings: report.findings,
        request,
        problems: report.problems,
    })
}

/// What is asked for: by arguments, and where they do not say it, by the manifest that is there.
fn requested(arguments: &Arguments, here: &Path) -> Result<rewrite::Request, Stop> {
    let earlier = write::earlier(arguments, here)?;
    let known = earlier
        .as_ref()
        .and_then(|earlier| Backend::find(&earlier.backend));
    let backend = arguments.backend.or(known).unwrap_or_default();
    if let (Some(known), Some(_)) = (known.filter(|known| *known != backend), &earlier) {
        return Err(stop(
            &format!(
                "the manifest is one of {}, and `--backend {}` was asked for",
                known.title, backend.id
            ),
            "name another file with `--manifest`, or leave `--backend` out",
        ));
    }
    let place = match (arguments.place.of(backend)?, &earlier) {
        (Some(place), _) => place.to_owned(),
        (None, Some(earlier)) => earlier.mount.clone(),
        (None, None) => backend.place.usual.to_owned(),
    };
    // It becomes part of code, and a manifest may come from anyone.
    if !place.is_empty() && !(backend.place.takes)(&place) {
        return Err(stop(
            &format!(
                "the manifest names a {} that there cannot be",
                backend.place.word
            ),
            &format!(
                "put it right there, or say it with `--{}`",
                backend.place.word
            ),
        ));
    }
    arguments.check_layout(backend, &place)?;
    let through = arguments.through(backend, earlier.map(|earlier| earlier.client))?;
    Ok(rewrite::Request {
        only: arguments.only.clone(),
        team: arguments.team.clone(),
        server: arguments.server.clone(),
        backend,
        place,
        through,
        switch: arguments.client.is_some(),
        allow_unsafe: arguments.allow_unsafe,
    })
}

/// Says which files could not be looked at as a whole, the first of them by name.
fn tell(problems: &[Problem]) {
    const NAMED: usize = 10;
    for Problem { path, message, .. } in problems.iter().take(NAMED) {
        say(&format!(
            "envacuate: {}: {message}",
            crate::text::show(path)
        ));
    }
    if let Some(more) = problems.len().checked_sub(NAMED).filter(|&more| more > 0) {
        say(&format!(
            "envacuate: {more} more; `envacuate check` names them all"
        ));
    }
}

/// Says which modules do not ask with what was asked for.
fn tell_of_clients(work: &Work) {
    let is_moved = |unit: &rewrite::Unit| {
        unit.reason.is_none() && matches!(unit.package.kind, rewrite::Kind::Node { .. })
    };
    if work.request.through == Through::Library && work.plan.units.iter().any(is_moved) {
        say(
            "envacuate: `--client library` is for Python and Rust; modules in JavaScript and TypeScript need no library",
        );
    }
    for path in &work.plan.kept {
        say(&format!(
            "envacuate: {} was changed by hand, or its package has no place for what it would need; it asks as it did",
            crate::text::show(path)
        ));
    }
}

/// Whether nothing is known of a file.
fn is_unread(problem: &Problem) -> bool {
    problem.kind != ProblemKind::ParseIncomplete
}

/// Tells in what files and the manifest differ from what a run that writes would leave.
fn check(
    arguments: &Arguments,
    origin: &manifest::Origin<'_>,
    problems: &[Problem],
    here: &Path,
) -> Outcome {
    let plan = origin.plan;
    let manifest = write::Manifest::of(arguments, origin, here)?;
    let differences = manifest::differences(manifest.before.as_deref(), &manifest.after);
    deliver(
        arguments,
        origin,
        Some(&manifest.path),
        &differences,
        problems,
    )?;
    // What was not read may hold anything.
    let is_same =
        plan.files.is_empty() && differences.is_empty() && !problems.iter().any(is_unread);
    Ok(if is_same { code::CLEAN } else { code::FINDINGS })
}

/// Takes back the last set of changes. What a run left that was cut off is such a set.
fn rollback(here: &Path) -> Outcome {
    let Some(site) = existing(here)? else {
        return Err(stopped(&Trouble::Nothing));
    };
    if recover(&site)? {
        return Ok(code::CLEAN);
    }
    let paths = site.rollback().map_err(|trouble| stopped(&trouble))?;
    let count = paths.len();
    let noun = if count == 1 { "file is" } else { "files are" };
    say(&format!(
        "envacuate: {count} {noun} as before the last `--write`:{}",
        listed(&paths)
    ));
    Ok(code::CLEAN)
}

fn existing(here: &Path) -> Result<Option<Site>, Stop> {
    Site::existing(here).map_err(|trouble| stopped(&trouble))
}

/// Takes back what a run left that was cut off, and says so; whether there was one.
fn recover(site: &Site) -> Result<bool, Stop> {
    let found = site.recover().map_err(|trouble| stopped(&trouble))?;
    if let Some(files) = found {
        let noun = if files == 1 { "file" } else { "files" };
        say(&format!(
            "envacuate: an earlier run was cut off; its {files} {noun} are as they were before it"
        ));
    }
    Ok(found.is_some())
}

fn stopped(trouble: &Trouble) -> Stop {
    stop(&trouble.sentence(), trouble.advice())
}

fn deliver(
    arguments: &Arguments,
    origin: &manifest::Origin<'_>,
    manifest: Option<&str>,
    differences: &[String],
    problems: &[Problem],
) -> Result<(), Stop> {
    let manifest::Origin { plan, request, .. } = *origin;
    if arguments.format == Format::Json {
        let planned = Planned {
            plan,
            mount: &request.place,
            backend: request.backend.id,
            written: arguments.write,
            manifest,
            differences,
            problems,
        };
        return to_stdout(|out| plan_json(&planned, out));
    }
    let options = Terminal::stdout(arguments.color).options();
    let name = crate::text::show(manifest.unwrap_or_default());
    to_stdout(|out| {
        if !arguments.write {
            diff(plan, &options, out)?;
        }
        summary(plan, &options, out)?;
        let mut all = differences.iter();
        all.try_for_each(|difference| writeln!(out, "{name} {difference}"))
    })
}

/// Writes a file on its own.
fn put(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
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
