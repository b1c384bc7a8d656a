//! A file that others add lines to, followed from its end.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Most that is read at once, in bytes.
const MOST: u64 = 64 * 1024 * 1024;

/// The lines that are added from now on.
#[derive(Debug)]
pub struct Tail {
    file: File,
    rest: Vec<u8>,
}

impl Tail {
    /// From the end that a regular file has now.
    pub fn open(path: &Path) -> io::Result<Self> {
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is not a regular file",
            ));
        }
        #[expect(clippy::disallowed_methods, reason = "this is workspace")]
        let mut file = File::open(path)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self {
            file,
            rest: Vec::new(),
        })
    }

    /// The whole lines that were added since the last time.
    pub fn lines(&mut self) -> io::Result<Vec<Vec<u8>>> {
        (&self.file).take(MOST).read_to_end(&mut self.rest)?;
        let end = self.rest.iter().rposition(|&byte| byte == b'\n');
        let Some(end) = end else {
            return Ok(Vec::new());
        };
        let behind = self.rest.split_off(end + 1);
        let lines = std::mem::replace(&mut self.rest, behind);
        Ok(lines
            .split(|&byte| byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect())
    }
}
