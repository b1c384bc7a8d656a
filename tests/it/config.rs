//! Config files against the secrets in plain text that they announce.
//!
//! The cases stand in `fixtures/config-cases`: a file, or a folder for a file whose name matters. Below `silent` nothing
//! may be found. Each `plaintext-secret` in a comment is one finding on its line, with what must hold of it behind.

use std::time::Instant;

use envacuate::config::{self, Plaintext};
use envacuate::names::Names;
use envacuate::text::LineIndex;

use crate::support::{files, none, relative, root, text};

/// What a comment announces, and the checks behind it.
#[derive(Debug)]
struct Expected {
    line: usize,
    checks: Vec<(String, String)>,
}

fn expected(text: &str) -> Vec<Expected> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let Some(start) = ["#~", "//~"]
            .iter()
            .filter_map(|m| Some(line.find(m)? + m.len()))
            .min()
        else {
            continue;
        };
        let body = line[start..].trim_start_matches('^');
        let up = line.len() - start - body.len();
        for word in body.split([' ', ',']).filter(|word| !word.is_empty()) {
            if let Some((key, value)) = word.split_once('=') {
                let last: &mut Expected = found.last_mut().expect("a check follows a rule");
                last.checks.push((key.to_owned(), value.to_owned()));
            } else {
                assert_eq!(word, "plaintext-secret", "line {}", at + 1);
                found.push(Expected {
                    line: at + 1 - up,
                    checks: Vec::new(),
                });
            }
        }
    }
    found
}

fn holds(check: &(String, String), found: &Plaintext) -> bool {
    let is = match check.0.as_str() {
        "name" => &found.name,
        "provider" => found.provider.unwrap_or("-"),
        "confidence" => found.confidence.as_str(),
        other => panic!("`{other}` cannot be checked"),
    };
    is == check.1
}

/// Path inside the case, and text.
fn cases() -> Vec<(String, String, String)> {
    let base = root().join("fixtures/config-cases");
    files(&base)
        .iter()
        .map(|path| {
            let shown = relative(path, &base);
            // Paths start behind the folder of the case, if it has one: `loud/json/vscode/.vscode/mcp.json`.
            let inner = shown.splitn(3, '/').last().unwrap_or_default().to_owned();
            (shown, inner, text(path))
        })
        .collect()
}

fn differences(shown: &str, path: &str, text: &str) -> Vec<String> {
    let (found, problems) = config::find(path, text.as_bytes(), &Names::default());
    let index = LineIndex::new(text.as_bytes());
    let mut expected = expected(text);
    let mut wrong: Vec<_> = problems
        .iter()
        .map(|problem| format!("{shown}:{}: {}", index.line(problem.at), problem.message))
        .collect();
    for plaintext in &found {
        let line = index.line(plaintext.range.start);
        let at = expected
            .iter()
            .position(|e| e.line == line && e.checks.iter().all(|check| holds(check, plaintext)));
        match at {
            Some(at) => drop(expected.remove(at)),
            None => wrong.push(format!("{shown}:{line}: unexpected {plaintext:?}")),
        }
    }
    wrong.extend(
        expected
            .iter()
            .map(|e| format!("{shown}:{}: missing {:?}", e.line, e.checks)),
    );
    wrong
}

#[test]
fn config_files_hold_what_they_announce() {
    let mut wrong = Vec::new();
    let (mut all, mut silent) = (0, 0);
    for (shown, path, text) in cases() {
        all += 1;
        if shown.starts_with("silent/") {
            silent += 1;
            assert!(expected(&text).is_empty(), "{shown} announces something");
        }
        assert!(
            config::classify(&path).is_some(),
            "{shown} is no config file by its name"
        );
        wrong.extend(differences(&shown, &path, &text));
        let crlf = text.replace('\n', "\r\n");
        wrong.extend(differences(&format!("{shown} (CRLF)"), &path, &crlf));
        let marked = format!("\u{feff}{text}");
        wrong.extend(differences(&format!("{shown} (BOM)"), &path, &marked));
    }
    none("differences between config files and what is found", &wrong);
    assert!(
        all >= 60 && silent >= 20,
        "{all} cases, {silent} of them silent"
    );
}

/// Texts that bring naive readers down.
fn hostile() -> Vec<(&'static str, String)> {
    let bomb: Vec<_> = (1..30)
        .map(|at| format!("a{at}: &a{at} [{}]", format!("*a{}, ", at - 1).repeat(9)))
        .collect();
    let bomb = bomb.join("\n");
    let stairs: Vec<_> = (0..1_000).map(|at| " ".repeat(at) + "a:").collect();
    vec![
        ("a.yaml", format!("a0: &a0 [x]\n{bomb}")),
        ("a.yaml", "[".repeat(100_000)),
        ("a.yaml", "{a: ".repeat(100_000)),
        ("a.yaml", "- ".repeat(100_000)),
        ("a.yaml", "? ".repeat(100_000)),
        ("a.yaml", "{{".repeat(100_000)),
        ("a.yaml", "{{ a }}".repeat(50_000)),
        (
            "a.yaml",
            stairs.join(
                "
",
            ),
        ),
        ("a.json", "[".repeat(100_000)),
        ("a.json", "{\"a\":".repeat(100_000)),
        ("a.json", "\"a\":".repeat(100_000)),
        ("a.json", format!("[{}]", "1,".repeat(200_000))),
        (
            "a.json",
            format!("{{{}}}", "\"value\":\"x\",".repeat(49_000)),
        ),
        (
            "a.json",
            format!("{{\"token\":\"{}\"}}", "a1B".repeat(700_000)),
        ),
        (
            "a.json",
            format!("{{\"args\":\"{}\"}}", "--token a1B2c3D4e5F6 ".repeat(3_000)),
        ),
        (
            "a.json",
            format!("{{\"args\":\"{}\"}}", "a://b:c@d?".repeat(6_000)),
        ),
        (
            "a.json",
            format!("{{\"args\":\"{}\"}}", "${A:-".repeat(12_000)),
        ),
        ("a.toml", format!("a = {}", "[".repeat(100_000))),
        ("a.toml", format!("a = {}", "{a = ".repeat(100_000))),
        ("a.toml", format!("{}b = 1", "a.".repeat(100_000))),
        ("a.toml", format!("[{}b]", "a.".repeat(100_000))),
        (".env", "A='\n".repeat(100_000)),
        (".env", "A=\"".repeat(300_000)),
        (".env", format!("A_TOKEN={}", "x1Y".repeat(700_000))),
        ("a.ini", "[".repeat(700_000)),
        ("a.ini", "a=\"".repeat(300_000)),
        (".netrc", "password ".repeat(200_000)),
        ("Dockerfile", "ENV A=b \\\n".repeat(100_000)),
        ("Dockerfile", format!("ENV {}", "A=\"b".repeat(300_000))),
        ("a.pem", "-----BEGIN PRIVATE KEY-----".repeat(50_000)),
    ]
}

#[test]
fn hostile_texts_cost_little() {
    for (path, text) in hostile() {
        let start = Instant::now();
        let (found, problems) = config::find(path, text.as_bytes(), &Names::default());
        let shown: String = text.chars().take(30).collect();
        assert!(found.len() <= 1_000 && problems.len() <= 2);
        let seconds = start.elapsed().as_secs_f32();
        // Generous, for a build without optimisation on a busy machine.
        assert!(seconds < 60.0, "{path} {shown}: {seconds} s");
    }
}

/// Prints what is found in the labelled repositories below `CORPUS`, for a comparison with `LABELS`.
#[test]
#[ignore = "needs repositories that are not here"]
fn corpus() {
    let (Ok(corpus), Ok(labels)) = (std::env::var("CORPUS"), std::env::var("LABELS")) else {
        return;
    };
    let (mut hits, mut misses, mut false_ones, mut others) =
        (0, Vec::new(), Vec::new(), Vec::new());
    let mut placeholders = 0;
    for list in files(labels.as_ref()) {
        let repository = list.file_stem().unwrap().to_string_lossy().into_owned();
        let folder = std::path::Path::new(&corpus).join(&repository);
        let labels: Vec<serde_json::Value> = text(&list)
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let mut labels: Vec<_> = labels
            .into_iter()
            .filter(|l| {
                matches!(
                    l["class"].as_str(),
                    Some("plaintext-secret" | "placeholder-secret")
                )
            })
            .collect();
        placeholders += labels
            .iter()
            .filter(|l| l["class"] == "placeholder-secret")
            .count();
        for path in files(&folder)
            .into_iter()
            .filter(|p| !p.to_string_lossy().contains("/.git/"))
        {
            let shown = relative(&path, &folder);
            let Ok(bytes) = std::fs::read(&path) else {
                continue;
            };
            if config::classify(&shown).is_none() || bytes.len() > 1 << 20 {
                continue;
            }
            let (found, problems) = config::find(&shown, &bytes, &Names::default());
            let index = LineIndex::new(&bytes);
            for problem in problems {
                others.push(format!(
                    "{repository}/{shown}:{}: {}",
                    index.line(problem.at),
                    problem.message
                ));
            }
            for plaintext in found {
                let line = index.line(plaintext.range.start);
                let label = labels
                    .iter()
                    .position(|l| l["file"] == shown && l["line"] == line);
                let told = format!(
                    "{repository}/{shown}:{line}: {} {} {:?} {:?}",
                    plaintext.key_path, plaintext.name, plaintext.confidence, plaintext.why
                );
                match label.map(|at| labels.remove(at)) {
                    Some(label) if label["class"] == "plaintext-secret" => hits += 1,
                    Some(_) => false_ones.push(told),
                    None => others.push(told),
                }
            }
        }
        misses.extend(
            labels
                .iter()
                .filter(|l| {
                    l["class"] == "plaintext-secret"
                        && config::classify(l["file"].as_str().unwrap()).is_some()
                })
                .map(|l| format!("{repository}: {l}")),
        );
    }
    println!("{hits} found, {placeholders} placeholders");
    println!("missed {}:\n{}", misses.len(), misses.join("\n"));
    println!(
        "on placeholders {}:\n{}",
        false_ones.len(),
        false_ones.join("\n")
    );
    println!("without a label {}:\n{}", others.len(), others.join("\n"));
}
