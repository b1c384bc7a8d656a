//! A key was pressed: what is found in the item that somebody types in, with the findings elsewhere kept where they are.
//!
//! What is found in that item is what a look at the whole file would find there, as long as the file can be cut at its
//! top and what leads into the item is no large part of it. While something is typed it often cannot be cut, and is cut
//! where it could be last. Whether the change means something for other items is left to the next look at all of it,
//! which comes when nobody types. Used by the language server.

use super::extent::{starts, uses};
use super::look::judge_parts;
use super::{FileScan, Told, classify};
use crate::facts::Known;
use crate::language::Language;
use crate::model::{Finding, Location};
use crate::outline::{Outline, Start};
use crate::settings::Settings;
use crate::syntax::{Parsed, parse_parts};
use crate::text::{LineIndex, TextRange};

/// A smaller text is looked at whole, which costs no more than a key may, in bytes.
const SMALL: usize = 16 * 1024;

/// So many places are followed one by one, to see which lead into the item.
const MAX_STARTS: usize = 200;

/// More is not parsed for what leads into the item, in bytes.
const MUCH: usize = 24 * 1024;

/// What is known of a text before a key was pressed.
#[derive(Clone, Copy, Debug)]
pub struct Before<'b> {
    /// The text that the findings are of.
    pub text: &'b [u8],
    /// All that was found in it, by place.
    pub findings: &'b [Finding],
    /// The last text that could be cut at its top.
    pub whole: &'b [u8],
}

/// What two texts differ in: a part of one, and the part of the other that stands in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Damage {
    start: usize,
    old_end: usize,
    new_end: usize,
}

impl Damage {
    fn between(old: &[u8], new: &[u8]) -> Self {
        let same = common(old.chunks(BLOCK).zip(new.chunks(BLOCK)));
        let (old_rest, new_rest) = (&old[same..], &new[same..]);
        let same = same + common(old_rest.chunks(1).zip(new_rest.chunks(1)));
        let (old_rest, new_rest) = (&old[same..], &new[same..]);
        let behind = common(old_rest.rchunks(BLOCK).zip(new_rest.rchunks(BLOCK)));
        let old_rest = &old_rest[..old_rest.len() - behind];
        let new_rest = &new_rest[..new_rest.len() - behind];
        let behind = behind + common(old_rest.rchunks(1).zip(new_rest.rchunks(1)));
        Self {
            start: same,
            old_end: old.len() - behind,
            new_end: new.len() - behind,
        }
    }

    /// Where a place of the old text is in the new one.
    fn map(self, byte: usize) -> usize {
        if byte >= self.old_end {
            byte - self.old_end + self.new_end
        } else {
            byte.min(self.start)
        }
    }
}

/// So many bytes are compared at once.
const BLOCK: usize = 64;

/// How many bytes pairs of parts have in common, up to the first pair that differs.
fn common<'t>(pairs: impl Iterator<Item = (&'t [u8], &'t [u8])>) -> usize {
    let equal = pairs.take_while(|(old, new)| old == new);
    equal.map(|(old, _)| old.len()).sum()
}

/// Whether a text is long, and can be cut at its top: a later one may be compared with it.
pub fn can_be_cut(path: &str, text: &[u8]) -> bool {
    let language = classify(path).filter(|_| text.len() >= SMALL);
    language.is_some_and(|language| Outline::new(language, text).is_some())
}

/// What is found after a key was pressed.
#[derive(Clone, Debug)]
pub struct Near {
    /// By place.
    pub findings: Vec<Finding>,
    /// Whether the text can be cut at its top.
    pub is_whole: bool,
}

/// What is found in a text after a key was pressed; nothing where all of it has to be looked at.
pub fn near(
    path: &str,
    text: &[u8],
    settings: &Settings,
    told: &Told,
    before: &Before<'_>,
) -> Option<Near> {
    let language = classify(path)?;
    if text.len() < SMALL || settings.whole_files {
        return None;
    }
    let none = Known::default();
    let known = told.known.get(path).unwrap_or(&none);
    let (region, parts, is_whole) = item(language, text, settings, known, before.whole)?;
    let mut file = FileScan {
        path: path.to_owned(),
        ..FileScan::default()
    };
    if let Parsed::Tree(tree) = parse_parts(language, text, &parts) {
        judge_parts(&mut file, language, text, &tree, settings, known);
    }
    let is_inside = |finding: &Finding| {
        let at = finding.location.start.byte;
        region.start <= at && at < region.end.max(region.start + 1)
    };
    let damage = Damage::between(before.text, text);
    let lines = LineIndex::new(text);
    let moved = before.findings.iter().filter_map(|finding| {
        let finding = moved(finding, path, damage, text, &lines);
        (!is_inside(&finding)).then_some(finding)
    });
    let mut findings: Vec<Finding> = moved.collect();
    super::complete_findings(&mut file.findings, &told.secrets);
    findings.extend(file.findings.into_iter().filter(is_inside));
    findings.sort_by(|a, b| (a.location.start, a.rule).cmp(&(b.location.start, b.rule)));
    Some(Near { findings, is_whole })
}

/// The item that changed, and what has to be parsed to judge it, in places of the new text.
fn item(
    language: Language,
    text: &[u8],
    settings: &Settings,
    known: &Known,
    whole: &[u8],
) -> Option<(TextRange, Vec<TextRange>, bool)> {
    let damage = Damage::between(whole, text);
    let (gone, come) = (
        &whole[damage.start..damage.old_end],
        &text[damage.start..damage.new_end],
    );
    // A bracket was opened and not closed, or the other way: then it surely cannot be cut.
    let may_be_cut = open_brackets(gone) == open_brackets(come);
    if may_be_cut && let Some(outline) = Outline::new(language, text) {
        let changed = TextRange::new(damage.start, damage.new_end);
        let region = region(&outline, changed);
        let parts = needed(&outline, language, text, settings, known, region);
        return Some((region, parts, true));
    }
    let outline = Outline::new(language, whole)?;
    let changed = TextRange::new(damage.start, damage.old_end);
    let old = region(&outline, changed);
    let region = TextRange::new(old.start, damage.map(old.end).max(old.start));
    let mut parts = Vec::new();
    for part in needed(&outline, language, whole, settings, known, old) {
        if part.start < old.start {
            parts.push(TextRange::new(part.start, part.end.min(old.start)));
        }
        if part.end > old.end {
            let start = damage.map(part.start.max(old.end));
            parts.push(TextRange::new(start, damage.map(part.end)));
        }
    }
    parts.push(region);
    parts.sort_unstable();
    Some((region, parts, false))
}

/// How many brackets of each kind a part of a text leaves open.
fn open_brackets(part: &[u8]) -> [isize; 3] {
    let mut open = [0; 3];
    for byte in part {
        match byte {
            b'(' => open[0] += 1,
            b')' => open[0] -= 1,
            b'[' => open[1] += 1,
            b']' => open[1] -= 1,
            b'{' => open[2] += 1,
            b'}' => open[2] -= 1,
            _ => {}
        }
    }
    open
}

/// The items that a change touches.
fn region(outline: &Outline<'_>, changed: TextRange) -> TextRange {
    let touched = |item: &TextRange| item.start <= changed.end && changed.start <= item.end;
    let mut all = outline.items().filter(touched);
    let first = all.next().unwrap_or(changed);
    let last = all.last().unwrap_or(first);
    TextRange::new(first.start, last.end)
}

/// The parts that are needed for what starts in the item, and for what leads into it.
fn needed(
    outline: &Outline<'_>,
    language: Language,
    text: &[u8],
    settings: &Settings,
    known: &Known,
    region: TextRange,
) -> Vec<TextRange> {
    let mut all = starts(language, text, settings);
    all.retain(|&(at, start)| start.is_anywhere() || outline.is_code(at));
    all.extend(uses(outline, known));
    let is_inside = |at: usize| region.start <= at && at < region.end;
    let is_near = |range: &TextRange| range.start < region.end && region.start < range.end;
    // An import is part of everything.
    let few = all.len() <= MAX_STARTS && !outline.needed(&[]).needed.iter().any(is_near);
    let here = (region.start, Start::Here);
    let parts_for = |which: &dyn Fn(&(usize, Start)) -> bool| {
        let chosen = all.iter().copied().filter(which).chain([here]);
        outline.needed(&chosen.collect::<Vec<_>>()).needed
    };
    let starts_here = |&(at, start): &(usize, Start)| is_inside(at) || start == Start::Comment;
    let leads = |&(at, start): &(usize, Start)| {
        let goes = || outline.needed(&[(at, start)]).needed;
        starts_here(&(at, start)) || few && start != Start::File && goes().iter().any(is_near)
    };
    let is_much = |parts: &[TextRange]| {
        let size: usize = parts.iter().map(|part| part.len()).sum();
        size > MUCH + region.len()
    };
    let all_that_leads = parts_for(&leads);
    if !is_much(&all_that_leads) {
        return all_that_leads;
    }
    let all_from_here = parts_for(&starts_here);
    if is_much(&all_from_here) {
        parts_for(&|_| false)
    } else {
        all_from_here
    }
}

/// A finding where it is after a change elsewhere.
fn moved(finding: &Finding, path: &str, damage: Damage, text: &[u8], lines: &LineIndex) -> Finding {
    let place = |location: &mut Location| {
        if location.path == path {
            location.start = lines.position(text, damage.map(location.start.byte));
            location.end = lines.position(text, damage.map(location.end.byte));
        }
    };
    let mut finding = finding.clone();
    place(&mut finding.location);
    for label in &mut finding.labels {
        place(&mut label.location);
    }
    for edit in finding.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
        place(&mut edit.location);
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Report;
    use crate::scan::{finish_and_tell, scan};

    const FUNCTIONS: usize = 400;

    /// A long file, some functions of which read secrets.
    fn text() -> String {
        let mut text =
            "import { log } from './log.js';\nconst shared = process.env.SHARED_TOKEN;\n"
                .to_owned();
        for at in 0..FUNCTIONS {
            let read = if at % 10 == 0 {
                "process.env.OWN_TOKEN"
            } else {
                "1"
            };
            let lines = [
                "(query) {\n  const own = ",
                read,
                ";\n  return `https://x.test/${query}`;\n}\n",
            ];
            text += &["export function tool", &at.to_string(), &lines.concat()].concat();
        }
        text
    }

    fn whole(text: &str) -> (Report, Told) {
        let settings = Settings::default();
        let files = vec![scan("a.js", text.as_bytes(), &settings)];
        finish_and_tell(files, &|_| Some(text.as_bytes().to_vec()), &settings)
    }

    fn places(findings: &[Finding]) -> Vec<(&'static str, usize, usize)> {
        let place = |one: &Finding| (one.rule, one.location.start.byte, one.location.start.line);
        findings.iter().map(place).collect()
    }

    /// What is typed, one change after the other, each judged with what was found before.
    fn typed(changes: &[(&str, &str)]) -> (String, Vec<Finding>) {
        let mut now = text();
        let (report, told) = whole(&now);
        let (mut findings, mut cut) = (report.findings, now.clone());
        for (old, new) in changes {
            let next = now.replacen(old, new, 1);
            assert_ne!(next, now);
            let before = Before {
                text: now.as_bytes(),
                findings: &findings,
                whole: cut.as_bytes(),
            };
            let settings = Settings::default();
            let found = near("a.js", next.as_bytes(), &settings, &told, &before);
            let found = found.expect("a long text is looked at in part");
            findings = found.findings;
            if found.is_whole {
                cut.clone_from(&next);
            }
            now = next;
        }
        (now, findings)
    }

    fn same(changes: &[(&str, &str)]) {
        let (now, findings) = typed(changes);
        let (report, _) = whole(&now);
        assert_eq!(places(&findings), places(&report.findings));
        let labels =
            |all: &[Finding]| -> Vec<_> { all.iter().map(|one| one.labels.clone()).collect() };
        assert_eq!(labels(&findings), labels(&report.findings));
    }

    #[test]
    fn what_differs_is_a_part_of_each() {
        let long = "x".repeat(BLOCK * 3);
        let texts = [
            "",
            "a",
            "ab",
            "bb",
            "aab",
            &long,
            &format!("{long}a{long}"),
            &format!("{long}b{long}"),
        ];
        for old in texts {
            for new in texts {
                let found = Damage::between(old.as_bytes(), new.as_bytes());
                assert_eq!(old[..found.start], new[..found.start]);
                assert_eq!(old[found.old_end..], new[found.new_end..]);
                assert!(found.start <= found.old_end && found.start <= found.new_end);
                let (one, other) = (
                    &old[found.start..found.old_end],
                    &new[found.start..found.new_end],
                );
                let (first, last) = (one.chars().next(), one.chars().last());
                assert!(
                    one.is_empty()
                        || other.is_empty()
                        || first != other.chars().next() && last != other.chars().last()
                );
            }
        }
    }

    #[test]
    fn what_is_typed_in_an_item_is_found_as_in_a_look_at_everything() {
        let line = "function tool57(query) {\n";
        let typed = |new: &str| format!("{line}{new}");
        same(&[(line, &typed("  console.log(process.env);\n\n"))]);
        // A value that is read elsewhere, and one that is read here by now.
        same(&[(line, &typed("  console.log(shared);\n"))]);
        same(&[(
            line,
            &typed("  const key = process.env.NEW_TOKEN; console.log(key);\n"),
        )]);
        same(&[("const own = process.env.OWN_TOKEN;", "const own = 1;")]);
        same(&[(
            "const own = process.env.OWN_TOKEN;",
            "\n// envacuate: ignore[env-secret-read] x\nconst own = process.env.OWN_TOKEN;",
        )]);
    }

    #[test]
    fn while_the_text_cannot_be_cut_the_rest_keeps_its_findings() {
        let line = "function tool57(query) {\n";
        let open = format!("{line}  console.log(process.env");
        let (now, findings) = typed(&[(line, &open)]);
        let dump = now
            .find("process.env\n")
            .unwrap_or_else(|| now.find("log(process.env").unwrap() + 4);
        assert!(
            findings
                .iter()
                .all(|one| one.rule != "env-dump" || one.location.start.byte == dump)
        );
        let before = whole(&text()).0.findings.len();
        assert!(findings.len() >= before);
        same(&[(line, &open), ("log(process.env", "log(process.env);\n")]);
        same(&[
            (line, &format!("{line}  const a = `x")),
            ("const a = `x", "const a = `x`;\n"),
        ]);
    }
}
