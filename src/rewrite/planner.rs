//! Units: the reads of each secret of each package, how each is made to ask the accessor, and the edits of that.
//!
//! What several units change together, imports and environments that are given on, is left to `shared`. Used by the
//! planning.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::clap::Bound;
use super::open::{Names, Wants, swapped};
use super::{
    Accessor, How, Kind, Package, Program, Read, Reason, Request, Rotation, Source, Unit, accessor,
    address, declared, ecma, getter, head, inline, needs, parts, python, range, rotation, rust,
    settings_python, shared,
};
use crate::backend::Flavor;
use crate::edit::{Edit, Group};
use crate::facts::Receiver;
use crate::language::{Family, Language};
use crate::model::{Finding, Form, Location, SuppressionKind};
use crate::rules::{Part, Rule};
use crate::text::{LineIndex, TextRange};

pub(super) struct Planner<'p> {
    pub(super) program: &'p Program<'p>,
    pub(super) request: &'p Request,
    sources: RefCell<BTreeMap<String, Option<Rc<Source>>>>,
    packages: RefCell<BTreeMap<String, Option<Package>>>,
}

impl<'p> Planner<'p> {
    pub(super) fn new(program: &'p Program<'p>, request: &'p Request) -> Self {
        Self {
            program,
            request,
            sources: RefCell::default(),
            packages: RefCell::default(),
        }
    }

    pub(super) fn source(&self, path: &str) -> Option<Rc<Source>> {
        if let Some(known) = self.sources.borrow().get(path) {
            return known.clone();
        }
        let text = self.program.files.read(path);
        let source = text
            .and_then(|text| Source::parse(path, text, self.program.settings))
            .map(Rc::new);
        let mut sources = self.sources.borrow_mut();
        sources.insert(path.to_owned(), source.clone());
        source
    }

    pub(super) fn package(&self, path: &str) -> Option<Package> {
        if let Some(known) = self.packages.borrow().get(path) {
            return known.clone();
        }
        let package = Package::of(path, self.program.files);
        let mut packages = self.packages.borrow_mut();
        packages.insert(path.to_owned(), package.clone());
        package
    }

    /// The files of a package that ask the environment.
    fn asking(&self, package: &Package) -> Vec<(&'p str, Rc<Source>)> {
        let paths = self.program.asking.iter();
        paths
            .filter(|path| self.package(path).as_ref() == Some(package))
            .filter_map(|path| Some((path.as_str(), self.source(path)?)))
            .collect()
    }

    /// The plain reads of a package whose names only the running program knows, with their files.
    fn open(&self, package: &Package) -> Vec<(&'p str, Receiver)> {
        let mut found = Vec::new();
        for (path, source) in self.asking(package) {
            found.extend(source.asking(None).map(|receiver| (path, receiver.clone())));
        }
        found
    }

    /// The units that findings tell of, with how each read can be rewritten.
    pub(super) fn units(&self) -> Vec<Unit> {
        let mut units: BTreeMap<(Package, String), Unit> = BTreeMap::new();
        let findings = self.program.findings.iter();
        for finding in findings.filter(|finding| is_read(finding)) {
            let Some(secret) = finding.secret.as_deref() else {
                continue;
            };
            let only = &self.request.only;
            if !only.is_empty() && !only.iter().any(|name| name == secret) {
                continue;
            }
            let Some(package) = self.package(&finding.location.path) else {
                continue;
            };
            let server = address::server(&package, self.request);
            let address = (self.request.backend.address)(&self.request.team, &server, secret);
            let key = (package.clone(), secret.to_owned());
            let unit = units.entry(key).or_insert_with(|| Unit {
                secret: secret.to_owned(),
                provider: finding.provider,
                package,
                server,
                address,
                reads: Vec::new(),
                reason: None,
                opens: false,
            });
            let mut read = self.read(finding.location.clone(), finding.form, secret);
            let suppression = finding.suppression.as_ref();
            if suppression.is_some_and(|one| one.kind == SuppressionKind::InSource) {
                read.reason = Some(Reason::Ignored);
            }
            unit.reads.push(read);
        }
        let mut units: Vec<Unit> = units.into_values().collect();
        for unit in &mut units {
            self.add_unreported(unit);
            unit.opens = self.opens(unit);
        }
        address::check(&mut units, self.request);
        units
    }

    /// Whether what asks for names that only the running program knows may ask for this one: a read says so, or the name
    /// stands somewhere as a text, as in a list of what has to be set.
    fn opens(&self, unit: &Unit) -> bool {
        let is_listed = |(path, source): (&str, Rc<Source>)| {
            let reads = unit.reads.iter().filter(|read| read.location.path == path);
            let reads: Vec<TextRange> = reads.map(|read| range(&read.location)).collect();
            source.mentions(&unit.secret, &reads)
        };
        unit.reads.iter().any(|read| read.how == How::Open)
            || self.asking(&unit.package).into_iter().any(is_listed)
    }

    /// Adds the plain reads that are no findings: a question whether there is such a variable is one that has to move.
    fn add_unreported(&self, unit: &mut Unit) {
        for (path, source) in self.asking(&unit.package) {
            for receiver in source.asking(Some(&unit.secret)) {
                let is_known = |read: &Read| {
                    read.location.path == path && receiver.read.contains(range(&read.location))
                };
                if unit.reads.iter().any(is_known) {
                    continue;
                }
                let lines = LineIndex::new(&source.text);
                let location = Location {
                    path: path.to_owned(),
                    start: lines.position(&source.text, receiver.read.start),
                    end: lines.position(&source.text, receiver.read.end),
                };
                unit.reads.push(self.read(location, None, &unit.secret));
            }
        }
        unit.reads.sort_by(|a, b| a.location.cmp(&b.location));
    }

    fn read(&self, location: Location, form: Option<Form>, secret: &str) -> Read {
        let (how, rotation) = match self.source(&location.path) {
            None => (Err(Reason::NotParsed), Rotation::OnRestart),
            Some(source) => {
                let how = self.how(&source, &location, form, secret);
                let rotation = match (how, source.receiver(range(&location))) {
                    (Ok(How::Inline), Some(receiver)) => {
                        let known = inline::constant(&source, receiver);
                        known.map_or(Rotation::OnRestart, |(_, rotation)| rotation)
                    }
                    (Ok(How::Getter), Some(receiver)) => {
                        let known = getter::rotation(&source, receiver);
                        known.unwrap_or(Rotation::OnRestart)
                    }
                    (Ok(How::Swap | How::Open), _) => rotation::of(&source, range(&location)),
                    _ => Rotation::OnRestart,
                };
                (how, rotation)
            }
        };
        Read {
            location,
            form,
            rotation,
            reason: how.err(),
            how: how.unwrap_or(How::Not),
        }
    }

    fn how(
        &self,
        source: &Source,
        location: &Location,
        form: Option<Form>,
        secret: &str,
    ) -> Result<How, Reason> {
        let place = range(location);
        let receiver = source.receiver(place);
        // A constant of another file is the name that was found for it.
        let is_it = |known: &&Receiver| match &known.name {
            Some(name) => name == secret,
            None => !known.is_open,
        };
        if let Some(receiver) = receiver.filter(is_it) {
            let constant = inline::constant(source, receiver);
            let constant = constant.map(|(constant, _)| constant.name.as_str());
            let is_own = constant.is_some_and(|name| !self.is_seen(&location.path, name));
            let is_kept = self.request.allow_unsafe && getter::rotation(source, receiver).is_some();
            let is_declared =
                declared::is_cast(source, receiver) || self.is_declared(&location.path, secret);
            return Ok(match (is_own && !is_declared, is_kept) {
                (true, _) => How::Inline,
                (_, true) => How::Getter,
                _ => How::Swap,
            });
        }
        if is_settled(source, place, form, secret) {
            return Ok(How::Default);
        }
        let roots = source.asks.roots.iter().filter(|root| root.read == place);
        for root in roots {
            let asked = source.asks.receivers.iter();
            let mut asked =
                asked.filter(|known| known.read.contains(root.at) || known.at == root.at);
            if asked.any(|known| known.is_open) {
                return Ok(How::Open);
            }
            if shared::is_given(source, root.at, secret) {
                return Ok(How::Shared(root.at));
            }
        }
        let package = self.package(&location.path);
        if form == Some(Form::CliOption) && source.language.family() == Family::Rust {
            let bound = package.and_then(|of| Bound::find(self, &location.path, &of, place));
            return bound.map(|_| How::Parsed).ok_or(Reason::Framework);
        }
        if form == Some(Form::Helper) && package.is_some_and(|of| !self.open(&of).is_empty()) {
            return Ok(How::Open);
        }
        Err(Reason::of_form(form))
    }

    /// Whether a program of Python below one of these folders changes where modules are found.
    pub(super) fn sets_path(&self, folders: [&str; 2]) -> bool {
        let below = |path: &str| {
            folders
                .iter()
                .any(|folder| path.strip_prefix(folder).is_some())
        };
        let own = self
            .program
            .sources
            .iter()
            .filter(|path| Language::of_path(path) == Some(Language::Python) && below(path));
        let mut texts = own.filter_map(|path| self.program.files.read(path));
        texts.any(|text| memchr::memmem::find(&text, b"sys.path").is_some())
    }

    /// Whether another file may take a constant from this one: every name of a module of Python is there for all.
    fn is_seen(&self, path: &str, name: &str) -> bool {
        let is_python = |path: &str| Language::of_path(path) == Some(Language::Python);
        is_python(path)
            && self
                .program
                .sources
                .iter()
                .filter(|path| is_python(path))
                .any(|other| {
                    other != path
                        && self.program.files.read(other).is_some_and(|text| {
                            memchr::memmem::find(&text, name.as_bytes()).is_some()
                        })
                })
    }

    /// The accessor for a file of a unit, and what its exports are called there.
    pub(super) fn names(
        &self,
        path: &str,
        package: &Package,
        wants: Wants,
        accessors: &[Accessor],
    ) -> Result<(Names, Vec<(String, Edit)>), Reason> {
        let accessor = accessor::of(path, package, accessors, self).ok_or(Reason::NoPlace)?;
        let source = self.source(path).ok_or(Reason::NotParsed)?;
        match source.language.family() {
            Family::Ecma => {
                let is_common = accessor.client.flavor == Flavor::Ts
                    && accessor.package.kind == (Kind::Node { esm: false });
                if is_common && parts::is_verbatim(package, self) {
                    return Err(Reason::NoPlace);
                }
                let (names, mut edits) = ecma::import(path, &source, accessor, wants)?;
                edits.extend(needs::edits(accessor, self));
                Ok((names, edits))
            }
            Family::Python => {
                let (names, mut edits) = python::import(path, &source, accessor, wants, self)?;
                edits.extend(needs::edits(accessor, self));
                Ok((names, edits))
            }
            Family::Rust => rust::declare(path, accessor, self),
        }
    }

    /// What the files that a unit changes want of the accessor.
    pub(super) fn wants(&self, unit: &Unit) -> BTreeMap<String, Wants> {
        let mut wants: BTreeMap<String, Wants> = BTreeMap::new();
        let mut add = |path: &str, more: Wants| {
            let there = wants.entry(path.to_owned()).or_default();
            *there = there.and(more);
        };
        let secrets = Wants {
            secrets: true,
            open: false,
        };
        let open = Wants {
            secrets: false,
            open: true,
        };
        for read in &unit.reads {
            match read.how {
                How::Swap if self.is_open(read) => add(&read.location.path, open),
                How::Swap | How::Inline | How::Getter | How::Default | How::Shared(_) => {
                    add(&read.location.path, secrets);
                }
                How::Parsed => {
                    let path = &read.location.path;
                    let bound = Bound::find(self, path, &unit.package, range(&read.location));
                    for path in bound.iter().flat_map(Bound::paths) {
                        add(path, secrets);
                    }
                }
                How::Not | How::Open => {}
            }
        }
        for (path, _) in self.opened(unit) {
            add(path, open);
        }
        wants
    }

    /// Whether a read asks by a name that only the running program puts together.
    fn is_open(&self, read: &Read) -> bool {
        let source = self.source(&read.location.path);
        source.is_some_and(|source| {
            let receiver = source.receiver(range(&read.location));
            receiver.is_some_and(|receiver| receiver.is_open)
        })
    }

    /// The reads that a unit opens for all names.
    fn opened(&self, unit: &Unit) -> Vec<(&'p str, Receiver)> {
        if unit.opens {
            self.open(&unit.package)
        } else {
            Vec::new()
        }
    }

    /// The edits of a unit, apart from those that it shares with others.
    pub(super) fn group(&self, unit: &Unit, accessors: &[Accessor]) -> Result<Group, Reason> {
        if let Some(reason) = unit.reason {
            return Err(reason);
        }
        if let Some(read) = unit.reads.iter().find(|read| read.reason.is_some()) {
            return Err(read.reason.unwrap_or(Reason::NotParsed));
        }
        let asking = self.asking(&unit.package);
        let is_written =
            |(_, source): &(&str, Rc<Source>)| source.asks.writes.contains(&unit.secret);
        if asking.iter().any(is_written) {
            return Err(Reason::WrittenElsewhere);
        }
        if asking
            .iter()
            .any(|(path, source)| is_taken_otherwise(unit, path, source))
        {
            return Err(Reason::DynamicName);
        }
        let mut names: BTreeMap<String, Names> = BTreeMap::new();
        for (path, wants) in self.wants(unit) {
            let (named, _) = self.names(&path, &unit.package, wants, accessors)?;
            names.insert(path, named);
        }
        let mut group = Group::new();
        for read in &unit.reads {
            let path = &read.location.path;
            let (place, source) = (range(&read.location), self.source(path));
            let source = source.ok_or(Reason::NotParsed)?;
            if read.how != How::Open && head::is_in_error(&source, place) {
                return Err(Reason::ParseError);
            }
            if read.how == How::Parsed {
                let bound =
                    Bound::find(self, path, &unit.package, place).ok_or(Reason::Framework)?;
                let asked = bound
                    .paths()
                    .find_map(|path| names.get(path))
                    .ok_or(Reason::NoPlace)?;
                bound.edits(path, &unit.secret, &asked.secrets, &mut group);
                continue;
            }
            let edits = match (read.how, source.receiver(place), names.get(path)) {
                (How::Swap, Some(receiver), Some(names)) => {
                    let mut edits = vec![swap(receiver, names)];
                    edits.extend(self.present(unit, &source, receiver));
                    edits
                }
                (How::Getter, Some(receiver), Some(names)) => {
                    let asked = swapped(receiver, names);
                    vec![getter::edit(&source, receiver, &asked).ok_or(Reason::Overlap)?]
                }
                (How::Inline, Some(receiver), Some(names)) => {
                    let (constant, _) =
                        inline::constant(&source, receiver).ok_or(Reason::Overlap)?;
                    let asked = swapped(receiver, names);
                    inline::edits(&source, constant, receiver, &asked).ok_or(Reason::Overlap)?
                }
                (How::Default, _, Some(names)) => {
                    settings_python::ask(&source, place, &unit.secret, &names.secrets)
                        .ok_or(Reason::Framework)?
                }
                _ => continue,
            };
            group.entry(path.clone()).or_default().extend(edits);
        }
        for (path, receiver) in self.opened(unit) {
            let names = names.get(path).ok_or(Reason::NoPlace)?;
            let edits = group.entry(path.to_owned()).or_default();
            edits.push(swap(&receiver, names));
        }
        Ok(group)
    }

    /// What a unit replaces in a file, apart from what it shares.
    pub(super) fn swapped(&self, unit: &Unit, path: &str) -> Vec<TextRange> {
        let Some(source) = self.source(path) else {
            return Vec::new();
        };
        let own = unit.reads.iter().filter(|read| {
            read.location.path == path && matches!(read.how, How::Swap | How::Inline)
        });
        let own = own.filter_map(|read| Some(source.receiver(range(&read.location))?.at));
        let opened = self.opened(unit).into_iter().filter(|(of, _)| *of == path);
        own.chain(opened.map(|(_, receiver)| receiver.at)).collect()
    }

    /// Files that a unit changes.
    pub(super) fn paths(&self, unit: &Unit) -> BTreeSet<String> {
        self.wants(unit).into_keys().collect()
    }
}

fn is_read(finding: &Finding) -> bool {
    Rule::part_of(finding.rule) == Some(Part::Read)
}

fn swap(receiver: &Receiver, names: &Names) -> Edit {
    Edit {
        range: receiver.at,
        text: swapped(receiver, names),
    }
}

/// Whether the name of a secret stands as a text in a file that does with the environment what is not followed: a loop
/// over it that waits for the name, a text that is filled in.
fn is_taken_otherwise(unit: &Unit, path: &str, source: &Source) -> bool {
    let reads = || unit.reads.iter().filter(|read| read.location.path == path);
    let given: Vec<TextRange> = reads()
        .filter_map(|read| match read.how {
            How::Shared(place) => Some(place),
            _ => None,
        })
        .collect();
    let mut others = source.asks.others.iter();
    let places: Vec<TextRange> = reads().map(|read| range(&read.location)).collect();
    others.any(|other| !given.contains(other)) && source.mentions(&unit.secret, &places)
}

/// Whether a library that reads the variable can be given a default instead.
fn is_settled(source: &Source, place: TextRange, form: Option<Form>, secret: &str) -> bool {
    matches!(form, Some(Form::Settings | Form::CliOption))
        && source.language.family() == Family::Python
        && settings_python::ask(source, place, secret, "secrets").is_some()
}
