//! Credentials that can be told by their own look: one table of prefixes and the services behind them.
//!
//! Derived from what the services document. A prefix alone proves nothing; what stands behind it must look generated.
//! Used by the judgement of values.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::shape;
use super::vocabulary;

/// Characters of a credential behind its prefix.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    /// Letters, digits, `_` and `-`.
    Plain,
    /// Those and dots.
    Dotted,
    /// Those and slashes.
    Path,
}

/// One kind of credential.
struct Prefix {
    text: &'static str,
    provider: &'static str,
    /// Least number of characters behind the prefix.
    least: usize,
    body: Body,
}

const fn plain(text: &'static str, provider: &'static str, least: usize) -> Prefix {
    Prefix {
        text,
        provider,
        least,
        body: Body::Plain,
    }
}

const fn dotted(text: &'static str, provider: &'static str, least: usize) -> Prefix {
    Prefix {
        text,
        provider,
        least,
        body: Body::Dotted,
    }
}

const fn path(text: &'static str, provider: &'static str, least: usize) -> Prefix {
    Prefix {
        text,
        provider,
        least,
        body: Body::Path,
    }
}

/// Id for a credential of a known shape that says nothing of its service.
const ANY: &str = "";

/// The kinds.
static PREFIXES: &[Prefix] = &[
    plain("AGE-SECRET-KEY-1", ANY, 50),
    plain("AIza", "google", 30),
    plain("AKIA", "aws", 16),
    plain("ASIA", "aws", 16),
    plain("BSA", "brave", 20),
    plain("EAACEdEose0cBA", "facebook", 20),
    plain("GOCSPX-", "google", 20),
    plain("LTAI", "alibaba", 16),
    plain("NRAK-", "newrelic", 20),
    plain("PMAK-", "postman", 30),
    dotted("SG.", "sendgrid", 30),
    plain("apify_api_", "apify", 20),
    dotted("atlasv1.", "terraform", 30),
    plain("ctx7sk-", "upstash", 20),
    plain("dapi", "databricks", 32),
    path("discord.com/api/webhooks/", "discord", 60),
    path("discordapp.com/api/webhooks/", "discord", 60),
    plain("dckr_pat_", "docker", 20),
    plain("dop_v1_", "digitalocean", 40),
    dotted("dp.pt.", "doppler", 30),
    dotted("dp.st.", "doppler", 30),
    dotted("eyJ", ANY, 40),
    plain("fc-", "firecrawl", 28),
    plain("figd_", "figma", 24),
    plain("fm2_", "flyio", 40),
    plain("ghp_", "github", 30),
    plain("gho_", "github", 30),
    plain("ghr_", "github", 30),
    plain("ghs_", "github", 30),
    plain("ghu_", "github", 30),
    plain("github_pat_", "github", 40),
    plain("glpat-", "gitlab", 20),
    plain("glsa_", "grafana", 30),
    plain("gsk_", "groq", 30),
    plain("hf_", "huggingface", 28),
    path("hooks.slack.com/services/", "slack", 40),
    dotted("hvb.", "vault", 20),
    dotted("hvs.", "vault", 20),
    plain("jina_", "jina", 30),
    plain("lin_api_", "linear", 30),
    plain("lin_oauth_", "linear", 30),
    plain("lsv2_pt_", "langsmith", 30),
    plain("lsv2_sk_", "langsmith", 30),
    plain("m0-", "mem0", 30),
    plain("napi_", "neon", 30),
    plain("nfp_", "netlify", 30),
    plain("npm_", "npm", 30),
    plain("ntn_", "notion", 30),
    plain("nvapi-", "nvidia", 40),
    dotted("ops_eyJ", "onepassword", 60),
    plain("pat-na1-", "hubspot", 30),
    plain("phx_", "posthog", 30),
    plain("pplx-", "perplexity", 30),
    plain("pul-", "pulumi", 40),
    plain("pypi-AgEIcHlwaS5vcmc", "pypi", 40),
    plain("r8_", "replicate", 30),
    plain("re_", "resend", 20),
    plain("rk_live_", "stripe", 20),
    plain("sb_secret_", "supabase", 20),
    plain("sbp_", "supabase", 30),
    plain("secret_", "notion", 40),
    plain("shpat_", "shopify", 30),
    plain("shpca_", "shopify", 30),
    plain("shppa_", "shopify", 30),
    plain("shpss_", "shopify", 30),
    plain("sk-", "openai", 20),
    plain("sk-ant-", "anthropic", 20),
    plain("sk-lf-", "langfuse", 30),
    plain("sk-or-v1-", "openrouter", 30),
    plain("sk-proj-", "openai", 20),
    plain("sk_live_", "stripe", 20),
    plain("sk_test_", "stripe", 20),
    plain("sntrys_", "sentry", 30),
    plain("sntryu_", "sentry", 30),
    plain("sonar-", "sonarqube", 36),
    plain("sq0csp-", "square", 30),
    plain("squ_", "sonarqube", 36),
    plain("tskey-", "tailscale", 20),
    plain("tvly-", "tavily", 20),
    plain("vercel_", "vercel", 20),
    plain("whsec_", "stripe", 24),
    plain("xai-", "xai", 40),
    dotted("xapp-", "slack", 30),
    plain("xoxa-", "slack", 20),
    plain("xoxb-", "slack", 20),
    plain("xoxc-", "slack", 20),
    plain("xoxd-", "slack", 20),
    plain("xoxe-", "slack", 20),
    plain("xoxp-", "slack", 20),
    plain("xoxs-", "slack", 20),
    dotted("ya29.", "google", 40),
];

/// Starts of values that are made to be seen by everybody.
static PUBLIC: &[&str] = &[
    "pk_live_",
    "pk_test_",
    "phc_",
    "sb_publishable_",
    "pk-lf-",
    "ssh-rsa ",
    "ssh-ed25519 ",
    "age1",
];

/// Parts of the JWTs that documentation and local development share, and of the one that Supabase publishes: the
/// payloads after decoding.
static PUBLIC_JWT: &[&str] = &[
    "1234567890",
    "John Doe",
    "\"role\":\"anon\"",
    "example",
    "supabase-demo",
];

static SEARCH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(PREFIXES.iter().map(|prefix| prefix.text))
        .ok()
});

/// A credential found by its look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// Where it starts.
    pub(super) start: usize,
    /// One past its end.
    pub(super) end: usize,
    /// The service; nothing for one that does not tell.
    pub(super) provider: Option<&'static str>,
}

/// The first credential in a text that can be told by its look.
pub(super) fn find(text: &str) -> Option<Known> {
    if PUBLIC.iter().any(|start| text.starts_with(start)) {
        return None;
    }
    let search = SEARCH.as_ref()?;
    search
        .find_iter(text)
        .find_map(|found| known(text, found.start(), &PREFIXES[found.pattern().as_usize()]))
        .or_else(|| telegram(text))
}

/// Whether a value is made to be seen by everybody.
pub(super) fn is_public(value: &str) -> bool {
    PUBLIC.iter().any(|start| value.starts_with(start))
        || (value.contains("ingest.") && value.contains("sentry"))
        || (value.starts_with("eyJ") && is_public_jwt(value))
}

fn known(text: &str, start: usize, prefix: &Prefix) -> Option<Known> {
    let is_inside = text[..start].chars().next_back().is_some_and(|c| {
        c.is_alphanumeric() || (matches!(c, '_' | '-') && prefix.body != Body::Path)
    });
    if is_inside {
        return None;
    }
    let from = start + prefix.text.len();
    let length = text[from..]
        .bytes()
        .take_while(|&byte| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'_' | b'-')
                || (prefix.body != Body::Plain && byte == b'.')
                || (prefix.body == Body::Path && byte == b'/')
        })
        .count();
    let end = from + length;
    let body = &text[from..end];
    let is_jwt = prefix.text == "eyJ";
    let is_one = length >= prefix.least
        && shape::is_generated(body)
        && !vocabulary::is_placeholder(body)
        && (!is_jwt || (body.matches('.').count() == 2 && !is_public_jwt(&text[start..end])));
    is_one.then(|| Known {
        start,
        end,
        provider: (prefix.provider != ANY).then_some(prefix.provider),
    })
}

fn is_public_jwt(jwt: &str) -> bool {
    let Some(payload) = jwt.split('.').nth(1) else {
        return false;
    };
    super::base64::text(payload)
        .is_some_and(|payload| PUBLIC_JWT.iter().any(|part| payload.contains(part)))
}

/// The token of a Telegram bot: digits, a colon, 35 characters.
fn telegram(text: &str) -> Option<Known> {
    memchr::memchr_iter(b':', text.as_bytes()).find_map(|colon| telegram_at(text, colon))
}

fn telegram_at(text: &str, colon: usize) -> Option<Known> {
    let digits = text[..colon]
        .bytes()
        .rev()
        .take(11)
        .take_while(u8::is_ascii_digit)
        .count();
    if !(8..=10).contains(&digits) {
        return None;
    }
    let start = colon - digits;
    let length = text[colon + 1..]
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        .count();
    let end = colon + 1 + length;
    let is_one = length == 35
        && shape::is_generated(&text[colon + 1..end])
        && !vocabulary::is_placeholder(&text[colon + 1..end]);
    is_one.then_some(Known {
        start,
        end,
        provider: Some("telegram"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_there_once() {
        let mut texts: Vec<_> = PREFIXES.iter().map(|prefix| prefix.text).collect();
        texts.sort_unstable();
        let count = texts.len();
        texts.dedup();
        assert_eq!(texts.len(), count);
        assert!(SEARCH.is_some());
    }

    #[test]
    fn finds_credentials_inside_of_text() {
        for (text, provider) in [
            (
                "Bearer ghp_fixture7Qk2Zx9Lm4Vb8Nc1Rt6Yw3Hd5J",
                Some("github"),
            ),
            (
                "--key=sk-ant-api03-fixture7Qk2Zx9Lm4Vb8Nc1",
                Some("anthropic"),
            ),
            (
                "https://hooks.slack.com/services/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",
                Some("slack"),
            ),
            (
                "7312345980:AAfixture7Qk2Zx9Lm4Vb8Nc1Rt6Yw3Hd5J",
                Some("telegram"),
            ),
            ("AKIAFIXTURE7QK2ZX9LM", Some("aws")),
        ] {
            assert_eq!(
                find(text).map(|known| known.provider),
                Some(provider),
                "{text}"
            );
        }
        for text in [
            "sk-...",
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "sk-your-openai-api-key-goes-here-1234",
            "task-runner-with-a-very-long-name-2024-10",
            "pk_test_51Hfixture7Qk2Zx9Lm4Vb8Nc1",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
