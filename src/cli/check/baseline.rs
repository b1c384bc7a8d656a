//! The baseline: findings that are known and do not count.

use std::path::{Path, PathBuf};

use super::{Arguments, cannot_write};
use crate::baseline::{apply as silence, parse, render};
use crate::cli::fail::{Stop, say, stop};
use crate::model::Report;
use crate::settings::Framed;
use crate::workspace::{Effective, read_whole, shown, write_atomic};

/// Where a baseline is written when nobody says where.
const NAME: &str = "envacuate-baseline.json";

/// A baseline is a line a finding; no tree needs more, in bytes.
const CAP: u64 = 64 * 1024 * 1024;

/// Silences what the baseline knows, or writes a new one and then silences that.
pub(super) fn apply(
    arguments: &Arguments,
    root: &Effective,
    here: &Path,
    report: &mut Report,
) -> Result<(), Stop> {
    let of_settings = || {
        root.settings
            .baseline
            .as_ref()
            .map(|path| root.root().join(path))
    };
    let given = arguments.baseline.clone().or_else(of_settings);
    let text = match &arguments.write_baseline {
        Some(target) => {
            let path = target
                .clone()
                .or(given)
                .unwrap_or_else(|| PathBuf::from(NAME));
            let text = render(report);
            write_atomic(&path, text.as_bytes())
                .map_err(|error| cannot_write("baseline", &path, &error))?;
            if !arguments.quiet {
                say(&format!(
                    "envacuate: wrote the baseline {}",
                    shown(&path, here)
                ));
            }
            (path, text)
        }
        None => match given {
            Some(path) => {
                let text = read(&path, here)?;
                (path, text)
            }
            None => return Ok(()),
        },
    };
    let (path, text) = text;
    let name = shown(&path, here);
    let baseline =
        parse(&text).map_err(|error| Stop::Error(Framed::new(error, &name, &text).into()))?;
    let used = silence(&baseline, report);
    // What is not staged may still be found.
    if !used.stale.is_empty() && !arguments.quiet && !arguments.staged {
        let count: usize = used.stale.iter().map(|entry| entry.count).sum();
        say(&format!(
            "envacuate: {count} in the baseline {name} {} no longer found; `--write-baseline` removes them",
            if count == 1 { "is" } else { "are" }
        ));
    }
    Ok(())
}

/// Silences what the baseline knows, and says nothing.
pub(super) fn silencer(
    arguments: &Arguments,
    root: &Effective,
    here: &Path,
) -> Result<impl Fn(&mut Report) + use<>, Stop> {
    let of_settings = || {
        root.settings
            .baseline
            .as_ref()
            .map(|path| root.root().join(path))
    };
    let baseline = match arguments.baseline.clone().or_else(of_settings) {
        Some(path) => {
            let text = read(&path, here)?;
            let name = shown(&path, here);
            let known = parse(&text)
                .map_err(|error| Stop::Error(Framed::new(error, &name, &text).into()))?;
            Some(known)
        }
        None => None,
    };
    Ok(move |report: &mut Report| {
        if let Some(baseline) = &baseline {
            silence(baseline, report);
        }
    })
}

fn read(path: &Path, here: &Path) -> Result<String, Stop> {
    let unusable = |why: &str| {
        stop(
            &format!("the baseline `{}` cannot be used: {why}", shown(path, here)),
            "write it with `--write-baseline`, or correct the path",
        )
    };
    let bytes = read_whole(path, CAP).map_err(|failure| unusable(&failure.message))?;
    String::from_utf8(bytes).map_err(|_| unusable("the file is not UTF-8"))
}
