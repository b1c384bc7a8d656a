//! What is good for a while, kept that long: tokens and keys of who asks.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::Failure;

/// What is not good for that long is asked for again.
const MARGIN: Duration = Duration::from_secs(60);

/// Something that is good for a while.
pub(super) struct Kept<T> {
    now: RefCell<Option<(Rc<T>, Option<Instant>)>>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            now: RefCell::new(None),
        }
    }
}

impl<T> Kept<T> {
    /// What is kept, or what is made now with how long it is good; always, if it does not say.
    pub(super) fn get(
        &self,
        make: impl FnOnce() -> Result<(T, Option<Duration>), Failure>,
    ) -> Result<Rc<T>, Failure> {
        let mut now = self.now.borrow_mut();
        if let Some((kept, until)) = &*now
            && until.is_none_or(|until| Instant::now() < until)
        {
            return Ok(Rc::clone(kept));
        }
        let (made, good) = make()?;
        let made = Rc::new(made);
        let until = good.map(|good| Instant::now() + good.saturating_sub(MARGIN));
        *now = Some((Rc::clone(&made), until));
        Ok(made)
    }

    /// Has it made again, since it was not taken.
    pub(super) fn forget(&self) {
        *self.now.borrow_mut() = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_good_any_more_is_made_again() {
        let kept = Kept::default();
        let make = |value: u32, seconds| move || Ok((value, Some(Duration::from_secs(seconds))));
        assert_eq!(*kept.get(make(1, 3600)).unwrap(), 1);
        assert_eq!(*kept.get(make(2, 30)).unwrap(), 1);
        kept.forget();
        assert_eq!(*kept.get(make(3, 30)).unwrap(), 3);
        assert_eq!(*kept.get(make(4, 3600)).unwrap(), 4);
    }
}
