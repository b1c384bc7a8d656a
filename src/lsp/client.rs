//! What a client can, as it said when it was started.
//!
//! Read from the message itself: clients write things in more ways than one, and the types of everything that a client
//! could say would make the program much larger. Used to decide what is sent.

use gen_lsp_types::PositionEncodingKind;
use serde_json::Value;

use super::text::Encoding;

/// What a client can.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a capability of its own"
)]
pub(super) struct Client {
    /// What columns count.
    pub(super) encoding: Encoding,
    /// It asks for findings, and can be told to ask again. A client that can only ask would not hear of other files.
    pub(super) pulls: bool,
    /// Further places of a finding are shown.
    pub(super) related: bool,
    /// The rule of a finding links to its documentation.
    pub(super) links: bool,
    /// Hovers may be Markdown.
    pub(super) markdown: bool,
    /// Code actions are objects, not only commands.
    pub(super) actions: bool,
    /// What a code action changes may be told later.
    pub(super) resolves: bool,
    /// Code actions may say why they cannot be taken.
    pub(super) disabled: bool,
    /// Changes may name versions of documents.
    pub(super) document_changes: bool,
    /// Changes may create files.
    pub(super) creates: bool,
    /// Files may be watched for the server.
    pub(super) watches: bool,
    /// Settings can be asked for.
    pub(super) configuration: bool,
    /// Changes of settings may be announced.
    pub(super) announces: bool,
    /// Long work may be shown.
    pub(super) progress: bool,
    /// A page of the web can be shown.
    pub(super) shows: bool,
}

impl Client {
    /// Reads the message that starts a server; nothing if it does not say what the client can.
    pub(super) fn new(raw: &Value) -> Option<Self> {
        raw.get("capabilities").filter(|all| all.is_object())?;
        let can = |path: &str| raw.pointer(&format!("/capabilities/{path}"));
        let is = |path: &str| can(path).and_then(Value::as_bool).unwrap_or_default();
        let holds = |path: &str, word: &str| {
            let list = can(path).and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|item| item == word))
        };
        let offered = can("general/positionEncodings").and_then(Value::as_array);
        let offered: Option<Vec<PositionEncodingKind>> = offered.map(|all| {
            let names = all.iter().filter_map(Value::as_str);
            names.map(|name| name.to_owned().into()).collect()
        });
        // Helix leaves the last letter off.
        let refreshes = ["workspace/diagnostics", "workspace/diagnostic"]
            .iter()
            .any(|key| is(&format!("{key}/refreshSupport")));
        let (action, edit) = ("textDocument/codeAction", "workspace/workspaceEdit");
        // Neovim has them, and says nothing of the list that they stand in.
        let creates = holds(&format!("{edit}/resourceOperations"), "create");
        Some(Self {
            encoding: Encoding::of(offered.as_deref()),
            pulls: refreshes && can("textDocument/diagnostic").is_some_and(Value::is_object),
            related: is("textDocument/publishDiagnostics/relatedInformation")
                || is("textDocument/diagnostic/relatedInformation"),
            links: is("textDocument/publishDiagnostics/codeDescriptionSupport")
                || is("textDocument/diagnostic/codeDescriptionSupport"),
            markdown: holds("textDocument/hover/contentFormat", "markdown"),
            actions: can(&format!("{action}/codeActionLiteralSupport"))
                .is_some_and(Value::is_object),
            resolves: is(&format!("{action}/dataSupport"))
                && holds(&format!("{action}/resolveSupport/properties"), "edit"),
            disabled: is(&format!("{action}/disabledSupport")),
            document_changes: is(&format!("{edit}/documentChanges")) || creates,
            creates,
            watches: is("workspace/didChangeWatchedFiles/dynamicRegistration"),
            configuration: is("workspace/configuration"),
            announces: is("workspace/didChangeConfiguration/dynamicRegistration"),
            progress: is("window/workDoneProgress"),
            shows: is("window/showDocument/support"),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn client(capabilities: &Value) -> Client {
        let raw = json!({"processId": null, "rootUri": null, "capabilities": capabilities});
        Client::new(&raw).unwrap()
    }

    #[test]
    fn only_who_can_be_told_to_ask_again_is_left_to_ask() {
        let asks = json!({"textDocument": {"diagnostic": {}}});
        assert!(!client(&asks).pulls);
        for key in ["diagnostics", "diagnostic"] {
            let mut both = asks.clone();
            both["workspace"] = json!({key: {"refreshSupport": true}});
            assert!(client(&both).pulls, "{key}");
        }
        let never = json!({"workspace": {"diagnostics": {"refreshSupport": true}}});
        assert!(!client(&never).pulls);
    }

    #[test]
    fn who_makes_files_takes_the_list_that_says_so() {
        let neovim =
            json!({"workspace": {"workspaceEdit": {"resourceOperations": ["rename", "create"]}}});
        let client = client(&neovim);
        assert!(client.creates && client.document_changes);
    }

    #[test]
    fn who_says_nothing_can_nothing() {
        let client = client(&json!({}));
        assert_eq!(client.encoding, Encoding::Utf16);
        assert!(!client.resolves && !client.creates && !client.watches && !client.markdown);
    }
}
