//! What is told of the place under the cursor: the finding, where else its secret is, and the rule.

use std::fmt::Write;

use gen_lsp_types::{Contents, Hover, MarkupContent, MarkupKind};

use super::diagnostics::Converter;
use crate::model::{Finding, Location};
use crate::rules::{Part, Rule};

/// So many other places of a secret are named for each part they have in its story.
const MAX_PLACES: usize = 8;

/// What to show at a byte of a file; nothing where there is no finding.
pub(super) fn hover(converter: &Converter<'_>, path: &str, byte: usize) -> Option<Hover> {
    let report = converter.folder.files.get(path)?;
    let mut here: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|one| converter.is_shown(one))
        .filter(|one| one.location.start.byte <= byte && byte <= one.location.end.byte)
        .collect();
    // The smallest is what people point at.
    here.sort_by_key(|one| one.location.end.byte - one.location.start.byte);
    let first = here.first()?;
    let mut text = String::new();
    for finding in &here {
        said(&mut text, finding, converter);
    }
    let mut rules: Vec<&str> = here.iter().map(|finding| finding.rule).collect();
    rules.dedup();
    for rule in rules.iter().filter_map(|id| Rule::find(id)) {
        let _ = write!(text, "---\n\n{}\n", rule.documentation().trim());
    }
    let kind = if converter.client.markdown {
        MarkupKind::Markdown
    } else {
        text = plain(&text);
        MarkupKind::PlainText
    };
    Some(Hover {
        contents: Contents::MarkupContent(MarkupContent { kind, value: text }),
        range: Some(converter.range(&first.location)),
    })
}

fn said(text: &mut String, finding: &Finding, converter: &Converter<'_>) {
    let Finding {
        rule,
        severity,
        message,
        why,
        help,
        ..
    } = finding;
    let message = escaped(message);
    let _ = write!(text, "**{message}**\n\n{why} To do: {}.\n\n", escaped(help));
    let _ = write!(text, "`{rule}`, {}\n\n", severity.as_str());
    let Some(secret) = &finding.secret else {
        return;
    };
    for (part, what) in [
        (Part::Read, "is also read"),
        (Part::Copy, "stands in plain text"),
        (Part::Exposure, "gets out"),
    ] {
        let all = converter
            .folder
            .files
            .values()
            .flat_map(|own| &own.findings);
        let places: Vec<&Location> = all
            .filter(|one| Rule::part_of(one.rule) == Some(part))
            .filter(|one| one.secret.as_ref() == Some(secret))
            .map(|one| &one.location)
            .filter(|place| **place != finding.location)
            .collect();
        if places.is_empty() {
            continue;
        }
        let _ = write!(text, "`{secret}` {what}:\n\n");
        for place in places.iter().take(MAX_PLACES) {
            let line = place.start.line;
            let name = escaped(&format!("{}:{line}", place.path));
            let _ = match converter.address(&place.path) {
                Some(uri) if converter.client.markdown => {
                    writeln!(text, "- [{name}]({uri}#L{line})")
                }
                _ => writeln!(text, "- {name}"),
            };
        }
        if let Some(more) = places
            .len()
            .checked_sub(MAX_PLACES)
            .filter(|&more| more > 0)
        {
            let _ = writeln!(text, "- and {more} more");
        }
        text.push('\n');
    }
}

/// Text that comes from a name or a path, which must not become markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '&'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Markdown for a client that shows none.
fn plain(markdown: &str) -> String {
    let mut out = String::new();
    for line in markdown.lines().filter(|line| !line.starts_with("```")) {
        let line = line.trim_start_matches('#').trim_start();
        let mut chars = line
            .replace("**", "")
            .chars()
            .filter(|c| *c != '`')
            .collect::<String>();
        chars = chars.replace('\\', "");
        out.push_str(&chars);
        out.push('\n');
    }
    out
}
