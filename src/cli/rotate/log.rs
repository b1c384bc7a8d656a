//! Audit logs: one that is there, or one that is followed while it grows.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::cli::check::working_directory;
use crate::cli::fail::{Stop, stop};
use crate::push::{Entry, Fetched, Format, Moment, Place, Question, Unclear, fetched, is_document};
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

/// What logs say, weighed; or what is unclear in them.
pub(super) fn weighed(entries: &[Entry], question: &Question) -> Result<Fetched, Stop> {
    fetched(entries, question).map_err(|unclear| match unclear {
        Unclear::NotWritten => {
            let version = question.version.as_deref();
            let what = version.map_or("the secret".to_owned(), |version| {
                format!("version {}", show(version))
            });
            stop(
                &format!("the log does not say when {what} was written"),
                "name the time that `rotate --drill` said with --since, or a log that goes further back",
            )
        }
        Unclear::Several(realms) => {
            let named = |realm: &String| match realm.as_str() {
                "" => "`root`".to_owned(),
                realm => format!("`{}`", show(realm)),
            };
            let realms: Vec<String> = realms.iter().map(named).collect();
            stop(
                &format!(
                    "the log is about several secrets of that name, in {}",
                    realms.join(", ")
                ),
                "leave the others out of it: by account, region, project, vault or namespace",
            )
        }
    })
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
        let any = Question {
            since: Some(Moment::from_millis(0)),
            ..Question::default()
        };
        weighed(&out.entries, &any)?;
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
                told = Some(weighed(&self.entries, question));
            }
            match told.take() {
                Some(Ok(fetched)) if is_last || fetched.is_settled() => return Ok(fetched),
                Some(Err(unclear)) if is_last => return Err(unclear),
                same => told = same,
            }
            std::thread::sleep(PAUSE.min(patience.saturating_sub(start.elapsed())));
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
