//! `migrate --write` on a real disk: killed at every step, failing at every step, rolled back, and what it refuses.

#![expect(
    clippy::disallowed_methods,
    reason = "tests make files and start programs"
)]

#[cfg(unix)]
mod canary;
mod check;
mod client;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod cut;
mod guard;
mod json;
mod rollback;
mod verify;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::cli::tree;
use crate::support::{files, relative};

/// Stands in source beside a read; no journal may hold it.
pub(crate) const LITERAL: &str = "hunter2-canary-zebra";

/// A package of two languages, with a value in plain text beside each read.
fn package() -> TempDir {
    let ts = format!(
        "const a = process.env.GITHUB_TOKEN || \"{LITERAL}\", b = process.env.SLACK_TOKEN || \"{LITERAL}\";\r\n"
    );
    let python = format!(
        "#!/usr/bin/env python3\nimport os\n\nkey = os.environ.get(\"API_KEY\", \"{LITERAL}\")  # {LITERAL}\n"
    );
    let directory = tree(&[
        ("package.json", "{\"name\": \"notes\"}\n"),
        ("src/a.ts", &ts),
        ("py/pyproject.toml", "[project]\nname = \"tool\"\n"),
        ("py/tool.py", &python),
    ]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let script = directory.path().join("py/tool.py");
        fs::set_permissions(script, fs::Permissions::from_mode(0o755)).unwrap();
    }
    directory
}

/// Every file below a directory with its mode, apart from our own folder and what git keeps.
fn texts(root: &Path) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    for path in files(root) {
        let name = relative(&path, root);
        if !name.starts_with(".envacuate/") && !name.starts_with(".git/") {
            found.insert(name, (mode(&path), fs::read(&path).unwrap()));
        }
    }
    found
}

fn mode(path: &Path) -> u32 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        0
    }
}
