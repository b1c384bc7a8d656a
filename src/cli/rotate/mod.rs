//! `rotate`: a new version of a secret without a new value, to see who fetches it, and the way back to an earlier one.
//!
//! The value goes from the manager to the manager; it is never shown and stands in no file.

mod watch;

use std::path::PathBuf;

use super::check::working_directory;
use super::fail::{Stop, stop, to_stdout};
use super::{Outcome, code};
use crate::manager::{self, Found, Manager, Need, NotWritten, Values};
use crate::manifest::Manifest;
use crate::push::{Wanted, select};
use crate::text::show;

const EXAMPLES: &str = "\
Examples:
  envacuate rotate --drill A_TOKEN --audit-log /var/log/vault/audit.log
  envacuate rotate --rollback A_TOKEN              the last value that was another one
  envacuate rotate --rollback A_TOKEN --to 3

A drill writes the same value as a new version. With the audit log of Vault it tells who fetched it
within --wait seconds; without one it cannot see that.

Exit codes: 0 done, 1 done and nobody was seen to fetch it, 2 could not do the work.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(group = clap::ArgGroup::new("work").required(true).args(["drill", "rollback"]))]
pub(super) struct Arguments {
    /// Write the value of this secret again, as a new version
    #[arg(long, value_name = "SECRET")]
    drill: Option<String>,

    /// Write an earlier value of this secret as a new version
    #[arg(long, value_name = "SECRET")]
    rollback: Option<String>,

    /// The version whose value it is to be [default: the last one with another value]
    #[arg(long, value_name = "VERSION", requires = "rollback")]
    to: Option<String>,

    /// The server, where several have a secret of that name
    #[arg(long, value_name = "NAME")]
    server: Option<String>,

    /// The audit log of Vault, to see who fetches the new version
    #[arg(long, value_name = "FILE", requires = "drill")]
    audit_log: Option<PathBuf>,

    /// How long to watch the audit log
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 120,
        requires = "drill"
    )]
    wait: u32,

    /// The manifest, which names the secrets [default: envacuate.manifest.json]
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
}

/// What there is to say of readers that nobody watched.
fn unwatched(backend: &str) -> &'static str {
    match backend {
        "vault" => "who fetches it cannot be seen without --audit-log",
        _ => "who fetches it stands in the audit log of the manager",
    }
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let here = working_directory()?;
    let (manifest, _) = super::manifest::load(arguments.manifest.as_deref(), &here)?;
    if arguments.audit_log.is_some() && manifest.backend != "vault" {
        return Err(stop(
            "`--audit-log` is understood of Vault only",
            "leave it out, and look into the audit log of the manager",
        ));
    }
    let named = arguments.drill.as_ref().or(arguments.rollback.as_ref());
    let wanted = one(&manifest, named.map_or("", String::as_str), arguments)?;
    let manager = manager::open(&manifest.backend, &manifest.mount).map_err(Stop::from)?;
    manager.health().map_err(Stop::from)?;
    let missing = manager
        .missing_rights(&[&wanted.path], Need::Rotate)
        .map_err(Stop::from)?;
    if let Some(missing) = missing.first() {
        return Err(stop(
            &format!(
                "the manager does not allow {} at {}",
                missing.rights.join(" and "),
                show(&wanted.path)
            ),
            "use a token that may make new versions there",
        ));
    }
    let Found::There { version, held } = manager.find(&wanted.path).map_err(Stop::from)? else {
        return Err(stop(
            &format!("there is no secret at {}", show(&wanted.path)),
            "`envacuate push` writes it",
        ));
    };
    if held.get(&wanted.key).is_none() {
        return Err(stop(
            &format!(
                "the secret at {} has no {}",
                show(&wanted.path),
                show(&wanted.name)
            ),
            "`envacuate push --merge` adds it",
        ));
    }
    let mut values = held.values().ok_or_else(|| {
        stop(
            &format!(
                "{} holds what is no text, which a new version would change",
                show(&wanted.path)
            ),
            "rotate it with the program of the manager",
        )
    })?;
    drop(held);
    if arguments.rollback.is_some() {
        let from = earlier(
            &*manager,
            &wanted,
            &version,
            &mut values,
            arguments.to.as_deref(),
        )?;
        let new = written(&*manager, &wanted, &version, &values)?;
        tell(&format!(
            "{}  {}: version {} has the value of version {}, version {} was current",
            show(&wanted.path),
            show(&wanted.name),
            show(&new),
            show(&from),
            show(&version)
        ))?;
        return Ok(code::CLEAN);
    }
    // Opened before anything is written, so that what cannot be read is said in time.
    let mut watch = arguments
        .audit_log
        .as_deref()
        .map(|path| watch::Watch::open(&here.join(path)))
        .transpose()?;
    let new = written(&*manager, &wanted, &version, &values)?;
    tell(&format!(
        "{}  {}: version {} has the same value as version {}",
        show(&wanted.path),
        show(&wanted.name),
        show(&new),
        show(&version)
    ))?;
    drop(values);
    let Some(watch) = &mut watch else {
        tell(unwatched(&manifest.backend))?;
        return Ok(code::CLEAN);
    };
    let api_path = format!("{}/data/{}", manifest.mount, wanted.path);
    let readers = watch.readers(&api_path, arguments.wait)?;
    for (who, seconds) in &readers {
        tell(&format!("  {}  fetched it after {seconds} s", show(who)))?;
    }
    if readers.is_empty() {
        tell(&format!("nobody fetched it within {} s", arguments.wait))?;
        return Ok(code::FINDINGS);
    }
    Ok(code::CLEAN)
}

fn tell(line: &str) -> Result<(), Stop> {
    to_stdout(|out| writeln!(out, "{line}"))
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

/// Puts an earlier value in the place of the current one, and says which version it is of.
fn earlier(
    manager: &dyn Manager,
    wanted: &Wanted,
    current: &str,
    values: &mut Values,
    to: Option<&str>,
) -> Result<String, Stop> {
    let mut at = current.to_owned();
    loop {
        let before = match to {
            Some(to) => Some(to.to_owned()),
            None => manager
                .version_before(&wanted.path, &at)
                .map_err(Stop::from)?,
        };
        let Some(before) = before else {
            return Err(stop(
                "no earlier version that is still kept has another value",
                "the manager lists the versions it keeps",
            ));
        };
        let held = manager
            .read_version(&wanted.path, &before)
            .map_err(Stop::from)?;
        let old = held.and_then(|held| held.values());
        if old.is_some_and(|old| values.take(&wanted.key, &old)) {
            return Ok(before);
        }
        if to.is_some() {
            return Err(stop(
                "that version is not kept, lacks the secret, or has the value that is current",
                "leave --to out for the last one with another value",
            ));
        }
        at = before;
    }
}

/// A new version, read back.
fn written(
    manager: &dyn Manager,
    wanted: &Wanted,
    on: &str,
    values: &Values,
) -> Result<String, Stop> {
    let new = manager
        .replace(&wanted.path, on, values)
        .map_err(|why| match why {
            NotWritten::Taken => stop(
                "somebody else wrote to it meanwhile, and nothing was written",
                "run again",
            ),
            NotWritten::Refused(why) => why.into(),
            NotWritten::Unknown(why) => stop(
                &format!(
                    "{}, and whether the new version was written is not known",
                    why.what
                ),
                "look at the newest version with `envacuate verify`",
            ),
        })?;
    let back = manager
        .read_version(&wanted.path, &new)
        .map_err(Stop::from)?;
    if back.is_some_and(|back| back.is(values)) {
        return Ok(new);
    }
    Err(stop(
        "what was read back is not what was written",
        "look at the newest version in the manager before anything else",
    ))
}
