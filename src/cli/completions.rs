//! `completions`: a script for a shell.

use clap_complete::{Shell, generate};

use super::fail::to_stdout;
use super::{Outcome, code};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  envacuate completions bash > ~/.local/share/bash-completion/completions/envacuate
  envacuate completions fish > ~/.config/fish/completions/envacuate.fish")]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments, mut command: clap::Command) -> Outcome {
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, "envacuate", &mut script);
    to_stdout(|out| out.write_all(&script))?;
    Ok(code::CLEAN)
}
