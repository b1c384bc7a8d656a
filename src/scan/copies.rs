//! One secret in several files: who reads it and where it stands in plain text, told at both places.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::FileScan;
use crate::model::{Finding, Label, Location};
use crate::rules::{Part, Rule};

/// So many places are told at one finding, the nearest first.
const MAX_TOLD: usize = 3;
/// So many places of one secret are looked at.
const MAX_PLACES: usize = 200;

/// Reads of one secret, and its copies in plain text.
#[derive(Default)]
struct Places {
    reads: Vec<Location>,
    copies: Vec<Location>,
}

/// Lets findings of one secret know of each other where one reads it and the other shows it.
pub(super) fn link(files: &mut [FileScan]) {
    let mut secrets: BTreeMap<&str, Places> = BTreeMap::new();
    for finding in files.iter().flat_map(|file| &file.findings) {
        let Some(secret) = finding.secret.as_deref() else {
            continue;
        };
        let places = match Rule::part_of(finding.rule) {
            Some(Part::Read) => &mut secrets.entry(secret).or_default().reads,
            Some(Part::Copy) => &mut secrets.entry(secret).or_default().copies,
            _ => continue,
        };
        if places.len() < MAX_PLACES {
            places.push(finding.location.clone());
        }
    }
    secrets.retain(|_, places| !places.reads.is_empty() && !places.copies.is_empty());
    let secrets: BTreeMap<String, Places> = secrets
        .into_iter()
        .map(|(secret, places)| (secret.to_owned(), places))
        .collect();
    if secrets.is_empty() {
        return;
    }
    for finding in files.iter_mut().flat_map(|file| &mut file.findings) {
        let Some(places) = finding.secret.as_ref().and_then(|name| secrets.get(name)) else {
            continue;
        };
        match Rule::part_of(finding.rule) {
            Some(Part::Read) => tell(finding, &places.copies, "stands in plain text here"),
            Some(Part::Copy) => tell(finding, &places.reads, "is read here"),
            _ => {}
        }
    }
}

fn tell(finding: &mut Finding, places: &[Location], message: &str) {
    let own = &finding.location.path;
    // What a variable falls back to stands where it is read, and says so by itself.
    let is_elsewhere =
        |place: &&Location| place.path != *own || place.start.line != finding.location.start.line;
    let mut near: Vec<&Location> = places.iter().filter(is_elsewhere).collect();
    near.sort_by_key(|place| (Reverse(common(own, &place.path)), *place));
    let labels = near.into_iter().take(MAX_TOLD).map(|place| Label {
        location: place.clone(),
        message: message.to_owned(),
    });
    finding.labels.extend(labels);
}

/// How many folders two paths share.
fn common(one: &str, other: &str) -> usize {
    let pairs = one.split('/').zip(other.split('/'));
    pairs.take_while(|(a, b)| a == b).count()
}
