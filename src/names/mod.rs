//! Which names are names of secrets, and whose.
//!
//! One judgement for environment variables, config keys and identifiers, over whole words, never over parts of
//! words: `MAX_TOKENS` and `TOKENIZER` are no secrets. It never sees a value. Used by every rule that asks whether
//! something is a secret.

mod classify;
mod meaning;
mod provider;
mod words;

pub use words::Words;

use classify::Verdict;

/// What the name of a secret tells about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretName {
    /// Id of the service that the secret opens, where the name says it.
    pub provider: Option<&'static str>,
    /// Whether the value may as well be harmless, as the URL of a database without a password is.
    pub ambiguous: bool,
}

/// The judgement with the user's exceptions.
#[derive(Clone, Debug, Default)]
pub struct Names {
    allow: Vec<String>,
    deny: Vec<String>,
}

impl Names {
    /// From the names that are never secrets and those that always are, `*` matching any run of characters.
    ///
    /// Upper and lower case differ in both; `deny` wins over `allow`, and both over the words of a name.
    pub fn new(allow: &[String], deny: &[String]) -> Self {
        Self {
            allow: allow.to_vec(),
            deny: deny.to_vec(),
        }
    }

    /// What a name tells about its secret; nothing if it is not a secret's name.
    ///
    /// Nor is that of a [secret zero](Self::is_secret_zero), since a program must get it from outside.
    pub fn classify(&self, name: &str) -> Option<SecretName> {
        let is_listed = |list: &[String]| list.iter().any(|pattern| matches(pattern, name));
        if is_listed(&self.deny) {
            return Some(SecretName {
                provider: Words::split(name).and_then(|words| provider::of_words(&words)),
                ambiguous: false,
            });
        }
        let words = Words::split(name)?;
        let verdict = classify::judge(&words)?;
        (!is_listed(&self.allow)).then(|| SecretName {
            provider: provider::of_words(&words),
            ambiguous: verdict == Verdict::Ambiguous,
        })
    }

    /// Whether the user has names of secrets beside those that their words tell.
    pub fn has_own(&self) -> bool {
        !self.deny.is_empty()
    }

    /// Whether the user says that a name is never a secret's.
    pub fn is_allowed(&self, name: &str) -> bool {
        let is_listed = |list: &[String]| list.iter().any(|pattern| matches(pattern, name));
        is_listed(&self.allow) && !is_listed(&self.deny)
    }

    /// Whether a name is that of the credential for the secret manager itself, `VAULT_TOKEN` or `VAULT_SECRET_ID`.
    ///
    /// To read it is right; to write it into a config file is not.
    pub fn is_secret_zero(name: &str) -> bool {
        Words::split(name).is_some_and(|words| classify::is_secret_zero(&words))
    }
}

/// Whether a pattern, in which `*` stands for any run, covers a whole name.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(start) else {
        return false;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some(at) = name.find(part) else {
            return false;
        };
        name = &name[at + part.len()..];
    }
    name.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_match_any_run() {
        for (pattern, name) in [
            ("A", "A"),
            ("*", ""),
            ("*", "A"),
            ("A*", "A"),
            ("A*C", "ABBC"),
            ("*B*", "ABC"),
            ("A*B*C", "AxBxC"),
            ("**", "A"),
            ("A**C", "AC"),
            ("*AB", "ABAB"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("A", "a"),
            ("A", "AB"),
            ("A*", "BA"),
            ("AB*BC", "ABC"),
            ("A*B*C", "ACB"),
            ("", "A"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
