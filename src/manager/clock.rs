//! The time of this machine, for what is signed.

use std::time::SystemTime;

/// In seconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "a signature is only taken in the minutes around it; no output depends on it"
)]
pub(super) fn seconds() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
