//! Error reporters that are set up so that local variables, headers or the environment leave with each report.
//!
//! What a library sends by itself, and which of its options keep that in, is told here; how a set-up is written down
//! comes from [`super::options`].

use super::Reporter;
use super::options::Options;
use super::values::Values;
use crate::language::Family;
use crate::syntax::NodeId;

const LOCALS: &str = "local variables";
const HEADERS: &str = "request headers";
const COOKIES: &str = "cookies";
const TOOLS: &str = "the arguments and results of tools";
const COMMAND: &str = "the command line";
const ENVIRONMENT: &str = "the environment of the request";

/// What a set-up sends, and whether it asks for that.
type Sends = (Vec<&'static str>, bool);

/// A library that sends error reports.
struct Library {
    family: Family,
    service: &'static str,
    /// Modules that it is taken from; one that ends with `/` stands for all below it.
    modules: &'static [&'static str],
    /// Functions that set it up, behind the module.
    calls: &'static [&'static str],
    /// At which argument the options are.
    at: usize,
    /// Options that are or hold a scrubber.
    scrubbers: &'static [&'static str],
    /// Functions by which a scrubber is added elsewhere.
    adders: &'static [&'static str],
    sends: fn(&Options<'_, '_>) -> Sends,
    help: &'static str,
}

/// Packages of Sentry that run in a page, where there is neither an environment nor a frame to look into.
const BROWSERS: &[&str] = &[
    "@sentry/angular",
    "@sentry/browser",
    "@sentry/electron/renderer",
    "@sentry/ember",
    "@sentry/react",
    "@sentry/svelte",
    "@sentry/vue",
];

static LIBRARIES: &[Library] = &[
    Library {
        family: Family::Ecma,
        service: "Sentry",
        modules: BROWSERS,
        calls: &["init", "Sentry.init", "default.init"],
        at: 0,
        scrubbers: &["beforeSend"],
        adders: &["addEventProcessor", "addGlobalEventProcessor"],
        sends: |options| {
            let all = options.is("sendDefaultPii", true);
            (if all { vec![HEADERS, COOKIES] } else { vec![] }, true)
        },
        help: "leave out `sendDefaultPii`, or set `beforeSend` to a function that takes secrets out",
    },
    Library {
        family: Family::Ecma,
        service: "Sentry",
        modules: &["@sentry/"],
        calls: &["init", "Sentry.init", "default.init"],
        at: 0,
        scrubbers: &["beforeSend"],
        adders: &["addEventProcessor", "addGlobalEventProcessor"],
        sends: sentry_node,
        help: SENTRY_NODE,
    },
    Library {
        family: Family::Ecma,
        service: "Sentry",
        modules: &["@sentry/"],
        calls: &[
            "withSentry",
            "instrumentAgentWithSentry",
            "instrumentDurableObjectWithSentry",
            "sentryPagesPlugin",
        ],
        at: 0,
        scrubbers: &["beforeSend"],
        adders: &["addEventProcessor", "addGlobalEventProcessor"],
        sends: sentry_node,
        help: SENTRY_NODE,
    },
    Library {
        family: Family::Ecma,
        service: "Rollbar",
        modules: &["rollbar"],
        calls: &["", "init", "default", "Rollbar", "default.init"],
        at: 0,
        scrubbers: &["scrubFields", "scrubHeaders", "scrubPaths", "transform"],
        adders: &[],
        sends: |options| {
            let locals = options.get("locals").is_some();
            let first = if locals { LOCALS } else { HEADERS };
            (vec![first, COMMAND], locals)
        },
        help: "list the names of your secrets in `scrubFields`, or take them out in `transform`",
    },
    Library {
        family: Family::Ecma,
        service: "Honeybadger",
        modules: &["@honeybadger-io/"],
        calls: &[
            "configure",
            "factory",
            "Honeybadger.configure",
            "default.configure",
            "default.factory",
        ],
        at: 0,
        scrubbers: &["filters", "beforeNotify"],
        adders: &["beforeNotify"],
        sends: |_| (vec![HEADERS, COOKIES], false),
        help: "list `authorization`, `cookie` and the names of your secrets in `filters`, or set `beforeNotify`",
    },
    Library {
        family: Family::Ecma,
        service: "Bugsnag",
        modules: &["@bugsnag/"],
        calls: &["start", "createClient", "default.start", "Bugsnag.start"],
        at: 0,
        scrubbers: &["redactedKeys", "onError"],
        adders: &["addOnError"],
        sends: |_| (vec![HEADERS], false),
        help: "list `authorization`, `cookie` and the names of your secrets in `redactedKeys`, or set `onError`",
    },
    Library {
        family: Family::Python,
        service: "Sentry",
        modules: &["sentry_sdk"],
        calls: &["init"],
        at: 1,
        scrubbers: &["before_send"],
        adders: &["add_event_processor", "add_global_event_processor"],
        sends: sentry_python,
        help: "set `include_local_variables=False`, or take secrets out in `before_send` or with a recursive `EventScrubber`",
    },
    Library {
        family: Family::Python,
        service: "Rollbar",
        modules: &["rollbar"],
        calls: &["init"],
        at: 2,
        scrubbers: &["scrub_fields", "custom_transforms"],
        adders: &["add_payload_handler"],
        sends: |options| {
            let locals = options
                .get("locals")
                .map(|locals| Options::of(options.values, locals));
            let off = locals.is_some_and(|locals| locals.unknown || locals.is("enabled", false));
            (if off { vec![] } else { vec![LOCALS, COMMAND] }, false)
        },
        help: "set `locals={\"enabled\": False}`, or list the names of your secrets in `scrub_fields`",
    },
    Library {
        family: Family::Python,
        service: "Honeybadger",
        modules: &["honeybadger"],
        calls: &["honeybadger.configure", "configure"],
        at: 1,
        scrubbers: &["params_filters", "before_notify"],
        adders: &[],
        sends: |options| {
            let locals = options.is("report_local_variables", true);
            (
                if locals {
                    vec![LOCALS, HEADERS]
                } else {
                    vec![HEADERS]
                },
                locals,
            )
        },
        help: "list the names of your secrets in `params_filters`, or take them out in `before_notify`",
    },
    Library {
        family: Family::Python,
        service: "Bugsnag",
        modules: &["bugsnag"],
        calls: &["configure"],
        at: 1,
        scrubbers: &["params_filters"],
        adders: &["before_notify"],
        sends: |options| {
            let all = options.is("send_environment", true);
            (if all { vec![ENVIRONMENT] } else { vec![] }, true)
        },
        help: "leave out `send_environment`, or list the names of your secrets in `params_filters`",
    },
    Library {
        family: Family::Rust,
        service: "Sentry",
        modules: &["sentry", "sentry_core"],
        calls: &["init"],
        at: 0,
        scrubbers: &["before_send"],
        adders: &["add_event_processor"],
        sends: |options| {
            let all = options.is("send_default_pii", true);
            (if all { vec![HEADERS, COOKIES] } else { vec![] }, true)
        },
        help: "leave out `send_default_pii`, or set `before_send` to a function that takes secrets out",
    },
];

const SENTRY_NODE: &str = "set `beforeSend` to a function that takes secrets out, and switch off what is not needed with `dataCollection`";

fn sentry_node(options: &Options<'_, '_>) -> Sends {
    if options.is("enabled", false) {
        return (vec![], false);
    }
    let asks = |node| options.text(node).contains("localVariables");
    let locals =
        options.is("includeLocalVariables", true) || options.get("integrations").is_some_and(asks);
    if let Some(chosen) = options.get("dataCollection") {
        let chosen = Options::of(options.values, chosen);
        let kept = chosen.unknown
            || chosen
                .get("stackFrameVariables")
                .is_some_and(|node| !options.is_literally(node, true));
        return (if kept { vec![] } else { vec![LOCALS] }, true);
    }
    let all = options.is("sendDefaultPii", true);
    if all || locals {
        let mut carries = vec![HEADERS];
        if all {
            carries.extend([COOKIES, TOOLS]);
        }
        if locals {
            carries.insert(0, LOCALS);
        }
        return (carries, true);
    }
    let quiet = options.is("includeLocalVariables", false)
        // Version 11 has no such option; before it, sensitive headers are left out.
        || options.is("sendDefaultPii", false)
        || options.is("defaultIntegrations", false);
    (if quiet { vec![] } else { vec![HEADERS] }, false)
}

fn sentry_python(options: &Options<'_, '_>) -> Sends {
    // One without arguments is what there is anyway: it knows some names, and looks into nothing.
    let scrubs = options.get("event_scrubber").is_some_and(|node| {
        !options.text(node).ends_with("EventScrubber()") && !options.is_literally(node, false)
    });
    if scrubs {
        return (vec![], false);
    }
    let mut off = options.is("include_local_variables", false) || options.is("with_locals", false);
    if let Some(chosen) = options.get("data_collection") {
        let chosen = Options::of(options.values, chosen);
        off |= chosen.unknown || chosen.is("stack_frame_variables", false);
    }
    let all = options.is("send_default_pii", true);
    let mut carries = Vec::new();
    if !off {
        carries.push(LOCALS);
    }
    if all {
        carries.extend([HEADERS, COOKIES, TOOLS]);
    }
    (carries, all)
}

/// The error reporters of a file that send more than they should.
pub(super) fn find(values: &Values<'_>) -> Vec<Reporter> {
    let mut found = Vec::new();
    for &call in &values.shapes.call_list {
        let shape = values.shapes.calls[&call];
        let Some(library) = library(values, shape.function) else {
            continue;
        };
        let options = Options::of_call(values, shape.arguments, library.at);
        let has_scrubber = library.scrubbers.iter().any(|name| options.has(name));
        if options.unknown || has_scrubber || is_added(values, library) {
            continue;
        }
        let (carries, asked) = (library.sends)(&options);
        if !carries.is_empty() {
            found.push(Reporter {
                range: values.tree.range(shape.function),
                service: library.service,
                carries,
                asked,
                help: library.help,
            });
        }
    }
    found
}

/// The library that a call sets up.
fn library(values: &Values<'_>, function: NodeId) -> Option<&'static Library> {
    let family = values.family();
    // Most calls end in another word.
    let last = values.text(function).rsplit(['.', ':']).next()?;
    let could = |library: &&Library| {
        library.family == family
            && (library
                .calls
                .iter()
                .any(|call| call.rsplit('.').next() == Some(last))
                || values.is_name(values.bare(function)))
    };
    LIBRARIES.iter().find(could)?;
    let path = values.path(function)?;
    LIBRARIES.iter().filter(could).find(|library| {
        library.modules.iter().any(|module| {
            let rest = match module.strip_suffix('/') {
                Some(scope) => path
                    .strip_prefix(scope)
                    .and_then(|rest| rest.strip_prefix('/'))
                    .map(|rest| rest.split_once('.').map_or("", |(_, rest)| rest)),
                None => path
                    .strip_prefix(module)
                    .and_then(|rest| rest.strip_prefix('.').or(rest.is_empty().then_some(rest))),
            };
            rest.is_some_and(|rest| library.calls.contains(&rest))
        })
    })
}

/// Whether the file adds a scrubber by a call, or sets one as a field: `options.beforeSend = scrub`.
fn is_added(values: &Values<'_>, library: &Library) -> bool {
    let name_of = |node: NodeId| {
        values
            .shapes
            .members
            .get(&values.bare(node))
            .map(|&(_, name)| values.text(name))
    };
    let calls = values.shapes.call_list.iter();
    let called = calls
        .filter_map(|call| name_of(values.shapes.calls[call].function))
        .any(|name| library.adders.contains(&name));
    let set = |name: &str| library.scrubbers.contains(&name);
    called
        || values
            .shapes
            .binds
            .iter()
            .filter(|bind| bind.value.is_some())
            .filter_map(|bind| name_of(bind.target))
            .any(set)
}
