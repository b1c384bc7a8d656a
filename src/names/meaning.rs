//! What single words mean for the secrecy of a name: one table, and a word looked up in it.
//!
//! Decides nothing; used by the judgement alone. To teach a word, add it to its group.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// What the words of a group say about a name; a word may stand in several groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Names a credential by itself.
    Credential,
    /// `token`: a credential unless it counts or pages.
    Token,
    /// `key`: a credential if what stands before lets it.
    Key,
    /// Plurals that count or list more often than they hold credentials.
    Plural,
    /// `auth`: a credential, a method or a switch.
    Auth,
    /// Cookies of a session.
    Cookie,
    /// Headers, which may hold a credential.
    Header,
    /// An address, secret only if a credential is usually part of it.
    Address,
    /// Always an address with the credential in it.
    Dsn,
    /// An address that is its own credential.
    Webhook,
    /// A string of a kind that the word before tells.
    Text,
    /// A fingerprint, harmless with exceptions.
    Hash,
    /// A document that holds credentials if its content is given in place.
    Document,
    /// Something about the thing before, and so not the thing.
    Property,
    /// Which one of several, or how it is written; passed over at the end of a name.
    Form,
    /// The content itself rather than its place; passed over like a form.
    Content,
    /// Makes the name a switch, a limit or a count.
    Switch,
    /// A plural or a doubtful word after it is a credential.
    Grants,
    /// A key after it is an index, a label or meant to be seen.
    OpenKey,
    /// A key after it may as well be the path of a file.
    KeyFile,
    /// A token after it is a position, a symbol or meant to be seen.
    OpenToken,
    /// A database or a broker.
    Store,
    /// `connection`.
    Connection,
    /// Headers after it may well carry a credential.
    Carries,
    /// A service whose webhook addresses post without a further credential.
    Chat,
}

/// The word rules.
static WORDS: &[(Meaning, &str)] = &[
    (
        Meaning::Credential,
        "accesskey accesstoken apikey apitoken appsecret authkey authorization authtoken bearer bottoken \
         clientsecret cred credential credentials creds jwt otp pass passcode passphrase passwd password \
         passwords pat pats pepper privatekey psk pw pwd refreshtoken salt secret secretkey secrets \
         sessiontoken signingkey sshpass",
    ),
    (Meaning::Token, "token"),
    (Meaning::Key, "key"),
    (Meaning::Plural, "apikeys jwts keys tokens"),
    (Meaning::Auth, "auth"),
    (Meaning::Cookie, "cookie cookies"),
    (Meaning::Header, "header headers"),
    (Meaning::Address, "uri uris url urls"),
    (Meaning::Dsn, "dsn"),
    (Meaning::Webhook, "webhook webhooks"),
    (Meaning::Text, "str string strings"),
    (Meaning::Hash, "hash"),
    (Meaning::Document, "account accounts kubeconfig"),
    (
        Meaning::Property,
        "addr address age alert alg algo algorithm algorithms alias aliases allowed allowlist arn attempts \
         audience audiences backend batch behavior bits blocklist bucket budget bytes ca cache cert certfile \
         certificate certs channel charset check chunk claim claims class cleanup cli client clients code \
         command concurrency cost count counter country created cron database date day days db debug delay \
         denylist depth detection dimension dimensions dir directory disabled domain domains duration email \
         emails enabled encoding endpoint endpoints engine env exp expiration expire expires expiry extension \
         field fields file filename files filter flag flags flow folder format fqdn generator group groups \
         handler helper hint host hostname hosts hour hours id identifier idle ids index interval issuer \
         issuers iterations jwks keyfile keyid kid kind label language leeway len length level lifetime limit \
         limits loc location lock login lookup manager max maximum message method methods middleware min \
         minimum minutes mode model monitor ms name names namespace ns num number oauth origin origins owner \
         param params path paths pattern patterns percent percentage period permission permissions \
         placeholder plugin policy pool port position prefix principal profile project prompt protocol \
         provider providers proxy query quota rate ratio realm redirect refresh regex regexp region renewal \
         reset resolver resource retention retries retry role roles rotation rounds route rules schema scope \
         scopes sec seconds secs selector separator server service session sessions sha sha1 sha256 sid size \
         sizes sock socket sort source src ssl state status storage store strategy strength suffix table tag \
         template tenant threshold thresholds time timeout title tls tool tools topic transport ttl type \
         types usage user userid username users validation validity var variable verification verify version \
         warning window workers",
    ),
    (
        Meaning::Form,
        "admin alt alternate alternative backup beta ci cloud current default demo dev development example \
         ext external fallback full global hex int integration internal legacy live local main master new old \
         only override pem personal plain plaintext prev previous primary private prod production readonly ro \
         root rw sandbox second secondary shared stage staging target test testing tests text uat v value \
         values write",
    ),
    (
        Meaning::Content,
        "b64 base64 content contents data decoded encoded inline json raw yaml yml",
    ),
    (
        Meaning::Switch,
        "allow allows check dangerously disable disables disallow enable enabled enables enforce force has \
         hidden hide ignore ignores insecure is mask masked max maximum min minimum missing needs no num omit \
         redact redacted reject require required requires sanitize scrub show skip strip supports total trust \
         use uses using validate warn with without",
    ),
    (
        Meaning::Grants,
        "accepted access allowed api app application auth authentication bearer bot client decrypt decryption \
         deploy encrypt encryption hmac id integration jwt master oauth pat private provider refresh secret \
         service session signature signing user valid webhook",
    ),
    (
        Meaning::OpenKey,
        "accelerator alert alt answer arrow attr attribute board bucket cache chart column composite config context \
         ctrl date dedup dedupe dict dimension display down duplicate enter entity entry escape exact extra \
         feature field file flag foreign form function graph group header host hot i18n idempotence \
         idempotency index issue item json label language lock lookup lru machine map menu meta metadata \
         metric mtls name node object order page param parameter parent partition path primary project prop \
         property pub public publishable query range record registry release resource result route row schema \
         search setting shift shortcut site sort space state step sub tab table tag target template theme \
         ticket tls topic translation trusted type unique up url value var variable verification version view \
         yaml",
    ),
    (
        Meaning::KeyFile,
        "cert client licence license server ssh ssl",
    ),
    (
        Meaning::OpenToken,
        "begin bos cancel cancellation challenge continuation cursor design end eos fim lexer mask next nft \
         pad page pagination per prev prompt sep separator skip special start stop sync unk",
    ),
    (
        Meaning::Store,
        "amqp amqps atlas broker celery cockroach cockroachdb database databases datasource db jdbc libpq \
         mariadb mongo mongodb mssql mysql odbc oracledb pg pgsql postgres postgresql rabbit rabbitmq redis \
         sqlalchemy sqlserver timescale valkey",
    ),
    (Meaning::Connection, "conn connection connections"),
    (
        Meaning::Carries,
        "additional api auth authentication authorization custom extra mcp otlp request",
    ),
    (
        Meaning::Chat,
        "chat dingtalk discord feishu lark mattermost slack teams wecom zapier",
    ),
];

/// Bits of [`Meaning`] by word.
static MEANINGS: LazyLock<FxHashMap<&str, u32>> = LazyLock::new(|| {
    let mut all = FxHashMap::default();
    for (meaning, words) in WORDS {
        for word in words.split_ascii_whitespace() {
            *all.entry(word).or_default() |= bit(*meaning);
        }
    }
    all
});

const fn bit(meaning: Meaning) -> u32 {
    1 << meaning as u32
}

/// A word's meanings.
#[derive(Clone, Copy)]
pub(super) struct Word(u32);

impl Word {
    /// No meaning at all.
    pub(super) const NONE: Self = Self(0);

    /// What the table says about a word, or about it without the digits at its end.
    pub(super) fn new(word: &str) -> Self {
        let known = |word: &str| MEANINGS.get(word).copied();
        let bits = known(word)
            .or_else(|| known(word.trim_end_matches(|c: char| c.is_ascii_digit())))
            .or_else(|| {
                // PGPASSWORD, SMTPPASSWORD.
                ["password", "passwd", "passphrase"]
                    .iter()
                    .any(|end| word.ends_with(end))
                    .then_some(bit(Meaning::Credential))
            });
        Self(bits.unwrap_or(0))
    }

    /// Whether the word stands in a group.
    pub(super) fn is(self, meaning: Meaning) -> bool {
        self.0 & bit(meaning) != 0
    }

    /// Whether the name is about this word if nothing but forms follows.
    pub(super) fn is_head(self) -> bool {
        const HEADS: u32 = bit(Meaning::Credential)
            | bit(Meaning::Token)
            | bit(Meaning::Key)
            | bit(Meaning::Plural)
            | bit(Meaning::Auth)
            | bit(Meaning::Cookie)
            | bit(Meaning::Header)
            | bit(Meaning::Address)
            | bit(Meaning::Dsn)
            | bit(Meaning::Webhook)
            | bit(Meaning::Hash)
            | bit(Meaning::Document);
        self.0 & HEADS != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_once_in_a_group() {
        for (meaning, words) in WORDS {
            let mut all: Vec<&str> = words.split_ascii_whitespace().collect();
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count, "{meaning:?}");
        }
    }

    #[test]
    fn a_meaning_has_one_group() {
        for (at, (meaning, _)) in WORDS.iter().enumerate() {
            assert!(
                WORDS[..at].iter().all(|(other, _)| other != meaning),
                "{meaning:?}"
            );
        }
    }

    #[test]
    fn words_are_sorted_and_lower_case() {
        for (meaning, words) in WORDS {
            assert!(words.split_ascii_whitespace().is_sorted(), "{meaning:?}");
            assert!(
                words
                    .bytes()
                    .all(|b| b == b' ' || b.is_ascii_lowercase() || b.is_ascii_digit()),
                "{meaning:?}"
            );
        }
    }

    #[test]
    fn no_word_is_both_a_secret_and_about_one() {
        for (word, bits) in MEANINGS.iter().map(|(word, bits)| (word, Word(*bits))) {
            let is_both = bits.is_head() && (bits.is(Meaning::Property) || bits.is(Meaning::Form));
            assert!(!is_both, "{word}");
        }
    }
}
