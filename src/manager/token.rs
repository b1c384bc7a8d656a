//! Tokens of those who answer with them: GCP and Azure, and their services for machines.

use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::http::{Http, Question, is_header};
use super::{Failure, FailureKind};

/// A token and how long it is good.
pub(super) type Token = (Zeroizing<String>, Option<Duration>);

/// What services that give tokens answer.
#[derive(Deserialize)]
struct Given {
    #[serde(alias = "accessToken")]
    access_token: Zeroizing<String>,
    /// In seconds: a number, or a text of one.
    expires_in: Option<Seconds>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(u64),
    Text(String),
}

/// A token without any word about its time is taken for one of these.
const USUAL: Duration = Duration::from_secs(300);

/// The token of an answer.
pub(super) fn token(body: &[u8]) -> Option<Token> {
    let given: Given = serde_json::from_slice(body).ok()?;
    let seconds = given.expires_in.and_then(|seconds| match seconds {
        Seconds::Number(seconds) => Some(seconds),
        Seconds::Text(text) => text.parse().ok(),
    });
    let good = seconds.map_or(USUAL, |seconds| Duration::from_secs(seconds.min(86_400)));
    is_header(&given.access_token).then_some((given.access_token, Some(good)))
}

/// Asks a service for a token. `what` is whose it is and `help` what to do if it is not given.
pub(super) fn ask(
    http: &Http,
    question: &Question<'_>,
    what: &str,
    help: &'static str,
) -> Result<Token, Failure> {
    let answer = http.ask(question)?;
    let refused = || {
        let what = format!("no token was given for {what}");
        Failure::new(FailureKind::Refused, what, help)
    };
    if answer.status != 200 {
        return Err(refused());
    }
    token(&answer.body).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_as_long_as_it_says() {
        let of = |text: &str| token(text.as_bytes()).map(|(token, good)| (token.to_string(), good));
        let good = |seconds| Some(Duration::from_secs(seconds));
        for (text, expected) in [
            (
                r#"{"access_token":"t","expires_in":3599}"#,
                Some(("t", good(3599))),
            ),
            (
                r#"{"access_token":"t","expires_in":"60"}"#,
                Some(("t", good(60))),
            ),
            (
                r#"{"accessToken":"t","expiresOn":"x"}"#,
                Some(("t", good(300))),
            ),
            (r#"{"access_token":"a\r\nb"}"#, None),
            (r#"{"access_token":""}"#, None),
            (r#"{"error":"invalid_grant"}"#, None),
            ("<html>", None),
        ] {
            let expected = expected.map(|(token, good)| (token.to_owned(), good));
            assert_eq!(of(text), expected, "{text}");
        }
    }
}
