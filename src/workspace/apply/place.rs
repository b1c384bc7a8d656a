//! Where a path of a journal leads: only to places below the working directory, over real directories.
//!
//! A journal may come from a stranger's archive, so its paths are judged again whenever they are used.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::Trouble;

/// The place of a path that has only plain parts and does not belong to git.
pub(super) fn of(root: &Path, path: &str) -> Result<PathBuf, Trouble> {
    let outside = || Trouble::Outside(path.to_owned());
    let mut place = root.to_owned();
    let mut parts = Path::new(path).components().peekable();
    if parts.peek().is_none() || path.contains('\0') {
        return Err(outside());
    }
    while let Some(part) = parts.next() {
        let Component::Normal(part) = part else {
            return Err(outside());
        };
        if part.eq_ignore_ascii_case(".git") || part.eq_ignore_ascii_case(super::folder::FOLDER) {
            return Err(outside());
        }
        place.push(part);
        let is_above = parts.peek().is_some();
        if is_above && fs::symlink_metadata(&place).is_ok_and(|there| there.is_symlink()) {
            return Err(Trouble::Link(path.to_owned()));
        }
    }
    Ok(place)
}

/// A name in the directory of a path; only names that our own temporary files have.
pub(super) fn beside(root: &Path, path: &str, name: &str) -> Result<PathBuf, Trouble> {
    let is_part = |c: char| c.is_ascii_digit() || c == '-';
    let number = name
        .strip_prefix(".envacuate-")
        .and_then(|rest| rest.strip_suffix(".tmp"));
    if number.is_none_or(|number| !number.chars().all(is_part)) {
        return Err(Trouble::Damaged);
    }
    Ok(of(root, path)?.with_file_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_have_a_place() {
        let root = tempfile::tempdir().unwrap();
        for wrong in [
            "",
            ".",
            "/etc/passwd",
            "../a",
            "a/../../b",
            ".git/config",
            "a/.GIT/hooks/pre-commit",
            ".envacuate/applied.json",
            "a\0b",
        ] {
            let outside = Err(Trouble::Outside(wrong.to_owned()));
            assert_eq!(of(root.path(), wrong), outside, "{wrong:?}");
        }
        assert_eq!(of(root.path(), "a/b.ts"), Ok(root.path().join("a/b.ts")));
    }

    #[test]
    fn only_own_names_stand_beside() {
        let root = Path::new("root");
        for wrong in [
            "a.tmp",
            "../.envacuate-1-2.tmp",
            ".envacuate-1/2.tmp",
            ".envacuate-.tmp2",
        ] {
            assert_eq!(beside(root, "a", wrong), Err(Trouble::Damaged), "{wrong}");
        }
        let name = ".envacuate-12-3.tmp";
        assert_eq!(beside(root, "b/a", name), Ok(root.join("b").join(name)));
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_on_the_way() {
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(root.path(), root.path().join("link")).unwrap();
        assert_eq!(
            of(root.path(), "link/a"),
            Err(Trouble::Link("link/a".to_owned()))
        );
    }
}
