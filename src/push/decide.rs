//! What is done with one item, by what is at its path.

use super::{Conflict, Item, Part};
use crate::manifest::Strategy;

/// What the user allows beyond making what is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Keys are added to secrets that lack them.
    pub merge: bool,
    /// Values whose strategy says so are replaced.
    pub overwrite: bool,
}

/// How the value at a key stands to that of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is none.
    Lacking,
    /// It is the same.
    Same,
    /// It is another one.
    Different,
}

/// What is at the path of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing, or what was begun by us and holds nothing.
    Nothing,
    /// What was deleted and can be brought back.
    Deleted,
    /// A secret of somebody else without a value.
    Bare,
    /// A secret.
    There {
        /// Its version.
        version: String,
        /// How each part stands to it.
        standings: Vec<Standing>,
        /// Whether it can be written again as it is, with what is wanted beside it.
        is_texts: bool,
    },
}

/// What is done with an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing: all is there, in this version.
    Already(String),
    /// The secret is made.
    Create,
    /// A version is put on top of this one.
    Replace(String),
    /// Nothing, and with that nothing at all.
    Refuse(Conflict),
}

/// Decides. `mine` is the version that an earlier run made at the path and wrote into its journal.
pub fn decide(item: &Item, seen: &Seen, mine: Option<&str>, allowed: Allowed) -> Step {
    let (version, standings, is_texts) = match seen {
        Seen::Nothing => return Step::Create,
        Seen::Deleted => return Step::Refuse(Conflict::Deleted),
        Seen::Bare => return Step::Refuse(Conflict::Bare),
        Seen::There {
            version,
            standings,
            is_texts,
        } => (version, standings, *is_texts),
    };
    let names = |is_meant: &dyn Fn(&Part, Standing) -> bool| -> Vec<String> {
        let pairs = item.parts.iter().zip(standings);
        let meant = pairs.filter(|(part, standing)| is_meant(part, **standing));
        meant.map(|(part, _)| part.name.clone()).collect()
    };
    let is_there = |standing: Standing| standing != Standing::Lacking;
    let is_fail = |part: &Part| part.strategy == Strategy::FailIfPresent;
    let present = names(&|part, standing| is_there(standing) && is_fail(part));
    if !present.is_empty() && mine != Some(version) {
        return Step::Refuse(Conflict::Present(present));
    }
    let is_other = |standing: Standing| standing == Standing::Different;
    let is_kept = |part: &Part| part.strategy != Strategy::Overwrite;
    let kept = names(&|part, standing| is_other(standing) && is_kept(part));
    if !kept.is_empty() {
        return Step::Refuse(Conflict::Different(kept));
    }
    let replaced = names(&|_, standing| is_other(standing));
    let added = names(&|_, standing| !is_there(standing));
    if replaced.is_empty() && added.is_empty() {
        return Step::Already(version.clone());
    }
    if !is_texts {
        return Step::Refuse(Conflict::NoTexts);
    }
    if !replaced.is_empty() && !allowed.overwrite {
        return Step::Refuse(Conflict::Replaceable(replaced));
    }
    if !added.is_empty() && !allowed.merge {
        return Step::Refuse(Conflict::Lacking(added));
    }
    Step::Replace(version.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(strategies: &[Strategy]) -> Item {
        let part = |(at, strategy): (usize, &Strategy)| Part {
            key: format!("K{at}"),
            name: format!("N{at}"),
            strategy: *strategy,
            value: zeroize::Zeroizing::new("v".to_owned()),
        };
        Item {
            path: "team/a".to_owned(),
            server: "a".to_owned(),
            parts: strategies.iter().enumerate().map(part).collect(),
        }
    }

    fn there(standings: &[Standing]) -> Seen {
        Seen::There {
            version: "3".to_owned(),
            standings: standings.to_vec(),
            is_texts: true,
        }
    }

    const NONE: Allowed = Allowed {
        merge: false,
        overwrite: false,
    };
    const ALL: Allowed = Allowed {
        merge: true,
        overwrite: true,
    };

    #[test]
    fn nothing_is_replaced_that_was_not_allowed_twice() {
        use Standing::{Different, Lacking, Same};
        use Strategy::{CreateIfAbsent, FailIfPresent, Overwrite};
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let already = || Step::Already("3".to_owned());
        let replace = || Step::Replace("3".to_owned());
        let refuse = Step::Refuse;
        for (strategies, standings, allowed, expected) in [
            (&[CreateIfAbsent][..], &[Same][..], NONE, already()),
            (
                &[CreateIfAbsent],
                &[Different],
                NONE,
                refuse(Conflict::Different(names(&["N0"]))),
            ),
            (
                &[CreateIfAbsent],
                &[Different],
                ALL,
                refuse(Conflict::Different(names(&["N0"]))),
            ),
            (
                &[Overwrite],
                &[Different],
                NONE,
                refuse(Conflict::Replaceable(names(&["N0"]))),
            ),
            (&[Overwrite], &[Different], ALL, replace()),
            (&[Overwrite], &[Same], ALL, already()),
            (
                &[FailIfPresent],
                &[Same],
                ALL,
                refuse(Conflict::Present(names(&["N0"]))),
            ),
            (
                &[CreateIfAbsent; 2],
                &[Same, Lacking],
                NONE,
                refuse(Conflict::Lacking(names(&["N1"]))),
            ),
            (&[CreateIfAbsent; 2], &[Same, Lacking], ALL, replace()),
            (
                &[FailIfPresent, Overwrite],
                &[Lacking, Different],
                ALL,
                replace(),
            ),
            (
                &[Overwrite, CreateIfAbsent],
                &[Different, Different],
                ALL,
                refuse(Conflict::Different(names(&["N1"]))),
            ),
        ] {
            let step = decide(&item(strategies), &there(standings), None, allowed);
            assert_eq!(step, expected, "{strategies:?} {standings:?} {allowed:?}");
        }
    }

    #[test]
    fn what_an_earlier_run_made_is_known_again() {
        let item = item(&[Strategy::FailIfPresent]);
        let seen = there(&[Standing::Same]);
        assert_eq!(
            decide(&item, &seen, Some("3"), NONE),
            Step::Already("3".to_owned())
        );
        assert!(matches!(
            decide(&item, &seen, Some("2"), NONE),
            Step::Refuse(Conflict::Present(_))
        ));
        assert_eq!(decide(&item, &Seen::Nothing, Some("1"), NONE), Step::Create);
        assert_eq!(
            decide(&item, &Seen::Deleted, Some("1"), ALL),
            Step::Refuse(Conflict::Deleted)
        );
    }

    #[test]
    fn what_is_no_text_is_not_written_again() {
        let seen = Seen::There {
            version: "1".to_owned(),
            standings: vec![Standing::Lacking],
            is_texts: false,
        };
        let step = decide(&item(&[Strategy::Overwrite]), &seen, None, ALL);
        assert_eq!(step, Step::Refuse(Conflict::NoTexts));
    }
}
