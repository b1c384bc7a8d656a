//! Links met on a walk are not followed; which of them have to be told.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::scan::classify;

/// Knows which places a walk reaches anyway.
pub(super) struct Links<'a> {
    paths: &'a [PathBuf],
    roots: OnceLock<Vec<PathBuf>>,
}

impl<'a> Links<'a> {
    pub(super) fn new(paths: &'a [PathBuf]) -> Self {
        Self {
            paths,
            roots: OnceLock::new(),
        }
    }

    /// Why the target of a link is not analysed; `None` when the walk meets it under its own name.
    pub(super) fn unseen(&self, link: &Path) -> Option<&'static str> {
        let Ok(target) = std::fs::canonicalize(link) else {
            return Some("it is a symbolic link that leads nowhere");
        };
        let roots = self.roots.get_or_init(|| {
            self.paths
                .iter()
                .filter_map(|path| std::fs::canonicalize(path).ok())
                .collect()
        });
        let inside = roots.iter().any(|root| target.starts_with(root));
        let looked_at = inside && target.is_file() && classify(&target.to_string_lossy()).is_some();
        (!looked_at).then_some("it is a symbolic link, which is not followed")
    }
}
