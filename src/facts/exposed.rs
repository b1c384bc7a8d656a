//! Single secrets that leave the process: follows the value of each read whose name is that of a secret, and of each
//! secret that comes from another file.

use std::collections::{BTreeMap, BTreeSet};

use super::flow::Flow;
use super::known::{Gift, Held, Known, imported};
use super::names::Origin;
use super::pattern::Step;
use super::{Exposure, Facts, ValueKind};
use crate::language::Family;
use crate::model::{Channel, Form};
use crate::names::Names;
use crate::settings::Settings;
use crate::syntax::NodeId;
use crate::text::TextRange;

/// Secrets of one file that are followed; one with more is data.
const MAX_SECRETS: usize = 200;

/// The secrets that start at each place.
type Sources = BTreeMap<TextRange, Vec<String>>;

/// Adds the exposures to what is known of a file, the names that hold secrets, and what functions of others get.
pub(super) fn find(flow: &mut Flow<'_, '_>, settings: &Settings, known: &Known, facts: &mut Facts) {
    let own = own(settings, facts);
    start_own(flow, &own);
    let mut any = start_gifts(flow, known);
    any |= start_imported(flow, known);
    if own.is_empty() && !any {
        return;
    }
    flow.run();
    let names = named(flow, &own);
    exposures(flow, &names, facts);
    in_help(flow, &own, facts);
    sort(facts);
    given(flow, &names, facts);
    facts.incomplete |= flow.gave_up;
}

/// The names of each secret, and whether it comes from another file.
fn named<'n, 'v, 't>(
    flow: &'n Flow<'v, 't>,
    own: &'n Sources,
) -> impl Fn(usize) -> (Vec<String>, bool) + use<'n, 'v, 't> {
    let tree = flow.values.tree;
    let places: BTreeMap<usize, &Vec<String>> = tree
        .nodes()
        .filter_map(|node| Some((node.index() + 1, own.get(&tree.range(node))?)))
        .collect();
    move |secret| match flow.foreign_name(secret) {
        Some(name) => (vec![name.to_owned()], true),
        None => (
            places.get(&secret).copied().cloned().unwrap_or_default(),
            false,
        ),
    }
}

fn own(settings: &Settings, facts: &Facts) -> Sources {
    let classifier = Names::new(&settings.allow, &settings.deny);
    let mut own = Sources::new();
    for read in &facts.reads {
        if read.kind == ValueKind::Any && classifier.classify(&read.name).is_some() {
            own.entry(read.range).or_default().push(read.name.clone());
        }
    }
    own
}

fn start_own(flow: &mut Flow<'_, '_>, own: &Sources) {
    let values = flow.values;
    let reads = flow.reads.iter();
    let mut starts: Vec<(NodeId, Form)> = reads
        .filter(|read| own.contains_key(&values.tree.range(read.node)))
        .map(|read| (read.node, read.form))
        .collect();
    starts.sort_unstable_by_key(|&(node, _)| node);
    starts.dedup_by_key(|&mut (node, _)| node);
    for (node, form) in starts.into_iter().take(MAX_SECRETS) {
        flow.start_secret(node, form);
    }
}

/// Parameters by which other files give a secret; tells whether there is one.
fn start_gifts(flow: &mut Flow<'_, '_>, known: &Known) -> bool {
    let values = flow.values;
    let mut any = false;
    for gift in known.gifts.iter().take(MAX_SECRETS) {
        let mut functions = values.functions_named(&gift.to);
        for binding in values.names.named(&gift.to) {
            if let Origin::Class(class) = binding.origin {
                functions.extend(values.constructor(class));
            }
        }
        values.tree.spend(values.names.bindings.len());
        for binding in &values.names.bindings {
            let Origin::Parameter(function, place, path) = &binding.origin else {
                continue;
            };
            let inside: Vec<Step> = gift
                .path
                .iter()
                .rev()
                .map(|key| Step::Key(key.clone()))
                .collect();
            let fits = match &gift.keyword {
                Some(keyword) => binding.name == keyword,
                None => *place == gift.place + usize::from(flow.takes_self(*function)),
            };
            // A parameter may take only parts of what is given.
            let left = match path.as_slice() {
                [] => Some(inside.as_slice()),
                [step] => inside
                    .split_last()
                    .filter(|(last, _)| *last == step)
                    .map(|(_, left)| left),
                _ => None,
            };
            if let Some(left) = left.filter(|_| fits && functions.contains(function)) {
                any = true;
                for node in values.names.references(binding) {
                    flow.start_foreign(&gift.secret, binding.at, node, left.to_vec());
                }
            }
        }
    }
    any
}

/// Names of other files that hold a secret; tells whether there is one.
fn start_imported(flow: &mut Flow<'_, '_>, known: &Known) -> bool {
    let values = flow.values;
    if known.secrets.is_empty() {
        return false;
    }
    let mut starts: Vec<(NodeId, &Held)> = Vec::new();
    for binding in &values.names.bindings {
        let Origin::Import(source, name) = &binding.origin else {
            continue;
        };
        let name = name.clone().unwrap_or_else(|| "default".to_owned());
        if let Some(held) = known.secrets.get(&(source.clone(), name)) {
            for node in values.names.references(binding) {
                starts.extend(held.iter().map(|held| (node, held)));
            }
        }
    }
    for &node in &values.shapes.member_list {
        if let Some(held) = imported(values, node).and_then(|from| known.secrets.get(&from)) {
            starts.extend(held.iter().map(|held| (node, held)));
        }
    }
    let any = !starts.is_empty();
    for (node, held) in starts.into_iter().take(10 * MAX_SECRETS) {
        let node = if held.called {
            flow.called(node)
        } else {
            Some(node)
        };
        let Some(node) = node else { continue };
        let path = held.path.iter().rev().map(|key| Step::Key(key.clone()));
        flow.start_foreign(&held.secret, node, node, path.collect());
    }
    any
}

fn exposures(
    flow: &Flow<'_, '_>,
    names: &impl Fn(usize) -> (Vec<String>, bool),
    facts: &mut Facts,
) {
    let range = |node| flow.values.tree.range(node);
    for exposure in &flow.exposures {
        let (names, foreign) = names(exposure.secret);
        for name in names {
            facts.exposures.push(Exposure {
                name,
                source: range(exposure.source),
                foreign,
                value: range(exposure.value),
                sink: range(super::find::named_part(flow.values, exposure.sink)),
                channel: exposure.channel,
                in_help: false,
                steps: exposure.steps.iter().map(|&node| range(node)).collect(),
            });
        }
    }
}

/// Options whose help shows the value of their variable.
fn in_help(flow: &Flow<'_, '_>, own: &Sources, facts: &mut Facts) {
    let values = flow.values;
    if values.family() != Family::Rust {
        return;
    }
    let options = flow.reads.iter();
    for read in options.filter(|read| read.form == Form::CliOption) {
        let range = values.tree.range(read.node);
        let Some(names) = own.get(&range) else {
            continue;
        };
        if !super::settings_rust::shows_value(values, read.node) {
            continue;
        }
        facts.exposures.extend(names.iter().map(|name| Exposure {
            name: name.clone(),
            source: range,
            foreign: false,
            value: range,
            sink: range,
            channel: Channel::Print,
            in_help: true,
            steps: Vec::new(),
        }));
    }
}

fn sort(facts: &mut Facts) {
    facts.exposures.sort_by(|a, b| {
        (a.value, a.channel, &a.name, a.source).cmp(&(b.value, b.channel, &b.name, b.source))
    });
    facts
        .exposures
        .dedup_by(|a, b| a.value == b.value && a.name == b.name && a.channel == b.channel);
}

/// Secrets under the names by which others take them, where those differ from the ones inside.
fn published(
    flow: &Flow<'_, '_>,
    names: &impl Fn(usize) -> (Vec<String>, bool),
    facts: &mut Facts,
) {
    let values = flow.values;
    let published = super::exports::published(values);
    if published.is_empty() {
        return;
    }
    let places: Vec<NodeId> = published.iter().map(|&(at, _)| values.bare(at)).collect();
    let found = flow.secrets_at(&places);
    for ((value, name), place) in published.into_iter().zip(places) {
        let inside = facts.exports.secrets.get(values.text(value));
        let mut held: BTreeSet<Held> = inside.cloned().unwrap_or_default();
        for (_, secret, path) in found.iter().filter(|(at, ..)| *at == place) {
            held.extend(names(*secret).0.into_iter().map(|secret| Held {
                path: path.clone(),
                called: false,
                secret,
            }));
        }
        if !held.is_empty() {
            facts.exports.secrets.entry(name).or_default().extend(held);
        }
    }
}

/// What other files get: names that hold a secret, and what their functions are given.
fn given(flow: &Flow<'_, '_>, names: &impl Fn(usize) -> (Vec<String>, bool), facts: &mut Facts) {
    for held in &flow.held {
        let list = facts.exports.secrets.entry(held.name.clone()).or_default();
        list.extend(names(held.secret).0.into_iter().map(|secret| Held {
            path: held.path.clone(),
            called: held.called,
            secret,
        }));
    }
    published(flow, names, facts);
    for gift in flow.gifts.iter().take(MAX_SECRETS) {
        let (module, to) = &gift.to;
        facts
            .gifts
            .extend(names(gift.secret).0.into_iter().map(|secret| {
                let gift = Gift {
                    to: to.clone(),
                    place: gift.place,
                    keyword: gift.keyword.clone(),
                    path: gift.path.clone(),
                    secret,
                };
                (module.clone(), gift)
            }));
    }
    facts.gifts.sort();
    facts.gifts.dedup();
    // What a function was given is known in the file that it is in.
    let modules: Vec<String> = facts
        .gifts
        .iter()
        .map(|(module, _)| module.clone())
        .collect();
    facts.imports.extend(modules);
    facts.imports.sort();
    facts.imports.dedup();
}
