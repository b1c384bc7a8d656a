//! What became of a run of `verify`: for people, and as JSON. Names, paths and versions, and no value.

use std::fmt::Write;
use std::io;

use serde::Serialize;

use super::Options;
use super::plain::{YELLOW, count, paint, plain};
use crate::push::{self, Checked, Readers, Reading, Verified};

/// How many readers of a path people are told of.
const MOST: usize = 100;

/// Writes a line for each secret, who may read it, and what it comes to.
pub fn verified(done: &Verified, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = String::new();
    for one in &done.secrets {
        let head = match one.checked {
            Checked::There => "there".to_owned(),
            other => paint(&format!("missing[{}]", other.as_str()), YELLOW, options),
        };
        let version = one.version.as_ref().map_or(String::new(), |version| {
            format!("version {}", plain(version))
        });
        let what = [version.as_str(), one.checked.advice()];
        let what: Vec<&str> = what.into_iter().filter(|part| !part.is_empty()).collect();
        let (name, path) = (plain(&one.name), plain(&one.path));
        line(
            &mut text,
            &format!("  {name}  {head} {path}: {}", what.join("; ")),
        );
    }
    for one in &done.readers {
        readers(&mut text, one, options);
    }
    let is_there = |one: &&Reading| one.checked == Checked::There;
    let there = done.secrets.iter().filter(is_there).count();
    let all = count(done.secrets.len(), "secret");
    line(&mut text, &format!("{there} of {all} there"));
    out.write_all(text.as_bytes())
}

fn readers(text: &mut String, one: &Readers, options: &Options) {
    let path = plain(&one.path);
    let Some(holders) = &one.holders else {
        line(
            text,
            &format!("  readers of {path}: not told to whoever asks"),
        );
        untold(text, one);
        return;
    };
    line(text, &format!("  readers of {path}:"));
    if holders.is_empty() {
        line(text, "    nobody, as far as is told");
    }
    for reader in holders.iter().take(MOST) {
        let who = match reader.identity.as_str() {
            "" => "whoever has it".to_owned(),
            who => plain(who),
        };
        let by = plain(&reader.policy);
        let condition = if reader.is_conditional {
            "; under a condition, which is not judged here"
        } else {
            ""
        };
        let wider: Vec<String> = reader.wider.iter().map(|clause| plain(clause)).collect();
        let wider = if wider.is_empty() {
            String::new()
        } else {
            format!(
                "; {} {}",
                paint("wider than needed:", YELLOW, options),
                wider.join(", ")
            )
        };
        line(text, &format!("    {by}: {who}{condition}{wider}"));
    }
    if let Some(more) = holders.len().checked_sub(MOST).filter(|more| *more > 0) {
        line(
            text,
            &format!("    and {more} more, which `--format json` has"),
        );
    }
    untold(text, one);
}

fn untold(text: &mut String, one: &Readers) {
    for clause in &one.untold {
        line(text, &format!("    not told: {}", plain(clause)));
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a String takes everything");
}

#[derive(Serialize)]
struct Document<'v> {
    version: u32,
    complete: bool,
    secrets: Vec<Secret<'v>>,
    readers: Vec<Told<'v>>,
}

#[derive(Serialize)]
struct Secret<'v> {
    name: &'v str,
    path: &'v str,
    key: &'v str,
    state: &'static str,
    version: Option<&'v str>,
}

#[derive(Serialize)]
struct Told<'v> {
    path: &'v str,
    holders: Option<Vec<Holder<'v>>>,
    untold: &'v [String],
}

#[derive(Serialize)]
struct Holder<'v> {
    identity: &'v str,
    policy: &'v str,
    wider: &'v [String],
    conditional: bool,
}

/// Writes the same as JSON, version 1.
pub fn verified_json(done: &Verified, out: &mut dyn io::Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        complete: done.is_whole(),
        secrets: done
            .secrets
            .iter()
            .map(|one| Secret {
                name: &one.name,
                path: &one.path,
                key: &one.key,
                state: one.checked.as_str(),
                version: one.version.as_deref(),
            })
            .collect(),
        readers: done
            .readers
            .iter()
            .map(|one| Told {
                path: &one.path,
                holders: one
                    .holders
                    .as_ref()
                    .map(|all| all.iter().map(holder).collect()),
                untold: &one.untold,
            })
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn holder(reader: &push::Holder) -> Holder<'_> {
    Holder {
        identity: &reader.identity,
        policy: &reader.policy,
        wider: &reader.wider,
        conditional: reader.is_conditional,
    }
}
