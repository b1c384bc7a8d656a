//! The programs of the managers' makers (`aws`, `gcloud`, `az`), asked for what only they can log in to.
//!
//! They get the environment that they need and no more: the secrets of others may stand in ours. What they print is kept
//! in memory that is cleared and never told.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long what it has printed may take from it to here once it has ended.
const BEHIND: Duration = Duration::from_millis(500);

/// In bytes; more is no answer.
const LARGEST: usize = 60_000;

/// What they find themselves, their settings and the network by.
const VARIABLES: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "TMPDIR",
    "XDG_CONFIG_HOME",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "COMSPEC",
    "PATHEXT",
    "TEMP",
    "TMP",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_CA_BUNDLE",
    "CLOUDSDK_CONFIG",
    "CLOUDSDK_PYTHON",
    "CLOUDSDK_ACTIVE_CONFIG_NAME",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "AZURE_CONFIG_DIR",
];

/// What a program prints; nothing if it is not there, fails, or takes too long.
#[expect(
    clippy::disallowed_methods,
    reason = "who asks a manager is logged in with the program of its maker"
)]
pub(super) fn answer(program: &str, arguments: &[&str]) -> Option<Zeroizing<Vec<u8>>> {
    // Two of them are scripts on Windows, which are only found by their whole name.
    let names: &[String] = if cfg!(windows) {
        &[format!("{program}.exe"), format!("{program}.cmd")]
    } else {
        &[program.to_owned()]
    };
    let start = |name: &String| {
        let mut command = Command::new(name);
        command.args(arguments).env_clear();
        for name in VARIABLES {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let quiet = command.stdin(Stdio::null()).stderr(Stdio::null());
        quiet.stdout(Stdio::piped()).spawn().ok()
    };
    let mut child = names.iter().find_map(start)?;
    let end = Instant::now() + PATIENCE;
    let printed = pieces(child.stdout.take()?);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_millis(20)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    };
    let mut out = Zeroizing::new(Vec::with_capacity(LARGEST));
    // What it started may go on, with its output open, after it has ended.
    while let Ok(piece) = printed.recv_timeout(BEHIND) {
        out.extend_from_slice(&piece);
    }
    status.success().then_some(out)
}

/// What is printed, as it comes, up to what an answer can be.
#[expect(
    clippy::disallowed_methods,
    reason = "reading a pipe has no limit of time, and whoever has it open may never end"
)]
fn pieces(from: impl Read + Send + 'static) -> Receiver<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut from = from.take(LARGEST as u64);
        let mut buffer = Zeroizing::new([0; 4096]);
        while let Ok(read @ 1..) = from.read(&mut *buffer) {
            let piece = buffer.get(..read).unwrap_or_default().to_vec();
            if sender.send(Zeroizing::new(piece)).is_err() {
                break;
            }
        }
    });
    receiver
}

#[cfg(all(test, unix))]
mod tests {
    use super::answer;

    #[test]
    fn a_program_is_told_only_what_it_needs() {
        let printed = answer("env", &[]).unwrap();
        let text = String::from_utf8_lossy(&printed);
        assert!(text.contains("PATH=") && !text.contains("CARGO_PKG_NAME="));
        assert!(answer("false", &[]).is_none());
        assert!(answer("no-such-program-at-all", &[]).is_none());
    }

    #[test]
    fn what_a_program_leaves_running_is_not_waited_for() {
        let words = ["-c", "(sleep 9; echo two) & echo one"];
        assert_eq!(answer("sh", &words).unwrap().as_slice(), b"one\n");
        let many = answer("sh", &["-c", "head -c 200000 /dev/zero"]);
        assert!(many.is_none_or(|many| many.len() <= super::LARGEST));
    }
}
