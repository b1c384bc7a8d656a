//! Commands in config files against what they announce: what shows the environment, and what has it written to disk.
//!
//! The cases stand in `fixtures/config-commands`, a folder for each, below the rule. A comment announces each finding of
//! a line by its rule; behind it may stand its `channel`, and the `text` that it starts with.

use envacuate::config::{self, Diagnostic, Does};
use envacuate::text::LineIndex;

use crate::support::{files, none, relative, root, text};

/// What a comment announces: line, rule and checks.
type Announced = (usize, String, Vec<(String, String)>);

fn announced(text: &str) -> Vec<Announced> {
    let mut found: Vec<Announced> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let mark = line
            .find("#~")
            .or_else(|| line.find("//~").map(|at| at + 1));
        let Some(start) = mark.map(|at| at + 2) else {
            continue;
        };
        let body = line[start..].trim_start_matches('^');
        let up = line.len() - start - body.len();
        for word in body.split([' ', ',']).filter(|word| !word.is_empty()) {
            match word.split_once('=') {
                Some((key, value)) => {
                    let last = found.last_mut().expect("a check follows a rule");
                    last.2.push((key.to_owned(), value.to_owned()));
                }
                None => found.push((at + 1 - up, word.to_owned(), Vec::new())),
            }
        }
    }
    found.sort_by_key(|one| one.0);
    found
}

fn holds(text: &str, found: &Diagnostic, (key, value): &(String, String)) -> bool {
    match key.as_str() {
        "text" => text[found.range.start..found.range.end].starts_with(value.as_str()),
        "channel" => matches!(found.does, Does::Shows(channel) if channel.as_str() == value),
        other => panic!("`{other}` cannot be checked"),
    }
}

#[test]
fn commands_are_the_ones_announced() {
    let folder = root().join("fixtures/config-commands");
    let mut wrong = Vec::new();
    let mut cases = 0;
    for path in files(&folder) {
        let shown = relative(&path, &folder);
        for text in [text(&path), text(&path).replace('\n', "\r\n")] {
            cases += 1;
            let holder = config::holder(&shown).expect("a file that holds commands");
            let lines = LineIndex::new(text.as_bytes());
            let mut expected = announced(&text);
            for found in config::diagnostics(holder, &text) {
                let line = lines.line(found.range.start);
                let place = expected
                    .iter()
                    .position(|one| one.0 == line && one.1 == found.rule());
                let Some(place) = place else {
                    let words = &text[found.range.start..found.range.end];
                    wrong.push(format!(
                        "{shown}:{line}: unexpected {}: {words:?}",
                        found.rule()
                    ));
                    continue;
                };
                let (.., checks) = expected.remove(place);
                for check in checks.iter().filter(|check| !holds(&text, &found, check)) {
                    wrong.push(format!(
                        "{shown}:{line}: {}={} does not hold",
                        check.0, check.1
                    ));
                }
            }
            wrong.extend(
                expected
                    .iter()
                    .map(|one| format!("{shown}:{}: missing {}", one.0, one.1)),
            );
        }
    }
    assert!(cases >= 20, "{cases} cases");
    none(
        "differences between commands and what they announce",
        &wrong,
    );
}

#[test]
fn paths_tell_who_holds_commands() {
    use config::Holder::{Docker, Package, Pipeline, Script, Services, Unit};
    for (path, holder) in [
        ("a/start.sh", Some(Script)),
        ("docker-entrypoint", Some(Script)),
        ("package.json", Some(Package)),
        ("Dockerfile.dev", Some(Docker)),
        ("compose.yaml", Some(Services)),
        (".github/workflows/ci.yml", Some(Pipeline)),
        ("x/.github/workflows/ci.yml", Some(Pipeline)),
        (".gitlab-ci.yml", Some(Pipeline)),
        ("server.service", Some(Unit)),
        ("package-lock.json", None),
        ("src/index.ts", None),
    ] {
        assert_eq!(config::holder(path), holder, "{path}");
    }
}

#[test]
fn every_command_is_read_in_bounded_time() {
    for piece in [
        "$(", "env|", "<<a\n", "'", "\\\n", "((", "a=$(env;", "env\n",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        config::diagnostics(config::Holder::Script, &text);
    }
}
