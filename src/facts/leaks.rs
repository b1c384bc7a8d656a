//! Through which parameters of a file's functions a value leaves: what other files need to know of it.

use super::exports;
use super::flow::{Flow, Kind};
use super::known::Known;
use super::names::Origin;
use super::values::Values;
use crate::model::Channel;
use crate::settings::Settings;
use crate::syntax::Tree;

/// Arguments that a last parameter is taken to stand for.
const MAX_REST: usize = 8;

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
            if *of != function || !path.is_empty() {
                continue;
            }
            let mut flow = Flow::new(&values, settings, &known);
            flow.start_at_uses(binding, Kind::Whole);
            flow.run();
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
