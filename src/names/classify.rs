//! The judgement: is a name, seen as whole words, the name of a secret?
//!
//! A name is read from its end, as English reads a compound: the last word says what the thing is (`TOKEN_LIMIT` is
//! a limit, `RATE_TOKEN` a token), words that only say which one of several are passed over (`TOKEN_2`,
//! `KEY_READ_ONLY`), and words before decide about the doubtful ones (`PUBLIC_KEY`, `MAX_TOKENS`). Not here: allow and
//! deny lists, what each word means, and whose secret it is. Used by the names module alone.

use super::meaning::{Meaning, Word};
use super::provider;
use super::words::Words;

/// Names that everybody's tools know and whose words mislead, written without separators.
static NOT_SECRET: &[&str] = &[
    "azuretokencredentials",
    "baoclientkey",
    "googleapplicationcredentials",
    "gpgkey",
    "pwd",
    "vaultclientkey",
];

/// What the accessor module itself reads to reach the secret manager and cannot take out of it, without separators.
static SECRET_ZERO: &[&str] = &["baosecretid", "baotoken", "vaultsecretid", "vaulttoken"];

/// How many words that no group knows may stand behind the head.
const MAX_UNKNOWN: u8 = 2;

/// How sure the judgement is that a name is a secret's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The value is a credential.
    Clear,
    /// The value often is or holds a credential.
    Ambiguous,
}

/// Whether the name is what the accessor itself needs to log in to the secret manager.
pub(super) fn is_secret_zero(words: &Words) -> bool {
    is_listed(words, SECRET_ZERO)
}

fn is_listed(words: &Words, list: &[&str]) -> bool {
    words
        .joined(0, words.count())
        .is_some_and(|name| list.contains(&name))
}

/// The judgement about a name; nothing if it is no secret's.
pub(super) fn judge(words: &Words) -> Option<Verdict> {
    if is_listed(words, NOT_SECRET) || is_secret_zero(words) {
        return None;
    }
    let mut tail = Tail::default();
    for at in (0..words.count()).rev() {
        let word = words.get(at).map_or(Word::NONE, Word::new);
        let name = Name { words, at, tail };
        if let Some(verdict) = name.judge_text(word) {
            return (!name.is_switched()).then_some(verdict);
        }
        if word.is_head() {
            return name.judge(word).filter(|_| !name.is_switched());
        }
        if word.is(Meaning::Property) || word.is(Meaning::Switch) {
            return None;
        }
        tail.content |= word.is(Meaning::Content);
        if !name.is_passed_over(word) {
            tail.unknown += 1;
            if tail.unknown > MAX_UNKNOWN {
                return None;
            }
        }
    }
    None
}

/// What was passed over behind the head.
#[derive(Clone, Copy, Default)]
struct Tail {
    /// Words that no group knows.
    unknown: u8,
    /// Whether the content is given in place.
    content: bool,
}

/// A name with its head found.
struct Name<'a> {
    words: &'a Words,
    at: usize,
    tail: Tail,
}

impl Name<'_> {
    /// The word some places before the head.
    fn before(&self, places: usize) -> Word {
        self.at
            .checked_sub(places)
            .and_then(|at| self.words.get(at))
            .map_or(Word::NONE, Word::new)
    }

    /// The provider that the word before the head names.
    fn has_provider_before(&self) -> bool {
        self.at > 0
            && self
                .words
                .get(self.at - 1)
                .is_some_and(|word| provider::of_word(word).is_some())
    }

    /// Whether a word says only which one, not what: a form, a number, a single letter, a provider.
    fn is_passed_over(&self, word: Word) -> bool {
        word.is(Meaning::Form)
            || word.is(Meaning::Content)
            || word.is(Meaning::Text)
            || self.words.get(self.at).is_some_and(|word| {
                word.len() == 1
                    || word.bytes().all(|byte| byte.is_ascii_digit())
                    || provider::of_word(word).is_some()
            })
    }

    fn is_switched(&self) -> bool {
        (1..=self.at).any(|places| self.before(places).is(Meaning::Switch))
    }

    /// `SESSION_STRING` and `CONNECTION_STRING`, whose last word is a form in every other name.
    fn judge_text(&self, word: Word) -> Option<Verdict> {
        if !word.is(Meaning::Text) {
            return None;
        }
        let before = self.before(1);
        if before.is(Meaning::Connection) {
            Some(Verdict::Ambiguous)
        } else {
            let is_session = self.at > 0 && self.words.get(self.at - 1) == Some("session");
            is_session.then_some(Verdict::Clear)
        }
    }

    fn judge(&self, head: Word) -> Option<Verdict> {
        let before = self.before(1);
        let is_alone = self.at == 0;
        let is_exact = self.tail.unknown == 0;
        // `CLIENT_SECRET_BIG_CUSTOMER`: only what cannot be anything else stands so far from the end.
        if self.tail.unknown > 1 && !self.is_client_secret() {
            return None;
        }
        if head.is(Meaning::Credential) {
            // Alone, the short ones are words of other trades too.
            let is_short = is_alone && self.words.get(0).is_some_and(|word| word.len() <= 4);
            let verdict = if is_short {
                Verdict::Ambiguous
            } else {
                Verdict::Clear
            };
            (is_exact || !is_alone).then_some(verdict)
        } else if head.is(Meaning::Token) {
            let is_secret = !before.is(Meaning::OpenToken) && (is_exact || !is_alone);
            is_secret.then_some(Verdict::Clear)
        } else if head.is(Meaning::Key) {
            self.judge_key(before)
        } else if head.is(Meaning::Plural) {
            let is_granted =
                before.is(Meaning::Grants) || self.words.get(self.at) == Some("apikeys");
            if is_exact && is_granted {
                Some(Verdict::Clear)
            } else {
                (is_exact && self.has_provider_before()).then_some(Verdict::Ambiguous)
            }
        } else if head.is(Meaning::Auth) {
            let is_name = self.at == 1 && self.words.get(0).is_some_and(|word| word.len() > 1);
            (is_exact && (is_name || self.has_provider_before())).then_some(Verdict::Ambiguous)
        } else if head.is(Meaning::Cookie) {
            is_exact.then_some(if is_alone {
                Verdict::Ambiguous
            } else {
                Verdict::Clear
            })
        } else if head.is(Meaning::Header) {
            (is_exact && before.is(Meaning::Carries)).then_some(Verdict::Ambiguous)
        } else if head.is(Meaning::Hash) {
            let is_secret = before.is(Meaning::Carries) || before.is(Meaning::Credential);
            (is_exact && is_secret).then_some(Verdict::Clear)
        } else if head.is(Meaning::Dsn) {
            Some(Verdict::Ambiguous)
        } else if head.is(Meaning::Document) {
            self.judge_document()
        } else {
            self.judge_address(head)
        }
    }

    fn is_client_secret(&self) -> bool {
        self.words.get(self.at) == Some("secret")
            && self.at > 0
            && self.words.get(self.at - 1) == Some("client")
    }

    fn judge_key(&self, before: Word) -> Option<Verdict> {
        let is_name_of_field = before.is(Meaning::Token)
            || (before.is(Meaning::Credential)
                && !matches!(self.words.get(self.at - 1), Some("secret" | "jwt")));
        if self.at == 0 || before.is(Meaning::OpenKey) || is_name_of_field {
            return None;
        }
        let is_granted = before.is(Meaning::Grants) || before.is(Meaning::Credential);
        if self.tail.unknown > 0 && !is_granted {
            None
        } else if before.is(Meaning::KeyFile) {
            Some(Verdict::Ambiguous)
        } else {
            Some(Verdict::Clear)
        }
    }

    fn judge_document(&self) -> Option<Verdict> {
        let is_one_of_many = self.words.get(self.at) == Some("account");
        let is_service = self.at > 0 && self.words.get(self.at - 1) == Some("service");
        (self.tail.content && (is_service || !is_one_of_many)).then_some(Verdict::Ambiguous)
    }

    /// Addresses: of a webhook, of a database or broker, or harmless.
    fn judge_address(&self, head: Word) -> Option<Verdict> {
        let before = self.before(1);
        let is_address = head.is(Meaning::Address);
        if head.is(Meaning::Webhook) || before.is(Meaning::Webhook) {
            let is_chat = (1..=self.at).any(|places| self.before(places).is(Meaning::Chat));
            return match (is_chat, is_address) {
                (true, _) => Some(Verdict::Clear),
                (false, true) => Some(Verdict::Ambiguous),
                (false, false) => None,
            };
        }
        let is_connection = before.is(Meaning::Connection) || before.is(Meaning::Store);
        let is_which_store = before.is(Meaning::Form) && self.before(2).is(Meaning::Store);
        (is_connection || is_which_store).then_some(Verdict::Ambiguous)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        assert!(NOT_SECRET.is_sorted());
        assert!(SECRET_ZERO.is_sorted());
    }
}
