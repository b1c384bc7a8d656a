//! Through which parameters of a file's functions a value leaves: what other files need to know of it.

use super::exports;
use super::flow::{Flow, Kind};
use super::known::Known;
use super::names::Origin;
use super::pattern::Step;
use super::values::Values;
use crate::model::Channel;
use crate::settings::Settings;
use crate::syntax::Tree;

/// Arguments that a last parameter is taken to stand for.
const MAX_REST: usize = 8;

/// The option by which functions that start processes take an environment.
const ENV: &str = "env";

/// Whether a parameter is followed: whole, or the environment among its options.
fn is_followed(path: &[Step]) -> bool {
    matches!(path, []) || matches!(path, [Step::Key(key)] if key == ENV)
}

/// By which parameters of the functions of a name values leave: place and channel.
pub fn leaks(tree: &Tree, text: &[u8], settings: &Settings, name: &str) -> Vec<(usize, Channel)> {
    let values = Values::new(tree, text);
    let known = Known::default();
    let mut found = Vec::new();
    let mut functions = values.functions_named(name);
    functions.extend(exports::functions(&values, name));
    functions.sort_unstable();
    functions.dedup();
    for function in functions {
        for binding in &values.names.bindings {
            let Origin::Parameter(of, place, path) = &binding.origin else {
                continue;
            };
            if *of != function || !is_followed(path) {
                continue;
            }
            let mut flow = Flow::new(&values, settings, &known);
            flow.start_at_uses(binding, Kind::Whole);
            flow.run();
            if path.is_empty() {
                // What is given as one of its options.
                let mut inner = Flow::new(&values, settings, &known);
                inner.start_inside(binding, ENV);
                inner.run();
                let only = inner
                    .leaks
                    .into_iter()
                    .filter(|&channel| super::child::is_child(channel));
                flow.leaks.extend(only);
            } else {
                flow.leaks
                    .retain(|&channel| super::child::is_child(channel));
            }
            let rest = values
                .parameter_at(function, *place)
                .is_some_and(|parameter| values.takes_others(parameter, "list_splat_pattern"));
            let shift = usize::from(flow.takes_self(function));
            found.extend(
                flow.leaks
                    .iter()
                    .filter(|_| *place >= shift)
                    .flat_map(|&channel| {
                        let last = if rest { place + MAX_REST } else { *place };
                        (*place..=last).map(move |place| (place - shift, channel))
                    }),
            );
        }
    }
    found.sort();
    found.dedup();
    found
}
