//! The manager of a manifest, opened for a command that asks it. Used by `push`, `verify`, `rotate` and `scrub`.

use super::fail::say;
use crate::manager::{self, Failure, Manager};

/// Opens it, once it is known to answer, and says so where others can read along.
pub(super) fn open(backend: &str, mount: &str) -> Result<Box<dyn Manager>, Failure> {
    let manager = manager::open(backend, mount)?;
    if manager.is_in_the_open() {
        say(
            "envacuate: the address of the manager is one without encryption; whoever is on the way reads what is sent there",
        );
    }
    manager.health()?;
    Ok(manager)
}
