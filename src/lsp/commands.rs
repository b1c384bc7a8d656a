//! Commands that a client can have run.

/// Moves a secret to the secret manager, for clients that want no edit later.
pub(super) const MIGRATE: &str = "envacuate.migrate";
/// Shows the documentation of a rule.
pub(super) const EXPLAIN: &str = "envacuate.explain";
/// Makes all safe fixes of a document, given by its address.
pub(super) const FIX_ALL: &str = "envacuate.fixAll";
/// Looks at all files again.
pub(super) const RESCAN: &str = "envacuate.rescan";
/// Tells what the server knows of itself, for reports of defects.
pub(super) const DEBUG: &str = "envacuate.debugInformation";

/// All of them.
pub(super) const ALL: &[&str] = &[MIGRATE, EXPLAIN, FIX_ALL, RESCAN, DEBUG];
