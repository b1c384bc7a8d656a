//! What an item declares, changes and mentions, as far as its tokens tell. Says too much rather than too little: a name
//! too many makes an item too many needed.

mod ecma;
mod python;
mod rust;

use super::token::{Kind, Token};
use crate::language::Family;

/// Names that one pattern or import inside a block gives; no program has more.
const MAX_PATTERN: usize = 64;

/// Tokens of a path; no module stands further in.
const MAX_PATH: usize = 100;

/// Methods that put something into their object.
const FILLING: &[&str] = &[
    "add",
    "append",
    "assign",
    "extend",
    "insert",
    "push",
    "push_str",
    "set",
    "setdefault",
    "unshift",
    "update",
    "write",
    "write_fmt",
    "write_str",
];

/// What an item is there for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Role {
    /// Takes names from other modules, or passes them on: always needed.
    Module,
    /// Says which names others get, and nothing else.
    List,
    /// Declares variables.
    Variables,
    /// Declares a class or type, or what belongs to one.
    Class,
    /// Anything else: functions, and what is done at once.
    #[default]
    Other,
}

/// The names of one item.
#[derive(Debug, Default)]
pub(super) struct Names<'t> {
    pub(super) role: Role,
    /// Names of the file that the item declares.
    pub(super) declared: Vec<&'t [u8]>,
    /// Names that it assigns to or puts something into.
    pub(super) changed: Vec<&'t [u8]>,
    /// Functions inside it that are found by their name alone.
    pub(super) methods: Vec<&'t [u8]>,
    /// Modules that it takes something from where it needs it, as written.
    pub(super) modules: Vec<&'t [u8]>,
}

/// The names of an item.
pub(super) fn names<'t>(family: Family, text: &'t [u8], tokens: &[Token]) -> Names<'t> {
    let code: Vec<Token> = tokens.iter().copied().filter(Token::is_code).collect();
    let reader = Reader { text, code: &code };
    let mut names = match family {
        Family::Ecma => ecma::names(&reader),
        Family::Python => python::names(&reader),
        Family::Rust => rust::names(&reader),
    };
    // Inside a call Python names an argument so.
    names
        .changed
        .extend(reader.changed(family != Family::Python));
    names
}

/// The code of an item.
struct Reader<'t, 'c> {
    text: &'t [u8],
    code: &'c [Token],
}

impl<'t> Reader<'t, '_> {
    /// The word at a place; empty where there is none.
    fn word(&self, at: usize) -> &'t [u8] {
        match self.code.get(at) {
            Some(token) if token.kind == Kind::Word => token.text(self.text),
            _ => b"",
        }
    }

    fn is(&self, at: usize, mark: u8) -> bool {
        self.code.get(at).is_some_and(|token| token.is(mark))
    }

    /// The words from a place up to where `end` says.
    fn words_until(
        &self,
        from: usize,
        end: impl Fn(usize) -> bool,
    ) -> impl Iterator<Item = &'t [u8]> {
        (from..self.code.len())
            .take_while(move |&at| !end(at))
            .map(|at| self.word(at))
            .filter(|word| !word.is_empty())
    }

    /// Places outside all brackets from a place on.
    fn outside(&self, from: usize) -> impl Iterator<Item = usize> {
        let mut depth = 0_usize;
        (from..self.code.len()).filter(move |&at| {
            let before = depth;
            match self.code[at].kind {
                Kind::Mark(b'(' | b'[' | b'{') => depth += 1,
                Kind::Mark(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
                _ => {}
            }
            before == 0
        })
    }

    /// Whether `=` stands here as an assignment.
    fn assigns(&self, at: usize) -> bool {
        let beside = |at: usize, marks: &[u8]| {
            self.code.get(at).is_some_and(
                |token| matches!(token.kind, Kind::Mark(mark) if marks.contains(&mark)),
            )
        };
        self.is(at, b'=')
            && !beside(at + 1, b"=>")
            && !at.checked_sub(1).is_some_and(|at| beside(at, b"=!<>"))
    }

    /// The text of the words that stand together from a place on, joined by a mark.
    fn path(&self, from: usize, joined_by: u8) -> &'t [u8] {
        let Some(first) = self.code.get(from) else {
            return b"";
        };
        let mut end = first.start;
        for token in self.code[from..].iter().take(MAX_PATH) {
            if token.start != end || !(token.kind == Kind::Word || token.is(joined_by)) {
                break;
            }
            end = token.end;
        }
        let path = self.text.get(first.start as usize..end as usize);
        path.unwrap_or_default()
    }

    /// What is assigned to, or filled.
    fn changed(&self, in_calls: bool) -> Vec<&'t [u8]> {
        let mut changed = Vec::new();
        let mut root: &[u8] = b"";
        let mut depth = 0_usize;
        for at in 0..self.code.len() {
            match self.code[at].kind {
                Kind::Mark(b'(') => depth += 1,
                Kind::Mark(b')') => depth = depth.saturating_sub(1),
                Kind::Mark(b'=') if self.assigns(at) && (in_calls || depth == 0) => {
                    changed.push(root);
                }
                Kind::Word => {
                    let word = self.word(at);
                    if at == 0 || !self.is(at - 1, b'.') {
                        root = word;
                    } else if self.is(at + 1, b'(')
                        && FILLING.iter().any(|one| one.as_bytes() == word)
                    {
                        // `Object.assign(target, …)` fills its argument.
                        changed.extend([root, self.word(at + 2)]);
                    }
                }
                _ => {}
            }
        }
        changed.sort_unstable();
        changed.dedup();
        changed
    }
}
