//! What git has of a tree: the names in its index, read by ourselves.
//!
//! Git is not started here: a repository can say what it runs. Only names that anybody asks for are kept.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::open::{Links, read_into};
use crate::model::Tracking;
use crate::scan::asks_git;

/// No index is larger, in bytes.
const LARGEST: u64 = 512 * 1024 * 1024;

/// The longest `.git` file, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Bytes of a hash in an index: SHA-1, or SHA-256 in repositories that chose so.
const HASHES: [usize; 2] = [20, 32];

/// The names that a repository has; nothing if its index could not be read.
type Names = Option<FxHashSet<Vec<u8>>>;

/// The repositories that were met, by their folders.
#[derive(Debug, Default)]
pub(super) struct Repositories(Mutex<FxHashMap<PathBuf, Arc<Names>>>);

impl Repositories {
    /// What git does with a file that may be asked for, by its absolute path.
    pub(super) fn tracking(&self, path: &Path) -> Tracking {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Tracking::Unknown;
        };
        let Ok(folder) = std::fs::canonicalize(folder) else {
            return Tracking::Unknown;
        };
        let found = folder
            .ancestors()
            .find_map(|above| Some((above, directory(above)?)));
        let Some((root, git)) = found else {
            return Tracking::NoGit;
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let names = known
            .entry(root.to_owned())
            .or_insert_with(|| Arc::new(read(&git)));
        let names = Arc::clone(names);
        drop(known);
        let Some(names) = &*names else {
            return Tracking::Unknown;
        };
        let below = folder.join(name);
        let below = below.strip_prefix(root).unwrap_or(&below);
        let parts: Vec<&[u8]> = below.iter().map(OsStr::as_encoded_bytes).collect();
        if names.contains(&parts.join(&b'/')) {
            Tracking::Tracked
        } else {
            Tracking::Untracked
        }
    }
}

/// The directory of git for a folder that is the root of a work tree.
pub(super) fn directory(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    let metadata = std::fs::metadata(&git).ok()?;
    let directory = if metadata.is_dir() {
        git
    } else {
        let mut bytes = Vec::new();
        read_into(&git, Links::Follow, LONGEST, &mut bytes).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        root.join(text.strip_prefix("gitdir:")?.trim())
    };
    std::fs::symlink_metadata(directory.join("HEAD"))
        .is_ok()
        .then_some(directory)
}

fn read(git: &Path) -> Names {
    let mut index = Vec::new();
    match read_into(&git.join("index"), Links::Follow, LARGEST, &mut index) {
        Ok(()) => HASHES.iter().find_map(|&hash| names(&index, hash)),
        // Nothing was ever added.
        Err(failure) if failure.missing => Some(FxHashSet::default()),
        Err(_) => None,
    }
}

/// The names in an index of version 2, 3 or 4; nothing if it is anything else, or only a part of one.
fn names(index: &[u8], hash: usize) -> Names {
    let end = index.len().checked_sub(hash)?;
    let (version, count) = (number(index, 4)?, number(index, 8)?);
    if !index.starts_with(b"DIRC") || !(2..=4).contains(&version) {
        return None;
    }
    let mut found = FxHashSet::default();
    let mut name: Vec<u8> = Vec::new();
    let mut at = 12;
    for _ in 0..count {
        // Ten numbers, the hash, and flags that say whether there are more of them.
        let flags = at + 40 + hash;
        let is_extended = index.get(flags)? & 0x40 != 0;
        let mut from = flags + 2 + usize::from(is_extended) * 2;
        if version == 4 {
            let dropped = varint(index, &mut from)?;
            name.truncate(name.len().checked_sub(dropped)?);
        } else {
            name.clear();
        }
        let length = memchr::memchr(0, index.get(from..end)?)?;
        name.extend_from_slice(&index[from..from + length]);
        at = if version == 4 {
            from + length + 1
        } else {
            at + (from + length - at + 8) / 8 * 8
        };
        let last = memchr::memrchr(b'/', &name).map_or(0, |slash| slash + 1);
        if str::from_utf8(&name[last..]).is_ok_and(asks_git) {
            found.insert(name.clone());
        }
    }
    while at < end {
        // The rest of a split index is in another file.
        if index.get(at..at + 4)? == b"link" {
            return None;
        }
        at += 8 + usize::try_from(number(index, at + 4)?).ok()?;
    }
    (at == end).then_some(found)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

/// A number of as many bytes as it takes, seven bits each, the highest first.
fn varint(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut value = 0_usize;
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value = value
            .checked_mul(128)?
            .checked_add(usize::from(byte & 127))?;
        if byte & 128 == 0 {
            return Some(value);
        }
        value = value.checked_add(1)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index with some names, as git writes it.
    fn index(version: u8, hash: usize, files: &[&str]) -> Vec<u8> {
        let mut out = [b"DIRC\0\0\0".as_slice(), &[version, 0, 0, 0]].concat();
        out.push(u8::try_from(files.len()).unwrap());
        let mut before = "";
        for name in files {
            let start = out.len();
            out.extend(std::iter::repeat_n(7, 40 + hash));
            // The second kind of entry has flags of two more bytes.
            let is_extended = version > 2 && name.len() % 2 == 0;
            out.extend([if is_extended { 0x40 } else { 0 }, 9]);
            out.extend(is_extended.then_some([0, 0]).into_iter().flatten());
            if version == 4 {
                let same = before
                    .bytes()
                    .zip(name.bytes())
                    .take_while(|(a, b)| a == b)
                    .count();
                out.push(u8::try_from(before.len() - same).unwrap());
                out.extend(&name.as_bytes()[same..]);
                out.push(0);
                before = name;
            } else {
                out.extend(name.as_bytes());
                let length = (out.len() - start + 8) / 8 * 8;
                out.resize(start + length, 0);
            }
        }
        out.extend(b"TREE\0\0\0\x03abc");
        out.extend(std::iter::repeat_n(1, hash));
        out
    }

    #[test]
    fn every_version_is_read() {
        let files = [
            ".env",
            "a/.env.local",
            "a/b/.env",
            "a/b/main.ts",
            "b/prod.env",
        ];
        for version in 2..=4 {
            for hash in HASHES {
                let index = index(version, hash, &files);
                let found = HASHES.iter().find_map(|&hash| names(&index, hash)).unwrap();
                let mut found: Vec<_> = found
                    .iter()
                    .map(|name| str::from_utf8(name).unwrap())
                    .collect();
                found.sort_unstable();
                assert_eq!(found, [".env", "a/.env.local", "a/b/.env", "b/prod.env"]);
                for end in 0..index.len() - 11 {
                    assert_eq!(names(&index[..end], hash), None, "{version} {hash} {end}");
                }
            }
        }
    }

    #[test]
    fn a_split_index_is_not_taken_for_a_whole_one() {
        let mut split = index(2, 20, &["a"]);
        let at = split.windows(4).position(|four| four == b"TREE").unwrap();
        split[at..at + 4].copy_from_slice(b"link");
        assert_eq!(names(&split, 20), None);
    }

    #[test]
    fn long_numbers_are_read_as_git_writes_them() {
        assert_eq!(varint(&[0x80, 0], &mut 0), Some(128));
        assert_eq!(varint(&[0xff, 0x7f], &mut 0), Some(16_511));
        assert_eq!(varint(&[0xff; 30], &mut 0), None);
    }
}
