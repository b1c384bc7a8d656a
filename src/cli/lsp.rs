//! `lsp`: the language server, for editors.

use super::fail::stop;
use super::{Outcome, code};
use crate::lsp::serve_stdio;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Editors start this; the folder `editors` of the repository says how to set each of them up.")]
pub(super) struct Arguments {
    /// Speak on standard input and output; there is no other way, but editors say so
    #[arg(long, hide = true)]
    stdio: bool,

    /// The process of the editor, which is not needed: the server ends with its input
    #[arg(long = "clientProcessId", hide = true, value_name = "ID")]
    client_process_id: Option<u32>,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let Arguments {
        stdio: _,
        client_process_id: _,
    } = arguments;
    let said_goodbye = serve_stdio().map_err(|sentence| {
        stop(
            &sentence,
            "this is for editors; `envacuate check` is for people",
        )
    })?;
    // As the protocol has it.
    Ok(if said_goodbye {
        code::CLEAN
    } else {
        code::FINDINGS
    })
}
