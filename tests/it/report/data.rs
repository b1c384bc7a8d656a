//! The formats that are ours: JSON and JSON lines.

use envacuate::report::Format;
use serde_json::Value;

use super::{HOSTILE, calm, hostile, json, keys, with};

#[test]
fn json_keeps_its_contract() {
    let document = json(&calm(), Format::Json);
    assert_eq!(
        keys(&document),
        ["version", "tool", "findings", "problems", "summary"]
    );
    assert_eq!(document["version"], 1);
    assert_eq!(document["tool"]["name"], "envacuate");
    let first = &document["findings"][0];
    let expected: Value = serde_json::from_str(
        r#"{"rule":"env-secret-read","severity":"warning","confidence":"high","path":"src/index.ts",
            "start":{"line":12,"column":15,"byte":480},"end":{"line":12,"column":39,"byte":504},
            "message":"`GITHUB_TOKEN` is read from the environment",
            "why":"every child process inherits it, and it cannot be rotated without a restart",
            "help":"read it from the secret manager at the time of use",
            "secret":"GITHUB_TOKEN","provider":"github","channel":null,"form":"member","labels":[],
            "fix":null,"fingerprint":"0123456789abcdef0123456789abcdef","suppressed":false,
            "suppression":null}"#,
    )
    .unwrap();
    assert_eq!(first, &expected);
    assert_eq!(keys(first), keys(&expected));
    let label = &document["findings"][1]["labels"][0];
    assert_eq!(keys(label), ["path", "start", "end", "message"]);
    let silenced = &document["findings"][3];
    assert_eq!(silenced["suppressed"], true);
    assert_eq!(
        silenced["suppression"],
        serde_json::json!({"kind": "in-source", "reason": "local tool"})
    );
    assert_eq!(document["findings"][4]["suppression"]["kind"], "baseline");
    assert_eq!(keys(&document["problems"][0]), ["path", "kind", "message"]);
    assert_eq!(
        document["summary"],
        serde_json::json!({"files": 120, "parsed": 14, "findings": 3, "suppressed": 2, "unchanged": 0, "fixed": 0,
            "by_rule": {"env-dump": 1, "env-secret-read": 2}})
    );
}

#[test]
fn json_gives_back_what_went_in() {
    let document = json(&hostile(), Format::Json);
    for (at, text) in HOSTILE.iter().enumerate() {
        assert_eq!(document["findings"][at]["path"], *text);
        assert_eq!(document["problems"][at]["message"], *text);
    }
}

#[test]
fn jsonl_has_one_object_a_line() {
    for report in [calm(), hostile()] {
        let text = with(&report, Format::Jsonl);
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines[0]["type"], "run");
        assert_eq!(lines[0]["version"], 1);
        assert_eq!(lines.last().unwrap()["type"], "summary");
        let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).count();
        assert_eq!(of("finding"), report.findings.len());
        assert_eq!(of("problem"), report.problems.len());
    }
}
