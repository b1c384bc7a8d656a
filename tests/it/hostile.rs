//! Small inputs that were written to stall, blind or crash a scanner. Each is found or reported, never passed over.
//!
//! Says nothing of time: a case that is not bounded makes the test hang, and that is seen. `tests/hostile/run.py` runs
//! the binary over whole directories of such files.

use envacuate::model::Report;
use envacuate::scan::{finish, scan};
use envacuate::settings::Settings;

/// The report on files of these names and texts.
fn report(files: &[(&str, String)]) -> Report {
    let settings = Settings::default();
    let scans = files
        .iter()
        .map(|(path, text)| scan(path, text.as_bytes(), &settings))
        .collect();
    let read = |path: &str| {
        let found = files.iter().find(|(name, _)| *name == path);
        found.map(|(_, text)| text.clone().into_bytes())
    };
    finish(scans, &read, &settings)
}

/// The secrets that are found in one file, and what is said of it.
fn one(path: &str, text: String) -> (Vec<String>, Vec<String>) {
    let report = report(&[(path, text)]);
    let secrets = report.findings.into_iter().filter_map(|f| f.secret);
    let problems = report.problems.into_iter().map(|p| p.message);
    (secrets.collect(), problems.collect())
}

/// The secret of the text is found, or the file is told.
#[track_caller]
fn seen(what: &str, path: &str, text: String) {
    let (secrets, problems) = one(path, text);
    assert!(
        secrets.iter().any(|secret| secret == "DEEP_TOKEN") || !problems.is_empty(),
        "{what} in {path}: nothing found, nothing told"
    );
}

/// Around a read in each language: a file with the read at `@`.
const FILES: [(&str, &str); 5] = [
    ("x.js", "x = @process.env.DEEP_TOKEN"),
    ("x.ts", "x = @process.env.DEEP_TOKEN"),
    ("x.tsx", "x = @process.env.DEEP_TOKEN"),
    ("x.py", "import os\nx = @os.environ['DEEP_TOKEN']"),
    (
        "x.rs",
        "fn main() { let x = @std::env::var(\"DEEP_TOKEN\") }",
    ),
];

#[test]
fn fifty_thousand_brackets() {
    for (path, file) in FILES {
        for bracket in ["(", "[", "{"] {
            seen(bracket, path, file.replace('@', &bracket.repeat(50_000)));
        }
    }
    let closed = |open: &str, close: &str| {
        let (open, close) = (open.repeat(20_000), close.repeat(20_000));
        format!("x = {open}process.env.DEEP_TOKEN{close};\n")
    };
    for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")"), ("`${", "}`")] {
        seen(open, "x.js", closed(open, close));
    }
}

#[test]
fn a_read_deeper_than_sixteen_bits() {
    let chain = ".a".repeat(65_540);
    let (secrets, _) = one("x.js", format!("x = process.env.DEEP_TOKEN{chain};\n"));
    assert_eq!(secrets, ["DEEP_TOKEN"]);
    let calls = ".a?.()".repeat(33_000);
    let (secrets, _) = one("x.js", format!("x = process.env.DEEP_TOKEN{calls};\n"));
    assert_eq!(secrets, ["DEEP_TOKEN"]);
    let sum = "1+".repeat(65_540);
    seen("sum", "x.js", format!("x = {sum}process.env.DEEP_TOKEN;\n"));
}

#[test]
fn twenty_thousand_reads_on_one_line() {
    for (path, read) in [
        ("x.js", "process.env.DEEP_TOKEN;"),
        ("x.py", "os.environ['DEEP_TOKEN'];"),
    ] {
        let (secrets, problems) = one(path, format!("import os;{}", read.repeat(20_000)));
        assert_eq!(secrets.len(), 1000, "{path}");
        assert!(problems.iter().any(|p| p.contains("1000")), "{problems:?}");
    }
}

#[test]
fn more_indents_than_the_parser_can_hold() {
    let indents = numbered(511, |depth, _| format!("{}if x:\n", " ".repeat(depth)));
    let text = format!(
        "import os\n{indents}{}y = 'a' + os.environ['DEEP_TOKEN']\n",
        " ".repeat(511)
    );
    let files = [
        ("deep.py", text),
        (
            "near.py",
            "import os\nos.environ['DEEP_TOKEN']\n".to_owned(),
        ),
    ];
    let report = report(&files);
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].location.path, "near.py");
    assert_eq!(report.problems[0].path, "deep.py");
}

/// `count` pieces, each made from its number and the next.
fn numbered(count: usize, piece: impl Fn(usize, usize) -> String) -> String {
    (0..count).map(|n| piece(n, n + 1)).collect()
}

#[test]
fn chains_of_names() {
    let aliases = numbered(5_000, |n, next| format!("const a{next} = a{n};\n"));
    seen(
        "aliases",
        "x.js",
        format!("const a0 = process.env;\n{aliases}a5000.DEEP_TOKEN;\n"),
    );
    let helpers = numbered(2_000, |n, next| {
        format!("function f{n}(k) {{ return f{next}(k) + f{n}(k) }}\n")
    });
    seen(
        "helpers that call each other",
        "x.js",
        format!(
            "{helpers}function f2000(k) {{ return process.env[k] + f0(k) }}\nf0('OTHER_TOKEN');\nprocess.env.DEEP_TOKEN;\n"
        ),
    );
    let classes = numbered(2_000, |n, next| {
        format!("class A{next}(A{n}):\n    a{n}: str\n")
    });
    seen(
        "settings",
        "x.py",
        format!("class A0(BaseSettings):\n    deep_token: str\n{classes}"),
    );
}

#[test]
fn many_of_one_thing() {
    let cases: [(&str, &str, &str, &str); 11] = [
        ("x.js", "", "const a = process.env;\n", ""),
        ("x.js", "let a = process.env;\n", "a = a;\n", ""),
        ("x.js", "", "function f() { return process.env }\n", ""),
        ("x.js", "class A { m() {", "this.a = process.env;\n", "}}"),
        (
            "x.js",
            "const a = process.env; const x = [];\n",
            "x.push(a);\n",
            "",
        ),
        ("x.js", "f(", "process.env,", ");\n"),
        (
            "x.py",
            "import os\n",
            "for k, v in os.environ.items(): print(k, v)\n",
            "",
        ),
        ("x.py", "import os\nx = os.environ\n", "x |= x\n", ""),
        (
            "x.py",
            "import os\n",
            "@d\n",
            "def f(): return os.environ\n",
        ),
        (
            "x.rs",
            "fn main() { let a = std::env::vars();",
            "let a = a;\n",
            "}",
        ),
        ("x.rs", "use std::env;\n", "#[test]\n", "fn f() {}\n"),
    ];
    let read = |path: &str| match path {
        "x.js" => "\nprocess.env.DEEP_TOKEN;\n",
        "x.py" => "\nos.environ['DEEP_TOKEN']\n",
        _ => "\nfn g() { std::env::var(\"DEEP_TOKEN\"); }\n",
    };
    for (path, before, piece, behind) in cases {
        let text = format!("{before}{}{behind}{}", piece.repeat(1_000), read(path));
        seen(piece, path, text);
    }
}

#[test]
fn much_that_concerns_all_of_a_file() {
    for (path, line) in [
        ("x.py", "auto_envvar_prefix\n"),
        ("x.rs", "fn f() { Env::raw(); } // Deserialize\n"),
        ("x.js", "const a = () => { a(process.env.DEEP_TOKEN); };\n"),
    ] {
        report(&[(path, line.repeat(5_000))]);
    }
}

#[test]
fn nested_functions() {
    let open = numbered(2_000, |n, _| format!("function f{n}(a{n}) {{ "));
    seen(
        "functions",
        "x.js",
        format!("{open}process.env.DEEP_TOKEN;{}", "}".repeat(2_000)),
    );
    let open = numbered(2_000, |n, _| format!("fn f{n}() {{ "));
    seen(
        "functions",
        "x.rs",
        format!("{open}std::env::var(\"DEEP_TOKEN\");{}", "}".repeat(2_000)),
    );
}

#[test]
fn modules_that_import_each_other() {
    let file = |next: usize| {
        format!(
            "import {{ env as e, read as r }} from './m{next}.js';\nexport * from './m{next}.js';\n\
             export const env = {{ ...process.env, ...e }};\n\
             export function read(k) {{ return process.env[k] || r(k) }}\nread('DEEP_TOKEN');\n"
        )
    };
    let names: Vec<String> = (0..40).map(|n| format!("m{n}.js")).collect();
    let files: Vec<(&str, String)> = names
        .iter()
        .enumerate()
        .map(|(n, name)| (name.as_str(), file((n + 1) % 40)))
        .collect();
    let report = report(&files);
    for (path, _) in &files {
        assert!(
            report.findings.iter().any(|f| f.location.path == *path),
            "{path}"
        );
    }
}

#[test]
fn text_that_is_no_program() {
    for (path, file) in FILES {
        let read = file.replace('@', "");
        for noise in [
            "a b ) } ] ; => ",
            "@#$ if ( [ ` ",
            "\u{0}\u{1}\u{fffd}",
            "'\"'\"` ",
        ] {
            seen(noise, path, format!("{read}\n{}", noise.repeat(3_000)));
        }
    }
}
