//! What checkers complain about: which complaints are new, and what of them can be shown.
//!
//! Pure. Checkers quote source, so that only the place and the code of a complaint are kept for showing.

use std::collections::BTreeMap;

use crate::text::{mask_random, show};

/// One complaint of a checker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    /// `path:line: code`, or the code alone.
    pub(super) shown: String,
    /// What it is about, without numbers, since lines move.
    key: String,
}

impl Complaint {
    fn has_place(&self) -> bool {
        !self.key.starts_with('\0')
    }
}

/// The complaints in what a checker printed.
pub(super) fn complaints(output: &str) -> Vec<Complaint> {
    let mut found = Vec::new();
    // Python tells the place some lines before the error.
    let mut place = None;
    for line in output.lines() {
        if let Some(named) = python_place(line) {
            place = Some(named);
            continue;
        }
        let Some((head, code, message)) = error(line) else {
            continue;
        };
        let at = location(head).or_else(|| place.take());
        let (path, number) = at.unwrap_or_default();
        found.push(Complaint {
            shown: match (path, number) {
                ("", _) => code.to_owned(),
                (path, number) => format!("{}:{number}: {code}", mask_random(&show(path))),
            },
            key: format!("{path}\0{code}\0{}", without_numbers(message)),
        });
    }
    found
}

/// Those that were not there before. A complaint may be there several times. The ones without a place, which count the
/// others, are left out if there is one with a place.
pub(super) fn new(before: &[Complaint], after: Vec<Complaint>) -> Vec<Complaint> {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for complaint in before {
        *known.entry(&complaint.key).or_default() += 1;
    }
    let is_new = |complaint: &Complaint| match known.get_mut(complaint.key.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    let mut found: Vec<Complaint> = after.into_iter().filter(is_new).collect();
    if found.iter().any(Complaint::has_place) {
        found.retain(Complaint::has_place);
    }
    found
}

/// What stands before an error, its code, and the rest.
fn error(line: &str) -> Option<(&str, &str, &str)> {
    let line = line.trim();
    // `SyntaxError: invalid syntax`
    let first = line.split(':').next().unwrap_or_default();
    if first.ends_with("Error") && is_code(first) {
        return Some(("", first, &line[first.len()..]));
    }
    let at = if line.starts_with("error") {
        0
    } else {
        [": error", " - error"]
            .iter()
            .find_map(|mark| Some(line.find(mark)? + mark.len() - "error".len()))?
    };
    let head = line[..at].trim_end_matches([' ', '-', ':']);
    let rest = &line[at + "error".len()..];
    // `error[E0425]: …`, `error TS2322: …`
    let before = rest.split(':').next().unwrap_or_default();
    let before = before.trim_matches([' ', '[', ']']);
    // `…  [assignment]`, `… (reportMissingImports)`
    let behind = [('[', ']'), ('(', ')')].iter().find_map(|(open, close)| {
        let (_, code) = line.strip_suffix(*close)?.rsplit_once(*open)?;
        Some(code)
    });
    let code = if rest.starts_with(['[', ' ']) && is_code(before) && rest.contains(':') {
        before
    } else {
        behind.filter(|code| is_code(code)).unwrap_or("error")
    };
    Some((head, code, rest))
}

/// Whether a word could be the code of an error and no text of a source.
fn is_code(word: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=40).contains(&word.len()) && word.chars().all(fine) && mask_random(word) == word
}

/// `path:3:5`, `path:3`, `path(3,5)`.
fn location(head: &str) -> Option<(&str, usize)> {
    if let Some((path, numbers)) = head
        .strip_suffix(')')
        .and_then(|head| head.rsplit_once('('))
    {
        let line = numbers.split(',').next()?;
        return Some((path, line.parse().ok()?));
    }
    let (path, last) = head.rsplit_once(':')?;
    let last: usize = last.parse().ok()?;
    match path
        .rsplit_once(':')
        .map(|(path, line)| (path, line.parse()))
    {
        Some((path, Ok(line))) => Some((path, line)),
        _ => Some((path, last)),
    }
}

/// `File "path", line 3`
fn python_place(line: &str) -> Option<(&str, usize)> {
    let (path, rest) = line
        .trim_start_matches(['*', ' '])
        .strip_prefix("File \"")?
        .split_once('"')?;
    let digits = rest.strip_prefix(", line ")?;
    let digits = digits.split(|c: char| !c.is_ascii_digit()).next()?;
    Some((path, digits.parse().ok()?))
}

fn without_numbers(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(output: &str) -> Vec<String> {
        complaints(output)
            .into_iter()
            .map(|one| one.shown)
            .collect()
    }

    #[test]
    fn the_formats_of_checkers_are_read_and_sources_are_not_shown() {
        for (line, expected) in [
            (
                "src/a.ts(3,5): error TS2322: Type '\"hunter2\"' is not assignable.",
                "src/a.ts:3: TS2322",
            ),
            (
                "src/main.rs:7:9: error[E0425]: cannot find value `hunter2` in this scope",
                "src/main.rs:7: E0425",
            ),
            (
                "a.py:12: error: Incompatible types (got \"hunter2\")  [assignment]",
                "a.py:12: assignment",
            ),
            (
                "  /w/a.py:1:8 - error: Import \"hunter2\" could not be resolved (reportMissingImports)",
                "/w/a.py:1: reportMissingImports",
            ),
            (
                "src/lib.rs:1:1: error: expected one of `!` or `::`, found `hunter2`",
                "src/lib.rs:1: error",
            ),
            (
                "error: could not compile `hunter2` (bin \"hunter2\") due to 1 previous error",
                "error",
            ),
            ("error[E0433]: failed to resolve: use of hunter2", "E0433"),
        ] {
            assert_eq!(shown(line), [expected], "{line}");
        }
        let python = "*** Error compiling 'a.py'...\n  File \"a.py\", line 3\n    key = \"hunter2\n          ^\nSyntaxError: unterminated string literal (detected at line 3)\n";
        assert_eq!(shown(python), ["a.py:3: SyntaxError"]);
        assert!(
            shown("src/a.rs:1:1: warning: unused `hunter2`\nall 3 errors were counted\n")
                .is_empty()
        );
    }

    #[test]
    fn what_counts_the_others_is_left_out() {
        let total = "error: could not compile `a` (bin \"a\") due to 2 previous errors";
        let found = new(&[], complaints(&format!("a.rs:1:1: error: one\n{total}\n")));
        assert_eq!(found.len(), 1);
        assert_eq!(new(&[], complaints(total)).len(), 1);
    }

    #[test]
    fn a_complaint_that_moved_is_not_new() {
        let before = "a.ts(3,5): error TS1: no `x`\na.ts(9,5): error TS1: no `x`\nb.ts(1,1): error TS2: gone";
        let moved = "a.ts(4,5): error TS1: no `x`\na.ts(12,7): error TS1: no `x`";
        assert!(new(&complaints(before), complaints(moved)).is_empty());
        let more = format!("{moved}\na.ts(20,1): error TS1: no `x`\nc.ts(1,1): error TS1: no `x`");
        let new = new(&complaints(before), complaints(&more));
        let new: Vec<_> = new.iter().map(|one| one.shown.as_str()).collect();
        assert_eq!(new, ["a.ts:20: TS1", "c.ts:1: TS1"]);
    }
}
