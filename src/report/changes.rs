//! What would change, for people: a unified diff of source texts in which every literal and comment is masked.
//!
//! Used for fixes and for migrations.

use std::io::{self, Write};

use similar::{ChangeTag, TextDiff};

use super::Options;
use super::plain::{CYAN, RED, paint, plain};
use crate::backend::{self, Use};
use crate::rewrite::Plan;
use crate::scan::shown_lines;

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
        let diff = TextDiff::from_lines(&*old, &*new);
        let mut unified = diff.unified_diff();
        for hunk in unified.context_radius(AROUND).iter_hunks() {
            writeln!(out, "{}", paint(&hunk.header().to_string(), CYAN, options))?;
            for change in hunk.iter_changes() {
                let (sign, color, line) = match change.tag() {
                    ChangeTag::Equal => (' ', None, change.new_index().map(|at| new_shown.get(at))),
                    ChangeTag::Delete => (
                        '-',
                        Some(RED),
                        change.old_index().map(|at| old_shown.get(at)),
                    ),
                    ChangeTag::Insert => (
                        '+',
                        Some(GREEN),
                        change.new_index().map(|at| new_shown.get(at)),
                    ),
                };
                let line = format!("{sign}{}", line.flatten().map_or("***", String::as_str));
                let line = color.map_or_else(|| line.clone(), |color| paint(&line, color, options));
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}
