//! Whether the manager has what stands in a file: asked once for each path, and told in codes.

use crate::cli::fail::Stop;
use crate::config::Assigned;
use crate::manifest::{Manifest, Secret};
use crate::scrub::Reason;

#[cfg(feature = "manager")]
pub(super) use asking::Verifier;
#[cfg(not(feature = "manager"))]
pub(super) use blind::Verifier;

/// Whether a value is one without anybody being asked.
fn sure(one: &Assigned<'_>) -> Result<(), Reason> {
    if one.is_sure {
        Ok(())
    } else {
        Err(Reason::Different)
    }
}

#[cfg(feature = "manager")]
mod asking {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use super::{Assigned, Manifest, Reason, Secret, Stop, sure};
    use crate::cli::fail::{print, report, say};
    use crate::cli::manager::open;
    use crate::manager::{Failure, FailureKind, Held, Manager};

    /// Asks the manager, or nobody.
    pub(in crate::cli::scrub) struct Verifier {
        backend: String,
        mount: String,
        is_forced: bool,
        /// Opened when the first value is asked for.
        manager: RefCell<Option<Result<Box<dyn Manager>, Failure>>>,
        held: RefCell<BTreeMap<String, Result<Option<Held>, Failure>>>,
    }

    impl Verifier {
        /// Nothing is asked before the first value.
        #[expect(
            clippy::unnecessary_wraps,
            reason = "a build that cannot ask fails here"
        )]
        pub(in crate::cli::scrub) fn new(
            manifest: &Manifest,
            is_forced: bool,
        ) -> Result<Self, Stop> {
            Ok(Self {
                backend: manifest.backend.clone(),
                mount: manifest.mount.clone(),
                is_forced,
                manager: RefCell::default(),
                held: RefCell::default(),
            })
        }

        /// Whether a value is the one that the manager has.
        pub(in crate::cli::scrub) fn ask(
            &self,
            secret: &Secret,
            one: &Assigned<'_>,
        ) -> Result<(), Reason> {
            if self.is_forced {
                return sure(one);
            }
            let mut held = self.held.borrow_mut();
            let found = held
                .entry(secret.path.clone())
                .or_insert_with(|| self.read(&secret.path));
            match found {
                Err(failure) if failure.kind == FailureKind::Denied => Err(Reason::NotReadable),
                Err(_) => Err(Reason::NotReached),
                Ok(held) => match held.as_ref().and_then(|held| held.get(&secret.key)) {
                    None => Err(Reason::Absent),
                    Some(value) if value.is(one.expose().as_bytes()) => Ok(()),
                    Some(_) => Err(Reason::Different),
                },
            }
        }

        fn read(&self, path: &str) -> Result<Option<Held>, Failure> {
            let mut manager = self.manager.borrow_mut();
            let manager = manager.get_or_insert_with(|| open(&self.backend, &self.mount));
            match manager {
                Ok(manager) => manager.read(path),
                Err(failure) => Err(failure.clone()),
            }
        }

        /// Tells once what kept the manager from answering; whether it could not be asked at all.
        pub(in crate::cli::scrub) fn tell(&self) -> bool {
            if self.is_forced {
                say("envacuate: nobody was asked whether the manager has the values (`--force`)");
                return false;
            }
            let held = self.held.borrow();
            let mut failures: Vec<&Failure> = held
                .values()
                .filter_map(|found| found.as_ref().err())
                .collect();
            failures.dedup();
            for failure in &failures {
                print(&report(&failure.what, failure.help));
            }
            failures
                .iter()
                .any(|failure| failure.kind != FailureKind::Denied)
        }
    }
}

#[cfg(not(feature = "manager"))]
mod blind {
    use super::{Assigned, Manifest, Reason, Secret, Stop, sure};
    use crate::cli::fail::{say, stop};

    /// Asks nobody.
    pub(in crate::cli::scrub) struct Verifier;

    #[expect(
        clippy::unused_self,
        reason = "a build that can ask has the same functions"
    )]
    impl Verifier {
        pub(in crate::cli::scrub) fn new(_: &Manifest, is_forced: bool) -> Result<Self, Stop> {
            if is_forced {
                return Ok(Self);
            }
            Err(stop(
                "this envacuate was built without the feature `manager` and cannot ask whether the values are there",
                "use one with it, or `--force` if you know that they are",
            ))
        }

        pub(in crate::cli::scrub) fn ask(
            &self,
            _: &Secret,
            one: &Assigned<'_>,
        ) -> Result<(), Reason> {
            sure(one)
        }

        pub(in crate::cli::scrub) fn tell(&self) -> bool {
            say("envacuate: nobody was asked whether the manager has the values (`--force`)");
            false
        }
    }
}
