//! Config files: the readers hold whatever the bytes, and the cases are many.
//!
//! What is found is announced in `fixtures/rules/*/config`, as for every rule.

use envacuate::config::{self, Reading};
use envacuate::names::Names;
use envacuate::settings::Settings;

use crate::support::{case, none};

/// Least number of cases of config files, and of those in which nothing may be found.
const LEAST: (usize, usize) = (70, 20);

#[test]
fn a_byte_order_mark_changes_nothing() {
    let (cases, _) = case::all();
    let (mut all, mut silent, mut wrong) = (0, 0, Vec::new());
    let cases = cases.iter().filter(|case| case.family == "config");
    for case in cases {
        all += usize::from(case.base.contains("plaintext-secret/"));
        silent += usize::from(case.base.contains("/silent"));
        let marked: Vec<_> = case
            .files
            .iter()
            .map(|(path, text)| (path.clone(), format!("\u{feff}{text}")))
            .collect();
        let settings = Settings::default();
        let (plain, marked) = (
            case::check(&case.files, &settings),
            case::check(&marked, &settings),
        );
        let places = |report: &envacuate::model::Report| {
            let findings = report.findings.iter();
            findings
                .map(|f| (f.rule, f.location.start.line, f.secret.clone()))
                .collect::<Vec<_>>()
        };
        if places(&plain) != places(&marked) {
            wrong.push(case.base.clone());
        }
        let problems = plain.problems.iter().chain(&marked.problems);
        wrong.extend(problems.map(|p| format!("{}/{}: {}", case.base, p.path, p.message)));
        let known = |path: &str| Reading::of(path).is_some();
        let unknown = case.files.iter().filter(|(path, _)| !known(path));
        wrong.extend(unknown.map(|(path, _)| format!("{}/{path}: no config file", case.base)));
    }
    none("config files that are not read as they should be", &wrong);
    assert!(
        all >= LEAST.0 && silent >= LEAST.1,
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
        ("a.sh", "$(".repeat(100_000)),
        ("a.sh", "env|".repeat(50_000)),
        ("a.sh", "env<<a\n".repeat(30_000)),
        ("a.sh", format!("env {}", "'".repeat(200_000))),
        ("a.sh", format!("env {}", "\\\n".repeat(100_000))),
        ("a.sh", format!("env {}", "((".repeat(100_000))),
        ("a.sh", "a=$(env;".repeat(25_000)),
        ("a.sh", "env\n".repeat(50_000)),
        ("a.service", "ExecStart=env\n".repeat(20_000)),
        (".github/workflows/a.yml", "- run: env\n".repeat(20_000)),
    ]
}

#[test]
fn hostile_texts_are_read_to_an_end() {
    let names = Names::default();
    for (path, text) in hostile() {
        let found = config::find(path, Reading::of(path).unwrap(), &text, &names);
        assert!(found.plaintext.len() <= 1_000, "{path}");
        assert!(found.diagnostics.len() <= 200, "{path}");
    }
}
