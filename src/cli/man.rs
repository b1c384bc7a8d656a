//! `man`: the manual page, in roff.

use clap_mangen::Man;

use super::fail::{stop, to_stdout};
use super::{Outcome, code};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  envacuate man > envacuate.1
  envacuate man check | man -l -")]
pub(super) struct Arguments {
    /// The command whose page is wanted; without it, the overview
    command: Option<String>,
}

pub(super) fn run(arguments: &Arguments, mut command: clap::Command) -> Outcome {
    command.build();
    let page = match &arguments.command {
        None => command,
        Some(name) => command
            .find_subcommand(name)
            .cloned()
            .map(|found| found.display_name(format!("envacuate-{name}")))
            .ok_or_else(|| {
                stop(
                    "there is no such command",
                    "see `envacuate --help` for the commands",
                )
            })?,
    };
    to_stdout(|out| {
        let mut page_text = Vec::new();
        Man::new(page).render(&mut page_text)?;
        out.write_all(&page_text)
    })?;
    Ok(code::CLEAN)
}
