//! What of the documents is derived from the code: pages of rules, tables of rules, the reference of settings. And that
//! links between documents lead somewhere.
//!
//! `UPDATE=1 cargo test tidy` writes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use envacuate::model::{Channel, Severity};
use envacuate::rules::{ALL, Rule};
use envacuate::settings::{Container, Key, Kind, Untrusted, check_names, keys, parse, schema};
use serde_json::Value;

use crate::support::{derived, entries, name, none, relative, root, text};

/// Folders and files of documents whose links are followed.
const DOCUMENTS: &[&str] = &["docs", "editors", "packaging", ".github"];

#[test]
fn rule_pages_are_the_documentation() {
    let folder = root().join("docs/rules");
    for rule in ALL {
        derived(
            &folder.join(format!("{}.md", rule.id)),
            &rule.documentation(),
        );
    }
    let stray: Vec<_> = entries(&folder)
        .iter()
        .map(|path| name(path))
        .filter(|name| name != "README.md" && Rule::find(name.trim_end_matches(".md")).is_none())
        .collect();
    none("pages of rules that are not there", &stray);
}

/// A table of all rules, whose pages are in `folder`.
fn rules_table(folder: &str) -> String {
    let mut table = "| rule | finds | severity |\n| --- | --- | --- |\n".to_owned();
    for rule in ALL {
        let (id, summary, severity) = (rule.id, rule.summary, rule.severity.as_str());
        let _ = writeln!(
            table,
            "| [`{id}`]({folder}{id}.md) | {summary} | {severity} |"
        );
    }
    table
}

/// Derives what stands between `<!-- mark -->` and `<!-- /mark -->` in a document that is written by hand otherwise.
fn derived_part(path: &str, mark: &str, wanted: &str) {
    let (open, close) = (format!("<!-- {mark} -->\n"), format!("<!-- /{mark} -->\n"));
    let path = root().join(path);
    let document = text(&path);
    let parts = document
        .split_once(&open)
        .and_then(|(before, rest)| Some((before, rest.split_once(&close)?.1)));
    let (before, after) =
        parts.unwrap_or_else(|| panic!("{} lacks {open} or {close}", path.display()));
    derived(&path, &format!("{before}{open}{wanted}{close}{after}"));
}

#[test]
fn the_readme_lists_the_rules() {
    derived_part("README.md", "rules", &rules_table("docs/rules/"));
}

#[test]
fn the_index_of_rules_lists_the_rules() {
    derived_part("docs/rules/README.md", "rules", &rules_table(""));
}

/// What a key takes, in words.
fn takes(kind: Kind) -> String {
    match kind {
        Kind::Select => "a list of rules that is not empty, or `[\"all\"]`".to_owned(),
        Kind::Rules => "a list of rules".to_owned(),
        Kind::Globs => "a list of globs".to_owned(),
        Kind::Flag => "true or false".to_owned(),
        Kind::Size => "a number of bytes, or a string with a unit".to_owned(),
        Kind::Path => "a path".to_owned(),
        Kind::Level => levels(),
        Kind::Levels => format!("a table from rules to {} or `off`", levels()),
        Kind::GlobRules => "a table from globs to lists of rules".to_owned(),
        Kind::Names => "a list of names of variables".to_owned(),
        Kind::Functions => "a list of names of functions".to_owned(),
        Kind::Sinks => {
            let channels = Channel::ALL.map(|channel| format!("`{}`", channel.as_str()));
            format!(
                "a list of tables, each with a `callee` (a leading `*.` matches any receiver) and a `channel`: {}",
                channels.join(", ")
            )
        }
    }
}

fn levels() -> String {
    let levels = Severity::ALL.map(|level| format!("`{}`", level.as_str()));
    levels.join(", ")
}

fn untrusted(key: &Key) -> &'static str {
    match (key.untrusted, key.kind) {
        (Untrusted::Kept, _) => "kept",
        (Untrusted::Dropped, _) => "dropped",
        (Untrusted::Narrowed, Kind::Flag) => "only `true` is kept",
        (Untrusted::Narrowed, _) => "only `error` is kept",
    }
}

/// The example of a key as a file would have it.
fn example(key: &Key) -> String {
    let value: Value = serde_json::from_str(key.example).unwrap();
    let table = |name: &str, members: &serde_json::Map<String, Value>| {
        let line = |(key, value): (&String, &Value)| format!("{} = {value}\n", quoted(key));
        format!("{name}\n{}", members.iter().map(line).collect::<String>())
    };
    match &value {
        Value::Object(members) => table(&format!("[{}]", key.id), members),
        Value::Array(tables) if tables.iter().all(Value::is_object) => tables
            .iter()
            .map(|members| table(&format!("[[{}]]", key.id), members.as_object().unwrap()))
            .collect(),
        value => {
            let section = key.section().map(|section| format!("[{section}]\n"));
            format!("{}{} = {value}\n", section.unwrap_or_default(), key.name())
        }
    }
}

/// A key of TOML, in quotes where it needs them.
fn quoted(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if key.chars().all(bare) {
        key.to_owned()
    } else {
        format!("{key:?}")
    }
}

fn settings_reference() -> String {
    let mut reference = String::new();
    for key in keys() {
        let default = match key.default {
            "" => "nothing".to_owned(),
            default => format!("`{default}`"),
        };
        let _ = write!(
            reference,
            "### {}\n\n{}\n\n- Takes {}.\n- Default: {default}.\n- Under `--ci`: {}.\n\n```toml\n{}```\n\n",
            key.id,
            key.doc,
            takes(key.kind),
            untrusted(key),
            example(key),
        );
    }
    reference.truncate(reference.trim_end().len());
    reference + "\n"
}

#[test]
fn the_reference_of_settings_has_every_key() {
    derived_part("docs/settings.md", "keys", &settings_reference());
}

#[test]
fn examples_of_settings_are_valid() {
    let schema = jsonschema::validator_for(&schema()).unwrap();
    let rules: Vec<&str> = ALL.iter().map(|rule| rule.id).collect();
    let channels = Channel::ALL.map(Channel::as_str);
    for key in keys() {
        let example = example(key);
        let partial = parse(Container::EnvacuateToml, &example);
        let partial = partial.unwrap_or_else(|error| panic!("{}: {error:?}", key.id));
        let errors = check_names(&partial.unwrap(), &rules, &channels);
        assert!(errors.is_empty(), "{}: {errors:?}", key.id);
        let value: toml_edit::DocumentMut = example.parse().unwrap();
        let value: Value = toml_edit::de::from_document(value).unwrap();
        assert!(schema.is_valid(&value), "{}: {value}", key.id);
    }
}

/// The Markdown files whose links are followed.
fn documents() -> Vec<PathBuf> {
    let mut walk = ignore::WalkBuilder::new(root());
    walk.hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git");
    let own = |path: &Path| {
        let path = relative(path, &root());
        let folder = path.split('/').next().unwrap_or_default();
        !path.contains('/') || DOCUMENTS.contains(&folder)
    };
    walk.build()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|end| end == "md") && own(path))
        .collect()
}

/// Lines of a document outside of its code blocks.
fn prose(document: &str) -> impl Iterator<Item = &str> {
    let mut code = false;
    document.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !code && !fence
    })
}

/// Where links of a document lead, without those that leave the repository.
fn links(document: &str) -> Vec<String> {
    let targets = prose(document)
        .flat_map(|line| line.split("](").skip(1))
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.to_owned());
    targets
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .collect()
}

/// What links to headings are called: lower case, without signs, with hyphens for spaces.
fn anchors(document: &str) -> Vec<String> {
    let headings = prose(document).filter_map(|line| {
        line.trim_start_matches('#')
            .strip_prefix(' ')
            .filter(|_| line.starts_with('#'))
    });
    let anchor = |heading: &str| {
        heading
            .to_lowercase()
            .chars()
            .filter(|&c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn links_between_documents_lead_somewhere() {
    let documents: BTreeMap<PathBuf, String> = documents()
        .into_iter()
        .map(|path| (path.canonicalize().unwrap(), text(&path)))
        .collect();
    assert!(documents.len() > ALL.len());
    let mut wrong = Vec::new();
    for (path, document) in &documents {
        for link in links(document) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => Ok(path.clone()),
                file => path.parent().unwrap().join(file).canonicalize(),
            };
            let there = target.is_ok_and(|target| {
                anchor.is_empty()
                    || documents
                        .get(&target)
                        .is_some_and(|text| anchors(text).iter().any(|other| other == anchor))
            });
            if !there {
                wrong.push(format!(
                    "{}: {link}",
                    relative(path, &root().canonicalize().unwrap())
                ));
            }
        }
    }
    wrong.sort();
    none("links that lead nowhere", &wrong);
}

#[test]
fn links_and_anchors_are_read() {
    let document =
        "# A `b-c`, d\n[x](y.md#z) and [u](https://v) and [w](#a)\n```sh\n# no\n[x](none)\n```\n";
    assert_eq!(links(document), ["y.md#z", "#a"]);
    assert_eq!(anchors(document), ["a-b-c-d"]);
}
