//! Contents out of git's index, by their names, from one git that is asked again and again.
//!
//! Knows no paths. Used for what is staged and what that takes from other files.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use crate::workspace::git_command::{NoAnswer, of_hook};

/// Git, giving one content after the other.
pub(super) struct Reader {
    process: Child,
    names: ChildStdin,
    contents: BufReader<ChildStdout>,
}

impl Reader {
    /// Starts git in a repository.
    pub(super) fn start(root: &Path) -> Result<Self, NoAnswer> {
        let mut command = of_hook(root);
        command
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let failed = |why: &str| NoAnswer::Failed(why.to_owned());
        let mut process = command
            .spawn()
            .map_err(|error| failed(&error.kind().to_string()))?;
        match (process.stdin.take(), process.stdout.take()) {
            (Some(names), Some(contents)) => Ok(Self {
                process,
                names,
                contents: BufReader::new(contents),
            }),
            _ => Err(failed("it cannot be talked to")),
        }
    }

    /// The content of this name; nothing if it has more than `cap` bytes.
    pub(super) fn read(&mut self, object: &str, cap: u64) -> io::Result<Option<Vec<u8>>> {
        let broken = || io::Error::from(io::ErrorKind::InvalidData);
        writeln!(self.names, "{object}")?;
        let mut head = String::new();
        self.contents.read_line(&mut head)?;
        let mut words = head.split_ascii_whitespace().skip(1);
        let (Some("blob"), Some(size)) = (words.next(), words.next()) else {
            return Err(broken());
        };
        let size: u64 = size.parse().map_err(|_| broken())?;
        // A line feed follows.
        let mut content = (&mut self.contents).take(size.saturating_add(1));
        if size > cap {
            io::copy(&mut content, &mut io::sink())?;
            return Ok(None);
        }
        let mut text = Vec::new();
        content.read_to_end(&mut text)?;
        match text.pop() {
            Some(b'\n') if text.len() as u64 == size => Ok(Some(text)),
            _ => Err(broken()),
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // It has nothing that would be lost.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
