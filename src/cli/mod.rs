//! The command line: arguments in, exit code out. One file per subcommand.
//!
//! The only place that prints, and the only one that looks at the environment. It decides nothing about findings.

mod check;
mod completions;
mod config;
mod explain;
mod fail;
mod lsp;
mod man;
#[cfg(feature = "manager")]
mod manager;
mod manifest;
mod migrate;
#[cfg(feature = "manager")]
mod push;
#[cfg(feature = "manager")]
mod rotate;
mod rules;
mod scrub;
mod terminal;
mod values;
#[cfg(feature = "manager")]
mod verify;

use std::process::ExitCode;

use clap::builder::styling::{AnsiColor, Style, Styles};
use clap::{CommandFactory, Parser, Subcommand};

use fail::{Stop, stop};

/// How a command ends: a code of [`code`], or an error.
type Outcome = Result<u8, Stop>;

/// Exit codes; the same for every format.
mod code {
    /// Nothing to tell.
    pub(super) const CLEAN: u8 = 0;
    /// Findings at or above `--fail-on`.
    pub(super) const FINDINGS: u8 = 1;
    /// The work could not be done, or not wholly.
    pub(super) const FAILED: u8 = 2;
}

const STYLES: Styles = Styles::styled()
    .header(Style::new().bold())
    .usage(Style::new().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Examples:
  envacuate check                     what the files below this directory do with secrets
  envacuate check --format sarif -o report.sarif
  envacuate explain env-dump          what a rule finds, why, and what to do
  envacuate completions zsh           a script for your shell";

/// Gets the secrets of MCP servers out of environment variables and into a secret manager.
#[derive(Debug, Parser)]
#[command(name = "envacuate", version, styles = STYLES, after_help = EXAMPLES)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find secrets in environment variables and the ways they leak
    Check(Box<check::Arguments>),
    /// Move reads of secrets from the environment to a secret manager
    Migrate(Box<migrate::Arguments>),
    /// Write values of secrets into the secret manager, from where they stand
    #[cfg(feature = "manager")]
    Push(Box<push::Arguments>),
    /// Ask the secret manager whether it has all secrets, and who may read them
    #[cfg(feature = "manager")]
    Verify(verify::Arguments),
    /// Try a rotation without a new value, or go back to an earlier value
    #[cfg(feature = "manager")]
    Rotate(rotate::Arguments),
    /// Take secrets that were moved out of config files
    Scrub(Box<scrub::Arguments>),
    /// Show a manifest, for the description of a pull request
    Manifest(manifest::Arguments),
    /// Show what a rule finds, why, and what to do
    Explain(explain::Arguments),
    /// List the rules
    Rules(rules::Arguments),
    /// Show the settings that hold, or their JSON schema
    Config(config::Arguments),
    /// Serve an editor on standard input and output, by the Language Server Protocol
    #[command(visible_alias = "server")]
    Lsp(lsp::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
    /// Print the manual page
    Man(man::Arguments),
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    crate::workspace::silence_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too. A reader that went away is no error.
            let _ = error.print();
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    let outcome = crate::workspace::guarded(|| match &cli.command {
        Command::Check(arguments) => check::run(arguments),
        Command::Migrate(arguments) => migrate::run(arguments),
        #[cfg(feature = "manager")]
        Command::Push(arguments) => push::run(arguments),
        #[cfg(feature = "manager")]
        Command::Verify(arguments) => verify::run(arguments),
        #[cfg(feature = "manager")]
        Command::Rotate(arguments) => rotate::run(arguments),
        Command::Scrub(arguments) => scrub::run(arguments),
        Command::Manifest(arguments) => manifest::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Rules(arguments) => rules::run(arguments),
        Command::Config(arguments) => config::run(arguments),
        Command::Lsp(arguments) => lsp::run(arguments),
        Command::Completions(arguments) => completions::run(arguments, Cli::command()),
        Command::Man(arguments) => man::run(arguments, Cli::command()),
    });
    let outcome = outcome
        .unwrap_or_else(|defect| Err(stop(&defect, "run with fewer paths to find the file")));
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(Stop::ReaderGone) => ExitCode::from(code::CLEAN),
        Err(Stop::Error(report)) => {
            fail::print(&report);
            ExitCode::from(code::FAILED)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }
}
