//! Findings and problems in the words of the protocol.
//!
//! Decides nothing about findings but how they look. No text of a file is in them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity,
    DiagnosticTag, Location, Range, Uri,
};
use serde_json::json;

use super::client::Client;
use super::document::Documents;
use super::folder::Folder;
use super::options::Options;
use super::place;
use super::text::Text;
use crate::model::{self, Finding, Problem, ProblemKind, Severity};
use crate::rules::Rule;

/// Who reports a finding.
pub(super) const SOURCE: &str = "envacuate";

/// Turns findings of a folder into what the client is told.
pub(super) struct Converter<'s> {
    pub(super) client: &'s Client,
    pub(super) options: &'s Options,
    pub(super) folder: &'s Folder,
    pub(super) documents: &'s Documents,
    texts: RefCell<HashMap<String, Option<Rc<Text>>>>,
}

impl<'s> Converter<'s> {
    /// A converter for one folder.
    pub(super) fn new(
        client: &'s Client,
        options: &'s Options,
        folder: &'s Folder,
        documents: &'s Documents,
    ) -> Self {
        Self {
            client,
            options,
            folder,
            documents,
            texts: RefCell::default(),
        }
    }

    /// The address of a file, as the client writes it where it is open.
    pub(super) fn address(&self, path: &str) -> Option<Uri> {
        match self.documents.of(self.folder.id, path) {
            Some((uri, _)) => Some(uri.clone()),
            None => place::address(&self.folder.file(path)),
        }
    }

    /// The text that a place in a file counts in.
    pub(super) fn text(&self, path: &str) -> Option<Rc<Text>> {
        if let Some(text) = self.texts.borrow().get(path) {
            return text.clone();
        }
        let open = self.documents.of(self.folder.id, path);
        let text = open.map(|(_, document)| document.text.clone()).or_else(|| {
            let bytes = self.folder.scanned.as_ref()?.text(path)?;
            Some(Text::of_file(bytes, self.client.encoding))
        });
        let text = text.map(Rc::new);
        self.texts
            .borrow_mut()
            .insert(path.to_owned(), text.clone());
        text
    }

    /// Where something is, in the words of the protocol.
    pub(super) fn range(&self, location: &model::Location) -> Range {
        let text = self.text(&location.path);
        text.map(|text| text.range(location.start.byte, location.end.byte))
            .unwrap_or_default()
    }

    /// Whether a finding is shown.
    pub(super) fn is_shown(&self, finding: &Finding) -> bool {
        finding.suppression.is_none() && (self.options.notes || finding.severity > Severity::Note)
    }

    /// Everything there is to tell of a file.
    pub(super) fn diagnostics(&self, path: &str) -> Vec<Diagnostic> {
        let Some(report) = self.folder.files.get(path).filter(|_| self.options.enable) else {
            return Vec::new();
        };
        let findings = report.findings.iter().filter(|one| self.is_shown(one));
        let findings = findings.map(|finding| self.diagnostic(finding));
        let problems = report.problems.iter().map(problem);
        findings.chain(problems).collect()
    }

    /// A finding.
    pub(super) fn diagnostic(&self, finding: &Finding) -> Diagnostic {
        let rule = Rule::find(finding.rule);
        let link = rule.filter(|_| self.client.links).map(Rule::url);
        let related: Vec<DiagnosticRelatedInformation> = finding
            .labels
            .iter()
            .filter(|_| self.client.related)
            .filter_map(|label| {
                Some(DiagnosticRelatedInformation {
                    location: Location {
                        uri: self.address(&label.location.path)?,
                        range: self.range(&label.location),
                    },
                    message: label.message.clone(),
                })
            })
            .collect();
        let is_useless = finding.rule == "unused-ignore";
        Diagnostic {
            range: self.range(&finding.location),
            severity: Some(match finding.severity {
                Severity::Error => DiagnosticSeverity::Error,
                Severity::Warning => DiagnosticSeverity::Warning,
                Severity::Note => DiagnosticSeverity::Information,
            }),
            code: Some(Code::String(finding.rule.to_owned())),
            code_description: link.and_then(|link| {
                let href = Uri::parse(&link).ok()?;
                Some(CodeDescription { href })
            }),
            source: Some(SOURCE.to_owned()),
            message: finding.message.clone().into(),
            tags: is_useless.then(|| vec![DiagnosticTag::Unnecessary]),
            related_information: (!related.is_empty()).then_some(related),
            data: Some(json!({"fingerprint": finding.fingerprint})),
        }
    }
}

/// What could not be said of a file. A text that is being written is broken most of the time, and other tools say so
/// better: that is only a hint.
fn problem(problem: &Problem) -> Diagnostic {
    let severity = match problem.kind {
        ProblemKind::Settings => DiagnosticSeverity::Error,
        ProblemKind::ParseIncomplete => DiagnosticSeverity::Hint,
        _ => DiagnosticSeverity::Information,
    };
    Diagnostic {
        range: Range::default(),
        severity: Some(severity),
        code: Some(Code::String(problem.kind.as_str().to_owned())),
        code_description: None,
        source: Some(SOURCE.to_owned()),
        message: problem.message.clone().into(),
        tags: None,
        related_information: None,
        data: None,
    }
}
