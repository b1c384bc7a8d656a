//! Who fetches a new version, as the audit log says while it grows.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::cli::fail::{Stop, stop};
use crate::push::reader;
use crate::text::show;
use crate::workspace::Tail;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(250);

/// A log that is followed.
pub(super) struct Watch {
    tail: Tail,
}

impl Watch {
    pub(super) fn open(path: &Path) -> Result<Self, Stop> {
        let tail = Tail::open(path).map_err(|error| unreadable(&error))?;
        Ok(Self { tail })
    }

    /// Everybody who read a path of the API within some seconds, once each, with the seconds it took. What was written
    /// up to now, our own reading back included, does not count.
    pub(super) fn readers(
        &mut self,
        api_path: &str,
        wait: u32,
    ) -> Result<Vec<(String, u64)>, Stop> {
        self.tail.lines().map_err(|error| unreadable(&error))?;
        let since = Instant::now();
        let patience = Duration::from_secs(u64::from(wait));
        let mut found: Vec<(String, u64)> = Vec::new();
        loop {
            let is_last = since.elapsed() >= patience;
            for line in self.tail.lines().map_err(|error| unreadable(&error))? {
                let who = reader(&line, api_path);
                let is_new = |who: &String| !found.iter().any(|(known, _)| known == who);
                if let Some(who) = who.filter(is_new) {
                    found.push((who, since.elapsed().as_secs()));
                }
            }
            if is_last {
                return Ok(found);
            }
            std::thread::sleep(PAUSE);
        }
    }
}

fn unreadable(error: &std::io::Error) -> Stop {
    stop(
        &format!("the audit log cannot be read: {}", show(&error.to_string())),
        "check --audit-log, and who may read it",
    )
}
