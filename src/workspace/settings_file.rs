//! Where settings files stand, and their text.
//!
//! Reads them; what they say is the business of `settings`. Nearest file upwards wins, one per directory.

use std::path::{Path, PathBuf};

use memchr::memmem;

use super::open::{Failure, Links, read_into};
use crate::model::ProblemKind;
use crate::settings::Container;

/// No settings need more, in bytes.
const CAP: u64 = 1024 * 1024;

/// The text of a file that may hold settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFile {
    /// Where it stands.
    pub path: PathBuf,
    /// How settings are embedded in it.
    pub container: Container,
    /// All of it.
    pub text: String,
}

impl SettingsFile {
    /// Reads a file that the user named.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = super::read_whole(path, CAP)?;
        let container = Container::FILES
            .into_iter()
            .find(|(name, _)| path.file_name().is_some_and(|own| own == *name))
            .map_or(Container::EnvacuateToml, |(_, container)| container);
        Self::of(path.to_owned(), container, bytes)
    }

    /// The directory its globs start at.
    pub fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    fn of(path: PathBuf, container: Container, bytes: Vec<u8>) -> Result<Self, Failure> {
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self {
                path,
                container,
                text,
            }),
            Err(_) => Err(Failure {
                kind: ProblemKind::NotUtf8,
                message: "the file is not UTF-8".to_owned(),
                missing: false,
            }),
        }
    }
}

/// The settings files of one directory, the one that wins first. Reads no further than it is asked.
#[derive(Debug)]
pub struct SettingsFiles<'d> {
    directory: &'d Path,
    next: usize,
}

impl<'d> SettingsFiles<'d> {
    /// Looks into `directory`, not above it.
    pub fn new(directory: &'d Path) -> Self {
        Self { directory, next: 0 }
    }
}

impl Iterator for SettingsFiles<'_> {
    /// A file that holds settings, or could; or one that is surely ours and cannot be read.
    type Item = Result<SettingsFile, (PathBuf, Failure)>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(&(name, container)) = Container::FILES.get(self.next) {
            self.next += 1;
            let shared = container != Container::EnvacuateToml;
            let path = self.directory.join(name);
            let mut bytes = Vec::new();
            let read = read_into(&path, Links::Refuse, CAP, &mut bytes);
            // Most such files of other tools do not mention us, and are none of our business when unreadable.
            if shared && (read.is_err() || memmem::find(&bytes, b"envacuate").is_none()) {
                continue;
            }
            match read.and_then(|()| SettingsFile::of(path.clone(), container, bytes)) {
                Ok(file) => return Some(Ok(file)),
                // In a directory that cannot be searched nothing is there for us.
                Err(failure)
                    if failure.missing || shared || std::fs::symlink_metadata(&path).is_err() => {}
                Err(failure) => return Some(Err((path, failure))),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::write_atomic;

    #[test]
    fn own_files_win_and_others_count_only_when_they_mention_us() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            write_atomic(&folder.path().join(name), text.as_bytes()).unwrap();
        };
        write("package.json", "{}");
        write("Cargo.toml", "[package.metadata.envacuate]");
        write("pyproject.toml", "[tool.ruff]");
        let found = || -> Vec<Container> {
            SettingsFiles::new(folder.path())
                .map(|file| file.unwrap().container)
                .collect()
        };
        assert_eq!(found(), [Container::CargoToml]);
        write(".envacuate.toml", "");
        assert_eq!(found(), [Container::EnvacuateToml, Container::CargoToml]);
    }

    #[test]
    fn an_own_file_that_cannot_be_read_is_told() {
        let folder = tempfile::tempdir().unwrap();
        write_atomic(&folder.path().join("envacuate.toml"), b"\xff").unwrap();
        let (_, failure) = SettingsFiles::new(folder.path())
            .next()
            .unwrap()
            .unwrap_err();
        assert_eq!(failure.kind, ProblemKind::NotUtf8);
    }
}
