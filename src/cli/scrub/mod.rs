//! `scrub`: secrets that were moved are taken out of config files, once the manager is known to have them.

mod told;
mod verify;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::check::working_directory;
use super::fail::{Stop, say, stop, to_stdout};
use super::terminal::{Color, Terminal};
use super::{Outcome, code};
use crate::manifest::{Copy, CopyKind};
use crate::report::{Change, ScrubbedFile, changes, scrubbed};
use crate::scrub::{Reason, Request, is_used, scrub};
use crate::settings::{Partial, Settings};
use crate::workspace::{self, Loader, Scanned, Trust, is_missing, scan, shown, write_atomic};

const EXAMPLES: &str = "\
Examples:
  envacuate scrub                            the diff of what would go
  envacuate scrub --write                    take it out
  envacuate scrub --write --vault-addr URL   and tell the servers where Vault is
  envacuate scrub --write --region NAME      and tell them the region of AWS

The secret manager is asked as its own program asks it; of Vault, with VAULT_ADDR, VAULT_TOKEN and
what else docs/managers/vault.md names.

Exit codes: 0 all is out or can go, 1 something stays, 2 could not do the work.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Files and directories to look at, those that git ignores included [default: .]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// The manifest, which names the secrets [default: envacuate.manifest.json]
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,

    /// Only these secrets
    #[arg(long, value_name = "SECRET", value_delimiter = ',')]
    only: Vec<String>,

    /// Change the files; without it, only show what would change
    #[arg(long)]
    write: bool,

    /// Do not ask the manager whether it has the values
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    told: told::Told,

    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let here = working_directory()?;
    let (manifest, path) = super::manifest::load(arguments.manifest.as_deref(), &here)?;
    let told = arguments.told.of(&manifest.backend)?;
    let loader = Loader::new(&here, None, Trust::Full, Partial::default())?;
    let scanned = scanned(arguments, &here, &loader)?;
    let settings = loader.of(&here);
    let mut asked = manifest.clone();
    if !arguments.only.is_empty() {
        asked
            .secrets
            .retain(|secret| arguments.only.contains(&secret.name));
    }
    let verifier = verify::Verifier::new(&manifest, arguments.force)?;
    let texts = texts(&scanned, &shown(&path, &here));
    let used_beside = |path: &str, name: &str| {
        let folder = |path: &str| {
            path.rsplit_once('/')
                .map_or(String::new(), |(folder, _)| folder.to_owned())
        };
        let beside = texts
            .iter()
            .filter(|(other, _)| other != path && folder(other) == folder(path));
        let mut beside = beside.map(|(_, text)| String::from_utf8_lossy(text));
        beside.any(|text| is_used(&text, name))
    };
    let request = Request {
        manifest: &asked,
        settings: &settings.settings,
        told,
        used_beside: &used_beside,
        ask: &|secret, one| verifier.ask(secret, one),
    };
    let mut files = scrub_all(&texts, &scanned, &request);
    let mut failed = verifier.tell();
    let mut updated = Ok(());
    if arguments.write {
        let mut written = BTreeSet::new();
        for file in files
            .iter_mut()
            .filter(|file| !file.scrubbed.removed.is_empty())
        {
            let (before, after) = (&file.before, file.scrubbed.text.as_bytes());
            match scanned.put(&file.path, before, after) {
                Ok(()) => {
                    written.insert(file.path.clone());
                }
                Err(why) => {
                    say(&format!(
                        "envacuate: `{}` was not changed: {why}",
                        file.path
                    ));
                    file.scrubbed.stays(Reason::NotWritten);
                    failed = true;
                }
            }
        }
        updated = update(arguments, &here, &files, &written, &settings.settings);
    }
    match deliver(arguments, &files, told) {
        // What was done does not depend on whether anybody reads of it.
        Ok(()) | Err(Stop::ReaderGone) => {}
        Err(stop) => return Err(stop),
    }
    updated?;
    let is_left = files.iter().any(|file| !file.scrubbed.left.is_empty());
    Ok(match (failed, is_left) {
        (true, _) => code::FAILED,
        (false, true) => code::FINDINGS,
        (false, false) => code::CLEAN,
    })
}

fn scanned(arguments: &Arguments, here: &Path, loader: &Loader) -> Result<Scanned, Stop> {
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
    Ok(scan(&workspace::Request {
        paths,
        working_directory: here,
        jobs: 0,
        // What git ignores is where most of them are.
        git_ignore: false,
        ignore_files: true,
        force_exclude: false,
        settings: &|directory| loader.of(directory),
    }))
}

/// The config files that can be changed, with their texts. The manifest is none: it names variables in commands.
fn texts(scanned: &Scanned, manifest: &str) -> Vec<(String, Vec<u8>)> {
    let text = |path: String| {
        let text = scanned.text(&path);
        if text.is_none() {
            say(&format!(
                "envacuate: `{path}` cannot be read, and stays as it is"
            ));
        }
        Some((path, text?))
    };
    let configs = scanned.configs().into_iter();
    configs
        .filter(|path| path != manifest)
        .filter_map(text)
        .collect()
}

fn scrub_all(
    texts: &[(String, Vec<u8>)],
    scanned: &Scanned,
    request: &Request<'_>,
) -> Vec<ScrubbedFile> {
    let file = |(path, before): &(String, Vec<u8>)| {
        let scrubbed = scrub(path, before, request)?;
        Some(ScrubbedFile {
            tracking: scanned.tracking(path),
            path: path.clone(),
            before: before.clone(),
            scrubbed,
        })
    };
    texts.iter().filter_map(file).collect()
}

/// Writes into the manifest what is left of the copies that it names, and that what was taken out is to be rotated.
///
/// It is read again: somebody may have changed it while the manager was asked.
fn update(
    arguments: &Arguments,
    here: &Path,
    files: &[ScrubbedFile],
    written: &BTreeSet<String>,
    settings: &Settings,
) -> Result<(), Stop> {
    if written.is_empty() {
        return Ok(());
    }
    let (mut manifest, path) = super::manifest::load(arguments.manifest.as_deref(), here)?;
    let before = manifest.clone();
    for file in files.iter().filter(|file| written.contains(&file.path)) {
        let still = Request {
            manifest: &before,
            settings,
            told: None,
            used_beside: &|_, _| false,
            ask: &|_, _| Err(Reason::Different),
        };
        let left = scrub(&file.path, file.scrubbed.text.as_bytes(), &still)
            .map_or_else(Vec::new, |found| found.left);
        for secret in &mut manifest.secrets {
            let is_removed = file
                .scrubbed
                .removed
                .iter()
                .any(|one| one.name == secret.name);
            secret.rotate_after |= is_removed;
            if !secret.copies.iter().any(|copy| copy.path == file.path) {
                continue;
            }
            secret.copies.retain(|copy| copy.path != file.path);
            let own = left.iter().filter(|one| one.name == secret.name);
            secret.copies.extend(own.map(|one| Copy {
                path: file.path.clone(),
                line: one.line,
                kind: CopyKind::of(&file.path),
            }));
            secret.copies.sort();
        }
    }
    if manifest == before {
        return Ok(());
    }
    write_atomic(&path, manifest.json().as_bytes()).map_err(|error| {
        stop(
            &format!(
                "the files are changed, and `{}` cannot be written: {}",
                shown(&path, here),
                crate::text::show(&error.to_string())
            ),
            "make it a regular file in a directory that can be written to, and run `envacuate migrate --write`",
        )
    })
}

fn deliver(
    arguments: &Arguments,
    files: &[ScrubbedFile],
    told: Option<(&str, &str)>,
) -> Result<(), Stop> {
    let options = Terminal::stdout(arguments.color).options();
    let names: Vec<&str> = files
        .iter()
        .flat_map(|file| &file.scrubbed.removed)
        .map(|one| one.name.as_str())
        .chain(told.map(|(variable, _)| variable))
        .collect();
    let changed = files
        .iter()
        .filter(|file| !file.scrubbed.removed.is_empty());
    let changed = changed.map(|file| Change {
        path: &file.path,
        before: Some(&file.before),
        after: file.scrubbed.text.as_bytes(),
    });
    to_stdout(|out| {
        if !arguments.write {
            changes(changed, &names, &options, out)?;
        }
        scrubbed(files, arguments.write, &options, out)
    })
}
