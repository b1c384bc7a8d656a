//! What became of a run of `push`: for people, and as JSON. Names, paths and versions, and no value.

use std::fmt::Write;
use std::io;

use serde::Serialize;

use super::Options;
use super::plain::{RED, YELLOW, count, paint, plain};
use crate::push::{Outcome, Pushed, Row, What};

/// Writes a line for each path, what is in the way, and what it comes to.
pub fn pushed(pushed: &Pushed, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = String::new();
    for name in &pushed.waived {
        line(
            &mut text,
            &format!("  {}  is waived in the manifest, and left out", plain(name)),
        );
    }
    for flaw in &pushed.flaws {
        let head = paint(&format!("problem[{}]", flaw.code), RED, options);
        line(
            &mut text,
            &format!("  {}  {head} {}", plain(&flaw.name), plain(&flaw.advice)),
        );
    }
    let widest = pushed.rows.iter().map(|row| row.path.chars().count()).max();
    for row in &pushed.rows {
        let word = format!("{:8}", row.what.as_str());
        let word = match row.what {
            What::Failed => paint(&word, RED, options),
            What::Conflict(_) | What::Left | What::Written | What::Kept => {
                paint(&word, YELLOW, options)
            }
            _ => word,
        };
        let version = row.version.as_ref().map_or(String::new(), |version| {
            format!("  version {}", plain(version))
        });
        let path = format!("{:width$}", row.path, width = widest.unwrap_or_default());
        let names = plain(&row.names.join(", "));
        line(
            &mut text,
            &format!("  {word}  {}  {names}{version}", plain(&path)),
        );
        if let What::Conflict(conflict) = &row.what {
            let about = match conflict.names() {
                [] => plain(&row.path),
                names => plain(&names.join(", ")),
            };
            let head = paint(&format!("conflict[{}]", conflict.as_str()), YELLOW, options);
            line(
                &mut text,
                &format!("            {about}: {head} {}", conflict.advice()),
            );
        }
    }
    line(&mut text, &sum(pushed));
    out.write_all(text.as_bytes())
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{}", line.trim_end()).expect("a String takes everything");
}

fn sum(pushed: &Pushed) -> String {
    let rows = &pushed.rows;
    let paths =
        |is_meant: &dyn Fn(&What) -> bool| rows.iter().filter(|row| is_meant(&row.what)).count();
    let done = paths(&|what| matches!(what, What::Created | What::Replaced | What::Removed));
    let left = paths(&|what| matches!(what, What::Left | What::Failed | What::Written));
    let conflicts = paths(&|what| matches!(what, What::Conflict(_)));
    let already = paths(&|what| *what == What::Already);
    match pushed.outcome {
        Outcome::Verified if paths(&|what| *what == What::Removed) > 0 => {
            format!("{} removed", count(done, "secret"))
        }
        Outcome::Verified => format!(
            "{} written and read back, {already} there already",
            count(done, "secret")
        ),
        Outcome::Possible if paths(&|what| *what == What::Remove) > 0 => {
            format!(
                "{} to remove; nothing was removed",
                count(rows.len(), "secret")
            )
        }
        Outcome::Possible => {
            let new = paths(&|what| matches!(what, What::Create | What::Replace));
            format!(
                "{} to write, {already} there already; nothing was written",
                count(new, "secret")
            )
        }
        Outcome::Stopped if paths(&|what| *what == What::Kept) > 0 => format!(
            "{done} of {} removed; the others stay as they are",
            count(rows.len(), "secret")
        ),
        Outcome::Stopped => format!(
            "stopped: {done} of {} done, {left} left; nothing was taken out of any source, run again to go on",
            count(rows.len(), "secret")
        ),
        Outcome::Conflict => format!("{}, nothing was written", count(conflicts, "conflict")),
        Outcome::Preflight => {
            format!(
                "{}, nothing was written",
                count(pushed.flaws.len(), "problem")
            )
        }
    }
}

#[derive(Serialize)]
struct Document<'p> {
    version: u32,
    outcome: &'static str,
    secrets: Vec<Secret<'p>>,
    problems: Vec<Problem<'p>>,
    waived: &'p [String],
    error: Option<Error<'p>>,
}

#[derive(Serialize)]
struct Secret<'p> {
    path: &'p str,
    names: &'p [String],
    state: &'static str,
    version: Option<&'p str>,
    conflict: Option<Conflict<'p>>,
}

#[derive(Serialize)]
struct Conflict<'p> {
    code: &'static str,
    names: &'p [String],
    advice: &'static str,
}

#[derive(Serialize)]
struct Problem<'p> {
    name: &'p str,
    code: &'static str,
    advice: &'p str,
}

#[derive(Serialize)]
struct Error<'p> {
    message: &'p str,
    help: &'p str,
}

/// Writes the same as JSON, version 1.
pub fn pushed_json(pushed: &Pushed, out: &mut dyn io::Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        outcome: pushed.outcome.as_str(),
        secrets: pushed.rows.iter().map(secret).collect(),
        problems: pushed
            .flaws
            .iter()
            .map(|flaw| Problem {
                name: &flaw.name,
                code: flaw.code,
                advice: &flaw.advice,
            })
            .collect(),
        waived: &pushed.waived,
        error: pushed
            .failure
            .as_ref()
            .map(|(message, help)| Error { message, help }),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn secret(row: &Row) -> Secret<'_> {
    let conflict = match &row.what {
        What::Conflict(conflict) => Some(Conflict {
            code: conflict.as_str(),
            names: conflict.names(),
            advice: conflict.advice(),
        }),
        _ => None,
    };
    Secret {
        path: &row.path,
        names: &row.names,
        state: row.what.as_str(),
        version: row.version.as_deref(),
        conflict,
    }
}
