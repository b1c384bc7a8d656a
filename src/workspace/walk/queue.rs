//! Work that makes more work, shared by threads that stop when none is left.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What is still to be done.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    more: Condvar,
}

struct State<T> {
    /// The newest is taken first, which keeps the list short in deep trees.
    waiting: Vec<T>,
    /// Threads that may still add to it.
    working: usize,
    sleeping: usize,
}

impl<T> Queue<T> {
    pub(super) fn new(waiting: Vec<T>) -> Self {
        let state = State {
            waiting,
            working: 0,
            sleeping: 0,
        };
        Self {
            state: Mutex::new(state),
            more: Condvar::new(),
        }
    }

    /// A place for one thread. All are taken before the first is used, or early ones would find nothing and leave.
    pub(super) fn seat(&self) -> Seat<'_, T> {
        self.lock().working += 1;
        Seat(self)
    }

    pub(super) fn push(&self, items: impl IntoIterator<Item = T>) {
        let mut state = self.lock();
        let before = state.waiting.len();
        state.waiting.extend(items);
        let wake = (state.waiting.len() - before).min(state.sleeping);
        drop(state);
        for _ in 0..wake {
            self.more.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One thread's place at a queue; given up when dropped, by a panic as well, so that the others do not wait for it.
pub(super) struct Seat<'q, T>(&'q Queue<T>);

impl<T> Seat<'_, T> {
    /// The next piece of work; nothing when all is done and nobody can add to it.
    pub(super) fn next(&self) -> Option<T> {
        let mut state = self.0.lock();
        loop {
            if let Some(item) = state.waiting.pop() {
                return Some(item);
            }
            if state.working <= state.sleeping + 1 {
                self.0.more.notify_all();
                return None;
            }
            state.sleeping += 1;
            state = self
                .0
                .more
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.sleeping -= 1;
        }
    }
}

impl<T> Drop for Seat<'_, T> {
    fn drop(&mut self) {
        self.0.lock().working -= 1;
        self.0.more.notify_all();
    }
}
