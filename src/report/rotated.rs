//! What became of a run of `rotate`: for people, and as JSON. Names, versions, identities and times, and no value.

use std::fmt::Write;
use std::io;

use serde::Serialize;

use super::Options;
use super::plain::{YELLOW, count, paint, plain};
use crate::push::{Expected, Fetched, Reader, Rotated, ToldBy, Work};

/// Writes what was done, a line for each reader, and what it comes to.
pub fn rotated(done: &Rotated, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = String::new();
    let secret = &done.secret;
    let name = plain(&secret.name);
    let what = what(done);
    line(
        &mut text,
        &format!("{}  {name}: {what}", plain(&secret.path)),
    );
    if let Some(fetched) = &done.fetched {
        readers(&mut text, fetched, options);
    } else if let Some(written) = done.work.written() {
        let at = written.at;
        line(
            &mut text,
            &format!(
                "who fetches it: `envacuate rotate --readers {name} --audit-log FILE --since {at}`"
            ),
        );
    }
    if !matches!(done.work, Work::Rollback(..)) {
        line(
            &mut text,
            &format!("the way back from a new value: `envacuate rotate --rollback {name}`"),
        );
    }
    out.write_all(text.as_bytes())
}

fn what(done: &Rotated) -> String {
    match &done.work {
        Work::Drill(written) => format!(
            "version {} has the same value as version {}; written at {}",
            plain(&written.version),
            plain(&written.before),
            written.at
        ),
        Work::Rollback(written, from) => format!(
            "version {} has the value of version {}, version {} was current; written at {}",
            plain(&written.version),
            plain(from),
            plain(&written.before),
            written.at
        ),
        Work::Readers => {
            let fetched = done.fetched.as_ref();
            let version = fetched.and_then(|fetched| fetched.version.as_deref());
            let version = version.map(|version| format!("version {}", plain(version)));
            let written = fetched.and_then(|fetched| fetched.written);
            let at = written.map(|(at, by)| match by {
                ToldBy::Log => format!("written at {at}"),
                ToldBy::Caller => format!("since {at}"),
            });
            let parts: Vec<String> = version.into_iter().chain(at).collect();
            parts.join(", ")
        }
    }
}

fn readers(text: &mut String, fetched: &Fetched, options: &Options) {
    for reader in &fetched.readers {
        let who = plain(&reader.who);
        let from = match reader.address.as_str() {
            "" => String::new(),
            address => format!(", from {}", plain(address)),
        };
        let after = reader.millis.map_or(String::new(), |millis| {
            format!(" after {} s", seconds(millis))
        });
        line(text, &format!("  {who}  fetched it{after}{from}"));
    }
    let expected = fetched.expected.as_deref().unwrap_or_default();
    let missing: Vec<&Expected> = expected.iter().filter(|one| !one.has_fetched).collect();
    for one in &missing {
        let not = paint("has not fetched it", YELLOW, options);
        line(text, &format!("  {}  {not}", plain(&one.who)));
    }
    let slowest = fetched.slowest().map_or(String::new(), |millis| {
        format!("; the slowest took {} s", seconds(millis))
    });
    let sum = match (expected.len(), fetched.readers.len()) {
        (0, 0) => "nobody fetched it".to_owned(),
        (0, some) => format!("{} fetched it{slowest}", count(some, "reader")),
        (all, _) => format!(
            "{} of {} expected fetched it{slowest}",
            all - missing.len(),
            count(all, "reader")
        ),
    };
    line(text, &sum);
}

/// Milliseconds as seconds, without figures that say nothing.
fn seconds(millis: u64) -> String {
    match millis % 1000 {
        0 => (millis / 1000).to_string(),
        rest => format!("{}.{rest:03}", millis / 1000),
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a String takes everything");
}

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    work: &'static str,
    secret: Secret<'r>,
    current: Option<&'r str>,
    previous: Option<&'r str>,
    value_of: Option<&'r str>,
    written: Option<Time>,
    readers: Option<Vec<One<'r>>>,
    expected: Option<Vec<Awaited<'r>>>,
    slowest: Option<f64>,
    complete: Option<bool>,
}

#[derive(Serialize)]
struct Secret<'r> {
    name: &'r str,
    path: &'r str,
    key: &'r str,
}

#[derive(Serialize)]
struct Time {
    time: String,
    told_by: &'static str,
}

#[derive(Serialize)]
struct One<'r> {
    identity: &'r str,
    address: Option<&'r str>,
    seconds: Option<f64>,
}

#[derive(Serialize)]
struct Awaited<'r> {
    identity: &'r str,
    fetched: bool,
    seconds: Option<f64>,
}

/// Writes the same as JSON, version 1.
pub fn rotated_json(done: &Rotated, out: &mut dyn io::Write) -> io::Result<()> {
    let written = done.work.written();
    let fetched = done.fetched.as_ref();
    let told = fetched.and_then(|fetched| fetched.written);
    let time = told.map_or_else(
        || written.map(|written| (written.at, "clock")),
        |(at, by)| match (by, written) {
            (ToldBy::Log, _) => Some((at, "log")),
            (ToldBy::Caller, Some(_)) => Some((at, "clock")),
            (ToldBy::Caller, None) => Some((at, "since")),
        },
    );
    let version = fetched.and_then(|fetched| fetched.version.as_deref());
    let expected = fetched.and_then(|fetched| fetched.expected.as_deref());
    let document = Document {
        version: 1,
        work: done.work.as_str(),
        secret: Secret {
            name: &done.secret.name,
            path: &done.secret.path,
            key: &done.secret.key,
        },
        current: written.map_or(version, |written| Some(&written.version)),
        previous: written.map(|written| written.before.as_str()),
        value_of: match &done.work {
            Work::Drill(written) => Some(&written.before),
            Work::Rollback(_, from) => Some(from),
            Work::Readers => None,
        },
        written: time.map(|(at, told_by)| Time {
            time: at.to_string(),
            told_by,
        }),
        readers: fetched.map(|fetched| fetched.readers.iter().map(one).collect()),
        expected: expected.map(|all| all.iter().map(awaited).collect()),
        slowest: fetched.and_then(Fetched::slowest).map(in_seconds),
        complete: fetched.map(Fetched::is_complete),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn one(reader: &Reader) -> One<'_> {
    One {
        identity: &reader.who,
        address: Some(reader.address.as_str()).filter(|address| !address.is_empty()),
        seconds: reader.millis.map(in_seconds),
    }
}

fn awaited(one: &Expected) -> Awaited<'_> {
    Awaited {
        identity: &one.who,
        fetched: one.has_fetched,
        seconds: one.millis.map(in_seconds),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a log of three hundred thousand years is not to be expected"
)]
fn in_seconds(millis: u64) -> f64 {
    millis as f64 / 1000.0
}
