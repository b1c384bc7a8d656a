//! The words of people who leave a value to others: placeholders in several languages, default passwords, kinds.
//!
//! Sees one value and no name. To teach a word, add it to its list.

use super::shape;

/// Words that say "not a value" wherever they stand, as whole words.
static FIRM: &[&str] = &[
    "beispiel",
    "changeit",
    "changeme",
    "changethis",
    "deine",
    "deinen",
    "deiner",
    "dein",
    "dummy",
    "ejemplo",
    "eingeben",
    "ersetzen",
    "esempio",
    "example",
    "exemple",
    "exemplo",
    "fake",
    "fixme",
    "goes",
    "here",
    "hier",
    "ici",
    "ihr",
    "ihre",
    "ihren",
    "insert",
    "inserir",
    "invalid",
    "jouw",
    "placeholder",
    "redacted",
    "remplacer",
    "replace",
    "replaced",
    "replaceme",
    "replacewith",
    "sample",
    "seu",
    "todo",
    "tbd",
    "votre",
    "vuestra",
    "your",
    "yours",
];

/// Parts that say so even inside of a longer word.
static FIRM_PARTS: &[&str] = &[
    "changeme",
    "change_me",
    "change-me",
    "change_this",
    "change-this",
    "example",
    "placeholder",
    "replace_me",
    "replace-me",
    "replaceme",
    "replace_with",
    "replace-with",
    "redacted",
    "youraccess",
    "yourapi",
    "yourauth",
    "yourkey",
    "yourpass",
    "yoursecret",
    "yourtoken",
    "your_",
    "your-",
    "_here",
    "-here",
    "ваш",
    "您的",
    "你的",
];

/// Words that say so only among other words.
static SOFT: &[&str] = &[
    "a",
    "abc",
    "actual",
    "add",
    "an",
    "any",
    "aqui",
    "bar",
    "baz",
    "change",
    "demo",
    "des",
    "el",
    "enter",
    "fill",
    "foo",
    "foobar",
    "get",
    "il",
    "la",
    "la",
    "lorem",
    "mein",
    "meine",
    "mi",
    "mock",
    "mon",
    "my",
    "need",
    "none",
    "not",
    "null",
    "paste",
    "provide",
    "put",
    "real",
    "sandbox",
    "set",
    "some",
    "something",
    "stub",
    "su",
    "test",
    "testing",
    "the",
    "this",
    "ton",
    "tu",
    "tua",
    "tuo",
    "uw",
    "with",
    "xyz",
];

/// Words for the value of a secret itself; a value of nothing but these and names is a name.
static NOUNS: &[&str] = &[
    "access",
    "account",
    "api",
    "apikey",
    "app",
    "application",
    "auth",
    "authorization",
    "basic",
    "bearer",
    "bot",
    "client",
    "clientid",
    "clientsecret",
    "code",
    "credential",
    "credentials",
    "database",
    "db",
    "env",
    "for",
    "from",
    "hash",
    "id",
    "jwt",
    "key",
    "login",
    "oauth",
    "pass",
    "passwd",
    "password",
    "personal",
    "pat",
    "private",
    "pwd",
    "secret",
    "secretkey",
    "service",
    "session",
    "signing",
    "string",
    "token",
    "url",
    "user",
    "username",
    "value",
    "webhook",
];

/// Passwords that programs are shipped with or that everybody tries first.
static DEFAULTS: &[&str] = &[
    "123",
    "1234",
    "12345",
    "123456",
    "12345678",
    "123456789",
    "1234567890",
    "admin",
    "admin123",
    "administrator",
    "airflow",
    "elastic",
    "guest",
    "hunter2",
    "letmein",
    "minio",
    "minio123",
    "minioadmin",
    "mysql",
    "neo4j",
    "pass",
    "pass123",
    "passw0rd",
    "password",
    "password1",
    "password123",
    "postgres",
    "postgres123",
    "qwerty",
    "rabbitmq",
    "redis",
    "root",
    "root123",
    "rootpass",
    "rootpassword",
    "secret",
    "secret123",
    "toor",
    "welcome",
];

/// Values that say how, not what.
static KINDS: &[&str] = &[
    "any",
    "auto",
    "basic",
    "bearer",
    "boolean",
    "cookie",
    "default",
    "digest",
    "disabled",
    "empty",
    "enabled",
    "false",
    "hidden",
    "hs256",
    "integer",
    "jwt",
    "keychain",
    "keyring",
    "n/a",
    "nil",
    "no",
    "none",
    "ntlm",
    "null",
    "number",
    "oauth",
    "oauth2",
    "object",
    "off",
    "on",
    "optional",
    "plain",
    "prompt",
    "required",
    "rs256",
    "string",
    "text",
    "true",
    "undefined",
    "unset",
    "yes",
    "~",
];

/// Whether a value only keeps the place of a real one.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    if lower.contains("...")
        || lower.contains('…')
        || lower.contains("***")
        || lower.contains("xxxx")
    {
        return true;
    }
    let is_bracketed = [
        ("<", ">"),
        ("[", "]"),
        ("{", "}"),
        ("__", "__"),
        ("%", "%"),
        ("#{", "}"),
        ("(", ")"),
    ]
    .iter()
    .any(|(open, close)| {
        lower.starts_with(open) && lower.ends_with(close) && lower.len() > open.len() + close.len()
    });
    if is_bracketed || FIRM_PARTS.iter().any(|part| lower.contains(part)) {
        return true;
    }
    if shape::is_filler(&lower) {
        return true;
    }
    let mut words = words(&lower).peekable();
    if words.peek().is_none() {
        // Signs alone: `-`, `???`.
        return true;
    }
    let is_wordy = shape::is_wordy(value);
    let is_mine = |word: &str| {
        word.strip_prefix("my")
            .is_some_and(|noun| NOUNS.contains(&noun))
    };
    words.any(|word| {
        is_mine(word)
            || FIRM.contains(&word)
            || word.starts_with("your")
            || word.bytes().all(|b| b == b'x') && word.len() >= 3
            || is_wordy && SOFT.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()))
    })
}

/// Whether a value is nothing but words that name it.
pub(super) fn is_name(value: &str, key: &str) -> bool {
    let bare = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let (own, key) = (bare(value), bare(key));
    if !own.is_empty() && (own == key || (own.len() >= 4 && key.ends_with(&own))) {
        return true;
    }
    if !shape::is_wordy(value) {
        return false;
    }
    // `GITHUB_TOKEN` and `github-token` name something; so does `apiKeySecret`.
    let lower = value.to_lowercase();
    let mut words = words(&lower).peekable();
    let last = words.clone().last().unwrap_or_default();
    words.peek().is_some() && NOUNS.contains(&last.trim_end_matches(|c: char| c.is_ascii_digit()))
        || NOUNS
            .iter()
            .any(|noun| noun.len() >= 5 && own.ends_with(noun) && is_camel(value))
}

fn is_camel(value: &str) -> bool {
    value.bytes().any(|b| b.is_ascii_uppercase()) && value.bytes().any(|b| b.is_ascii_lowercase())
}

/// Whether a value is a password that everybody knows.
pub(super) fn is_default(value: &str) -> bool {
    DEFAULTS.binary_search(&value).is_ok()
}

/// Whether a value says how or whether, not what.
pub(super) fn is_kind(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    KINDS.binary_search(&lower.as_str()).is_ok()
}

fn words(lower: &str) -> impl Iterator<Item = &str> + Clone {
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_that_are_searched_are_sorted() {
        assert!(DEFAULTS.is_sorted());
        assert!(KINDS.is_sorted());
    }

    #[test]
    fn placeholders_of_many_kinds() {
        for value in [
            "your-api-key",
            "YOUR_TOKEN_HERE",
            "yourtoken",
            "YourApiKey",
            "<TOKEN>",
            "[token]",
            "changeme",
            "change-me-please",
            "CHANGE_ME_1234",
            "xxx",
            "xxxxxxxx-xxxx",
            "***",
            "sk-...",
            "ghp_xxxxxxxxxxxx",
            "votre_password",
            "IHR_AGENT_SECRET",
            "ihr-token",
            "dein-token",
            "der-dein-schluessel",
            "tu_token",
            "su_clave_secreta",
            "il_tuo_token",
            "ваш_токен",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "AKIAIOSFODNN7EXAMPLE",
            "replace_with_your_key",
            "todo",
            "insert-key-here",
            "dummy",
            "fake-key",
            "test",
            "test-token",
            "my_api_key",
            "mypassword",
            "abcdefghijklmn1234567890",
            "1234567890abcdef",
            "-",
            "__TOKEN__",
            "%TOKEN%",
            "sk-test-1234567890abcdef1234567890abcdef",
            "00000000-0000-0000-0000-000000000000",
            "foo",
            "enter your key",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
        for value in [
            "7Qk2Zx9Lm4Vb8Nc1Rt6Y",
            "S3cure!Pass",
            "hunter2",
            "postgres",
            "sk_test_51HfixtureQk2Zx9Lm4Vb8Nc1",
            "there",
            "testimony-river",
            "minioadmin",
        ] {
            assert!(!is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn names_as_values() {
        for (value, key) in [
            ("ZAI_API_KEY", "ZAI_API_KEY"),
            ("api-key", "DATADOG_API_KEY"),
            ("GITHUB_TOKEN", "token"),
            ("github-token", "secret"),
            ("clientSecret", "secret"),
        ] {
            assert!(is_name(value, key), "{value}");
        }
        assert!(!is_name("7Qk2Zx9Lm4Vb8Nc1", "token"));
        assert!(!is_name("swordfish", "password"));
    }
}
