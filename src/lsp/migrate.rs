//! The move of one secret to the secret manager, planned for an editor: with the texts of open documents, and nothing
//! written.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::options;
use crate::backend::Through;
use crate::manifest;
use crate::rewrite::{self, Files, Program, plan};
use crate::workspace::{Disk, Loader, Scanned};

/// What has to be known to plan.
pub(super) struct Migration {
    /// The folder.
    pub(super) folder: u64,
    /// The generation of its texts.
    pub(super) generation: u64,
    pub(super) root: PathBuf,
    pub(super) loader: Arc<Loader>,
    pub(super) scanned: Scanned,
    /// Texts of open documents.
    pub(super) texts: BTreeMap<String, Vec<u8>>,
    pub(super) secret: String,
    pub(super) to: options::Migrate,
}

/// The files that change.
#[derive(Debug, Default)]
pub(super) struct Moved {
    /// By path: the text before, none for a new file, and after.
    pub(super) files: BTreeMap<String, (Option<Vec<u8>>, Vec<u8>)>,
}

/// Documents over the disk.
struct Overlay<'m> {
    texts: &'m BTreeMap<String, Vec<u8>>,
    disk: Disk,
}

impl Files for Overlay<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let held = self.texts.get(path).cloned();
        held.or_else(|| self.disk.read(path))
    }
}

impl Migration {
    /// Plans. The sentence tells why the secret cannot be moved.
    pub(super) fn run(self) -> Result<Moved, String> {
        let scanned = self.scanned.with(&self.texts);
        let report = scanned.clone().finish()?;
        let settings = self.loader.of(&self.root);
        let files = Overlay {
            texts: &self.texts,
            disk: Disk::new(&self.root, settings.settings.max_file_size),
        };
        let program = Program {
            findings: &report.findings,
            asking: &scanned.asking(),
            sources: &scanned.sources(),
            files: &files,
            settings: &settings.settings,
            judge: &|texts| Some(scanned.with(texts).finish().ok()?.findings),
        };
        let before = files.read(manifest::FILE);
        let earlier = before.as_deref().and_then(|text| manifest::read(text).ok());
        let (backend, place) = self.to.place(earlier.as_ref())?;
        let request = rewrite::Request {
            only: vec![self.secret.clone()],
            team: self.to.team.clone(),
            server: self.to.server.clone(),
            backend,
            place,
            through: earlier.map_or_else(Through::default, |earlier| earlier.client),
            switch: false,
            allow_unsafe: false,
        };
        let plan = plan(&program, &request);
        if plan.files.is_empty() {
            let mut reasons = plan.units.iter().filter_map(|unit| unit.reason);
            let why = reasons.next().map_or_else(
                || "it is read nowhere that can be rewritten".to_owned(),
                |reason| reason.advice().to_owned(),
            );
            return Err(format!("{} stays in the environment: {why}", self.secret));
        }
        let origin = manifest::Origin {
            plan: &plan,
            findings: &report.findings,
            request: &request,
            looked_at: &|secret, _| secret == self.secret,
        };
        let after = manifest::merged(before.as_deref(), &origin)
            .ok_or_else(|| format!("`{}` is no manifest of envacuate", manifest::FILE))?
            .into_bytes();
        let mut changed = plan.files;
        if before.as_ref() != Some(&after) {
            changed.insert(manifest::FILE.to_owned(), (before, after));
        }
        Ok(Moved { files: changed })
    }
}
