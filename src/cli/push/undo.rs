//! Taking back what was created, as far as the journal says so and nobody has changed it since.

use std::io::{self, BufRead, IsTerminal};
use std::path::Path;

use super::write::journal;
use super::{Arguments, JOURNAL};
use crate::cli::check::working_directory;
use crate::cli::fail::{Stop, say, stop};
use crate::cli::manager::open;
use crate::manager::FailureKind;
use crate::push::{Line, Outcome, Pushed, Row, State, What, select};
use crate::text::show;
use crate::workspace::{is_missing, shown};

/// `of` is the journal, as the flag itself names it.
pub(super) fn run(arguments: &Arguments, of: &Path) -> Result<Pushed, Stop> {
    let here = working_directory()?;
    let is_usual = of == Path::new(JOURNAL);
    let other = arguments.journal.as_deref().filter(|_| is_usual);
    let path = here.join(other.unwrap_or(of));
    if is_missing(&path) {
        return Err(stop(
            &format!("there is no journal at `{}`", shown(&path, &here)),
            "name the one of the run to take back, with `--undo JOURNAL`",
        ));
    }
    let (manifest, _) = crate::cli::manifest::load(arguments.manifest.as_deref(), &here)?;
    let manager = open(&manifest.backend, &manifest.mount)?;
    let (log, known) = journal(&path, arguments.dry_run)?;
    let place = manager.place();
    let is_narrow = !arguments.only.is_empty() || arguments.server.is_some();
    let wanted = select(&manifest, &arguments.only, arguments.server.as_deref()).wanted;
    let is_meant = |line: &&Line| !is_narrow || wanted.iter().any(|one| one.path == line.path);
    let lines: Vec<Line> = known
        .created(&place)
        .into_iter()
        .filter(is_meant)
        .cloned()
        .collect();
    let open: Vec<&Line> = known.open(&place).into_iter().filter(is_meant).collect();
    if let (true, Some(open)) = (lines.is_empty(), open.first()) {
        let (what, help) = unsettled(open);
        return Err(stop(&what, &help));
    }
    if lines.is_empty() {
        let what = if known.is_of_others(&place) {
            "the journal tells only of writes to other managers, namespaces or mounts"
        } else {
            "the journal tells of nothing that was created and is still there"
        };
        return Err(stop(what, "check --journal, and where the manager is"));
    }
    let mut pushed = Pushed {
        outcome: Outcome::Verified,
        rows: lines.iter().map(row).collect(),
        flaws: Vec::new(),
        waived: Vec::new(),
        failure: None,
    };
    let Some(mut log) = log else {
        pushed.outcome = Outcome::Possible;
        for row in &mut pushed.rows {
            row.what = What::Remove;
        }
        return Ok(pushed);
    };
    confirm(arguments.yes, &lines, &place)?;
    for (line, row) in lines.iter().zip(&mut pushed.rows) {
        let version = line.version.as_deref().unwrap_or_default();
        let removed = manager.remove(&line.path, version, line.made_at.as_deref());
        if let Err(why) = removed {
            row.what = What::Kept;
            pushed.outcome = Outcome::Stopped;
            let failure = (why.what, why.help.to_owned());
            pushed.failure.get_or_insert(failure);
            // What is said of one says nothing of the others, but for who cannot be asked at all.
            if matches!(why.kind, FailureKind::NotReached | FailureKind::Settings) {
                break;
            }
            continue;
        }
        row.what = What::Removed;
        let state = State::Removed;
        let line = Line {
            state,
            ..line.clone()
        };
        if let Err(error) = log.add(&line.text()) {
            let why = show(&error.to_string());
            pushed.outcome = Outcome::Stopped;
            pushed.failure = Some((
                format!("the journal cannot be written: {why}"),
                "make room for it".to_owned(),
            ));
            break;
        }
    }
    for line in open {
        pushed.outcome = Outcome::Stopped;
        pushed.failure.get_or_insert(unsettled(line));
        pushed.rows.push(Row {
            what: What::Kept,
            ..row(line)
        });
    }
    Ok(pushed)
}

/// What there is to say of a write of which nobody knows whether it was done.
fn unsettled(line: &Line) -> (String, String) {
    (
        format!("whether {} was written is not known yet", show(&line.path)),
        "run push again, which finds out, and then this".to_owned(),
    )
}

fn row(line: &Line) -> Row {
    Row {
        path: line.path.clone(),
        names: line.keys.clone(),
        what: What::Left,
        version: line.version.clone(),
    }
}

/// Asks, unless the user has answered on the command line.
fn confirm(is_sure: bool, lines: &[Line], place: &str) -> Result<(), Stop> {
    if is_sure {
        return Ok(());
    }
    let refused = |what: &str| Err(stop(what, "say --yes to remove them without being asked"));
    if !io::stdin().is_terminal() {
        return refused("nobody can be asked whether to remove what was created");
    }
    say(&format!("To be removed for good from {}:", show(place)));
    for line in lines {
        say(&format!("  {}", show(&line.path)));
    }
    say("Remove them? [y/N]");
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(());
    }
    refused("nothing was removed")
}
