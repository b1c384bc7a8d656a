//! The judgement: is a name, seen as whole words, the name of a secret?
//!
//! A name is read from its end, as English reads a compound: the last word says what the thing is (`TOKEN_LIMIT` is
//! a limit, `RATE_TOKEN` a token), words that only say which one of several are passed over (`TOKEN_2`,
//! `KEY_READ_ONLY`), and words before decide about the doubtful ones (`PUBLIC_KEY`, `MAX_TOKENS`). Not here: allow and
//! deny lists, and whose secret it is. Used by the names module alone.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::provider;
use super::words::Words;

/// What the words of a group say about a name; a word may stand in several groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
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
        "addr address age alert alg algo algorithm algorithms alias aliases allowed allowlist arn attempts audience \
         audiences backend batch behavior bits blocklist bucket budget bytes ca cache cert certfile \
         certificate certs channel charset check chunk claim claims class cleanup cli client clients code command \
         concurrency cost count counter country created cron database date day days db debug delay denylist depth \
         detection dimension dimensions dir directory disabled domain domains duration email emails enabled \
         encoding endpoint endpoints engine env exp expire expires expiration expiry extension field fields \
         file filename files filter flag flags flow folder format fqdn generator group groups handler \
         helper hint host hostname hosts hour hours id identifier ids idle index interval issuer \
         issuers iterations jwks keyfile keyid kid kind label language leeway len length level lifetime limit limits \
         loc location lock login lookup manager maximum max message method methods middleware min minimum \
         minutes mode model monitor ms name names namespace ns num number oauth origin origins owner param params \
         path paths pattern patterns percent percentage period permission permissions placeholder plugin policy \
         pool port position prefix principal profile prompt protocol provider providers proxy query quota rate ratio \
         realm redirect refresh regex region regexp renewal reset resolver resource retention retries retry role roles \
         rotation rounds route rules schema scope scopes sec seconds secs selector separator server service \
         session sessions sha sha1 sha256 sid size sizes sock socket sort source src ssl state status storage store strategy \
         strength suffix table tag template tenant threshold thresholds time timeout title tls tool \
         tools topic transport ttl type types usage user userid username users validation validity var variable \
         verification verify version warning window workers",
    ),
    (
        Meaning::Form,
        "admin alt alternate alternative backup beta ci cloud current default demo dev development example ext external fallback full \
         global hex int integration internal legacy live local main master new old only override pem personal plain \
         plaintext prev previous primary private prod production readonly ro root rw sandbox second \
         secondary shared stage staging target test testing tests text uat v value values write",
    ),
    (
        Meaning::Content,
        "b64 base64 content contents data decoded encoded inline json raw yaml yml",
    ),
    (
        Meaning::Switch,
        "allow allows check dangerously disable disables disallow enable enabled enables enforce force has hide ignore ignores \
         insecure is mask max maximum min minimum needs no num omit redact reject require required requires sanitize scrub show \
         skip strip supports total trust use uses using validate warn with without",
    ),
    (
        Meaning::Grants,
        "access accepted allowed api app application auth authentication bearer bot client decrypt decryption deploy \
         encrypt encryption hmac id integration jwt master oauth pat private provider refresh secret service \
         session signature signing user valid webhook",
    ),
    (
        Meaning::OpenKey,
        "accelerator alt answer arrow attr attribute board bucket cache chart column composite config context ctrl date \
         dedup dedupe dict dimension display down duplicate entity entry enter escape exact extra feature field \
         file flag foreign form function graph group header host hot i18n idempotence idempotency index issue \
         item json label language lock lookup lru machine map menu meta metadata metric mtls name node object \
         order page param parameter parent partition path primary project prop property pub public \
         publishable query range record registry release resource result route row schema search setting shift \
         shortcut site sort space state step sub tab table tag target template theme ticket tls topic translation \
         trusted type unique up url value var variable verification version view yaml",
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
        "amqp amqps atlas broker celery cockroach cockroachdb database databases datasource db jdbc libpq mariadb mongo \
         mongodb mssql mysql odbc oracledb pg pgsql postgres postgresql rabbit rabbitmq redis sqlalchemy sqlserver \
         timescale valkey",
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

/// Names that everybody's tools know and whose words mislead, written without separators.
static NOT_SECRET: &[&str] = &[
    "azuretokencredentials",
    "googleapplicationcredentials",
    "gpgkey",
    "pwd",
];

/// What the accessor module itself reads to reach the secret manager and cannot take out of it, without separators.
static SECRET_ZERO: &[&str] = &["baosecretid", "baotoken", "vaultsecretid", "vaulttoken"];

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
        let word = Word::new(words, at);
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
        if !word.is_passed_over(words, at) {
            tail.unknown += 1;
            if tail.unknown > 1 {
                return None;
            }
        }
    }
    None
}

/// A word's meanings.
#[derive(Clone, Copy)]
struct Word(u32);

impl Word {
    fn new(words: &Words, at: usize) -> Self {
        let Some(word) = words.get(at) else {
            return Self(0);
        };
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

    fn is(self, meaning: Meaning) -> bool {
        self.0 & bit(meaning) != 0
    }

    /// Whether the name is about this word if nothing but forms follows.
    fn is_head(self) -> bool {
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

    /// Whether the word says only which one, not what: a form, a number, a single letter, a provider.
    fn is_passed_over(self, words: &Words, at: usize) -> bool {
        self.is(Meaning::Form)
            || self.is(Meaning::Content)
            || self.is(Meaning::Text)
            || words.get(at).is_some_and(|word| {
                word.len() == 1
                    || word.bytes().all(|byte| byte.is_ascii_digit())
                    || provider::of_word(word).is_some()
            })
    }
}

/// What was passed over behind the head.
#[derive(Clone, Copy, Default)]
struct Tail {
    /// Words that no group knows, at most one.
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
            .map_or(Word(0), |at| Word::new(self.words, at))
    }

    /// The provider that the word before the head names.
    fn has_provider_before(&self) -> bool {
        self.at > 0
            && self
                .words
                .get(self.at - 1)
                .is_some_and(|word| provider::of_word(word).is_some())
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
        if head.is(Meaning::Credential) {
            (is_exact || !is_alone).then_some(Verdict::Clear)
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
