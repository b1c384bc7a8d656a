//! One file of a set: what it is now, its next text beside it, and the step from one to the other.

use std::fs::{self, Permissions};
use std::io;
use std::path::Path;

use crate::journal::{Entry, State};
use crate::workspace::open::{Links, read_into};
use crate::workspace::write;

/// Which text a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Now {
    /// The one before the change.
    Old,
    /// The one after it.
    New,
    /// Neither.
    Other,
}

/// The text of a regular file of at most so many bytes.
pub(super) fn read(place: &Path, most: u64) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    read_into(place, Links::Refuse, most, &mut text).ok()?;
    Some(text)
}

/// Whether a file has a text; nothing is the text of a file that is not there.
pub(super) fn has(place: &Path, text: Option<&[u8]>) -> bool {
    match text {
        Some(text) => read(place, text.len() as u64).is_some_and(|now| now == text),
        None => is_free(place),
    }
}

pub(super) fn now(place: &Path, entry: &Entry) -> Now {
    if is_free(place) {
        return match entry.before {
            None => Now::Old,
            Some(_) => Now::Other,
        };
    }
    let before = entry.before.as_ref();
    let longest = before.map_or(0, |state| state.bytes).max(entry.after.bytes);
    let Some(state) = read(place, longest).map(|text| State::of(&text)) else {
        return Now::Other;
    };
    if state == entry.after {
        Now::New
    } else if Some(&state) == before {
        Now::Old
    } else {
        Now::Other
    }
}

/// Whether nothing stands at a place, not even a link that leads nowhere.
fn is_free(place: &Path) -> bool {
    matches!(fs::symlink_metadata(place), Err(error) if error.kind() == io::ErrorKind::NotFound)
}

/// Writes a text into a new file that will take the place of `target`, with its mode.
pub(super) fn fill(beside: &Path, target: &Path, text: &[u8]) -> io::Result<()> {
    discard(beside)?;
    let mode: Option<Permissions> = fs::symlink_metadata(target)
        .ok()
        .map(|metadata| metadata.permissions());
    let file = write::create(beside, mode.is_some())?;
    write::fill(file, text, mode)
}

pub(super) fn rename(beside: &Path, target: &Path) -> io::Result<()> {
    fs::rename(beside, target)
}

/// Removes a file that may be there.
pub(super) fn discard(place: &Path) -> io::Result<()> {
    match fs::remove_file(place) {
        Err(error)
            if !matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Err(error)
        }
        _ => Ok(()),
    }
}

pub(super) fn make_directory(place: &Path) -> io::Result<()> {
    match fs::create_dir(place) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && place.is_dir() => Ok(()),
        made => made,
    }
}

/// Removes a directory, unless something is in it by now.
pub(super) fn remove_if_empty(place: &Path) {
    let _ = fs::remove_dir(place);
}
