//! Variables of Dockerfiles: an instruction of its own, a word of one, or a line of one over several lines.

use super::lines::{Line, line, with_quotes};
use super::{Reason, cut};
use crate::config::{Assigned, Shape};
use crate::edit::Edit;
use crate::text::TextRange;

/// Whether the variable is there when the program runs, and not only while the image is built.
pub(super) fn is_env(text: &str, one: &Assigned<'_>) -> bool {
    let line = line(text, one.key);
    let word = line.before.split_whitespace().next();
    word.is_some_and(|word| word.eq_ignore_ascii_case("env"))
}

/// The edits that take out a variable.
pub(super) fn word(text: &str, one: &Assigned<'_>) -> Result<Vec<Edit>, Reason> {
    if one.shape != Shape::Member {
        return Err(Reason::Part);
    }
    let own = TextRange::new(one.key.start, with_quotes(text, one.value).end);
    if text[own.start..own.end].contains('\n') {
        return Err(Reason::SeveralLines);
    }
    let line = line(text, own);
    let continues = |line: &str| line.trim_end().ends_with('\\');
    let follows = line.start > 0 && continues(&text[..line.start]);
    let (before, behind) = (line.before.trim(), line.behind.trim());
    let is_instruction = ["ENV", "ARG"]
        .iter()
        .any(|word| before.eq_ignore_ascii_case(word));
    match (is_instruction, before.is_empty(), behind) {
        // An instruction of one variable.
        (true, _, "") if !follows => Ok(vec![cut(line.start, line.next)]),
        // A line of an instruction, neither its first nor its last.
        (_, true, "\\") if follows => Ok(vec![cut(line.start, line.next)]),
        (_, true, "") if follows => last(text, own.end, &line),
        // The first line has to keep its instruction, and the next line moves up to it.
        (true, _, "\\") if !follows => first(text, own, &line),
        _ if !behind.is_empty() && (!before.is_empty() || behind != "\\") => {
            let space = line.behind.len() - line.behind.trim_start().len();
            Ok(vec![cut(own.start, own.end + space)])
        }
        (false, false, "") => {
            let space = line.before.len() - line.before.trim_end().len();
            Ok(vec![cut(own.start - space, own.end)])
        }
        _ => Err(Reason::NotUnderstood),
    }
}

/// The last line of an instruction takes the mark before it along.
fn last(text: &str, end: usize, line: &Line<'_>) -> Result<Vec<Edit>, Reason> {
    let before = text[..line.start].trim_end();
    let mark = before.strip_suffix('\\').ok_or(Reason::NotUnderstood)?;
    let from = mark.trim_end().len();
    // A comment between the two would lose its line.
    if text[before.len()..line.start].matches('\n').count() != 1 {
        return Err(Reason::NotUnderstood);
    }
    Ok(vec![cut(from, end)])
}

/// The first line of an instruction: the variable goes, and the mark with the space behind it.
fn first(text: &str, own: TextRange, line: &Line<'_>) -> Result<Vec<Edit>, Reason> {
    let next = &text[line.next..];
    let indent = next.len() - next.trim_start_matches([' ', '\t']).len();
    if next.trim_start().starts_with('#') || next.trim().is_empty() {
        return Err(Reason::NotUnderstood);
    }
    Ok(vec![cut(own.start, line.next + indent)])
}
