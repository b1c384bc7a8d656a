//! The command line as a user meets it: the built binary, in a directory of its own, with no environment.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests make files, start the binary and may panic"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use envacuate::rules;
use tempfile::TempDir;

/// One finding of `env-secret-read`, a warning.
pub(crate) const READ: &str = "const t = process.env.GITHUB_TOKEN;\n";

pub(crate) fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_envacuate"));
    command
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .env("HOME", directory)
        .stdin(Stdio::null());
    command
}

pub(crate) fn run(directory: &TempDir, arguments: &[&str]) -> Output {
    command(directory.path(), arguments).output().unwrap()
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub(crate) fn tree(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

#[track_caller]
pub(crate) fn assert_code(directory: &TempDir, arguments: &[&str], expected: i32) -> Output {
    let output = run(directory, arguments);
    assert_eq!(
        code(&output),
        expected,
        "{arguments:?}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

#[test]
fn exit_codes_tell_findings_from_failures() {
    let found = tree(&[("a.js", READ)]);
    for (arguments, expected) in [
        (&["check"][..], 1),
        (&["check", "a.js"], 1),
        (&["check", "--format", "json"], 1),
        (&["check", "--format", "sarif"], 1),
        (&["check", "--exit-zero"], 0),
        (&["check", "--fail-on", "error"], 0),
        (&["check", "--fail-on", "note"], 1),
        (&["check", "--fail-on", "never"], 0),
        (&["check", "--strict"], 1),
        (&["check", "--show", "inventory"], 1),
        (&["check", "--show", "inventory", "--format", "sarif"], 2),
        (&["check", "--no-such-flag"], 2),
        (&["check", "missing.js"], 2),
        (&["no-such-command"], 2),
        (&[], 2),
        (&["--version"], 0),
        (&["--help"], 0),
    ] {
        assert_code(&found, arguments, expected);
    }
    let clean = tree(&[("a.js", "const port = 1;\n")]);
    assert_code(&clean, &["check"], 0);
}

#[test]
fn one_run_writes_several_formats() {
    let directory = tree(&[("a.js", READ)]);
    let read = |name: &str| fs::read_to_string(directory.path().join(name)).unwrap();
    let beside = ["--output", "sarif=out.sarif", "-o", "markdown=sum=mary.md"];
    let output = assert_code(&directory, &[&["check"][..], &beside].concat(), 1);
    assert!(out(&output).contains("read here"), "the text is printed");
    assert!(read("out.sarif").contains("\"2.1.0\""));
    assert!(read("sum=mary.md").starts_with("## envacuate: 1 finding in 1 file\n"));
    let whole = ["--format", "json", "-o", "report", "-o", "./x=y"];
    let output = assert_code(&directory, &[&["check"][..], &beside, &whole].concat(), 1);
    assert!(out(&output).is_empty());
    assert_eq!(read("report"), read("x=y"));
    assert!(read("report").starts_with('{'));
    for (wrong, says) in [
        ("sarfi=x", "no format `sarfi`"),
        ("sarif=", "names no file"),
    ] {
        let output = assert_code(&directory, &["check", "--output", wrong], 2);
        assert!(err(&output).contains(says), "{}", err(&output));
    }
}

#[test]
fn suggestions_of_rdjson_change_what_fixes_do() {
    let text = "const a = \"naïve 😀\"; console.log(JSON.stringify(process.env));\n";
    let directory = tree(&[("a.js", text)]);
    let output = assert_code(&directory, &["check", "--format", "rdjson"], 1);
    let document: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let suggestion = &document["diagnostics"][0]["suggestions"][0];
    let at = |end: &str| {
        assert_eq!(suggestion["range"][end]["line"], 1);
        let column = suggestion["range"][end]["column"].as_u64().unwrap();
        usize::try_from(column).unwrap() - 1
    };
    let mut made = text.to_owned();
    made.replace_range(at("start")..at("end"), suggestion["text"].as_str().unwrap());
    assert_code(&directory, &["check", "--fix"], 0);
    assert_eq!(
        fs::read_to_string(directory.path().join("a.js")).unwrap(),
        made
    );
}

#[test]
fn a_missing_path_is_an_error_with_advice() {
    let output = assert_code(&tree(&[]), &["check", "sevrer.ts"], 2);
    assert!(out(&output).is_empty());
    let text = err(&output);
    assert!(
        text.contains("`sevrer.ts` does not exist") && text.contains("help:"),
        "{text}"
    );
}

#[test]
fn no_files_is_success_and_said_once() {
    let directory = tree(&[("notes.unknown", "x")]);
    for arguments in [&["check"][..], &["check", "notes.unknown"]] {
        let output = assert_code(&directory, arguments, 0);
        assert_eq!(err(&output).lines().count(), 1, "{}", err(&output));
    }
    let output = assert_code(&directory, &["check", "--quiet"], 0);
    assert!(err(&output).is_empty());
}

#[test]
fn ignore_files_and_usual_directories_are_left_out() {
    let directory = tree(&[
        ("kept.js", READ),
        (".hidden/h.js", READ),
        ("git.js", READ),
        ("own.js", READ),
        ("node_modules/p/i.js", READ),
        ("lib.min.js", READ),
        (".gitignore", "git.js\n"),
        (".envacuateignore", "own.js\n"),
    ]);
    let names = |arguments: &[&str]| {
        let output = run(
            &directory,
            &[&["check", "--format", "concise"], arguments].concat(),
        );
        let text = out(&output);
        ["kept.js", "h.js", "git.js", "own.js", "i.js", "lib.min.js"]
            .into_iter()
            .filter(|name| {
                text.lines().any(|line| {
                    line.split(':')
                        .next()
                        .is_some_and(|path| path.ends_with(name))
                })
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&[]), ["kept.js", "h.js"]);
    assert_eq!(names(&["--no-gitignore"]), ["kept.js", "h.js", "git.js"]);
    assert_eq!(
        names(&["--no-ignore"]),
        ["kept.js", "h.js", "git.js", "own.js"]
    );
    assert_eq!(names(&["--ci"]), ["kept.js", "h.js", "git.js", "own.js"]);
    assert_eq!(names(&["node_modules/p/i.js"]), ["i.js"]);
}

#[test]
fn comments_and_settings_of_the_tree_count_for_nothing_with_no_ignore() {
    let directory = tree(&[
        (
            "a.js",
            "const t = process.env.GITHUB_TOKEN; // envacuate: ignore[env-secret-read] known\n",
        ),
        ("sub/b.js", READ),
        ("sub/envacuate.toml", "exclude = [\"*\"]\n"),
    ]);
    assert_code(&directory, &["check"], 0);
    let output = assert_code(&directory, &["check", "--ci"], 1);
    assert!(err(&output).contains("may only add findings; ignored there: exclude"));
    assert_code(&directory, &["check", "--no-ignore", "a.js"], 1);
    assert_code(&directory, &["check", "--isolated", "sub"], 1);
}

#[test]
fn settings_that_cannot_be_used_do_not_stop_the_run() {
    let directory = tree(&[
        ("a.js", READ),
        ("envacuate.toml", "selct = [\"hunter2\"]\n"),
    ]);
    let output = assert_code(&directory, &["check"], 2);
    let text = out(&output) + &err(&output);
    assert!(
        text.contains("a.js") && text.contains("did you mean `select`"),
        "{text}"
    );
    assert!(!text.contains("hunter2"));
    let output = assert_code(&directory, &["check", "--config", "envacuate.toml"], 2);
    assert!(!err(&output).contains("hunter2"));
    assert_code(&directory, &["check", "--config", "none.toml"], 2);
    assert_code(&directory, &["check", "--isolated"], 1);
}

#[test]
fn large_files_are_told_and_not_read() {
    let directory = tree(&[("a.js", READ)]);
    let output = assert_code(&directory, &["check", "--max-file-size", "10"], 0);
    assert!((out(&output) + &err(&output)).contains("larger than 10 bytes"));
    assert_code(
        &directory,
        &["check", "--max-file-size", "10", "--strict"],
        2,
    );
    assert_code(&directory, &["check", "--max-file-size", "many"], 2);
}

#[test]
fn directories_named_like_files_are_entered() {
    let directory = tree(&[("x.js/inner.js", READ), ("mcp.json/.keep", "")]);
    let output = assert_code(&directory, &["check", "--strict"], 1);
    assert!(out(&output).contains("x.js/inner.js"));
}

#[test]
fn standard_input_needs_a_name() {
    let directory = tree(&[]);
    let with = |arguments: &[&str]| {
        let file = directory.path().join("in");
        fs::write(&file, READ).unwrap();
        command(directory.path(), arguments)
            .stdin(fs::File::open(file).unwrap())
            .output()
            .unwrap()
    };
    assert_eq!(code(&with(&["check", "-"])), 2);
    let output = with(&["check", "-", "--stdin-filename", "src/a.ts"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("src/a.ts"));
    assert_eq!(code(&with(&["check", "--stdin-filename", "a.ts"])), 1);
    assert_eq!(
        code(&with(&["check", "--stdin-filename", "a.ts", "b.ts"])),
        2
    );
}

#[test]
fn the_report_goes_to_a_file_whole() {
    let directory = tree(&[("a.js", READ)]);
    let output = assert_code(
        &directory,
        &["check", "--format", "json", "--output", "r.json"],
        1,
    );
    assert!(out(&output).is_empty());
    let text = fs::read_to_string(directory.path().join("r.json")).unwrap();
    assert!(text.contains("env-secret-read"));
    assert_code(&directory, &["check", "--output", "no/such/place"], 2);
    assert_code(&directory, &["check", "--output", "."], 2);
    let names = fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(names, 2, "no temporary file is left");
}

#[test]
fn a_baseline_silences_what_it_knows() {
    let directory = tree(&[("a.js", READ)]);
    assert_code(&directory, &["check", "--write-baseline"], 0);
    let baseline = ["check", "--baseline", "envacuate-baseline.json"];
    assert_code(&directory, &baseline, 0);
    fs::write(
        directory.path().join("b.js"),
        "f(process.env.SLACK_TOKEN);\n",
    )
    .unwrap();
    assert_code(&directory, &baseline, 1);
    fs::remove_file(directory.path().join("a.js")).unwrap();
    let output = assert_code(&directory, &baseline, 1);
    assert!(err(&output).contains("no longer found"));
    assert_code(&directory, &["check", "--baseline", "none.json"], 2);
}

#[test]
fn mistyped_names_get_a_suggestion() {
    let directory = tree(&[]);
    for (arguments, close) in [
        (&["explain", "env-dmp"][..], "env-dump"),
        (&["check", "--select", "env-secret-reed"], "env-secret-read"),
        (&["check", "--ignore", "env-dumb"], "env-dump"),
        (&["check", "--format", "sariff"], "sarif"),
        (&["chek"], "check"),
    ] {
        let output = assert_code(&directory, arguments, 2);
        assert!(
            err(&output).contains(&format!("'{close}'")),
            "{}",
            err(&output)
        );
    }
}

#[test]
fn every_rule_is_explained_and_listed() {
    let directory = tree(&[]);
    let table = out(&assert_code(&directory, &["rules"], 0));
    let json = out(&assert_code(&directory, &["rules", "--format", "json"], 0));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    for (at, rule) in rules::ALL.iter().enumerate() {
        let text = out(&assert_code(&directory, &["explain", rule.id], 0));
        assert_eq!(text, rule.documentation());
        assert!(table.contains(rule.id));
        assert_eq!(json[at]["id"], rule.id);
    }
    let text = out(&assert_code(
        &directory,
        &["explain", "env-dump", "--color", "always"],
        0,
    ));
    assert!(text.starts_with("\u{1b}[1menv-dump") && !text.contains("```"));
}

#[test]
fn scripts_and_pages_are_made() {
    let directory = tree(&[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let text = out(&assert_code(&directory, &["completions", shell], 0));
        assert!(
            text.contains("envacuate") && text.contains("stdin-filename"),
            "{shell}"
        );
    }
    assert!(out(&assert_code(&directory, &["man"], 0)).contains(".TH envacuate"));
    assert!(out(&assert_code(&directory, &["man", "check"], 0)).contains("fail"));
    assert_code(&directory, &["man", "nothing"], 2);
    let schema = out(&assert_code(&directory, &["config", "schema"], 0));
    serde_json::from_str::<serde_json::Value>(&schema).unwrap();
}

#[test]
fn the_settings_shown_are_settings() {
    let directory = tree(&[(
        "envacuate.toml",
        "fail-on = \"error\"\n[secrets]\nallow = [\"A_TOKEN\"]\n",
    )]);
    let text = out(&assert_code(&directory, &["config", "show"], 0));
    assert!(
        text.starts_with("# from envacuate.toml\n") && text.contains("allow = [\"A_TOKEN\"]"),
        "{text}"
    );
    fs::write(directory.path().join("envacuate.toml"), &text).unwrap();
    assert_eq!(out(&assert_code(&directory, &["config", "show"], 0)), text);
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn what_is_no_regular_file_is_told_and_not_opened() {
        let directory = tree(&[("real.js", READ)]);
        let at = |name: &str| directory.path().join(name);
        let made = Command::new("mkfifo").arg(at("pipe.js")).status().unwrap();
        assert!(made.success());
        let _socket = UnixListener::bind(at("sock.js")).unwrap();
        symlink("/dev/zero", at("zero.js")).unwrap();
        symlink("nowhere", at("gone.js")).unwrap();
        symlink("self.js", at("self.js")).unwrap();
        symlink("real.js", at("alias.js")).unwrap();
        let output = assert_code(&directory, &["check", "--format", "json"], 1);
        let json: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
        let paths: Vec<_> = json["problems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|problem| problem["path"].as_str().unwrap())
            .collect();
        assert_eq!(
            paths,
            ["gone.js", "pipe.js", "self.js", "sock.js", "zero.js"]
        );
        assert_code(&directory, &["check", "--strict"], 2);
        for special in ["pipe.js", "sock.js", "zero.js"] {
            assert_code(&directory, &["check", special], 2);
        }
        assert_code(&directory, &["check", "alias.js"], 1);
        assert_code(&directory, &["check", "--output", "alias.js"], 2);
    }

    #[test]
    fn links_out_of_the_tree_are_not_followed() {
        let outside = tree(&[("o.js", READ), ("d/p.js", READ)]);
        let directory = tree(&[]);
        symlink(outside.path().join("o.js"), directory.path().join("l.js")).unwrap();
        symlink(outside.path().join("d"), directory.path().join("d")).unwrap();
        assert_code(&directory, &["check"], 0);
        assert_code(&directory, &["check", "--strict"], 2);
        assert_code(&directory, &["check", "l.js"], 1);
        assert_code(&directory, &["check", "d"], 1);
    }

    #[test]
    fn unreadable_files_are_told() {
        let directory = tree(&[("a.js", READ), ("b.js", READ)]);
        let locked = directory.path().join("a.js");
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
        if fs::File::open(&locked).is_ok() {
            return; // root reads everything
        }
        let output = assert_code(&directory, &["check"], 1);
        assert!((out(&output) + &err(&output)).contains("permission denied"));
        assert_code(&directory, &["check", "a.js"], 2);
    }

    #[test]
    fn names_that_are_no_utf8_are_scanned_and_shown_safely() {
        let directory = tree(&[]);
        for name in [&b"\xff.js"[..], b"a\x1b[31m\nb.js"] {
            fs::write(directory.path().join(OsStr::from_bytes(name)), READ).unwrap();
        }
        let output = assert_code(&directory, &["check", "--format", "concise"], 1);
        let text = out(&output);
        assert!(text.contains("\\xff.js:1:"), "{text}");
        assert!(text.contains("a\\u{1b}[31m\\u{a}b.js:1:"), "{text}");
    }

    #[test]
    fn a_reader_that_goes_away_is_no_error() {
        let directory = tree(&[]);
        for at in 0..40 {
            fs::write(directory.path().join(format!("{at}.js")), READ.repeat(200)).unwrap();
        }
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command(directory.path(), &["check", "--format", "jsonl"])
            .stdout(writer)
            .output()
            .unwrap();
        assert_eq!(code(&output), 0);
        assert!(err(&output).is_empty(), "{}", err(&output));
    }
}
