//! Opening and reading files that a stranger may have put there.
//!
//! Nothing but a regular file is read, links are followed only on request, and no read goes past its cap.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use crate::model::ProblemKind;

/// Why a file could not be read; never holds any of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What to file it under.
    pub kind: ProblemKind,
    /// One sentence.
    pub message: String,
    /// Whether there is no such file.
    pub missing: bool,
}

impl Failure {
    pub(super) fn unreadable(what: &str) -> Self {
        Self {
            kind: ProblemKind::Unreadable,
            message: what.to_owned(),
            missing: false,
        }
    }

    pub(super) fn internal(message: String) -> Self {
        Self {
            kind: ProblemKind::Internal,
            message,
            missing: false,
        }
    }

    pub(super) fn io(error: &io::Error) -> Self {
        // A link where none was expected; std has no stable name for it.
        #[cfg(unix)]
        if error.raw_os_error() == Some(libc::ELOOP) {
            return Self::unreadable("the file is a symbolic link, which is not followed");
        }
        Self {
            missing: error.kind() == io::ErrorKind::NotFound,
            ..Self::unreadable(&format!("the file cannot be read: {}", error.kind()))
        }
    }

    pub(super) fn too_large(cap: u64) -> Self {
        Self {
            kind: ProblemKind::TooLarge,
            message: format!("the file is larger than {cap} bytes and was not read"),
            missing: false,
        }
    }
}

/// How much is made room for at once when a file is longer than it says, in bytes.
const GROWTH: usize = 64 * 1024;

/// Whether a link at the end of a path is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    /// Yes: the user named this very path.
    Follow,
    /// No: the path was found in the tree.
    Refuse,
}

fn open(path: &Path, links: Links) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A pipe must not block, a terminal must not become ours.
        let mut flags = libc::O_NONBLOCK | libc::O_NOCTTY;
        if links == Links::Refuse {
            flags |= libc::O_NOFOLLOW;
        }
        options.custom_flags(flags);
    }
    #[cfg(not(unix))]
    if links == Links::Refuse && std::fs::symlink_metadata(path)?.is_symlink() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    options.open(path)
}

/// Reads a regular file of at most `cap` bytes into `buffer`, whose former content is lost.
pub(super) fn read_into(
    path: &Path,
    links: Links,
    cap: u64,
    buffer: &mut Vec<u8>,
) -> Result<(), Failure> {
    let length = read_over(path, links, cap, buffer);
    buffer.truncate(*length.as_ref().unwrap_or(&0));
    length.map(|_| ())
}

/// Reads a regular file of at most `cap` bytes over the start of `buffer`, which only grows; how many bytes it has.
pub(super) fn read_over(
    path: &Path,
    links: Links,
    cap: u64,
    buffer: &mut Vec<u8>,
) -> Result<usize, Failure> {
    let mut file = open(path, links).map_err(|error| Failure::io(&error))?;
    let metadata = file.metadata().map_err(|error| Failure::io(&error))?;
    if !metadata.is_file() {
        return Err(Failure::unreadable(what_it_is(&metadata)));
    }
    if metadata.len() > cap {
        return Err(Failure::too_large(cap));
    }
    let expected = usize::try_from(metadata.len()).unwrap_or(0);
    if buffer.len() <= expected {
        buffer.resize(expected + 1, 0);
    }
    let mut length = 0;
    loop {
        if length == buffer.len() {
            buffer.resize(length + GROWTH, 0);
        }
        match file.read(&mut buffer[length..]) {
            Ok(0) => return Ok(length),
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure::io(&error)),
        }
        if length as u64 > cap {
            return Err(Failure::too_large(cap));
        }
        // There was room for more: this is the end, as long as the file does not grow.
        if length == expected && length < buffer.len() {
            return Ok(length);
        }
    }
}

/// Reads a regular file of at most `cap` bytes, a link followed.
pub fn read_whole(path: &Path, cap: u64) -> Result<Vec<u8>, Failure> {
    let mut buffer = Vec::new();
    // Looked at first: opening a device can already do something.
    let metadata = std::fs::metadata(path).map_err(|error| Failure::io(&error))?;
    if !metadata.is_file() {
        return Err(Failure::unreadable(what_it_is(&metadata)));
    }
    read_into(path, Links::Follow, cap, &mut buffer)?;
    Ok(buffer)
}

/// What stands in a directory, sorted; nothing where it cannot be read.
pub fn files_in(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort_unstable();
    paths
}

/// Whether nothing stands at a path, a link followed.
pub fn is_missing(path: &Path) -> bool {
    matches!(path.try_exists(), Ok(false))
}

/// The absolute form of a path without links and `..`; `None` when nothing stands there.
pub fn canonical(path: &Path) -> Option<std::path::PathBuf> {
    std::fs::canonicalize(path).ok()
}

/// Reads all of standard input, at most `cap` bytes.
pub fn read_stdin(cap: u64) -> Result<Vec<u8>, Failure> {
    let mut buffer = Vec::new();
    read_capped(io::stdin().lock(), cap, &mut buffer)?;
    Ok(buffer)
}

fn read_capped(from: impl Read, cap: u64, buffer: &mut Vec<u8>) -> Result<(), Failure> {
    let read = from
        .take(cap.saturating_add(1))
        .read_to_end(buffer)
        .map_err(|error| Failure::io(&error))?;
    if read as u64 > cap {
        buffer.clear();
        return Err(Failure::too_large(cap));
    }
    Ok(())
}

/// What stands there in place of a regular file, as a sentence.
pub(super) fn what_it_is(metadata: &Metadata) -> &'static str {
    let kind = metadata.file_type();
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "it is a named pipe and was not opened";
        }
        if kind.is_socket() {
            return "it is a socket and was not opened";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "it is a device and was not opened";
        }
    }
    if kind.is_dir() {
        "it is a directory"
    } else if kind.is_symlink() {
        "it is a symbolic link, which is not followed"
    } else {
        "it is not a regular file and was not opened"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cap_holds_for_streams_too() {
        let mut buffer = Vec::new();
        assert!(read_capped(&b"12345"[..], 5, &mut buffer).is_ok());
        assert_eq!(buffer, b"12345");
        buffer.clear();
        let failure = read_capped(&b"123456"[..], 5, &mut buffer).unwrap_err();
        assert_eq!(failure.kind, ProblemKind::TooLarge);
        assert!(buffer.is_empty());
    }
}
