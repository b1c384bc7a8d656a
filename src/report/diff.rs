//! A plan for people: its diff, and a table of what moves where.

use std::fmt::Write;
use std::io;

use super::Options;
use super::changes::{Change, changes, words};
use super::plain::{YELLOW, count, paint, plain};
use crate::rewrite::{Plan, Unit};

/// Writes the diff of every file that changes.
pub fn diff(plan: &Plan, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let names = words(plan);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let files = plan.files.iter().map(|(path, (before, after))| Change {
        path,
        before: before.as_deref(),
        after,
    });
    changes(files, &names, options, out)
}

/// Writes what moves where, and what does not and why.
pub fn summary(plan: &Plan, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let (moved, manual): (Vec<&Unit>, Vec<&Unit>) =
        plan.units.iter().partition(|unit| unit.reason.is_none());
    let width = plan
        .units
        .iter()
        .map(|unit| unit.secret.len())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for unit in &moved {
        let Unit {
            secret,
            address,
            reads,
            ..
        } = unit;
        let live = reads
            .iter()
            .filter(|read| read.rotation.as_str() == "live")
            .count();
        let rotation = if live == reads.len() {
            "a new value is seen while it runs".to_owned()
        } else if live == 0 {
            "a new value needs a restart".to_owned()
        } else {
            format!(
                "{live} of {} see a new value without a restart",
                count(reads.len(), "read")
            )
        };
        writeln!(
            text,
            "  {secret:width$}  {}#{}  {}; {rotation}",
            address.path,
            address.key,
            count(reads.len(), "read")
        )
        .map_err(io::Error::other)?;
    }
    for unit in &manual {
        let Some(reason) = unit.reason else { continue };
        let head = paint(&format!("manual[{}]", reason.as_str()), YELLOW, options);
        let first = unit
            .reads
            .iter()
            .find(|read| read.reason == Some(reason))
            .or_else(|| unit.reads.first());
        let place = first.map_or_else(String::new, |read| {
            let place = &read.location;
            format!("{}:{}: ", plain(&place.path), place.start.line)
        });
        writeln!(
            text,
            "  {:width$}  {head} {place}{}",
            plain(&unit.secret),
            reason.advice()
        )
        .map_err(io::Error::other)?;
        if let Some(suggestion) = unit.suggestion() {
            writeln!(text, "  {:width$}  as {}", "", plain(&suggestion))
                .map_err(io::Error::other)?;
        }
    }
    for step in crate::manifest::steps(plan) {
        writeln!(text, "  then {}", plain(&step)).map_err(io::Error::other)?;
    }
    let files = plan.files.len();
    writeln!(
        text,
        "{} to move in {}, {} to do by hand",
        count(moved.len(), "secret"),
        count(files, "file"),
        manual.len()
    )
    .map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}
