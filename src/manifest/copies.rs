//! Where the value of a secret stands in plain text, from the findings: places and kinds of files, never a value.

use serde::{Deserialize, Serialize};

use super::{Copy, Origin};
use crate::config::{Format, classify};
use crate::model::Finding;
use crate::rules::{Part, Rule};

/// What kind of file holds a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyKind {
    /// The configuration of an MCP client.
    ClientConfig,
    /// A compose file.
    Compose,
    /// Any other config file.
    ConfigFile,
    /// A Dockerfile.
    Dockerfile,
    /// A dotenv file.
    Dotenv,
    /// A script for a shell.
    Script,
    /// Source code.
    Source,
}

/// Parts of the names of files that MCP clients are configured with, in lower case.
const CLIENT_CONFIGS: &[&str] = &["mcp", "claude", "cursor", "windsurf"];

impl CopyKind {
    /// All kinds, by word.
    pub const ALL: [Self; 7] = [
        Self::ClientConfig,
        Self::Compose,
        Self::ConfigFile,
        Self::Dockerfile,
        Self::Dotenv,
        Self::Script,
        Self::Source,
    ];

    /// The kind of the file at a path.
    pub fn of(path: &str) -> Self {
        let path = path.to_ascii_lowercase();
        let mut parts = path.rsplit('/');
        let name = parts.next().unwrap_or_default();
        let folder = parts.next().unwrap_or_default();
        match classify(&path) {
            None => Self::Source,
            Some(Format::Dotenv) => Self::Dotenv,
            Some(Format::Docker) => Self::Dockerfile,
            Some(Format::Shell) => Self::Script,
            Some(Format::Yaml) if name.contains("compose") => Self::Compose,
            Some(Format::Json | Format::Toml | Format::Yaml) => {
                let is_client = |part: &&str| name.contains(part);
                if CLIENT_CONFIGS.iter().any(is_client) || folder == ".codex" {
                    Self::ClientConfig
                } else {
                    Self::ConfigFile
                }
            }
            Some(Format::Ini | Format::Netrc | Format::Pem) => Self::ConfigFile,
        }
    }

    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientConfig => "client-config",
            Self::Compose => "compose",
            Self::ConfigFile => "config-file",
            Self::Dockerfile => "dockerfile",
            Self::Dotenv => "dotenv",
            Self::Script => "script",
            Self::Source => "source",
        }
    }
}

/// The copies of a secret that findings tell of, silenced ones included: what is accepted is there all the same.
pub(super) fn copies(name: &str, origin: &Origin<'_>) -> Vec<Copy> {
    let is_copy = |finding: &&Finding| {
        finding.secret.as_deref() == Some(name) && Rule::part_of(finding.rule) == Some(Part::Copy)
    };
    let copy = |finding: &Finding| Copy {
        path: finding.location.path.clone(),
        line: origin.plan.line(&finding.location),
        kind: CopyKind::of(&finding.location.path),
    };
    let mut copies: Vec<Copy> = origin.findings.iter().filter(is_copy).map(copy).collect();
    copies.sort();
    copies.dedup();
    copies
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_the_path() {
        for (path, kind) in [
            (".cursor/mcp.json", CopyKind::ClientConfig),
            ("claude_desktop_config.json", CopyKind::ClientConfig),
            (".codex/config.toml", CopyKind::ClientConfig),
            ("docker-compose.prod.yml", CopyKind::Compose),
            ("config/app.yaml", CopyKind::ConfigFile),
            (".npmrc", CopyKind::ConfigFile),
            ("Dockerfile.dev", CopyKind::Dockerfile),
            ("a/.env.local", CopyKind::Dotenv),
            ("start.sh", CopyKind::Script),
            ("src/index.ts", CopyKind::Source),
        ] {
            assert_eq!(CopyKind::of(path), kind, "{path}");
        }
    }

    #[test]
    fn words_are_those_of_the_file() {
        for kind in CopyKind::ALL {
            let word = serde_json::to_value(kind).unwrap();
            assert_eq!(word, kind.as_str());
        }
        assert!(CopyKind::ALL.is_sorted_by_key(|kind| kind.as_str()));
    }
}
