//! Text as bytes: ranges, positions and what may be shown of it.
//!
//! Knows no language and no rule. Used by everything that points into a file.

mod compare;
mod line_hash;
mod line_index;
mod show;

pub use compare::{compare, lines};
pub use line_hash::LineHashes;
pub use line_index::{LineIndex, Position};
pub use show::{looks_random, mask_random, show};

/// A half-open range of bytes in a text as it was scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TextRange {
    /// First byte, from 0.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl TextRange {
    /// A range from its ends; `start` must not exceed `end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self { start, end }
    }

    /// Number of bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the range holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}
