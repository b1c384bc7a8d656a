//! A manifest as Markdown, for the description of a pull request.
//!
//! Short: what moves where, what is left, how to store the values, what to rotate. Names come from code that nobody
//! vetted and from a file that anybody can edit: all of them stand in code spans that they cannot end.

use std::fmt::Write;

use super::marked::{cell, code, fence};
use super::plain::count;
use crate::backend::Backend;
use crate::manifest::{Copy, Holder, Manifest, Reader, Secret, Status};
use crate::rewrite::Reason;
use crate::text::show;

/// Places that are named in a row; of the others only their number is told.
const MAX_PLACES: usize = 3;

/// The manifest as Markdown with a line ending.
pub fn markdown(manifest: &Manifest) -> String {
    let mut out = String::new();
    for part in [head, moves, by_hand, store, rotate, policies] {
        part(manifest, &mut out);
    }
    out
}

/// Appends a line.
macro_rules! line {
    ($out:expr) => { $out.push('\n') };
    ($out:expr, $($part:tt)*) => {
        writeln!($out, $($part)*).expect("a String takes everything")
    };
}

fn head(manifest: &Manifest, out: &mut String) {
    let all = manifest.secrets.len();
    let moved = moved(manifest).count();
    line!(
        out,
        "## Secrets: from the environment to {}\n",
        product(manifest)
    );
    if all == 0 {
        line!(out, "No secret is read from the environment.");
        return;
    }
    let left = match all - moved {
        0 => "none is left in the environment".to_owned(),
        left => format!("{left} left to do by hand"),
    };
    let verb = if moved == 1 { "is" } else { "are" };
    line!(
        out,
        "{moved} of {} {verb} read from {} now, {left}.",
        count(all, "secret"),
        product(manifest)
    );
}

fn product(manifest: &Manifest) -> String {
    Backend::find(&manifest.backend)
        .map_or_else(|| code(&manifest.backend), |known| known.title.to_owned())
}

fn moved(manifest: &Manifest) -> impl Iterator<Item = &Secret> {
    manifest
        .secrets
        .iter()
        .filter(|secret| secret.status == Status::Rewritten)
}

fn moves(manifest: &Manifest, out: &mut String) {
    if moved(manifest).next().is_none() {
        return;
    }
    line!(out, "\n| secret | is kept at | read in | a new value |");
    line!(out, "| --- | --- | --- | --- |");
    for secret in moved(manifest) {
        let mut cells = [
            code(&secret.name),
            code(&secret.reference),
            places(
                secret
                    .readers
                    .iter()
                    .map(|reader| (&*reader.path, reader.line)),
            ),
            rotation(&secret.readers),
        ];
        if let Some(provider) = &secret.provider {
            cells[0] = format!("{} ({})", cells[0], code(provider));
        }
        let cells = cells.map(|text| cell(&text));
        line!(out, "| {} |", cells.join(" | "));
    }
}

fn rotation(readers: &[Reader]) -> String {
    let live = readers
        .iter()
        .filter(|reader| reader.rotation == "live")
        .count();
    match (live, readers.len() - live) {
        (_, 0) => "is seen while it runs".to_owned(),
        (0, _) => "needs a restart".to_owned(),
        (live, _) => format!(
            "is seen by {live} of {} without a restart",
            count(readers.len(), "read")
        ),
    }
}

fn by_hand(manifest: &Manifest, out: &mut String) {
    let left = manifest
        .secrets
        .iter()
        .filter(|secret| !secret.manual.is_empty() || secret.waived.is_some());
    let left: Vec<&Secret> = left.collect();
    let names = manifest.namesakes();
    if left.is_empty() && manifest.packages.is_empty() && names.is_empty() {
        return;
    }
    line!(out, "\n### To do by hand\n");
    for secret in left {
        if let Some(why) = &secret.waived {
            line!(
                out,
                "- {} stays as it is: {}",
                code(&secret.name),
                code(why)
            );
            continue;
        }
        for step in &secret.manual {
            let place = format!("{}:{}", step.path, step.line);
            line!(
                out,
                "- {} at {}: {} ({})",
                code(&secret.name),
                code(&place),
                prose(&step.advice),
                code(&step.reason)
            );
            if let Some(suggestion) = &step.suggestion {
                line!(out, "  - as {}", code(suggestion));
            }
        }
    }
    for package in &manifest.packages {
        let (lock, file) = (code(&package.lock), code(&package.file));
        let added: Vec<String> = package.add.iter().map(|name| code(name)).collect();
        line!(
            out,
            "- run {lock} once for {file}, which needs {} now",
            added.join(", ")
        );
    }
    for one in names {
        line!(out, "- {}", one.advice(&code));
    }
}

fn store(manifest: &Manifest, out: &mut String) {
    if manifest.secrets.is_empty() {
        return;
    }
    line!(out, "\n### Store the values\n");
    line!(
        out,
        "`envacuate push` stores them, never over another value, and reads them back. By hand, with each value in a variable \
         of the shell; of these only `patch` writes over what is there.\n"
    );
    let mut commands: Vec<&str> = manifest
        .secrets
        .iter()
        .map(|secret| &*secret.store)
        .collect();
    // What makes a secret has to come before what adds to it.
    let adds = |command: &&str| command.contains(" kv patch ") || command.starts_with("envacuate ");
    commands.sort_by_key(adds);
    commands.dedup();
    block("sh", &commands.join("\n"), out);
}

fn rotate(manifest: &Manifest, out: &mut String) {
    let known: Vec<&Secret> = manifest
        .secrets
        .iter()
        .filter(|secret| secret.rotate_after)
        .collect();
    if known.is_empty() {
        return;
    }
    line!(out, "\n### Rotate\n");
    line!(
        out,
        "These stood in plain text and must be taken for known, also after the lines are gone.\n"
    );
    for secret in known {
        let place = |copy: &Copy| (copy.path.clone(), copy.line);
        let all: Vec<(String, usize)> = secret.copies.iter().map(place).collect();
        let left = places(all.iter().map(|(path, line)| (path.as_str(), *line)));
        let left = if left.is_empty() {
            String::new()
        } else {
            format!(": in {left}")
        };
        line!(out, "- {}{left}", code(&secret.name));
    }
}

fn policies(manifest: &Manifest, out: &mut String) {
    if manifest.policies.is_empty() {
        return;
    }
    line!(out, "\n<details><summary>Policies</summary>\n");
    let adds = |secret: &Secret| secret.store.contains(" kv patch ");
    if manifest.secrets.iter().any(adds) {
        line!(
            out,
            "To add to a secret, `vault kv patch` needs the capability `patch` as well; what stores a whole secret at once \
             does not.\n"
        );
    }
    for policy in &manifest.policies {
        let whose = match policy.holder {
            Holder::Server => "for the server",
            Holder::Push => "for whoever stores the values",
        };
        line!(out, "{}, {whose}:\n", code(&policy.name));
        let language = match policy.language.as_str() {
            "hcl" => "hcl",
            "iam" => "json",
            _ => "shell",
        };
        block(language, policy.text.trim_end(), out);
        line!(out);
    }
    line!(out, "</details>");
}

/// The first places, and how many more there are.
fn places<'p>(all: impl Iterator<Item = (&'p str, usize)>) -> String {
    let all: Vec<String> = all
        .map(|(path, line)| code(&format!("{path}:{line}")))
        .collect();
    let mut text = all[..all.len().min(MAX_PLACES)].join(", ");
    if all.len() > MAX_PLACES {
        write!(text, " and {} more", all.len() - MAX_PLACES).expect("a String takes everything");
    }
    text
}

/// A sentence that is one of ours; of any other nobody knows what Markdown makes of it, and whom it mentions.
fn prose(text: &str) -> String {
    if Reason::ALL.iter().any(|reason| reason.advice() == text) {
        text.to_owned()
    } else {
        code(text)
    }
}

/// A block of code that its text cannot end.
fn block(language: &str, text: &str, out: &mut String) {
    let fence = fence(text, 3);
    let lines: Vec<String> = text.lines().map(show).collect();
    line!(out, "{fence}{language}\n{}\n{fence}", lines.join("\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_what_it_stands_in() {
        assert_eq!(prose("<b> @me"), "`<b> @me`");
        assert_eq!(prose(Reason::Overlap.advice()), Reason::Overlap.advice());
        let mut out = String::new();
        block("sh", "a\n```\nb", &mut out);
        assert_eq!(out, "````sh\na\n```\nb\n````\n");
    }
}
