//! Files that staged ones take something from, as they are in the index: a name that stands in another file, an
//! environment that it gives on.
//!
//! They are looked at so that staged files are understood, and not judged themselves. How far is bounded.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::reader::Reader;
use crate::language::Language;
use crate::link::Modules;
use crate::model::Tracking;
use crate::scan::{classify, imports};
use crate::workspace::git_command::{NoAnswer, answer, of_hook, path};
use crate::workspace::scanned::Entry;
use crate::workspace::{Request, Scanned, shown};

/// How many imports lie between a staged file and one that is looked at.
const MAX_STEPS: usize = 3;
/// Files that are looked at.
const MAX_FILES: usize = 500;

/// A file of the index.
struct File {
    place: PathBuf,
    object: String,
}

/// Adds the files that staged ones import.
pub(super) fn add(
    scanned: &mut Scanned,
    reader: &mut Reader,
    root: &Path,
    request: &Request<'_>,
) -> Result<(), NoAnswer> {
    let mut open: Vec<(String, Vec<String>)> = scanned
        .entries
        .iter()
        .map(|one| imported(one, scanned))
        .collect();
    open.retain(|(_, modules)| !modules.is_empty());
    if open.is_empty() {
        return Ok(());
    }
    let files = index(root, request.working_directory)?;
    let mut paths: Vec<String> = files.keys().cloned().collect();
    paths.sort();
    let modules = Modules::new(&paths);
    for _ in 0..MAX_STEPS {
        let mut next = Vec::new();
        for (from, names) in std::mem::take(&mut open) {
            let Some(family) = classify(&from).map(Language::family) else {
                continue;
            };
            for target in names
                .iter()
                .flat_map(|name| modules.resolve(&from, name, family))
            {
                let Some(file) = files.get(&target) else {
                    continue;
                };
                if scanned.held.contains_key(&target) || scanned.aside.len() >= MAX_FILES {
                    continue;
                }
                let directory = file.place.parent().unwrap_or(root);
                let effective = (request.settings)(directory);
                let cap = effective.settings.max_file_size;
                let Ok(Some(text)) = reader.read(&file.object, cap) else {
                    continue;
                };
                let entry = Entry::scanned(target.clone(), &text, Tracking::Tracked, effective);
                scanned.held.insert(target.clone(), text);
                scanned.aside.insert(target);
                next.push(imported(&entry, scanned));
                scanned.entries.push(entry);
            }
        }
        open = next;
    }
    Ok(())
}

/// A file and the modules that it imports.
fn imported(entry: &Entry, scanned: &Scanned) -> (String, Vec<String>) {
    let file = &entry.scan;
    let text = scanned.held.get(&file.path);
    let found = text.map(|text| imports(file, text, &entry.effective.settings));
    (file.path.clone(), found.unwrap_or_default())
}

/// The source files of the index, by path as reports show it.
fn index(root: &Path, here: &Path) -> Result<FxHashMap<String, File>, NoAnswer> {
    let mut command = of_hook(root);
    command.args(["ls-files", "--cached", "--stage", "-z"]);
    let listing = answer(command, &[0])?;
    let mut files = FxHashMap::default();
    for entry in listing.split(|byte| *byte == 0) {
        let Some(tab) = entry.iter().position(|byte| *byte == b'\t') else {
            continue;
        };
        let head = str::from_utf8(&entry[..tab]).unwrap_or_default();
        let mut words = head.split(' ');
        let (Some("100644" | "100755"), Some(object), Some("0")) =
            (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let name = &entry[tab + 1..];
        if str::from_utf8(name).is_ok_and(|name| classify(name).is_some()) {
            let place = root.join(path(name));
            let object = object.to_owned();
            files.insert(shown(&place, here), File { place, object });
        }
    }
    Ok(files)
}
