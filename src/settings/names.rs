//! Whether the rules and channels that settings name exist.
//!
//! The settings do not know them; the caller does.

use super::partial::ALL;
use super::suggest::suggest;
use super::{Name, Partial, SettingsError};

/// One error for each rule id and channel that is not among the given ones.
pub fn check_names(partial: &Partial, rules: &[&str], channels: &[&str]) -> Vec<SettingsError> {
    let mut errors = Vec::new();
    let mut check = |key: &str, what: &str, name: &Name, known: &[&str]| {
        if !known.contains(&name.text.as_str()) {
            errors.push(unknown(key, what, name, known));
        }
    };
    for name in partial.select.iter().flatten() {
        if name.text != ALL {
            check("select", "rule", name, rules);
        }
    }
    for name in &partial.ignore {
        check("ignore", "rule", name, rules);
    }
    for (name, _) in &partial.severity {
        check("severity", "rule", name, rules);
    }
    for name in partial.per_file_ignores.iter().flat_map(|(_, names)| names) {
        check("per-file-ignores", "rule", name, rules);
    }
    for sink in &partial.sinks {
        check("sinks", "channel", &sink.channel, channels);
    }
    errors
}

fn unknown(key: &str, what: &str, name: &Name, known: &[&str]) -> SettingsError {
    let help = match suggest(&name.text, known) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("the {what}s are {}", known.join(", ")),
    };
    SettingsError::new(format!("`{key}`: unknown {what}"), name.span).with_help(help)
}
