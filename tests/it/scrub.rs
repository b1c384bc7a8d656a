//! What `scrub` makes of config files, against `fixtures/scrub/<case>/out`.
//!
//! `in` holds the files, `secrets` a line for each secret that was moved (`manual` or `waived` behind the name of one that
//! was not), `out` the files that change, and in `out/told.txt` what was taken out, and what stays and why. A file that
//! is not in `out` must not change. Every value may go, as with `--force`. `UPDATE=1` writes `out` anew.

use std::fmt::Write;
use std::path::Path;

use envacuate::backend::Through;
use envacuate::config::Assigned;
use envacuate::manifest::{self, Manifest, Secret, Status};
use envacuate::scrub::{Reason, Request, Scrubbed, scrub};
use envacuate::settings::Settings;

use crate::support::{derived, entries, files, name, none, relative, root, text};

/// A manifest of secrets that were moved.
fn manifest(secrets: &str) -> (Manifest, Option<(String, String)>) {
    let mut told = None;
    let mut all = Vec::new();
    for line in secrets.lines() {
        let (name, how) = line.split_once(' ').unwrap_or((line, ""));
        if name == "tell" {
            let (name, value) = how.split_once(' ').unwrap();
            told = Some((name.to_owned(), value.to_owned()));
            continue;
        }
        let status = if how == "manual" {
            Status::Manual
        } else {
            Status::Rewritten
        };
        all.push(Secret {
            id: name.to_owned(),
            name: name.to_owned(),
            provider: None,
            server: "server".to_owned(),
            team: "team".to_owned(),
            package: String::new(),
            path: "team/server".to_owned(),
            key: name.to_owned(),
            api_path: String::new(),
            reference: String::new(),
            strategy: manifest::Strategy::default(),
            status,
            rotate_after: false,
            readers: Vec::new(),
            copies: Vec::new(),
            manual: Vec::new(),
            store: String::new(),
            owner: None,
            notes: None,
            waived: (how == "waived").then(|| "so".to_owned()),
        });
    }
    let manifest = Manifest {
        schema: String::new(),
        version: 1,
        backend: "vault".to_owned(),
        client: Through::default(),
        mount: "secret".to_owned(),
        team: "team".to_owned(),
        secrets: all,
        packages: Vec::new(),
        steps: Vec::new(),
        policies: Vec::new(),
    };
    (manifest, told)
}

type Ask<'a> = &'a dyn Fn(&Secret, &Assigned<'_>) -> Result<(), Reason>;

fn scrubbed(secrets: &str, path: &str, text: &str, ask: Ask<'_>) -> Option<Scrubbed> {
    let (manifest, told) = manifest(secrets);
    let request = Request {
        manifest: &manifest,
        settings: &Settings::default(),
        told: told.as_ref().map(|(name, value)| (&**name, &**value)),
        used_beside: &|_, name| name == "BESIDE_TOKEN",
        ask,
    };
    scrub(path, text.as_bytes(), &request)
}

fn yes(_: &Secret, one: &Assigned<'_>) -> Result<(), Reason> {
    if one.is_sure {
        Ok(())
    } else {
        Err(Reason::Different)
    }
}

/// The files of a case with their texts as they are, line endings included.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        (relative(path, folder), text)
    };
    files(folder).iter().map(read).collect()
}

#[test]
fn files_become_what_is_announced() {
    for case in entries(&root().join("fixtures/scrub")) {
        let secrets = text(&case.join("secrets"));
        let out = case.join("out");
        let mut told = String::new();
        let mut expected: Vec<String> = files(&out)
            .iter()
            .map(|path| relative(path, &out))
            .collect();
        expected.retain(|path| path != "told.txt");
        for (path, before) in texts(&case.join("in")) {
            let Some(scrubbed) = scrubbed(&secrets, &path, &before, &yes) else {
                continue;
            };
            writeln!(told, "{path}").unwrap();
            for gone in &scrubbed.removed {
                writeln!(told, "  {} {}", gone.line, gone.name).unwrap();
            }
            for left in &scrubbed.left {
                writeln!(
                    told,
                    "  {} {} stays: {}",
                    left.line,
                    left.name,
                    left.reason.as_str()
                )
                .unwrap();
            }
            if scrubbed.text == before {
                assert!(scrubbed.removed.is_empty());
                continue;
            }
            // As text files of the repository have it.
            derived(&out.join(&path), &scrubbed.text.replace("\r\n", "\n"));
            let endings = |text: &str| text.matches('\n').count() - text.matches("\r\n").count();
            assert_eq!(
                endings(&before) == 0,
                endings(&scrubbed.text) == 0,
                "{path}"
            );
            expected.retain(|known| *known != path);
        }
        derived(&out.join("told.txt"), &told);
        none(
            &format!("files of {} that do not change", name(&case)),
            &expected,
        );
    }
}

#[test]
fn a_second_run_changes_nothing() {
    for case in entries(&root().join("fixtures/scrub")) {
        let secrets = text(&case.join("secrets"));
        for (path, before) in texts(&case.join("in")) {
            let Some(first) = scrubbed(&secrets, &path, &before, &yes) else {
                continue;
            };
            if let Some(second) = scrubbed(&secrets, &path, &first.text, &yes) {
                assert_eq!(second.text, first.text, "{}/{path}", name(&case));
                assert!(second.removed.is_empty());
            }
        }
    }
}

#[test]
fn every_comment_stays() {
    let comments = |text: &str| -> Vec<String> {
        let start = |line: &str| {
            let marks = ["# ", "// ", "/* "]
                .iter()
                .filter_map(|mark| line.find(mark));
            marks.min().map(|at| line[at..].trim_end().to_owned())
        };
        text.lines().filter_map(start).collect()
    };
    let mut seen = 0;
    for case in entries(&root().join("fixtures/scrub")) {
        let secrets = text(&case.join("secrets"));
        for (path, before) in texts(&case.join("in")) {
            if let Some(scrubbed) = scrubbed(&secrets, &path, &before, &yes) {
                seen += comments(&before).len();
                assert_eq!(
                    comments(&scrubbed.text),
                    comments(&before),
                    "{}/{path}",
                    name(&case)
                );
            }
        }
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn nothing_goes_that_may_not() {
    for reason in Reason::ALL {
        let no = |_: &Secret, _: &Assigned<'_>| Err(reason);
        for (path, before) in texts(&root().join("fixtures/scrub/json/in")) {
            let secrets = text(&root().join("fixtures/scrub/json/secrets"));
            let scrubbed = scrubbed(&secrets, &path, &before, &no).unwrap();
            assert_eq!(scrubbed.text, before);
            assert!(scrubbed.removed.is_empty());
        }
    }
    // What one of two secrets of the name does not allow stays.
    let one = |secret: &Secret, _: &Assigned<'_>| {
        if secret.status == Status::Rewritten && secret.key == "A_TOKEN" {
            Ok(())
        } else {
            Err(Reason::Different)
        }
    };
    let text = "A_TOKEN=q7Rt92xLmVb8Nc1ZkQ4wYp3H\n";
    assert!(
        scrubbed("A_TOKEN", ".env", text, &one)
            .unwrap()
            .left
            .is_empty()
    );
    let both = scrubbed("A_TOKEN\nA_TOKEN manual", ".env", text, &one).unwrap();
    assert_eq!(both.left[0].reason, Reason::StillRead);
}

#[test]
fn the_manager_knows_what_looks_like_no_secret() {
    let text = "A_TOKEN=swordfish\nB_TOKEN=your-token-here\nC_TOKEN=\nD_TOKEN=${A}\n";
    let secrets = "A_TOKEN\nB_TOKEN\nC_TOKEN\nD_TOKEN";
    let asked = std::cell::RefCell::new(Vec::new());
    let ask = |_: &Secret, one: &Assigned<'_>| {
        asked.borrow_mut().push(one.expose().to_owned());
        if one.expose() == "swordfish" {
            Ok(())
        } else {
            Err(Reason::Different)
        }
    };
    let scrubbed = scrubbed(secrets, ".env", text, &ask).unwrap();
    assert!(
        scrubbed
            .text
            .starts_with("B_TOKEN=your-token-here\nC_TOKEN=\n"),
        "{}",
        scrubbed.text
    );
    assert!(scrubbed.left.is_empty(), "{:?}", scrubbed.left);
    assert_eq!(asked.into_inner(), ["your-token-here", "swordfish"]);
}

#[test]
fn a_file_that_is_no_text_stays() {
    let (manifest, _) = manifest("A_TOKEN");
    let request = Request {
        manifest: &manifest,
        settings: &Settings::default(),
        told: None,
        used_beside: &|_, _| false,
        ask: &yes,
    };
    let text = b"\xff\nA_TOKEN=q7Rt92xLmVb8Nc1ZkQ4wYp3H\n";
    let scrubbed = scrub(".env", text, &request).unwrap();
    assert!(scrubbed.removed.is_empty());
    assert_eq!(
        (scrubbed.left[0].line, scrubbed.left[0].reason),
        (2, Reason::NotUnderstood)
    );
}

#[test]
fn the_whole_value_is_what_is_compared() {
    let seen = std::cell::RefCell::new(Vec::new());
    let ask = |_: &Secret, one: &Assigned<'_>| {
        seen.borrow_mut().push(one.expose().to_owned());
        Ok(())
    };
    let secrets = "A_TOKEN\nDATABASE_URL";
    let url = "postgres://u:q7Rt92xLmVb8Nc1Zk@db/x";
    for (path, text) in [
        (
            ".env",
            format!("A_TOKEN=\"q7Rt92xLm\\\"Vb8Nc1Zk\"\nDATABASE_URL={url}\n"),
        ),
        (
            "mcp.json",
            "{\"env\":{\"A_TOKEN\":\"q7Rt92xLm\\\"Vb8Nc1Zk\"}}".to_owned(),
        ),
        (
            "compose.yaml",
            "environment:\n  - A_TOKEN=q7Rt92xLmVb8Nc1Zk\n".to_owned(),
        ),
    ] {
        assert!(
            scrubbed(secrets, path, &text, &ask)
                .unwrap()
                .left
                .is_empty(),
            "{path}"
        );
    }
    let seen = seen.into_inner();
    assert_eq!(
        seen,
        [
            url,
            "q7Rt92xLm\"Vb8Nc1Zk",
            "q7Rt92xLm\"Vb8Nc1Zk",
            "q7Rt92xLmVb8Nc1Zk"
        ]
    );
}

/// Lines and parts of config files, whole and broken, in all formats at once.
const PARTS: &[&str] = &[
    "A_TOKEN",
    "\"A_TOKEN\"",
    "q7Rt92xLmVb8Nc1ZkQ4wYp3H",
    "\"q7Rt92xLmVb8Nc1ZkQ4wYp3H\"",
    "'q7Rt92xLmVb8Nc1ZkQ4wYp3H'",
    "A_TOKEN=q7Rt92xLmVb8Nc1ZkQ4wYp3H",
    "B: ä",
    "env",
    "environment",
    "ENV ",
    "- ",
    ": ",
    "=",
    " = ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\n",
    "\r\n",
    "\n  ",
    "\n    ",
    " # é",
    "// é\n",
    "/* é */",
    "\\\n",
    "\"",
    "'",
    "|",
    "&a ",
    "*a",
    "$A_TOKEN",
    "\u{feff}",
    "\u{2028}",
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 400, ..Default::default() })]

    #[test]
    fn any_text_is_taken_and_a_second_run_changes_nothing(
        parts in proptest::collection::vec(proptest::sample::select(PARTS), 0..40),
    ) {
        let text = parts.concat();
        for path in [".env", "mcp.json", "compose.yaml", "config.toml", "Dockerfile"] {
            for secrets in ["A_TOKEN", "A_TOKEN\nvault-addr https://vault.example"] {
                let Some(first) = scrubbed(secrets, path, &text, &yes) else { continue };
                let Some(second) = scrubbed(secrets, path, &first.text, &yes) else { continue };
                proptest::prop_assert_eq!(&second.text, &first.text, "{} {:?}", path, text);
            }
        }
    }
}
