//! What is asked beyond what is needed: how much, and why it is not told.
//!
//! Used where managers tell who may do what, which can be as much as a whole account holds. Nothing depends on an answer.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// How long answers may take together. The last one can take a while longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why something is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silent {
    /// Whoever asks may not ask that.
    Denied,
    /// There is nothing of that name.
    Absent,
    /// There was no answer, or none that was understood.
    Unanswered,
}

impl Silent {
    /// As what is said of a question.
    pub(super) fn why(self, question: &str) -> String {
        match self {
            Self::Denied => format!("{question} is not allowed"),
            Self::Absent => format!("{question} found nothing"),
            Self::Unanswered => format!("{question} had no answer"),
        }
    }
}

/// Questions that may still be asked.
pub(super) struct Allowance {
    left: Cell<usize>,
    /// How long all answers took together.
    spent: Cell<Duration>,
}

impl Allowance {
    /// So many questions.
    pub(super) fn new(questions: usize) -> Self {
        Self {
            left: Cell::new(questions),
            spent: Cell::default(),
        }
    }

    /// What a question is answered; nothing where no more may be asked.
    pub(super) fn spend<T>(&self, ask: impl FnOnce() -> T) -> Option<T> {
        let left = self.left.get().checked_sub(1)?;
        if self.spent.get() > PATIENCE {
            return None;
        }
        self.left.set(left);
        let start = Instant::now();
        let answer = ask();
        self.spent.set(self.spent.get() + start.elapsed());
        Some(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_asked_than_allowed() {
        let two = Allowance::new(2);
        assert_eq!(two.spend(|| 1), Some(1));
        assert_eq!(two.spend(|| 2), Some(2));
        assert_eq!(two.spend(|| 3), None);
        let late = Allowance::new(2);
        late.spent.set(PATIENCE + Duration::from_secs(1));
        assert_eq!(late.spend(|| 1), None);
    }
}
