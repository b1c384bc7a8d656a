//! Policies of AWS, read as far as it takes to say what they let at a secret: JSON in, statements out.
//!
//! What a statement says that is not understood lets nothing. Conditions are told and not judged.

use serde_json::Value;

/// What ends the name of a secret in its ARN, as policies that mean one secret write it.
const ANY_SUFFIX: &str = "-??????";

/// The right to read a value.
pub(super) const READ: &str = "secretsmanager:GetSecretValue";

/// What says nothing of a value and changes nothing.
const HARMLESS: &[&str] = &[
    "secretsmanager:batchgetsecretvalue",
    "secretsmanager:describesecret",
    "secretsmanager:getrandompassword",
    "secretsmanager:getresourcepolicy",
    "secretsmanager:getsecretvalue",
    "secretsmanager:listsecrets",
    "secretsmanager:listsecretversionids",
];

/// One statement of a policy.
pub(super) struct Statement {
    is_allow: bool,
    actions: Patterns,
    resources: Patterns,
    /// Whom it is about; nothing in the policy of an identity.
    pub(super) principals: Option<Patterns>,
    pub(super) is_conditional: bool,
}

/// What a statement is about.
#[derive(Clone)]
pub(super) struct Patterns {
    pub(super) all: Vec<String>,
    /// Whether it is about everything else.
    pub(super) is_not: bool,
}

/// What a policy lets at a secret.
pub(super) struct Lets {
    pub(super) wider: Vec<String>,
    pub(super) is_conditional: bool,
}

/// The statements of a policy; nothing where it is no policy.
pub(super) fn statements(text: &str) -> Option<Vec<Statement>> {
    let policy: Value = serde_json::from_str(text).ok()?;
    let all = match policy.get("Statement")? {
        Value::Array(all) => all.iter().map(statement).collect(),
        one => vec![statement(one)],
    };
    Some(all)
}

fn statement(value: &Value) -> Statement {
    let condition = value.get("Condition").and_then(Value::as_object);
    let principals = Patterns::of(value, "Principal", "NotPrincipal");
    Statement {
        is_allow: value.get("Effect").and_then(Value::as_str) == Some("Allow"),
        actions: Patterns::of(value, "Action", "NotAction").unwrap_or(Patterns::none()),
        resources: Patterns::of(value, "Resource", "NotResource").unwrap_or(Patterns::none()),
        principals,
        is_conditional: condition.is_some_and(|all| !all.is_empty()),
    }
}

impl Patterns {
    fn none() -> Self {
        Self {
            all: Vec::new(),
            is_not: false,
        }
    }

    fn of(value: &Value, name: &str, not: &str) -> Option<Self> {
        let (found, is_not) = match (value.get(name), value.get(not)) {
            (Some(found), _) => (found, false),
            (None, Some(found)) => (found, true),
            (None, None) => return None,
        };
        let mut all = Vec::new();
        match found {
            // Principals by their kind.
            Value::Object(kinds) => kinds.values().for_each(|kind| texts(kind, &mut all)),
            found => texts(found, &mut all),
        }
        Some(Self { all, is_not })
    }

    fn matches(&self, text: &str, is_same: fn(u8, u8) -> bool) -> bool {
        self.all
            .iter()
            .any(|pattern| matches(pattern, text, is_same))
            != self.is_not
    }
}

fn texts(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => all.push(text.clone()),
        Value::Array(texts) => {
            let texts = texts.iter().filter_map(Value::as_str);
            all.extend(texts.map(str::to_owned));
        }
        _ => {}
    }
}

impl Statement {
    fn is_about(&self, action: &str, arn: &str) -> bool {
        self.actions
            .matches(action, |one, other| one.eq_ignore_ascii_case(&other))
            && self.resources.matches(arn, |one, other| one == other)
    }

    /// Whether it lets something be done.
    pub(super) fn lets(&self, action: &str, arn: &str) -> bool {
        self.is_allow && self.is_about(action, arn)
    }

    /// Whether it forbids something.
    pub(super) fn forbids(&self, action: &str, arn: &str) -> bool {
        !self.is_allow && self.is_about(action, arn)
    }
}

/// What statements of one policy let at a secret beyond reading it; nothing where they do not let it be read. `at_secret` is
/// whether it is the policy of the secret, which can be about no other.
pub(super) fn lets<'s>(
    statements: impl Iterator<Item = &'s Statement> + Clone,
    arn: &str,
    at_secret: bool,
) -> Option<Lets> {
    let reading = statements.clone().filter(|one| one.lets(READ, arn));
    let is_conditional = reading.clone().all(|one| one.is_conditional);
    reading.clone().next()?;
    let mut wider = Vec::new();
    let resources = reading.clone().map(|one| &one.resources);
    if !at_secret {
        let all = resources.clone().find_map(|patterns| wide(patterns, arn));
        let others: Vec<&str> = statements
            .clone()
            .filter(|one| {
                one.is_allow && one.actions.matches(READ, |a, b| a.eq_ignore_ascii_case(&b))
            })
            .filter(|one| !one.resources.is_not)
            .flat_map(|one| &one.resources.all)
            .filter(|pattern| !is_same_secret(pattern, arn) && pattern.contains(":secret:"))
            .map(String::as_str)
            .collect();
        match all {
            Some(all) => wider.push(all),
            None => wider.extend(listed("other secrets: ", &others)),
        }
    }
    let more = statements.filter(|one| one.is_allow && one.resources.matches(arn, |a, b| a == b));
    let mut actions: Vec<&str> = Vec::new();
    let mut all_but = false;
    for one in more {
        if one.actions.is_not {
            all_but = true;
            continue;
        }
        let own = one.actions.all.iter().map(String::as_str);
        actions.extend(own.filter(|action| is_more(action)));
    }
    actions.sort_unstable();
    actions.dedup();
    if all_but {
        wider.push("every action on it but some".to_owned());
    } else {
        wider.extend(listed("more actions on it: ", &actions));
    }
    Some(Lets {
        wider,
        is_conditional,
    })
}

/// The first of several, and how many more there are.
fn listed(head: &str, all: &[&str]) -> Option<String> {
    let [first, rest @ ..] = all else {
        return None;
    };
    Some(match rest.len() {
        0 => format!("{head}{first}"),
        more => format!("{head}{first} and {more} more"),
    })
}

/// Whether an action is one on secrets beyond looking at them.
fn is_more(action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    let is_ours = action.starts_with("secretsmanager:") || action.starts_with('*');
    is_ours && !HARMLESS.contains(&action.as_str())
}

/// What of a statement's resources is more than one secret.
fn wide(patterns: &Patterns, arn: &str) -> Option<String> {
    if patterns.is_not {
        return Some("all secrets but some".to_owned());
    }
    let of = |pattern: &&String| matches(pattern, arn, |one, other| one == other);
    let mut own = patterns.all.iter().filter(of);
    let wide = own.find(|pattern| !is_same_secret(pattern, arn))?;
    Some(match wide.as_str() {
        "*" => "all secrets".to_owned(),
        wide => format!("all of {wide}"),
    })
}

/// Whether a pattern is about one secret alone. The account and the region may be open: a secret of another account has to
/// let somebody in by itself.
fn is_same_secret(pattern: &str, arn: &str) -> bool {
    let name = |arn: &str| arn.split_once(":secret:").map(|(_, name)| name.to_owned());
    let (Some(pattern), Some(own)) = (name(pattern), name(arn)) else {
        return false;
    };
    let end = own.len().saturating_sub(ANY_SUFFIX.len());
    let stem = own.get(..end).unwrap_or_default();
    pattern == own || pattern.strip_suffix(ANY_SUFFIX) == Some(stem)
}

/// Whether a text fits a pattern: `*` stands for anything, `?` for one sign, and what a policy fills in for anything.
fn matches(pattern: &str, text: &str, is_same: fn(u8, u8) -> bool) -> bool {
    let filled;
    let pattern = if pattern.contains("${") {
        filled = without_variables(pattern);
        filled.as_bytes()
    } else {
        pattern.as_bytes()
    };
    let text = text.as_bytes();
    let (mut at, mut of) = (0, 0);
    // Where the last star is, and how far it reaches.
    let mut star: Option<(usize, usize)> = None;
    while of < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, of));
                at += 1;
            }
            Some(&sign) if sign == b'?' || is_same(sign, text[of]) => {
                at += 1;
                of += 1;
            }
            _ => {
                let Some((place, reach)) = star else {
                    return false;
                };
                star = Some((place, reach + 1));
                at = place + 1;
                of = reach + 1;
            }
        }
    }
    pattern[at..].iter().all(|sign| *sign == b'*')
}

fn without_variables(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let (variable, behind) = after.split_once('}').unwrap_or((after, ""));
        // These three stand for themselves.
        out.push_str(match variable {
            "?" => "?",
            "$" => "$",
            _ => "*",
        });
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:team/server-AbCdEf";

    fn of(statements: &str) -> Option<(Vec<String>, bool)> {
        let all = super::statements(&format!("{{\"Statement\":{statements}}}"))?;
        let lets = lets(all.iter(), ARN, false)?;
        Some((lets.wider, lets.is_conditional))
    }

    #[test]
    fn only_what_is_more_than_reading_one_secret_is_wider() {
        let own = "arn:aws:secretsmanager:*:*:secret:team/server-??????";
        let read = READ;
        for (statement, expected) in [
            (format!(r#"{{"Effect":"Allow","Action":"{read}","Resource":"{ARN}"}}"#), Some(&[][..])),
            (format!(r#"[{{"Effect":"Allow","Action":["{read}","secretsmanager:DescribeSecret","s3:*"],"Resource":["{own}"]}}]"#), Some(&[])),
            (r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#.to_owned(), Some(&["all secrets", "more actions on it: *"])),
            (r#"{"Effect":"Allow","Action":"secretsmanager:get*","Resource":"arn:aws:secretsmanager:*:*:secret:team/*"}"#.to_owned(),
             Some(&["all of arn:aws:secretsmanager:*:*:secret:team/*", "more actions on it: secretsmanager:get*"])),
            (format!(r#"{{"Effect":"Allow","Action":"{read}","Resource":["{own}","arn:aws:secretsmanager:*:*:secret:x-??????","arn:aws:secretsmanager:*:*:secret:y-??????"]}}"#),
             Some(&["other secrets: arn:aws:secretsmanager:*:*:secret:x-?????? and 1 more"])),
            (r#"{"Effect":"Allow","NotAction":"iam:*","NotResource":"x"}"#.to_owned(), Some(&["all secrets but some", "every action on it but some"])),
            (r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#.to_owned(), None),
            (format!(r#"{{"Effect":"Allow","NotAction":"{read}","Resource":"*"}}"#), None),
            (format!(r#"{{"Effect":"Deny","Action":"{read}","Resource":"*"}}"#), None),
            ("7".to_owned(), None),
        ] {
            let expected = expected.map(|all| (all.iter().map(|&one| one.to_owned()).collect(), false));
            assert_eq!(of(&statement), expected, "{statement}");
        }
        let if_tagged = format!(
            r#"{{"Effect":"Allow","Action":"{read}","Resource":"{own}","Condition":{{"StringEquals":{{"a":"b"}}}}}}"#
        );
        assert_eq!(of(&if_tagged), Some((Vec::new(), true)));
        assert!(statements("{}").is_none() && statements("[").is_none());
    }

    #[test]
    fn a_pattern_fits_as_in_aws() {
        let is = |pattern: &str, text: &str| matches(pattern, text, |one, other| one == other);
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c?e", "abcde", true),
            ("a*c", "abcd", false),
            ("a?", "a", false),
            ("a**", "a", true),
            ("a", "A", false),
            ("x/${aws:username}/y", "x/anybody/y", true),
            ("x${*", "x", true),
            ("a${$}b", "a$b", true),
        ] {
            assert_eq!(is(pattern, text), expected, "{pattern} {text}");
        }
        // As slow as it gets.
        assert!(!is(&"*a".repeat(10_000), &"a".repeat(9_999)));
    }
}
