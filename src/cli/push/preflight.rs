//! Everything that can be known before the first write: rights, sizes, and what is there.

use super::failed;
use crate::cli::fail::Stop;
use crate::manager::{Found, Manager, Missing, Need};
use crate::push::{
    Allowed, Conflict, Flaw, Item, Journal, Outcome, Problem, Pushed, Row, Seen, Standing, Step,
    Wanted, What, decide,
};

/// What is known by now.
pub(super) struct Look {
    pushed: Pushed,
}

impl Look {
    pub(super) fn new(waived: Vec<String>, problems: &[(Wanted, Problem)]) -> Self {
        let flaw = |(wanted, problem): &(Wanted, Problem)| flaw(&wanted.name, problem);
        Self {
            pushed: Pushed {
                outcome: Outcome::Preflight,
                rows: Vec::new(),
                flaws: problems.iter().map(flaw).collect(),
                waived,
                failure: None,
            },
        }
    }

    /// Whether anything is missing.
    pub(super) fn is_stopped(&self) -> bool {
        !self.pushed.flaws.is_empty()
    }

    pub(super) fn pushed(self) -> Pushed {
        self.pushed
    }

    /// Looks at what is there; what is to be done with each item, if all of it can be.
    pub(super) fn at(
        &mut self,
        manager: &dyn Manager,
        items: &[Item],
        journal: &Journal,
        allowed: Allowed,
    ) -> Result<Option<Vec<Step>>, Stop> {
        for item in items.iter().filter(|item| item.size() > manager.largest()) {
            self.pushed.flaws.push(flaw(&item.path, &Problem::TooLarge));
        }
        let paths: Vec<&str> = items.iter().map(|item| item.path.as_str()).collect();
        self.rights(manager, &paths, Need::Push)?;
        if self.is_stopped() {
            return Ok(None);
        }
        let place = manager.place();
        let mut steps = Vec::new();
        for item in items {
            let found = manager.find(&item.path).map_err(|why| failed(&why))?;
            let seen = seen(&found, item);
            let mine = journal.made(&place, &item.path);
            let step = decide(item, &seen, mine, allowed);
            self.pushed.rows.push(row(item, &step));
            steps.push(step);
        }
        let replaced: Vec<&str> = items
            .iter()
            .zip(&steps)
            .filter(|(_, step)| matches!(step, Step::Replace(_)))
            .map(|(item, _)| item.path.as_str())
            .collect();
        if !replaced.is_empty() {
            self.rights(manager, &replaced, Need::Rotate)?;
            if self.is_stopped() {
                self.pushed.rows.clear();
                return Ok(None);
            }
        }
        if steps.iter().any(|step| matches!(step, Step::Refuse(_))) {
            self.pushed.outcome = Outcome::Conflict;
            return Ok(None);
        }
        self.pushed.outcome = Outcome::Possible;
        Ok(Some(steps))
    }

    fn rights(&mut self, manager: &dyn Manager, paths: &[&str], need: Need) -> Result<(), Stop> {
        let missing = manager.missing_rights(paths, need);
        for Missing { path, rights } in missing.map_err(|why| failed(&why))? {
            let problem = Problem::NotAllowed(rights.join(" and "));
            self.pushed.flaws.push(flaw(&path, &problem));
        }
        Ok(())
    }
}

fn flaw(name: &str, problem: &Problem) -> Flaw {
    Flaw {
        name: name.to_owned(),
        code: problem.as_str(),
        advice: problem.advice(),
    }
}

/// What was found, as far as an item is concerned.
pub(super) fn seen(found: &Found, item: &Item) -> Seen {
    match found {
        Found::Nothing | Found::Unfinished => Seen::Nothing,
        Found::Deleted => Seen::Deleted,
        Found::Bare => Seen::Bare,
        Found::There { version, held } => {
            let standing = |part: &crate::push::Part| match held.get(&part.key) {
                None => Standing::Lacking,
                Some(value) if value.is(part.value.as_bytes()) => Standing::Same,
                Some(_) => Standing::Different,
            };
            // One value without a key is no place for keys, nor are keys one for such a value.
            let is_one =
                !item.parts.is_empty() && item.parts.iter().all(|part| part.key.is_empty());
            let fits = held.keys().all(|key| key.is_empty() == is_one);
            Seen::There {
                version: version.clone(),
                standings: item.parts.iter().map(standing).collect(),
                is_texts: fits && held.values().is_some(),
            }
        }
    }
}

fn row(item: &Item, step: &Step) -> Row {
    let (what, version) = match step {
        Step::Already(version) => (What::Already, Some(version.clone())),
        Step::Create => (What::Create, None),
        Step::Replace(_) => (What::Replace, None),
        Step::Refuse(conflict) => (What::Conflict(Conflict::clone(conflict)), None),
    };
    Row {
        path: item.path.clone(),
        names: item.names(),
        what,
        version,
    }
}
