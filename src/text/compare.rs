//! In what two lists of lines differ.
//!
//! They are compared by numbers: the comparison is large, and would be compiled anew for each kind of line. Used for diffs,
//! for the edits of editors and for journals.

use std::hash::Hash;

use rustc_hash::FxHashMap;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// What takes the old list to the new one, by place.
pub fn compare<T: Eq + Hash>(old: &[T], new: &[T]) -> Vec<DiffOp> {
    let mut known: FxHashMap<&T, usize> = FxHashMap::default();
    let mut number = |line| {
        let next = known.len();
        *known.entry(line).or_insert(next)
    };
    let old: Vec<usize> = old.iter().map(&mut number).collect();
    let new: Vec<usize> = new.iter().map(&mut number).collect();
    by_number(&old, &new)
}

#[inline(never)]
fn by_number(old: &[usize], new: &[usize]) -> Vec<DiffOp> {
    capture_diff_slices(Algorithm::Myers, old, new)
}

/// The lines of a text, each with its ending.
pub fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_takes_one_to_the_other() {
        let texts = ["", "a\n", "a\nb\nc\n", "b\nb\na", "c\na\nb\n", "x\ny"];
        for old in texts.map(lines) {
            for new in texts.map(lines) {
                let mut made: Vec<&str> = Vec::new();
                for op in compare(&old, &new) {
                    match op {
                        DiffOp::Equal { .. } => made.extend(&old[op.old_range()]),
                        _ => made.extend(&new[op.new_range()]),
                    }
                }
                assert_eq!(made, new);
            }
        }
    }
}
