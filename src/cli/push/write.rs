//! Writing what was decided: one path after the other, each written down before and after, and read back.
//!
//! It stops at the first failure and takes nothing back: what was written is whole for its server and harms nobody.

use std::path::Path;

use super::preflight::seen;
use crate::cli::fail::{Stop, stop};
use crate::manager::{About, Failure, Found, Manager, NotWritten, Values};
use crate::push::{
    Allowed, Conflict, Item, Journal, Line, Made, Outcome, Pushed, State, Step, What, decide,
};
use crate::text::show;
use crate::workspace::{Log, read_whole};

/// In bytes; more is no journal.
const LARGEST: u64 = 16 * 1024 * 1024;

/// What to try when something was not done.
const AGAIN: &str = "run again: what is there already is not written twice";

/// The journal and what stands in it. Nothing is made where nothing will be written.
pub(super) fn journal(path: &Path, only_look: bool) -> Result<(Option<Log>, Journal), Stop> {
    let unusable = |why: &str| {
        stop(
            &format!(
                "the journal `{}` cannot be used: {}",
                show(&path.display().to_string()),
                show(why)
            ),
            "name another file with --journal, or make room for it",
        )
    };
    let (log, text) = if only_look {
        match read_whole(path, LARGEST) {
            Ok(text) => (None, text),
            Err(failure) if failure.missing => (None, Vec::new()),
            Err(failure) => return Err(unusable(&failure.message)),
        }
    } else {
        let (log, text) = Log::open(path).map_err(|error| unusable(&error.to_string()))?;
        (Some(log), text)
    };
    let journal = Journal::read(&text).map_err(|why| unusable(&why))?;
    Ok((log, journal))
}

/// One run.
pub(super) struct Run<'r> {
    manager: &'r dyn Manager,
    place: String,
    journal: Journal,
    log: Log,
}

/// Why a run stops.
struct Halt {
    what: What,
    failure: Option<(String, String)>,
}

impl Halt {
    fn new(what: What, why: &Failure) -> Self {
        Self {
            what,
            failure: Some((why.what.clone(), why.help.to_owned())),
        }
    }

    fn conflict() -> Self {
        Self {
            what: What::Conflict(Conflict::Changed),
            failure: None,
        }
    }
}

impl<'r> Run<'r> {
    pub(super) fn new(manager: &'r dyn Manager, journal: Journal, log: Log) -> Self {
        Self {
            manager,
            place: manager.place(),
            journal,
            log,
        }
    }

    /// Does all steps until one fails.
    pub(super) fn all(mut self, items: &[Item], steps: &[Step], mut pushed: Pushed) -> Pushed {
        let mut has_written = false;
        pushed.outcome = Outcome::Verified;
        for row in &mut pushed.rows {
            row.what = What::Left;
        }
        for ((item, step), row) in items.iter().zip(steps).zip(&mut pushed.rows) {
            let done = match step {
                Step::Already(version) => self.already(item, version).map(|()| What::Already),
                Step::Create => self.write(item, None, &mut row.version, &mut has_written),
                Step::Replace(on) => self.write(item, Some(on), &mut row.version, &mut has_written),
                Step::Refuse(conflict) => Ok(What::Conflict(conflict.clone())),
            };
            match done {
                Ok(what) => row.what = what,
                Err(halt) => {
                    let is_conflict = matches!(halt.what, What::Conflict(_)) && !has_written;
                    row.what = halt.what;
                    pushed.failure = halt.failure;
                    pushed.outcome = if is_conflict {
                        Outcome::Conflict
                    } else {
                        Outcome::Stopped
                    };
                    break;
                }
            }
        }
        pushed
    }

    /// What is there may be what an earlier run wrote and could not write down.
    fn already(&mut self, item: &Item, version: &str) -> Result<(), Halt> {
        let Some(last) = self.journal.last(&self.place, &item.path).cloned() else {
            return Ok(());
        };
        let is_own = last.state == State::Writing && last.made == Made::Created;
        let at = self.manager.made_at(&item.path);
        let is_same = last.version.as_deref() == Some(version) && last.made_at == at;
        if is_own || last.state == State::Written && is_same {
            for state in [State::Written, State::Verified] {
                self.note(item, last.made, Some(version), state)?;
            }
        }
        Ok(())
    }

    fn write(
        &mut self,
        item: &Item,
        on: Option<&str>,
        version: &mut Option<String>,
        has_written: &mut bool,
    ) -> Result<What, Halt> {
        let (made, what) = match on {
            None => (Made::Created, What::Created),
            Some(_) => (Made::Replaced, What::Replaced),
        };
        let values = self.values(item, on)?;
        self.note(item, made, None, State::Writing)?;
        let about = About {
            server: &item.server,
            name: match &item.parts[..] {
                [part] => &part.name,
                _ => "",
            },
        };
        let written = match on {
            None => self.manager.create(&item.path, &values, &about),
            Some(on) => self.manager.replace(&item.path, on, &values),
        };
        let new = match written {
            Ok(new) => new,
            Err(NotWritten::Refused(failure)) => {
                self.note(item, made, None, State::NotWritten)?;
                return Err(Halt::new(What::Failed, &failure));
            }
            Err(NotWritten::Taken) => {
                self.note(item, made, None, State::NotWritten)?;
                return self.taken(item, version);
            }
            Err(NotWritten::Unknown(failure)) => self.settle(item, made, on, &values, &failure)?,
        };
        *has_written = true;
        *version = Some(new.clone());
        let unread = |why: &Failure| Halt::new(What::Written, why);
        self.note(item, made, Some(&new), State::Written)
            .map_err(|halt| Halt {
                what: What::Written,
                ..halt
            })?;
        let back = self
            .manager
            .read_version(&item.path, &new)
            .map_err(|why| unread(&why))?;
        if !back.is_some_and(|back| back.is(&values)) {
            return Err(Halt {
                what: What::Written,
                failure: Some((
                    "what was read back is not what was written".to_owned(),
                    "look at the newest version of the secret in the manager before anything else"
                        .to_owned(),
                )),
            });
        }
        self.note(item, made, Some(&new), State::Verified)
            .map_err(|halt| Halt {
                what: What::Written,
                ..halt
            })?;
        Ok(what)
    }

    /// What is written: the parts, and on top of a version what it holds beside.
    fn values(&self, item: &Item, on: Option<&str>) -> Result<Values, Halt> {
        let mut values = Values::default();
        if let Some(on) = on {
            let held = self.manager.read_version(&item.path, on);
            let held = held.map_err(|why| Halt::new(What::Failed, &why))?;
            values = held
                .and_then(|held| held.values())
                .ok_or_else(Halt::conflict)?;
        }
        for part in &item.parts {
            values.insert(&part.key, part.value.clone());
        }
        Ok(values)
    }

    /// Somebody was faster. If they wrote the same, that is as good.
    fn taken(&self, item: &Item, version: &mut Option<String>) -> Result<What, Halt> {
        let found = self.manager.find(&item.path);
        let found = found.map_err(|why| Halt::new(What::Failed, &why))?;
        match decide(item, &seen(&found, item), None, Allowed::default()) {
            Step::Already(there) => {
                *version = Some(there);
                Ok(What::Already)
            }
            _ => Err(Halt::conflict()),
        }
    }

    /// No answer came: what is there tells whether it was written.
    fn settle(
        &mut self,
        item: &Item,
        made: Made,
        on: Option<&str>,
        values: &Values,
        failure: &Failure,
    ) -> Result<String, Halt> {
        let found = self.manager.find(&item.path);
        match found {
            Ok(Found::There { version, held }) if held.is(values) && on != Some(&*version) => {
                Ok(version)
            }
            Ok(Found::There { version, .. }) if on != Some(&*version) => Err(Halt::conflict()),
            Ok(_) => {
                self.note(item, made, None, State::NotWritten)?;
                Err(Halt::new(What::Failed, failure))
            }
            Err(_) => Err(Halt {
                what: What::Failed,
                failure: Some((
                    format!(
                        "{}, and whether {} was written is not known yet",
                        failure.what,
                        show(&item.path)
                    ),
                    AGAIN.to_owned(),
                )),
            }),
        }
    }

    fn note(
        &mut self,
        item: &Item,
        made: Made,
        version: Option<&str>,
        state: State,
    ) -> Result<(), Halt> {
        let line = Line {
            place: self.place.clone(),
            path: item.path.clone(),
            keys: item.parts.iter().map(|part| part.key.clone()).collect(),
            version: version.map(str::to_owned),
            made_at: version.and_then(|_| self.manager.made_at(&item.path)),
            state,
            made,
        };
        self.log.add(&line.text()).map_err(|error| Halt {
            what: What::Failed,
            failure: Some((
                format!(
                    "the journal cannot be written: {}",
                    show(&error.to_string())
                ),
                "make room for it, or name another file with --journal, and run again".to_owned(),
            )),
        })
    }
}
