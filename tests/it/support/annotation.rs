//! Expectations that stand in a fixture, in the language's own comment.
//!
//! `//~ env-dump` expects a finding on its own line, `//~^ env-dump` one line up for each `^`. `#~` and `/*~ … */` say
//! the same. Several rules may follow, and after each what must hold of its finding: `name=GITHUB_TOKEN form=alias`.

use envacuate::rules::Rule;

/// One finding that must come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expectation {
    /// Line of the finding, from 1.
    pub(crate) line: usize,
    /// Rule id.
    pub(crate) rule: String,
    /// What must hold of it, as key and value.
    pub(crate) checks: Vec<(String, String)>,
}

/// What may be checked; [`super::matching`] says how.
pub(crate) const KEYS: &[&str] = &[
    "name",
    "channel",
    "form",
    "severity",
    "confidence",
    "provider",
    "suppressed",
    "also",
];

const MARKERS: &[&str] = &["//~", "#~", "/*~"];

/// The expectations of a text, or what is wrong with them.
pub(crate) fn parse(text: &str) -> Result<Vec<Expectation>, String> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        let mut rest = line;
        while let Some((marker, start)) = first_marker(rest) {
            let body = &rest[start + marker.len()..];
            let (body, after) = match body.split_once("*/") {
                Some((body, after)) if marker == "/*~" => (body, after),
                _ => (body, ""),
            };
            found.extend(annotation(body, number).map_err(|why| format!("{number}: {why}"))?);
            rest = after;
        }
    }
    Ok(found)
}

fn first_marker(line: &str) -> Option<(&'static str, usize)> {
    MARKERS
        .iter()
        .filter_map(|marker| Some((*marker, line.find(marker)?)))
        .min_by_key(|&(_, at)| at)
}

fn annotation(body: &str, number: usize) -> Result<Vec<Expectation>, String> {
    let words = body.trim_start_matches('^');
    let up = body.len() - words.len();
    let line = number
        .checked_sub(up)
        .filter(|&line| line > 0)
        .ok_or("points above the file")?;
    let mut found: Vec<Expectation> = Vec::new();
    for word in words.split([' ', ',']).filter(|word| !word.is_empty()) {
        if let Some((key, value)) = word.split_once('=') {
            let last = found
                .last_mut()
                .ok_or_else(|| format!("`{word}` follows no rule"))?;
            if !KEYS.contains(&key) {
                return Err(format!("`{key}` is none of {KEYS:?}"));
            }
            last.checks.push((key.to_owned(), value.to_owned()));
        } else {
            Rule::find(word).ok_or_else(|| format!("`{word}` is no rule"))?;
            found.push(Expectation {
                line,
                rule: word.to_owned(),
                checks: Vec::new(),
            });
        }
    }
    if found.is_empty() {
        return Err("names no rule".to_owned());
    }
    Ok(found)
}

#[test]
fn reads_every_comment_style() {
    let text = "a //~ env-dump\nb #~^ env-secret-read name=A form=alias, env-dump\n{/*~^^ env-dump channel=log */}x";
    let found = parse(text).unwrap();
    let short: Vec<_> = found
        .iter()
        .map(|e| (e.line, e.rule.as_str(), e.checks.len()))
        .collect();
    assert_eq!(
        short,
        [
            (1, "env-dump", 0),
            (1, "env-secret-read", 2),
            (1, "env-dump", 0),
            (1, "env-dump", 1)
        ]
    );
    assert_eq!(found[1].checks[0], ("name".into(), "A".into()));
}

#[test]
fn refuses_what_expects_nothing() {
    for wrong in [
        "#~",
        "#~^ env-dump",
        "//~ no-such-rule",
        "//~ name=A",
        "//~ env-dump nmae=A",
    ] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}
