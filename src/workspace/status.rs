//! What git has of files that are about to change.
//!
//! Says how files stand, not what may be done with them. Used where files are about to be written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::git;
use super::git_command::{NoAnswer, answer, command, filters_off};

/// How a file stands with version control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its text is committed, or there is no file and none is missing.
    Clean,
    /// All of its changes are staged.
    Staged,
    /// It has changes, or conflicts.
    Modified,
    /// Git does not know it.
    Untracked,
    /// It is in no repository.
    Alone,
}

/// Paths that are asked for at once; a command line holds so many.
const AT_ONCE: usize = 200;

/// How the files at these paths below `root` stand, in their order.
pub fn standings(root: &Path, paths: &[&str]) -> Result<Vec<Standing>, NoAnswer> {
    let mut found = vec![Standing::Clean; paths.len()];
    let mut repositories: BTreeMap<PathBuf, Vec<(usize, Vec<u8>)>> = BTreeMap::new();
    for (number, path) in paths.iter().enumerate() {
        let place = root.join(path);
        let mut above = place.ancestors().skip(1);
        let Some(repository) = above.find(|above| git::directory(above).is_some()) else {
            found[number] = Standing::Alone;
            continue;
        };
        let inner = place.strip_prefix(repository).unwrap_or(&place);
        let parts: Vec<&[u8]> = inner
            .iter()
            .map(std::ffi::OsStr::as_encoded_bytes)
            .collect();
        let files = repositories.entry(repository.to_owned()).or_default();
        files.push((number, parts.join(&b'/')));
    }
    for (repository, files) in &repositories {
        let filters = filters_off(repository)?;
        for files in files.chunks(AT_ONCE) {
            let wanted = files.iter().map(|(number, _)| root.join(paths[*number]));
            let mut command = command(repository);
            for filter in &filters {
                command.arg("-c").arg(filter);
            }
            command
                .args(["status", "--porcelain=v2", "-z", "--no-renames"])
                .args(["--untracked-files=all", "--ignore-submodules=all", "--"])
                .args(wanted);
            for (path, standing) in entries(&answer(command, &[0])?) {
                if let Some((number, _)) = files.iter().find(|(_, name)| *name == path) {
                    found[*number] = standing;
                }
            }
        }
    }
    Ok(found)
}

/// The files that an answer names, in the second format for programs.
fn entries(answer: &[u8]) -> Vec<(&[u8], Standing)> {
    let records = answer.split(|byte| *byte == 0);
    records.filter_map(entry).collect()
}

fn entry(record: &[u8]) -> Option<(&[u8], Standing)> {
    // How many words stand before the path, which may hold spaces.
    let before = match record.first()? {
        b'1' => 8,
        b'u' => 10,
        b'?' => 1,
        _ => return None,
    };
    let path = record
        .splitn(before + 1, |byte| *byte == b' ')
        .nth(before)?;
    let standing = match (record[0], record.get(2), record.get(3)) {
        (b'?', ..) => Standing::Untracked,
        (b'1', Some(_), Some(b'.')) => Standing::Staged,
        _ => Standing::Modified,
    };
    Some((path, standing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_as_git_writes_them() {
        let hash = "0123456789012345678901234567890123456789";
        let answer = format!(
            "1 .M N... 100644 100644 100644 {hash} {hash} a b.ts\0\
             1 M. N... 100644 100644 100644 {hash} {hash} staged.ts\0\
             1 AM N... 000000 100644 100644 {hash} {hash} both.ts\0\
             u UU N... 100644 100644 100644 100644 {hash} {hash} {hash} torn.ts\0\
             ? new file.py\0! ignored.py\0"
        );
        let found = entries(answer.as_bytes());
        let expected: [(&[u8], Standing); 5] = [
            (b"a b.ts", Standing::Modified),
            (b"staged.ts", Standing::Staged),
            (b"both.ts", Standing::Modified),
            (b"torn.ts", Standing::Modified),
            (b"new file.py", Standing::Untracked),
        ];
        assert_eq!(found, expected);
    }
}
