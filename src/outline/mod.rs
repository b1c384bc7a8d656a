//! What a file consists of at its top, from its bytes alone: the items, the names they declare and mention, and which of
//! them are needed to understand some of them.
//!
//! Parsing costs more than all else, and most of a file has nothing to do with what is looked for. No parser: it knows
//! strings, comments and brackets, and where there is any doubt it says nothing, so that the whole file is parsed. What
//! it says errs on one side: an item too many is needed, never one too few. Used by the scan.

mod ecma;
mod graph;
mod items;
mod names;
mod python;
mod reach;
mod rust;
mod started;
mod token;
mod value;

use std::collections::BTreeMap;

use crate::language::{Family, Language};
use crate::text::TextRange;
use graph::Graph;
use items::Item;
use names::Role;
use reach::{Reach, Reaching};
use token::{Kind, Token};
use value::Statement;

/// Names by which an environment is got at, unless the file gives them another meaning.
const GLOBALS: [&str; 10] = [
    "Bun",
    "Deno",
    "env",
    "environ",
    "getenv",
    "global",
    "globalThis",
    "os",
    "process",
    "std",
];

/// What is looked for at a place of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// A comment that has to be read.
    Comment,
    /// Something that is judged by itself, wherever it stands.
    Here,
    /// Something that is judged with what it is made of.
    Made,
    /// One value: where it goes matters.
    Value,
    /// One value whose name is a constant that is written here.
    Named(TextRange),
    /// One value whose name comes from somewhere.
    Name,
    /// A module that is taken from, wherever its name stands.
    Import,
    /// Something that has to be followed wherever it goes.
    All,
    /// Something that has to be followed wherever it goes, and that may fill any type of the file.
    Types,
    /// Something that starts a process.
    Process,
    /// A module that processes are started with, wherever its name stands.
    Processes,
    /// Something that may concern every item.
    File,
}

impl Start {
    /// Whether it counts in texts and comments as well.
    pub fn is_anywhere(self) -> bool {
        matches!(
            self,
            Self::Comment | Self::Here | Self::Import | Self::Processes | Self::File
        )
    }
}

/// Tokens between the brackets of a call that are looked at.
const MAX_GIVEN: usize = 16;

/// What a function is called with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    Nothing,
    /// Plain strings.
    Text,
    /// Something else, or it is not called.
    Other,
}

/// A file by its top.
#[derive(Debug)]
pub struct Outline<'t> {
    text: &'t [u8],
    family: Family,
    tokens: Vec<Token>,
    items: Vec<Item>,
    graph: Graph<'t>,
}

/// The parts of a file that are needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts<'t> {
    /// In order; each consists of whole lines.
    pub needed: Vec<TextRange>,
    /// Modules that the other parts take something from, as written.
    pub modules: Vec<&'t [u8]>,
}

impl<'t> Outline<'t> {
    /// The outline of a text; [`None`] where it takes a parser.
    pub fn new(language: Language, text: &'t [u8]) -> Option<Self> {
        let lone = |at: usize| text.get(at + 1) != Some(&b'\n');
        if memchr::memchr_iter(b'\r', text).any(lone) {
            return None;
        }
        let family = language.family();
        let tokens = match family {
            Family::Ecma => ecma::lex(text),
            Family::Python => python::lex(text),
            Family::Rust => rust::lex(text),
        }?;
        let items = items::items(family, text, &tokens)?;
        let graph = Graph::new(family, text, &tokens, &items);
        Some(Self {
            text,
            family,
            tokens,
            items,
            graph,
        })
    }

    /// The stretches that it cuts the file into, in order; together they are the file.
    pub fn items(&self) -> impl Iterator<Item = TextRange> {
        self.items
            .iter()
            .map(|item| TextRange::new(item.bytes.start, item.bytes.end))
    }

    /// Whether a place is code: no comment, and no text but a word of one that is all name or holds code.
    pub fn is_code(&self, byte: usize) -> bool {
        self.tokens.get(self.token_at(byte)).is_some_and(|token| {
            (token.start as usize..token.end as usize).contains(&byte)
                && matches!(token.kind, Kind::Word | Kind::Inner | Kind::Mark(_))
        })
    }

    /// Where the code mentions some names, each as what it starts. An import of a name under the name itself is left out,
    /// and so is a call of a function without the name that it would read.
    pub fn mentions(&self, names: &BTreeMap<&str, Start>) -> Vec<(usize, Start)> {
        let mut found = Vec::new();
        if names.is_empty() {
            return found;
        }
        for (item, said) in self.items.iter().zip(&self.graph.items) {
            let words = item.tokens.clone().filter_map(|at| {
                let is_word = matches!(self.tokens[at].kind, Kind::Word | Kind::Inner);
                let word = std::str::from_utf8(self.tokens[at].text(self.text));
                Some((at, word.ok().filter(|_| is_word)?))
            });
            if said.role == Role::Module && !words.clone().any(|(_, word)| word == "as") {
                continue;
            }
            for (at, word) in words {
                let start = match names.get(word) {
                    Some(Start::Name) => match self.given(at) {
                        Given::Nothing => continue,
                        Given::Text => Start::Value,
                        Given::Other => Start::Name,
                    },
                    Some(start) => *start,
                    None => continue,
                };
                found.push((self.tokens[at].start as usize, start));
            }
        }
        found
    }

    /// Where the code takes something from some modules, whose names are as the file writes them.
    pub fn imports(&self, modules: &BTreeMap<&str, Start>) -> Vec<(usize, Start)> {
        let mut found = Vec::new();
        for (item, said) in self.items.iter().zip(&self.graph.items) {
            if said.role != Role::Module && said.modules.is_empty() {
                continue;
            }
            let text = &self.text[item.bytes.clone()];
            for (module, start) in modules {
                if memchr::memmem::find(text, module.as_bytes()).is_some() {
                    found.push((item.bytes.start, *start));
                }
            }
        }
        found
    }

    /// The parts that are needed for what starts at some places. What imports, or passes names on, always is.
    pub fn needed(&self, starts: &[(usize, Start)]) -> Parts<'t> {
        let graph = &self.graph;
        let mut reaching = Reaching::new(self);
        for &(byte, start) in starts {
            let token = self.token_at(byte);
            let item = self.items.partition_point(|item| item.bytes.end <= byte);
            let item = item.min(self.items.len() - 1);
            match start {
                Start::Comment | Start::Here => reaching.item(item, Reach::Present),
                Start::Made => reaching.made(item),
                Start::Value => reaching.value(token),
                Start::Named(name) if graph.name(self.root(name)).is_some() => {
                    reaching.constant(self.root(name));
                    reaching.value(token);
                }
                Start::Named(_) | Start::Name => {
                    reaching.item(item, Reach::Name);
                    reaching.value(token);
                }
                Start::Process | Start::Processes => reaching.started(token),
                Start::Import | Start::Types | Start::All => reaching.item(item, Reach::All),
                Start::File => {}
            }
        }
        let asks = |what| starts.iter().any(|&(_, start)| start == what);
        let (types, all) = (asks(Start::Types), asks(Start::File));
        for (at, item) in graph.items.iter().enumerate() {
            if all || item.role == Role::Module || types && self.has_types(at) {
                reaching.item(at, Reach::Present);
            }
        }
        for name in GLOBALS {
            for &at in graph.declaring(name.as_bytes()) {
                reaching.item(at as usize, Reach::Present);
            }
        }
        reaching.run();
        self.parts(&reaching.reach)
    }

    /// Whether an item holds types with fields.
    fn has_types(&self, item: usize) -> bool {
        let mut tokens = self.tokens[self.items[item].tokens.clone()].iter();
        tokens.any(|token| {
            token.kind == Kind::Word
                && matches!(token.text(self.text), b"struct" | b"enum" | b"union")
        })
    }

    fn parts(&self, reach: &[Reach]) -> Parts<'t> {
        let mut parts = Parts::default();
        for ((item, said), &reach) in self.items.iter().zip(&self.graph.items).zip(reach) {
            if reach == Reach::None {
                parts.modules.extend(&said.modules);
                continue;
            }
            match parts.needed.last_mut() {
                Some(last) if last.end == item.bytes.start => last.end = item.bytes.end,
                _ => parts
                    .needed
                    .push(TextRange::new(item.bytes.start, item.bytes.end)),
            }
        }
        parts.modules.sort_unstable();
        parts.modules.dedup();
        parts
    }

    /// The first word of a path.
    fn root(&self, path: TextRange) -> &'t [u8] {
        let path = self.text.get(path.start..path.end).unwrap_or_default();
        path.split(|b| matches!(b, b'.' | b':'))
            .next()
            .unwrap_or_default()
    }

    /// What the function at a token is called with.
    fn given(&self, token: usize) -> Given {
        let mut behind = self.tokens[token + 1..]
            .iter()
            .filter(|token| token.is_code());
        if !behind.next().is_some_and(|token| token.is(b'(')) {
            return Given::Other;
        }
        let mut given = Given::Nothing;
        for token in behind.by_ref().take(MAX_GIVEN) {
            match token.kind {
                Kind::Mark(b')') => {
                    // What it gives back may be the function that is given the name.
                    let again = behind.next().is_some_and(|token| token.is(b'('));
                    return if again { Given::Other } else { given };
                }
                Kind::Text if self.is_plain(*token) => given = Given::Text,
                Kind::Mark(b',') => {}
                _ => return Given::Other,
            }
        }
        Given::Other
    }

    /// Whether a text says the same whenever it is come by.
    fn is_plain(&self, token: Token) -> bool {
        self.family != Family::Python || memchr::memchr(b'{', token.text(self.text)).is_none()
    }

    /// The last token that starts at a byte or before it.
    fn token_at(&self, byte: usize) -> usize {
        self.tokens
            .partition_point(|token| token.start as usize <= byte)
            .saturating_sub(1)
    }

    /// The item that a token is part of.
    fn item_of(&self, token: usize) -> usize {
        self.items
            .partition_point(|item| item.tokens.end <= token)
            .min(self.items.len() - 1)
    }

    /// The tokens of an item that are a name.
    fn occurrences(&self, item: usize, name: &[u8]) -> impl Iterator<Item = graph::Id> {
        let tokens = self.items[item].tokens.clone();
        tokens
            .filter(move |&at| {
                matches!(self.tokens[at].kind, Kind::Word | Kind::Inner)
                    && self.tokens[at].text(self.text) == name
            })
            .map(graph::id)
    }

    fn statement(&self, item: usize) -> Statement<'t, '_> {
        Statement::new(self.family, self.text, &self.tokens, &self.items[item])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines that are needed for what starts where the text says `@`.
    fn needed(language: Language, start: Start, text: &str) -> String {
        let at = text.find('@').unwrap();
        let text = text.replacen('@', "", 1);
        let outline = Outline::new(language, text.as_bytes()).unwrap();
        let parts = outline.needed(&[(at, start)]);
        let lines = parts
            .needed
            .iter()
            .flat_map(|part| text[part.start..part.end].lines());
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_value_is_followed_by_its_names() {
        let text = "import a from 'a';\nconst key = process.@env.KEY;\nconst other = 1;\nuse(key);\nuse(other);\n\
                    const again = key || '';\nfunction f() {\n  return again;\n}\n";
        assert_eq!(
            needed(Language::JavaScript, Start::Value, text),
            "import a from 'a';\nconst key = process.env.KEY;\nuse(key);\nconst again = key || '';\nfunction f() {\n  \
             return again;\n}"
        );
    }

    #[test]
    fn a_name_is_looked_for_where_the_function_is_called() {
        let text = "KEY = 'A'\nOTHER = 'B'\ndef get(name):\n    return os.@environ[name]\ndef own():\n    return 1\n\
                    a = get('A')\nb = get(KEY)\nc = own()\nprint(a)\n";
        assert_eq!(
            needed(Language::Python, Start::Name, text),
            "KEY = 'A'\ndef get(name):\n    return os.environ[name]\na = get('A')\nb = get(KEY)\nprint(a)"
        );
    }

    #[test]
    fn all_means_what_it_is_made_of_and_who_uses_it() {
        let text = "fn log(e: E) {\n    drop(e);\n}\nfn other() {}\nfn all() -> E {\n    @env::vars()\n}\nfn main() {\n    \
                    log(all());\n}\nfn late() {\n    main();\n}\n";
        assert_eq!(
            needed(Language::Rust, Start::All, text),
            "fn log(e: E) {\n    drop(e);\n}\nfn all() -> E {\n    env::vars()\n}\nfn main() {\n    log(all());\n}\n\
             fn late() {\n    main();\n}"
        );
    }

    #[test]
    fn doubt_is_said() {
        for text in [
            "a }",
            "'a\n'",
            "`a",
            "x = {} / 2",
            "\\u0061",
            "a\rb",
            "/* a",
        ] {
            assert!(
                Outline::new(Language::JavaScript, text.as_bytes()).is_none(),
                "{text}"
            );
        }
        for text in ["(", "'a\n'", "'''a"] {
            assert!(
                Outline::new(Language::Python, text.as_bytes()).is_none(),
                "{text}"
            );
        }
        for text in ["fn f() {", "\"a", "/* /* */"] {
            assert!(
                Outline::new(Language::Rust, text.as_bytes()).is_none(),
                "{text}"
            );
        }
    }

    #[test]
    fn only_code_is_code() {
        let text = "// env\nconst a = 'an env', b = `env ${env}`, c = x['env'];\n";
        let outline = Outline::new(Language::JavaScript, text.as_bytes()).unwrap();
        let found: Vec<bool> = memchr::memmem::find_iter(text.as_bytes(), "env")
            .map(|at| outline.is_code(at))
            .collect();
        assert_eq!(found, [false, false, false, true, true]);
    }
}
