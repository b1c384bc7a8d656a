//! SARIF: valid by the published schema, and with what code scanning reads.

use std::collections::BTreeSet;

use envacuate::report::Format;
use envacuate::rules;
use serde_json::Value;

use super::{calm, hostile, json, position, read, report, with};

/// Checks a log against the schema that OASIS published.
pub(super) fn validate(log: &Value) {
    let mut schema: Value = serde_json::from_str(include_str!("../data/sarif-2.1.0.json")).unwrap();
    // The published pattern has a stray bracket and is no regular expression; we never write a language.
    for part in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][part]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    let errors: Vec<String> = validator
        .iter_errors(log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn sarif_follows_its_schema() {
    validate(&json(&calm(), Format::Sarif));
    validate(&json(&hostile(), Format::Sarif));
    let mut absolute = report(vec![read("/srv/a b.ts", 1)], Vec::new());
    absolute.findings[0].location.start = position(0, 0, 0);
    absolute.findings[0].location.end = position(0, 0, 0);
    let log = json(&absolute, Format::Sarif);
    validate(&log);
    let artifact =
        &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(
        artifact,
        &serde_json::json!({"uri": "file:///srv/a%20b.ts"})
    );
}

#[test]
fn sarif_has_what_code_scanning_reads() {
    let log = json(&calm(), Format::Sarif);
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    let known: Vec<&str> = rules::ALL.iter().map(|rule| rule.id).collect();
    let listed: Vec<&str> = driver["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert_eq!(listed, known);
    for rule in driver["rules"].as_array().unwrap() {
        for relation in rule["relationships"].as_array().unwrap() {
            let index = usize::try_from(relation["target"]["index"].as_u64().unwrap()).unwrap();
            let taxon = &run["taxonomies"][0]["taxa"][index];
            assert_eq!(taxon["id"], relation["target"]["id"]);
        }
    }

    let results = run["results"].as_array().unwrap();
    let prints: BTreeSet<&str> = results
        .iter()
        .map(|result| {
            result["partialFingerprints"]["envacuate/v1"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(prints.len(), results.len());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(driver["rules"][index]["id"], result["ruleId"]);
        assert!(result["suppressions"].is_array());
    }
    assert_eq!(results[3]["suppressions"][0]["kind"], "inSource");
    assert_eq!(results[3]["suppressions"][0]["justification"], "local tool");
    assert_eq!(results[4]["suppressions"][0]["kind"], "external");

    let dump = &results[1];
    assert_eq!(
        dump["message"]["text"],
        "The whole environment goes to the log. Read it from the secret manager at the time of use. \
         See: [the environment is copied here](1), [and sent on](2)."
    );
    assert_eq!(dump["relatedLocations"][1]["id"], 2);
    let steps = &dump["codeFlows"][0]["threadFlows"][0]["locations"];
    assert_eq!(steps.as_array().unwrap().len(), 3);
    assert_eq!(dump["properties"]["channel"], "log");
    assert!(results[0].get("codeFlows").is_none());

    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let of = |key: &str| invocation[key].as_array().unwrap().len();
    assert_eq!(of("toolExecutionNotifications"), 5);
    assert_eq!(of("toolConfigurationNotifications"), 1);
    let calm_text = with(&calm(), Format::Sarif);
    assert!(!calm_text.contains("start(token)"), "no text of the file");
}
