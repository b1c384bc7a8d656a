//! `rotate`: a new version of a secret without a new value, to see who fetches it, and the way back to an earlier one.
//!
//! The value goes from the manager to the manager; it is never shown and stands in no file. `write` makes versions,
//! `log` reads audit logs, `crate::push` weighs what they say.

mod arguments;
mod log;
mod write;

pub(super) use arguments::Arguments;

use super::check::working_directory;
use super::fail::{Stop, say, stop, to_stdout};
use super::push::ViewFormat;
use super::terminal::Terminal;
use super::{Outcome, code};
use crate::manager::variable;
use crate::manifest::Manifest;
use crate::push::{
    Fetched, Format, Moment, Place, Question, Rotated, Wanted, Work, Written, select,
};
use crate::report::{rotated, rotated_json};
use crate::text::show;

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let here = working_directory()?;
    let (manifest, _) = super::manifest::load(arguments.manifest.as_deref(), &here)?;
    let secret = one(&manifest, arguments.name(), arguments)?;
    // Who asks the manager asks it in some namespace; a log that is only read may be of any.
    let namespace = variable("VAULT_NAMESPACE");
    let namespace = namespace.as_deref();
    let place = Place {
        mount: &manifest.mount,
        path: &secret.path,
        namespace: namespace.or(arguments.readers.is_none().then_some("")),
    };
    let format = Format::of(&manifest.backend).ok_or_else(|| {
        stop(
            "the manifest names a secret manager that this envacuate does not know",
            "use the envacuate that wrote the manifest, or a newer one",
        )
    })?;
    let (work, seen) = if arguments.readers.is_some() {
        let seen = readers(arguments, &format, &place)?;
        (Work::Readers, Ok(Some(seen)))
    } else if arguments.rollback.is_some() {
        let (written, from) = write::rollback(&manifest, &secret, arguments.to.as_deref())?;
        (Work::Rollback(written, from), Ok(None))
    } else {
        // Opened before anything is written, so that what cannot be read is said in time.
        let watch = log::Watch::open(&arguments.audit_log, &here, format, &place)?;
        let written = write::drill(&manifest, &secret)?;
        let seen = watch.map(|watch| watched(arguments, watch, &written));
        (Work::Drill(written), seen.transpose())
    };
    // What was written is told, whatever became of the log.
    let (seen, broken) = match seen {
        Ok(seen) => (seen, None),
        Err(stop) => (None, Some(stop)),
    };
    let done = Rotated {
        secret,
        work,
        fetched: seen,
    };
    let told = deliver(arguments, &done);
    if let Some(broken) = broken {
        return Err(broken);
    }
    match told {
        Err(Stop::Error(report)) => Err(Stop::Error(report)),
        // What was found does not depend on whether anybody reads of it.
        Ok(()) | Err(Stop::ReaderGone) => match &done.fetched {
            Some(fetched) if !fetched.is_complete() => Ok(code::FINDINGS),
            _ => Ok(code::CLEAN),
        },
    }
}

/// The secret of a name, of which there has to be one.
fn one(manifest: &Manifest, name: &str, arguments: &Arguments) -> Result<Wanted, Stop> {
    let found = select(manifest, &[name.to_owned()], arguments.server.as_deref());
    match &found.wanted[..] {
        [one] => Ok(one.clone()),
        [] => Err(stop(
            &format!("the manifest has no secret `{}` there", show(name)),
            "`envacuate manifest` lists them",
        )),
        _ => Err(stop(
            &format!("several servers have a secret `{}`", show(name)),
            "name one with --server",
        )),
    }
}

/// Who fetched what was just written, as far as the log says so in time.
fn watched(
    arguments: &Arguments,
    watch: log::Watch<'_>,
    written: &Written,
) -> Result<Fetched, Stop> {
    say(&format!(
        "envacuate: version {} was written at {}; watching the log for at most {} s",
        show(&written.version),
        written.at,
        arguments.wait
    ));
    watch.run(
        &Question {
            version: Some(written.version.clone()),
            since: Some(written.at),
            expect: arguments.expect.clone(),
        },
        arguments.wait,
    )
}

/// Who fetched it, as a log says that is there.
fn readers(arguments: &Arguments, format: &Format, place: &Place<'_>) -> Result<Fetched, Stop> {
    let since = arguments.since.as_deref();
    let time = since.and_then(Moment::read);
    let version = since.filter(|_| time.is_none());
    let is_version = |text: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !text.is_empty() && text.chars().all(is_plain)
    };
    if version.is_some_and(|version| !is_version(version)) {
        return Err(stop(
            "what is behind --since is neither a time nor a version",
            "write a time as in 2026-03-01T10:20:30Z, or a version as `rotate --drill` says it",
        ));
    }
    let entries = log::read_all(&arguments.audit_log, format, place)?;
    let question = Question {
        version: version.map(str::to_owned),
        since: time,
        expect: arguments.expect.clone(),
    };
    log::weighed(&entries, &question)
}

fn deliver(arguments: &Arguments, done: &Rotated) -> Result<(), Stop> {
    let options = Terminal::stdout(arguments.color).options();
    to_stdout(|out| match arguments.format {
        ViewFormat::Text => rotated(done, &options, out),
        ViewFormat::Json => rotated_json(done, out),
    })
}
