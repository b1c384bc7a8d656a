//! What was taken out of config files, what stays and why, and what to rotate: for people, without any value.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;

use super::Options;
use super::plain::{YELLOW, count, paint, plain};
use crate::model::Tracking;
use crate::scrub::{Reason, Scrubbed};

/// What became of one file.
#[derive(Debug)]
pub struct ScrubbedFile {
    /// Its path.
    pub path: String,
    /// Its text as it was.
    pub before: Vec<u8>,
    /// What was taken out and what stays.
    pub scrubbed: Scrubbed,
    /// What git does with it.
    pub tracking: Tracking,
}

/// Writes what was taken out or would be, what stays, and what to rotate.
pub fn scrubbed(
    files: &[ScrubbedFile],
    is_written: bool,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut text = String::new();
    let (mut removed, mut changed, mut left) = (0, 0, 0);
    for file in files {
        let path = plain(&file.path);
        let verb = if is_written {
            "taken out of"
        } else {
            "goes from"
        };
        for one in &file.scrubbed.removed {
            let (name, line) = (plain(&one.name), one.line);
            line_of(&mut text, &format!("  {name}  {verb} {path}:{line}"));
        }
        for one in &file.scrubbed.left {
            let head = paint(&format!("stays[{}]", one.reason.as_str()), YELLOW, options);
            let (name, line) = (plain(&one.name), one.line);
            line_of(
                &mut text,
                &format!("  {name}  {head} {path}:{line}: {}", one.reason.advice()),
            );
        }
        removed += file.scrubbed.removed.len();
        left += file.scrubbed.left.len();
        changed += usize::from(!file.scrubbed.removed.is_empty());
    }
    rotate(files, &mut text);
    let verb = if is_written { "taken" } else { "to take" };
    line_of(
        &mut text,
        &format!(
            "{} {verb} out of {}, {left} left",
            count(removed, "value"),
            count(changed, "file")
        ),
    );
    out.write_all(text.as_bytes())
}

fn line_of(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a String takes everything");
}

/// All that stood in plain text is known to whoever saw the file, whether it was taken out or not.
fn rotate(files: &[ScrubbedFile], text: &mut String) {
    let mut secrets: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in files {
        let removed = file.scrubbed.removed.iter().map(|one| &one.name);
        let is_copy = |reason: Reason| !matches!(reason, Reason::NotUnderstood);
        let left = file.scrubbed.left.iter().filter(|one| is_copy(one.reason));
        let place = match file.tracking {
            Tracking::Tracked => format!("{}, which git keeps in its history", plain(&file.path)),
            Tracking::Unknown => format!(
                "{}, which git keeps in its history if it has the file",
                plain(&file.path)
            ),
            Tracking::Untracked | Tracking::NoGit => plain(&file.path),
        };
        for name in removed.chain(left.map(|one| &one.name)) {
            let places = secrets.entry(name.as_str()).or_default();
            if !places.contains(&place) {
                places.push(place.clone());
            }
        }
    }
    if secrets.is_empty() {
        return;
    }
    line_of(text, "rotate, for it stood in plain text:");
    for (name, places) in secrets {
        line_of(
            text,
            &format!("  {}  in {}", plain(name), places.join("; in ")),
        );
    }
}
