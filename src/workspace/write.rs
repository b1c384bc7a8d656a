//! Writing files: whole or not at all, and never through a link.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::open::what_it_is;

/// Puts `bytes` in place of the file at `path`, or creates it. The mode of an existing file is kept.
///
/// Written beside the file, synced and renamed, so that a reader sees the old file or the new one.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mode = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => Some(metadata.permissions()),
        Ok(metadata) => {
            let what = if metadata.is_symlink() {
                "it is a symbolic link, and nothing is written through one"
            } else {
                what_it_is(&metadata)
            };
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let (temporary, file) = create_beside(folder, mode.is_some())?;
    let done = fill(file, bytes, mode).and_then(|()| fs::rename(&temporary, path));
    if done.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
        return done;
    }
    sync_folder(folder);
    Ok(())
}

/// A new file. Private at first when it will get another file's mode.
pub(super) fn create(path: &Path, private: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(if private { 0o600 } else { 0o666 });
    }
    #[cfg(not(unix))]
    let _ = private;
    options.open(path)
}

/// A new file in `folder`.
fn create_beside(folder: &Path, private: bool) -> io::Result<(PathBuf, File)> {
    let process = std::process::id();
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for attempt in 0..64 {
        // Short and not made from the target's name, which may already be as long as names can be.
        let path = folder.join(format!(".envacuate-{process}-{attempt}.tmp"));
        match create(&path, private) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// Writes all of a new file, and makes it last.
pub(super) fn fill(mut file: File, bytes: &[u8], mode: Option<Permissions>) -> io::Result<()> {
    file.write_all(bytes)?;
    if let Some(mode) = mode {
        file.set_permissions(mode)?;
    }
    file.sync_all()
}

/// Makes the rename last. Some file systems cannot; the file is whole all the same.
pub(super) fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    if let Ok(handle) = OpenOptions::new().read(true).open(folder) {
        let _ = handle.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn keeps_the_mode_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("out.json");
        write_atomic(&file, b"1").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        write_atomic(&file, b"22").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().len(), 2);
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o640
        );
        assert_eq!(names(folder.path()), ["out.json"]);
    }

    #[test]
    fn refuses_links_and_directories() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        write_atomic(&target, b"old").unwrap();
        let link = folder.path().join("link");
        symlink(&target, &link).unwrap();
        assert!(write_atomic(&link, b"new").is_err());
        assert!(write_atomic(folder.path(), b"new").is_err());
        assert_eq!(fs::metadata(&target).unwrap().len(), 3);
        assert_eq!(names(folder.path()), ["link", "target"]);
    }
}
