//! How much of what is known to be there each rule finds, and how much of what it finds is true.
//!
//! The fixtures say line by line what has to be found; they must be met in full. Trees of real programs are measured
//! by hand, against a folder of labels: `CONTRIBUTING.md` has the command.

mod fixtures;
mod labels;
mod table;
mod trees;

use std::path::PathBuf;

use crate::support::case;

#[test]
fn fixtures_are_met_in_full() {
    let (cases, _) = case::all();
    let table = fixtures::score(&cases);
    println!("\nfixtures ({} cases)\n{table}", cases.len());
    assert!(table.places() > 0, "no fixture expects anything");
    assert!(table.is_full(), "recall or precision is below 1\n{table}");
}

/// Recall and precision on real trees, with every miss and every false finding.
#[test]
#[ignore = "needs a folder of labels in ENVACUATE_LABELS and one of the trees they label in ENVACUATE_TREES"]
fn measure_labelled_trees() {
    let folder = |name| PathBuf::from(std::env::var_os(name).unwrap_or_else(|| panic!("{name}?")));
    let measured = trees::score(&folder("ENVACUATE_LABELS"), &folder("ENVACUATE_TREES"));
    for line in &measured.wrong {
        println!("{line}");
    }
    let (scored, absent) = (measured.scored, measured.absent.join(" "));
    println!("\ntrees ({scored} scored)\n{}", measured.table);
    assert!(scored > 0, "none of the labelled trees is there");
    assert!(absent.is_empty(), "labelled, but not there: {absent}");
}
