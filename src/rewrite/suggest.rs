//! What to write by hand where nothing is rewritten: the one line that matters, for the language and the library.
//!
//! Text for people; nothing here is ever applied. Used by the manifest and the reports.

use super::{How, Reason, Unit};
use crate::language::{Family, Language};
use crate::model::Form;

impl Unit {
    /// A line of code that shows how to move what was left alone; nothing for a unit that is rewritten.
    pub fn suggestion(&self) -> Option<String> {
        let reason = self.reason?;
        let is_hard = |read: &&super::Read| read.how == How::Not;
        let read = self
            .reads
            .iter()
            .find(is_hard)
            .or_else(|| self.reads.first())?;
        let family = Language::of_path(&read.location.path)?.family();
        let name = &self.secret;
        let option = matches!(read.form, Some(Form::CliOption | Form::Settings));
        Some(match (family, read.form, reason) {
            (_, _, Reason::CompileTime) => "crate::secrets::var(\"NAME\")".replace("NAME", name),
            (Family::Ecma, Some(Form::Schema), _) => {
                format!("schema.parse({{ ...process.env, {name}: secrets.{name} }})")
            }
            (Family::Ecma, _, Reason::DynamicName) => "envOrSecrets[name]".to_owned(),
            (Family::Ecma, ..) => format!("secrets.{name}"),
            (Family::Python, Some(Form::CliOption), _) => {
                format!("default_factory=lambda: secrets.get(\"{name}\")")
            }
            (Family::Python, Some(Form::Settings), _) => {
                format!("Field(default_factory=lambda: secrets.get(\"{name}\"))")
            }
            (Family::Python, _, Reason::DynamicName) => "env_or_secrets.get(name)".to_owned(),
            (Family::Python, ..) => format!("secrets.get(\"{name}\")"),
            (Family::Rust, _, Reason::Framework) if option => {
                format!(
                    "settings.field = settings.field.or_else(|| crate::secrets::var(\"{name}\").ok());"
                )
            }
            (Family::Rust, _, Reason::DynamicName) => "crate::secrets::var(name)".to_owned(),
            (Family::Rust, ..) => format!("crate::secrets::var(\"{name}\")"),
        })
    }
}
