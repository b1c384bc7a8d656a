//! The fixtures, against what they announce.

use envacuate::settings::Settings;

use super::table::Table;
use crate::support::case::{self, Case};
use crate::support::{annotation, matching};

/// Counts over cases. A finding that is not all that was said of it is missed and false.
pub(crate) fn score(cases: &[Case]) -> Table {
    let settings = Settings::default();
    let mut table = Table::default();
    for case in cases {
        let report = case::check(&case.files, &settings);
        for (path, text) in &case.files {
            let expected =
                annotation::parse(text).unwrap_or_else(|why| panic!("{}/{path}:{why}", case.base));
            let found: Vec<_> = report
                .findings
                .iter()
                .filter(|finding| finding.location.path == *path)
                .collect();
            let paired = matching::pair(&expected, &found);
            for place in paired.met {
                table.at(&place.rule, &case.family).found += 1;
            }
            for place in paired.unmet {
                table.at(&place.rule, &case.family).missed += 1;
            }
            for finding in paired.left.iter().filter(|f| f.suppression.is_none()) {
                table.at(finding.rule, &case.family).wrong += 1;
            }
        }
    }
    table
}

#[test]
fn what_is_missed_and_what_is_false_counts() {
    let text = "import os\nprint(os.environ)  #~ env-dump\nprint(os.environ)\nprint(1)  #~ env-dump\nprint(os.environ)  #~ env-dump channel=log\n";
    let case = Case {
        base: "made".to_owned(),
        rule: "env-dump".to_owned(),
        family: "python".to_owned(),
        files: vec![("a.py".to_owned(), text.to_owned())],
    };
    let mut table = score(&[case]);
    let count = *table.at("env-dump", "python");
    assert_eq!((count.found, count.missed, count.wrong), (1, 2, 2));
    assert!(!table.is_full());
}
