//! Checkers of the projects that are changed: which there are, and running them.
//!
//! Running one runs code of the project, so that this happens only where the user asked for it. A checker that was found
//! here gets an environment of a few names; a command of the user gets all of it, as in a shell. None leaves files in the
//! tree. Used by `migrate --verify`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::rewrite::Kind;

/// A package that changes.
#[derive(Clone, Debug)]
pub struct Touched<'t> {
    /// Its directory from the working directory; empty for that one.
    pub root: &'t str,
    /// What kind it is.
    pub kind: Kind,
    /// The files in it that change, from the working directory.
    pub files: Vec<&'t str>,
}

/// Something that says whether a project is sound.
#[derive(Clone, Debug)]
pub struct Checker {
    /// What people call it, as part of a sentence.
    pub name: String,
    program: OsString,
    arguments: Vec<OsString>,
    /// The files to look at; nothing if it knows them itself.
    files: Option<Vec<PathBuf>>,
    directory: PathBuf,
    /// Whether it gets the whole environment.
    open: bool,
    /// A file that it makes where there is none.
    makes: Option<PathBuf>,
}

/// What a checker said.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Whether all is well.
    pub success: bool,
    /// What it printed. May quote source: not to be shown as it is.
    pub output: String,
}

/// Variables that compilers need to find themselves and their caches.
const VARIABLES: &[&str] = &[
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "CARGO_HOME",
    "CARGO_TARGET_DIR",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "APPDATA",
    "LOCALAPPDATA",
    "PATHEXT",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "USERPROFILE",
];

/// Files that say that a type checker of Python is used, and what has to stand in them.
const CONFIGURED: &[(&str, &str, &str)] = &[
    ("mypy", "mypy.ini", ""),
    ("mypy", ".mypy.ini", ""),
    ("mypy", "setup.cfg", "[mypy"),
    ("mypy", "pyproject.toml", "[tool.mypy"),
    ("pyright", "pyrightconfig.json", ""),
    ("pyright", "pyproject.toml", "[tool.pyright"),
];

/// Where programs of a project stand.
const OWN: &[&str] = &[
    "node_modules/.bin",
    ".venv/bin",
    "venv/bin",
    ".venv/Scripts",
    "venv/Scripts",
];

/// A command of the user, run by the shell in `root`.
pub fn command(root: &Path, text: &str) -> Checker {
    let (program, flag) = if cfg!(windows) {
        ("cmd", "/C")
    } else {
        ("sh", "-c")
    };
    Checker {
        // Its text could hold anything.
        name: "the command".to_owned(),
        program: program.into(),
        arguments: vec![flag.into(), text.into()],
        files: None,
        directory: root.to_owned(),
        open: true,
        makes: None,
    }
}

/// The checkers of a package that are there. What they keep goes to `scratch`.
pub fn checkers(root: &Path, scratch: &Path, package: &Touched<'_>) -> Vec<Checker> {
    let directory = root.join(package.root);
    let checker = |name: &str, program: OsString, arguments: Vec<OsString>| Checker {
        name: format!("`{name}`"),
        program,
        arguments,
        files: None,
        directory: directory.clone(),
        open: false,
        makes: None,
    };
    match package.kind {
        Kind::Node { .. } => {
            let tsc = own(root, &directory, "tsc");
            let tsc = tsc.filter(|_| directory.join("tsconfig.json").is_file());
            let arguments = "--noEmit --pretty false --composite false --incremental false";
            let arguments = arguments.split(' ').map(OsString::from).collect();
            Vec::from_iter(tsc.map(|tsc| checker("tsc", tsc, arguments)))
        }
        Kind::Python => python(root, scratch, &directory, package, &checker),
        Kind::Cargo => {
            let arguments = "check --offline --quiet --message-format short";
            let mut arguments: Vec<OsString> = arguments.split(' ').map(OsString::from).collect();
            let mut above = directory.ancestors();
            let locked = above.any(|above| above.join("Cargo.lock").is_file());
            if locked {
                arguments.push("--locked".into());
            }
            vec![Checker {
                makes: (!locked).then(|| directory.join("Cargo.lock")),
                ..checker("cargo check", "cargo".into(), arguments)
            }]
        }
    }
}

fn python(
    root: &Path,
    scratch: &Path,
    directory: &Path,
    package: &Touched<'_>,
    checker: &dyn Fn(&str, OsString, Vec<OsString>) -> Checker,
) -> Vec<Checker> {
    let is_python = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "py");
    let files = package.files.iter().map(|path| root.join(path));
    let files: Vec<PathBuf> = files.filter(is_python).collect();
    let checker = |name: &str, program: OsString, arguments: Vec<OsString>| Checker {
        files: Some(files.clone()),
        ..checker(name, program, arguments)
    };
    let python = own(root, directory, "python").or_else(|| on_path("python3"));
    let python = python.or_else(|| on_path("python"));
    let mut found = Vec::new();
    if let Some(python) = python {
        let mut prefix = OsString::from("pycache_prefix=");
        prefix.push(scratch.join("pycache"));
        let mut arguments: Vec<OsString> = vec!["-I".into(), "-X".into(), prefix];
        arguments.extend(["-m", "compileall", "-q"].map(OsString::from));
        found.push(checker("compileall", python, arguments));
    }
    for (name, arguments) in [
        (
            "mypy",
            &["--no-error-summary", "--hide-error-context", "--no-pretty"][..],
        ),
        ("pyright", &[]),
    ] {
        let mut known = CONFIGURED.iter().filter(|(of, ..)| *of == name);
        let is_configured = known.any(|(_, file, word)| {
            let text = super::read_whole(&directory.join(file), 1 << 20);
            text.is_ok_and(|text| String::from_utf8_lossy(&text).contains(word))
        });
        let program = own(root, directory, name).or_else(|| on_path(name));
        let Some(program) = program.filter(|_| is_configured) else {
            continue;
        };
        let mut arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        if name == "mypy" {
            let mut cache = OsString::from("--cache-dir=");
            cache.push(scratch.join("mypy"));
            arguments.push(cache);
        }
        found.push(checker(name, program, arguments));
    }
    found
}

/// A program that the project brings, from its directory up to the working directory.
fn own(root: &Path, directory: &Path, name: &str) -> Option<OsString> {
    directory
        .ancestors()
        .take_while(|above| above.starts_with(root))
        .flat_map(|above| OWN.iter().map(move |folder| above.join(folder)))
        .find_map(|folder| there(&folder, name))
}

fn on_path(name: &str) -> Option<OsString> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .find_map(|folder| there(&folder, name))
}

fn there(folder: &Path, name: &str) -> Option<OsString> {
    let endings: &[&str] = if cfg!(windows) {
        &[".exe", ".cmd"]
    } else {
        &[""]
    };
    let mut all = endings
        .iter()
        .map(|ending| folder.join(format!("{name}{ending}")));
    all.find(|path| path.is_file()).map(PathBuf::into_os_string)
}

impl Checker {
    /// Runs it. What cannot be started has failed.
    #[expect(
        clippy::disallowed_methods,
        reason = "the user asked for the project's checkers to be run"
    )]
    pub fn run(&self) -> Verdict {
        // A new file is not there before.
        let files = self.files.iter().flatten();
        let files: Vec<&PathBuf> = files.filter(|path| path.is_file()).collect();
        if files.is_empty() && self.files.is_some() {
            return Verdict {
                success: true,
                output: String::new(),
            };
        }
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .args(files)
            .current_dir(&self.directory)
            .stdin(Stdio::null());
        if !self.open {
            command.env_clear();
            for name in VARIABLES {
                if let Some(value) = std::env::var_os(name) {
                    command.env(name, value);
                }
            }
        }
        let output = command.output();
        if let Some(made) = &self.makes {
            let _ = fs::remove_file(made);
        }
        match output {
            Ok(output) => Verdict {
                success: output.status.success(),
                output: [output.stdout, output.stderr]
                    .map(|text| String::from_utf8_lossy(&text).into_owned())
                    .join("\n"),
            },
            Err(_) => Verdict {
                success: false,
                output: String::new(),
            },
        }
    }
}
