//! Addresses of files, as the protocol writes them.

use std::path::{Path, PathBuf};

use gen_lsp_types::Uri;

/// The file of an address; nothing for a text that is in no file.
pub(super) fn file(uri: &Uri) -> Option<PathBuf> {
    if uri.scheme() == "file" {
        uri.to_file_path().ok()
    } else {
        None
    }
}

/// The address of a file, given by its absolute path.
pub(super) fn address(path: &Path) -> Option<Uri> {
    Uri::from_file_path(path).ok()
}

/// A name for a text that is in no file, which tells its language.
pub(super) fn name(uri: &Uri, language: &str) -> String {
    let end = match language {
        "typescript" => ".ts",
        "typescriptreact" => ".tsx",
        "javascript" | "javascriptreact" => ".js",
        "python" => ".py",
        "rust" => ".rs",
        "json" => ".json",
        "jsonc" => ".jsonc",
        "yaml" => ".yaml",
        "toml" => ".toml",
        "dotenv" => ".env",
        "dockerfile" => ".Dockerfile",
        "shellscript" => ".sh",
        _ => "",
    };
    let own = uri.path().rsplit('/').next().unwrap_or_default();
    let plain = own
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    format!("{}{end}", plain.collect::<String>())
}
