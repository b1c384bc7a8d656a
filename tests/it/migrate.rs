//! What `migrate` makes of whole packages, against `fixtures/migrate/<case>/out`.
//!
//! `in` is the package, `out` the files that change, apart from the accessor, and in `plan.txt` each secret with its
//! address, or the reason why it stays. `UPDATE=1` writes `out` anew.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use envacuate::backend::{Backend, Through};
use envacuate::rewrite::{Files, Plan, Program, Request, Texts, plan};
use envacuate::scan::scan;
use envacuate::settings::Settings;

use crate::support::{case, derived, entries, files, name, none, relative, root, text};

pub(crate) struct Memory(pub(crate) BTreeMap<String, Vec<u8>>);

impl Files for Memory {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.0.get(path).cloned()
    }
}

pub(crate) fn request() -> Request {
    Request {
        team: "platform".to_owned(),
        place: "secret".to_owned(),
        ..Request::default()
    }
}

fn read(folder: &Path) -> Memory {
    let all = files(folder);
    let read = |path: &std::path::PathBuf| (relative(path, folder), text(path).into_bytes());
    Memory(all.iter().map(read).collect())
}

pub(crate) fn planned(memory: &Memory) -> Plan {
    let settings = Settings::default();
    let files: Vec<(String, Vec<u8>)> = memory.0.clone().into_iter().collect();
    let report = case::check(&files, &settings);
    let scanned = files.iter().map(|(path, text)| scan(path, text, &settings));
    let asking: Vec<String> = scanned
        .filter(envacuate::scan::FileScan::asks)
        .map(|scan| scan.path)
        .collect();
    let judge = |texts: &Texts| {
        let mut after = memory.0.clone();
        after.extend(texts.clone());
        let files: Vec<(String, Vec<u8>)> = after.into_iter().collect();
        Some(case::check(&files, &settings).findings)
    };
    let program = Program {
        findings: &report.findings,
        asking: &asking,
        sources: &memory.0.keys().cloned().collect::<Vec<_>>(),
        files: memory,
        settings: &settings,
        judge: &judge,
    };
    let mut request = Request {
        // A case says so in a file of its own.
        allow_unsafe: memory.0.contains_key("unsafe"),
        ..request()
    };
    if let Some(id) = memory.0.get("backend") {
        let id = String::from_utf8_lossy(id).into_owned();
        request.backend = Backend::find(id.trim()).unwrap();
        request.place = request.backend.place.usual.to_owned();
    }
    if let Some(word) = memory.0.get("client") {
        let word = String::from_utf8_lossy(word).into_owned();
        let mut all = Through::ALL.into_iter();
        request.through = all.find(|one| one.as_str() == word.trim()).unwrap();
        request.switch = true;
    }
    plan(&program, &request)
}

fn applied(memory: &Memory, plan: &Plan) -> Memory {
    let mut after = memory.0.clone();
    for (path, (before, text)) in &plan.files {
        assert_eq!(before.as_ref(), memory.0.get(path), "{path}");
        after.insert(path.clone(), text.clone());
    }
    Memory(after)
}

fn is_accessor(text: &[u8]) -> bool {
    String::from_utf8_lossy(text).contains("envacuate:begin")
}

/// A line a secret: where it goes, how its reads rotate, or why it stays.
fn summary(plan: &Plan) -> String {
    let mut out = String::new();
    for unit in &plan.units {
        let what = match unit.reason {
            Some(reason) => format!("manual {}", reason.as_str()),
            None if unit.address.key.is_empty() => unit.address.path.clone(),
            None => format!("{}#{}", unit.address.path, unit.address.key),
        };
        writeln!(out, "{} {what}", unit.secret).unwrap();
        for read in &unit.reads {
            let place = &read.location;
            writeln!(
                out,
                "  {}:{} {}",
                place.path,
                place.start.line,
                read.rotation.as_str()
            )
            .unwrap();
        }
    }
    for (path, (_, text)) in plan.files.iter().filter(|(_, (_, text))| is_accessor(text)) {
        let table = String::from_utf8_lossy(text).into_owned();
        let table = table
            .lines()
            .skip_while(|line| !line.contains("envacuate:begin"));
        writeln!(out, "{path}").unwrap();
        for line in table
            .skip(1)
            .take_while(|line| !line.contains("envacuate:end"))
        {
            writeln!(out, "  {}", line.trim()).unwrap();
        }
    }
    out
}

#[test]
fn packages_become_what_is_announced() {
    for case in entries(&root().join("fixtures/migrate")) {
        let memory = read(&case.join("in"));
        let plan = planned(&memory);
        let out = case.join("out");
        derived(&out.join("plan.txt"), &summary(&plan));
        let mut expected: Vec<String> = files(&out)
            .iter()
            .map(|path| relative(path, &out))
            .collect();
        expected.retain(|path| path != "plan.txt");
        for (path, (_, text)) in plan
            .files
            .iter()
            .filter(|(_, (_, text))| !is_accessor(text))
        {
            derived(&out.join(path), &String::from_utf8_lossy(text));
            expected.retain(|known| known != path);
        }
        none(
            &format!("files of {} that do not change", name(&case)),
            &expected,
        );
    }
}

#[test]
fn a_second_run_changes_nothing() {
    for case in entries(&root().join("fixtures/migrate")) {
        let memory = read(&case.join("in"));
        let first = planned(&memory);
        let second = planned(&applied(&memory, &first));
        let changed: Vec<&String> = second.files.keys().collect();
        assert!(changed.is_empty(), "{}: {changed:?}", name(&case));
        let left = first
            .units
            .iter()
            .filter(|unit| unit.reason.is_some())
            .count();
        assert_eq!(second.units.len(), left, "{}", name(&case));
    }
}

#[test]
fn modules_are_made_anew_unless_somebody_changed_them() {
    for (case, module, needs) in [
        ("py-library", "notes/vault_secrets.py", "pyproject.toml"),
        ("rs-library", "src/secrets.rs", "Cargo.toml"),
    ] {
        let asked = |memory: &Memory, client: &str| {
            let mut memory = Memory(memory.0.clone());
            memory.0.insert("client".to_owned(), client.into());
            memory
        };
        let before = read(&root().join("fixtures/migrate").join(case).join("in"));
        let through = |client| {
            let memory = asked(&before, client);
            applied(&memory, &planned(&memory))
        };
        let (builtin, library) = (through("builtin"), through("library"));
        assert_ne!(builtin.0[module], library.0[module]);

        let plan = planned(&asked(&builtin, "library"));
        assert_eq!(plan.files[module].1, library.0[module], "{case}");
        assert!(plan.files.contains_key(needs) && plan.kept.is_empty());
        assert!(!plan.needs.is_empty());
        let back = asked(&applied(&builtin, &plan), "builtin");
        let back = applied(&back, &planned(&back));
        assert_eq!(back.0[module], builtin.0[module], "{case}");

        let mut changed = asked(&builtin, "library");
        let text = changed.0.get_mut(module).unwrap();
        text.extend_from_slice(b"\n");
        let plan = planned(&changed);
        assert_eq!(plan.kept, [module], "{case}");
        assert!(plan.files.is_empty(), "{case}");
    }
}

#[test]
fn a_secret_that_is_added_keeps_the_client_of_the_module() {
    let mut memory = read(&root().join("fixtures/migrate/py-library/in"));
    memory.0.remove("client");
    let mut after = applied(&memory, &planned(&memory));
    let more = b"import os\n\nKEY = lambda: os.environ['OTHER_API_TOKEN']\n";
    after.0.insert("notes/other.py".to_owned(), more.to_vec());
    let both = |memory: &Memory| {
        let plan = planned(memory);
        let text = plan.files["notes/vault_secrets.py"].1.clone();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("NOTES_API_TOKEN") && text.contains("OTHER_API_TOKEN"));
        (
            text.contains("hvac"),
            plan.files.contains_key("requirements.txt"),
        )
    };
    assert_eq!(both(&after), (false, false));
    after.0.insert("client".to_owned(), b"library".to_vec());
    assert_eq!(both(&after), (true, true));
}

#[test]
fn line_endings_and_byte_order_marks_are_kept() {
    for case in entries(&root().join("fixtures/migrate")) {
        let memory = read(&case.join("in"));
        let other = |text: &[u8]| {
            let text = String::from_utf8_lossy(text).replace('\n', "\r\n");
            format!("\u{feff}{text}").into_bytes()
        };
        // Other programs' formats, and lists of names.
        let marks =
            |path: &str| !matches!(path.rsplit('.').next(), Some("ts" | "js" | "py" | "rs"));
        let marked = |(path, text): (&String, &Vec<u8>)| {
            let text = if marks(path) {
                text.clone()
            } else {
                other(text)
            };
            (path.clone(), text)
        };
        let changed = Memory(memory.0.iter().map(marked).collect());
        let (plain, crlf) = (planned(&memory), planned(&changed));
        for (path, (before, text)) in &plain.files {
            if before.is_some() && !is_accessor(text) && !marks(path) {
                let found = crlf
                    .files
                    .get(path)
                    .map(|(_, text)| String::from_utf8_lossy(text).into_owned());
                let expected = String::from_utf8(other(text)).unwrap();
                assert_eq!(found.as_ref(), Some(&expected), "{}/{path}", name(&case));
            }
        }
    }
}

#[test]
fn nothing_that_is_shown_holds_a_value() {
    let generated = "ghp_fixture7Qk2Zx9Lm4Vb8Nc1Rt6Yw3Hd5J";
    let source = format!(
        "// once it was hunter2\nconst other = \"hunter2\";\nexport const key = process.env.API_KEY || \"{generated}\";\n\
         const text = `first\nhunter2 ${{other}}`;\n"
    );
    let memory = Memory(BTreeMap::from([("a.ts".to_owned(), source.into_bytes())]));
    let plan = planned(&memory);
    assert!(plan.units.iter().any(|unit| unit.reason.is_none()));
    let mut shown = Vec::new();
    let options = envacuate::report::Options::default();
    envacuate::report::diff(&plan, &options, &mut shown).unwrap();
    envacuate::report::summary(&plan, &options, &mut shown).unwrap();
    let shown = String::from_utf8(shown).unwrap();
    assert!(
        shown.contains("+import { secrets } from \"./secrets\";"),
        "{shown}"
    );
    assert!(shown.contains("secrets.API_KEY || \"***\""), "{shown}");
    for value in [&generated[4..20], "hunter2"] {
        assert!(!shown.contains(value), "{shown}");
    }
}
