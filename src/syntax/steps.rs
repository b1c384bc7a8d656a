//! A bound on the work that one file may cause, counted in steps so that the same file always has the same outcome.
//!
//! Every walk over a tree and every look-up of a name counts. Ordinary files use a fraction of what they may; what
//! uses all of it was written to stall a scanner, and is given up whole rather than analysed in part.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What any file may use.
const AT_LEAST: usize = 4_000_000;
/// What it may use for each node of its tree on top.
const PER_NODE: usize = 100;

/// The steps of one file.
#[derive(Debug)]
pub(super) struct Steps {
    left: Cell<usize>,
}

/// What ends the analysis of a file; never seen outside [`bounded`].
struct Exhausted;

impl Steps {
    pub(super) fn of(nodes: usize) -> Self {
        Self {
            left: Cell::new(AT_LEAST + nodes.saturating_mul(PER_NODE)),
        }
    }

    /// Counts steps; does not return when there are not that many left.
    pub(super) fn spend(&self, steps: usize) {
        match self.left.get().checked_sub(steps) {
            Some(left) => self.left.set(left),
            // Not a panic: no hook runs, nothing is printed, and only `bounded` knows the payload.
            None => resume_unwind(Box::new(Exhausted)),
        }
    }
}

/// Does work on a tree; [`None`] when it took more steps than the tree allows.
pub fn bounded<T>(work: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => Some(done),
        Err(payload) if payload.is::<Exhausted>() => None,
        Err(payload) => resume_unwind(payload),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_ends_with_its_steps_and_other_panics_go_on() {
        let steps = Steps::of(0);
        assert_eq!(bounded(|| steps.spend(AT_LEAST)), Some(()));
        assert_eq!(bounded(|| steps.spend(1)), None);
        let other = catch_unwind(|| bounded(|| resume_unwind(Box::new("other"))));
        assert!(other.is_err());
    }
}
