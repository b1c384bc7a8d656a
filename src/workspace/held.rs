//! Scanned files whose texts change while somebody works on them: an editor's buffers, and files that are written.
//!
//! A changed file is only noted; it is scanned again when the files are joined. Used by the language server.

use std::path::Path;
use std::sync::Arc;

use super::open::{Failure, Links, read_into};
use super::scanned::{Entry, failed};
use super::{Effective, Scanned, guarded};
use crate::model::{Report, Tracking};
use crate::scan::{self, FileScan, Told};

impl Scanned {
    /// No file yet; paths will start at `working_directory`.
    pub fn nothing(working_directory: &Path) -> Self {
        Self {
            working_directory: working_directory.to_owned(),
            ..Self::default()
        }
    }

    /// Whether a file is one of these.
    pub fn has(&self, path: &str) -> bool {
        self.entries.iter().any(|entry| entry.scan.path == path)
    }

    /// Lets a text stand in for a file, which is added if it is none of these.
    pub fn hold(&mut self, path: &str, text: Vec<u8>, effective: &Arc<Effective>) {
        if !self.has(path) {
            self.entries.push(Entry {
                scan: FileScan {
                    path: path.to_owned(),
                    ..FileScan::default()
                },
                effective: Arc::clone(effective),
                reopen: None,
            });
        }
        self.held.insert(path.to_owned(), text);
        self.stale.insert(path.to_owned());
    }

    /// Lets a file have the text of the disk again, or be none of these where the disk has none.
    pub fn release(&mut self, path: &str) {
        self.held.remove(path);
        self.stale.insert(path.to_owned());
    }

    /// Scans again what has another text by now.
    pub fn refresh(&mut self) {
        for path in std::mem::take(&mut self.stale) {
            let Some(at) = self.entries.iter().position(|own| own.scan.path == path) else {
                continue;
            };
            let text = match (self.held.get(&path), self.file(&path)) {
                (Some(held), _) => Ok(held.clone()),
                (None, Some((file, largest))) => {
                    let mut text = Vec::new();
                    read_into(&file, Links::Refuse, largest, &mut text).map(|()| text)
                }
                (None, None) => continue,
            };
            let tracking = self.tracking(&path);
            let entry = &mut self.entries[at];
            entry.scan = match text {
                Ok(text) => look(&path, &text, &entry.effective, |text| {
                    scan::scan_tracked(&path, text, &entry.effective.settings, tracking)
                }),
                Err(failure) if failure.missing => {
                    self.entries.remove(at);
                    continue;
                }
                Err(failure) => failed(path, failure),
            };
        }
    }
}

/// What is found in a text that stands in for a file, with what that file was told of others when they were joined.
pub fn judge_held(
    path: &str,
    text: &[u8],
    effective: &Effective,
    tracking: Tracking,
    told: &Told,
) -> Report {
    let file = look(path, text, effective, |text| {
        scan::again(path, text, &effective.settings, tracking, told)
    });
    let mut report = Report {
        findings: file.findings,
        problems: file.problems,
        ..Report::default()
    };
    report.recount();
    report
}

/// What is found in such a text after a key was pressed; nothing where all of it has to be looked at, or a defect
/// stopped the look at a part.
pub fn judge_near(
    path: &str,
    text: &[u8],
    effective: &Effective,
    told: &Told,
    before: &scan::Before<'_>,
) -> Option<scan::Near> {
    let is_read = text.len() as u64 <= effective.settings.max_file_size;
    let near = || scan::near(path, text, &effective.settings, told, before);
    guarded(|| is_read.then(near)).ok()??
}

/// A scan that ends in a problem where a defect stops it, or where the text is larger than it may be.
fn look(
    path: &str,
    text: &[u8],
    effective: &Effective,
    scan: impl FnOnce(&[u8]) -> FileScan,
) -> FileScan {
    let cap = effective.settings.max_file_size;
    if text.len() as u64 > cap {
        return failed(path.to_owned(), Failure::too_large(cap));
    }
    guarded(|| scan(text))
        .unwrap_or_else(|defect| failed(path.to_owned(), Failure::internal(defect)))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::settings::Settings;
    use crate::workspace::{Request, scan, write_atomic};

    const GIVER: &str = "export const config = { token: process.env.API_TOKEN };\n";
    const TAKER: &str = "import { config } from './config.js';\nconsole.log(config.token);\n";

    fn rules(report: &Report) -> Vec<(&str, &'static str)> {
        let findings = report.findings.iter();
        findings
            .map(|finding| (finding.location.path.as_str(), finding.rule))
            .collect()
    }

    #[test]
    fn a_held_text_counts_in_the_place_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let write =
            |name: &str, text: &str| write_atomic(&root.join(name), text.as_bytes()).unwrap();
        write("config.js", GIVER);
        write("server.js", "import { config } from './config.js';\n");
        let effective = Arc::new(Effective::new(Settings::default(), root.to_owned()));
        let mut scanned = scan(&Request {
            paths: &[PathBuf::from(root)],
            working_directory: root,
            jobs: 1,
            git_ignore: true,
            ignore_files: true,
            force_exclude: false,
            settings: &|_| Arc::clone(&effective),
        });
        let (report, told) = scanned.clone().finish_and_tell().unwrap();
        assert_eq!(rules(&report), [("config.js", "env-secret-read")]);

        scanned.hold("server.js", TAKER.into(), &effective);
        let (report, after) = scanned.clone().finish_and_tell().unwrap();
        let all = [
            ("config.js", "env-secret-read"),
            ("server.js", "secret-exposed"),
        ];
        assert_eq!(rules(&report), all);
        for told in [told, after] {
            let quick = judge_held(
                "server.js",
                TAKER.as_bytes(),
                &effective,
                Tracking::Unknown,
                &told,
            );
            assert_eq!(rules(&quick), all[1..]);
            assert_eq!(
                quick.findings[0].fingerprint,
                report.findings[1].fingerprint
            );
        }

        scanned.hold(
            "new.py",
            b"import os\nprint(os.environ)\n".to_vec(),
            &effective,
        );
        assert_eq!(
            rules(&scanned.clone().finish().unwrap())[1],
            ("new.py", "env-dump")
        );
        scanned.release("new.py");
        scanned.release("server.js");
        assert_eq!(
            rules(&scanned.finish().unwrap()),
            [("config.js", "env-secret-read")]
        );
    }

    #[test]
    fn a_text_beyond_the_cap_is_told_and_not_read() {
        let settings = Settings {
            max_file_size: 10,
            ..Settings::default()
        };
        let effective = Effective::new(settings, PathBuf::from("/"));
        let report = judge_held(
            "a.js",
            GIVER.as_bytes(),
            &effective,
            Tracking::Unknown,
            &Told::default(),
        );
        assert!(report.findings.is_empty());
        assert_eq!(report.problems.len(), 1);
    }
}
