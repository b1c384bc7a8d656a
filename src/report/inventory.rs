//! The inventory: which secrets there are, who reads them, where they leave, and where copies stand in plain text.
//!
//! Drawn from the findings, silenced ones included, for what is accepted is there all the same. Holds names and places,
//! never a value. Used by the formats that can show it.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Options;
use super::plain::{DIM, paint, plain};
use crate::model::{Finding, Report};
use crate::rules::{Part, Rule};

/// One secret and the findings about it, by place.
#[derive(Debug, Default)]
pub(super) struct Secret<'r> {
    /// Nothing for copies that no name stands beside; they are told together.
    pub(super) name: Option<&'r str>,
    pub(super) provider: Option<&'static str>,
    pub(super) reads: Vec<&'r Finding>,
    pub(super) exposures: Vec<&'r Finding>,
    pub(super) copies: Vec<&'r Finding>,
}

/// Every secret, by name, those without one last.
pub(super) fn inventory(report: &Report) -> Vec<Secret<'_>> {
    let mut secrets: BTreeMap<(bool, Option<&str>), Secret<'_>> = BTreeMap::new();
    for finding in &report.findings {
        let Some(part) = Rule::part_of(finding.rule) else {
            continue;
        };
        let name = finding.secret.as_deref();
        let secret = secrets.entry((name.is_none(), name)).or_default();
        secret.name = name;
        if name.is_some() {
            secret.provider = secret.provider.or(finding.provider);
        }
        match part {
            Part::Read => secret.reads.push(finding),
            Part::Exposure => secret.exposures.push(finding),
            Part::Copy => secret.copies.push(finding),
        }
    }
    secrets.into_values().collect()
}

/// The table: a row a secret, with counts and the first place.
pub(super) fn table(report: &Report, options: &Options) -> String {
    const HEAD: [&str; 6] = [
        "secret",
        "service",
        "reads",
        "exposed",
        "in plain text",
        "first place",
    ];
    let secrets = inventory(report);
    if secrets.is_empty() {
        return "No secrets\n".to_owned();
    }
    let rows: Vec<[String; 6]> = secrets.iter().map(row).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0).max(HEAD[column].len())
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    let line = |cells: [&str; 6]| {
        let mut out = String::new();
        for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
            // Names to the left, numbers to the right.
            if (2..5).contains(&at) {
                write!(out, "{cell:>width$}  ").expect("a String takes everything");
            } else {
                write!(out, "{cell:width$}  ").expect("a String takes everything");
            }
        }
        out.trim_end().to_owned()
    };
    let mut out = paint(&line(HEAD), DIM, options) + "\n";
    for row in &rows {
        out += &line(row.each_ref().map(String::as_str));
        out.push('\n');
    }
    out
}

fn row(secret: &Secret<'_>) -> [String; 6] {
    let all = [&secret.reads, &secret.exposures, &secret.copies];
    let first = all.iter().find_map(|findings| findings.first());
    let place = first.map_or_else(String::new, |finding| {
        let place = &finding.location;
        plain(&format!("{}:{}", place.path, place.start.line))
    });
    let [reads, exposures, copies] = all.map(|findings| findings.len().to_string());
    [
        secret.name.map_or_else(|| "(no name)".to_owned(), plain),
        secret.provider.unwrap_or("-").to_owned(),
        reads,
        exposures,
        copies,
        place,
    ]
}
