//! Comments that silence a finding: `envacuate: ignore[rule] reason`.
//!
//! Which text is a comment is for the caller to know, and so is which rules there are. There is no form without
//! rules: what silences everything also silences what nobody has thought of.

use std::ops::RangeInclusive;

use crate::text::{TextRange, mask_random, show};

/// How far a comment reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// `ignore`: its line, or the next one if it stands alone.
    Line,
    /// `ignore-file`: the whole file.
    File,
}

/// What a comment asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// How far it reaches.
    pub scope: Scope,
    /// Rule ids as written, with their places in the comment. Not empty.
    pub rules: Vec<(String, TextRange)>,
    /// The reason that was given, safe to print; empty if none.
    pub reason: String,
}

/// Why a comment that speaks to envacuate is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectiveError {
    /// What is wrong, without text of the file.
    pub message: &'static str,
    /// What to do about it.
    pub help: &'static str,
    /// Where, in the comment.
    pub range: TextRange,
}

const PREFIX: &str = "envacuate:";

/// How often the prefix is tried on one line; a line that is full of it must not cost its length squared.
const ATTEMPTS: usize = 8;

/// How much of a reason is kept, in characters.
const REASON: usize = 200;

/// Reads one comment, markers included; `None` when it does not speak to envacuate.
///
/// The directive stands at the start of the comment, of one of its lines, or behind another comment in the same line
/// (`# noqa  # envacuate: …`), not in the middle of a sentence.
pub fn parse_comment(text: &str) -> Option<Result<Directive, DirectiveError>> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let found = line
            .match_indices(PREFIX)
            .take(ATTEMPTS)
            .filter(|&(at, _)| is_start(&line[..at]))
            .find_map(|(at, _)| parse_at(text, start + at));
        if found.is_some() {
            return found;
        }
        start += line.len();
    }
    None
}

/// Whether nothing but markers stands before, or the end is a further marker.
fn is_start(before: &str) -> bool {
    let line = before.trim_end();
    let bare = line.trim_end_matches(['/', '#', '*', '-', '!', '<', ';']);
    bare.trim_start().is_empty() || (bare.len() < line.len() && bare.ends_with([' ', '\t']))
}

fn parse_at(text: &str, at: usize) -> Option<Result<Directive, DirectiveError>> {
    let line_end = text[at..]
        .find(['\n', '\r'])
        .map_or(text.len(), |end| at + end);
    let line = without_end_marker(&text[..line_end]);
    let word_at = line.len() - line.get(at + PREFIX.len()..)?.trim_start().len();
    let after = &line[word_at..];
    let word_len = after
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
        .unwrap_or(after.len());
    let rest = &after[word_len..];
    let is_bracketed = rest.trim_start().starts_with('[');
    let word = TextRange::new(word_at, word_at + word_len);
    let scope = match &after[..word_len] {
        "ignore" => Scope::Line,
        "ignore-file" => Scope::File,
        // A sentence may begin with the name; only brackets show that something else was meant.
        _ if is_bracketed => {
            return Some(Err(DirectiveError {
                message: "unknown directive",
                help: "write `envacuate: ignore[rule] reason` or `envacuate: ignore-file[rule] reason`",
                range: word,
            }));
        }
        _ => return None,
    };
    if !is_bracketed {
        return Some(Err(DirectiveError {
            message: "the rules to ignore are not named",
            help: "name them in brackets: `envacuate: ignore[rule-a, rule-b] reason`",
            range: word,
        }));
    }
    let open = line.len() - rest.trim_start().len();
    Some(brackets(line, open).map(|(rules, end)| Directive {
        scope,
        rules,
        reason: reason(&line[end..]),
    }))
}

/// The line without what closes a comment.
fn without_end_marker(line: &str) -> &str {
    let line = line.trim_end();
    let bare = ["*/", "-->"]
        .iter()
        .find_map(|end| line.strip_suffix(end))
        .unwrap_or(line);
    bare.trim_end()
}

type Rules = Vec<(String, TextRange)>;

/// The rules in the brackets that open at `open`, and where the text behind them starts.
fn brackets(line: &str, open: usize) -> Result<(Rules, usize), DirectiveError> {
    let start = open + 1;
    let Some(close) = line[start..].find(']').map(|end| start + end) else {
        return Err(DirectiveError {
            message: "the bracket is not closed",
            help: "write `envacuate: ignore[rule] reason` on one line",
            range: TextRange::new(open, line.len()),
        });
    };
    let mut rules = Vec::new();
    let mut at = start;
    for part in line[start..close].split(',') {
        let from = at + part.len() - part.trim_start().len();
        let rule = part.trim();
        let range = TextRange::new(from.min(at + part.len()), from + rule.len());
        at += part.len() + 1;
        let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if rule.is_empty() || !rule.chars().all(is_id) {
            return Err(DirectiveError {
                message: "not a rule id",
                help: "name rules by their ids, with commas between them",
                range: if rule.is_empty() {
                    TextRange::new(open, close + 1)
                } else {
                    range
                },
            });
        }
        rules.push((rule.to_owned(), range));
    }
    Ok((rules, close + 1))
}

fn reason(text: &str) -> String {
    let text = text
        .trim_start()
        .trim_start_matches(['-', ':', '\u{2013}', '\u{2014}']);
    let text: String = text.trim().chars().take(REASON).collect();
    mask_random(&show(&text))
}

/// A rule that one comment silences.
#[derive(Clone, Debug)]
struct Entry {
    /// The line whose findings are silenced; 0 for the whole file.
    covers: usize,
    /// Whether a finding has to begin there; otherwise touching is enough.
    begins: bool,
    rule: String,
    reason: String,
    /// Where the comment starts.
    line: usize,
    used: bool,
}

/// The suppressions of one file.
#[derive(Clone, Debug, Default)]
pub struct Suppressions {
    /// Sorted by the line that is covered, so that those of the whole file come first.
    entries: Vec<Entry>,
}

impl Suppressions {
    /// Takes the directives of a file in their order, each with the first and the last line of its comment, from 1, and
    /// whether nothing else stands on them.
    pub fn new(directives: Vec<(Directive, usize, usize, bool)>) -> Self {
        let own_lines: Vec<RangeInclusive<usize>> = directives
            .iter()
            .filter(|(_, _, _, own_line)| *own_line)
            .map(|&(_, start, end, _)| start..=end)
            .collect();
        let targets = targets(&own_lines);
        let mut entries = Vec::new();
        for (directive, start, end, own_line) in directives {
            let (covers, begins) = match directive.scope {
                Scope::File => (0, false),
                Scope::Line if own_line => (next(&targets, end), true),
                Scope::Line => (start, false),
            };
            entries.extend(directive.rules.into_iter().map(|(rule, _)| Entry {
                covers,
                begins,
                rule,
                reason: directive.reason.clone(),
                line: start,
                used: false,
            }));
        }
        entries.sort_by_key(|entry| entry.covers);
        Self { entries }
    }

    /// The reason why a rule's finding on these lines (from 1) is silenced, if it is. What silences it counts as used.
    ///
    /// A comment on the line goes before one for the whole file, so that the nearer one is the one in use.
    pub fn find(&mut self, rule: &str, start: usize, end: usize) -> Option<String> {
        let from = self.entries.partition_point(|entry| entry.covers < start);
        let to = self.entries.partition_point(|entry| entry.covers <= end);
        let whole_file = self.entries.partition_point(|entry| entry.covers == 0);
        let near = from..to.max(from);
        let at = near.chain(0..whole_file).find(|&at| {
            let entry = &self.entries[at];
            entry.rule == rule && (!entry.begins || entry.covers == start)
        })?;
        let entry = &mut self.entries[at];
        entry.used = true;
        Some(entry.reason.clone())
    }

    /// What silenced nothing: the line of the comment and the rule, by line.
    ///
    /// Says nothing about a rule that did not run; that is for the caller to leave out.
    pub fn unused(&self) -> Vec<(usize, String)> {
        let mut unused: Vec<_> = self
            .entries
            .iter()
            .filter(|entry| !entry.used)
            .map(|entry| (entry.line, entry.rule.clone()))
            .collect();
        unused.sort();
        unused
    }
}

/// For each comment on lines of its own, in order of their last line: that line and the line that it is about.
///
/// Comments may be stacked; all of a stack are about the line below the lowest one.
fn targets(own_lines: &[RangeInclusive<usize>]) -> Vec<(usize, usize)> {
    let mut sorted: Vec<_> = own_lines
        .iter()
        .map(|lines| (*lines.end(), *lines.start()))
        .collect();
    sorted.sort_unstable();
    let mut targets: Vec<(usize, usize)> = Vec::with_capacity(sorted.len());
    let mut below: Option<(usize, usize)> = None;
    for &(end, start) in sorted.iter().rev() {
        let target = match below {
            Some((start_below, target)) if start_below == end + 1 => target,
            _ => end + 1,
        };
        targets.push((end, target));
        below = Some((start, target));
    }
    targets.reverse();
    targets
}

fn next(targets: &[(usize, usize)], end: usize) -> usize {
    let at = targets.partition_point(|&(line, _)| line < end);
    match targets.get(at) {
        Some(&(line, target)) if line == end => target,
        _ => end + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(text: &str) -> Directive {
        parse_comment(text).expect(text).expect(text)
    }

    #[test]
    fn every_marker_is_understood() {
        for text in [
            "// envacuate: ignore[env-dump] why",
            "//envacuate:ignore[env-dump] why",
            "/// envacuate: ignore[env-dump]: why",
            "# envacuate: ignore[ env-dump ] -- why",
            "#! envacuate: ignore[env-dump] why",
            "/* envacuate: ignore[env-dump] why */",
            "/* envacuate: ignore[env-dump]why*/",
            "/**\n * envacuate: ignore[env-dump] why\r\n * more\n */",
            "-- envacuate: ignore [env-dump] why",
            "<!-- envacuate: ignore[env-dump] why -->",
            "# type: ignore  # envacuate: ignore[env-dump] why",
            "// eslint-disable-line // envacuate: ignore[env-dump] why",
            "envacuate: ignore[env-dump] why",
        ] {
            let directive = ok(text);
            assert_eq!(directive.scope, Scope::Line, "{text}");
            assert_eq!(directive.reason, "why", "{text}");
            let (rule, range) = &directive.rules[0];
            assert_eq!(rule, "env-dump");
            assert_eq!(&text[range.start..range.end], "env-dump", "{text}");
        }
    }

    #[test]
    fn several_rules_have_a_place_each() {
        let text = "// envacuate: ignore-file[rule-a,  rule-b2 ]";
        let directive = ok(text);
        assert_eq!(directive.scope, Scope::File);
        assert_eq!(directive.reason, "");
        let places: Vec<_> = directive
            .rules
            .iter()
            .map(|(_, range)| &text[range.start..range.end])
            .collect();
        assert_eq!(places, ["rule-a", "rule-b2"]);
    }

    #[test]
    fn a_comment_about_envacuate_is_no_directive() {
        for text in [
            "// see envacuate: ignore[env-dump]",
            "// `envacuate: ignore[env-dump]` silences it",
            "// envacuate: a tool",
            "# notenvacuate: ignore[x]",
            "//",
            "/* é",
            "",
        ] {
            assert_eq!(parse_comment(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_meant_and_wrong_is_said() {
        for (text, message, place) in [
            (
                "// envacuate: ignore",
                "the rules to ignore are not named",
                "ignore",
            ),
            (
                "# envacuate: ignore this",
                "the rules to ignore are not named",
                "ignore",
            ),
            (
                "# envacuate: ignore-file",
                "the rules to ignore are not named",
                "ignore-file",
            ),
            ("# envacuate: disable[x]", "unknown directive", "disable"),
            ("# envacuate: ignore[]", "not a rule id", "[]"),
            ("# envacuate: ignore[*]", "not a rule id", "*"),
            ("# envacuate: ignore[a,]", "not a rule id", "[a,]"),
            ("/* envacuate: ignore[a, É b]*/", "not a rule id", "É b"),
            (
                "# envacuate: ignore[a\n]",
                "the bracket is not closed",
                "[a",
            ),
        ] {
            let error = parse_comment(text).expect(text).expect_err(text);
            assert_eq!(error.message, message, "{text}");
            assert_eq!(&text[error.range.start..error.range.end], place, "{text}");
        }
    }

    #[test]
    fn long_comments_cost_little() {
        let text = format!("// {}", "envacuate: ".repeat(100_000));
        assert_eq!(parse_comment(&text), None);
        let text = format!("// envacuate: ignore[a] {}", "é".repeat(100_000));
        assert_eq!(ok(&text).reason.chars().count(), REASON);
    }

    #[test]
    fn a_reason_is_safe_to_print() {
        let directive = ok("# envacuate: ignore[a] \u{1b}[31m ghp_0123456789abcdefghij");
        assert_eq!(directive.reason, "\\u{1b}[31m ***");
    }

    fn suppressions(comments: &[(&str, usize, usize, bool)]) -> Suppressions {
        let directives = comments
            .iter()
            .map(|&(text, start, end, own_line)| (ok(text), start, end, own_line))
            .collect();
        Suppressions::new(directives)
    }

    #[test]
    fn a_trailing_comment_covers_what_touches_its_line() {
        let mut found = suppressions(&[("// envacuate: ignore[a] r", 5, 5, false)]);
        assert_eq!(found.find("a", 6, 9), None);
        assert_eq!(found.find("a", 1, 4), None);
        assert_eq!(found.find("b", 5, 5), None);
        assert_eq!(found.unused(), [(5, "a".to_owned())]);
        assert_eq!(found.find("a", 3, 5).as_deref(), Some("r"));
        assert!(found.unused().is_empty());
    }

    #[test]
    fn a_comment_alone_covers_what_begins_below_it_and_comments_stack() {
        let mut found = suppressions(&[
            ("// envacuate: ignore[a, c] one", 3, 3, true),
            ("/* envacuate: ignore[b] two */", 4, 5, true),
            ("// envacuate: ignore[a] three", 8, 8, true),
        ]);
        assert_eq!(found.find("a", 6, 12).as_deref(), Some("one"));
        assert_eq!(found.find("b", 6, 6).as_deref(), Some("two"));
        assert_eq!(found.find("a", 7, 7), None);
        assert_eq!(found.find("a", 2, 9), None);
        assert_eq!(found.find("b", 9, 9), None);
        assert_eq!(found.unused(), [(3, "c".to_owned()), (8, "a".to_owned())]);
    }

    #[test]
    fn the_nearest_comment_is_the_one_in_use() {
        let mut found = suppressions(&[
            ("// envacuate: ignore-file[a] file", 1, 1, true),
            ("// envacuate: ignore[a] line", 5, 5, false),
        ]);
        assert_eq!(found.find("a", 5, 5).as_deref(), Some("line"));
        assert_eq!(found.unused(), [(1, "a".to_owned())]);
        assert_eq!(found.find("a", 9, 9).as_deref(), Some("file"));
        assert_eq!(found.find("b", 9, 9), None);
        assert!(found.unused().is_empty());
    }
}
