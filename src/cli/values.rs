//! Values of arguments that come from a table elsewhere.

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::backend::{self, Backend, Through};
use crate::report::{self, Format};
use crate::rules::{self, Rule};

/// One of the rules' ids.
pub(super) fn rule() -> impl TypedValueParser<Value = &'static Rule> {
    rule_id().map(|id| Rule::find(&id).expect("only ids of the table are accepted"))
}

/// The same, as text.
pub(super) fn rule_id() -> PossibleValuesParser {
    PossibleValuesParser::new(
        rules::ALL
            .iter()
            .map(|rule| PossibleValue::new(rule.id).help(rule.summary)),
    )
}

/// The same, or `all`.
pub(super) fn selection() -> PossibleValuesParser {
    let ids = rules::ALL.iter().map(|rule| rule.id).chain(["all"]);
    PossibleValuesParser::new(ids)
}

/// One of the formats' names.
pub(super) fn format() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(
        report::ALL
            .iter()
            .map(|(_, name, help)| PossibleValue::new(*name).help(*help)),
    )
    .map(|name| report::find(&name).expect("only names of the table are accepted"))
}

/// One of the secret managers.
pub(super) fn backend() -> impl TypedValueParser<Value = &'static Backend> {
    PossibleValuesParser::new(
        backend::ALL
            .iter()
            .map(|backend| PossibleValue::new(backend.id).help(backend.title)),
    )
    .map(|id| Backend::find(&id).expect("only ids of the table are accepted"))
}

/// What modules ask a secret manager with.
pub(super) fn client() -> impl TypedValueParser<Value = Through> {
    let help = |through| match through {
        Through::Builtin => {
            "Their own code: no library in JavaScript, TypeScript and Python, an HTTP client in Rust"
        }
        Through::Library => {
            "With vault: hvac in Python, vaultrs in Rust; the others have nothing else"
        }
    };
    PossibleValuesParser::new(
        Through::ALL.map(|through| PossibleValue::new(through.as_str()).help(help(through))),
    )
    .map(|word| {
        let mut all = Through::ALL.into_iter();
        all.find(|through| through.as_str() == word)
            .unwrap_or_default()
    })
}

/// A file to write, in a format of its own or in that of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) format: Option<Format>,
    pub(super) path: PathBuf,
}

/// `FILE`, or `FORMAT=FILE`.
pub(super) fn output() -> impl TypedValueParser<Value = Output> {
    PathBufValueParser::new().try_map(|path| {
        let name = path.to_str().and_then(|text| text.split_once('='));
        let name = name.filter(|(name, _)| name.bytes().all(|byte| byte.is_ascii_lowercase()));
        let Some((name, file)) = name else {
            return Ok(Output { format: None, path });
        };
        match report::find(name) {
            Some(_) if file.is_empty() => Err(format!("`{name}=` names no file")),
            Some(format) => Ok(Output {
                format: Some(format),
                path: file.into(),
            }),
            None => Err(format!(
                "there is no format `{name}`; a file of that name can be given as `./{name}={file}`"
            )),
        }
    })
}

/// A number of bytes: `500000`, `512k`, `2MiB`.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        _ => 0,
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(factor))
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "a number of bytes is needed, such as 500000, 512k or 2MiB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("500000"), Ok(500_000));
        assert_eq!(size("512k"), Ok(512 << 10));
        assert_eq!(size("2MiB"), Ok(2 << 20));
        for wrong in ["", "k", "0", "-1", "1x", "99999999999999999999"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
