//! The extension for Zed: how the language server is started. All else is the server's.
//!
//! The program is the one that the settings of Zed name, else the one of `PATH`. A project's own program is not looked
//! for: an extension is not told whether a project is trusted.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{
    Command, Extension, LanguageServerId, Result, Worktree, register_extension, serde_json,
};

struct Envacuate;

impl Extension for Envacuate {
    fn new() -> Self {
        Self
    }

    fn language_server_command(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Command> {
        let set = settings(server, worktree).binary;
        let (path, arguments, env) = set.map_or((None, None, None), |binary| {
            (binary.path, binary.arguments, binary.env)
        });
        let command = path.or_else(|| worktree.which("envacuate")).ok_or(
            "envacuate is not on PATH; install it, or set `lsp.envacuate.binary.path` in the settings of Zed",
        )?;
        Ok(Command {
            command,
            args: arguments.unwrap_or_else(|| vec!["lsp".to_owned()]),
            env: env.map_or_else(|| worktree.shell_env(), |env| env.into_iter().collect()),
        })
    }

    fn language_server_initialization_options(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        let settings = settings(server, worktree);
        Ok(settings.initialization_options.or(settings.settings))
    }

    fn language_server_workspace_configuration(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        let settings = settings(server, worktree).settings;
        Ok(settings.map(|settings| serde_json::json!({ "envacuate": settings })))
    }
}

/// What the settings of Zed say under `lsp.envacuate`.
fn settings(server: &LanguageServerId, worktree: &Worktree) -> LspSettings {
    LspSettings::for_worktree(server.as_ref(), worktree).unwrap_or_default()
}

register_extension!(Envacuate);
