//! Fixes of a document, made in memory and judged before they are offered.

use crate::fix::{Request, Texts, fix};
use crate::lsp::diagnostics::Converter;
use crate::lsp::document::Document;
use crate::model::{Finding, Report, Severity};

/// The text of a document after those of its fixes that are wanted and hold; nothing if none does.
pub(super) fn fixed(
    converter: &Converter<'_>,
    document: &Document,
    allow_unsafe: bool,
    which: &dyn Fn(&Finding) -> bool,
) -> Option<String> {
    let path = &document.path;
    let judge = |texts: &Texts| -> Result<Report, String> {
        let text = texts.get(path).map_or(document.text.bytes(), Vec::as_slice);
        Ok(converter.folder.judged(path, text, document.tracking))
    };
    let request = Request {
        read: &|other| (other == path).then(|| document.text.bytes().to_vec()),
        judge: &judge,
        allow_unsafe,
        from: if converter.options.notes {
            Severity::Note
        } else {
            Severity::Warning
        },
        which,
    };
    let report = judge(&Texts::new()).ok()?;
    let mut fixed = fix(report, &request).ok()?;
    let (_, after) = fixed.files.remove(path)?;
    String::from_utf8(after).ok()
}
