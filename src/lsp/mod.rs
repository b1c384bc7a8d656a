//! The language server: the findings of `check` in an editor, as one types.
//!
//! One thread has the state and answers in the order in which messages come; another one looks at whole folders. After
//! a change, the document alone is judged, with what it was told of other files; a moment later the folder is. Nothing
//! of the protocol is known outside of here. It reads files and starts no program; changes are made by the client.

mod actions;
mod answers;
mod background;
mod client;
mod commands;
mod diagnostics;
mod document;
mod edits;
mod files;
mod folder;
mod hover;
mod later;
mod migrate;
mod options;
mod place;
mod publish;
mod server;
mod start;
#[cfg(test)]
mod tests;
mod text;
mod wire;

use lsp_server::Connection;

/// Serves a client on standard input and output until it says goodbye or is gone. Whether it said goodbye; a sentence if
/// it could not be understood.
pub fn serve_stdio() -> Result<bool, String> {
    let (connection, writer) =
        wire::stdio().map_err(|error| format!("no thread can be started: {}", error.kind()))?;
    let ended = serve(&connection);
    drop(connection);
    // A writer that fails has nobody to write to.
    let _ = writer.join();
    ended
}

/// Serves a client.
fn serve(connection: &Connection) -> Result<bool, String> {
    let mut server = start::start(connection)?;
    Ok(server.run(connection))
}
