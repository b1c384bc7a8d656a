//! The formats of CI systems, read back: GitHub, GitLab, `JUnit`.

use std::collections::{BTreeMap, BTreeSet};

use envacuate::model::{Applicability, Fix, FixEdit};
use envacuate::report::Format;
use quick_xml::events::Event;

use super::{HOSTILE, calm, hostile, json, location, read, with};

/// Annotations as the runner reads them: command, properties, message.
fn annotations(text: &str) -> Vec<(String, BTreeMap<String, String>, String)> {
    let undo = |text: &str| {
        text.replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    };
    text.lines()
        .map(|line| {
            let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
            let (command, list) = head.split_once(' ').unwrap();
            let properties = list
                .split(',')
                .map(|pair| {
                    let (key, value) = pair.split_once('=').unwrap();
                    (key.to_owned(), undo(value))
                })
                .collect();
            (command.to_owned(), properties, undo(message))
        })
        .collect()
}

#[test]
fn github_gets_one_annotation_each_worst_first() {
    let parsed = annotations(&with(&calm(), Format::Github));
    let commands: Vec<&str> = parsed
        .iter()
        .map(|(command, ..)| command.as_str())
        .collect();
    let mut expected = vec!["error"];
    expected.extend(["warning"; 7]);
    expected.push("notice");
    assert_eq!(commands, expected);
    let (_, properties, message) = &parsed[0];
    assert_eq!(properties["file"], "src/server.ts");
    assert_eq!(properties["endLine"], "9");
    assert!(!properties.contains_key("col"), "several lines");
    assert!(!properties.contains_key("endColumn"));
    assert!(message.starts_with("src/server.ts:7:15: the whole environment"));
    assert!(message.contains("\nhelp: read it"));
    assert_eq!(parsed[1].1["col"], "15");
    assert_eq!(parsed[1].1["endColumn"], "39");
}

#[test]
fn github_survives_hostile_names_and_says_when_there_is_more() {
    let mut report = hostile();
    let parsed = annotations(&with(&report, Format::Github));
    assert_eq!(parsed.len(), report.findings.len() + report.problems.len());
    for (_, properties, _) in &parsed {
        for key in properties.keys() {
            assert!(
                ["file", "line", "col", "endLine", "endColumn", "title"].contains(&key.as_str()),
                "{key}"
            );
        }
    }
    for ((_, properties, _), text) in parsed.iter().zip(HOSTILE) {
        assert_eq!(properties["file"], envacuate::text::show(text));
    }
    report.findings.extend(hostile().findings);
    let parsed = annotations(&with(&report, Format::Github));
    assert_eq!(parsed.len(), 16 + 8 + 1);
    assert!(parsed.last().unwrap().2.starts_with("6 more"));
}

#[test]
fn gitlab_gets_an_entry_each() {
    let entries = json(&calm(), Format::Gitlab);
    let entries = entries.as_array().unwrap();
    assert_eq!(entries.len(), 3);
    assert_eq!(
        entries[0],
        serde_json::json!({
            "description": "env-secret-read: `GITHUB_TOKEN` is read from the environment",
            "check_name": "env-secret-read",
            "fingerprint": "0123456789abcdef0123456789abcdef",
            "severity": "major",
            "location": {"path": "src/index.ts", "lines": {"begin": 12, "end": 12}},
        })
    );
    let prints: BTreeSet<&str> = entries
        .iter()
        .map(|entry| entry["fingerprint"].as_str().unwrap())
        .collect();
    assert_eq!(prints.len(), 3);
}

#[test]
fn rdjson_has_suggestions_where_one_safe_edit_does() {
    let document = json(&calm(), Format::Rdjson);
    let found = document["diagnostics"].as_array().unwrap();
    assert_eq!(found.len(), 3 + 6);
    assert_eq!(document["source"]["name"], "envacuate");
    assert_eq!(
        found[0],
        serde_json::json!({
            "message": "`GITHUB_TOKEN` is read from the environment; \
                read it from the secret manager at the time of use",
            "location": {"path": "src/index.ts", "range": {
                "start": {"line": 12, "column": 15}, "end": {"line": 12, "column": 39}}},
            "severity": "WARNING",
            "code": {"value": "env-secret-read",
                "url": envacuate::rules::Rule::find("env-secret-read").unwrap().url()},
        })
    );
    assert_eq!(found[1]["severity"], "ERROR");
    assert_eq!(found[3]["severity"], "INFO");
    assert!(found[3]["location"]["range"].is_null());
    let edit = |text: &str| FixEdit {
        location: location("src/index.ts", 12),
        text: text.to_owned(),
    };
    for (applicability, edits, told) in [
        (Applicability::Safe, vec![edit("x")], true),
        (Applicability::Unsafe, vec![edit("x")], false),
        (Applicability::Safe, vec![edit("x"), edit("y")], false),
    ] {
        let mut report = calm();
        report.findings[0].fix = Some(Fix {
            applicability,
            title: "do it",
            edits,
        });
        let document = json(&report, Format::Rdjson);
        let suggestion = &document["diagnostics"][0]["suggestions"][0];
        assert_eq!(suggestion["text"] == "x", told);
        let log = json(&report, Format::Sarif);
        let fixes = &log["runs"][0]["results"][0]["fixes"];
        assert_eq!(fixes.is_array(), applicability == Applicability::Safe);
    }
}

#[test]
fn markdown_shows_the_worst_first_and_counts_the_rest() {
    let text = with(&calm(), Format::Markdown);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "## envacuate: 3 findings in 120 files");
    assert_eq!(lines[2], "1 error, 1 warning, 1 note, 2 suppressed.");
    assert!(lines[6].starts_with("| error | `src/server.ts:7` | the whole environment goes to the log | [`env-dump`](https://"));
    assert!(lines[7].starts_with("| warning | `src/index.ts:12` | `` `GITHUB_TOKEN` `` is read"));
    assert!(text.contains("### Not fully analysed"));
    let mut report = calm();
    let longest = "x".repeat(100_000);
    for at in 0..5000 {
        report.findings.push(read(&format!("{at}{longest}"), at));
    }
    let text = with(&report, Format::Markdown);
    assert!(text.len() < 1 << 20, "{}", text.len());
    assert!(
        text.contains("\nAnd 4903 findings more."),
        "{}",
        &text[text.len() - 900..]
    );
}

#[test]
fn nothing_in_markdown_comes_from_the_files_but_code() {
    let text = with(&hostile(), Format::Markdown);
    for line in text.lines() {
        let mut outside = String::new();
        let mut rest = line;
        // What stands between backticks is code, as long as as many end it.
        while let Some(start) = rest.find('`') {
            outside.push_str(&rest[..start]);
            let fence = rest[start..].len() - rest[start..].trim_start_matches('`').len();
            rest = &rest[start + fence..];
            let mark = "`".repeat(fence);
            let end = rest
                .find(&mark)
                .unwrap_or_else(|| panic!("open code: {line}"));
            assert!(!rest[..end].replace("\\|", "").contains('|'), "{line}");
            rest = &rest[end + fence..];
        }
        outside.push_str(rest);
        for word in ["<x", "example.org", "add-mask", "pwned", "red", "{0}"] {
            assert!(!outside.contains(word), "{word} in {line}");
        }
        if line.starts_with('|') {
            let bars = line.replace("\\|", "").matches('|').count();
            assert!([4, 5].contains(&bars), "{line}");
        }
    }
}

/// Test cases as an XML parser reads them: class and what is inside.
pub(super) fn cases(xml: &str) -> Vec<(String, Option<String>)> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut cases = Vec::new();
    let mut depth = 0;
    loop {
        let event = reader.read_event().unwrap();
        if let Event::Start(element) | Event::Empty(element) = &event {
            let attributes: BTreeMap<String, String> = element
                .attributes()
                .map(|attribute| {
                    let attribute = attribute.unwrap();
                    let key = attribute.key.as_ref().to_owned();
                    (
                        key,
                        quick_xml::escape::unescape(&attribute.value)
                            .unwrap()
                            .into_owned(),
                    )
                })
                .collect();
            match element.name().as_ref() {
                "testcase" => cases.push((attributes["classname"].clone(), None)),
                "failure" | "error" | "skipped" => {
                    cases.last_mut().unwrap().1 = Some(attributes["message"].clone());
                }
                "testsuites" | "testsuite" => {}
                other => panic!("element {other:?}"),
            }
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    cases
}

#[test]
fn junit_is_well_formed_whatever_the_names() {
    let calm_cases = cases(&with(&calm(), Format::Junit));
    assert_eq!(calm_cases.len(), 3 + 6);
    let xml = with(&calm(), Format::Junit);
    assert!(xml.contains(
        "<testsuites name=\"envacuate\" tests=\"9\" failures=\"2\" errors=\"3\" skipped=\"4\""
    ));
    let hostile_cases = cases(&with(&hostile(), Format::Junit));
    assert_eq!(hostile_cases.len(), 16);
    for text in HOSTILE {
        let expected = envacuate::text::show(text).replace(['\u{fffe}', '\u{ffff}'], "");
        let found = hostile_cases
            .iter()
            .filter(|(_, message)| message.as_deref() == Some(&expected))
            .count();
        assert_eq!(found, 2, "{expected}");
    }
}
