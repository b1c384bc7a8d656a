//! What fixes change, for people: a unified diff in which every word that looks generated is masked.

use std::collections::BTreeMap;
use std::io::{self, Write};

use similar::TextDiff;

use super::Options;
use super::plain::{CYAN, RED, paint, plain};
use crate::text::mask_random;

/// Lines around a change.
const AROUND: usize = 3;

/// Painted as added.
const GREEN: &str = "32";

/// Writes the diff of every file: its text before, and after.
pub fn changes(
    files: &BTreeMap<String, (Vec<u8>, Vec<u8>)>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (path, (before, after)) in files {
        let (old, new) = (
            String::from_utf8_lossy(before),
            String::from_utf8_lossy(after),
        );
        let path = plain(path);
        let changes = TextDiff::from_lines(&*old, &*new);
        let mut unified = changes.unified_diff();
        let text = unified
            .context_radius(AROUND)
            .header(&format!("a/{path}"), &format!("b/{path}"))
            .to_string();
        for line in text.lines() {
            let color = match line.as_bytes().first() {
                Some(b'+') => Some(GREEN),
                Some(b'-') => Some(RED),
                Some(b'@') => Some(CYAN),
                _ => None,
            };
            let parts = line.split('\t').map(|part| plain(&mask_random(part)));
            let shown = parts.collect::<Vec<_>>().join("\t");
            let shown = color.map_or_else(|| shown.clone(), |color| paint(&shown, color, options));
            writeln!(out, "{shown}")?;
        }
    }
    Ok(())
}
