//! `push`: values of moved secrets into the manager, from where they stand.
//!
//! Everything is looked at before the first write; a secret that is there is never changed unless that was asked for
//! twice; what was written is read back. `crate::push` decides, `preflight` looks, `write` writes.

mod preflight;
mod sources;
mod undo;
mod write;

use std::path::PathBuf;

use clap::ValueEnum;

use super::Outcome;
use super::check::working_directory;
use super::fail::{Stop, print, report, stop, to_stdout};
use super::manager::open;
use super::terminal::{Color, Terminal};
use crate::manager::Failure;
use crate::push::{self, Allowed, Pushed};
use crate::report::{pushed, pushed_json};

/// Exit codes of this command.
mod code {
    pub(super) const VERIFIED: u8 = 0;
    pub(super) const STOPPED: u8 = 1;
    pub(super) const CONFLICT: u8 = 2;
    pub(super) const PREFLIGHT: u8 = 3;
}

/// Where it is written down what was done, from the working directory.
const JOURNAL: &str = ".envacuate/push.jsonl";

const EXAMPLES: &str = "\
Examples:
  envacuate push --from-file .env --dry-run     what would be written
  envacuate push --from-env --from-file .env    write it, and read it back
  sops decrypt .env | envacuate push --from-file -
  envacuate push --from-config .mcp.json#mcpServers.notes.env --server notes
  envacuate push --undo                         take back what was created

A secret that is there is never changed, unless the manifest has \"strategy\": \"overwrite\" for it
and --overwrite is given. Values are never shown, and never taken from the command line. The
manager is asked as its own program asks it; docs/push.md says with which variables.

Exit codes: 0 all is there and was read back, 1 stopped halfway, 2 a conflict or wrong arguments
(nothing written), 3 something is missing or the manager does not allow it (nothing written).";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(group = clap::ArgGroup::new("sources").required(true).multiple(true)
    .args(["from_env", "from_file", "from_config", "undo"]))]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub(super) struct Arguments {
    /// Take values from the environment: those that the manifest names, and no others
    #[arg(long)]
    from_env: bool,

    /// Take values from a dotenv file, `-` for standard input; may be repeated
    #[arg(long, value_name = "FILE")]
    from_file: Vec<PathBuf>,

    /// Take values from a config file, below a place such as `mcpServers.notes.env`; may be repeated
    #[arg(long, value_name = "FILE#PLACE")]
    from_config: Vec<String>,

    /// The manifest, which names the secrets [default: envacuate.manifest.json]
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,

    /// Only these secrets
    #[arg(long, value_name = "SECRET", value_delimiter = ',')]
    only: Vec<String>,

    /// Only the secrets of this server
    #[arg(long, value_name = "NAME")]
    server: Option<String>,

    /// Take the values of these even if they look like placeholders
    #[arg(long, value_name = "SECRET", value_delimiter = ',')]
    accept: Vec<String>,

    /// Add keys that are not there to secrets that are
    #[arg(long)]
    merge: bool,

    /// Replace values that the manifest lets be replaced
    #[arg(long)]
    overwrite: bool,

    /// Only look
    #[arg(long)]
    dry_run: bool,

    /// Where to write down what was done [default: .envacuate/push.jsonl]
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,

    /// Take back what the journal says was created, where nobody has changed it since [default: that of `--journal`]
    #[arg(
        long,
        value_name = "JOURNAL",
        num_args = 0..=1,
        default_missing_value = JOURNAL,
        conflicts_with_all = ["from_env", "from_file", "from_config", "merge", "overwrite", "accept"]
    )]
    undo: Option<PathBuf>,

    /// Do not ask before taking back
    #[arg(long, requires = "undo")]
    yes: bool,

    /// How to write what was done
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ViewFormat,

    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,
}

/// How results are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ViewFormat {
    /// For people
    #[default]
    Text,
    /// One JSON document, version 1
    Json,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let done = match &arguments.undo {
        Some(of) => undo::run(arguments, of),
        None => all(arguments),
    };
    let pushed = match done {
        Ok(pushed) => pushed,
        Err(Stop::Error(report)) => {
            print(&report);
            return Ok(code::PREFLIGHT);
        }
        Err(gone @ Stop::ReaderGone) => return Err(gone),
    };
    let code = match pushed.outcome {
        push::Outcome::Verified | push::Outcome::Possible => code::VERIFIED,
        push::Outcome::Stopped => code::STOPPED,
        push::Outcome::Conflict => code::CONFLICT,
        push::Outcome::Preflight => code::PREFLIGHT,
    };
    if let Some((what, help)) = &pushed.failure {
        print(&report(what, help));
    }
    match deliver(arguments, &pushed) {
        // What was done does not depend on whether anybody reads of it.
        Ok(()) | Err(Stop::ReaderGone) => Ok(code),
        Err(Stop::Error(report)) => {
            print(&report);
            Ok(code.max(code::STOPPED))
        }
    }
}

/// Looks at everything, and writes if all of it can be.
fn all(arguments: &Arguments) -> Result<Pushed, Stop> {
    let here = working_directory()?;
    let (manifest, _) = super::manifest::load(arguments.manifest.as_deref(), &here)?;
    let selection = push::select(&manifest, &arguments.only, arguments.server.as_deref());
    if let Some(unknown) = selection.unknown.first() {
        return Err(stop(
            &format!(
                "the manifest has no secret `{}` there",
                crate::text::show(unknown)
            ),
            "`envacuate manifest` lists them",
        ));
    }
    if selection.wanted.is_empty() {
        return Err(stop(
            "the manifest names no secret that could be written",
            "check --only and --server; `envacuate manifest` lists the secrets and their servers",
        ));
    }
    let offers = sources::read(arguments, &here, &selection.wanted)?;
    let (items, problems) = push::gather(&selection.wanted, &offers, &arguments.accept);
    drop(offers);
    let mut look = preflight::Look::new(selection.waived, &problems);
    if look.is_stopped() {
        return Ok(look.pushed());
    }
    let manager = open(&manifest.backend, &manifest.mount)?;
    for one in &selection.wanted {
        manager.fits(&one.path, &one.key)?;
    }
    let journal = arguments.journal.clone().unwrap_or_else(|| JOURNAL.into());
    let (log, known) = write::journal(&here.join(journal), arguments.dry_run)?;
    let allowed = Allowed {
        merge: arguments.merge,
        overwrite: arguments.overwrite,
    };
    let steps = look.at(&*manager, &items, &known, allowed)?;
    let (Some(steps), Some(log)) = (steps, log) else {
        return Ok(look.pushed());
    };
    Ok(write::Run::new(&*manager, known, log).all(&items, &steps, look.pushed()))
}

fn failed(failure: &Failure) -> Stop {
    stop(&failure.what, failure.help)
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        failed(&failure)
    }
}

fn deliver(arguments: &Arguments, done: &Pushed) -> Result<(), Stop> {
    let options = Terminal::stdout(arguments.color).options();
    to_stdout(|out| match arguments.format {
        ViewFormat::Text => pushed(done, &options, out),
        ViewFormat::Json => pushed_json(done, out),
    })
}
