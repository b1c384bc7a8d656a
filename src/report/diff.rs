//! A plan for people: a unified diff with every word that looks generated masked, and a table of what moves where.

use std::fmt::Write;
use std::io;

use similar::TextDiff;

use super::Options;
use super::plain::{CYAN, RED, YELLOW, count, paint, plain};
use crate::rewrite::{Plan, Unit};
use crate::text::mask_random;

/// Lines around a change.
const AROUND: usize = 3;

/// Painted as added.
const GREEN: &str = "32";

/// Writes the diff of every file that changes.
pub fn diff(plan: &Plan, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    for (path, (before, after)) in &plan.files {
        let old = String::from_utf8_lossy(before.as_deref().unwrap_or_default());
        let new = String::from_utf8_lossy(after);
        let path = plain(path);
        let from = match before {
            Some(_) => format!("a/{path}"),
            None => "/dev/null".to_owned(),
        };
        let changes = TextDiff::from_lines(&*old, &*new);
        let mut unified = changes.unified_diff();
        let text = unified
            .context_radius(AROUND)
            .header(&from, &format!("b/{path}"))
            .to_string();
        for line in text.lines() {
            let color = match line.as_bytes().first() {
                Some(b'+') => Some(GREEN),
                Some(b'-') => Some(RED),
                Some(b'@') => Some(CYAN),
                _ => None,
            };
            let shown: String = line
                .split('\t')
                .map(|part| plain(&mask_random(part)))
                .collect::<Vec<_>>()
                .join("\t");
            let shown = color.map_or_else(|| shown.clone(), |color| paint(&shown, color, options));
            writeln!(out, "{shown}")?;
        }
    }
    Ok(())
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
