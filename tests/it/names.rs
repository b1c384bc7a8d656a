//! The judgement about names, on names of the public world.

use envacuate::names::{Names, SecretName, Words};

/// Precision, recall and F1 on a table of labelled names, with every miss.
#[test]
#[ignore = "needs a table of labelled names, its path in ENVACUATE_NAMES_TSV"]
#[expect(
    clippy::disallowed_methods,
    reason = "a measurement on a file outside of the repository"
)]
fn measure_labelled_names() {
    let path = std::env::var("ENVACUATE_NAMES_TSV").unwrap();
    let names = Names::default();
    let (mut hits, mut false_alarms, mut misses) = (0_u32, 0_u32, 0_u32);
    for line in std::fs::read_to_string(path).unwrap().lines().skip(1) {
        let mut cells = line.split('\t');
        let (name, label) = (cells.next().unwrap(), cells.next().unwrap());
        match (label, names.classify(name)) {
            ("secret", Some(_)) => hits += 1,
            ("secret", None) => {
                misses += 1;
                println!("missed       {name}");
            }
            ("not-secret", Some(_)) => {
                false_alarms += 1;
                println!("false alarm  {name}");
            }
            _ => {}
        }
    }
    let precision = f64::from(hits) / f64::from(hits + false_alarms);
    let recall = f64::from(hits) / f64::from(hits + misses);
    let f1 = 2.0 * precision * recall / (precision + recall);
    println!("precision {precision:.4} recall {recall:.4} F1 {f1:.4}");
    assert!(f1 >= 0.95);
}
