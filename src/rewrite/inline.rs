//! Constants that hold a secret: what they are made of is put where they are used, so that each use sees a new value.
//!
//! Only where that is provably the same program. Used by the planning.

use super::head::{line_ending, node_at};
use super::rotation::{self, Rotation};
use super::source::Source;
use crate::edit::Edit;
use crate::facts::{Constant, Receiver};
use crate::language::{Family, Language};
use crate::syntax::NodeId;
use crate::text::TextRange;

/// More uses than these make a program harder to read than its constant.
const MAX_USES: usize = 12;

/// The constant that a read makes, if its uses can ask themselves, and what is known of them.
pub(super) fn constant<'s>(
    source: &'s Source,
    receiver: &Receiver,
) -> Option<(&'s Constant, Rotation)> {
    let constants = source.asks.constants.iter();
    let constant = constants
        .filter(|constant| constant.value.contains(receiver.read))
        .find(|constant| is_plain(source, constant, receiver))?;
    let tree = &source.tree;
    let uses: Option<Vec<NodeId>> = constant.uses.iter().map(|&at| node_at(tree, at)).collect();
    let uses = uses.filter(|uses| !uses.is_empty() && uses.len() <= MAX_USES)?;
    let kept = uses
        .iter()
        .filter(|&&node| !rotation::is_test(source, node))
        .map(|&node| rotation::of(source, tree.range(node)));
    let kept: Vec<Rotation> = kept.collect();
    // Where nothing gets better, nothing is moved around.
    if !kept.contains(&Rotation::Live) {
        return None;
    }
    let rotation = kept.into_iter().max().unwrap_or(Rotation::OnRestart);
    // Who asks for the name as a text would not find it any more.
    let is_asked =
        source.language.family() == Family::Python && source.mentions(&constant.name, &[]);
    if is_asked || is_wider(source, constant) {
        return None;
    }
    let is_whole = whole_lines(source, constant.statement).is_some();
    let can_say = constant
        .uses
        .iter()
        .all(|&at| said(source, constant, receiver, at, "secrets").is_some());
    (is_whole && can_say).then_some((constant, rotation))
}

/// The edits that put what a constant is made of where it is used; `asked` is what takes the receiver's place.
pub(super) fn edits(
    source: &Source,
    constant: &Constant,
    receiver: &Receiver,
    asked: &str,
) -> Option<Vec<Edit>> {
    let mut edits = vec![Edit {
        range: whole_lines(source, constant.statement)?,
        text: String::new(),
    }];
    for &at in &constant.uses {
        edits.push(Edit {
            range: at,
            text: said(source, constant, receiver, at, asked)?,
        });
    }
    Some(edits)
}

/// Whether a constant is a read with no more around it than may be said again: a literal instead of nothing, a type.
fn is_plain(source: &Source, constant: &Constant, receiver: &Receiver) -> bool {
    let tree = &source.tree;
    let Some(mut node) = node_at(tree, constant.value) else {
        return false;
    };
    for _ in 0..8 {
        if tree.range(node) == receiver.read {
            // What fails where there is no such variable has to fail at the start.
            let fails =
                source.language.family() == Family::Python && tree.kind_name(node) == "subscript";
            return !receiver.is_test && !fails;
        }
        let first = || tree.named_children(node).next();
        let inner = match tree.kind_name(node) {
            "parenthesized_expression"
            | "non_null_expression"
            | "as_expression"
            | "satisfies_expression" => first(),
            "binary_expression" | "boolean_operator" => {
                let operator = tree
                    .child(node, "operator")
                    .map_or("", |of| source.text(of));
                let right = tree.child(node, "right");
                let is_literal = right.is_some_and(|right| tree.is_literal(right));
                let is_or = matches!(operator, "||" | "??" | "or");
                tree.child(node, "left").filter(|_| is_or && is_literal)
            }
            // `x.trim()`
            "call_expression" | "call" => {
                let is_empty = tree
                    .child(node, "arguments")
                    .is_some_and(|list| tree.named_children(list).next().is_none());
                let function = tree.child(node, "function").filter(|_| is_empty);
                let name = function.map_or("", |of| source.text(of));
                let trims = [".trim", ".strip"].iter().any(|end| name.ends_with(end));
                function
                    .filter(|_| trims)
                    .and_then(|of| tree.child(of, "object"))
            }
            _ => None,
        };
        match inner {
            Some(inner) => node = inner,
            None => return false,
        }
    }
    false
}

/// What stands at a use instead of the name.
fn said(
    source: &Source,
    constant: &Constant,
    receiver: &Receiver,
    at: TextRange,
    asked: &str,
) -> Option<String> {
    let tree = &source.tree;
    let node = node_at(tree, at)?;
    let parent = tree.parent(node)?;
    let text =
        |from: usize, to: usize| String::from_utf8_lossy(&source.text[from..to]).into_owned();
    let (value, place) = (constant.value, receiver.at);
    let mut said = text(value.start, place.start) + asked + &text(place.end, value.end);
    if said.contains('\n') || said.len() > 120 {
        return None;
    }
    let whole = node_at(tree, value)?;
    let is_typed = matches!(source.language, Language::TypeScript | Language::Tsx);
    let may_be_absent =
        tree.range(whole) == receiver.read || source.text(whole).ends_with("trim()");
    let tests = constant.uses.iter().filter_map(|&use_| node_at(tree, use_));
    let is_guarded = tests.into_iter().any(|of| rotation::is_test(source, of))
        || constant.uses.iter().any(|&at| is_asserted(source, at));
    if is_typed && may_be_absent && is_guarded && !rotation::may_be_missing(source, node) {
        // The constant was known to be there behind the question; what is asked anew is not.
        said.push('!');
    }
    let is_joined = matches!(
        tree.kind_name(whole),
        "as_expression" | "binary_expression" | "boolean_operator" | "satisfies_expression"
    );
    let stands_alone = matches!(
        tree.kind_name(parent),
        "argument_list"
            | "arguments"
            | "interpolation"
            | "keyword_argument"
            | "pair"
            | "parenthesized_expression"
            | "return_statement"
            | "template_substitution"
    );
    if is_joined && !stands_alone {
        said = format!("({said})");
    }
    // Without semicolons a statement that starts so belongs to the line above.
    let starts = |&around: &NodeId| {
        tree.kind_name(around) == "expression_statement" && tree.range(around).start == at.start
    };
    if said.starts_with('(') && tree.ancestors(node).any(|around| starts(&around)) {
        return None;
    }
    if tree.kind_name(node) == "shorthand_property_identifier" {
        return Some(format!("{}: {said}", constant.name));
    }
    if source.language.family() == Family::Python {
        return quoted(source, node, said);
    }
    Some(said)
}

/// `assert(token);`
fn is_asserted(source: &Source, at: TextRange) -> bool {
    let tree = &source.tree;
    let call = || {
        let list = tree.parent(node_at(tree, at)?)?;
        let call = tree
            .parent(list)
            .filter(|_| tree.kind_name(list) == "arguments")?;
        let statement = tree.parent(call)?;
        (tree.kind_name(statement) == "expression_statement").then_some(call)
    };
    call().is_some()
}

/// Whether a constant is declared as more than a text.
fn is_wider(source: &Source, constant: &Constant) -> bool {
    let tree = &source.tree;
    let declarator = node_at(tree, constant.value).and_then(|value| tree.parent(value));
    let kind = declarator.and_then(|of| tree.child(of, "type"));
    kind.is_some_and(|kind| {
        let mut kinds = source.text(kind).trim_start_matches(':').split('|');
        kinds.any(|one| {
            !matches!(
                one.trim(),
                "string" | "str" | "undefined" | "None" | "Optional[str]"
            )
        })
    })
}

/// An expression inside of a text of Python: quotes that end the text become the other ones.
fn quoted(source: &Source, node: NodeId, said: String) -> Option<String> {
    let tree = &source.tree;
    let mut around = tree
        .ancestors(node)
        .filter(|&parent| tree.kind_name(parent) == "string");
    let Some(inner) = around.next() else {
        return Some(said);
    };
    // `f"{NAME=}"` shows what stands there, and of texts in texts all quotes are taken.
    let rest = source.text[tree.range(node).end..].trim_ascii_start();
    if around.next().is_some() || rest.starts_with(b"=") && !rest.starts_with(b"==") {
        return None;
    }
    let around = inner;
    let quote = source
        .text(around)
        .chars()
        .find(|c| matches!(c, '"' | '\''))?;
    let other = if quote == '"' { '\'' } else { '"' };
    if !said.contains(quote) {
        return Some(said);
    }
    let can_turn = !said.contains(other) && !said.contains('\\');
    can_turn.then(|| said.replace(quote, &other.to_string()))
}

/// The lines of a statement that has them for itself, with the comment above that is about nothing else, and one of two
/// empty lines that would meet.
fn whole_lines(source: &Source, statement: TextRange) -> Option<TextRange> {
    let text = &source.text;
    let start = text[..statement.start]
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |at| at + 1);
    if !text[start..statement.start].trim_ascii().is_empty() {
        return None;
    }
    let end = memchr::memchr(b'\n', &text[statement.end..])
        .map_or(text.len(), |at| statement.end + at + 1);
    let rest = text[statement.end..end].trim_ascii();
    let is_comment = rest.starts_with(b"//") || rest.starts_with(b"#");
    if !(rest.is_empty() || rest == b";" || is_comment) {
        return None;
    }
    let code = text[..start].trim_ascii_end();
    let between = &text[code.len()..start];
    // A comment of several lines may be about what stands below as well.
    if code.ends_with(b"*/") && memchr::memchr_iter(b'\n', between).count() < 2 {
        return None;
    }
    let is_empty = |line: &[u8]| line.trim_ascii().is_empty();
    let next = |at: usize| {
        let stop = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |to| at + to + 1);
        &text[at..stop]
    };
    let is_last = is_empty(next(end));
    let mut first = start;
    while first > 0 {
        let above = text[..first - 1]
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(0, |at| at + 1);
        let line = text[above..first].trim_ascii();
        let is_comment =
            line.starts_with(b"//") || line.starts_with(b"#") && !line.starts_with(b"#!");
        // What is told to a checker is about what stands in the next line.
        let mut words = ["@ts-", "eslint-disable", "biome-ignore", "prettier-ignore"].iter();
        if words.any(|word| memchr::memmem::find(line, word.as_bytes()).is_some()) {
            return None;
        }
        if is_comment && is_last {
            first = above;
        } else {
            break;
        }
    }
    let above = text[..first].strip_suffix(line_ending(text).as_bytes());
    let after_gap = above.is_none_or(|above| above.is_empty() || above.ends_with(b"\n"));
    let end = if is_last && after_gap {
        end + next(end).len()
    } else {
        end
    };
    Some(TextRange::new(first, end))
}
