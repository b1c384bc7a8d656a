//! Files that are only added to, a line at a time, each on the disk before the next step is taken.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;

use super::open::what_it_is;
use super::write::sync_folder;

/// In bytes; more is no log of ours.
const LARGEST: u64 = 16 * 1024 * 1024;

/// A log that no other process adds to meanwhile.
#[derive(Debug)]
pub struct Log {
    file: File,
    /// Whether its last line has an end.
    is_at_start: bool,
}

impl Log {
    /// Opens or makes it, for nobody else to read, and gives what stands in it. Its directory is made where it is not
    /// there, and nothing is written through a link.
    pub fn open(path: &Path) -> io::Result<(Self, Vec<u8>)> {
        if let Ok(metadata) = fs::symlink_metadata(path)
            && !metadata.is_file()
        {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                what_it_is(&metadata),
            ));
        }
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options
                .mode(0o600)
                .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
        }
        let file = options.open(path)?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(io::Error::other("another run is writing it"));
        }
        sync_folder(folder);
        let mut text = Vec::new();
        (&file).take(LARGEST + 1).read_to_end(&mut text)?;
        if text.len() as u64 > LARGEST {
            return Err(io::Error::other("it is too large"));
        }
        let is_at_start = text.last().is_none_or(|&last| last == b'\n');
        Ok((Self { file, is_at_start }, text))
    }

    /// Adds a line, which has its ending, and makes it last.
    pub fn add(&mut self, line: &str) -> io::Result<()> {
        if !self.is_at_start {
            self.file.write_all(b"\n")?;
        }
        self.is_at_start = false;
        self.file.write_all(line.as_bytes())?;
        self.is_at_start = true;
        self.file.sync_all()
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn lines_are_added_and_nobody_else_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/log");
        let (mut log, text) = Log::open(&path).unwrap();
        assert!(text.is_empty() && Log::open(&path).is_err());
        log.add("one\n").unwrap();
        drop(log);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        // A line that was cut off stays a line of its own.
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"tw").unwrap();
        let (mut log, _) = Log::open(&path).unwrap();
        log.add("three\n").unwrap();
        drop(log);
        assert_eq!(Log::open(&path).unwrap().1, b"one\ntw\nthree\n");
    }

    #[test]
    fn nothing_is_written_through_a_link_or_into_a_device() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        symlink(folder.path().join("target"), &link).unwrap();
        assert!(Log::open(&link).is_err());
        assert!(Log::open(Path::new("/dev/full")).is_err());
        assert!(Log::open(folder.path()).is_err());
    }
}
