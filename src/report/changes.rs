//! What would change, for people: a unified diff of source texts in which every literal and comment is masked.
//!
//! Used for fixes and for migrations.

use std::io::{self, Write};
use std::ops::Range;

use similar::{DiffOp, group_diff_ops};

use super::Options;
use super::plain::{CYAN, RED, paint, plain};
use crate::backend::{self, Use};
use crate::rewrite::Plan;
use crate::scan::shown_lines;
use crate::text::{compare, lines};

/// Lines around a change.
const AROUND: usize = 3;

/// Painted as added.
const GREEN: &str = "32";

/// A file that changes; a new one was not there before, and all of it is ours.
#[derive(Clone, Copy, Debug)]
pub struct Change<'c> {
    /// Its path.
    pub path: &'c str,
    /// Its text before.
    pub before: Option<&'c [u8]>,
    /// Its text afterwards.
    pub after: &'c [u8],
}

/// What may be shown inside of quotes in the diff of a plan: names of secrets, and the packages that are added.
pub(super) fn words(plan: &Plan) -> Vec<String> {
    let mut words: Vec<String> = plan.units.iter().map(|unit| unit.secret.clone()).collect();
    if !plan.needs.is_empty() {
        words.push("dependencies".to_owned());
        let clients = backend::ALL.into_iter().flat_map(|one| one.clients);
        for library in clients.flat_map(|client| client.uses) {
            let Use { name, version, .. } = library;
            words.extend([(*name).to_owned(), (*version).to_owned()]);
            words.extend(library.before_node_22.map(str::to_owned));
            words.push(format!("{name}{version}"));
            words.extend(library.features.iter().map(|&feature| feature.to_owned()));
        }
    }
    words
}

/// Writes the diff of every file; `words` may be shown inside of quotes.
pub fn changes<'c>(
    files: impl IntoIterator<Item = Change<'c>>,
    words: &[&str],
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    for Change {
        path,
        before,
        after,
    } in files
    {
        let old = String::from_utf8_lossy(before.unwrap_or_default());
        let new = String::from_utf8_lossy(after);
        let old_shown = before.map_or_else(Vec::new, |text| shown_lines(path, text, words));
        let new_shown = match before {
            Some(_) => shown_lines(path, after, words),
            None => new.lines().map(plain).collect(),
        };
        let path = plain(path);
        match before {
            Some(_) => writeln!(out, "--- a/{path}")?,
            None => writeln!(out, "--- /dev/null")?,
        }
        writeln!(out, "+++ b/{path}")?;
        let ops = compare(&lines(&old), &lines(&new));
        for hunk in group_diff_ops(ops, AROUND) {
            writeln!(out, "{}", paint(&header(&hunk), CYAN, options))?;
            for op in &hunk {
                let (old, new) = (op.old_range(), op.new_range());
                if let DiffOp::Equal { .. } = op {
                    put(' ', None, &new_shown, new, options, out)?;
                } else {
                    put('-', Some(RED), &old_shown, old, options, out)?;
                    put('+', Some(GREEN), &new_shown, new, options, out)?;
                }
            }
        }
    }
    Ok(())
}

/// Some lines, each behind a sign.
fn put(
    sign: char,
    color: Option<&str>,
    shown: &[String],
    lines: Range<usize>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    for number in lines {
        let line = format!("{sign}{}", shown.get(number).map_or("***", String::as_str));
        let line = color.map_or_else(|| line.clone(), |color| paint(&line, color, options));
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// The line above a hunk, which says where it stands before and after.
fn header(hunk: &[DiffOp]) -> String {
    let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else {
        return String::new();
    };
    let place = |start: usize, end: usize| match end - start {
        0 => format!("{start},0"),
        1 => format!("{end}"),
        count => format!("{},{count}", start + 1),
    };
    let old = place(first.old_range().start, last.old_range().end);
    let new = place(first.new_range().start, last.new_range().end);
    format!("@@ -{old} +{new} @@")
}
