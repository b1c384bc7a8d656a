//! `--verify`: the project's own checkers, before and after the files change.

use std::collections::BTreeMap;
use std::path::Path;

use super::Arguments;
use super::complaints::{Complaint, complaints, new};
use crate::cli::fail::say;
use crate::rewrite::{Kind, Package, Plan};
use crate::workspace::{Checker, Site, Touched, Verdict, checkers, command};

/// Complaints that are shown.
const MOST: usize = 5;

/// Checkers with what they said before.
pub(super) struct Verify {
    checkers: Vec<(Checker, Verdict)>,
}

impl Verify {
    /// Runs the checkers on what is there.
    pub(super) fn before(arguments: &Arguments, plan: &Plan, here: &Path, site: &Site) -> Self {
        let found = match arguments.verify.as_deref() {
            None | Some("none") => Vec::new(),
            Some("auto") => automatic(plan, here, site),
            Some(text) => vec![command(here, text)],
        };
        let run = |checker: Checker| {
            let verdict = checker.run();
            if !verdict.success {
                say(&format!(
                    "envacuate: {} fails already; only new errors count",
                    checker.name
                ));
            }
            (checker, verdict)
        };
        let checkers = found.into_iter().map(run).collect();
        Self { checkers }
    }

    /// Runs them again: what is new, some lines of it.
    pub(super) fn after(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut count = 0;
        for (checker, before) in &self.checkers {
            let after = checker.run();
            if after.success {
                continue;
            }
            let found = new(&complaints(&before.output), complaints(&after.output));
            // Whatever it is, it was not there before.
            let is_silent = before.success && found.is_empty();
            count += found.len() + usize::from(is_silent);
            lines.extend(found.into_iter().map(|Complaint { shown, .. }| shown));
            lines.extend(is_silent.then(|| format!("{} fails", checker.name)));
        }
        lines.truncate(MOST);
        if count > MOST {
            lines.push(format!("and {} more", count - MOST));
        }
        lines
    }

    pub(super) fn names(&self) -> String {
        let names = self.checkers.iter().map(|(checker, _)| &*checker.name);
        names.collect::<Vec<_>>().join(", ")
    }
}

/// The checkers of all packages that change.
fn automatic(plan: &Plan, here: &Path, site: &Site) -> Vec<Checker> {
    let mut packages: BTreeMap<&Package, Vec<&str>> = BTreeMap::new();
    let moved = plan.units.iter().filter(|unit| unit.reason.is_none());
    for unit in moved {
        packages.entry(&unit.package).or_default();
    }
    for (package, files) in &mut packages {
        let inside = |path: &&String| Path::new(path).starts_with(&package.root);
        files.extend(plan.files.keys().filter(inside).map(String::as_str));
    }
    let mut found = Vec::new();
    for (package, files) in packages {
        // Without the network, a crate that is new cannot be judged.
        if package.kind == Kind::Cargo && files.iter().any(|path| path.ends_with("Cargo.toml")) {
            say(&format!(
                "envacuate: `cargo check` is left out for `{}`, which gets new crates; run it yourself",
                crate::text::show(&package.name)
            ));
            continue;
        }
        let touched = Touched {
            root: &package.root,
            kind: package.kind,
            files,
        };
        found.extend(checkers(here, &site.scratch(), &touched));
    }
    if found.is_empty() {
        say("envacuate: `--verify` found no checker of the project");
    }
    found
}
