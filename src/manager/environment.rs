//! What managers are told by variables of the environment and by the files that these name.

use std::path::Path;

use zeroize::Zeroizing;

use super::{Failure, FailureKind};
use crate::workspace::read_whole;

/// In bytes; more is no token, and no certificate.
const LARGEST: u64 = 1024 * 1024;

/// Looks a variable up.
pub(super) type Variables<'v> = &'v dyn Fn(&str) -> Option<String>;

/// A variable of the environment of this process, without blanks around it; nothing where it is empty.
#[expect(
    clippy::disallowed_methods,
    reason = "where the manager is and who asks it is told as every program of the manager is told it"
)]
pub fn variable(name: &str) -> Option<String> {
    let value = Zeroizing::new(std::env::var(name).ok()?);
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// A failure of settings.
pub(super) fn settings(what: &str, help: &'static str) -> Failure {
    Failure::new(FailureKind::Settings, what, help)
}

/// The bytes of a file that a setting names.
pub(super) fn bytes(path: &Path, name: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let bytes = read_whole(path, LARGEST).map_err(|failure| unreadable(name, &failure.message))?;
    Ok(Zeroizing::new(bytes))
}

/// The text of a file that a setting names, without blanks around it.
pub(super) fn text(path: &Path, name: &str) -> Result<Zeroizing<String>, Failure> {
    let bytes = bytes(path, name)?;
    let text = str::from_utf8(&bytes).map_err(|_| unreadable(name, "it is no text"))?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}

pub(super) fn unreadable(name: &str, why: &str) -> Failure {
    settings(
        &format!("{name} cannot be used: {why}"),
        "check the path, and who may read it",
    )
}
