//! Lines that changed since another commit, and the findings that are on none of them.
//!
//! Reads what git prints; which commit that is, and which files git does not know, is the business of `workspace`. A
//! finding is on changed lines if its own range is, or, where a value leaves, one of the places that it comes by. A
//! range is, if one of its lines is new or lines between its first and its last one were taken out.

use std::collections::BTreeMap;
use std::io::{self, BufRead};

use crate::model::{Finding, Location, Report, Suppression, SuppressionKind};

/// What changed of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// First and last of lines that are new or different.
    new: Vec<(usize, usize)>,
    /// Lines behind which others stood.
    cut: Vec<usize>,
}

impl Lines {
    fn touch(&self, from: usize, to: usize) -> bool {
        let is_new = |&(first, last): &(usize, usize)| first <= to && from <= last;
        let is_inside = |&line: &usize| from <= line && line < to;
        self.new.iter().any(is_new) || self.cut.iter().any(is_inside)
    }
}

/// What is known of a file's lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'l> {
    /// All of them are new.
    All,
    /// These are.
    Some(&'l Lines),
    /// None is.
    None,
}

/// Silences the findings that are on no changed line, and counts the report again. `of` knows each file.
pub fn apply<'l>(report: &mut Report, of: &dyn Fn(&str) -> Change<'l>) {
    for finding in &mut report.findings {
        if finding.suppression.is_none() && !is_changed(finding, of) {
            finding.suppression = Some(Suppression {
                kind: SuppressionKind::Unchanged,
                reason: "on lines that did not change".to_owned(),
            });
        }
    }
    report.recount();
}

/// The files that a report needs to know the changes of.
pub fn paths(report: &Report) -> impl Iterator<Item = &str> {
    let open = report
        .findings
        .iter()
        .filter(|finding| finding.suppression.is_none());
    open.flat_map(places).map(|place| place.path.as_str())
}

/// The places of a finding that count.
fn places(finding: &Finding) -> impl Iterator<Item = &Location> {
    let way = finding.channel.map(|_| &finding.labels);
    let way = way.into_iter().flatten().map(|label| &label.location);
    std::iter::once(&finding.location).chain(way)
}

fn is_changed<'l>(finding: &Finding, of: &dyn Fn(&str) -> Change<'l>) -> bool {
    places(finding).any(|place| match of(&place.path) {
        Change::All => true,
        Change::None => false,
        Change::Some(lines) => lines.touch(place.start.line, place.end.line.max(place.start.line)),
    })
}

/// Reads a patch without context, as `git diff --unified=0` prints it: the files as they are called afterwards.
///
/// What stands in the files is passed over by its number of lines, so that it can say nothing.
pub fn read(patch: &mut dyn BufRead) -> io::Result<BTreeMap<Vec<u8>, Lines>> {
    let mut files: BTreeMap<Vec<u8>, Lines> = BTreeMap::new();
    let mut current: Option<Vec<u8>> = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        if patch.read_until(b'\n', &mut line)? == 0 {
            return Ok(files);
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        if text.starts_with(b"diff --git ") {
            current = None;
        } else if let Some(name) = text.strip_prefix(b"rename to ") {
            // There may be no more to say of it.
            files.extend(named(name).map(|name| (name, Lines::default())));
        } else if let Some(name) = text.strip_prefix(b"+++ ") {
            current = named(name).and_then(|name| Some(name.strip_prefix(b"b/")?.to_vec()));
            if let Some(name) = &current {
                files.entry(name.clone()).or_default();
            }
        } else if text.starts_with(b"@@ ") {
            let (old, start, new) = hunk(text).ok_or(io::ErrorKind::InvalidData)?;
            if let Some(lines) = current.as_ref().and_then(|name| files.get_mut(name)) {
                match new {
                    0 => lines.cut.push(start),
                    new => lines.new.push((start, start.saturating_add(new - 1))),
                }
            }
            for _ in 0..old.saturating_add(new) {
                // `\ No newline at end of file` may stand between.
                let is_remark = patch.fill_buf()?.first() == Some(&b'\\');
                if patch.skip_until(b'\n')? == 0 || is_remark && patch.skip_until(b'\n')? == 0 {
                    return Ok(files);
                }
            }
        }
    }
}

/// How many lines stood there before, and the first and the number of those that do now: `@@ -1,2 +3,4 @@`.
fn hunk(text: &[u8]) -> Option<(usize, usize, usize)> {
    let mut words = text.split(|byte| *byte == b' ').skip(1);
    let mut range = |sign: u8| -> Option<(usize, usize)> {
        let word = words.next()?.strip_prefix(&[sign])?;
        let word = str::from_utf8(word).ok()?;
        let (start, count) = word.split_once(',').unwrap_or((word, "1"));
        Some((start.parse().ok()?, count.parse().ok()?))
    };
    let ((_, old), (start, new)) = (range(b'-')?, range(b'+')?);
    Some((old, start, new))
}

/// The name in a line of a patch that says what a file is called.
fn named(name: &[u8]) -> Option<Vec<u8>> {
    match name.strip_prefix(b"\"") {
        Some(quoted) => unquoted(quoted),
        // A name with spaces ends in a tab.
        None => Some(name.strip_suffix(b"\t").unwrap_or(name).to_vec()),
    }
}

/// A name in quotes, of which the first was taken off.
fn unquoted(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut bytes = text.iter().copied();
    loop {
        match bytes.next()? {
            b'"' => return Some(out),
            b'\\' => out.push(match bytes.next()? {
                b'a' => 7,
                b'b' => 8,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 11,
                b'f' => 12,
                b'r' => b'\r',
                first @ b'0'..=b'3' => {
                    let digit = |byte: u8| (b'0'..=b'7').contains(&byte).then(|| byte - b'0');
                    digit(first)? * 64 + digit(bytes.next()?)? * 8 + digit(bytes.next()?)?
                }
                other => other,
            }),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_are_read_as_git_writes_them() {
        let patch = b"diff --git a/a.ts b/a.ts\nindex 1..2 100644\n--- a/a.ts\n+++ b/a.ts\n\
            @@ -1 +1,2 @@ fn\xff\n-old\n+++ b/no.ts\n+@@ -1 +1 @@\n\
            @@ -9,2 +9,0 @@\n-x\n-y\n\\ No newline at end of file\n\
            diff --git a/o d b/o d\nnew file mode 100644\n--- /dev/null\n+++ b/o d\t\n\
            @@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n\
            diff --git \"a/t\\tq\\\"\\303\\251\" \"b/t\\tq\\\"\\303\\251\"\nsimilarity index 90%\n\
            --- \"a/t\\tq\\\"\\303\\251\"\n+++ \"b/t\\tq\\\"\\303\\251\"\n@@ -3 +3 @@\n-x\n\
            \\ No newline at end of file\n+y\n\
            diff --git a/gone b/gone\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
        let files = read(&mut &patch[..]).unwrap();
        let lines = |new: &[(usize, usize)], cut: &[usize]| Lines {
            new: new.to_vec(),
            cut: cut.to_vec(),
        };
        let expected = [
            (b"a.ts".to_vec(), lines(&[(1, 2)], &[9])),
            (b"o d".to_vec(), lines(&[(1, 1)], &[])),
            ("t\tq\"é".into(), lines(&[(3, 3)], &[])),
        ];
        assert_eq!(files, BTreeMap::from(expected));
    }

    #[test]
    fn a_patch_that_is_cut_off_or_none_is_no_crash() {
        let patch = b"diff --git a/a b/a\n+++ b/a\n@@ -1,9 +1,9 @@\n-x\n";
        for end in 0..patch.len() {
            let _ = read(&mut &patch[..end]);
        }
        assert!(read(&mut &b"@@ nonsense @@\n"[..]).is_err());
    }

    #[test]
    fn a_range_is_touched_by_what_is_new_and_by_what_was_cut_inside() {
        let lines = Lines {
            new: vec![(5, 6)],
            cut: vec![10],
        };
        for (from, to, touched) in [
            (4, 4, false),
            (4, 5, true),
            (6, 9, true),
            (7, 9, false),
            (10, 10, false),
            (9, 10, false),
            (10, 11, true),
            (11, 12, false),
        ] {
            assert_eq!(lines.touch(from, to), touched, "{from} {to}");
        }
    }
}
