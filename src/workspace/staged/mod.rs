//! Files as they are staged: the content in git's index, which is what a commit takes, and not that of the disk.
//!
//! Git says which ones and gives their content; the rest is as in `walk`. Settings and ignore files are those of the
//! work tree. Symbolic links and submodules are no files. What staged files import is read from the index as well,
//! and not judged. Used by `check --staged`.

mod imported;
mod reader;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use reader::Reader;

use super::git_command::{NoAnswer, answer, of_hook, path, repository};
use super::names::is_plain;
use super::open::{Failure, Links};
use super::scanned::Entry;
use super::walk::{Hidden, absolute, is_candidate};
use super::{Effective, Request, Scanned, is_missing, shown};
use crate::model::Tracking;
use crate::scan::largest;

/// Why nothing is known of what is staged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotStaged {
    /// The working directory is in no work tree of git.
    NoRepository,
    /// A path that was named is neither there nor staged.
    NoSuchPath(PathBuf),
    /// Git did not say.
    Git(NoAnswer),
}

impl From<NoAnswer> for NotStaged {
    fn from(why: NoAnswer) -> Self {
        Self::Git(why)
    }
}

/// An entry of the index that a commit would add or change.
#[derive(Debug, PartialEq, Eq)]
struct Change<'a> {
    name: &'a [u8],
    what: What<'a>,
}

#[derive(Debug, PartialEq, Eq)]
enum What<'a> {
    /// A regular file, and the name of its content.
    File(&'a str),
    /// Several versions of which nobody has chosen one.
    Conflict,
}

/// Scans what is staged of the paths of a request.
pub fn staged(request: &Request<'_>) -> Result<Scanned, NotStaged> {
    let here = request.working_directory;
    let root = repository(here).ok_or(NotStaged::NoRepository)?;
    let mut command = of_hook(root);
    command
        .args(["diff", "--cached", "--raw", "-z", "--no-abbrev"])
        // A file that was renamed is as new as any.
        .args(["--no-renames", "--diff-filter=AMTU"])
        .args(["--no-ext-diff", "--no-textconv", "--ignore-submodules=all"]);
    let listing = answer(command, &[0])?;
    let changes: Vec<(PathBuf, What<'_>)> = changes(&listing)
        .into_iter()
        .map(|change| (root.join(path(change.name)), change.what))
        .collect();
    let mut scanned = Scanned {
        working_directory: here.to_owned(),
        ..Scanned::default()
    };
    let mut hidden = Hidden::new(request.heeded());
    let mut reader = None;
    let asked = Asked::new(request, &changes)?;
    for (file, what) in changes {
        if !is_candidate(&file) || !asked.wants(&mut hidden, &file) {
            continue;
        }
        let directory = file.parent().unwrap_or(root);
        let effective = (request.settings)(directory);
        if effective.has_exclude() && effective.excludes(&file) {
            continue;
        }
        let name = shown(&file, here);
        let text = match what {
            What::Conflict => Err(Failure::unreadable(
                "it has conflicts that are not resolved, so that nothing of it is staged",
            )),
            What::File(object) => {
                let reader = match &mut reader {
                    Some(reader) => reader,
                    None => reader.insert(Reader::start(root)?),
                };
                let cap = effective.settings.max_file_size;
                let data = largest(&name).filter(|&largest| largest < cap);
                match reader.read(object, data.unwrap_or(cap)) {
                    // Data, not configuration.
                    Ok(None) if data.is_some() => continue,
                    Ok(Some(text)) => Ok(text),
                    Ok(None) => Err(Failure::too_large(cap)),
                    Err(_) => Err(Failure::unreadable("git does not have its staged content")),
                }
            }
        };
        keep(&mut scanned, &file, name, text, effective);
    }
    // Without a reader, nothing was read that could import.
    if let Some(reader) = &mut reader {
        imported::add(&mut scanned, reader, root, request)?;
    }
    Ok(scanned)
}

fn keep(
    scanned: &mut Scanned,
    file: &Path,
    name: String,
    text: Result<Vec<u8>, Failure>,
    effective: Arc<Effective>,
) {
    match text {
        Ok(text) => {
            let mut entry = Entry::scanned(name.clone(), &text, Tracking::Tracked, effective);
            // Two strange names may be shown alike.
            entry.reopen = (!is_plain(file, &name)).then(|| (file.to_owned(), Links::Refuse));
            scanned.entries.push(entry);
            scanned.held.insert(name, text);
        }
        Err(failure) => {
            scanned.named_failed |= failure.kind == crate::model::ProblemKind::Unreadable;
            scanned
                .entries
                .push(Entry::failed(name, failure, effective));
        }
    }
}

/// The paths of a request, each absolute as it was named and as it is without links.
struct Asked {
    paths: Vec<PathBuf>,
    /// Where a walk would start that meets files which are named.
    top: Option<PathBuf>,
}

impl Asked {
    fn new(request: &Request<'_>, changes: &[(PathBuf, What<'_>)]) -> Result<Self, NotStaged> {
        let mut paths = Vec::new();
        for path in request.paths {
            let named = absolute(path, request.working_directory);
            if let Ok(real) = std::fs::canonicalize(&named)
                && real != named
            {
                paths.push(real);
            } else if is_missing(&named)
                && !changes.iter().any(|(file, _)| file.starts_with(&named))
            {
                return Err(NotStaged::NoSuchPath(path.clone()));
            }
            paths.push(named);
        }
        Ok(Self {
            paths,
            top: request
                .force_exclude
                .then(|| request.working_directory.to_owned()),
        })
    }

    /// Whether a file is one of the paths, or would be met below one.
    fn wants(&self, hidden: &mut Hidden, file: &Path) -> bool {
        self.paths.iter().any(|path| {
            let start = self.top.as_ref().filter(|_| file == path);
            file.starts_with(path)
                && (file == path && start.is_none()
                    || hidden.by(start.unwrap_or(path), file).is_none())
        })
    }
}

/// What an answer of `git diff --raw -z` names, without what is no file.
fn changes(listing: &[u8]) -> Vec<Change<'_>> {
    let mut parts = listing.split(|byte| *byte == 0);
    let mut found = Vec::new();
    while let (Some(head), Some(name)) = (parts.next(), parts.next()) {
        let head = str::from_utf8(head).unwrap_or_default();
        let words: Vec<&str> = head.split(' ').collect();
        let [_, mode, _, object, state] = words[..] else {
            continue;
        };
        let what = match (state, mode) {
            ("U", _) => What::Conflict,
            (_, "100644" | "100755") => What::File(object),
            _ => continue,
        };
        found.push(Change { name, what });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings_are_read_as_git_writes_them() {
        let (none, some) = ("0".repeat(40), "1".repeat(40));
        let listing = format!(
            ":000000 100644 {none} {some} A\0new file\n.ts\0\
             :100644 100755 {none} {some} M\0run.py\0\
             :000000 120000 {none} {some} A\0link.ts\0\
             :000000 160000 {none} {some} A\0module\0\
             :000000 000000 {none} {none} U\0torn.rs\0"
        );
        let found = changes(listing.as_bytes());
        let names: Vec<_> = found.iter().map(|change| change.name).collect();
        assert_eq!(names, [&b"new file\n.ts"[..], b"run.py", b"torn.rs"]);
        assert_eq!(found[0].what, What::File(&some));
        assert_eq!(found[2].what, What::Conflict);
    }
}
