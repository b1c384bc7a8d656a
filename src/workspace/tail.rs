//! A file that others add lines to, followed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Most that is read at once, and the longest line that is not passed over, in bytes.
const MOST: u64 = 64 * 1024 * 1024;

/// The lines of the end of a file, and those that are added.
#[derive(Debug)]
pub struct Tail {
    file: File,
    /// The start of a line whose end is not there yet.
    rest: Vec<u8>,
    /// Whether what comes up to the next end of a line is none that was seen from its start.
    is_torn: bool,
}

impl Tail {
    /// With at most so many bytes of what a regular file has now.
    pub fn open(path: &Path, back: u64) -> io::Result<Self> {
        let length = match std::fs::metadata(path)? {
            metadata if metadata.is_file() => metadata.len(),
            _ => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "it is not a regular file",
                ));
            }
        };
        #[expect(clippy::disallowed_methods, reason = "this is workspace")]
        let mut file = File::open(path)?;
        let start = length.saturating_sub(back);
        file.seek(SeekFrom::Start(start))?;
        Ok(Self {
            file,
            rest: Vec::new(),
            is_torn: start > 0,
        })
    }

    /// Whole lines that were not given yet, as a text; empty if there are none.
    pub fn lines(&mut self) -> io::Result<Vec<u8>> {
        // A log that is cut off begins anew.
        if self.file.metadata()?.len() < self.file.stream_position()? {
            self.file.seek(SeekFrom::Start(0))?;
            self.rest.clear();
            self.is_torn = false;
        }
        (&self.file).take(MOST).read_to_end(&mut self.rest)?;
        if self.is_torn {
            let Some(end) = memchr::memchr(b'\n', &self.rest) else {
                self.rest.clear();
                return Ok(Vec::new());
            };
            self.rest.drain(..=end);
            self.is_torn = false;
        }
        let Some(end) = memchr::memrchr(b'\n', &self.rest) else {
            if self.rest.len() as u64 >= MOST {
                self.rest.clear();
                self.is_torn = true;
            }
            return Ok(Vec::new());
        };
        let behind = self.rest.split_off(end + 1);
        Ok(std::mem::replace(&mut self.rest, behind))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::Tail;

    #[test]
    fn whole_lines_are_given_once_and_halves_when_they_are_whole() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"one\ntwo\nthr").unwrap();
        let mut tail = Tail::open(file.path(), 8).unwrap();
        // It starts inside of `one`.
        assert_eq!(tail.lines().unwrap(), b"two\n");
        assert_eq!(tail.lines().unwrap(), b"");
        file.write_all(b"ee\nfour\nfi").unwrap();
        assert_eq!(tail.lines().unwrap(), b"three\nfour\n");
        let mut all = Tail::open(file.path(), 1000).unwrap();
        assert_eq!(all.lines().unwrap(), b"one\ntwo\nthree\nfour\n");
    }

    #[test]
    fn a_file_that_is_cut_off_begins_anew() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let write = |text: &[u8]| {
            file.as_file().set_len(0).unwrap();
            let mut out = std::fs::OpenOptions::new()
                .append(true)
                .open(file.path())
                .unwrap();
            out.write_all(text).unwrap();
        };
        write(b"first line\nhal");
        let mut tail = Tail::open(file.path(), 1000).unwrap();
        assert_eq!(tail.lines().unwrap(), b"first line\n");
        write(b"new\n");
        assert_eq!(tail.lines().unwrap(), b"new\n");
        assert!(Tail::open(std::path::Path::new("."), 0).is_err());
    }
}
