//! Compares what was expected in one file with what was found there.
//!
//! Every finding needs an expectation of its own. A suppressed finding counts only for an expectation that says
//! `suppressed=in-source`: to everything else it is silence.

use envacuate::model::{Channel, Finding, Form, SuppressionKind};

use super::annotation::Expectation;

/// A line and what is wrong there.
pub(crate) type Mismatch = (usize, String);

/// Which expectations found a finding of their own, and what is left over on both sides.
pub(crate) struct Paired<'a> {
    pub(crate) met: Vec<&'a Expectation>,
    pub(crate) unmet: Vec<&'a Expectation>,
    pub(crate) left: Vec<&'a Finding>,
}

/// Gives every expectation a finding that is all it says, as far as there is one.
pub(crate) fn pair<'a>(expected: &'a [Expectation], found: &[&'a Finding]) -> Paired<'a> {
    let mut left = found.to_vec();
    let (mut met, mut unmet) = (Vec::new(), Vec::new());
    // The pickiest expectations choose first, so that a plain one does not take their finding.
    let mut order: Vec<_> = expected.iter().collect();
    order.sort_by_key(|e| std::cmp::Reverse(e.checks.len()));
    for expectation in order {
        let hit = left
            .iter()
            .position(|f| same_place(expectation, f) && difference(expectation, f).is_none());
        if let Some(at) = hit {
            left.remove(at);
            met.push(expectation);
        } else {
            unmet.push(expectation);
        }
    }
    Paired { met, unmet, left }
}

/// What is missing, different or unexpected, by line.
pub(crate) fn compare(expected: &[Expectation], found: &[&Finding]) -> Vec<Mismatch> {
    let Paired {
        unmet, mut left, ..
    } = pair(expected, found);
    let mut wrong = Vec::new();
    for expectation in unmet {
        let near = left
            .iter()
            .position(|f| same_place(expectation, f))
            .map(|at| left.remove(at));
        let sentence = match near.and_then(|f| difference(expectation, f)) {
            Some(difference) => format!("differs: {} {difference}", expectation.rule),
            None => format!("missing: {}", written(expectation)),
        };
        wrong.push((expectation.line, sentence));
    }
    for finding in left.iter().filter(|f| f.suppression.is_none()) {
        let what = format!("unexpected: {} ({})", finding.rule, finding.message);
        wrong.push((finding.location.start.line, what));
    }
    wrong.sort();
    wrong
}

fn same_place(expectation: &Expectation, finding: &Finding) -> bool {
    expectation.rule == finding.rule && expectation.line == finding.location.start.line
}

/// The first check that fails, as a clause; an expectation without `suppressed` wants none.
fn difference(expectation: &Expectation, finding: &Finding) -> Option<String> {
    let silent = ("suppressed".to_owned(), "-".to_owned());
    let says = expectation.checks.iter().any(|(key, _)| *key == silent.0);
    let checks = expectation.checks.iter().chain((!says).then_some(&silent));
    checks
        .map(|(key, wanted)| (key, wanted, actual(key, finding)))
        .find(|(_, wanted, actual)| *wanted != actual)
        .map(|(key, wanted, actual)| format!("has {key}={actual}, not {wanted}"))
}

/// What a finding has under a key of [`super::annotation::KEYS`]; `-` for nothing.
fn actual(key: &str, finding: &Finding) -> String {
    if key == "also" {
        let mut others = finding
            .labels
            .iter()
            .map(|label| &label.location)
            .filter(|place| place.path != finding.location.path);
        return others.next().map_or_else(
            || "-".to_owned(),
            |place| format!("{}:{}", place.path, place.start.line),
        );
    }
    let value = match key {
        "name" => finding.secret.as_deref(),
        "channel" => finding.channel.map(Channel::as_str),
        "form" => finding.form.map(Form::as_str),
        "severity" => Some(finding.severity.as_str()),
        "confidence" => Some(finding.confidence.as_str()),
        "provider" => finding.provider,
        "suppressed" => finding.suppression.as_ref().map(|s| match s.kind {
            SuppressionKind::InSource => "in-source",
            SuppressionKind::Baseline => "baseline",
            SuppressionKind::Unchanged => "unchanged",
        }),
        _ => unreachable!("annotation::KEYS was checked"),
    };
    value.unwrap_or("-").to_owned()
}

fn written(expectation: &Expectation) -> String {
    let mut words = vec![expectation.rule.clone()];
    let checks = expectation.checks.iter();
    words.extend(checks.map(|(key, value)| format!("{key}={value}")));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use envacuate::model::{Confidence, Excerpt, Location, Severity, Suppression};
    use envacuate::text::Position;

    use super::super::annotation::parse;
    use super::*;

    fn finding(line: usize, rule: &'static str, name: &str) -> Finding {
        let at = Position {
            line,
            column: 1,
            byte: 0,
            line_start: 0,
        };
        Finding {
            rule,
            severity: Severity::Warning,
            confidence: Confidence::High,
            location: Location {
                path: "a.ts".into(),
                start: at,
                end: at,
            },
            message: "a message".into(),
            why: "",
            help: String::new(),
            secret: Some(name.into()),
            provider: None,
            channel: None,
            form: None,
            labels: Vec::new(),
            fix: None,
            excerpt: Excerpt::default(),
            fingerprint: String::new(),
            line_hash: None,
            suppression: None,
        }
    }

    fn judge(text: &str, found: &[Finding]) -> Vec<String> {
        let found: Vec<_> = found.iter().collect();
        let wrong = compare(&parse(text).unwrap(), &found);
        wrong
            .into_iter()
            .map(|(line, what)| format!("{line}: {what}"))
            .collect()
    }

    #[test]
    fn each_finding_needs_its_own_expectation() {
        let two = [
            finding(1, "env-secret-read", "A"),
            finding(1, "env-secret-read", "B"),
        ];
        assert!(judge("//~ env-secret-read, env-secret-read name=A", &two).is_empty());
        assert_eq!(
            judge("//~ env-secret-read name=B", &two),
            ["1: unexpected: env-secret-read (a message)"]
        );
        assert_eq!(
            judge("//~ env-secret-read env-secret-read name=C", &two),
            ["1: differs: env-secret-read has name=B, not C"]
        );
        assert_eq!(judge("\n//~ env-dump", &[]), ["2: missing: env-dump"]);
    }

    #[test]
    fn what_is_suppressed_is_silent_unless_asked_for() {
        let mut quiet = finding(1, "env-dump", "A");
        quiet.suppression = Some(Suppression {
            kind: SuppressionKind::InSource,
            reason: String::new(),
        });
        let quiet = [quiet];
        assert!(judge("", &quiet).is_empty());
        assert!(judge("//~ env-dump suppressed=in-source", &quiet).is_empty());
        assert_eq!(
            judge("//~ env-dump", &quiet),
            ["1: differs: env-dump has suppressed=in-source, not -"]
        );
    }
}
