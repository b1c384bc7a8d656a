//! Counts by rule and family, and the table of them.

use std::collections::BTreeMap;
use std::fmt;

/// What stands in the place of a name in a row that adds up others.
const ALL: &str = "all";

/// What became of the places that a rule should find, and what else it found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) found: u32,
    pub(crate) missed: u32,
    pub(crate) wrong: u32,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.found += other.found;
        self.missed += other.missed;
        self.wrong += other.wrong;
    }
}

/// Counts by rule and family.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table(BTreeMap<(String, String), Count>);

impl Table {
    /// The count of a rule in a family, to be counted on.
    pub(crate) fn at(&mut self, rule: &str, family: &str) -> &mut Count {
        self.0
            .entry((rule.to_owned(), family.to_owned()))
            .or_default()
    }

    /// How many places there were to find.
    pub(crate) fn places(&self) -> u32 {
        self.0
            .values()
            .map(|count| count.found + count.missed)
            .sum()
    }

    /// Whether all was found and nothing else.
    pub(crate) fn is_full(&self) -> bool {
        self.0
            .values()
            .all(|count| count.missed == 0 && count.wrong == 0)
    }

    /// Every row of the table: each rule by family and as a whole, then each family over all rules.
    fn rows(&self) -> Vec<(&str, &str, Count)> {
        let mut rules: BTreeMap<&str, Vec<(&str, Count)>> = BTreeMap::new();
        let mut families: BTreeMap<&str, Count> = BTreeMap::new();
        let mut total = Count::default();
        for ((rule, family), &count) in &self.0 {
            rules.entry(rule).or_default().push((family, count));
            families.entry(family).or_default().add(count);
            total.add(count);
        }
        let mut rows = Vec::new();
        for (rule, counts) in rules {
            let mut whole = Count::default();
            for (family, count) in counts {
                rows.push((rule, family, count));
                whole.add(count);
            }
            rows.push((rule, ALL, whole));
        }
        rows.extend(
            families
                .into_iter()
                .map(|(family, count)| (ALL, family, count)),
        );
        rows.push((ALL, ALL, total));
        rows
    }
}

/// A share with three digits, rounded down so that only what is whole reads 1.000.
fn share(part: u32, whole: u32) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    let thousandths = u64::from(part) * 1000 / u64::from(whole);
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["places", "found", "missed", "false", "recall", "precision"];
        write!(f, "{:24}{:8}", "rule", "family")?;
        for name in head {
            write!(f, "{name:>10}")?;
        }
        for (rule, family, count) in self.rows() {
            let Count {
                found,
                missed,
                wrong,
            } = count;
            let places = found + missed;
            write!(
                f,
                "\n{rule:24}{family:8}{places:10}{found:10}{missed:10}{wrong:10}"
            )?;
            let (recall, precision) = (share(found, places), share(found, found + wrong));
            write!(f, "{recall:>10}{precision:>10}")?;
        }
        Ok(())
    }
}

#[test]
fn rows_add_up() {
    let mut table = Table::default();
    table.at("env-dump", "rust").found = 2;
    table.at("env-dump", "ecma").wrong = 1;
    table.at("env-secret-read", "rust").missed = 3;
    let text = table.to_string();
    let rows: Vec<Vec<&str>> = text
        .lines()
        .map(|l| l.split_whitespace().collect())
        .collect();
    for row in [
        ["env-dump", "ecma", "0", "0", "0", "1", "-", "0.000"],
        ["env-dump", "all", "2", "2", "0", "1", "1.000", "0.666"],
        ["env-secret-read", "all", "3", "0", "3", "0", "0.000", "-"],
        ["all", "rust", "5", "2", "3", "0", "0.400", "1.000"],
        ["all", "all", "5", "2", "3", "1", "0.400", "0.666"],
    ] {
        assert!(rows.iter().any(|have| *have == row), "{row:?}\n{text}");
    }
    assert!(!table.is_full() && table.places() == 5);
}
