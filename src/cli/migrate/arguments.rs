//! What `migrate` takes.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::backend::{self, Backend, Through, is_path};
use crate::cli::fail::{Stop, stop};
use crate::cli::terminal::Color;
use crate::workspace::shown;

const EXAMPLES: &str = "\
Examples:
  envacuate migrate --team platform                       the diff of what would change
  envacuate migrate --team platform --write               change it, and write the manifest
  envacuate migrate --team platform --only GITHUB_TOKEN   one secret
  envacuate migrate --team platform --backend aws         to AWS Secrets Manager
  envacuate migrate --rollback                            take the last `--write` back
  envacuate migrate --team platform --check               for continuous integration: is everything moved?

Exit codes: 0 everything is planned or done, 1 something is left to do by hand (with --check, something differs), 2 could not
do the work.

With --write all files change or none: a run that is cut off is taken back by the next one, and a whole one by --rollback,
from the journal in .envacuate. Files that git does not have as they are stop it before anything is written, apart from
those that the last run wrote and nobody changed since, so that one secret can be moved after the other.";

/// How a plan is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, ValueEnum)]
pub(in crate::cli) enum Format {
    /// For people: the diff, and what moves where
    #[default]
    Text,
    /// One JSON document, version 1; `envacuate config schema plan` describes it
    Json,
}

/// How addresses are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, ValueEnum)]
pub(in crate::cli) enum Layout {
    /// `<team>/<server>`, or `<team>-<server>-<NAME>` where a secret is one value
    #[default]
    Plain,
    /// The same, and refused where Archestra would not list it: Vault, a team and a server of one part each
    Archestra,
}

/// Which of the places that a secret manager has; one flag for each kind.
#[derive(Debug, Default, clap::Args)]
#[group(multiple = false)]
pub(in crate::cli) struct Place {
    /// With vault: the mount of the key-value store [default: secret]
    #[arg(long, value_name = "NAME")]
    mount: Option<String>,

    /// With aws: the region [default: `AWS_REGION` where the program runs]
    #[arg(long, value_name = "NAME")]
    region: Option<String>,

    /// With gcp: the project [default: `GOOGLE_CLOUD_PROJECT` where the program runs]
    #[arg(long, value_name = "NAME")]
    project: Option<String>,

    /// With azure: the address of the vault [default: `AZURE_KEYVAULT_URL` where the program runs]
    #[arg(long, value_name = "URL")]
    vault_url: Option<String>,
}

impl Place {
    /// The place that a flag names, if it is one of this secret manager.
    pub(in crate::cli) fn of(&self, backend: &Backend) -> Result<Option<&str>, Stop> {
        let all = [
            ("mount", &self.mount),
            ("region", &self.region),
            ("project", &self.project),
            ("vault-url", &self.vault_url),
        ];
        let mut given = all
            .iter()
            .filter_map(|(word, value)| Some((*word, value.as_deref()?)));
        let Some((word, value)) = given.next() else {
            return Ok(None);
        };
        let own = backend.place.word;
        if word != own {
            return Err(stop(
                &format!("`--{word}` is not for {}", backend.title),
                &format!("use `--{own}`, or name another `--backend`"),
            ));
        }
        if !(backend.place.takes)(value) {
            return Err(stop(
                &format!("`--{word}` is no {own} that there can be"),
                match word {
                    "vault-url" => "use the address of the vault, as https://NAME.vault.azure.net",
                    _ => "use letters, digits, `-`, `_` and `.`, with `/` between parts",
                },
            ));
        }
        Ok(Some(value))
    }
}

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is one switch")]
pub(in crate::cli) struct Arguments {
    /// Files and directories to migrate [default: .]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// Whose secrets they are: the first part of every path in the secret manager
    #[arg(long, value_name = "NAME", default_value = "mcp")]
    pub(super) team: String,

    /// The second part of every path [default: the name of the package]
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(super) server: String,

    /// Where to move them [default: what the manifest says, else vault]
    #[arg(long, value_name = "BACKEND", value_parser = crate::cli::values::backend())]
    pub(super) backend: Option<&'static Backend>,

    /// What the modules ask Vault with [default: what the manifest says, else builtin]
    #[arg(long, value_name = "CLIENT", value_parser = crate::cli::values::client())]
    pub(super) client: Option<Through>,

    #[command(flatten)]
    pub(super) place: Place,

    /// How addresses are made: with `archestra`, so that Archestra finds each server in the folder of its team
    #[arg(long, value_enum, default_value_t, value_name = "LAYOUT")]
    pub(super) layout: Layout,

    /// Move only these secrets
    #[arg(long, value_name = "SECRET", value_delimiter = ',')]
    pub(super) only: Vec<String>,

    /// Also make changes that code around could notice: properties and fields that keep a secret become getters
    #[arg(long = "unsafe")]
    pub(super) allow_unsafe: bool,

    /// Write the manifest here [default with --write: envacuate.manifest.json]
    #[arg(long, value_name = "FILE")]
    pub(super) manifest: Option<PathBuf>,

    /// How to print what changes
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) format: Format,

    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub(super) color: Color,

    /// Change the files; without it, only show what would change
    #[arg(long, help_heading = "Writing")]
    pub(super) write: bool,

    /// Change nothing, and tell what `--write` with the same arguments would change: reads that could be rewritten, and what
    /// the manifest does not say
    #[arg(long, conflicts_with = "write")]
    pub(super) check: bool,

    /// Take back what the last `--write` in this directory did, byte for byte, if nobody changed its files since
    #[arg(
        long,
        help_heading = "Writing",
        conflicts_with_all = ["paths", "write", "check", "only", "manifest"]
    )]
    pub(super) rollback: bool,

    /// Change files although they have changes that are not committed, or that git does not know them
    #[arg(long, requires = "write", help_heading = "Writing")]
    pub(super) allow_dirty: bool,

    /// Change files although they have changes that are staged
    #[arg(long, requires = "write", help_heading = "Writing")]
    pub(super) allow_staged: bool,

    /// Change files although they are in no git repository, or git is not there to ask
    #[arg(long, requires = "write", help_heading = "Writing")]
    pub(super) allow_no_vcs: bool,

    /// Run the project's checkers before and after the change, and take it back when they find new errors: `auto` for those
    /// that are there (tsc, cargo check, compileall with mypy or pyright), or a command for the shell. This runs code of the
    /// project; `auto` with a few variables of the environment, a command with all of it
    #[arg(
        long,
        requires = "write",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "auto",
        value_name = "auto|none|COMMAND",
        help_heading = "Writing"
    )]
    pub(super) verify: Option<String>,

    /// Keep a change although the checkers find new errors
    #[arg(long, requires = "verify", help_heading = "Writing")]
    pub(super) keep_broken: bool,
}

impl Arguments {
    /// Whether reads of a secret in a file are told by a run with these arguments.
    pub(super) fn looks_at(&self, secret: &str, path: &str, here: &Path) -> bool {
        let names = self.only.is_empty() || self.only.iter().any(|name| name == secret);
        let below = |named: &PathBuf| {
            let named = shown(named, here);
            named == "." || Path::new(path).starts_with(named)
        };
        names && (self.paths.is_empty() || self.paths.iter().any(below))
    }

    /// What becomes part of a path in the secret manager has to look like one.
    pub(super) fn check_names(&self) -> Result<(), Stop> {
        for (flag, name) in [("--team", &self.team), ("--server", &self.server)] {
            let may_be_empty = flag == "--server";
            if !(is_path(name) || may_be_empty && name.is_empty()) {
                return Err(stop(
                    &format!("`{flag}` is no name that a path can hold"),
                    "use letters, digits, `-`, `_` and `.`, with `/` between parts",
                ));
            }
        }
        Ok(())
    }

    /// What modules ask with: what was asked for, or else what an earlier manifest says, where there is a choice.
    pub(super) fn through(
        &self,
        backend: &Backend,
        earlier: Option<Through>,
    ) -> Result<Through, Stop> {
        if backend.offers(Through::Builtin) {
            return Ok(self.client.or(earlier).unwrap_or_default());
        }
        if self.client == Some(Through::Builtin) {
            return Err(stop(
                &format!("there is no built-in client for {}", backend.title),
                "leave `--client` out: the modules use the library that its maker publishes",
            ));
        }
        Ok(Through::default())
    }

    /// Archestra lists one folder for each team, without the folders below, and finds the metadata of a secret by the first
    /// `/data/` in its path.
    pub(super) fn check_layout(&self, backend: &Backend, place: &str) -> Result<(), Stop> {
        if self.layout != Layout::Archestra {
            return Ok(());
        }
        let trouble = if backend != backend::ALL[0] {
            Some(("it reads from Vault only", "leave `--backend` out"))
        } else if self.team.contains('/') || self.server.contains('/') {
            Some((
                "it lists no folders below that of a team",
                "use a team and a server without `/`",
            ))
        } else if [&*self.team, &self.server]
            .into_iter()
            .chain(place.split('/'))
            .any(|part| matches!(part, "data" | "metadata"))
        {
            Some((
                "it takes the first `data` in a path for that of the key-value store",
                "use another name than `data` and `metadata` for the mount, the team and the server",
            ))
        } else {
            None
        };
        trouble.map_or(Ok(()), |(why, help)| {
            Err(stop(
                &format!("Archestra would not find secrets of these names: {why}"),
                help,
            ))
        })
    }
}
