//! One value judged by its look: a reference, a placeholder, something harmless, or a secret in plain text.
//!
//! Sees the value and what kind of name it stands under, never the file. Used by the judgement.

use super::{known, shape, vocabulary};

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Nothing.
    Empty,
    /// Points to where the value is, or is encrypted.
    Reference,
    /// Keeps the place of a value.
    Placeholder,
    /// A kind, a number, a sentence: says how or whether.
    Harmless,
    /// The path of a file.
    Path,
    /// An address; what it carries is judged apart.
    Address,
    /// Made to be seen by everybody.
    Public,
    /// A password that everybody knows.
    Default,
    /// A credential by its own look.
    Known(Option<&'static str>),
    /// A private key.
    PrivateKey,
    /// Made by a machine.
    Generated,
    /// Made of words.
    Words,
    /// Neither words nor made by a machine, as passwords of people are.
    Other,
}

/// Starts of values that point elsewhere.
static REFERENCE_STARTS: &[&str] = &[
    "$(",
    "${",
    "$[",
    "!ref",
    "!sub",
    "{{",
    "{%",
    "<%",
    "#{",
    "=env",
    "@env",
    "arn:aws:",
    "aws-sm:",
    "azurekeyvault",
    "azure-keyvault:",
    "berglas://",
    "bws:",
    "doppler:",
    "doppler://",
    "ejson:",
    "enc[",
    "enc:",
    "encrypted:",
    "env(",
    "env:",
    "env.",
    "file:",
    "file://",
    "from_env",
    "gcp-sm:",
    "gcpsecret",
    "infisical:",
    "keychain:",
    "keyring:",
    "lastpass:",
    "op://",
    "os.environ",
    "pass:",
    "process.env",
    "projects/",
    "ref+",
    "ref:",
    "s3://",
    "secret:",
    "secret://",
    "secretkeyref",
    "secretref:",
    "secrets.",
    "sm://",
    "sops:",
    "ssm:",
    "ssm://",
    "vault:",
    "vault://",
    "{{resolve:",
    "{cipher}",
    "$ansible_vault",
    "$vault",
    "ageenc",
    "age-encryption.org",
];

/// Marks of a reference wherever they stand.
static REFERENCE_PARTS: &[&str] = &["${", "{{", "$(", "<%=", "#{", "%(", "$env:"];

/// The class of a value under a key; a key only serves to recognise its own name as value.
pub(super) fn classify(value: &str, key: &str) -> Class {
    let value = value.trim();
    if value.is_empty() {
        return Class::Empty;
    }
    if is_marked_as_key(value) {
        return private_key(value);
    }
    if is_reference(value) {
        return Class::Reference;
    }
    if known::is_public(value) {
        return Class::Public;
    }
    if let Some(known) =
        known::find(value).filter(|known| known.start == 0 && known.end == value.len())
    {
        return Class::Known(known.provider);
    }
    if value.contains("://") {
        return Class::Address;
    }
    if vocabulary::is_default(value) {
        return Class::Default;
    }
    if vocabulary::is_kind(value) {
        return Class::Harmless;
    }
    if is_path(value) {
        return Class::Path;
    }
    if vocabulary::is_placeholder(value) || vocabulary::is_name(value, key) {
        return Class::Placeholder;
    }
    if is_prose(value)
        || value
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'_'))
    {
        return Class::Harmless;
    }
    if shape::is_generated(value) {
        Class::Generated
    } else if shape::is_wordy(value) {
        Class::Words
    } else {
        Class::Other
    }
}

/// Whether a value is a private key, which needs no name to be one.
pub(super) fn is_private_key(value: &str) -> bool {
    is_marked_as_key(value) && private_key(value.trim()) == Class::PrivateKey
}

fn is_marked_as_key(value: &str) -> bool {
    value.contains("-----BEGIN") && value.contains("PRIVATE KEY")
}

fn private_key(value: &str) -> Class {
    let body: String = value
        .replace("\\n", "\n")
        .lines()
        .filter(|line| !line.contains("-----") && !line.contains(':'))
        .flat_map(|line| line.trim().chars().collect::<Vec<_>>())
        .collect();
    // On one line nothing is left between the marks; then what stands between them is the body.
    let inner = value.split("-----").nth(2).unwrap_or_default();
    let body = if body.is_empty() { inner } else { &body };
    let is_real = body.len() >= 40
        && !body.contains("...")
        && !shape::is_filler(body)
        && !is_prose(body.trim());
    if is_real && !vocabulary::is_placeholder(body.trim_matches('\n').get(..40).unwrap_or(body)) {
        Class::PrivateKey
    } else {
        Class::Placeholder
    }
}

fn is_reference(value: &str) -> bool {
    let lower = value.get(..20).unwrap_or(value).to_ascii_lowercase();
    if REFERENCE_STARTS
        .iter()
        .any(|start| lower.starts_with(start))
        || REFERENCE_PARTS.iter().any(|part| value.contains(part))
    {
        return true;
    }
    // `$NAME`, `%NAME%`, `@name.property`, `<name>`.
    let is_name = |name: &str| {
        !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let dollar = value
        .strip_prefix('$')
        .is_some_and(|name| is_name(name) && (name.contains('_') || !has_both(name)));
    let percent = value
        .strip_prefix('%')
        .and_then(|rest| rest.strip_suffix('%'))
        .is_some_and(is_name);
    dollar || percent
}

/// Whether capitals, small letters and digits come together, as in passwords and not in names of variables.
fn has_both(name: &str) -> bool {
    name.bytes().any(|b| b.is_ascii_uppercase())
        && name.bytes().any(|b| b.is_ascii_lowercase())
        && name.bytes().any(|b| b.is_ascii_digit())
}

fn is_path(value: &str) -> bool {
    let is_relative = ["./", "../", "~/", ".\\", "~\\"]
        .iter()
        .any(|start| value.starts_with(start));
    let is_drive = value.as_bytes().get(1) == Some(&b':')
        && value
            .as_bytes()
            .get(2)
            .is_some_and(|b| matches!(b, b'\\' | b'/'));
    let is_rooted = value.starts_with('/')
        && value
            .split('/')
            .all(|part| part.is_empty() || !shape::is_generated(part))
        && value[1..].contains('/');
    let has_ending = value.rsplit_once('.').is_some_and(|(_, end)| {
        matches!(
            end,
            "json"
                | "pem"
                | "key"
                | "txt"
                | "yaml"
                | "yml"
                | "toml"
                | "env"
                | "crt"
                | "p8"
                | "p12"
                | "pfx"
        )
    });
    is_relative || is_drive || is_rooted || (has_ending && !value.contains(char::is_whitespace))
}

/// Whether a value is a sentence or a title.
fn is_prose(value: &str) -> bool {
    let words = value.split_whitespace().count();
    words >= 3
        || (words == 2 && shape::is_wordy(value))
        || (!value.is_ascii() && shape::is_wordy(value))
}

#[cfg(test)]
mod tests {
    use super::{Class, classify};

    fn all(class: Class, values: &[&str]) {
        for value in values {
            assert_eq!(classify(value, "API_KEY"), class, "{value}");
        }
    }

    #[test]
    fn references_of_many_kinds() {
        all(
            Class::Reference,
            &[
                "${GITHUB_TOKEN}",
                "$GITHUB_TOKEN",
                "%GITHUB_TOKEN%",
                "${input:token}",
                "${env:TOKEN}",
                "${user_config.token}",
                "{{ .Values.token }}",
                "op://vault/item/field",
                "vault:secret/data/x#y",
                "ref+vault://x/y",
                "ENC[AES256_GCM,data:x]",
                "encrypted:BFixture",
                "$(cat /run/secrets/x)",
                "arn:aws:secretsmanager:eu-1:1:secret:x",
                "projects/p/secrets/x/versions/1",
                "prefix-${X}-suffix",
                "${X:?must be set}",
                "<%= ENV['X'] %>",
                "secretRef:x",
            ],
        );
    }

    #[test]
    fn harmless_values() {
        all(Class::Empty, &["", "  "]);
        all(
            Class::Harmless,
            &[
                "true",
                "None",
                "bearer",
                "3600",
                "Opens every door",
                "optional",
                "-1.5",
            ],
        );
        all(
            Class::Path,
            &[
                "/run/secrets/token",
                "./key.pem",
                "~/.ssh/id",
                "C:\\keys\\a",
                "service-account.json",
            ],
        );
        all(
            Class::Address,
            &["https://api.service.dev/v1", "redis://host:6379"],
        );
        all(
            Class::Public,
            &[
                "pk_test_51Hfixture7Qk2Zx9Lm4Vb8Nc1",
                "https://3f9c1e7ab2d84056@o1.ingest.sentry.io/2",
            ],
        );
        all(Class::Words, &["swordfish", "river-and-mountain"]);
        all(Class::Default, &["postgres", "minioadmin", "root"]);
        all(
            Class::Placeholder,
            &[
                "<key>",
                "your-key",
                "changeme",
                "API_KEY",
                "my-api-key",
                "ghp_xxxx",
            ],
        );
    }

    #[test]
    fn secrets() {
        all(
            Class::Generated,
            &[
                "7Qk2Zx9Lm4Vb8Nc1Rt6Y",
                "3f9c1e7ab2d8405617ce",
                "3b7c9e1a-52d4-4f08-9c6b-7a1e0d3f5b29",
            ],
        );
        all(
            Class::Known(Some("github")),
            &["ghp_fixture7Qk2Zx9Lm4Vb8Nc1Rt6Yw3Hd5J"],
        );
        all(Class::Other, &["S3cure!Pass", "k9#vT2"]);
        let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIfixture7Qk2Zx9Lm4Vb8Nc1Rt6Yw3Hd5J7Qk2Zx9Lm4Vb8Nc1\n-----END RSA PRIVATE KEY-----";
        all(
            Class::PrivateKey,
            &[key, &key.replace('\n', "\\n"), &key.replace('\n', "")],
        );
        all(
            Class::Placeholder,
            &[
                "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY-----\nyour key here\n-----END PRIVATE KEY-----",
            ],
        );
    }
}
