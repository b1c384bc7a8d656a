//! Reads of secrets become reads of a secret manager: from findings to edits, or to a reason why not.
//!
//! The unit is one secret of one package: all of its reads move, or none does. Only the receiver of a read is swapped
//! (`process.env.X` to `secrets.X`), so that what stands around it keeps its meaning. Every changed file is parsed again
//! before it is offered. Pure: asks for files by path and writes none. Used by `migrate`.

mod accessor;
mod ecma;
mod head;
mod package;
mod python;
mod reason;
mod rotation;
mod rust;
mod settings_python;
mod verify;

use std::collections::{BTreeMap, BTreeSet};

pub use accessor::{Accessor, Address};
pub use package::{Kind, Package};
pub use reason::Reason;
pub use rotation::Rotation;

use crate::edit::{Edit, Group, apply, select};
use crate::facts::{Asked, Receiver, receivers};
use crate::language::{Family, Language};
use crate::model::{Finding, Form, Location};
use crate::rules::{Part, Rule};
use crate::settings::Settings;
use crate::syntax::{Parsed, Tree, parse};
use crate::text::TextRange;

/// The files of a workspace, by the paths that findings use.
pub trait Files {
    /// The text of a file; nothing where there is none that can be read.
    fn read(&self, path: &str) -> Option<Vec<u8>>;
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
    /// The mount of the key-value store.
    pub mount: String,
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
    /// Where its value is to be kept.
    pub address: Address,
    /// Its reads, by place.
    pub reads: Vec<Read>,
    /// Why nothing of it is rewritten; nothing if all of it is.
    pub reason: Option<Reason>,
}

/// What would be done.
#[derive(Debug, Default)]
pub struct Plan {
    /// Every unit, by package and secret.
    pub units: Vec<Unit>,
    /// The text of every file that changes, before and after; nothing before for a new file.
    pub files: BTreeMap<String, (Option<Vec<u8>>, Vec<u8>)>,
}

/// Plans the move of the secrets that findings tell of.
pub fn plan(
    findings: &[Finding],
    files: &dyn Files,
    settings: &Settings,
    request: &Request,
) -> Plan {
    let mut planner = Planner {
        files,
        request,
        sources: BTreeMap::new(),
    };
    let mut units = planner.units(findings);
    let accessors = accessor::place(&units, files);
    let mut groups: Vec<(usize, Group)> = Vec::new();
    for (number, unit) in units.iter_mut().enumerate() {
        match planner.group(unit, &accessors) {
            Ok(group) => groups.push((number, group)),
            Err(reason) => unit.reason = Some(reason),
        }
    }
    // A unit that fails the check takes its edits back, and the others are checked again without it.
    loop {
        let (chosen, refused) = select(groups.iter().map(|(_, group)| group));
        for &at in refused.iter().rev() {
            let (number, _) = groups.remove(at);
            units[number].reason = Some(Reason::Overlap);
        }
        let changed: BTreeMap<String, (Option<Vec<u8>>, Vec<u8>)> = chosen
            .iter()
            .filter_map(|(path, edits)| {
                let before = files.read(path)?;
                let after = apply(&before, edits);
                Some((path.clone(), (Some(before), after)))
            })
            .collect();
        let failed = verify::failed(&changed, &units, &groups, settings);
        if failed.is_empty() {
            let mut plan = Plan {
                files: changed,
                units,
            };
            accessor::write(&mut plan, &accessors, files, request);
            return plan;
        }
        for (number, reason) in failed {
            units[number].reason = Some(reason);
            groups.retain(|(of, _)| *of != number);
        }
    }
}

/// A source file, parsed whole.
pub(crate) struct Source {
    pub(crate) language: Language,
    pub(crate) text: Vec<u8>,
    pub(crate) tree: Tree,
    receivers: Vec<Receiver>,
    /// What is compiled for tests only.
    pub(crate) tests: Vec<TextRange>,
}

impl Source {
    pub(crate) fn parse(path: &str, text: Vec<u8>) -> Option<Self> {
        let language = Language::of_path(path)?;
        let Parsed::Tree(tree) = parse(language, &text) else {
            return None;
        };
        let (receivers, tests) = receivers(&tree, &text);
        Some(Self {
            language,
            text,
            tree,
            receivers,
            tests,
        })
    }

    /// What is asked by the read at a place.
    fn receiver(&self, read: TextRange) -> Option<Receiver> {
        let found = self.receivers.iter().find(|known| known.read == read);
        found.copied()
    }
}

struct Planner<'p> {
    files: &'p dyn Files,
    request: &'p Request,
    sources: BTreeMap<String, Option<Source>>,
}

impl Planner<'_> {
    fn source(&mut self, path: &str) -> Option<&Source> {
        if !self.sources.contains_key(path) {
            let source = self
                .files
                .read(path)
                .and_then(|text| Source::parse(path, text));
            self.sources.insert(path.to_owned(), source);
        }
        self.sources.get(path)?.as_ref()
    }

    /// The units that findings tell of, with what is known of each read alone.
    fn units(&mut self, findings: &[Finding]) -> Vec<Unit> {
        let mut units: BTreeMap<(Package, String), Unit> = BTreeMap::new();
        let is_read = |finding: &&Finding| Rule::part_of(finding.rule) == Some(Part::Read);
        for finding in findings.iter().filter(is_read) {
            let Some(secret) = finding.secret.as_deref() else {
                continue;
            };
            let only = &self.request.only;
            if !only.is_empty() && !only.iter().any(|name| name == secret) {
                continue;
            }
            let path = &finding.location.path;
            let Some(package) = Package::of(path, self.files) else {
                continue;
            };
            let read = self.read(finding);
            let address = Address::of(secret, &package, self.request);
            let key = (package.clone(), secret.to_owned());
            let unit = units.entry(key).or_insert_with(|| Unit {
                secret: secret.to_owned(),
                provider: finding.provider,
                package,
                address,
                reads: Vec::new(),
                reason: None,
            });
            unit.reads.push(read);
        }
        units.into_values().collect()
    }

    fn read(&mut self, finding: &Finding) -> Read {
        let location = finding.location.clone();
        let range = range(&location);
        let (rotation, reason) = match self.source(&location.path) {
            None => (Rotation::OnRestart, Some(Reason::NotParsed)),
            Some(source) => match source.receiver(range) {
                None if is_settled(source, range, finding) => (Rotation::OnRestart, None),
                None => (Rotation::OnRestart, Some(Reason::of_form(finding.form))),
                Some(_) => (rotation::of(source, range), None),
            },
        };
        Read {
            location,
            form: finding.form,
            rotation,
            reason,
        }
    }

    /// The edits of a unit, apart from those of the accessor itself.
    fn group(&mut self, unit: &Unit, accessors: &[Accessor]) -> Result<Group, Reason> {
        if let Some(read) = unit.reads.iter().find(|read| read.reason.is_some()) {
            return Err(read.reason.unwrap_or(Reason::NotParsed));
        }
        if self.is_written(unit) {
            return Err(Reason::WrittenElsewhere);
        }
        let mut group = Group::new();
        let paths: BTreeSet<&str> = unit
            .reads
            .iter()
            .map(|read| read.location.path.as_str())
            .collect();
        for path in paths {
            let Some(accessor) = accessor::of(path, unit, accessors, self.files) else {
                return Err(Reason::NoPlace);
            };
            let files = self.files;
            let source = self.source(path).ok_or(Reason::NotParsed)?;
            let reads = unit.reads.iter().filter(|read| read.location.path == path);
            let places: Vec<TextRange> = reads.map(|read| range(&read.location)).collect();
            if places.iter().any(|&place| head::is_in_error(source, place)) {
                return Err(Reason::ParseError);
            }
            let (name, imports) = match source.language.family() {
                Family::Ecma => ecma::import(path, source, accessor)?,
                Family::Python => python::import(path, source, accessor, files)?,
                Family::Rust => rust::declare(path, source, accessor, files)?,
            };
            for (path, edit) in imports {
                group.entry(path).or_default().push(edit);
            }
            for place in places {
                let edits = match source.receiver(place) {
                    Some(receiver) => vec![Edit {
                        range: receiver.at,
                        text: swapped(receiver.asked, &name),
                    }],
                    None => settings_python::ask(source, place, &unit.secret, &name)
                        .ok_or(Reason::Framework)?,
                };
                group.entry(path.to_owned()).or_default().extend(edits);
            }
        }
        Ok(group)
    }

    /// Whether the program sets the variable itself, so that a read may mean that value.
    fn is_written(&mut self, unit: &Unit) -> bool {
        let paths: BTreeSet<String> = unit
            .reads
            .iter()
            .map(|read| read.location.path.clone())
            .collect();
        paths.iter().any(|path| {
            let source = self.source(path);
            source.is_some_and(|source| head::writes(source, &unit.secret))
        })
    }
}

/// Whether a library that reads the variable can be given a default instead.
fn is_settled(source: &Source, place: TextRange, finding: &Finding) -> bool {
    let secret = finding.secret.as_deref().unwrap_or_default();
    let may_be = matches!(finding.form, Some(Form::Settings | Form::CliOption));
    may_be
        && source.language.family() == Family::Python
        && settings_python::ask(source, place, secret, "secrets").is_some()
}

/// What takes the place of what was asked.
fn swapped(asked: Asked, name: &str) -> String {
    match asked {
        Asked::Environment => name.to_owned(),
        Asked::Getenv => format!("{name}.get"),
        Asked::Var => format!("{name}::var"),
        Asked::VarOs => format!("{name}::var_os"),
    }
}

pub(crate) fn range(location: &Location) -> TextRange {
    TextRange::new(location.start.byte, location.end.byte)
}
