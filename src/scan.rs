//! Text in, findings out: one function for every front end.
//!
//! Pure and total: broken input is normal input, and no call here fails.

use crate::model::{Problem, Report};
use crate::settings::Settings;

/// Which language or format a path is read as; `None` for a file that is not looked at.
pub fn classify(path: &str) -> Option<&'static str> {
    let _ = path;
    None
}

/// What is known of one file before files are joined.
#[derive(Debug, Default)]
pub struct FileScan {
    /// Path as reports show it.
    pub path: String,
    /// Whether it was parsed.
    pub parsed: bool,
    /// What could not be said.
    pub problems: Vec<Problem>,
}

/// Analyses one file alone. Files can be scanned in any order and in parallel.
pub fn scan(path: &str, text: &[u8], settings: &Settings) -> FileScan {
    let _ = (text, settings);
    FileScan {
        path: path.to_owned(),
        ..FileScan::default()
    }
}

/// Joins the files of a workspace and judges them. `read` gives the text of a file that was scanned before.
pub fn finish(
    files: Vec<FileScan>,
    read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
    settings: &Settings,
) -> Report {
    let _ = (read, settings);
    let mut report = Report::default();
    report.summary.files = files.len();
    report
}
