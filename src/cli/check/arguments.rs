//! What `check` takes.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::cli::terminal::Color;
use crate::cli::values::{self, Output};
use crate::model::Severity;
use crate::report::Format;
use crate::settings::Partial;

const EXAMPLES: &str = "\
Examples:
  envacuate check                                    everything below this directory
  envacuate check src server.py                      some of it
  envacuate check - --stdin-filename a.ts < a.ts     standard input
  envacuate check --select env-dump --fail-on error
  envacuate check --format sarif --output report.sarif --exit-zero
  envacuate check --staged                           what the next commit would take
  envacuate check --diff-base origin/main            what a pull request adds
  envacuate check --output sarif=out.sarif --output markdown=summary.md
  envacuate check --ci --no-ignore                   code of somebody you do not trust
  envacuate check --write-baseline                   accept what is there, report what comes
  envacuate check --diff --unsafe                    what all fixes would change
  envacuate check --show inventory                   which secrets there are, and where

Exit codes: 0 nothing found, 1 findings at or above --fail-on (with --fix, those that are left; with --diff, something would\nchange), 2 could not do the work.

Directories such as node_modules, dist, vendor and .venv, and *.min.js and *.d.ts files, are not looked at
unless they are named. Symbolic links are followed only when they are named.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is one switch")]
pub(in crate::cli) struct Arguments {
    /// Files and directories to check; `-` is standard input [default: .]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// Check what is staged in git, as it would be committed, and not the files on the disk; of the paths, or of this
    /// directory. What they import is read from there as well; other files are not judged
    #[arg(long, help_heading = "Files")]
    pub(super) staged: bool,

    /// Count only findings on lines that changed since HEAD left this commit or branch, up to what is on the disk (with
    /// `--staged`: up to what is staged). Files that git does not know are new
    #[arg(long, value_name = "REF", help_heading = "Files")]
    pub(super) diff_base: Option<String>,

    /// Leave files that are named out as well if they would be left out when met: by ignore files, or as generated or
    /// the code of others. What the settings exclude is left out in any case
    #[arg(long, help_heading = "Files")]
    pub(super) force_exclude: bool,

    /// Read standard input and treat it as this file
    #[arg(long, value_name = "NAME", help_heading = "Files")]
    pub(super) stdin_filename: Option<PathBuf>,

    /// Check files that git ignores as well
    #[arg(
        long,
        alias = "no-ignore-vcs",
        alias = "no-respect-gitignore",
        help_heading = "Files"
    )]
    pub(super) no_gitignore: bool,

    /// Let the tree hide nothing: heed no ignore files (.gitignore, .ignore, .envacuateignore), no ignore comments and
    /// no settings files
    #[arg(long, alias = "no-ignores", help_heading = "Files")]
    pub(super) no_ignore: bool,

    /// Judge test code as well
    #[arg(long, help_heading = "Files")]
    pub(super) include_tests: bool,

    /// Do not read larger files, report them [default: 1MiB]
    #[arg(long, value_name = "SIZE", value_parser = values::size, help_heading = "Files")]
    pub(super) max_file_size: Option<u64>,

    /// Threads; 0 is as many as are useful
    #[arg(
        long,
        short,
        value_name = "N",
        default_value_t = 0,
        help_heading = "Files"
    )]
    pub(super) jobs: usize,

    /// Run only these rules; `all` is every rule
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = values::selection(),
        help_heading = "Rules and settings")]
    pub(super) select: Vec<String>,

    /// Do not run these rules
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = values::rule_id(),
        help_heading = "Rules and settings")]
    pub(super) ignore: Vec<String>,

    /// Use this settings file and no other
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "isolated",
        help_heading = "Rules and settings"
    )]
    pub(super) config: Option<PathBuf>,

    /// Use no settings file
    #[arg(long, help_heading = "Rules and settings")]
    pub(super) isolated: bool,

    /// Let the tree hide nothing without a trace: its settings files may only add findings, its ignore files are not
    /// heeded; ignore comments are, and are counted
    #[arg(long, help_heading = "Rules and settings")]
    pub(super) ci: bool,

    /// Findings that are known and do not count
    #[arg(long, value_name = "FILE", help_heading = "Rules and settings")]
    pub(super) baseline: Option<PathBuf>,

    /// Write all findings to the baseline [default: the baseline of the settings or envacuate-baseline.json]
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true,
        help_heading = "Rules and settings")]
    #[expect(clippy::option_option, reason = "not given, given, given with a file")]
    pub(super) write_baseline: Option<Option<PathBuf>>,

    /// Fix what can be fixed safely, then report what is left; standard input is printed, fixed
    #[arg(long, conflicts_with = "write_baseline", help_heading = "Fixes")]
    pub(super) fix: bool,

    /// Make fixes that could take away what a program needs as well
    #[arg(long = "unsafe", help_heading = "Fixes")]
    pub(super) with_unsafe: bool,

    /// Show what `--fix` would change and change nothing; exit with 1 if there is anything
    #[arg(long, conflicts_with_all = ["write_baseline", "output"], help_heading = "Fixes")]
    pub(super) diff: bool,

    /// How to write the report
    #[arg(long, short, value_name = "FORMAT", default_value = "text", value_parser = values::format(),
        hide_possible_values = false, help_heading = "Output")]
    pub(super) format: Format,

    /// What to show; the inventory is a table of the secrets, who reads them and where they stand in plain text
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        value_delimiter = ',',
        default_value = "findings",
        help_heading = "Output"
    )]
    pub(super) show: Vec<Show>,

    /// Write the report to a file, whole or not at all; with FORMAT=, in that format, beside what is printed. May be
    /// given several times
    #[arg(long, short, value_name = "[FORMAT=]FILE", value_parser = values::output(), help_heading = "Output")]
    pub(super) output: Vec<Output>,

    /// Show notes as well
    #[arg(long, help_heading = "Output")]
    pub(super) notes: bool,

    /// Add a table of findings by rule
    #[arg(long, help_heading = "Output")]
    pub(super) statistics: bool,

    /// Say less
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output")]
    pub(super) quiet: bool,

    /// Say more
    #[arg(long, short, help_heading = "Output")]
    pub(super) verbose: bool,

    /// When to use colour
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        help_heading = "Output"
    )]
    pub(super) color: Color,

    /// The lowest severity that makes the exit code 1 [default: warning]
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Exit code")]
    pub(super) fail_on: Option<FailOn>,

    /// Exit with 0 whatever is found
    #[arg(long, help_heading = "Exit code")]
    pub(super) exit_zero: bool,

    /// Exit with 2 when any file could not be analysed wholly
    #[arg(long, help_heading = "Exit code")]
    pub(super) strict: bool,
}

/// What a report shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Show {
    /// What is wrong, place by place
    Findings,
    /// Which secrets there are
    Inventory,
}

/// Which findings make a run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Everything
    Note,
    /// Nothing
    Never,
}

impl FailOn {
    fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Note => Some(Severity::Note),
            Self::Never => None,
        }
    }
}

impl Arguments {
    /// What the arguments set.
    pub(super) fn partial(&self) -> Partial {
        let names = |ids: &[String]| ids.iter().map(|id| id.as_str().into()).collect::<Vec<_>>();
        Partial {
            select: (!self.select.is_empty()).then(|| names(&self.select)),
            ignore: names(&self.ignore),
            include_tests: self.include_tests.then_some(true),
            max_file_size: self.max_file_size,
            fail_on: self.fail_on.and_then(FailOn::severity),
            ..Partial::default()
        }
    }
}
