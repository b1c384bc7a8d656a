//! Every output format, from reports built by hand: what is in them, and that nothing in them can break out.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod ci;
mod data;
mod people;
mod sarif;

use std::collections::{BTreeMap, BTreeSet};

use envacuate::model::{
    Channel, Confidence, Excerpt, Finding, Form, Highlight, Label, Location, Problem, ProblemKind,
    Report, Severity, Summary, Suppression, SuppressionKind,
};
use envacuate::report::{self, Format, Options};
use envacuate::text::Position;
use serde_json::Value;

/// What a hostile repository would call its files and variables.
const HOSTILE: [&str; 8] = [
    "a\nb\r::error file=x::pwned",
    "::stop-commands::x",
    "]]><x a=\"1\" b='2'>&amp;",
    "{0} {1} [link](https://example.org) \\ 100%,:x",
    "\u{1b}[31mred\u{9b}0m\u{7f}\u{0}",
    "\u{202e}gnp.exe\u{2066}\u{200b}\u{feff}",
    "naïve/日本語 🦀.py",
    "##[add-mask]x ##vso[task.setvariable variable=x]y\u{fffe}\u{ffff}",
];

fn position(line: usize, column: usize, byte: usize) -> Position {
    Position {
        line,
        column,
        byte,
        line_start: (byte + 1).saturating_sub(column),
    }
}

fn location(path: &str, line: usize) -> Location {
    Location {
        path: path.to_owned(),
        start: position(line, 15, line * 40),
        end: position(line, 39, line * 40 + 24),
    }
}

fn read(path: &str, line: usize) -> Finding {
    let text = "\nconst token = process.env.GITHUB_TOKEN;\nstart(token);";
    Finding {
        rule: "env-secret-read",
        severity: Severity::Warning,
        confidence: Confidence::High,
        location: location(path, line),
        message: "`GITHUB_TOKEN` is read from the environment".to_owned(),
        why: "every child process inherits it, and it cannot be rotated without a restart",
        help: "read it from the secret manager at the time of use".to_owned(),
        secret: Some("GITHUB_TOKEN".to_owned()),
        provider: Some("github"),
        channel: None,
        form: Some(Form::Member),
        labels: Vec::new(),
        fix: None,
        excerpt: Excerpt {
            first_line: line.saturating_sub(1),
            text: text.to_owned(),
            highlights: vec![Highlight {
                start: 15,
                end: 39,
                message: "read here".to_owned(),
            }],
        },
        fingerprint: "0123456789abcdef0123456789abcdef".to_owned(),
        line_hash: Some("54703d4cd895b18:1".to_owned()),
        suppression: None,
    }
}

fn dump(path: &str, line: usize) -> Finding {
    Finding {
        rule: "env-dump",
        severity: Severity::Error,
        message: "the whole environment goes to the log".to_owned(),
        secret: None,
        provider: None,
        channel: Some(Channel::Log),
        form: None,
        labels: vec![
            Label {
                location: location("src/config.ts", 3),
                message: "the environment is copied here".to_owned(),
            },
            Label {
                location: location(path, line + 1),
                message: "and sent on".to_owned(),
            },
        ],
        fingerprint: "ffffffffffffffffffffffffffffffff".to_owned(),
        ..read(path, line)
    }
}

fn report(findings: Vec<Finding>, problems: Vec<Problem>) -> Report {
    let mut by_rule = BTreeMap::new();
    let mut counted = 0;
    for finding in findings.iter().filter(|f| f.suppression.is_none()) {
        *by_rule.entry(finding.rule).or_default() += 1;
        counted += 1;
    }
    let summary = Summary {
        files: 120,
        parsed: 14,
        findings: counted,
        fixed: 0,
        suppressed: findings.len() - counted,
        unchanged: 0,
        by_rule,
    };
    Report {
        findings,
        problems,
        summary,
    }
}

/// A calm report: three findings that count, two silenced ones, a problem of every kind.
fn calm() -> Report {
    let mut many_lines = dump("src/server.ts", 7);
    many_lines.location.end = position(9, 2, 400);
    let note = Finding {
        severity: Severity::Note,
        confidence: Confidence::Low,
        ..read("src/tool.ts", 4)
    };
    let silenced = |kind, reason: &str, line| Finding {
        suppression: Some(Suppression {
            kind,
            reason: reason.to_owned(),
        }),
        ..read("src/tool.ts", line)
    };
    let kinds = [
        ProblemKind::Unreadable,
        ProblemKind::TooLarge,
        ProblemKind::NotUtf8,
        ProblemKind::ParseIncomplete,
        ProblemKind::Internal,
        ProblemKind::Settings,
    ];
    let problems = kinds.map(|kind| Problem {
        path: format!("bad/{}.py", kind.as_str()),
        kind,
        message: "the file was not wholly understood".to_owned(),
    });
    report(
        vec![
            read("src/index.ts", 12),
            many_lines,
            note,
            silenced(SuppressionKind::InSource, "local tool", 8),
            silenced(SuppressionKind::Baseline, "", 9),
        ],
        problems.to_vec(),
    )
}

/// Every text of a finding and a problem is hostile, and so is the excerpt.
fn hostile() -> Report {
    let findings = HOSTILE
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let mut finding = dump(text, at + 1);
            if at % 2 == 0 {
                // One that the inventory shows.
                finding.rule = "secret-exposed";
            }
            (*text).clone_into(&mut finding.message);
            (*text).clone_into(&mut finding.help);
            finding.secret = Some((*text).to_owned());
            (*text).clone_into(&mut finding.labels[0].location.path);
            (*text).clone_into(&mut finding.labels[1].message);
            finding.excerpt = Excerpt {
                first_line: 1,
                text: (*text).repeat(200),
                highlights: vec![
                    Highlight {
                        start: 3,
                        end: 9999,
                        message: (*text).to_owned(),
                    },
                    Highlight {
                        start: 5,
                        end: 4,
                        message: String::new(),
                    },
                ],
            };
            finding
        })
        .collect();
    let problems = HOSTILE.map(|text| Problem {
        path: text.to_owned(),
        kind: ProblemKind::ParseIncomplete,
        message: text.to_owned(),
    });
    report(findings, problems.to_vec())
}

fn rendered(report: &Report, format: Format, options: &Options) -> String {
    let mut out = Vec::new();
    report::render(report, format, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn with(report: &Report, format: Format) -> String {
    rendered(report, format, &Options::default())
}

fn json(report: &Report, format: Format) -> Value {
    serde_json::from_str(&with(report, format)).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn the_table_names_each_format_once() {
    let names: BTreeSet<_> = report::ALL.iter().map(|(_, name, _)| *name).collect();
    assert_eq!(names.len(), report::ALL.len());
    for (format, name, help) in report::ALL {
        assert_eq!(report::find(name), Some(*format));
        assert!(!help.is_empty());
    }
    assert_eq!(report::find("xml"), None);
}

#[test]
fn no_format_lets_a_scanned_file_speak_to_a_terminal_or_a_runner() {
    let report = hostile();
    for (format, name, _) in report::ALL {
        for options in [
            Options::default(),
            Options {
                unicode: false,
                verbose: true,
                inventory: true,
                statistics: true,
                width: 1,
                ..Options::default()
            },
        ] {
            let text = rendered(&report, *format, &options);
            for c in text.chars().filter(|&c| c != '\n') {
                let shown = envacuate::text::show(&c.to_string());
                assert_eq!(shown, c.to_string(), "{name} prints {c:?}");
            }
            if matches!(format, Format::Text | Format::Concise) {
                for line in text.lines() {
                    assert!(!line.trim_start().starts_with("::"), "{name}: {line}");
                    assert!(!line.contains("##["), "{name}: {line}");
                    assert!(!line.contains("##vso["), "{name}: {line}");
                }
            }
        }
    }
}

#[test]
fn an_empty_report_is_valid_everywhere() {
    let empty = report(Vec::new(), Vec::new());
    assert_eq!(with(&empty, Format::Text), "No findings in 120 files\n");
    assert_eq!(with(&empty, Format::Concise), "");
    assert_eq!(with(&empty, Format::Github), "");
    assert_eq!(with(&empty, Format::Gitlab), "[]\n");
    assert_eq!(json(&empty, Format::Json)["findings"], Value::Array(vec![]));
    assert_eq!(with(&empty, Format::Jsonl).lines().count(), 2);
    let cases = ci::cases(&with(&empty, Format::Junit));
    assert_eq!(cases, [("envacuate".to_owned(), None)]);
    sarif::validate(&json(&empty, Format::Sarif));
}
