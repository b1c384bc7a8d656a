//! The set of files that a plan changes, the manifest among them, and their way to the disk.

use std::path::{Component, Path};

use super::verify::Verify;
use super::{Arguments, guard, stopped};
use crate::cli::fail::{Stop, say, stop};
use crate::manifest;
use crate::rewrite::{Files, Plan};
use crate::workspace::{Change, Disk, Site, Trouble, is_missing, listed};

/// In bytes; more is no manifest.
const MANIFEST_SIZE: u64 = 16 * 1024 * 1024;

/// The manifest on the disk and as it has to be.
pub(super) struct Manifest {
    /// Its path from the working directory.
    pub(super) path: String,
    pub(super) before: Option<Vec<u8>>,
    pub(super) after: Vec<u8>,
}

/// The manifest that is there and can be read.
pub(super) fn earlier(
    arguments: &Arguments,
    here: &Path,
) -> Result<Option<manifest::Manifest>, Stop> {
    let path = path(arguments, here)?;
    let text = Disk::new(here, MANIFEST_SIZE).read(&path);
    Ok(text.and_then(|text| manifest::read(&text).ok()))
}

fn path(arguments: &Arguments, here: &Path) -> Result<String, Stop> {
    match &arguments.manifest {
        Some(path) => below(path, here).map_err(|trouble| stopped(&trouble)),
        None => Ok(manifest::FILE.to_owned()),
    }
}

impl Manifest {
    pub(super) fn of(
        arguments: &Arguments,
        origin: &manifest::Origin<'_>,
        here: &Path,
    ) -> Result<Self, Stop> {
        let path = path(arguments, here)?;
        let before = Disk::new(here, MANIFEST_SIZE).read(&path);
        let is_unread = before.is_none() && !is_missing(&here.join(&path));
        let after = manifest::merged(before.as_deref(), origin).filter(|_| !is_unread);
        let after = after.ok_or_else(|| {
            stop(
                &format!("`{}` is no manifest of envacuate", crate::text::show(&path)),
                "name another file with `--manifest`, or move this one away",
            )
        })?;
        let after = after.into_bytes();
        Ok(Self {
            path,
            before,
            after,
        })
    }

    /// Whether it has to be written: it says something else, or there is something to say for the first time.
    pub(super) fn differs(&self, plan: &Plan) -> bool {
        match &self.before {
            Some(before) => *before != self.after,
            None => !plan.units.is_empty(),
        }
    }
}

/// Changes the files; whether the project has new errors by it.
pub(super) fn write(
    arguments: &Arguments,
    plan: &Plan,
    here: &Path,
    site: Option<Site>,
    manifest: &Manifest,
) -> Result<bool, Stop> {
    let mut changes: Vec<Change<'_>> = plan
        .files
        .iter()
        .map(|(path, (before, after))| Change {
            path,
            before: before.as_deref(),
            after,
            clean: false,
        })
        .collect();
    if manifest.differs(plan) {
        changes.retain(|change| change.path != manifest.path);
        changes.push(Change {
            path: &manifest.path,
            before: manifest.before.as_deref(),
            after: &manifest.after,
            clean: false,
        });
    }
    if changes.is_empty() {
        return Ok(false);
    }
    guard::check(arguments, here, site.as_ref(), &mut changes)?;
    let site = match site {
        Some(site) => site,
        None => Site::open(here).map_err(|trouble| stopped(&trouble))?,
    };
    site.clean();
    let verify = Verify::before(arguments, plan, here, &site);
    let pending = site.apply(&changes).map_err(|trouble| stopped(&trouble))?;
    let broken = verify.after();
    site.clean();
    if broken.is_empty() || arguments.keep_broken {
        pending.commit().map_err(|trouble| stopped(&trouble))?;
    } else {
        pending.undo().map_err(|trouble| stopped(&trouble))?;
        return Err(stop(
            &format!(
                "all files are as before, because {} found new errors:{}",
                verify.names(),
                listed(&broken)
            ),
            "move the other secrets with `--only`, or look at the errors with `--keep-broken`",
        ));
    }
    if !broken.is_empty() {
        say(&format!(
            "envacuate: {} found new errors:{}",
            verify.names(),
            listed(&broken)
        ));
    }
    say(&format!(
        "envacuate: the manifest is in {}; `envacuate migrate --rollback` takes all of it back",
        crate::text::show(&manifest.path)
    ));
    Ok(!broken.is_empty())
}

/// A path from the working directory, with `/`.
fn below(path: &Path, here: &Path) -> Result<String, Trouble> {
    let outside = || Trouble::Outside(path.to_string_lossy().into_owned());
    let path = path.strip_prefix(here).unwrap_or(path);
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(part) => parts.push(part.to_str().ok_or_else(outside)?),
            _ => return Err(outside()),
        }
    }
    Ok(parts.join("/"))
}
