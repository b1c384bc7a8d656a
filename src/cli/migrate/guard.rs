//! What has to hold before files are changed: version control has them as they are, or the user does not mind.

use std::path::Path;

use super::{Arguments, stopped};
use crate::cli::fail::{Stop, stop};
use crate::workspace::{Change, NoAnswer, Site, Standing, listed, standings};

/// Refuses what is not allowed, and notes which files version control has as they are.
pub(super) fn check(
    arguments: &Arguments,
    here: &Path,
    site: Option<&Site>,
    changes: &mut [Change<'_>],
) -> Result<(), Stop> {
    let paths: Vec<&str> = changes.iter().map(|change| change.path).collect();
    let found = match standings(here, &paths) {
        Ok(found) => found,
        Err(_) if arguments.allow_no_vcs => return Ok(()),
        Err(NoAnswer::Missing) => {
            return Err(stop(
                "git is not there to say whether the files have changes that are not committed, and nothing was written",
                "install git, or pass `--allow-no-vcs`",
            ));
        }
        Err(NoAnswer::Failed(why)) => {
            return Err(stop(
                &format!(
                    "git did not say what it has of the files, and nothing was written: {why}"
                ),
                "see what `git status` says, or pass `--allow-no-vcs`",
            ));
        }
    };
    let last = match site {
        Some(site) => site.last().map_err(|trouble| stopped(&trouble))?,
        None => None,
    };
    let is_own = |path: &str| match (site, &last) {
        (Some(site), Some(last)) => site.is_own(last, path),
        _ => false,
    };
    let (mut alone, mut dirty, mut staged) = (Vec::new(), Vec::new(), Vec::new());
    for (change, standing) in changes.iter_mut().zip(found) {
        let is_open = matches!(
            standing,
            Standing::Staged | Standing::Modified | Standing::Untracked
        );
        change.clean = standing == Standing::Clean || is_open && is_own(change.path);
        if change.clean {
            continue;
        }
        match standing {
            Standing::Clean => {}
            Standing::Alone => alone.push(change.path.to_owned()),
            Standing::Staged => staged.push(change.path.to_owned()),
            Standing::Modified | Standing::Untracked => dirty.push(change.path.to_owned()),
        }
    }
    if !alone.is_empty() && !arguments.allow_no_vcs {
        return Err(stop(
            &format!(
                "nothing was written, because no git repository holds these files:{}",
                listed(&alone)
            ),
            "put them under version control first, or pass `--allow-no-vcs`",
        ));
    }
    if !dirty.is_empty() && !arguments.allow_dirty {
        dirty.append(&mut staged);
        return Err(stop(
            &format!(
                "nothing was written, because these files have changes that are not committed:{}",
                listed(&dirty)
            ),
            "commit or stash them first, or pass `--allow-dirty`",
        ));
    }
    if !staged.is_empty() && !arguments.allow_staged && !arguments.allow_dirty {
        return Err(stop(
            &format!(
                "nothing was written, because these files have changes that are staged and not committed:{}",
                listed(&staged)
            ),
            "commit or stash them first, or pass `--allow-staged`",
        ));
    }
    Ok(())
}
