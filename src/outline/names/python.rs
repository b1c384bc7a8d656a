//! Python.

use super::{MAX_PATTERN, Names, Reader, Role};

pub(super) fn names<'t>(reader: &Reader<'t, '_>) -> Names<'t> {
    let mut names = Names::default();
    let mut top = reader.outside(0);
    let declared = top.find(|&at| matches!(reader.word(at), b"def" | b"class"));
    match (reader.word(0), declared) {
        (b"import" | b"from", _) => {
            names.role = Role::Module;
            names.declared.extend(reader.words_until(1, |_| false));
            return names;
        }
        (b"if" | b"try" | b"with" | b"for" | b"while" | b"match", _) => block(reader, &mut names),
        (b"async", _) if reader.word(1) != b"def" => block(reader, &mut names),
        (_, Some(at)) => {
            if reader.word(at) == b"class" {
                names.role = Role::Class;
            }
            names.declared.push(reader.word(at + 1));
        }
        (_, None) => {
            names.role = Role::Variables;
            let last = reader.outside(0).filter(|&at| reader.assigns(at)).last();
            let last = last.unwrap_or(0);
            names
                .declared
                .extend(reader.words_until(0, |at| at >= last));
        }
    }
    for at in 1..reader.code.len() {
        match reader.word(at - 1) {
            b"def" | b"class" => names.methods.push(reader.word(at)),
            b"from" | b"import" => names.modules.push(reader.path(at, b'.')),
            _ => {}
        }
    }
    names
}

/// The names that a block at the top gives the file.
fn block<'t>(reader: &Reader<'t, '_>, names: &mut Names<'t>) {
    for at in 0..reader.code.len() {
        let next = reader.word(at + 1);
        match reader.word(at) {
            b"" => {}
            b"def" | b"class" | b"as" => names.declared.push(next),
            b"for" => {
                let targets = reader.words_until(at + 1, |at| reader.word(at) == b"in");
                names.declared.extend(targets.take(MAX_PATTERN));
            }
            b"import" => {
                names.role = Role::Module;
                let taken = reader.words_until(at + 1, |_| false);
                names.declared.extend(taken.take(MAX_PATTERN));
            }
            word if reader.assigns(at + 1) || reader.is(at + 1, b',') => names.declared.push(word),
            _ => {}
        }
    }
}
