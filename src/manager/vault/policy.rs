//! Policies of Vault, read as far as it takes to say what they let at a path: HCL with `path` blocks, or the same as JSON.
//!
//! Text in, rules out. Anything else in a policy is passed over; a text that is not understood has no rules.

use serde::Deserialize;

/// What begins a place in a pattern that is filled in for whoever asks.
const FILLED: &str = "{{";

/// What a policy lets at the paths of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// A path; a `*` at its end stands for anything, a `+` for one part.
    pub(super) pattern: String,
    pub(super) capabilities: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

/// The rules of a policy; nothing where it is not understood.
pub(super) fn rules(text: &str) -> Option<Vec<Rule>> {
    if text.trim_start().starts_with('{') {
        return from_json(text);
    }
    let tokens = tokens(text)?;
    let mut rules = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some(Token::Word(word)) = tokens.get(at) else {
            return None;
        };
        let is_path = word == "path";
        at += 1;
        let Some(Token::Text(pattern)) = tokens.get(at).filter(|_| is_path) else {
            // `name = "value"` and other blocks.
            at = behind(&tokens, at)?;
            continue;
        };
        at += 1;
        if tokens.get(at) != Some(&Token::Sign('{')) {
            return None;
        }
        let end = behind(&tokens, at)?;
        rules.push(Rule {
            pattern: pattern.clone(),
            capabilities: capabilities(&tokens[at + 1..end - 1]),
        });
        at = end;
    }
    Some(rules)
}

/// Where a value or a block ends that starts at or behind a place.
fn behind(tokens: &[Token], from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token {
            Token::Sign('{' | '[') => depth += 1,
            Token::Sign('}' | ']') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            Token::Text(_) | Token::Word(_) if depth == 0 => {
                let is_label =
                    matches!(tokens.get(at + 1), Some(Token::Sign('{') | Token::Text(_)));
                if !is_label {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// What stands in a block as `capabilities`, or as `policy` in policies of old.
fn capabilities(block: &[Token]) -> Vec<String> {
    let mut depth = 0_usize;
    for (at, token) in block.iter().enumerate() {
        match token {
            Token::Sign('{' | '[') => depth += 1,
            Token::Sign('}' | ']') => depth = depth.saturating_sub(1),
            Token::Word(word) if depth == 0 && word == "capabilities" => {
                let texts = block[at..]
                    .iter()
                    .take_while(|token| **token != Token::Sign(']'));
                return texts.filter_map(text_of).collect();
            }
            Token::Word(word) if depth == 0 && word == "policy" => {
                let level = block[at..].iter().find_map(text_of);
                return of_old(level.as_deref().unwrap_or_default());
            }
            _ => {}
        }
    }
    Vec::new()
}

fn text_of(token: &Token) -> Option<String> {
    match token {
        Token::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn of_old(level: &str) -> Vec<String> {
    let all: &[&str] = match level {
        "deny" => &["deny"],
        "read" => &["read", "list"],
        "write" => &["create", "read", "update", "delete", "list"],
        "sudo" => &["create", "read", "update", "delete", "list", "sudo"],
        _ => &[],
    };
    all.iter().map(|&one| one.to_owned()).collect()
}

/// The words of a policy without its comments.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c.is_whitespace() || c == ',' {
            rest = &rest[c.len_utf8()..];
        } else if c == '#' || rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, behind)| behind);
        } else if rest.starts_with("/*") {
            rest = rest.split_once("*/")?.1;
        } else if c == '"' {
            let (text, behind) = quoted(&rest[1..])?;
            tokens.push(Token::Text(text));
            rest = behind;
        } else if "{}[]=".contains(c) {
            tokens.push(Token::Sign(c));
            rest = &rest[1..];
        } else {
            let is_word = |c: char| c.is_alphanumeric() || "_-.".contains(c);
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        }
    }
    Some(tokens)
}

/// A text up to its closing quote, and what is behind.
fn quoted(rest: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut is_escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            _ if is_escaped => {
                text.push(c);
                is_escaped = false;
            }
            '\\' => is_escaped = true,
            '"' => return Some((text, &rest[at + 1..])),
            _ => text.push(c),
        }
    }
    None
}

#[derive(Deserialize)]
struct Json {
    #[serde(default)]
    path: std::collections::BTreeMap<String, Block>,
}

#[derive(Deserialize)]
struct Block {
    #[serde(default)]
    capabilities: Vec<String>,
    #[serde(default)]
    policy: String,
}

fn from_json(text: &str) -> Option<Vec<Rule>> {
    let json: Json = serde_json::from_str(text).ok()?;
    let rule = |(pattern, block): (String, Block)| Rule {
        pattern,
        capabilities: if block.capabilities.is_empty() {
            of_old(&block.policy)
        } else {
            block.capabilities
        },
    };
    Some(json.path.into_iter().map(rule).collect())
}

impl Rule {
    /// Whether it is about a path.
    pub(super) fn is_about(&self, path: &str) -> bool {
        let pattern = self.pattern.trim_start_matches('/');
        let (pattern, is_open) = match pattern.strip_suffix('*') {
            Some(start) => (start, true),
            None => (pattern, false),
        };
        let parts: Vec<&str> = pattern.split('/').collect();
        let last = parts.len() - 1;
        let mut own = path.splitn(if is_open { parts.len() } else { usize::MAX }, '/');
        for (at, part) in parts.iter().enumerate() {
            let Some(other) = own.next() else {
                return false;
            };
            let is_same = match part {
                // What is filled in for whoever asks can be anything.
                _ if part.contains(FILLED) => {
                    let (start, _) = part.split_once(FILLED).unwrap_or_default();
                    other.starts_with(start)
                }
                _ if is_open && at == last => other.starts_with(part),
                &"+" => true,
                part => *part == other,
            };
            if !is_same {
                return false;
            }
        }
        own.next().is_none()
    }

    /// Whether whoever asks is filled into it, so that it is about other paths for each.
    pub(super) fn is_template(&self) -> bool {
        self.pattern.contains(FILLED)
    }

    /// Whether it is about other paths as well.
    pub(super) fn is_wide(&self) -> bool {
        self.pattern.ends_with('*') || self.pattern.split('/').any(|part| part == "+")
    }

    /// How precise it is, as Vault chooses among rules about one path.
    pub(super) fn rank(&self) -> (usize, bool, std::cmp::Reverse<usize>, usize, &str) {
        let wild = |at: usize, c: char| c == '+' || (c == '*' && at + 1 == self.pattern.len());
        let first = self.pattern.char_indices().find(|(at, c)| wild(*at, *c));
        let parts = self.pattern.split('/').filter(|part| *part == "+").count();
        (
            first.map_or(usize::MAX, |(at, _)| at),
            !self.pattern.ends_with('*'),
            std::cmp::Reverse(parts),
            self.pattern.len(),
            &self.pattern,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(pattern: &str, capabilities: &[&str]) -> Rule {
        Rule {
            pattern: pattern.to_owned(),
            capabilities: capabilities.iter().map(|&one| one.to_owned()).collect(),
        }
    }

    #[test]
    fn rules_are_read_from_all_forms() {
        let expected = vec![
            rule("secret/data/a", &["read"]),
            rule("secret/data/b/*", &["create", "update"]),
            rule("old", &["read", "list"]),
        ];
        let hcl = r#"
# a comment with path "x" {}
name = "own"
path "secret/data/a" { capabilities = ["read"] }
path "secret/data/b/*" {
  /* longer */ allowed_parameters = { "capabilities" = ["deny"] }
  capabilities = [
    "create", "update", // both
  ]
}
path "old" { policy = "read" }
"#;
        assert_eq!(rules(hcl), Some(expected.clone()));
        let json = r#"{"path": {"secret/data/a": {"capabilities": ["read"]},
            "secret/data/b/*": {"capabilities": ["create", "update"]}, "old": {"policy": "read"}}}"#;
        let mut read = rules(json).unwrap();
        read.sort_by_key(|rule| expected.iter().position(|known| known == rule));
        assert_eq!(read, expected);
        for broken in [
            "path \"a",
            "path \"a\" [",
            "{\"path\":",
            "path \"a\" { x",
            "}",
        ] {
            assert_eq!(rules(broken), None, "{broken}");
        }
        assert_eq!(rules(""), Some(Vec::new()));
    }

    #[test]
    fn a_rule_is_about_what_vault_says() {
        for (pattern, path, is_about) in [
            ("secret/data/a", "secret/data/a", true),
            ("secret/data/a", "secret/data/a/b", false),
            ("secret/data/*", "secret/data/a/b", true),
            ("secret/data/a*", "secret/data/ab/c", true),
            ("secret/data/a*", "secret/data/b", false),
            ("secret/data/+/b", "secret/data/a/b", true),
            ("secret/data/+/b", "secret/data/a/a/b", false),
            ("secret/data/+", "secret/data/a/b", false),
            ("secret/+/*", "secret/data/a/b", true),
            ("*", "secret/data/a", true),
            (
                "secret/data/{{identity.entity.name}}/b",
                "secret/data/a/b",
                true,
            ),
            (
                "secret/data/x-{{identity.entity.name}}/b",
                "secret/data/a/b",
                false,
            ),
        ] {
            assert_eq!(
                rule(pattern, &[]).is_about(path),
                is_about,
                "{pattern} {path}"
            );
        }
    }

    #[test]
    fn the_more_precise_rule_comes_first() {
        let ranked = [
            "*",
            "secret/+/a",
            "secret/data/*",
            "secret/data/+",
            "secret/data/a",
        ];
        for pair in ranked.windows(2) {
            let (one, other) = (rule(pair[0], &[]), rule(pair[1], &[]));
            assert!(one.rank() < other.rank(), "{pair:?}");
        }
    }
}
