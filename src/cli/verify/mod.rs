//! `verify`: whether the manager has what the manifest names, and who may read it.

use std::path::PathBuf;

use super::check::working_directory;
use super::fail::{Stop, stop, to_stdout};
use super::manager::open;
use super::push::ViewFormat;
use super::terminal::{Color, Terminal};
use super::{Outcome, code};
use crate::manager::{self, FailureKind, Found};
use crate::push::{Checked, Holder, Readers, Reading, Verified, Wanted, select};
use crate::report::{verified, verified_json};

const EXAMPLES: &str = "\
Examples:
  envacuate verify                   whether all secrets of the manifest are there
  envacuate verify --server notes    those of one server, with its own token
  envacuate verify --format json     for continuous integration

Who may read a secret, and what of that is wider than needed, is told where the manager lets whoever
asks see that: policies in Vault with the roles, users, entities and groups that have them, IAM in
AWS, the bindings of the secret and the project in GCP, roles or access policies in Azure. What is
not told is named. Values are read and never shown.

Exit codes: 0 all are there, 1 something is missing, 2 the manager could not be asked.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The manifest, which names the secrets [default: envacuate.manifest.json]
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,

    /// Only these secrets
    #[arg(long, value_name = "SECRET", value_delimiter = ',')]
    only: Vec<String>,

    /// Only the secrets of this server
    #[arg(long, value_name = "NAME")]
    server: Option<String>,

    /// How to write what was found
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ViewFormat,

    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let here = working_directory()?;
    let (manifest, _) = super::manifest::load(arguments.manifest.as_deref(), &here)?;
    let selection = select(&manifest, &arguments.only, arguments.server.as_deref());
    if selection.wanted.is_empty() || !selection.unknown.is_empty() {
        return Err(stop(
            "the manifest names no such secret",
            "check --only and --server; `envacuate manifest` lists the secrets and their servers",
        ));
    }
    let manager = open(&manifest.backend, &manifest.mount)?;
    for one in &selection.wanted {
        manager.fits(&one.path, &one.key).map_err(Stop::from)?;
    }
    let mut done = Verified {
        secrets: Vec::new(),
        readers: Vec::new(),
    };
    for of_path in selection
        .wanted
        .chunk_by(|one, other| one.path == other.path)
    {
        let path = &of_path[0].path;
        match manager.find(path) {
            Ok(found) => done
                .secrets
                .extend(of_path.iter().map(|one| reading(one, &found))),
            Err(why) if why.kind == FailureKind::Denied => {
                let closed = |one| row(one, Checked::NotReadable, None);
                done.secrets.extend(of_path.iter().map(closed));
            }
            Err(why) => return Err(why.into()),
        }
        let told = manager.readers(path).map_err(Stop::from)?;
        let holders = told.holders;
        done.readers.push(Readers {
            path: path.clone(),
            holders: holders.map(|all| all.into_iter().map(plain).collect()),
            untold: told.untold,
        });
    }
    let options = Terminal::stdout(arguments.color).options();
    let told = to_stdout(|out| match arguments.format {
        ViewFormat::Text => verified(&done, &options, out),
        ViewFormat::Json => verified_json(&done, out),
    });
    match told {
        Err(Stop::Error(report)) => Err(Stop::Error(report)),
        // What is missing does not depend on whether anybody reads of it.
        Ok(()) | Err(Stop::ReaderGone) if done.is_whole() => Ok(code::CLEAN),
        Ok(()) | Err(Stop::ReaderGone) => Ok(code::FINDINGS),
    }
}

fn plain(holder: manager::Holder) -> Holder {
    Holder {
        identity: holder.who,
        policy: holder.by,
        wider: holder.wider,
        is_conditional: holder.is_conditional,
    }
}

fn reading(one: &Wanted, found: &Found) -> Reading {
    match found {
        Found::Nothing | Found::Unfinished => row(one, Checked::Nothing, None),
        Found::Deleted => row(one, Checked::Deleted, None),
        Found::Bare => row(one, Checked::Bare, None),
        Found::There { version, held } => {
            let checked = match held.get(&one.key) {
                None => Checked::Lacking,
                Some(value) if value.is(b"") => Checked::Empty,
                Some(_) => Checked::There,
            };
            row(one, checked, Some(version.clone()))
        }
    }
}

fn row(one: &Wanted, checked: Checked, version: Option<String>) -> Reading {
    Reading {
        path: one.path.clone(),
        key: one.key.clone(),
        name: one.name.clone(),
        checked,
        version,
    }
}
