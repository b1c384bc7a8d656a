//! What is wrong with a settings file, without any of its text.
//!
//! A settings file can be somebody else's, and a secret can stand in it by mistake, so an error holds a position and
//! words of envacuate only. Showing the line is a separate, deliberate step: [`super::Framed`].

use std::fmt;

use crate::text::TextRange;

/// Why settings, or a baseline, cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    /// What is wrong, without a trailing full stop and without text of the file.
    pub message: String,
    /// Where, in bytes of the file.
    pub span: Option<TextRange>,
    /// What to do about it.
    pub help: Option<String>,
}

impl SettingsError {
    /// An error at a place.
    pub fn new(message: impl Into<String>, span: Option<TextRange>) -> Self {
        Self {
            message: message.into(),
            span,
            help: None,
        }
    }

    /// The same error with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same error, said of a key.
    pub(super) fn of_key(mut self, id: &str) -> Self {
        self.message = format!("`{id}`: {}", self.message);
        self
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SettingsError {}

impl miette::Diagnostic for SettingsError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        let span = self.span?;
        let label = miette::LabeledSpan::new(Some("here".to_owned()), span.start, span.len());
        Some(Box::new(std::iter::once(label)))
    }
}
