//! The formats of config files: one file each, one table, and which file is which by its path.
//!
//! Looks at paths and texts only. Used by the config module and by whoever asks whether a file is configuration.

mod docker;
mod dotenv;
mod ini;
mod json;
mod lines;
mod netrc;
mod pem;
mod relaxed;
mod shell;
mod toml;
mod yaml;

pub use yaml::has_anchors;

use std::borrow::Cow;

use super::node::Entries;

/// How a config file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `NAME=value` lines in any of the dotenv dialects.
    Dotenv,
    /// JSON with or without comments.
    Json,
    /// YAML, several documents included.
    Yaml,
    /// TOML.
    Toml,
    /// Sections with `key = value` lines: INI, properties, npmrc, pypirc, tfvars.
    Ini,
    /// Machines with logins and passwords.
    Netrc,
    /// Dockerfile or Containerfile.
    Docker,
    /// A key in PEM armour.
    Pem,
    /// A script for a shell.
    Shell,
}

/// Files of the formats that data comes in are configuration up to this size, in bytes.
const LARGEST: u64 = 256 * 1024;

impl Format {
    /// How large a file may be and still be configuration; nothing where the name alone says it is.
    pub fn largest(self) -> Option<u64> {
        matches!(self, Self::Json | Self::Yaml | Self::Toml).then_some(LARGEST)
    }
}

/// What a format is.
struct Spec {
    format: Format,
    /// Whole file names, in lower case.
    names: &'static [&'static str],
    /// Starts of file names, in lower case.
    starts: &'static [&'static str],
    /// Ends of file names, in lower case.
    ends: &'static [&'static str],
    read: fn(&str) -> Entries<'_>,
}

/// A part of a file name by which a config file is known, in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamePart {
    /// It is the name.
    Whole(&'static str),
    /// The name starts with it.
    Start(&'static str),
    /// The name ends with it.
    End(&'static str),
    /// What may follow any of the others, in a file that is there to be copied.
    Template(&'static str),
}

/// Every format; where two could claim a file, the first does.
static ALL: &[&Spec] = &[
    &docker::SPEC,
    &dotenv::SPEC,
    &netrc::SPEC,
    &json::SPEC,
    &yaml::SPEC,
    &toml::SPEC,
    &ini::SPEC,
    &pem::SPEC,
    &shell::SPEC,
];

/// Files that are no configuration of a program whatever their ending says, in lower case.
static NOT_CONFIG: &[&str] = &[
    ".gitlab-ci.yaml",
    ".gitlab-ci.yml",
    "azure-pipelines.yml",
    "cargo.lock",
    "cargo.toml",
    "composer.json",
    "deno.lock",
    "jsconfig.json",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "package.json",
    "pnpm-lock.yaml",
];

/// Folders whose files are no configuration of a program: pipelines, and texts that people read.
static NOT_CONFIG_FOLDERS: &[&str] = &[
    ".circleci",
    ".github",
    "_locales",
    "i18n",
    "lang",
    "langs",
    "locale",
    "locales",
    "node_modules",
    "translations",
];

/// Endings that say a file is there to be copied and filled in, in lower case.
static TEMPLATE_ENDS: &[&str] = &[
    "-example",
    "-sample",
    "-template",
    ".default",
    ".defaults",
    ".dist",
    ".example",
    ".j2",
    ".sample",
    ".template",
    ".tmpl",
    ".tpl",
    "_example",
];

/// All parts of names, for those who choose files before envacuate is started, as commit hooks do. Some files that have
/// one are no configuration all the same.
pub fn name_parts() -> Vec<NamePart> {
    let specs = ALL.iter().flat_map(|spec| {
        let names = spec.names.iter().map(|name| NamePart::Whole(name));
        let starts = spec.starts.iter().map(|start| NamePart::Start(start));
        let ends = spec.ends.iter().map(|end| NamePart::End(end));
        names.chain(starts).chain(ends)
    });
    let templates = TEMPLATE_ENDS.iter().map(|end| NamePart::Template(end));
    specs.chain(templates).collect()
}

/// The format of a file by its path; nothing for a file that is not read as configuration.
pub fn classify(path: &str) -> Option<Format> {
    let path = in_lower_case(path);
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let name = without_template_end(name);
    let spec = ALL.iter().find(|spec| {
        spec.ends.iter().any(|end| name.ends_with(end))
            || spec.names.contains(&name)
            || spec.starts.iter().any(|start| name.starts_with(start))
    })?;
    if folders
        .split('/')
        .any(|folder| NOT_CONFIG_FOLDERS.contains(&folder))
    {
        return None;
    }
    let is_schema = name.ends_with(".schema.json") || name.starts_with("tsconfig");
    if NOT_CONFIG.contains(&name) || is_schema {
        return None;
    }
    Some(spec.format)
}

/// A path in lower case, with slashes.
pub(super) fn in_lower_case(path: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| !byte.is_ascii_uppercase() && byte != b'\\';
    if path.bytes().all(is_plain) {
        Cow::Borrowed(path)
    } else {
        Cow::Owned(path.to_ascii_lowercase().replace('\\', "/"))
    }
}

/// Whether a file is there to be copied and filled in, as `.env.example` is.
pub fn is_template(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let name = path.rsplit(['/', '\\']).next().unwrap_or(&path);
    let is_word = |word: &str| {
        matches!(
            word,
            "defaults"
                | "dist"
                | "example"
                | "examples"
                | "sample"
                | "samples"
                | "template"
                | "tmpl"
        )
    };
    without_template_end(name).len() < name.len() || name.split(['.', '-', '_']).any(is_word)
}

fn without_template_end(name: &str) -> &str {
    TEMPLATE_ENDS
        .iter()
        .filter_map(|end| name.strip_suffix(end))
        .find(|rest| !rest.is_empty())
        .unwrap_or(name)
}

/// Reads a text. Always ends with what could be read, and says what could not.
pub fn read(format: Format, text: &str) -> Entries<'_> {
    let spec = ALL
        .iter()
        .find(|spec| spec.format == format)
        .unwrap_or(&ALL[0]);
    Entries::of(text, spec.read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_lower_case() {
        for list in [NOT_CONFIG, NOT_CONFIG_FOLDERS, TEMPLATE_ENDS] {
            assert!(list.is_sorted());
        }
        for spec in ALL {
            for name in spec.names.iter().chain(spec.starts).chain(spec.ends) {
                assert_eq!(*name, name.to_ascii_lowercase());
            }
        }
    }

    #[test]
    fn paths_tell_the_format() {
        for (path, format) in [
            (".cursor/mcp.json", Format::Json),
            (".mcp.json.example", Format::Json),
            ("claude_desktop_config.windows.json", Format::Json),
            ("elastic-mcp.json5", Format::Json),
            (".zed/settings.json", Format::Json),
            ("code.code-workspace", Format::Json),
            (".env", Format::Dotenv),
            (".env-example", Format::Dotenv),
            (".env.production.local", Format::Dotenv),
            ("docker/prod.env", Format::Dotenv),
            (".envrc", Format::Dotenv),
            (".dev.vars", Format::Dotenv),
            ("env.example", Format::Dotenv),
            ("compose.yaml", Format::Yaml),
            ("secrets.enc.yml", Format::Yaml),
            ("Chart/templates/secret.yaml", Format::Yaml),
            (".codex/config.toml", Format::Toml),
            (".npmrc", Format::Ini),
            (".pypirc", Format::Ini),
            ("terraform.tfvars", Format::Ini),
            ("application.properties", Format::Ini),
            (".netrc", Format::Netrc),
            (".aws/credentials", Format::Ini),
            ("Dockerfile", Format::Docker),
            ("Dockerfile.dev", Format::Docker),
            ("api.dockerfile", Format::Docker),
            ("Containerfile", Format::Docker),
            ("certs/server.pem", Format::Pem),
            ("id_rsa", Format::Pem),
            ("deploy/start.sh", Format::Shell),
        ] {
            assert_eq!(classify(path), Some(format), "{path}");
        }
        for path in [
            "package.json",
            "a/package-lock.json",
            "tsconfig.build.json",
            ".github/workflows/ci.yml",
            "src/locales/de.json",
            "Cargo.lock",
            "uv.lock",
            "src/index.ts",
            "README.md",
            "env.ts",
            ".envacuateignore",
            "mcp.schema.json",
        ] {
            assert_eq!(classify(path), None, "{path}");
        }
    }

    #[test]
    fn templates_are_known() {
        for path in [
            ".env.example",
            "a/.env-sample",
            "config.example.yaml",
            "values.yaml.tmpl",
            "example.env",
        ] {
            assert!(is_template(path), "{path}");
        }
        for path in [".env", "examples/.env", "temples.yaml", "distance.json"] {
            assert!(!is_template(path), "{path}");
        }
    }
}
