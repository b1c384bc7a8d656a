//! From a plan to a manifest, as if there were none yet.

use std::collections::{BTreeMap, BTreeSet};

use super::copies::copies;
use super::{Manifest, Manual, Origin, Package, Reader, SCHEMA, Secret, Status, Strategy, store};
use crate::model::Form;
use crate::rewrite::{Needs, Plan, Read, Unit};

/// The manifest of a plan.
pub(super) fn build(origin: &Origin<'_>) -> Manifest {
    let mut secrets: Vec<Secret> = origin
        .plan
        .units
        .iter()
        .map(|unit| secret(unit, origin))
        .collect();
    secrets.sort_by(|a, b| a.id.cmp(&b.id));
    let packages = packages(origin.plan);
    let mut manifest = Manifest {
        schema: SCHEMA.to_owned(),
        version: 1,
        backend: origin.request.backend.id.to_owned(),
        client: origin.request.through,
        mount: origin.request.place.clone(),
        team: origin.request.team.clone(),
        secrets,
        steps: Vec::new(),
        packages,
        policies: Vec::new(),
    };
    manifest.steps = steps_of(&manifest);
    store::complete(&mut manifest, &BTreeSet::new());
    manifest
}

fn secret(unit: &Unit, origin: &Origin<'_>) -> Secret {
    let (address, place) = (&unit.address, &origin.request.place);
    let api = (origin.request.backend.api)(place, address);
    let behind = match address.key.as_str() {
        "" => String::new(),
        key => format!("#{key}"),
    };
    let copies = copies(&unit.secret, origin);
    let team = &origin.request.team;
    let plan = origin.plan;
    Secret {
        id: format!("{}{behind}@{}", address.path, unit.package.root),
        name: unit.secret.clone(),
        provider: unit.provider.map(str::to_owned),
        server: unit.server.clone(),
        team: team.clone(),
        package: unit.package.root.clone(),
        path: address.path.clone(),
        key: address.key.clone(),
        reference: format!("{api}{behind}"),
        api_path: api,
        strategy: Strategy::default(),
        status: status(unit),
        rotate_after: !copies.is_empty(),
        readers: unit
            .reads
            .iter()
            .map(|read| reader(unit, read, plan))
            .collect(),
        copies,
        manual: manual(unit, plan),
        store: String::new(),
        owner: None,
        notes: None,
        waived: None,
    }
}

fn status(unit: &Unit) -> Status {
    match unit.reason {
        None => Status::Rewritten,
        Some(_) => Status::Manual,
    }
}

fn reader(unit: &Unit, read: &Read, plan: &Plan) -> Reader {
    Reader {
        path: read.location.path.clone(),
        line: plan.line(&read.location),
        form: read.form.map(|form| Form::as_str(form).to_owned()),
        applicability: read.applicability().to_owned(),
        rotation: read.rotation.as_str().to_owned(),
        status: status(unit),
    }
}

/// The reads that nobody could rewrite; where the reason is that of no read, the first one stands for all.
fn manual(unit: &Unit, plan: &Plan) -> Vec<Manual> {
    let Some(of_unit) = unit.reason else {
        return Vec::new();
    };
    let step = |read: &Read| {
        let reason = read.reason.unwrap_or(of_unit);
        Manual {
            reason: reason.as_str().to_owned(),
            advice: reason.advice().to_owned(),
            suggestion: unit.suggestion(),
            path: read.location.path.clone(),
            line: plan.line(&read.location),
        }
    };
    let own = unit.reads.iter().filter(|read| read.reason.is_some());
    let mut steps: Vec<Manual> = own.map(step).collect();
    if steps.is_empty() {
        steps.extend(unit.reads.first().map(step));
    }
    steps
}

/// What is left to do whatever the secret.
pub fn steps(plan: &Plan) -> Vec<String> {
    let mut steps = locks(&packages(plan));
    let units = plan.units.iter();
    let names = namesakes(units.map(|unit| ["", &unit.server, &unit.package.root]));
    steps.extend(names.iter().map(|one| one.advice(&quoted)));
    steps
}

pub(super) fn steps_of(manifest: &Manifest) -> Vec<String> {
    let mut steps = locks(&manifest.packages);
    let names = manifest.namesakes();
    steps.extend(names.iter().map(|one| one.advice(&quoted)));
    steps
}

impl Manifest {
    /// Packages that go by one name.
    pub fn namesakes(&self) -> Vec<Namesakes> {
        let secrets = self.secrets.iter();
        namesakes(secrets.map(|secret| [&*secret.team, &secret.server, &secret.package]))
    }
}

fn locks(packages: &[Package]) -> Vec<String> {
    let steps = packages.iter().map(|package| {
        let (lock, file) = (&package.lock, &package.file);
        let name = file.rsplit('/').next().unwrap_or_default();
        match name {
            "Cargo.toml" => format!(
                "run `{lock}` for {file} once, so that Cargo.lock has the crates that were added"
            ),
            "package.json" | "pyproject.toml" | "requirements.txt" => format!(
                "run `{lock}` for {file} once, so that what was added there is installed and locked"
            ),
            _ => format!("run `{lock}` where the server runs: no file says what it needs"),
        }
    });
    steps.collect()
}

/// Packages that go by one name and so read the same values, which only people can know to be right.
#[derive(Debug)]
pub struct Namesakes {
    server: String,
    packages: Vec<String>,
}

impl Namesakes {
    /// What to do, with names in the way of whoever shows it.
    pub fn advice(&self, code: &dyn Fn(&str) -> String) -> String {
        let folder = |package: &String| code(if package.is_empty() { "." } else { package });
        let packages: Vec<String> = self.packages.iter().map(folder).collect();
        format!(
            "if {} are several servers, migrate each by itself with a {} of its own: named {}, all of them read the same \
             values",
            packages.join(", "),
            code("--server"),
            code(&self.server)
        )
    }
}

fn quoted(name: &str) -> String {
    format!("`{name}`")
}

/// Each item is a team, a server and a package.
fn namesakes<'s>(all: impl Iterator<Item = [&'s str; 3]>) -> Vec<Namesakes> {
    let mut servers: BTreeMap<[&str; 2], BTreeSet<&str>> = BTreeMap::new();
    for [team, server, package] in all {
        servers.entry([team, server]).or_default().insert(package);
    }
    servers.retain(|_, packages| packages.len() > 1);
    let names = servers
        .into_iter()
        .map(|([_, server], packages)| Namesakes {
            server: server.to_owned(),
            packages: packages.into_iter().map(str::to_owned).collect(),
        });
    names.collect()
}

/// The packages that need more than before.
fn packages(plan: &Plan) -> Vec<Package> {
    let package = |needs: &Needs| Package {
        file: needs.file.clone(),
        add: needs.add.clone(),
        lock: needs.lock.clone(),
    };
    plan.needs.iter().map(package).collect()
}
