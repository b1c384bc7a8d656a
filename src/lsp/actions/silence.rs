//! A comment that silences a finding, in the first place where it does and changes nothing else.

use crate::config;
use crate::language::Family;
use crate::lsp::diagnostics::Converter;
use crate::lsp::document::Document;
use crate::model::{Finding, Report};
use crate::scan::classify;

/// What stands for the reason, until somebody writes one.
const REASON: &str = "TODO: say why";

/// The text of a document with such a comment; nothing where no place is right.
pub(super) fn silenced(
    converter: &Converter<'_>,
    document: &Document,
    finding: &Finding,
) -> Option<String> {
    let marker = marker(&document.path)?;
    let comment = format!("{marker} envacuate: ignore[{}] {REASON}", finding.rule);
    let bytes = document.text.bytes();
    let (start, end) = document.text.line_of(finding.location.start.byte);
    let line = &bytes[start..end];
    let indent = line.len() - line.trim_ascii_start().len();
    let indent = String::from_utf8_lossy(&line[..indent]);
    let ending = if bytes[end..].starts_with(b"\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let behind = (
        end,
        format!("{}{comment}", if marker == "#" { "  " } else { " " }),
    );
    let above = (start, format!("{indent}{comment}{ending}"));
    // Behind a value of a config file it may be part of the value.
    let places = if classify(&document.path).is_some() {
        vec![behind, above]
    } else {
        vec![above]
    };
    let judge = |text: &[u8]| {
        converter
            .folder
            .judged(&document.path, text, document.tracking)
    };
    let before = judge(bytes);
    places.into_iter().find_map(|(at, insert)| {
        let mut after = bytes.to_vec();
        after.splice(at..at, insert.bytes());
        let is_right = silences(&before, &judge(&after), finding);
        is_right.then(|| String::from_utf8(after).ok()).flatten()
    })
}

/// Whether nothing is different but that this finding, and perhaps others of its rule in the same line, do not count.
fn silences(before: &Report, after: &Report, finding: &Finding) -> bool {
    let line = finding.location.start.line;
    let is_one = |one: &&Finding| one.rule == finding.rule && one.location.start.line == line;
    let gone = before
        .findings
        .iter()
        .filter(|one| one.suppression.is_none())
        .filter(is_one);
    before.findings.len() == after.findings.len()
        && before.problems.len() >= after.problems.len()
        && after.summary.findings < before.summary.findings
        && after.summary.findings + gone.count() >= before.summary.findings
}

/// How a comment starts; nothing for files that can have none.
fn marker(path: &str) -> Option<&'static str> {
    if let Some(language) = classify(path) {
        return Some(match language.family() {
            Family::Ecma | Family::Rust => "//",
            Family::Python => "#",
        });
    }
    // Most files whose name says JSON are read by programs that know no comments.
    match config::classify(path) {
        Some(config::Format::Json) => {
            let end = path.rsplit_once('.').map(|(_, end)| end);
            (end == Some("jsonc")).then_some("//")
        }
        Some(config::Format::Pem | config::Format::Netrc) | None => None,
        Some(_) => Some("#"),
    }
}
