//! The manifest: which secrets to move where, for whom, and what is left to do by hand.
//!
//! JSON, version 1, sorted, without times, and without any trace of a value. Made from a plan and the findings, joined
//! with what stood in an earlier one. Used by `migrate`, `scrub` and `manifest`.

mod build;
mod copies;
mod differences;
mod merge;
mod read;
mod schema;
mod store;

use serde::{Deserialize, Serialize};

pub use build::{Namesakes, steps};
pub use copies::CopyKind;
pub use differences::differences;
pub use merge::merged;
pub use read::read;
pub use schema::schema;

use crate::backend::Through;
use crate::model::Finding;
use crate::rewrite::{Plan, Request};

/// Its name unless the user says another.
pub const FILE: &str = "envacuate.manifest.json";

/// Where editors find its schema.
pub const SCHEMA: &str =
    "https://raw.githubusercontent.com/envacuate/envacuate/main/docs/manifest.schema.json";

/// What a manifest is made from.
#[derive(Clone, Copy)]
pub struct Origin<'o> {
    /// What is moved, and what is not.
    pub plan: &'o Plan,
    /// All findings, for the copies in plain text.
    pub findings: &'o [Finding],
    /// What was asked for.
    pub request: &'o Request,
    /// Whether a secret was looked for in the file at a path. What was not looked at keeps what an earlier manifest says.
    pub looked_at: &'o dyn Fn(&str, &str) -> bool,
}

/// A manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Where editors find its schema.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// 1.
    pub version: u32,
    /// The secret manager.
    pub backend: String,
    /// What modules ask it with, where there is a choice.
    #[serde(default, skip_serializing_if = "Through::is_usual")]
    pub client: Through,
    /// Which mount, project, region or vault of it; empty where the environment of the program says it.
    pub mount: String,
    /// Whose secrets they are.
    pub team: String,
    /// By id.
    pub secrets: Vec<Secret>,
    /// What packages get that they did not need before, by file.
    pub packages: Vec<Package>,
    /// What is left to do whatever the secret.
    pub steps: Vec<String>,
    /// What may be done by whom, by name.
    pub policies: Vec<Policy>,
}

/// One secret of one package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// Address and package; stays the same as long as they do.
    pub id: String,
    /// The name of the variable.
    pub name: String,
    /// Id of the service that it opens.
    pub provider: Option<String>,
    /// The server that reads it.
    pub server: String,
    /// Whose it is.
    pub team: String,
    /// Directory of the package; empty for the working directory.
    pub package: String,
    /// The secret in the manager: below the mount, or its name.
    pub path: String,
    /// Key in the secret of that path; empty where the secret is one value.
    pub key: String,
    /// The secret as the manager's API names it.
    pub api_path: String,
    /// The same with the key, as Archestra wants it.
    pub reference: String,
    /// What to do with a value that is there already.
    pub strategy: Strategy,
    /// What became of it.
    pub status: Status,
    /// Whether a copy stood in plain text, so that the value must be taken for known. Never taken back by a run.
    pub rotate_after: bool,
    /// Who reads it, by place.
    pub readers: Vec<Reader>,
    /// Where its value stands in plain text, by place.
    pub copies: Vec<Copy>,
    /// What to do by hand.
    pub manual: Vec<Manual>,
    /// A command that puts its value where it belongs, and takes it from standard input.
    pub store: String,
    /// Who answers for it; filled in by people.
    pub owner: Option<String>,
    /// Anything; filled in by people.
    pub notes: Option<String>,
    /// Why it stays as it is; filled in by people.
    pub waived: Option<String>,
}

/// What to do with a value that is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// It is kept.
    #[default]
    CreateIfAbsent,
    /// Nothing is written.
    FailIfPresent,
    /// It is replaced.
    Overwrite,
}

/// What became of a secret, or of one read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Read from the secret manager.
    Rewritten,
    /// Still read from the environment.
    Manual,
}

/// One read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reader {
    /// Its file.
    pub path: String,
    /// Its line, from 1.
    pub line: usize,
    /// The shape of the read.
    pub form: Option<String>,
    /// `safe`, `unsafe` or `manual`.
    pub applicability: String,
    /// `live` or `on-restart`.
    pub rotation: String,
    /// What became of it.
    pub status: Status,
}

/// A copy in plain text. The value itself is not here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copy {
    /// Its file.
    pub path: String,
    /// Its line, from 1.
    pub line: usize,
    /// What kind of file it is.
    pub kind: CopyKind,
}

/// Something to do by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manual {
    /// The code of the reason.
    pub reason: String,
    /// Why, and what to do.
    pub advice: String,
    /// A line of code that shows how; nothing where there is none for the language.
    #[serde(default)]
    pub suggestion: Option<String>,
    /// The file where it is to be done.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
}

/// What a package gets that it did not need before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// The file that names what it needs; its directory where there is no such file.
    pub file: String,
    /// What was added there.
    pub add: Vec<String>,
    /// The command that installs it and makes the lock file fit.
    pub lock: String,
}

/// For whom a policy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    /// A server, which reads its own secret.
    Server,
    /// Whoever puts the values there.
    Push,
}

/// What may be done by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// For whom it is.
    #[serde(rename = "for")]
    pub holder: Holder,
    /// The language of its text: `hcl`, `iam`, or commands of `gcloud` or `az`.
    #[serde(default = "hcl")]
    pub language: String,
    /// Its text.
    #[serde(alias = "hcl")]
    pub text: String,
}

/// The only language of policies there once was.
fn hcl() -> String {
    "hcl".to_owned()
}

impl Manifest {
    /// The manifest as JSON with a line ending.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// The manifest of a plan, as JSON with a line ending.
pub fn json(origin: &Origin<'_>) -> String {
    build::build(origin).json()
}
