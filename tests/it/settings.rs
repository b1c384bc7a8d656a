//! Settings: what is read, what is refused, and that no error tells what stands in the file.

use std::collections::BTreeSet;

use envacuate::model::{Channel, Severity};
use envacuate::settings::{
    Container, Framed, Kind, Partial, Settings, SettingsError, Untrusted, at, check_names, keys,
    parse, schema,
};
use serde_json::{Value, json};

/// Stands where a value stands, and must not come out anywhere.
const CANARY: &str = "ENVCANARYhunter2";

const FULL: &str = r#"
select = ["env-dump"]
ignore = ["env-secret-read"]
exclude = ["vendor/**"]
include-tests = true
max-file-size = "2MiB"
baseline = "envacuate.baseline.json"
fail-on = "error"
[severity]
env-secret-read = "error"
env-dump = "off"
[per-file-ignores]
"scripts/**" = ["env-secret-read"]
[secrets]
allow = ["PUBLISHABLE_*"]
deny = ["MY_BLOB"]
[[sinks]]
callee = "audit.write"
channel = "log"
[functions]
redactors = ["maskAll"]
helpers = ["readSecret"]
"#;

fn toml(text: &str) -> Result<Partial, SettingsError> {
    parse(Container::EnvacuateToml, text).map(|partial| partial.expect("the whole file counts"))
}

fn as_json(text: &str) -> Value {
    toml_edit::de::from_str(text).expect("TOML")
}

fn place<'t>(error: &SettingsError, text: &'t str) -> &'t str {
    let span = error.span.expect("a place");
    &text[span.start..span.end]
}

#[test]
fn every_key_is_read() {
    let settings = Settings::default().merge(toml(FULL).unwrap());
    assert_eq!(settings.select, ["env-dump"]);
    assert_eq!(settings.ignore, ["env-dump", "env-secret-read"]);
    assert_eq!(settings.exclude, ["vendor/**"]);
    assert!(settings.include_tests);
    assert_eq!(settings.max_file_size, 2 << 20);
    assert_eq!(
        settings.baseline.as_deref(),
        Some("envacuate.baseline.json")
    );
    assert_eq!(settings.fail_on, Severity::Error);
    assert_eq!(settings.severity["env-secret-read"], Severity::Error);
    assert_eq!(settings.per_file_ignores[0].1, ["env-secret-read"]);
    assert_eq!(settings.allow, ["PUBLISHABLE_*"]);
    assert_eq!(settings.deny, ["MY_BLOB"]);
    assert_eq!(settings.sinks[0].callee, "audit.write");
    assert_eq!(settings.redactors, ["maskAll"]);
    assert_eq!(settings.helpers, ["readSecret"]);
}

#[test]
fn every_container_holds_the_same_settings() {
    let under = |prefix: &str| {
        let tables = FULL
            .replace("[[sinks]]", &format!("[[{prefix}.sinks]]"))
            .replace("\n[", &format!("\n[{prefix}."))
            .replace(
                &format!("[{prefix}.[{prefix}.sinks]]"),
                &format!("[[{prefix}.sinks]]"),
            );
        format!("name = 1\n[{prefix}]\n{tables}")
    };
    let values = |partial: Partial| Settings::default().merge(partial);
    let expected = values(toml(FULL).unwrap());
    let json = json!({ "name": "x", "envacuate": as_json(FULL) }).to_string();
    for (container, text) in [
        (Container::Pyproject, under("tool.envacuate")),
        (Container::CargoToml, under("package.metadata.envacuate")),
        (Container::CargoToml, under("workspace.metadata.envacuate")),
        (Container::PackageJson, json),
    ] {
        let found = parse(container, &text).unwrap().expect("a section");
        assert_eq!(values(found), expected, "{container:?}\n{text}");
    }
}

#[test]
fn a_manifest_without_a_section_has_no_settings() {
    for (container, text) in [
        (Container::Pyproject, "[tool.ruff]\n# envacuate\n"),
        (Container::Pyproject, "[tool]\nenvacuates = 1\n"),
        (Container::Pyproject, "broken = "),
        (Container::CargoToml, "[package]\nname = \"envacuate\"\n"),
        (
            Container::PackageJson,
            r#"{"devDependencies": {"envacuate": "1"}}"#,
        ),
        (Container::PackageJson, "broken"),
    ] {
        assert_eq!(parse(container, text), Ok(None), "{text}");
    }
    let both = "[package.metadata.envacuate]\n[workspace.metadata.envacuate]\n";
    assert!(parse(Container::CargoToml, both).is_err());
}

#[test]
fn a_mistyped_key_is_refused_with_its_place_and_the_key_that_was_meant() {
    for (text, at, help) in [
        ("selct = []", "selct", "did you mean `select`?"),
        (
            "max_file_size = 1",
            "max_file_size",
            "did you mean `max-file-size`?",
        ),
        ("[secret]\n", "secret", "did you mean `secrets`?"),
        ("[secrets]\nallows = []", "allows", "did you mean `allow`?"),
        (
            "deny = []",
            "deny",
            "`deny` belongs into the table `secrets`",
        ),
        (
            "[functions]\nselect = []",
            "select",
            "`select` belongs into the outermost table",
        ),
        (
            "[[sinks]]\ncalee = 'x'",
            "calee",
            "a sink has a `callee` and a `channel`",
        ),
        ("fail-on = \"eror\"", "\"eror\"", "did you mean `error`?"),
    ] {
        let error = toml(text).unwrap_err();
        assert_eq!(place(&error, text), at, "{text}");
        assert_eq!(error.help.as_deref(), Some(help), "{text}");
    }
    let text = r#"{"envacuate": {"includeTests": true}}"#;
    let error = parse(Container::PackageJson, text).unwrap_err();
    assert_eq!(place(&error, text), "\"includeTests\"");
    assert_eq!(error.help.as_deref(), Some("did you mean `include-tests`?"));
    let text = r#"{"envacuate": {"select": ["all"], "select": ["all"]}}"#;
    assert!(parse(Container::PackageJson, text).is_err());
}

/// Settings that are wrong in one place, at which the canary stands or next to it.
fn malformed() -> Vec<String> {
    let templates = [
        "select = \"@\"",
        "select = []\n#@",
        "select = [[\"@\"]]",
        "ignore = { a = \"@\" }",
        "exclude = [\"[@\"]",
        "include-tests = \"@\"",
        "max-file-size = \"@\"",
        "max-file-size = 0 # @",
        "baseline = [\"@\"]",
        "fail-on = \"@\"",
        "severity = \"@\"",
        "[severity]\n@ = 1",
        "[severity]\nx = \"@\"",
        "[per-file-ignores]\n\"[@\" = []",
        "[per-file-ignores]\nx = \"@\"",
        "secrets = \"@\"",
        "[secrets]\nallow = \"@\"",
        "[secrets]\ntoken = \"@\"",
        "@ = 1",
        "vault_token = \"@\"",
        "sinks = [\"@\"]",
        "[[sinks]]\ncallee = \"@\"",
        "[[sinks]]\ncallee = \"@\"\nchannel = 1",
        "[[sinks]]\n@ = \"x\"",
        "[functions]\nredactors = \"@\"",
        "[functions]\nhelpers = \"@\"",
        // Not TOML at all.
        "vault_token = @",
        "select = [\"@\"",
        "a = \"@\na = \"@\"",
        "@ = 1\n@ = 2",
        "a = 1\na.@ = 2",
        "[@]\n[@]",
        "a = \"\\q@\"",
        "a = 12@",
        "a = '''@",
        "a = 1979-@",
    ];
    templates
        .iter()
        .map(|text| text.replace('@', CANARY))
        .collect()
}

#[test]
fn no_error_says_what_stands_in_the_file() {
    for text in malformed() {
        let error = toml(&text).expect_err(&text);
        let shown = format!("{error:?} {error} {}", at(&error, "envacuate.toml", &text));
        assert!(!shown.contains(CANARY), "{text}\n{shown}");
        assert!(error.span.is_some(), "{text}");

        let in_pyproject = format!("[tool.envacuate]\n{text}");
        if let Err(error) = parse(Container::Pyproject, &in_pyproject) {
            assert!(!format!("{error:?}").contains(CANARY), "{text}");
        }
    }
    for text in [
        r#"{"envacuate": "@"}"#,
        r#"{"envacuate": {"@": 1}}"#,
        r#"{"envacuate": {"select": "@"}}"#,
        r#"{"envacuate": {"fail-on": "@"}}"#,
        r#"{"envacuate": {"select": @}}"#,
        r#"{"envacuate": "@\q"}"#,
        r#"{"envacuate": "@"#,
    ] {
        let text = text.replace('@', CANARY);
        let error = parse(Container::PackageJson, &text).expect_err(&text);
        assert!(!format!("{error:?}").contains(CANARY), "{text}");
        assert!(error.span.is_some(), "{text}");
    }
}

#[test]
fn an_unknown_rule_or_channel_is_refused_with_its_place() {
    let text = "select = [\"all\", \"env-dmp\"]\n[severity]\nenv-secret-reads = \"off\"\n\
        [per-file-ignores]\nx = [\"y\"]\n[[sinks]]\ncallee = \"a\"\nchannel = \"lag\"\n";
    let rules = ["env-dump", "env-secret-read"];
    let channels = Channel::ALL.map(Channel::as_str);
    let errors = check_names(&toml(text).unwrap(), &rules, &channels);
    let places: Vec<_> = errors.iter().map(|error| place(error, text)).collect();
    assert_eq!(
        places,
        ["\"env-dmp\"", "env-secret-reads", "\"y\"", "\"lag\""]
    );
    let helps: Vec<_> = errors.iter().flat_map(|error| &error.help).collect();
    assert_eq!(
        helps,
        [
            "did you mean `env-dump`?",
            "did you mean `env-secret-read`?",
            "the rules are env-dump, env-secret-read",
            "did you mean `log`?"
        ]
    );
    let known = toml("select = [\"all\"]\nignore = [\"env-dump\"]").unwrap();
    assert!(check_names(&known, &rules, &channels).is_empty());
}

#[test]
fn a_later_layer_wins() {
    let layer = |below: Settings, text: &str| below.merge(toml(text).unwrap());
    let file = layer(
        Settings::default(),
        "select = ['a']\nignore = ['a']\nexclude = ['x']\n[severity]\nb = 'off'\nc = 'note'",
    );
    assert_eq!(file.ignore, ["b", "a"]);
    let over = layer(file.clone(), "exclude = ['y']\n[severity]\nb = 'error'");
    assert_eq!(over.ignore, ["a"]);
    assert_eq!(over.exclude, ["x", "y"]);
    assert_eq!(over.severity.len(), 2);
    let anew = layer(file.clone(), "select = ['all']");
    assert!(anew.select.is_empty() && anew.ignore.is_empty());
    assert_eq!(file.clone().merge(Partial::default()), file);
}

#[test]
fn a_tree_that_is_not_trusted_only_adds() {
    let (kept, dropped) = toml(FULL).unwrap().restricted();
    let expected: Vec<_> = keys()
        .iter()
        .filter(|key| key.untrusted == Untrusted::Dropped || key.id == "severity")
        .map(|key| key.id)
        .collect();
    let sorted = |names: Vec<String>| names.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(
        sorted(dropped),
        sorted(expected.iter().map(ToString::to_string).collect())
    );
    let settings = Settings::default().merge(kept.clone());
    assert_eq!(
        settings,
        Settings {
            include_tests: true,
            severity: [("env-secret-read".to_owned(), Severity::Error)].into(),
            deny: vec!["MY_BLOB".to_owned()],
            sinks: settings.sinks.clone(),
            helpers: vec!["readSecret".to_owned()],
            ..Settings::default()
        }
    );
    assert_eq!(settings.sinks.len(), 1);
    assert_eq!(kept.clone().restricted(), (kept, Vec::new()));
    let (kept, dropped) = toml("include-tests = false").unwrap().restricted();
    assert_eq!(
        (kept, dropped),
        (Partial::default(), vec!["include-tests".to_owned()])
    );
}

#[test]
fn the_schema_accepts_what_is_read_and_refuses_what_is_not() {
    let schema = schema();
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for text in [
        "",
        FULL,
        "select = ['all']\nmax-file-size = 1024",
        "max-file-size = '10 kB'",
    ] {
        assert!(toml(text).is_ok(), "{text}");
        let errors: Vec<_> = validator
            .iter_errors(&as_json(text))
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{text}\n{errors:?}");
    }
    let invalid = malformed();
    let invalid = invalid
        .iter()
        .filter(|text| !text.contains('['.to_string().as_str()) || text.starts_with("[secrets"))
        .filter_map(|text| toml_edit::de::from_str::<Value>(text).ok());
    let mut count = 0;
    for value in invalid {
        count += 1;
        assert!(!validator.is_valid(&value), "{value}");
    }
    assert!(count >= 10, "{count}");
}

#[test]
fn the_schema_and_the_parser_know_every_key_of_the_table() {
    let schema = schema();
    let mut ids = BTreeSet::new();
    for key in keys() {
        assert!(ids.insert(key.id), "{} stands twice", key.id);
        let mut at = &schema;
        for part in key.id.split('.') {
            at = &at["properties"][part];
        }
        assert_eq!(at["description"], key.doc, "{}", key.id);

        let value: Value = serde_json::from_str(key.example).expect(key.id);
        let settings = match key.section() {
            Some(section) => json!({ section: { key.name(): value } }),
            None => json!({ key.name(): value }),
        };
        assert!(jsonschema::is_valid(&schema, &settings), "{settings}");
        let text = json!({ "envacuate": settings }).to_string();
        let partial = parse(Container::PackageJson, &text).unwrap().unwrap();
        let changed = Settings::default().merge(partial);
        assert_ne!(changed, Settings::default(), "{}", key.id);

        if !key.default.is_empty() {
            let (_, name) = key.id.rsplit_once('.').unwrap_or(("", key.id));
            let section = key
                .section()
                .map(|name| format!("[{name}]\n"))
                .unwrap_or_default();
            let partial = toml(&format!("{section}{name} = {}", key.default)).unwrap();
            assert_eq!(
                Settings::default().merge(partial),
                Settings::default(),
                "{}",
                key.id
            );
        }
    }
    assert!(keys().iter().any(|key| key.kind == Kind::Sinks));
}

#[test]
fn a_frame_shows_the_place_and_no_other_value() {
    for text in malformed() {
        let text = format!("# before {CANARY}\n{text}\n# after {CANARY}\n");
        let Err(error) = toml(&text) else { continue };
        let framed = Framed::new(error, "envacuate.toml", &text);
        let mut out = String::new();
        miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor())
            .render_report(&mut out, &framed)
            .unwrap();
        assert!(out.contains("envacuate.toml:"), "{out}");
        assert!(!out.contains("before"), "{out}");
        if out.contains("not valid TOML") {
            assert!(!out.contains(&format!("= {CANARY}")), "{out}");
            assert!(!out.contains(&format!("\"{CANARY}")), "{out}");
        }
    }
}

#[test]
fn hostile_text_ends_in_an_error_and_soon() {
    let deep = format!("a = {}", "[".repeat(200_000));
    let dotted = format!("{}b = 1", "a.".repeat(100_000));
    let long = format!("{} = 1", "select".repeat(100_000));
    let header = format!("[{}b]", "severity.".repeat(100_000));
    for text in [deep, dotted, long, header] {
        assert!(toml(&text).is_err());
        let json = format!("{{\"envacuate\": {}", "{\"a\":".repeat(200_000));
        assert!(parse(Container::PackageJson, &json).is_err());
    }
}
