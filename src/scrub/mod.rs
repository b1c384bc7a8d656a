//! Secrets that were moved are taken out of config files: from a text to the same text without them.
//!
//! Byte edits at places that the parsers of `config` gave; nothing is printed anew, and comments stay. Each step is read
//! again and has to hold all that was there but for what was taken out; where that cannot be shown, the value stays and
//! a reason is told. Pure; whether a value may go is asked. Used by `scrub`.

mod braced;
mod check;
mod docker;
mod lines;
mod reason;

pub use reason::Reason;

use crate::config::{Assigned, Format, Shape, assigned, classify, has_anchors};
use crate::edit::{Edit, apply};
use crate::manifest::{Manifest, Secret, Status};
use crate::names::Names;
use crate::settings::Settings;
use crate::text::{LineIndex, TextRange};

/// Most values that are taken out of one file in one run.
const MOST: usize = 200;

/// What to take out.
pub struct Request<'r> {
    /// The secrets that were moved.
    pub manifest: &'r Manifest,
    /// Names that are secrets or not.
    pub settings: &'r Settings,
    /// What servers get in the place of the first secret that they lose: a variable that tells them where the manager is,
    /// and its value, which can stand in any config file without being quoted.
    pub told: Option<(&'r str, &'r str)>,
    /// Whether a file beside the one at a path asks for a variable by its name.
    pub used_beside: &'r dyn Fn(&str, &str) -> bool,
    /// Whether a value that stands in a file is that of a secret in the manager. Of one that is not sure nothing is told
    /// unless it is.
    pub ask: &'r dyn Fn(&Secret, &Assigned<'_>) -> Result<(), Reason>,
}

/// A value, by its name and its line in the text as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// The name.
    pub name: String,
    /// The line, from 1.
    pub line: usize,
}

impl Scrubbed {
    /// Nothing is taken out after all.
    pub fn stays(&mut self, reason: Reason) {
        let left = self.removed.drain(..).map(|one| Left {
            name: one.name,
            line: one.line,
            reason,
        });
        self.left.extend(left);
        self.left.sort_by_key(|one| one.line);
    }
}

/// A value that stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The name.
    pub name: String,
    /// The line, from 1.
    pub line: usize,
    /// Why.
    pub reason: Reason,
}

/// What becomes of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scrubbed {
    /// The text without the values that may go.
    pub text: String,
    /// What was taken out, by line.
    pub removed: Vec<Removed>,
    /// What stays, by line.
    pub left: Vec<Left>,
}

/// Takes values of moved secrets out of the config file at a path; nothing where none stands in it.
pub fn scrub(path: &str, text: &[u8], request: &Request<'_>) -> Option<Scrubbed> {
    let format = classify(path)?;
    let secrets = &request.manifest.secrets;
    let Ok(text) = str::from_utf8(text) else {
        return not_understood(&String::from_utf8_lossy(text), secrets);
    };
    let is_there = |secret: &Secret| text.contains(secret.name.as_str());
    if !secrets.iter().any(is_there) {
        return None;
    }
    let own = secrets.iter().map(|secret| secret.name.clone());
    let deny: Vec<String> = own.chain(request.settings.deny.clone()).collect();
    let names = Names::new(&[], &deny);
    let wanted: Vec<&str> = secrets.iter().map(|secret| secret.name.as_str()).collect();
    let Some(found) = assigned(path, format, text, &names, &wanted) else {
        return not_understood(text, secrets);
    };
    let lines = LineIndex::new(text.as_bytes());
    let mut out = Scrubbed {
        text: text.to_owned(),
        removed: Vec::new(),
        left: Vec::new(),
    };
    // The last first, so that the places of the others stay what they are.
    for one in found.iter().rev() {
        let own: Vec<&Secret> = secrets
            .iter()
            .filter(|secret| secret.name == one.name)
            .collect();
        let line = lines.line(one.value.start);
        let name = one.name.clone();
        let is_used = format == Format::Dotenv && (request.used_beside)(path, &name);
        let step = may_go(&own, one, is_used, request)
            .and_then(|()| within_reason(format, &out, one))
            .and_then(|()| taken_out(path, format, &out.text, one, &names, request.told));
        match step {
            Ok(text) => {
                out.text = text;
                out.removed.push(Removed { name, line });
            }
            // An example is only known for a secret by the manager.
            Err(_) if !one.is_sure => {}
            Err(reason) => out.left.push(Left { name, line, reason }),
        }
    }
    out.removed.reverse();
    out.left.reverse();
    (!out.removed.is_empty() || !out.left.is_empty()).then_some(out)
}

/// A file that no parser understands, and in which the name of a secret stands.
fn not_understood(text: &str, secrets: &[Secret]) -> Option<Scrubbed> {
    let lines = LineIndex::new(text.as_bytes());
    let left = secrets.iter().filter_map(|secret| {
        let at = text.find(secret.name.as_str())?;
        Some(Left {
            name: secret.name.clone(),
            line: lines.line(at),
            reason: Reason::NotUnderstood,
        })
    });
    let mut left: Vec<Left> = left.collect();
    left.dedup();
    (!left.is_empty()).then(|| Scrubbed {
        text: text.to_owned(),
        removed: Vec::new(),
        left,
    })
}

/// Whether the value may go, for all the secrets of its name: a file does not say which of them is meant.
fn may_go(
    own: &[&Secret],
    one: &Assigned<'_>,
    is_used: bool,
    request: &Request<'_>,
) -> Result<(), Reason> {
    for secret in own {
        if secret.waived.is_some() {
            return Err(Reason::Waived);
        }
        if secret.status != Status::Rewritten {
            return Err(Reason::StillRead);
        }
    }
    if one.shape == Shape::Part {
        return Err(Reason::Part);
    }
    if is_used {
        return Err(Reason::UsedBeside);
    }
    let is_for = |secret: &&Secret| {
        let server = secret.server.rsplit('/').next().unwrap_or_default();
        one.may_be_for(server)
    };
    if !own.iter().any(is_for) {
        return Err(Reason::AnotherProgram);
    }
    own.iter().try_for_each(|secret| (request.ask)(secret, one))
}

fn within_reason(format: Format, out: &Scrubbed, one: &Assigned<'_>) -> Result<(), Reason> {
    if out.removed.len() >= MOST {
        return Err(Reason::TooMany);
    }
    let text = &out.text;
    if text[one.value.start..one.value.end].contains('\n') {
        return Err(Reason::SeveralLines);
    }
    if format == Format::Yaml {
        let map = one.around.first().map(|around| &*around.name);
        if matches!(map, Some("data" | "stringData")) {
            return Err(Reason::PointedAt);
        }
        if text.contains("{{") {
            return Err(Reason::Template);
        }
        if has_anchors(text) {
            return Err(Reason::Anchors);
        }
    }
    if is_used(text, &one.name) {
        return Err(Reason::UsedInFile);
    }
    Ok(())
}

/// Whether a text asks for a variable: `$NAME`, `${NAME}`, `${NAME:-…}`.
pub fn is_used(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let (before, behind) = (&text[..at], &text[at + name.len()..]);
        let asks = before.ends_with('$') || before.ends_with("${") || before.ends_with("${env:");
        asks && !behind.starts_with(is_word)
    })
}

/// The text without the value, read again.
fn taken_out(
    path: &str,
    format: Format,
    text: &str,
    one: &Assigned<'_>,
    names: &Names,
    told: Option<(&str, &str)>,
) -> Result<String, Reason> {
    // What is around it may have changed with a value behind it.
    let found = assigned(path, format, text, names, &[&one.name]);
    let found = found.ok_or(Reason::NotUnderstood)?;
    let same = found.iter().find(|other| other.value == one.value);
    let one = same.ok_or(Reason::NotUnderstood)?;
    if let Some((name, value)) = told
        && let Some(edits) = bootstrap(format, text, one, (name, value))
    {
        let after = applied(text, edits);
        if check::is_replaced(format, text, &after, one.value, name, value) {
            return Ok(after);
        }
    }
    let is_braced = braced::is_inside(text, one);
    let edits = match format {
        Format::Json => braced::member(text, one),
        Format::Toml | Format::Yaml if is_braced => braced::member(text, one),
        Format::Dotenv | Format::Toml => lines::assignment(text, one),
        Format::Yaml => lines::entry(text, one),
        Format::Docker => docker::word(text, one),
        Format::Ini | Format::Netrc | Format::Pem | Format::Shell => Err(Reason::Format),
    }?;
    let after = applied(text, edits);
    let gone: Vec<TextRange> = one
        .beside
        .map(|(_, name)| name)
        .into_iter()
        .chain([one.value])
        .collect();
    if check::is_without(format, text, &after, &gone) {
        Ok(after)
    } else {
        Err(Reason::NotUnderstood)
    }
}

fn applied(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort();
    String::from_utf8_lossy(&apply(text.as_bytes(), &edits)).into_owned()
}

/// The edits that put what tells where the manager is in the place of a value: in the environment of a server that is not
/// told yet.
fn bootstrap(
    format: Format,
    text: &str,
    one: &Assigned<'_>,
    (name, value): (&str, &str),
) -> Option<Vec<Edit>> {
    let around = one.around.first()?;
    let is_environment = match format {
        Format::Json | Format::Toml | Format::Yaml => {
            let own =
                |around: &crate::config::Around| matches!(&*around.name, "env" | "environment");
            own(around)
        }
        Format::Docker => docker::is_env(text, one),
        _ => false,
    };
    if !is_environment || around.names.iter().any(|other| other == name) {
        return None;
    }
    let edit = |range, text: String| Edit { range, text };
    match one.shape {
        Shape::Member => {
            let quote = |at: usize| {
                text.as_bytes()
                    .get(at)
                    .is_some_and(|b| matches!(b, b'"' | b'\''))
            };
            let is_quoted = one.value.start > 0 && quote(one.value.start - 1);
            let value = if is_quoted || matches!(format, Format::Yaml | Format::Docker) {
                value.to_owned()
            } else {
                format!("\"{value}\"")
            };
            Some(vec![edit(one.key, name.to_owned()), edit(one.value, value)])
        }
        Shape::Item => Some(vec![edit(one.value, format!("{name}={value}"))]),
        Shape::Beside | Shape::Part => None,
    }
}

/// A removal.
fn cut(start: usize, end: usize) -> Edit {
    Edit {
        range: TextRange::new(start, end),
        text: String::new(),
    }
}
