//! SARIF 2.1.0, as code scanning of GitHub reads it.
//!
//! The only place that names SARIF. Carries no text of scanned files: regions have no snippets. Suppressed findings
//! stay, as `suppressions`, so that an alert does not come back as new.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::identified;
use super::json::put;
use super::uri::uri;
use crate::model::{
    Applicability, Channel, Confidence, Finding, Fix, FixEdit, Form, Location, Problem,
    ProblemKind, Report, Severity, Suppression, SuppressionKind,
};
use crate::rules::{self, Rule};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Writes the log.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    // One result with suppressions, or with a state, obliges all of them to say.
    let (with_suppressions, with_states) =
        (report.summary.suppressed > 0, report.summary.unchanged > 0);
    let results: Vec<Value> = identified(report)
        .map(|(finding, id)| {
            let mut result = result(finding, &id);
            if with_suppressions {
                let list = finding.suppression.iter().filter_map(suppression);
                result["suppressions"] = list.collect();
            }
            if with_states {
                result["baselineState"] = state(finding).into();
            }
            result
        })
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver()},
            "automationDetails": {"id": "envacuate/"},
            "invocations": [invocation(report)],
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {
                "%SRCROOT%": {"description": {"text": "The working directory of the run."}}
            },
            "taxonomies": [taxonomy()],
            "results": results,
        }],
    });
    put(&serde_json::to_string_pretty(&log)?, out)
}

fn driver() -> Value {
    json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": rules::ALL.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
        "supportedTaxonomies": [{"name": "CWE", "index": 0}],
    })
}

fn descriptor(rule: &Rule) -> Value {
    let documentation = rule.documentation();
    let mut tags = vec!["security".to_owned()];
    tags.extend(
        rule.cwe
            .iter()
            .map(|cwe| format!("external/cwe/cwe-{:03}", cwe.id)),
    );
    let relationships: Vec<Value> = rule
        .cwe
        .iter()
        .map(|cwe| {
            json!({
                "target": {
                    "id": cwe.id.to_string(),
                    "index": weaknesses().iter().position(|(id, _)| *id == cwe.id),
                    "toolComponent": {"name": "CWE", "index": 0},
                },
                "kinds": ["superset"],
            })
        })
        .collect();
    json!({
        "id": rule.id,
        "name": pascal_case(rule.id),
        "shortDescription": {"text": sentence(rule.summary)},
        "fullDescription": {"text": first_paragraph(&documentation)},
        "help": {"text": documentation, "markdown": documentation},
        "helpUri": rule.url(),
        "defaultConfiguration": {"level": rule.severity.as_str()},
        "properties": {
            "tags": tags,
            "precision": precision(rule.confidence),
            "security-severity": rule.security_severity,
        },
        "relationships": relationships,
    })
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

/// The weaknesses that the rules name, each once, by number.
fn weaknesses() -> Vec<(u16, &'static str)> {
    let mut all: Vec<_> = rules::ALL
        .iter()
        .flat_map(|rule| rule.cwe)
        .map(|cwe| (cwe.id, cwe.name))
        .collect();
    all.sort_unstable();
    all.dedup_by_key(|(id, _)| *id);
    all
}

fn taxonomy() -> Value {
    let taxa: Vec<Value> = weaknesses()
        .into_iter()
        .map(|(id, name)| {
            json!({
                "id": id.to_string(),
                "name": format!("CWE-{id}"),
                "shortDescription": {"text": sentence(name)},
                "helpUri": format!("https://cwe.mitre.org/data/definitions/{id}.html"),
            })
        })
        .collect();
    json!({
        "name": "CWE",
        "organization": "MITRE",
        "informationUri": "https://cwe.mitre.org/",
        "shortDescription": {"text": "Common Weakness Enumeration."},
        "isComprehensive": false,
        "taxa": taxa,
    })
}

fn result(finding: &Finding, id: &str) -> Value {
    let mut out = json!({
        "ruleId": finding.rule,
        "ruleIndex": rules::ALL.iter().position(|rule| rule.id == finding.rule),
        "level": finding.severity.as_str(),
        "message": {"text": message(finding)},
        "locations": [location(&finding.location)],
    });
    let map = out.as_object_mut().expect("the literal above is an object");
    if map["ruleIndex"].is_null() {
        map.remove("ruleIndex");
    }
    if !finding.labels.is_empty() {
        map.insert("relatedLocations".to_owned(), related(finding));
        if finding.channel.is_some() {
            map.insert("codeFlows".to_owned(), flow(finding));
        }
    }
    // Whoever reads it may make them without asking.
    let is_safe = |fix: &&Fix| fix.applicability == Applicability::Safe;
    if let Some(fix) = finding.fix.as_ref().filter(is_safe) {
        map.insert("fixes".to_owned(), json!([changes(fix)]));
    }
    let mut prints = json!({"envacuate/v1": id});
    if let Some(hash) = &finding.line_hash {
        prints["primaryLocationLineHash"] = hash.as_str().into();
    }
    map.insert("partialFingerprints".to_owned(), prints);
    map.insert("properties".to_owned(), properties(finding));
    out
}

/// A fix, file by file.
fn changes(fix: &Fix) -> Value {
    let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for FixEdit { location, text } in &fix.edits {
        let replacement = json!({
            "deletedRegion": region(location),
            "insertedContent": {"text": text},
        });
        files.entry(&location.path).or_default().push(replacement);
    }
    let files: Vec<Value> = files
        .into_iter()
        .map(|(path, edits)| json!({"artifactLocation": artifact(path), "replacements": edits}))
        .collect();
    json!({
        "description": {"text": sentence(fix.title)},
        "artifactChanges": files,
        "properties": {"applicability": fix.applicability.as_str()},
    })
}

/// The message, the advice, and a link to each related place.
fn message(finding: &Finding) -> String {
    let mut text = format!(
        "{} {}",
        sentence(&escape(&finding.message)),
        sentence(&escape(&finding.help))
    );
    for (at, label) in finding.labels.iter().enumerate() {
        let lead = if at == 0 { " See: " } else { ", " };
        text.extend([lead, "[", &escape(&label.message), "]("]);
        text.push_str(&(at + 1).to_string());
        text.push(')');
    }
    if !finding.labels.is_empty() {
        text.push('.');
    }
    text
}

fn location(location: &Location) -> Value {
    json!({"physicalLocation": {"artifactLocation": artifact(&location.path), "region": region(location)}})
}

fn artifact(path: &str) -> Value {
    let uri = uri(path);
    if uri.relative {
        json!({"uri": uri.text, "uriBaseId": "%SRCROOT%"})
    } else {
        json!({"uri": uri.text})
    }
}

fn region(location: &Location) -> Value {
    let (start, end) = (location.start, location.end);
    let line = start.line.max(1);
    let column = start.column.max(1);
    let end_line = end.line.max(line);
    let end_column = if end_line == line {
        end.column.max(column)
    } else {
        end.column.max(1)
    };
    let mut out = json!({
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    });
    if end.byte > start.byte {
        out["byteOffset"] = start.byte.into();
        out["byteLength"] = (end.byte - start.byte).into();
    }
    out
}

fn related(finding: &Finding) -> Value {
    finding
        .labels
        .iter()
        .enumerate()
        .map(|(at, label)| {
            let mut place = location(&label.location);
            place["id"] = (at + 1).into();
            place["message"] = json!({"text": sentence(&escape(&label.message))});
            place
        })
        .collect()
}

/// How the value gets to where it leaves: the labels in order, then the place itself.
fn flow(finding: &Finding) -> Value {
    let steps: Vec<Value> = finding
        .labels
        .iter()
        .map(|label| (&label.location, &label.message))
        .chain([(&finding.location, &finding.message)])
        .map(|(place, message)| {
            let mut place = location(place);
            place["message"] = json!({"text": sentence(&escape(message))});
            json!({"location": place})
        })
        .collect();
    json!([{"threadFlows": [{"locations": steps}]}])
}

/// What silences a finding; that its lines did not change is a state, not a decision.
fn suppression(suppression: &Suppression) -> Option<Value> {
    let kind = match suppression.kind {
        SuppressionKind::InSource => "inSource",
        SuppressionKind::Baseline => "external",
        SuppressionKind::Unchanged => return None,
    };
    Some(if suppression.reason.is_empty() {
        json!({"kind": kind, "status": "accepted"})
    } else {
        json!({"kind": kind, "status": "accepted", "justification": suppression.reason})
    })
}

/// Whether a finding was there before.
fn state(finding: &Finding) -> &'static str {
    match &finding.suppression {
        Some(suppression) if suppression.kind == SuppressionKind::Unchanged => "unchanged",
        _ => "new",
    }
}

fn properties(finding: &Finding) -> Value {
    let entries = [
        ("secret", finding.secret.as_deref()),
        ("provider", finding.provider),
        ("channel", finding.channel.map(Channel::as_str)),
        ("form", finding.form.map(Form::as_str)),
        ("confidence", Some(finding.confidence.as_str())),
    ];
    let map: Map<String, Value> = entries
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?.into())))
        .collect();
    map.into()
}

fn invocation(report: &Report) -> Value {
    let (settings, files): (Vec<&Problem>, Vec<&Problem>) = report
        .problems
        .iter()
        .partition(|problem| problem.kind == ProblemKind::Settings);
    let defect = files
        .iter()
        .any(|problem| problem.kind == ProblemKind::Internal);
    let all = |problems: Vec<&Problem>| problems.into_iter().map(notification).collect::<Value>();
    json!({
        "executionSuccessful": settings.is_empty() && !defect,
        "toolExecutionNotifications": all(files),
        "toolConfigurationNotifications": all(settings),
    })
}

fn notification(problem: &Problem) -> Value {
    let level = match problem.kind {
        ProblemKind::Internal | ProblemKind::Settings | ProblemKind::Unreadable => Severity::Error,
        ProblemKind::TooLarge | ProblemKind::NotUtf8 | ProblemKind::ParseIncomplete => {
            Severity::Warning
        }
    };
    let mut out = json!({
        "level": level.as_str(),
        "message": {"text": sentence(&escape(&problem.message))},
        "descriptor": {"id": problem.kind.as_str()},
    });
    if !problem.path.is_empty() {
        out["locations"] =
            json!([{"physicalLocation": {"artifactLocation": artifact(&problem.path)}}]);
    }
    out
}

/// `env-dump` as `EnvDump`.
fn pascal_case(id: &str) -> String {
    id.split('-')
        .flat_map(|word| {
            let (head, tail) = word.split_at(word.len().min(1));
            [head.to_ascii_uppercase(), tail.to_owned()]
        })
        .collect()
}

/// The text with a capital, unless it begins with code, and a full stop.
fn sentence(text: &str) -> String {
    let word = text
        .split_once(' ')
        .is_some_and(|(word, _)| word.bytes().all(|b| b.is_ascii_lowercase()));
    let mut chars = text.chars();
    let mut out: String = match chars.next() {
        Some(first) if word => first.to_ascii_uppercase().to_string() + chars.as_str(),
        _ => text.to_owned(),
    };
    if !out.ends_with(['.', '!', '?']) {
        out.push('.');
    }
    out
}

/// The first paragraph below the first subheading, on one line.
fn first_paragraph(documentation: &str) -> String {
    documentation
        .lines()
        .skip_while(|line| !line.starts_with("## "))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Text inside a message: braces would be placeholders, brackets a link.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '{' => out.push_str("{{"),
            '}' => out.push_str("}}"),
            '[' | ']' | '\\' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_names_and_sentences_as_sarif_wants_them() {
        assert_eq!(pascal_case("env-secret-read"), "EnvSecretRead");
        assert_eq!(sentence("a secret"), "A secret.");
        assert_eq!(sentence("process.env is read"), "process.env is read.");
        assert_eq!(escape(r"{0} [a](1) \"), r"{{0}} \[a\](1) \\");
    }

    #[test]
    fn every_rule_has_a_description_of_a_length_that_github_takes() {
        for rule in rules::ALL {
            let text = first_paragraph(&rule.documentation());
            assert!(
                !text.is_empty() && text.chars().count() <= 1024,
                "{}",
                rule.id
            );
        }
    }
}
