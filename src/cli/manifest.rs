//! `manifest`: a manifest for people.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::check::working_directory;
use super::fail::{Stop, stop, to_stdout};
use super::{Outcome, code};
use crate::manifest::{self, FILE, Manifest};
use crate::report::markdown;
use crate::workspace::{read_whole, shown};

/// In bytes; more is no manifest.
const LARGEST: u64 = 16 * 1024 * 1024;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  envacuate manifest                    Markdown for the description of a pull request
  envacuate manifest --format json      sorted, as `migrate` writes it
  envacuate config schema manifest      its JSON schema

Exit codes: 0 shown, 2 could not do the work.")]
pub(super) struct Arguments {
    /// The manifest [default: envacuate.manifest.json]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// How to write it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ViewFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum ViewFormat {
    /// Markdown
    #[default]
    Md,
    /// JSON
    Json,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let here = working_directory()?;
    let (manifest, _) = load(arguments.file.as_deref(), &here)?;
    let text = match arguments.format {
        ViewFormat::Md => markdown(&manifest),
        ViewFormat::Json => manifest.json(),
    };
    to_stdout(|out| out.write_all(text.as_bytes()))?;
    Ok(code::CLEAN)
}

/// The manifest that the user named, or the one of the working directory, and its path.
pub(super) fn load(file: Option<&Path>, here: &Path) -> Result<(Manifest, PathBuf), Stop> {
    let path = file.map_or_else(|| here.join(FILE), Path::to_owned);
    let name = shown(&path, here);
    let text = read_whole(&path, LARGEST).map_err(|failure| {
        let what = if failure.missing {
            format!("there is no manifest `{name}`")
        } else {
            format!("the manifest `{name}` cannot be read: {}", failure.message)
        };
        stop(
            &what,
            "`envacuate migrate --write` makes one; or name the file",
        )
    })?;
    let manifest = manifest::read(&text).map_err(|why| {
        stop(
            &format!("`{name}` {why}"),
            "take it from version control, or let `envacuate migrate --write` make a new one",
        )
    })?;
    Ok((manifest, path))
}
