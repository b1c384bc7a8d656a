//! What can be done about findings: fixed, fixed all at once, moved to the secret manager, silenced, explained.
//!
//! Whatever costs more than a look is told later, to clients that ask for it then.

mod fixes;
mod silence;

use gen_lsp_types::{
    CodeAction, CodeActionDisabled, CodeActionKind, CodeActionParams, Command, Diagnostic, Uri,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::commands;
use super::diagnostics::Converter;
use super::document::Document;
use super::edits::{FileChange, workspace_edit};
use crate::model::{Applicability, Finding};
use crate::rules::{Part, Rule};

/// Fixes everything in a file that can be fixed safely.
pub(super) const FIX_ALL: &str = "source.fixAll.envacuate";

/// Actions are made for so many findings of a selection. Each is tried out, and nobody reads a longer list.
const MAX_FINDINGS: usize = 16;

/// An action that has no edit yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "camelCase")]
pub(super) enum Later {
    /// All safe fixes of a document.
    FixAll { uri: Uri },
    /// The move of a secret that a document reads.
    Migrate { uri: Uri, secret: String },
}

/// The kinds of all actions.
pub(super) fn kinds() -> Vec<CodeActionKind> {
    vec![
        CodeActionKind::QuickFix,
        CodeActionKind::from(FIX_ALL.to_owned()),
    ]
}

/// What can be done in a range of a document.
pub(super) fn actions(
    converter: &Converter<'_>,
    uri: &Uri,
    document: &Document,
    params: &CodeActionParams,
) -> Vec<CodeAction> {
    let only: Option<Vec<String>> = params
        .context
        .only
        .as_ref()
        .map(|kinds| kinds.iter().map(ToString::to_string).collect());
    let wants = |kind: &str| {
        only.as_ref()
            .is_none_or(|only| only.iter().any(|wanted| holds(wanted, kind)))
    };
    let Some(report) = converter.folder.files.get(&document.path) else {
        return Vec::new();
    };
    let text = &document.text;
    let (start, end) = (text.byte(params.range.start), text.byte(params.range.end));
    let shown = report.findings.iter().filter(|one| converter.is_shown(one));
    let mut actions = Vec::new();
    if wants(CodeActionKind::QuickFix.to_string().as_str()) {
        let here = shown
            .clone()
            .filter(|one| one.location.start.byte <= end && start <= one.location.end.byte)
            .take(MAX_FINDINGS);
        for finding in here {
            let of = Of {
                converter,
                uri,
                document,
                finding,
                diagnostic: converter.diagnostic(finding),
            };
            actions.extend(of.all());
        }
    }
    let is_fixable = |finding: &Finding| {
        finding
            .fix
            .as_ref()
            .is_some_and(|fix| fix.applicability == Applicability::Safe)
    };
    if wants(FIX_ALL) && shown.clone().any(is_fixable) {
        actions.extend(fix_all(converter, uri, document, only.is_some()));
    }
    actions
}

/// Whether a kind is one that was asked for, or below it.
fn holds(wanted: &str, kind: &str) -> bool {
    wanted.is_empty()
        || kind
            .strip_prefix(wanted)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn fix_all(
    converter: &Converter<'_>,
    uri: &Uri,
    document: &Document,
    is_asked_for: bool,
) -> Option<CodeAction> {
    let action = CodeAction {
        title: "Fix everything that envacuate can fix safely".to_owned(),
        kind: Some(CodeActionKind::from(FIX_ALL.to_owned())),
        ..CodeAction::default()
    };
    if converter.client.resolves {
        let later = Later::FixAll { uri: uri.clone() };
        return Some(CodeAction {
            data: serde_json::to_value(later).ok(),
            ..action
        });
    }
    // Whoever only moves the cursor must not wait for it.
    if !is_asked_for {
        return None;
    }
    Some(CodeAction {
        edit: Some(fixed_all(converter, uri, document)?),
        ..action
    })
}

/// The edit of all safe fixes of a document; nothing if none holds.
pub(super) fn fixed_all(
    converter: &Converter<'_>,
    uri: &Uri,
    document: &Document,
) -> Option<gen_lsp_types::WorkspaceEdit> {
    let after = fixes::fixed(converter, document, false, &|_| true)?;
    Some(edit(converter, uri, document, after))
}

fn edit(
    converter: &Converter<'_>,
    uri: &Uri,
    document: &Document,
    after: String,
) -> gen_lsp_types::WorkspaceEdit {
    let change = FileChange {
        uri: uri.clone(),
        version: Some(document.version),
        before: Some(document.text.clone()),
        after,
    };
    workspace_edit(vec![change], converter.client.document_changes)
}

/// One finding, and what it takes to say what can be done about it.
struct Of<'a> {
    converter: &'a Converter<'a>,
    uri: &'a Uri,
    document: &'a Document,
    finding: &'a Finding,
    diagnostic: Diagnostic,
}

impl Of<'_> {
    fn all(&self) -> Vec<CodeAction> {
        let all = [
            self.fix(),
            self.migrate(),
            self.silence(),
            Some(self.explain()),
        ];
        all.into_iter().flatten().collect()
    }

    fn action(&self, title: String) -> CodeAction {
        CodeAction {
            title,
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: Some(vec![self.diagnostic.clone()]),
            ..CodeAction::default()
        }
    }

    fn fix(&self) -> Option<CodeAction> {
        let fix = self.finding.fix.as_ref()?;
        let is_safe = match fix.applicability {
            Applicability::Safe => true,
            Applicability::Unsafe if self.converter.options.unsafe_fixes => false,
            Applicability::Unsafe | Applicability::Manual => return None,
        };
        let own = |one: &Finding| {
            one.fingerprint == self.finding.fingerprint
                && one.location.start == self.finding.location.start
        };
        let after = fixes::fixed(self.converter, self.document, !is_safe, &own)?;
        let mut title = capital(fix.title);
        if !is_safe {
            title.push_str(" (unsafe: the program may miss something)");
        }
        Some(CodeAction {
            is_preferred: is_safe.then_some(true),
            edit: Some(edit(self.converter, self.uri, self.document, after)),
            ..self.action(title)
        })
    }

    /// The move to the secret manager, which is planned when somebody takes it.
    fn migrate(&self) -> Option<CodeAction> {
        let secret = self.finding.secret.as_ref()?;
        let is_read = Rule::part_of(self.finding.rule) == Some(Part::Read);
        if !is_read || self.converter.folder.uri.is_none() {
            return None;
        }
        let client = self.converter.client;
        let action = self.action(format!("Move {secret} to the secret manager"));
        if !client.creates {
            let reason = format!(
                "this editor makes no files for a language server; run `envacuate migrate --only {secret} --write`"
            );
            return client.disabled.then(|| CodeAction {
                disabled: Some(CodeActionDisabled { reason }),
                ..action
            });
        }
        let later = Later::Migrate {
            uri: self.uri.clone(),
            secret: secret.clone(),
        };
        let data = serde_json::to_value(later).ok();
        Some(if client.resolves {
            CodeAction { data, ..action }
        } else {
            let command = command(
                "Move the secret",
                commands::MIGRATE,
                data.into_iter().collect(),
            );
            CodeAction {
                command: Some(command),
                ..action
            }
        })
    }

    fn silence(&self) -> Option<CodeAction> {
        let after = silence::silenced(self.converter, self.document, self.finding)?;
        let title = format!("Ignore {} here, with a reason", self.finding.rule);
        Some(CodeAction {
            edit: Some(edit(self.converter, self.uri, self.document, after)),
            ..self.action(title)
        })
    }

    fn explain(&self) -> CodeAction {
        let rule = self.finding.rule;
        let title = format!("Explain {rule}");
        CodeAction {
            command: Some(command(&title, commands::EXPLAIN, vec![json!(rule)])),
            ..self.action(title)
        }
    }
}

fn command(title: &str, command: &str, arguments: Vec<serde_json::Value>) -> Command {
    Command {
        title: title.to_owned(),
        tooltip: None,
        command: command.to_owned(),
        arguments: Some(arguments),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn a_kind_holds_those_below_it() {
        for (wanted, kind) in [
            ("", "quickfix"),
            ("source", "source.fixAll.x"),
            ("source.fixAll", "source.fixAll.x"),
        ] {
            assert!(holds(wanted, kind), "{wanted} {kind}");
        }
        for (wanted, kind) in [
            ("source.fix", "source.fixAll.x"),
            ("quickfix.y", "quickfix"),
        ] {
            assert!(!holds(wanted, kind), "{wanted} {kind}");
        }
    }
}
