//! The baseline: what it knows is silenced, as often as it counts it, and what is gone is said.

use envacuate::baseline::{Baseline, BaselineUse, apply, parse, render};
use envacuate::model::{
    Confidence, Excerpt, Finding, Location, Report, Severity, Suppression, SuppressionKind,
};
use envacuate::text::Position;

const CANARY: &str = "ENVCANARYhunter2";

fn finding(path: &str, line: usize, secret: &str, fingerprint: char) -> Finding {
    let position = Position {
        line,
        column: 1,
        byte: line * 10,
        line_start: line * 10,
    };
    Finding {
        rule: "env-secret-read",
        severity: Severity::Warning,
        confidence: Confidence::High,
        location: Location {
            path: path.to_owned(),
            start: position,
            end: position,
        },
        message: "m".to_owned(),
        why: "w",
        help: "h".to_owned(),
        secret: (!secret.is_empty()).then(|| secret.to_owned()),
        provider: None,
        channel: None,
        form: None,
        labels: Vec::new(),
        fix: None,
        excerpt: Excerpt::default(),
        fingerprint: fingerprint.to_string().repeat(32),
        line_hash: None,
        suppression: None,
    }
}

fn report(findings: Vec<Finding>) -> Report {
    let mut report = Report {
        findings,
        ..Report::default()
    };
    report.recount();
    report
}

fn two_files() -> Report {
    report(vec![
        finding("b.ts", 7, "B", 'b'),
        finding("a.ts", 9, "A", 'a'),
        finding("a.ts", 3, "A", 'a'),
        finding("a\".ts", 3, "", 'c'),
    ])
}

#[test]
fn the_file_is_sorted_and_has_one_finding_a_line() {
    let expected = format!(
        "{{\n\"version\": 1,\n\"findings\": [\n\
        {{\"path\":\"a\\\".ts\",\"rule\":\"env-secret-read\",\"fingerprint\":\"{c}\",\"count\":1}},\n\
        {{\"path\":\"a.ts\",\"rule\":\"env-secret-read\",\"secret\":\"A\",\"fingerprint\":\"{a}\",\"count\":2}},\n\
        {{\"path\":\"b.ts\",\"rule\":\"env-secret-read\",\"secret\":\"B\",\"fingerprint\":\"{b}\",\"count\":1}}\n\
        ]\n}}\n",
        a = "a".repeat(32),
        b = "b".repeat(32),
        c = "c".repeat(32),
    );
    assert_eq!(render(&two_files()), expected);
    let mut moved = two_files();
    for finding in &mut moved.findings {
        finding.location.start.line += 100;
    }
    moved.findings.reverse();
    assert_eq!(render(&moved), expected);
    assert_eq!(parse(&render(&Report::default())), Ok(Baseline::default()));
}

#[test]
fn what_is_known_does_not_count_any_more() {
    let baseline = parse(&render(&two_files())).unwrap();
    let mut report = two_files();
    let used = apply(&baseline, &mut report);
    assert_eq!((used.matched, used.new, used.stale.len()), (4, 0, 0));
    assert_eq!((report.summary.findings, report.summary.suppressed), (0, 4));
    assert!(report.summary.by_rule.is_empty());
    let suppression = report.findings[0].suppression.as_ref().unwrap();
    assert_eq!(suppression.reason, "in the baseline");
    // Writing it again loses nothing.
    assert_eq!(parse(&render(&report)), Ok(baseline));
}

#[test]
fn one_more_of_the_same_is_new() {
    let baseline = parse(&render(&two_files())).unwrap();
    let mut more = two_files();
    more.findings.push(finding("a.ts", 20, "A", 'a'));
    let used = apply(&baseline, &mut more);
    assert_eq!((used.matched, used.new), (4, 1));
    assert_eq!(more.summary.by_rule["env-secret-read"], 1);
    assert!(more.findings[4].suppression.is_none());
}

#[test]
fn what_is_gone_is_said_with_what_is_left_of_its_count() {
    let baseline = parse(&render(&two_files())).unwrap();
    let mut fewer = report(vec![finding("a.ts", 3, "A", 'a')]);
    let used = apply(&baseline, &mut fewer);
    let stale: Vec<_> = used
        .stale
        .iter()
        .map(|entry| (entry.path.as_str(), entry.count))
        .collect();
    assert_eq!(stale, [("a\".ts", 1), ("a.ts", 1), ("b.ts", 1)]);
    assert_eq!(
        apply(&Baseline::default(), &mut Report::default()),
        BaselineUse::default()
    );
}

#[test]
fn a_comment_goes_before_the_baseline() {
    let mut report = two_files();
    report.findings[0].suppression = Some(Suppression {
        kind: SuppressionKind::InSource,
        reason: "known".to_owned(),
    });
    let text = render(&report);
    assert!(!text.contains("b.ts"));
    let baseline = parse(&render(&two_files())).unwrap();
    let used = apply(&baseline, &mut report);
    assert_eq!((used.matched, used.stale.len()), (3, 1));
    assert_eq!(
        report.findings[0].suppression.as_ref().unwrap().kind,
        SuppressionKind::InSource
    );
}

#[test]
fn lines_of_both_sides_of_a_merge_add_up() {
    let text = render(&two_files());
    let line = text.lines().nth(4).unwrap();
    let twice = text.replace(line, &format!("{line}\n{line}"));
    let mut report = report(vec![finding("a.ts", 1, "A", 'a'); 5]);
    let used = apply(&parse(&twice).unwrap(), &mut report);
    assert_eq!((used.matched, used.new), (4, 1));
}

#[test]
fn no_error_says_what_stands_in_the_file() {
    let whole = render(&two_files());
    let conflict = whole.replace("\"version\"", "<<<<<<< ENVCANARYhunter2\n\"version\"");
    let wrong = [
        "@",
        "\"@\"",
        "{\"version\": \"@\"}",
        "{\"version\": 1, \"findings\": [{\"path\": \"@\"}]}",
        "{\"version\": 1, \"findings\": [\"@\"]}",
        "{\"version\": 1, \"findings\": {\"@\": 1}}",
        "{\"version\": 1, \"findings\": [], \"findings\": \"@\"}",
        "{\"version\": 2, \"findings\": [], \"more\": \"@\"}",
        "{\"version\": 1, \"findings\": [\"@",
        "",
        &conflict,
    ];
    for text in wrong {
        let text = text.replace('@', CANARY);
        let error = parse(&text).expect_err(&text);
        assert!(!format!("{error:?}").contains(CANARY), "{error:?}");
    }
    let error = parse(&conflict).unwrap_err();
    assert!(error.help.unwrap().contains("merge conflict"));
    assert!(parse("{\"version\": 1, \"findings\": [], \"later\": 1}").is_ok());
}
