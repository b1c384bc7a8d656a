//! Files by the paths that findings use, for those who plan changes.

use std::path::{Path, PathBuf};

use super::open::{Links, read_into};
use crate::rewrite::Files;

/// The disk below a working directory.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    largest: u64,
}

impl Disk {
    /// Files of at most so many bytes.
    pub fn new(root: &Path, largest: u64) -> Self {
        Self {
            root: root.to_owned(),
            largest,
        }
    }
}

impl Files for Disk {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let mut buffer = Vec::new();
        // A link may lead out of what the user named.
        read_into(
            &self.root.join(path),
            Links::Refuse,
            self.largest,
            &mut buffer,
        )
        .ok()?;
        Some(buffer)
    }
}
