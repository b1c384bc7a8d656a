//! What the settings change in a scan, and what files give each other.

use envacuate::model::{Report, Severity, SuppressionKind};
use envacuate::scan::{finish, scan};
use envacuate::settings::{ExtraSink, Settings};

fn check(files: &[(&str, &str)], settings: &Settings) -> Report {
    let scans = files
        .iter()
        .map(|(path, text)| scan(path, text.as_bytes(), settings))
        .collect();
    let read = |path: &str| {
        files
            .iter()
            .find(|(known, _)| *known == path)
            .map(|(_, text)| text.as_bytes().to_vec())
    };
    finish(scans, &read, settings)
}

/// Rule, line and name of each finding that counts.
fn found(report: &Report) -> Vec<(&str, usize, Option<&str>)> {
    report
        .findings
        .iter()
        .filter(|finding| finding.suppression.is_none())
        .map(|finding| {
            (
                finding.rule,
                finding.location.start.line,
                finding.secret.as_deref(),
            )
        })
        .collect()
}

const BOTH: &str = "const t = process.env.GITHUB_TOKEN;\nconsole.log(process.env);\n";

#[test]
fn rules_can_be_selected_ignored_and_weighed() {
    let only = Settings {
        select: vec!["env-dump".into()],
        ..Settings::default()
    };
    assert_eq!(
        found(&check(&[("a.ts", BOTH)], &only)),
        [("env-dump", 2, None)]
    );
    let without = Settings {
        ignore: vec!["env-dump".into()],
        ..Settings::default()
    };
    assert_eq!(
        found(&check(&[("a.ts", BOTH)], &without)),
        [("env-secret-read", 1, Some("GITHUB_TOKEN"))]
    );
    let here = Settings {
        per_file_ignores: vec![("scripts/**".into(), vec!["env-dump".into()])],
        ..Settings::default()
    };
    let report = check(&[("scripts/a.ts", BOTH), ("src/a.ts", BOTH)], &here);
    assert_eq!(found(&report).len(), 3);
    let weighed = Settings {
        severity: [("env-dump".to_owned(), Severity::Note)].into(),
        ..Settings::default()
    };
    assert_eq!(
        check(&[("a.ts", BOTH)], &weighed).findings[1].severity,
        Severity::Note
    );
}

#[test]
fn names_can_be_allowed_and_denied() {
    let settings = Settings {
        allow: vec!["GITHUB_*".into()],
        deny: vec!["BLOB".into()],
        ..Settings::default()
    };
    let text = "f(process.env.GITHUB_TOKEN, process.env.BLOB);\n";
    assert_eq!(
        found(&check(&[("a.js", text)], &settings)),
        [("env-secret-read", 1, Some("BLOB"))]
    );
}

#[test]
fn sinks_redactors_and_helpers_can_be_added() {
    let settings = Settings {
        sinks: vec![ExtraSink {
            callee: "audit.write".into(),
            channel: "file".into(),
        }],
        redactors: vec!["veil".into()],
        helpers: vec!["vaultless".into()],
        ..Settings::default()
    };
    let files = [
        (
            "a.js",
            "audit.write(process.env);\nconsole.log(veil(process.env));\n",
        ),
        ("b.js", "use(vaultless(\"API_TOKEN\"));\n"),
    ];
    assert_eq!(
        found(&check(&files, &settings)),
        [
            ("env-dump", 1, None),
            ("env-secret-read", 1, Some("API_TOKEN"))
        ]
    );
}

#[test]
fn test_code_is_judged_only_when_asked() {
    let rust = "#[cfg(test)]\nmod tests {\n    fn t() { std::env::var(\"API_TOKEN\"); }\n}\n";
    let files = [
        ("src/a.test.ts", BOTH),
        ("tests/b.py", "import os\nprint(os.environ)\n"),
        ("src/lib.rs", rust),
    ];
    assert!(found(&check(&files, &Settings::default())).is_empty());
    let all = Settings {
        include_tests: true,
        ..Settings::default()
    };
    assert_eq!(found(&check(&files, &all)).len(), 4);
}

#[test]
fn a_silenced_finding_stays_in_the_report() {
    let text = "print(os.environ)  # envacuate: ignore[env-dump] asked for\n";
    let report = check(
        &[("a.py", &format!("import os\n{text}"))],
        &Settings::default(),
    );
    let suppression = report.findings[0].suppression.as_ref().unwrap();
    assert_eq!(
        (suppression.kind, suppression.reason.as_str()),
        (SuppressionKind::InSource, "asked for")
    );
    assert_eq!((report.summary.findings, report.summary.suppressed), (0, 1));
}

#[test]
fn a_fingerprint_survives_moved_lines_and_tells_equal_lines_apart() {
    let line = "a(process.env.API_TOKEN);\n";
    let before = check(&[("a.js", &format!("{line}{line}"))], &Settings::default());
    let after = check(
        &[("a.js", &format!("// new\n\n{line}b();\n{line}"))],
        &Settings::default(),
    );
    let prints = |report: &Report| {
        report
            .findings
            .iter()
            .map(|finding| finding.fingerprint.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(prints(&before), prints(&after));
    assert_ne!(prints(&before)[0], prints(&before)[1]);
}

#[test]
fn a_file_without_a_word_of_the_environment_is_read_for_a_helper_of_another() {
    let files = [
        (
            "src/config.ts",
            "export function need(name: string) { return process.env[name]!; }\n",
        ),
        (
            "src/index.ts",
            "import { need } from \"./config.js\";\nconst token = need(\"SLACK_BOT_TOKEN\");\n",
        ),
        ("src/names.ts", "export const KEY = \"OPENAI_API_KEY\";\n"),
        (
            "src/model.ts",
            "import { KEY } from \"./names\";\nconst key = process.env[KEY];\n",
        ),
    ];
    assert_eq!(
        found(&check(&files, &Settings::default())),
        [
            ("env-secret-read", 2, Some("SLACK_BOT_TOKEN")),
            ("env-secret-read", 2, Some("OPENAI_API_KEY"))
        ]
    );
}

#[test]
fn what_a_child_gets_is_what_the_workspace_reads() {
    let settings = Settings::default();
    let start = "import { spawn } from 'child_process';\nspawn('ls', [], { env: process.env });\n";
    let message = |files: &[(&str, &str)]| {
        let report = check(files, &settings);
        let mut findings = report.findings.into_iter();
        findings
            .find(|finding| finding.rule == "env-to-child")
            .map(|finding| finding.message)
    };
    let given = "the whole environment is given to a child process";
    assert_eq!(
        message(&[("a.ts", start), ("b.ts", "f(process.env.PORT);\n")]),
        Some(format!(
            "{given}; no secret is known that this workspace reads"
        ))
    );
    let names: Vec<String> = (1..8)
        .map(|n| format!("os.environ['S{n}_TOKEN']\n"))
        .collect();
    for (count, list) in [
        (1, "S1_TOKEN"),
        (2, "S1_TOKEN and S2_TOKEN"),
        (5, "S1_TOKEN, S2_TOKEN, S3_TOKEN, S4_TOKEN and S5_TOKEN"),
        (
            7,
            "S1_TOKEN, S2_TOKEN, S3_TOKEN, S4_TOKEN, S5_TOKEN and 2 more",
        ),
    ] {
        let reads = format!("import os\n{}", names[..count].concat());
        assert_eq!(
            message(&[("a.ts", start), ("b.py", &reads)]),
            Some(format!("{given}, with {list}"))
        );
    }
}

#[test]
fn what_is_inherited_is_a_note_unless_the_settings_say_more() {
    let text = "import subprocess\nsubprocess.run(['ls'])\n";
    let severity = |settings: &Settings| check(&[("a.py", text)], settings).findings[0].severity;
    assert_eq!(severity(&Settings::default()), Severity::Note);
    let settings = Settings {
        severity: [("env-to-child".to_owned(), Severity::Error)].into(),
        ..Settings::default()
    };
    assert_eq!(severity(&settings), Severity::Error);
}

/// A secret, a line that nothing needs, and where the secret goes.
fn apart(between: &str) -> String {
    format!("const token = process.env.GITHUB_TOKEN;\n{between}\nconsole.log(token);\n")
}

#[test]
fn what_was_not_parsed_is_not_shown() {
    let text = apart("const other = \"harmless words\";");
    let report = check(&[("a.js", &text)], &Settings::default());
    let exposed = report
        .findings
        .iter()
        .find(|finding| finding.rule == "secret-exposed")
        .unwrap();
    assert!(exposed.excerpt.text.lines().count() == 3);
    assert!(!exposed.excerpt.text.contains("harmless"));
    assert!(!exposed.excerpt.text.contains("other"));
}

#[test]
fn a_fingerprint_does_not_depend_on_what_else_is_parsed() {
    let whole = Settings {
        whole_files: true,
        ..Settings::default()
    };
    let text = apart("const other = 1;");
    let prints = |settings: &Settings| {
        let report = check(&[("a.js", &text)], settings);
        let findings = report.findings.into_iter();
        findings.map(|f| f.fingerprint).collect::<Vec<_>>()
    };
    assert_eq!(prints(&Settings::default()).len(), 2);
    assert_eq!(prints(&Settings::default()), prints(&whole));
}
