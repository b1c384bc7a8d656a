//! Audit logs: one that is there, or one that is followed while it grows.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::cli::check::working_directory;
use crate::cli::fail::{Stop, stop};
use crate::push::{Entry, Fetched, Format, Place, Question, fetched, is_document};
use crate::text::show;
use crate::workspace::{Tail, read_stdin, read_whole};

/// In bytes; what is longer is to be cut first.
const LARGEST: u64 = 512 * 1024 * 1024;
/// Of a log that is followed, so much of its end is looked at for who read the secret before, in bytes.
const BACK: u64 = 64 * 1024 * 1024;
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(250);
/// How compressed files start.
const GZIP: &[u8] = b"\x1f\x8b";

/// What some logs say of a secret.
pub(super) fn read_all(
    paths: &[PathBuf],
    format: &Format,
    place: &Place<'_>,
) -> Result<Vec<Entry>, Stop> {
    let here = working_directory()?;
    let mut entries = Vec::new();
    for path in paths {
        let text = if path.as_os_str() == "-" {
            read_stdin(LARGEST)
        } else {
            read_whole(&here.join(path), LARGEST)
        };
        let text = text.map_err(|failure| unreadable(path, &failure.message))?;
        if text.starts_with(GZIP) {
            return Err(stop(
                &format!("the audit log {} is compressed", shown(path)),
                "unpack it, or give it with `gunzip -c FILE |` before the command and `--audit-log -`",
            ));
        }
        let read = format.read(&text, place);
        if !read.is_known && !text.trim_ascii().is_empty() {
            return Err(foreign(path, format));
        }
        entries.extend(read.entries);
    }
    Ok(entries)
}

/// Logs that are followed.
pub(super) struct Watch<'p> {
    tails: Vec<(PathBuf, Tail)>,
    format: Format,
    place: &'p Place<'p>,
    entries: Vec<Entry>,
}

impl<'p> Watch<'p> {
    /// Reads what is there; nothing where no log is named.
    pub(super) fn open(
        paths: &[PathBuf],
        here: &Path,
        format: Format,
        place: &'p Place<'p>,
    ) -> Result<Option<Self>, Stop> {
        let mut out = Self {
            tails: Vec::new(),
            format,
            place,
            entries: Vec::new(),
        };
        for path in paths {
            let failed = |error: &std::io::Error| unreadable(path, &error.to_string());
            let mut tail = Tail::open(&here.join(path), BACK).map_err(|error| failed(&error))?;
            let text = tail.lines().map_err(|error| failed(&error))?;
            if text.starts_with(GZIP) || is_document(&text) {
                return Err(stop(
                    &format!("the audit log {} does not grow by lines", shown(path)),
                    "leave --audit-log out, and look later with `envacuate rotate --readers`",
                ));
            }
            let read = format.read(&text, place);
            if !read.is_known && !text.trim_ascii().is_empty() {
                return Err(foreign(path, &format));
            }
            out.entries.extend(read.entries);
            out.tails.push((path.clone(), tail));
        }
        Ok((!out.tails.is_empty()).then_some(out))
    }

    /// What the logs say until all who are expected fetched the new version, or some seconds are over.
    pub(super) fn run(mut self, question: &Question, wait: u32) -> Result<Fetched, Stop> {
        let start = Instant::now();
        let patience = Duration::from_secs(u64::from(wait));
        let mut told = None;
        loop {
            let is_last = start.elapsed() >= patience;
            if self.look()? || told.is_none() {
                told = fetched(&self.entries, question);
            }
            match told {
                Some(told) if is_last || told.is_settled() => return Ok(told),
                // Cannot be, since the question has a time.
                None if is_last => return Err(stop("the log says nothing", "run again")),
                _ => std::thread::sleep(PAUSE.min(patience.saturating_sub(start.elapsed()))),
            }
        }
    }

    /// Whether there is anything new.
    fn look(&mut self) -> Result<bool, Stop> {
        let known = self.entries.len();
        for (path, tail) in &mut self.tails {
            loop {
                let text = tail
                    .lines()
                    .map_err(|error| unreadable(path, &error.to_string()))?;
                if text.is_empty() {
                    break;
                }
                self.entries
                    .extend(self.format.read(&text, self.place).entries);
            }
        }
        Ok(self.entries.len() > known)
    }
}

fn shown(path: &Path) -> String {
    show(&path.display().to_string())
}

fn unreadable(path: &Path, why: &str) -> Stop {
    stop(
        &format!(
            "the audit log cannot be read: {}: {}",
            shown(path),
            show(why)
        ),
        "check --audit-log, and who may read it",
    )
}

fn foreign(path: &Path, format: &Format) -> Stop {
    stop(
        &format!("{} holds nothing of {}", shown(path), format.name),
        "name a log of the manager that the manifest names, as docs/push.md says",
    )
}
