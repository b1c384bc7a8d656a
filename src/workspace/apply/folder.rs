//! The folder of the journal: its lock, and the two names that a journal can have.
//!
//! What stands in it may come from a stranger, so nothing is followed, and only what nobody else can read is believed:
//! version control and archives of others do not keep that.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::Trouble;
use super::files::discard;
use crate::journal::Journal;
use crate::workspace::open::{Links, read_into};
use crate::workspace::write;

/// Its name.
pub(super) const FOLDER: &str = ".envacuate";

/// No journal is larger, in bytes.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The name of a journal says whether its set counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// It does not, and the next run takes it back.
    Open,
    /// It does.
    Applied,
}

impl Name {
    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "journal.json",
            Self::Applied => "applied.json",
        }
    }
}

/// The folder, held by this process.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Freed by the system when the process ends, however it ends.
    _lock: File,
}

impl Folder {
    pub(super) fn is_there(root: &Path) -> bool {
        fs::symlink_metadata(root.join(FOLDER)).is_ok()
    }

    pub(super) fn is_open(root: &Path) -> bool {
        fs::symlink_metadata(root.join(FOLDER).join(Name::Open.as_str())).is_ok()
    }

    pub(super) fn open(root: &Path) -> Result<Self, Trouble> {
        let path = root.join(FOLDER);
        make(&path).map_err(|error| trouble(&error))?;
        let is_directory = fs::symlink_metadata(&path).is_ok_and(|there| there.is_dir());
        if !is_directory {
            return Err(Trouble::Foreign("it is no directory"));
        }
        ignore_all(&path.join(".gitignore")).map_err(|error| trouble(&error))?;
        let lock = open_lock(&path.join("lock")).map_err(|error| trouble(&error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Trouble::Busy),
            Err(TryLockError::Error(error)) => Err(trouble(&error)),
        }
    }

    pub(super) fn read(&self, name: Name) -> Result<Option<Journal>, Trouble> {
        let path = self.path.join(name.as_str());
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(trouble(&error)),
            Ok(there) if !is_private(&there) => return Err(Trouble::Damaged),
            Ok(_) => {}
        }
        let mut text = Vec::new();
        read_into(&path, Links::Refuse, LARGEST, &mut text).map_err(|_| Trouble::Damaged)?;
        Journal::parse(&text).map(Some).ok_or(Trouble::Damaged)
    }

    pub(super) fn scratch(&self) -> PathBuf {
        self.path.join("scratch")
    }

    /// Puts an open journal there, whole or not at all.
    pub(super) fn begin(&self, journal: &Journal) -> Result<(), Trouble> {
        let new = self.path.join("journal.new");
        let put = || -> io::Result<()> {
            discard(&new)?;
            let file = write::create(&new, true)?;
            write::fill(file, journal.json().as_bytes(), None)?;
            fs::rename(&new, self.path.join(Name::Open.as_str()))
        };
        put().map_err(|error| trouble(&error))?;
        write::sync_folder(&self.path);
        Ok(())
    }

    /// Makes the set of the open journal count.
    pub(super) fn commit(&self) -> Result<(), Trouble> {
        self.rename(Name::Open, Name::Applied)
    }

    /// Makes the set of the applied journal count no longer.
    pub(super) fn reopen(&self) -> Result<(), Trouble> {
        self.rename(Name::Applied, Name::Open)
    }

    /// Removes the open journal.
    pub(super) fn forget(&self) -> Result<(), Trouble> {
        discard(&self.path.join(Name::Open.as_str())).map_err(|error| trouble(&error))?;
        write::sync_folder(&self.path);
        Ok(())
    }

    fn rename(&self, from: Name, to: Name) -> Result<(), Trouble> {
        let (from, to) = (self.path.join(from.as_str()), self.path.join(to.as_str()));
        fs::rename(from, to).map_err(|error| trouble(&error))?;
        write::sync_folder(&self.path);
        Ok(())
    }
}

fn trouble(error: &io::Error) -> Trouble {
    Trouble::of(FOLDER, error)
}

fn make(path: &Path) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    match builder.create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// Keeps git from the folder.
fn ignore_all(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => write::fill(file, b"*\n", None),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A pipe must not block.
        options
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    options.open(path)
}

/// Whether nobody else can read a file.
fn is_private(metadata: &fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        metadata.permissions().mode().trailing_zeros() >= 6
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        true
    }
}
