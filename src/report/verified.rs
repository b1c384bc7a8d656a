//! What became of a run of `verify`: for people, and as JSON. Names, paths and versions, and no value.

use std::fmt::Write;
use std::io;

use serde::Serialize;

use super::Options;
use super::plain::{YELLOW, count, paint, plain};
use crate::push::{Checked, Readers, Reading, Verified};

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
        return;
    };
    line(text, &format!("  readers of {path}:"));
    for (who, by, wider) in holders {
        let who = match who.as_str() {
            "" => "whoever has it".to_owned(),
            who => plain(who),
        };
        let by = plain(by);
        let wider: Vec<String> = wider.iter().map(|clause| plain(clause)).collect();
        let wider = if wider.is_empty() {
            String::new()
        } else {
            format!(
                "; {} {}",
                paint("wider than needed:", YELLOW, options),
                wider.join(", ")
            )
        };
        line(text, &format!("    {by}: {who}{wider}"));
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
    readers: Vec<Path<'v>>,
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
struct Path<'v> {
    path: &'v str,
    holders: Option<Vec<Holder<'v>>>,
}

#[derive(Serialize)]
struct Holder<'v> {
    identity: &'v str,
    policy: &'v str,
    wider: &'v [String],
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
            .map(|one| Path {
                path: &one.path,
                holders: one
                    .holders
                    .as_ref()
                    .map(|all| all.iter().map(holder).collect()),
            })
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn holder((identity, policy, wider): &(String, String, Vec<String>)) -> Holder<'_> {
    Holder {
        identity,
        policy,
        wider,
    }
}
