//! Rust.

use super::{Names, Reader, Role};

/// Words before an item that do not tell what it is.
const MODIFIERS: &[&str] = &["async", "default", "extern", "pub", "unsafe"];

pub(super) fn names<'t>(reader: &Reader<'t, '_>) -> Names<'t> {
    let mut names = Names::default();
    let at = behind_modifiers(reader, behind_attributes(reader, &mut names));
    let name = reader.word(at + 1);
    let has_body = reader.code.iter().any(|token| token.is(b'{'));
    match reader.word(at) {
        b"use" => {
            names.role = Role::Module;
            names.declared.extend(reader.words_until(at + 1, |_| false));
        }
        b"mod" if !has_body => {
            names.role = Role::Module;
            names.declared.push(name);
        }
        b"const" if name == b"fn" => names.declared.push(reader.word(at + 2)),
        b"static" | b"const" => {
            names.role = Role::Variables;
            names.declared.extend([name, reader.word(at + 2)]);
        }
        b"impl" => {
            names.role = Role::Class;
            let (of_trait, of_type) = self_type(reader, at);
            names.declared.extend(of_type);
            // Whoever is given something of the trait may be given this.
            names.changed.extend(of_trait);
        }
        b"struct" | b"enum" | b"mod" | b"trait" | b"union" => {
            names.role = Role::Class;
            names.declared.push(name);
        }
        b"macro_rules" => names.declared.push(reader.word(at + 2)),
        b"" => {}
        _ => names.declared.push(name),
    }
    for at in 1..reader.code.len() {
        let is_path = reader.is(at, b':') && reader.is(at + 1, b':');
        match reader.word(at - 1) {
            b"" => {}
            b"fn" => names.methods.push(reader.word(at)),
            b"use" => names.modules.push(reader.path(at, b':')),
            // The head of a path.
            _ if is_path && !(at > 1 && reader.is(at - 2, b':')) => {
                names.modules.push(reader.path(at - 1, b':'));
            }
            _ => {}
        }
    }
    names
}

/// The place behind the attributes of an item; one for the whole file makes the item needed.
fn behind_attributes(reader: &Reader<'_, '_>, names: &mut Names<'_>) -> usize {
    let mut at = 0;
    while reader.is(at, b'#') {
        let mut open = at + 1;
        if reader.is(open, b'!') {
            names.role = Role::Module;
            open += 1;
        }
        let close = reader.outside(open + 1).find(|&at| reader.is(at, b']'));
        at = close.unwrap_or(reader.code.len()) + 1;
    }
    at
}

fn behind_modifiers(reader: &Reader<'_, '_>, from: usize) -> usize {
    let mut at = from;
    while MODIFIERS
        .iter()
        .any(|one| one.as_bytes() == reader.word(at))
    {
        at += 1;
        // `pub(crate)`
        if reader.is(at, b'(') {
            let close = reader.outside(at + 1).find(|&at| reader.is(at, b')'));
            at = close.unwrap_or(at) + 1;
        }
    }
    at
}

/// The words of the trait and of the type in `impl<T> Trait for Type<T>`.
fn self_type<'t>(reader: &Reader<'t, '_>, at: usize) -> (Vec<&'t [u8]>, Vec<&'t [u8]>) {
    let end = reader.outside(at).find(|&at| reader.is(at, b'{'));
    let end = end.unwrap_or(reader.code.len());
    let middle = (at..end).rfind(|&at| reader.word(at) == b"for");
    let ends = |at| at >= end || reader.word(at) == b"where";
    let of_trait =
        middle.map(|middle| reader.words_until(at + 1, move |at| at >= middle).collect());
    let of_type = reader.words_until(middle.unwrap_or(at) + 1, ends).collect();
    (of_trait.unwrap_or_default(), of_type)
}
