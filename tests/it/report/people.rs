//! The formats for people: text and concise.

use envacuate::model::{Excerpt, Finding, Highlight, Report};
use envacuate::report::{Format, Options};
use proptest::collection::vec;
use proptest::proptest;
use serde_json::Value;

use super::{calm, hostile, keys, read, rendered, report, with};

#[test]
fn text_is_what_a_stranger_reads() {
    let text = with(&calm(), Format::Text);
    let expected = "\
\x20 warning[env-secret-read] `GITHUB_TOKEN` is read from the environment
    ╭─[src/index.ts:12:15]
 11 │ 
 12 │ const token = process.env.GITHUB_TOKEN;
    ·               ────────────┬───────────
    ·                           ╰── read here
 13 │ start(token);
    ╰────
  help: read it from the secret manager at the time of use
  why:  every child process inherits it, and it cannot be rotated without a restart
  more: envacuate explain env-secret-read, or https://github.com/envacuate/envacuate/blob/main/docs/rules/env-secret-read.md

";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("  also: src/config.ts:3:15 the environment is copied here\n"));
    assert!(!text.contains("and sent on"), "the frame shows that line");
    assert!(!text.contains('\u{1b}'));
    assert!(text.contains("  problem[too-large] bad/too-large.py: the file was not"));
    assert!(text.ends_with(
        "3 findings (1 error, 1 warning, 1 note hidden, 2 suppressed) in 120 files; \
         5 files not fully analysed\n"
    ));
}

#[test]
fn text_heeds_its_options() {
    let options = Options {
        notes: true,
        color: true,
        links: true,
        statistics: true,
        quiet: true,
        ..Options::default()
    };
    let text = rendered(&calm(), Format::Text, &options);
    assert!(text.contains("note[env-secret-read]"));
    assert!(text.contains("\u{1b}]8;;https://"));
    assert!(text.contains("env-secret-read         2         0         1         1\n"));
    assert!(!text.contains("not fully analysed"));
    let ascii = Options {
        unicode: false,
        ..Options::default()
    };
    assert!(rendered(&calm(), Format::Text, &ascii).is_ascii());
}

/// A secret that is read and shown twice in plain text, and copies without a name.
fn secrets() -> Report {
    let copy = |path, line, secret: Option<&str>| Finding {
        rule: "plaintext-secret",
        secret: secret.map(str::to_owned),
        ..read(path, line)
    };
    report(
        vec![
            copy(".env", 2, Some("GITHUB_TOKEN")),
            copy("a/key.pem", 1, None),
            copy("compose.yaml", 9, Some("GITHUB_TOKEN")),
            copy("compose.yaml", 10, Some("A")),
            read("src/index.ts", 12),
        ],
        Vec::new(),
    )
}

#[test]
fn the_inventory_has_one_row_a_secret() {
    let options = Options {
        findings: false,
        inventory: true,
        quiet: true,
        ..Options::default()
    };
    let table = "\
        secret        service  reads  exposed  in plain text  first place\n\
        A             github       0        0              1  compose.yaml:10\n\
        GITHUB_TOKEN  github       1        0              2  src/index.ts:12\n\
        (no name)     -            0        0              1  a/key.pem:1\n";
    assert_eq!(rendered(&secrets(), Format::Concise, &options), table);
    assert_eq!(
        rendered(&secrets(), Format::Text, &options),
        format!("{table}\n")
    );
    let nothing = report(Vec::new(), Vec::new());
    assert_eq!(
        rendered(&nothing, Format::Concise, &options),
        "No secrets\n"
    );
    let document = rendered(&secrets(), Format::Json, &options);
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["findings"].as_array().unwrap().len(), 5);
    let secret = &document["inventory"][1];
    assert_eq!(
        keys(secret),
        ["secret", "provider", "reads", "exposures", "copies"]
    );
    assert_eq!(secret["copies"][1]["path"], "compose.yaml");
    let read = &document["findings"][4];
    for key in ["path", "start", "end", "fingerprint"] {
        assert_eq!(secret["reads"][0][key], read[key]);
    }
    let lines = rendered(&secrets(), Format::Jsonl, &options);
    let kinds = lines
        .lines()
        .filter(|line| line.starts_with(r#"{"type":"secret""#));
    assert_eq!(kinds.count(), 3);
}

#[test]
fn text_of_a_minified_file_stays_short_and_fast() {
    let mut finding = read("dist/index.min.js", 1);
    let code = "é;".repeat(300_000);
    finding.excerpt.text = format!("{code}process.env.X;{code}");
    finding.excerpt.highlights[0].start = code.len();
    finding.excerpt.highlights[0].end = code.len() + 13;
    let text = with(&report(vec![finding; 20], Vec::new()), Format::Text);
    assert!(text.contains("process.env.X;é;é;"));
    assert!(text.lines().all(|line| line.chars().count() < 140));
}

#[test]
fn concise_has_one_line_each() {
    let text = with(&calm(), Format::Concise);
    assert!(text.starts_with(
        "src/index.ts:12:15: warning[env-secret-read] `GITHUB_TOKEN` is read from the environment\n\
         src/server.ts:7:15: error[env-dump] the whole environment goes to the log; \
         src/config.ts:3 the environment is copied here\n\
         bad/unreadable.py: problem[unreadable] the file"
    ));
    assert_eq!(text.lines().count(), 2 + 6);
    assert_eq!(with(&hostile(), Format::Concise).lines().count(), 16);
}

proptest! {
    /// Whatever stands in an excerpt and wherever it is marked, it is drawn.
    #[test]
    fn text_draws_every_excerpt(
        code in "[a\t\n é🦀\u{301}日\u{1b}\r]{0,60}",
        marks in vec((0..90_usize, 0..90_usize, "[a\n]{0,3}"), 0..5),
        width in 0..200_usize,
    ) {
        let mut finding = read("src/index.ts", 1);
        finding.excerpt = Excerpt {
            first_line: 1,
            text: code,
            highlights: marks
                .into_iter()
                .map(|(start, end, message)| Highlight { start, end, message })
                .collect(),
        };
        let options = Options { width, ..Options::default() };
        rendered(&report(vec![finding], Vec::new()), Format::Text, &options);
    }
}
