//! What a client sets, beside the settings files of the project.

use serde::Deserialize;
use serde_json::Value;

use crate::backend::{self, Backend, is_path};
use crate::manifest::Manifest;
use crate::text::show;

use super::server::unread;

/// The section of a client's settings that is ours.
pub(super) const SECTION: &str = "envacuate";

/// Which files findings are told of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Mode {
    /// Those that are open.
    OpenFiles,
    /// All files of the folders.
    #[default]
    Workspace,
}

/// What can be set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Options {
    /// Whether anything is done at all.
    pub(super) enable: bool,
    /// Whether notes are shown.
    pub(super) notes: bool,
    /// Whether fixes that could take away what a program needs are offered, one by one.
    pub(super) unsafe_fixes: bool,
    /// Which files findings are told of.
    pub(super) diagnostic_mode: Mode,
    /// A settings file in the place of those of the project.
    pub(super) configuration: Option<String>,
    /// Where secrets are moved to.
    pub(super) migrate: Migrate,
}

/// Where secrets are moved to, as the arguments of `envacuate migrate` say it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Migrate {
    /// Whose secrets they are.
    pub(super) team: String,
    /// The second part of every path; the name of the package if it is empty.
    pub(super) server: String,
    /// The secret manager; that of the manifest if it is empty, or else Vault.
    pub(super) backend: String,
    /// Which mount, region, project or vault of it; that of the manifest if it is empty, or else what is usual.
    pub(super) mount: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            enable: true,
            notes: true,
            unsafe_fixes: true,
            diagnostic_mode: Mode::default(),
            configuration: None,
            migrate: Migrate::default(),
        }
    }
}

impl Default for Migrate {
    fn default() -> Self {
        Self {
            team: "mcp".to_owned(),
            server: String::new(),
            backend: String::new(),
            mount: String::new(),
        }
    }
}

impl Options {
    /// Reads what a client sent: our section, or something that holds it under its name or under `settings`. What is not
    /// understood is told, and what is not set is as ever.
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let inner = value
            .get(SECTION)
            .or_else(|| value.get("settings"))
            .unwrap_or(value);
        if inner.is_null() {
            return Ok(Self::default());
        }
        let mut options = Self::deserialize(inner).map_err(|error| {
            let why = unread(&error);
            format!("the settings `{SECTION}` of the editor are not understood: {why}")
        })?;
        options.configuration = options.configuration.filter(|path| !path.is_empty());
        options.migrate.check()?;
        Ok(options)
    }
}

impl Migrate {
    /// What becomes part of a path in the secret manager, and of code, has to look like one, as for `migrate`.
    fn check(&self) -> Result<(), String> {
        for (key, name) in [("team", &self.team), ("server", &self.server)] {
            let may_be_empty = key == "server";
            if !(is_path(name) || may_be_empty && name.is_empty()) {
                return Err(format!(
                    "the setting `{SECTION}.migrate.{key}` of the editor is no name that a path can hold: use letters, digits, `-`, `_` and `.`, with `/` between parts"
                ));
            }
        }
        let known = backend::ALL.map(|backend| backend.id).join(", ");
        let chosen = Backend::find(&self.backend);
        if chosen.is_none() && !self.backend.is_empty() {
            return Err(format!(
                "the setting `{SECTION}.migrate.backend` of the editor is no secret manager: use one of {known}"
            ));
        }
        let takes = |backend: &&Backend| (backend.place.takes)(&self.mount);
        let fits = chosen.map_or_else(|| backend::ALL.iter().any(takes), |one| takes(&one));
        if !self.mount.is_empty() && !fits {
            return Err(format!(
                "the setting `{SECTION}.migrate.mount` of the editor is no mount, region, project or vault that there can be"
            ));
        }
        Ok(())
    }

    /// The secret manager, and which mount, region, project or vault of it: by the settings, and where they do not say it,
    /// by the manifest that is there.
    pub(super) fn place(
        &self,
        earlier: Option<&Manifest>,
    ) -> Result<(&'static Backend, String), String> {
        let known = earlier.and_then(|earlier| Backend::find(&earlier.backend));
        let backend = Backend::find(&self.backend).or(known).unwrap_or_default();
        if let Some(known) = known.filter(|known| *known != backend) {
            return Err(format!(
                "the manifest is one of {}, and the setting `{SECTION}.migrate.backend` says {}",
                known.title, backend.title
            ));
        }
        let place = match (self.mount.as_str(), earlier) {
            ("", Some(earlier)) => earlier.mount.clone(),
            ("", None) => backend.place.usual.to_owned(),
            (mount, _) => mount.to_owned(),
        };
        if !place.is_empty() && !(backend.place.takes)(&place) {
            return Err(format!(
                "`{}` is no {} that there can be",
                show(&place),
                backend.place.word
            ));
        }
        Ok((backend, place))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_set_is_as_ever() {
        let workspace = Options::read(&json!({"envacuate": {"notes": false, "configuration": ""}}));
        let expected = Options {
            notes: false,
            ..Options::default()
        };
        assert_eq!(workspace, Ok(expected));
        let open = Options::read(&json!({"diagnosticMode": "openFiles", "path": "x"})).unwrap();
        assert_eq!(open.diagnostic_mode, Mode::OpenFiles);
        assert_eq!(Options::read(&Value::Null), Ok(Options::default()));
        assert!(Options::read(&json!({"settings": {"enable": 3}})).is_err());
    }

    #[test]
    fn where_secrets_are_moved_to_is_a_path() {
        for (key, name) in [
            ("team", "a'; b"),
            ("mount", "a; b"),
            ("server", "../x"),
            ("backend", "a; b"),
        ] {
            let error = Options::read(&json!({"migrate": {key: name}})).unwrap_err();
            assert!(error.contains(key) && !error.contains("'; b"), "{error}");
        }
        assert!(Options::read(&json!({"migrate": {"team": "a/b", "server": ""}})).is_ok());
    }
}
