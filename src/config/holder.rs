//! Which files hold commands, and whether such a file is worth a reading.
//!
//! Paths and bytes only. Used by the module and by the judgement of commands.

use memchr::memmem;

use super::format::{self, Format};

/// How a file holds commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// It is a script.
    Script,
    /// `package.json`: its `scripts`.
    Package,
    /// Dockerfile.
    Docker,
    /// A compose file or a manifest of Kubernetes.
    Services,
    /// A pipeline: the commands of its steps.
    Pipeline,
    /// A unit of systemd.
    Unit,
}

/// Folders of pipelines.
const PIPELINE_FOLDERS: &[&str] = &[".github/workflows", ".circleci", ".buildkite"];

/// Files of pipelines, in lower case.
const PIPELINES: &[&str] = &[
    ".travis.yml",
    "action.yaml",
    "action.yml",
    "bitbucket-pipelines.yml",
    "cloudbuild.yaml",
];

/// Parts of what switches a report or a dump on.
const SWITCHES: &[&str] = &[
    "--abort",
    "--heapsnapshot",
    "report-",
    "suid_dumpable",
    "ulimit",
    "prlimit",
    "LimitCORE",
];

/// Programs that show the environment, as whole words.
const SHOWING: &[&str] = &[
    "env", "printenv", "set", "export", "declare", "typeset", "environ",
];

/// Keys without which a YAML file starts no program.
const STARTING: &[&str] = &[
    "services",
    "containers",
    "initContainers",
    "NODE_OPTIONS",
    "ulimits",
];

/// How the file at a path holds commands; nothing for one that holds none.
pub(super) fn holder(path: &str) -> Option<Holder> {
    let path = format::in_lower_case(path);
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    match end {
        "sh" | "bash" | "zsh" | "ksh" | "envrc" => return Some(Holder::Script),
        "service" => return Some(Holder::Unit),
        "yml" | "yaml" => {}
        _ if matches!(name, "entrypoint" | "docker-entrypoint") => return Some(Holder::Script),
        _ if name == "package.json" => return Some(Holder::Package),
        _ if format::classify(name) == Some(Format::Docker) => return Some(Holder::Docker),
        _ => return None,
    }
    let is_in = |wanted: &&str| {
        let above = folders.strip_suffix(wanted);
        above.is_some_and(|above| above.is_empty() || above.ends_with('/'))
    };
    let is_pipeline = PIPELINE_FOLDERS.iter().any(is_in)
        || PIPELINES.contains(&name)
        || name.starts_with(".gitlab-ci")
        || name.starts_with("azure-pipelines");
    Some(if is_pipeline {
        Holder::Pipeline
    } else {
        Holder::Services
    })
}

impl Holder {
    /// The format that the file around the commands is written in; nothing for what is no more than commands.
    pub(super) fn format(self) -> Option<Format> {
        match self {
            Self::Script => None,
            Self::Package => Some(Format::Json),
            Self::Docker => Some(Format::Docker),
            Self::Services | Self::Pipeline => Some(Format::Yaml),
            Self::Unit => Some(Format::Ini),
        }
    }

    /// Whether a text can hold a command that shows the environment or has it written; yes in doubt.
    pub(super) fn may_show(self, text: &[u8]) -> bool {
        let has = |part: &&str| memmem::find(text, part.as_bytes()).is_some();
        if self == Self::Services && !STARTING.iter().any(has) {
            return false;
        }
        // `ulimits: {core: -1}` holds `ulimit`.
        SWITCHES.iter().any(has)
            || self != Self::Package && SHOWING.iter().any(|word| has_word(text, word.as_bytes()))
    }
}

/// Whether a text holds a whole word that is no key.
fn has_word(text: &[u8], word: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    memmem::find_iter(text, word).any(|at| {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        let behind = text.get(at + word.len());
        !before.is_some_and(is_part) && !behind.is_some_and(|byte| is_part(byte) || *byte == b':')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_who_holds_commands() {
        use Holder::{Docker, Package, Pipeline, Script, Services, Unit};
        for (path, expected) in [
            ("a/start.sh", Some(Script)),
            ("docker-entrypoint", Some(Script)),
            (".envrc", Some(Script)),
            ("package.json", Some(Package)),
            ("Dockerfile.dev", Some(Docker)),
            ("compose.yaml", Some(Services)),
            (".github/workflows/ci.yml", Some(Pipeline)),
            ("x\\.github\\workflows\\ci.yml", Some(Pipeline)),
            ("x.github/workflows/ci.yml", Some(Services)),
            (".gitlab-ci.yml", Some(Pipeline)),
            ("server.service", Some(Unit)),
            ("package-lock.json", None),
            ("src/index.ts", None),
        ] {
            assert_eq!(holder(path), expected, "{path}");
        }
    }

    #[test]
    fn most_files_need_no_reading() {
        for (holder, text) in [
            (Holder::Script, "npm ci\nnode environment.js # reset\n"),
            (Holder::Package, r#"{"scripts": {"env": "env"}}"#),
            (Holder::Services, "name: env\nset: ulimit\n"),
            (Holder::Pipeline, "env:\n  A: 1\nrun: npm run test-env\n"),
        ] {
            assert!(!holder.may_show(text.as_bytes()), "{text}");
        }
        for (holder, text) in [
            (Holder::Script, "env\n"),
            (Holder::Script, "/usr/bin/printenv|sort"),
            (
                Holder::Package,
                r#"{"scripts": {"a": "node --report-on-signal"}}"#,
            ),
            (Holder::Services, "services: {a: {command: env}}"),
            (Holder::Pipeline, "run: ulimit -c unlimited\n"),
        ] {
            assert!(holder.may_show(text.as_bytes()), "{text}");
        }
    }
}
