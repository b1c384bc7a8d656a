//! What `rotate` is told.

use std::path::PathBuf;

use crate::cli::push::ViewFormat;
use crate::cli::terminal::Color;

const EXAMPLES: &str = "\
Examples:
  envacuate rotate --drill A_TOKEN --audit-log /var/log/vault/audit.log
  envacuate rotate --drill A_TOKEN                 and later, when the log of the cloud has come:
  envacuate rotate --readers A_TOKEN --audit-log cloudtrail.json --since 2026-03-01T10:20:30Z
  envacuate rotate --rollback A_TOKEN              the last value that was another one
  envacuate rotate --rollback A_TOKEN --to 3

A drill writes the same value as a new version. With an audit log that grows by lines it tells who
fetched it, after how many seconds, and ends as soon as all did who read the secret within the hour
before, or who are named with --expect. --readers tells the same of a log that came later, and asks
the manager nothing. Logs: of Vault, CloudTrail, Cloud Audit Logs, AuditEvent of Key Vault; see
docs/push.md.

Exit codes: 0 done, 1 done and not all who were expected fetched it, or nobody did, 2 could not do
the work.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(group = clap::ArgGroup::new("work").required(true).args(["drill", "readers", "rollback"]))]
pub(in crate::cli) struct Arguments {
    /// Write the value of this secret again, as a new version
    #[arg(long, value_name = "SECRET")]
    pub(super) drill: Option<String>,

    /// Tell who fetched this secret since it was written, from an audit log; nothing is written
    #[arg(long, value_name = "SECRET", requires = "audit_log")]
    pub(super) readers: Option<String>,

    /// Write an earlier value of this secret as a new version
    #[arg(long, value_name = "SECRET")]
    pub(super) rollback: Option<String>,

    /// The version whose value it is to be [default: the last one with another value]
    #[arg(long, value_name = "VERSION", requires = "rollback")]
    pub(super) to: Option<String>,

    /// The server, where several have a secret of that name
    #[arg(long, value_name = "NAME")]
    pub(super) server: Option<String>,

    /// An audit log of the manager; may be repeated, and `-` is standard input with --readers
    #[arg(long, value_name = "FILE", conflicts_with = "rollback")]
    pub(super) audit_log: Vec<PathBuf>,

    /// Who has to fetch it, as the log names the identity; may be repeated [default: who read it within the hour before]
    #[arg(long, value_name = "WHO", requires = "audit_log")]
    pub(super) expect: Vec<String>,

    /// Since when: a time such as 2026-03-01T10:20:30Z, or a version [default: the last write that the log has]
    #[arg(long, value_name = "TIME|VERSION", requires = "readers")]
    pub(super) since: Option<String>,

    /// The longest that a drill watches the audit log
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 120,
        requires = "drill"
    )]
    pub(super) wait: u32,

    /// The manifest, which names the secrets [default: envacuate.manifest.json]
    #[arg(long, value_name = "FILE")]
    pub(super) manifest: Option<PathBuf>,

    /// How to write what was done
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) format: ViewFormat,

    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub(super) color: Color,
}

impl Arguments {
    /// The name of the secret.
    pub(super) fn name(&self) -> &str {
        let named = [&self.drill, &self.readers, &self.rollback];
        named
            .into_iter()
            .flatten()
            .next()
            .map_or("", String::as_str)
    }
}
