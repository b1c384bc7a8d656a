//! Changes of texts: which can be made together, and what the texts are then.
//!
//! Pure: byte ranges of the text as it was read, replaced and never re-printed. Knows no language and no disk. Used by
//! the rewriting.

use std::collections::BTreeMap;

use crate::text::TextRange;

/// One change of a text; an empty range inserts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What is replaced.
    pub range: TextRange,
    /// What stands there afterwards.
    pub text: String,
}

/// Changes of several files, by path: made together or not at all.
pub type Group = BTreeMap<String, Vec<Edit>>;

/// The changes of those groups that can be made together, in the order of the text, and which groups cannot.
///
/// An earlier group wins over a later one that wants the same place. The same change, as the line that imports a module,
/// counts once.
pub fn select<'g>(groups: impl IntoIterator<Item = &'g Group>) -> (Group, Vec<usize>) {
    let mut chosen = Group::new();
    let mut refused = Vec::new();
    for (number, group) in groups.into_iter().enumerate() {
        let fits = group.iter().all(|(path, edits)| {
            let there = chosen.get(path).map_or(&[][..], Vec::as_slice);
            edits.iter().enumerate().all(|(at, edit)| {
                let others = there.iter().chain(&edits[..at]);
                others
                    .filter(|other| *other != edit)
                    .all(|other| !clash(edit.range, other.range))
            })
        });
        if !fits {
            refused.push(number);
            continue;
        }
        for (path, edits) in group {
            let there = chosen.entry(path.clone()).or_default();
            for edit in edits {
                if !there.contains(edit) {
                    there.push(edit.clone());
                }
            }
        }
    }
    for edits in chosen.values_mut() {
        // Stable: what is inserted at one place keeps its order.
        edits.sort_by_key(|edit| edit.range);
    }
    (chosen, refused)
}

/// Whether two changes want the same bytes; two insertions at one place do not.
fn clash(one: TextRange, other: TextRange) -> bool {
    one.start < other.end && other.start < one.end
}

/// The text after changes that [`select`] gave.
pub fn apply(text: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 64 * edits.len());
    let mut at = 0;
    for Edit { range, text: new } in edits {
        debug_assert!(at <= range.start && range.end <= text.len());
        out.extend_from_slice(&text[at..range.start]);
        out.extend_from_slice(new.as_bytes());
        at = range.end;
    }
    out.extend_from_slice(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit {
            range: TextRange::new(start, end),
            text: text.to_owned(),
        }
    }

    fn group(edits: &[Edit]) -> Group {
        Group::from([("a".to_owned(), edits.to_vec())])
    }

    #[test]
    fn a_group_is_taken_whole_or_not_at_all() {
        let groups = [
            group(&[edit(4, 6, "XX"), edit(0, 0, "import\n")]),
            group(&[edit(8, 9, "Y"), edit(5, 7, "no")]),
            group(&[edit(8, 9, "Z"), edit(0, 0, "import\n")]),
        ];
        let (chosen, refused) = select(&groups);
        assert_eq!(refused, [1]);
        assert_eq!(apply(b"0123456789", &chosen["a"]), b"import\n0123XX67Z9");
    }

    #[test]
    fn insertions_at_one_place_stand_in_their_order() {
        let (chosen, refused) = select(&[group(&[edit(1, 1, "a")]), group(&[edit(1, 1, "b")])]);
        assert!(refused.is_empty());
        assert_eq!(apply(b"xy", &chosen["a"]), b"xaby");
    }

    #[test]
    fn an_insertion_inside_of_a_replaced_part_is_refused() {
        let (_, refused) = select(&[group(&[edit(2, 6, "")]), group(&[edit(4, 4, "a")])]);
        assert_eq!(refused, [1]);
        let (_, refused) = select(&[group(&[edit(2, 6, "")]), group(&[edit(6, 6, "a")])]);
        assert!(refused.is_empty());
    }
}
