//! Reads of secrets become reads of a secret manager: from findings to edits, or to a reason why not.
//!
//! The unit is one secret of one package: all of its reads move, or none does. Only the receiver of a read is swapped
//! (`process.env.X` to `secrets.X`), so that what stands around it keeps its meaning. Every changed file is parsed again,
//! and the program judged again, before anything is offered. Pure: asks for files by path and writes none. Used by
//! `migrate`.

mod accessor;
mod address;
mod cargo;
mod clap;
mod declared;
mod ecma;
mod getter;
mod head;
mod inline;
mod needs;
mod npm;
mod open;
mod package;
mod parts;
mod pip;
mod planner;
mod python;
mod reason;
mod rotation;
mod rust;
mod settings_python;
mod shared;
mod source;
mod suggest;
mod switch;
mod verify;

use std::collections::BTreeMap;

pub use crate::backend::Address;
pub use accessor::Accessor;
pub use needs::Needs;
pub use package::{Kind, Package};
pub use reason::Reason;
pub use rotation::Rotation;

use crate::backend::{Backend, Through};
use crate::edit::{Group, apply, select};
use crate::model::{Finding, Form, Location};
use crate::settings::Settings;
use crate::text::TextRange;
use planner::Planner;
use source::Source;

/// The files of a workspace, by the paths that findings use.
pub trait Files {
    /// The text of a file; nothing where there is none that can be read.
    fn read(&self, path: &str) -> Option<Vec<u8>>;
}

/// Texts by path.
pub type Texts = BTreeMap<String, Vec<u8>>;

/// The program to plan for.
pub struct Program<'p> {
    /// What was found in it.
    pub findings: &'p [Finding],
    /// The source files that ask the environment for something, found or not.
    pub asking: &'p [String],
    /// All source files.
    pub sources: &'p [String],
    /// Its files.
    pub files: &'p dyn Files,
    /// How it is judged.
    pub settings: &'p Settings,
    /// What is found when some files have other texts; nothing where that cannot be said.
    pub judge: &'p dyn Fn(&Texts) -> Option<Vec<Finding>>,
}

/// What to plan.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Secrets to move; all where it is empty.
    pub only: Vec<String>,
    /// First part of every address.
    pub team: String,
    /// Second part of every address; the name of the package where it is empty.
    pub server: String,
    /// Where secrets are moved to.
    pub backend: &'static Backend,
    /// Which mount, project or vault of it; empty where the environment of the program says it.
    pub place: String,
    /// What modules ask it with, where there is a choice.
    pub through: Through,
    /// Also make modules anew that are there already and ask with something else.
    pub switch: bool,
    /// Also make changes that code around could notice: properties become getters.
    pub allow_unsafe: bool,
}

/// One read of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Where.
    pub location: Location,
    /// In which shape.
    pub form: Option<Form>,
    /// What is known of a new value.
    pub rotation: Rotation,
    /// Why it cannot be rewritten.
    pub reason: Option<Reason>,
    how: How,
}

impl Read {
    /// How sure it is that its rewriting changes nothing else.
    pub fn applicability(&self) -> &'static str {
        match self.how {
            How::Not => "manual",
            How::Getter => "unsafe",
            _ => "safe",
        }
    }
}

/// How a read is made to ask the accessor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// Not at all.
    Not,
    /// It asks itself.
    Swap,
    /// Each use of the constant that it makes asks itself.
    Inline,
    /// The property or field that keeps it becomes a getter.
    Getter,
    /// A library is given a default that asks.
    Default,
    /// It is asked where the arguments of the program have been parsed.
    Parsed,
    /// What asks for names that only the running program knows is made to ask for all of them.
    Open,
    /// The environment that stands here is given with the secret in it.
    Shared(TextRange),
}

/// One secret of one package.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The name of the variable.
    pub secret: String,
    /// Id of the service that it opens.
    pub provider: Option<&'static str>,
    /// The package that reads it.
    pub package: Package,
    /// The name of the server that the package is.
    pub server: String,
    /// Where its value is to be kept.
    pub address: Address,
    /// Its reads, by place.
    pub reads: Vec<Read>,
    /// Why nothing of it is rewritten; nothing if all of it is.
    pub reason: Option<Reason>,
    /// Whether what asks for any name may ask for this one.
    opens: bool,
}

/// What would be done.
#[derive(Debug, Default)]
pub struct Plan {
    /// Every unit, by package and secret.
    pub units: Vec<Unit>,
    /// The text of every file that changes, before and after; nothing before for a new file.
    pub files: BTreeMap<String, (Option<Vec<u8>>, Vec<u8>)>,
    /// What packages need that they did not need before, by file.
    pub needs: Vec<Needs>,
    /// Modules that would have to be made anew, and were changed by somebody or have no place for what they need.
    pub kept: Vec<String>,
    edits: Group,
}

impl Plan {
    /// The line, from 1, that a place of a scanned text has when the files are changed.
    pub fn line(&self, place: &Location) -> usize {
        let (Some(edits), Some((_, after))) =
            (self.edits.get(&place.path), self.files.get(&place.path))
        else {
            return place.start.line;
        };
        let mut byte = place.start.byte;
        for edit in edits
            .iter()
            .filter(|edit| edit.range.end <= place.start.byte)
        {
            byte = byte + edit.text.len() - edit.range.len();
        }
        let before = &after[..byte.min(after.len())];
        memchr::memchr_iter(b'\n', before).count() + 1
    }
}

/// Plans the move of the secrets that findings tell of.
pub fn plan(program: &Program<'_>, request: &Request) -> Plan {
    let planner = Planner::new(program, request);
    let mut units = planner.units();
    let accessors = accessor::place(&units, &planner);
    let mut groups: Vec<(usize, Group)> = Vec::new();
    for (number, unit) in units.iter_mut().enumerate() {
        match planner.group(unit, &accessors) {
            Ok(group) => groups.push((number, group)),
            Err(reason) => unit.reason = Some(reason),
        }
    }
    // A unit that fails the check takes its edits back, and the others are checked again without it.
    loop {
        let alive: Vec<&Unit> = groups.iter().map(|(number, _)| &units[*number]).collect();
        let common = shared::groups(&alive, &planner, &accessors);
        let all = groups
            .iter()
            .map(|(_, group)| group)
            .chain(common.iter().map(|(_, group)| group));
        let (chosen, refused) = select(all);
        let mut failed: BTreeMap<usize, Reason> = BTreeMap::new();
        for at in refused {
            let numbers = match at.checked_sub(groups.len()) {
                None => vec![groups[at].0],
                Some(at) => common[at].0.iter().map(|&of| groups[of].0).collect(),
            };
            failed.extend(numbers.into_iter().map(|number| (number, Reason::Overlap)));
        }
        if failed.is_empty() {
            let changed = chosen.iter().filter_map(|(path, edits)| {
                let before = program.files.read(path)?;
                let after = apply(&before, edits);
                Some((path.clone(), (Some(before), after)))
            });
            let mut files = changed.collect();
            accessor::write(&mut files, &alive, &accessors, &planner);
            failed = verify::failed(&files, &units, &groups, program);
            if failed.is_empty() {
                let (anew, kept) = switch::add(&mut files, &planner);
                let needs = needs::of(&files, &alive, &accessors, &anew, &planner);
                return Plan {
                    units,
                    needs,
                    files,
                    kept,
                    edits: chosen,
                };
            }
        }
        for (number, reason) in failed {
            units[number].reason = Some(reason);
            groups.retain(|(of, _)| *of != number);
        }
    }
}

fn range(location: &Location) -> TextRange {
    TextRange::new(location.start.byte, location.end.byte)
}
