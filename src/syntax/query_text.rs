//! Reads query files: tree-sitter's query language, without what we do not need.
//!
//! Nodes, fields, `!field`, `_`, anonymous nodes, alternations, captures, the anchor `.` between siblings, and the
//! predicates `#eq?`, `#not-eq?`, `#any-of?`, `#not-any-of?`. Quantifiers, `#match?` and everything else is refused.

/// A pattern as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Term {
    /// `(kind …)`; [`None`] for `(_)`.
    Node {
        kind: Option<String>,
        children: Vec<Child>,
        absent: Vec<String>,
        captures: Vec<String>,
    },
    /// `_`.
    Any { captures: Vec<String> },
    /// `"text"`.
    Anonymous { text: String, captures: Vec<String> },
    /// `[a b]`.
    Alternation {
        terms: Vec<Term>,
        captures: Vec<String>,
    },
}

/// A term as a child of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Child {
    pub(super) field: Option<String>,
    /// No named node may stand between this and the child before it.
    pub(super) adjacent: bool,
    pub(super) term: Term,
}

/// `(#any-of? @capture "a" "b")`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Predicate {
    pub(super) capture: String,
    pub(super) words: Vec<String>,
    pub(super) negated: bool,
}

/// A top-level pattern with its place and examples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) line: usize,
    pub(super) term: Term,
    pub(super) predicates: Vec<Predicate>,
}

/// What is wrong and on which line.
pub(super) type TextError = (usize, String);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    OpenSet,
    CloseSet,
    Dot,
    Text(String),
    Word(String),
}

/// All patterns of a query file.
pub(super) fn read(text: &str) -> Result<Vec<Pattern>, TextError> {
    let mut reader = Reader {
        tokens: tokens(text)?,
        at: 0,
        predicates: Vec::new(),
    };
    let mut patterns = Vec::new();
    while let Some((line, _)) = reader.peek() {
        let term = reader.term()?;
        patterns.push(Pattern {
            line,
            term,
            predicates: std::mem::take(&mut reader.predicates),
        });
    }
    Ok(patterns)
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, TextError> {
    let mut out = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let (token, length) = match first {
                ';' => break,
                '(' => (Token::Open, 1),
                ')' => (Token::Close, 1),
                '[' => (Token::OpenSet, 1),
                ']' => (Token::CloseSet, 1),
                '.' => (Token::Dot, 1),
                '"' => {
                    let inner = &rest[1..];
                    let end = inner
                        .find('"')
                        .ok_or((number, "a string does not end".to_owned()))?;
                    (Token::Text(inner[..end].replace("\\\\", "\\")), end + 2)
                }
                _ => {
                    let end = rest
                        .find([' ', '(', ')', '[', ']', '"', ';'])
                        .unwrap_or(rest.len());
                    (Token::Word(rest[..end].to_owned()), end)
                }
            };
            out.push((number, token));
            rest = rest[length..].trim_start();
        }
    }
    Ok(out)
}

struct Reader {
    tokens: Vec<(usize, Token)>,
    at: usize,
    predicates: Vec<Predicate>,
}

impl Reader {
    fn peek(&self) -> Option<(usize, &Token)> {
        self.tokens.get(self.at).map(|(line, token)| (*line, token))
    }

    fn next(&mut self) -> Result<(usize, Token), TextError> {
        let last = self.tokens.last().map_or(0, |&(line, _)| line);
        let token = self
            .tokens
            .get(self.at)
            .cloned()
            .ok_or((last, "the file ends inside a pattern".to_owned()))?;
        self.at += 1;
        Ok(token)
    }

    fn term(&mut self) -> Result<Term, TextError> {
        let (line, token) = self.next()?;
        let mut term = match token {
            Token::Open => self.node()?,
            Token::OpenSet => {
                let mut terms = Vec::new();
                while !matches!(self.peek(), Some((_, Token::CloseSet))) {
                    terms.push(self.term()?);
                }
                self.at += 1;
                Term::Alternation {
                    terms,
                    captures: Vec::new(),
                }
            }
            Token::Text(text) => Term::Anonymous {
                text,
                captures: Vec::new(),
            },
            Token::Word(word) if word == "_" => Term::Any {
                captures: Vec::new(),
            },
            other => return Err((line, format!("{other:?} cannot start a pattern"))),
        };
        while let Some((_, Token::Word(word))) = self.peek() {
            let Some(capture) = word.strip_prefix('@').map(str::to_owned) else {
                break;
            };
            self.at += 1;
            match &mut term {
                Term::Node { captures, .. }
                | Term::Any { captures }
                | Term::Anonymous { captures, .. }
                | Term::Alternation { captures, .. } => captures.push(capture),
            }
        }
        Ok(term)
    }

    /// The inside of `(`: a node, with the predicates that stand in it put aside.
    fn node(&mut self) -> Result<Term, TextError> {
        let (line, first) = self.next()?;
        let kind = match first {
            Token::Word(word) if word == "_" => None,
            Token::Word(word) => Some(word),
            other => return Err((line, format!("{other:?} is no kind of node"))),
        };
        let (mut children, mut absent, mut adjacent) = (Vec::new(), Vec::new(), false);
        loop {
            let (line, token) = self
                .peek()
                .map(|(line, token)| (line, token.clone()))
                .ok_or((line, "a pattern does not end".to_owned()))?;
            match token {
                Token::Close => {
                    self.at += 1;
                    return Ok(Term::Node {
                        kind,
                        children,
                        absent,
                        captures: Vec::new(),
                    });
                }
                Token::Dot => {
                    self.at += 1;
                    adjacent = true;
                }
                Token::Open if self.is_predicate() => self.predicate()?,
                Token::Word(word) if word.starts_with('!') => {
                    self.at += 1;
                    absent.push(word[1..].to_owned());
                }
                Token::Word(word) if word.ends_with(':') => {
                    self.at += 1;
                    let term = self.term()?;
                    children.push(Child {
                        field: Some(word[..word.len() - 1].to_owned()),
                        adjacent,
                        term,
                    });
                    adjacent = false;
                }
                Token::Word(word) if word.starts_with(['+', '*', '?']) => {
                    return Err((line, format!("quantifier {word} is not supported")));
                }
                _ => {
                    let term = self.term()?;
                    children.push(Child {
                        field: None,
                        adjacent,
                        term,
                    });
                    adjacent = false;
                }
            }
        }
    }

    fn is_predicate(&self) -> bool {
        matches!(self.tokens.get(self.at + 1), Some((_, Token::Word(word))) if word.starts_with('#'))
    }

    fn predicate(&mut self) -> Result<(), TextError> {
        self.at += 1;
        let (line, name) = self.next()?;
        let negated = match &name {
            Token::Word(word) if word == "#eq?" || word == "#any-of?" => false,
            Token::Word(word) if word == "#not-eq?" || word == "#not-any-of?" => true,
            other => return Err((line, format!("predicate {other:?} is not supported"))),
        };
        let (line, capture) = self.next()?;
        let Token::Word(capture) = capture else {
            return Err((line, "a predicate needs a capture".to_owned()));
        };
        let Some(capture) = capture.strip_prefix('@') else {
            return Err((line, "a predicate needs a capture".to_owned()));
        };
        let capture = capture.to_owned();
        let mut words = Vec::new();
        loop {
            match self.next()? {
                (_, Token::Close) => break,
                (_, Token::Text(word)) => words.push(word),
                (line, other) => return Err((line, format!("{other:?} is no string"))),
            }
        }
        self.predicates.push(Predicate {
            capture,
            words,
            negated,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_supports_and_refuses_the_rest() {
        let patterns =
            read(";; prose\n(call function: (name) @a . !b [(c) \"d\"] @e (#eq? @a \"x\"))\n_ @f")
                .unwrap();
        assert_eq!(patterns.len(), 2);
        assert_eq!(patterns[0].line, 2);
        assert_eq!(patterns[0].predicates[0].words, ["x"]);
        assert_eq!(patterns[1].line, 3);
        for wrong in [
            "(a",
            "(a (b)+)",
            "(a (#match? @x \"y\"))",
            "(a (#equals? @x \"y\"))",
            "(\"a\")",
            ")",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
