//! JavaScript and TypeScript.

use super::{MAX_PATTERN, Names, Reader, Role};
use crate::outline::token::Kind;

/// Words before a declaration that do not tell what it is.
const MODIFIERS: &[&str] = &["abstract", "async", "declare", "default", "export"];

/// Tokens that are looked through for the end of a list of parameters.
const MAX_PARAMETERS: usize = 200;

/// Words before a method.
const METHOD_MODIFIERS: &[&str] = &[
    "async",
    "function",
    "get",
    "override",
    "private",
    "protected",
    "public",
    "readonly",
    "set",
    "static",
];

fn is_in(table: &[&str], word: &[u8]) -> bool {
    table.iter().any(|one| one.as_bytes() == word)
}

pub(super) fn names<'t>(reader: &Reader<'t, '_>) -> Names<'t> {
    let mut names = Names::default();
    let mut at = 0;
    if reader.is(0, b'@') {
        let class = reader.outside(0).find(|&at| reader.word(at) == b"class");
        at = class.unwrap_or(0);
    }
    let exported = reader.word(at) == b"export";
    while is_in(MODIFIERS, reader.word(at)) {
        at += 1;
    }
    if exported && (reader.is(at, b'*') || reader.is(at, b'{')) {
        let is_from = reader.outside(at).any(|at| reader.word(at) == b"from");
        names.role = if is_from { Role::Module } else { Role::List };
        return names;
    }
    let is_call = |at| reader.is(at, b'(') || reader.is(at, b'.');
    match reader.word(at) {
        b"import" if !is_call(at + 1) => {
            names.role = Role::Module;
            let clause = reader.words_until(at + 1, |at| reader.word(at) == b"from");
            names.declared.extend(clause);
        }
        b"function" => {
            let at = at + 1 + usize::from(reader.is(at + 1, b'*'));
            names.declared.push(reader.word(at));
        }
        b"const" if reader.word(at + 1) == b"enum" => {
            names.role = Role::Class;
            names.declared.push(reader.word(at + 2));
        }
        b"const" | b"let" | b"var" => {
            names.role = Role::Variables;
            variables(reader, at + 1, &mut names);
        }
        b"class" | b"interface" | b"type" | b"enum" | b"namespace" | b"module" => {
            names.role = Role::Class;
            names.declared.push(reader.word(at + 1));
        }
        _ => {}
    }
    inside(reader, &mut names);
    names
}

/// What an item holds: methods, modules it asks for, and in a block that is no function the names of the file as well.
fn inside<'t>(reader: &Reader<'t, '_>, names: &mut Names<'t>) {
    let is_block = names.declared.is_empty();
    for at in 0..reader.code.len() {
        match reader.word(at) {
            b"" => {}
            b"function" | b"class" | b"const" | b"let" | b"var" if is_block => {
                if reader.is(at + 1, b'{') || reader.is(at + 1, b'[') {
                    let pattern = reader.words_until(at + 1, |at| reader.is(at, b'='));
                    names.declared.extend(pattern.take(MAX_PATTERN));
                } else {
                    names.declared.push(reader.word(at + 1));
                }
            }
            b"require" | b"import" if reader.is(at + 1, b'(') => {
                let module = reader.code.get(at + 2);
                if let Some(module) = module.filter(|token| token.kind == Kind::Text) {
                    names.modules.push(module.text(reader.text));
                }
            }
            word if is_method(reader, at) => names.methods.push(word),
            _ => {}
        }
    }
}

/// `name(…) {` in a class or object, `name: async (…) =>`, `name = function`; some calls look the same.
fn is_method(reader: &Reader<'_, '_>, at: usize) -> bool {
    let starts = match at.checked_sub(1) {
        None => false,
        Some(before) => match reader.code[before].kind {
            Kind::Mark(mark) => b"{};,*)#".contains(&mark),
            Kind::Word => is_in(METHOD_MODIFIERS, reader.word(before)),
            _ => false,
        },
    };
    let is_function = |at: usize| {
        reader.is(at, b'(')
            || matches!(reader.word(at), b"async" | b"function")
            || reader.is(at + 1, b'=') && reader.is(at + 2, b'>')
    };
    starts
        && (reader.is(at + 1, b'(') && has_body(reader, at + 1)
            || reader.is(at + 1, b'<')
            || (reader.is(at + 1, b':') || reader.is(at + 1, b'=')) && is_function(at + 2))
}

/// Whether a body or a type stands behind the brackets that open at a place, as behind a call nothing of the kind does.
fn has_body(reader: &Reader<'_, '_>, open: usize) -> bool {
    let mut depth = 0_usize;
    for (at, token) in reader
        .code
        .iter()
        .enumerate()
        .skip(open)
        .take(MAX_PARAMETERS)
    {
        match token.kind {
            Kind::Mark(b'(' | b'[' | b'{') => depth += 1,
            Kind::Mark(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return reader.is(at + 1, b'{') || reader.is(at + 1, b':');
        }
    }
    true
}

/// The names that `const`, `let` or `var` declares.
fn variables<'t>(reader: &Reader<'t, '_>, from: usize, names: &mut Names<'t>) {
    let (mut in_target, mut in_type) = (true, false);
    let mut depth = 0_usize;
    for at in from..reader.code.len() {
        match reader.code[at].kind {
            Kind::Mark(b'(' | b'[' | b'{') => depth += 1,
            Kind::Mark(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            Kind::Mark(b':') if depth == 0 => in_type = true,
            Kind::Mark(b'=') if depth == 0 && reader.assigns(at) => {
                (in_target, in_type) = (false, false);
            }
            Kind::Mark(b',') if depth == 0 => (in_target, in_type) = (true, false),
            Kind::Mark(b';') if depth == 0 => return,
            Kind::Word if in_target && !in_type => names.declared.push(reader.word(at)),
            _ => {}
        }
    }
}
