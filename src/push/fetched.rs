//! Who fetched a new version, and how long that took, weighed from what a log says; and who was expected to.
//!
//! Pure: entries in the order in which they came, old and new ones mixed, in; an account out. Used by `rotate`.

use std::collections::{BTreeMap, BTreeSet};

use super::Moment;
use super::audit::{Did, Entry};

/// Who read the secret so many seconds before the new version is expected to fetch that, too.
const RECENT: i64 = 3600;

/// What is asked of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// The version; without one, the last that was written.
    pub version: Option<String>,
    /// When it was written by the clock of whoever wrote it, or the time to count from.
    pub since: Option<Moment>,
    /// Who is expected to fetch it; without any, whoever read it shortly before.
    pub expect: Vec<String>,
}

/// Where a time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToldBy {
    /// The log holds the write, so that all times are by the clock of the manager.
    Log,
    /// It was asked with, or is by the clock of whoever wrote.
    Caller,
}

/// What a log says of a new version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The version, if that is known.
    pub version: Option<String>,
    /// When it was written, if that is known.
    pub written: Option<(Moment, ToldBy)>,
    /// Who fetched it, the fastest first.
    pub readers: Vec<Reader>,
    /// Who was expected to; nothing where nobody is known.
    pub expected: Option<Vec<Expected>>,
}

/// Somebody who fetched the new version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reader {
    /// Milliseconds from the write; nothing where that is not known.
    pub millis: Option<u64>,
    /// As the log names the identity.
    pub who: String,
    /// Where it came from; may be empty.
    pub address: String,
}

/// Somebody who is expected to fetch it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// As the log names the identity, or as whoever asked does.
    pub who: String,
    /// Whether it did.
    pub has_fetched: bool,
    /// Milliseconds from the write to the first time.
    pub millis: Option<u64>,
}

impl Fetched {
    /// Whether all who were expected did; nobody knows where nobody is expected.
    pub fn is_settled(&self) -> bool {
        let expected = self.expected.as_deref().unwrap_or_default();
        !expected.is_empty() && expected.iter().all(|one| one.has_fetched)
    }

    /// Whether it is as it should be: all who were expected fetched it, or at least somebody did.
    pub fn is_complete(&self) -> bool {
        match &self.expected {
            Some(expected) => expected.iter().all(|one| one.has_fetched),
            None => !self.readers.is_empty(),
        }
    }

    /// The milliseconds of whoever took longest.
    pub fn slowest(&self) -> Option<u64> {
        self.readers.iter().filter_map(|one| one.millis).max()
    }
}

/// Why nothing can be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// The log says neither when the version was written nor who got it.
    NotWritten,
    /// It is about several secrets of that name: in these accounts, projects, vaults or namespaces.
    Several(Vec<String>),
}

/// Weighs what a log says.
pub fn fetched(entries: &[Entry], question: &Question) -> Result<Fetched, Unclear> {
    let realms: BTreeSet<&str> = entries.iter().map(|entry| &*entry.realm).collect();
    let write = write(entries, question);
    if realms.len() < 2 {
        return weighed(entries, write, question).ok_or(Unclear::NotWritten);
    }
    // Which one it is about is known where somebody asked for a version whose name no other one has.
    let is_unique = |version: &String| version.parse::<u64>().is_err();
    match write.filter(|_| question.version.as_ref().is_some_and(is_unique)) {
        Some(write) => {
            let same = entries.iter().filter(|entry| entry.realm == write.realm);
            let same: Vec<Entry> = same.cloned().collect();
            weighed(&same, Some(write), question).ok_or(Unclear::NotWritten)
        }
        None => Err(Unclear::Several(
            realms.into_iter().map(str::to_owned).collect(),
        )),
    }
}

fn weighed(entries: &[Entry], write: Option<&Entry>, question: &Question) -> Option<Fetched> {
    let version = question.version.clone().or_else(|| match &write?.did {
        Did::Wrote(version) => version.clone(),
        _ => None,
    });
    let written = match (write, question.since) {
        (Some(write), _) => Some((write.at, ToldBy::Log)),
        (None, since) => since.map(|since| (since, ToldBy::Caller)),
    };
    let got = |entry: &Entry| match (&entry.did, &version) {
        (Did::Read(Some(got)), Some(version)) => is_since(got, version),
        _ => false,
    };
    if written.is_none() && !entries.iter().any(got) {
        return None;
    }
    let at = written.map(|(at, _)| at);
    let is_new = |entry: &Entry| match (&entry.did, &version) {
        (Did::Read(Some(got)), Some(version)) => is_since(got, version),
        // What happened in the moment of the write may have been before it.
        (Did::Read(_), _) => at.is_some_and(|at| entry.at > at),
        _ => false,
    };
    let mut first: BTreeMap<(&str, &str), &Entry> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| is_new(entry)) {
        let key = (&*entry.who.name, &*entry.who.address);
        let known = first.entry(key).or_insert(entry);
        if entry.at < known.at {
            *known = entry;
        }
    }
    let millis = |entry: &Entry| at.map(|at| entry.at.millis_since(at));
    let expected = if question.expect.is_empty() {
        let names = before(entries, at, &is_new);
        (!names.is_empty()).then(|| names.into_iter().map(str::to_owned).collect())
    } else {
        Some(question.expect.clone())
    };
    let expect = |who: String| {
        let of = first.values().filter(|entry| entry.who.is(&who));
        let soonest = of.min_by_key(|entry| entry.at);
        Expected {
            has_fetched: soonest.is_some(),
            millis: soonest.and_then(|entry| millis(entry)),
            who,
        }
    };
    let mut readers: Vec<Reader> = first
        .values()
        .map(|entry| Reader {
            millis: millis(entry),
            who: entry.who.name.clone(),
            address: entry.who.address.clone(),
        })
        .collect();
    readers.sort();
    let expected = expected.map(|names: Vec<String>| names.into_iter().map(expect).collect());
    Some(Fetched {
        version,
        written,
        readers,
        expected,
    })
}

/// The write of the version, or the last one where none is asked for.
fn write<'e>(entries: &'e [Entry], question: &Question) -> Option<&'e Entry> {
    let writes = entries
        .iter()
        .filter(|entry| match (&entry.did, &question.version) {
            (Did::Wrote(Some(new)), Some(version)) => new == version,
            (Did::Wrote(_), None) => question.since.is_none(),
            _ => false,
        });
    writes.max_by_key(|entry| entry.at)
}

/// Whether a version is another one or came after it, as far as that can be told.
fn is_since(got: &str, version: &str) -> bool {
    let number = |text: &str| text.parse::<u64>().ok();
    match (number(got), number(version)) {
        (Some(got), Some(version)) => got >= version,
        _ => got == version,
    }
}

/// Who read it shortly before, but for whoever also wrote it or asked for a version by its name: that is who rotates it,
/// and no server.
fn before<'e>(
    entries: &'e [Entry],
    at: Option<Moment>,
    is_new: &dyn Fn(&Entry) -> bool,
) -> BTreeSet<&'e str> {
    let is_by_writer = |entry: &&Entry| matches!(entry.did, Did::Wrote(_) | Did::ReadNamed(_));
    let writers = entries.iter().filter(is_by_writer);
    let writers: BTreeSet<&str> = writers.map(|entry| &*entry.who.name).collect();
    let Some(at) = at else {
        return BTreeSet::new();
    };
    let is_recent = |entry: &&Entry| {
        matches!(entry.did, Did::Read(_)) && entry.at >= at.before(RECENT) && !is_new(entry)
    };
    let recent = entries.iter().filter(is_recent);
    let names = recent.map(|entry| &*entry.who.name);
    names.filter(|name| !writers.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::audit::Who;
    use super::*;

    fn entry(second: i64, who: &str, did: Did) -> Entry {
        let (name, address) = who.split_once('@').unwrap_or((who, ""));
        let who = Who {
            name: name.to_owned(),
            also: vec![format!("role-{name}")],
            address: address.to_owned(),
        };
        Entry {
            at: Moment::from_millis(second * 1000),
            realm: String::new(),
            who,
            did,
        }
    }

    fn read(second: i64, who: &str) -> Entry {
        entry(second, who, Did::Read(None))
    }

    fn got(second: i64, who: &str, version: &str) -> Entry {
        entry(second, who, Did::Read(Some(version.to_owned())))
    }

    fn wrote(second: i64, who: &str, version: Option<&str>) -> Entry {
        entry(second, who, Did::Wrote(version.map(str::to_owned)))
    }

    fn of(version: Option<&str>, since: Option<i64>, expect: &[&str]) -> Question {
        Question {
            version: version.map(str::to_owned),
            since: since.map(|second| Moment::from_millis(second * 1000)),
            expect: expect.iter().map(|&who| who.to_owned()).collect(),
        }
    }

    fn readers(fetched: &Fetched) -> Vec<(&str, Option<u64>)> {
        fetched
            .readers
            .iter()
            .map(|one| (&*one.who, one.millis))
            .collect()
    }

    fn expected(fetched: &Fetched) -> Vec<(&str, bool)> {
        let all = fetched.expected.as_deref().unwrap_or_default();
        all.iter().map(|one| (&*one.who, one.has_fetched)).collect()
    }

    #[test]
    fn who_read_before_is_expected_and_who_wrote_is_not() {
        let entries = [
            read(9_000, "b"),
            read(100, "long-gone"),
            read(9_990, "writer"),
            wrote(10_000, "writer", Some("v2")),
            entry(
                10_001,
                "other-writer",
                Did::ReadNamed(Some("v2".to_owned())),
            ),
            read(9_999, "other-writer"),
            read(9_500, "a"),
            read(10_004, "b"),
            read(10_003, "b"),
            read(10_001, "c"),
            read(10_000, "same-second"),
        ];
        let told = fetched(&entries, &of(Some("v2"), Some(10_001), &[])).unwrap();
        assert_eq!(
            told.written,
            Some((Moment::from_millis(10_000_000), ToldBy::Log))
        );
        assert_eq!(readers(&told), [("c", Some(1000)), ("b", Some(3000))]);
        assert_eq!(
            expected(&told),
            [("a", false), ("b", true), ("same-second", false)]
        );
        assert!(!told.is_settled() && !told.is_complete());
        assert_eq!(told.slowest(), Some(3000));
    }

    #[test]
    fn names_that_were_given_take_the_place_of_who_read_before() {
        let entries = [read(1, "a"), read(12, "b"), read(11, "role-c")];
        let told = fetched(&entries, &of(None, Some(10), &["role-b", "role-c"])).unwrap();
        assert_eq!(expected(&told), [("role-b", true), ("role-c", true)]);
        assert!(told.is_settled() && told.is_complete());
        let told = fetched(&entries, &of(None, Some(10), &["a"])).unwrap();
        assert!(!told.is_complete());
    }

    #[test]
    fn the_version_that_was_got_says_more_than_clocks() {
        // The log's clock is behind that of whoever wrote.
        let entries = [
            got(5, "a", "1"),
            got(7, "a", "2"),
            got(8, "b", "1"),
            got(9, "c", "3"),
        ];
        let told = fetched(&entries, &of(Some("2"), Some(10), &[])).unwrap();
        assert_eq!(readers(&told), [("a", Some(0)), ("c", Some(0))]);
        assert_eq!(expected(&told), [("a", true), ("b", false)]);
        let told = fetched(&entries, &of(Some("2"), None, &[])).unwrap();
        assert_eq!(
            (readers(&told), told.expected.is_none()),
            (vec![("a", None), ("c", None)], true)
        );
        let entries = [got(5, "a", "id-1"), got(7, "b", "id-2")];
        let told = fetched(&entries, &of(Some("id-2"), Some(1), &[])).unwrap();
        assert_eq!(readers(&told), [("b", Some(6000))]);
    }

    #[test]
    fn without_a_question_the_last_write_counts() {
        let entries = [
            wrote(20, "w", None),
            read(21, "a"),
            wrote(10, "w", Some("1")),
            read(15, "b"),
        ];
        let told = fetched(&entries, &of(None, None, &[])).unwrap();
        assert_eq!(
            (told.version.as_deref(), readers(&told)),
            (None, vec![("a", Some(1000))])
        );
        assert_eq!(expected(&told), [("b", false)]);
        let told = fetched(&entries, &of(None, Some(12), &[])).unwrap();
        assert_eq!(readers(&told), [("b", Some(3000)), ("a", Some(9000))]);
        assert_eq!(told.written.unwrap().1, ToldBy::Caller);
    }

    #[test]
    fn what_says_too_little_is_nothing() {
        let nothing = Err(Unclear::NotWritten);
        assert_eq!(fetched(&[], &of(None, None, &[])), nothing);
        assert_eq!(
            fetched(&[read(1, "a")], &of(Some("2"), None, &["a"])),
            nothing
        );
        let told = fetched(&[], &of(None, Some(1), &[])).unwrap();
        assert!(!told.is_complete() && told.expected.is_none());
    }

    #[test]
    fn secrets_of_one_name_in_several_places_are_told_apart_or_refused() {
        let elsewhere = |entry: Entry| Entry {
            realm: "other".to_owned(),
            ..entry
        };
        let entries = [
            wrote(10, "w", Some("id-2")),
            read(11, "a"),
            elsewhere(read(12, "b")),
            elsewhere(wrote(13, "w", Some("id-3"))),
        ];
        let told = fetched(&entries, &of(Some("id-2"), None, &[])).unwrap();
        assert_eq!(readers(&told), [("a", Some(1000))]);
        let several = Err(Unclear::Several(vec![String::new(), "other".to_owned()]));
        assert_eq!(fetched(&entries, &of(None, None, &[])), several);
        assert_eq!(fetched(&entries, &of(None, Some(5), &[])), several);
        assert_eq!(fetched(&entries, &of(Some("2"), Some(5), &[])), several);
    }

    #[test]
    fn one_identity_at_two_addresses_is_two_readers_and_one_that_is_expected() {
        let entries = [
            read(5, "a@1"),
            read(11, "a@1"),
            read(14, "a@2"),
            read(12, "a@1"),
        ];
        let told = fetched(&entries, &of(None, Some(10), &[])).unwrap();
        assert_eq!(readers(&told), [("a", Some(1000)), ("a", Some(4000))]);
        assert_eq!(expected(&told), [("a", true)]);
    }
}
