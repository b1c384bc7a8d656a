//! Requests signed as AWS wants it, signature version 4; and what time it is for them.
//!
//! The body and all headers given are signed. Used by the rest of this folder.

use ring::{digest, hmac};
use zeroize::Zeroizing;

use crate::push::Moment;

/// Keys of who asks. Has no `Debug`.
pub(super) struct Keys {
    pub(super) id: String,
    pub(super) secret: Zeroizing<String>,
    /// Of keys that are good for a while.
    pub(super) session: Option<Zeroizing<String>>,
}

/// What is signed. Paths hold nothing that would have to be escaped, and no request has a query.
pub(super) struct Request<'r> {
    pub(super) method: &'r str,
    pub(super) path: &'r str,
    /// Names in small letters, sorted; with `host` and `x-amz-date`.
    pub(super) headers: &'r [(&'r str, &'r str)],
    pub(super) body: &'r [u8],
}

/// The value of the header `authorization`. `time` is as in `x-amz-date`.
pub(super) fn authorization(
    request: &Request<'_>,
    keys: &Keys,
    (region, service): (&str, &str),
    time: &str,
) -> String {
    let names: Vec<&str> = request.headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let headers = request.headers.iter();
    let headers: Vec<String> = headers
        .map(|(name, value)| format!("{name}:{}\n", value.trim()))
        .collect();
    let canonical = format!(
        "{}\n{}\n\n{}\n{names}\n{}",
        request.method,
        request.path,
        headers.concat(),
        hash(request.body)
    );
    let day = time.get(..8).unwrap_or_default();
    let scope = format!("{day}/{region}/{service}/aws4_request");
    let text = format!(
        "AWS4-HMAC-SHA256\n{time}\n{scope}\n{}",
        hash(canonical.as_bytes())
    );
    let first = Zeroizing::new(format!("AWS4{}", keys.secret.as_str()));
    let mut key = hmac::Key::new(hmac::HMAC_SHA256, first.as_bytes());
    for part in [day, region, service, "aws4_request"] {
        let next = hmac::sign(&key, part.as_bytes());
        key = hmac::Key::new(hmac::HMAC_SHA256, next.as_ref());
    }
    let signature = hex(hmac::sign(&key, text.as_bytes()).as_ref());
    format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
        keys.id
    )
}

fn hash(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Bytes in figures and the letters `a` to `f`.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = |byte: &u8| {
        [
            DIGITS[usize::from(byte >> 4)],
            DIGITS[usize::from(byte & 15)],
        ]
    };
    bytes.iter().flat_map(digits).map(char::from).collect()
}

/// The value of `x-amz-date` for so many seconds since 1970.
pub(super) fn stamp(seconds: u64) -> String {
    let millis = i64::try_from(seconds).unwrap_or(0).saturating_mul(1000);
    let time = Moment::from_millis(millis).to_string();
    let whole = time.split('.').next().unwrap_or_default();
    format!("{}Z", whole.replace(['-', ':'], ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_published_vectors() {
        let time = "20150830T123600Z";
        let keys = Keys {
            id: "AKIDEXAMPLE".to_owned(),
            secret: Zeroizing::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned()),
            session: None,
        };
        let (host, date) = (("host", "example.amazonaws.com"), ("x-amz-date", time));
        let form = ("content-type", "application/x-www-form-urlencoded");
        // get-vanilla, post-vanilla and post-x-www-form-urlencoded of the suite.
        for (method, headers, body, expected) in [
            (
                "GET",
                &[host, date][..],
                "",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                "POST",
                &[host, date],
                "",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
            (
                "POST",
                &[form, host, date],
                "Param1=value1",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            ),
        ] {
            let request = Request {
                method,
                path: "/",
                headers,
                body: body.as_bytes(),
            };
            let signed = authorization(&request, &keys, ("us-east-1", "service"), time);
            let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
            let scope = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request";
            assert_eq!(
                signed,
                format!(
                    "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={}, Signature={expected}",
                    names.join(";")
                )
            );
        }
    }

    #[test]
    fn seconds_become_a_date() {
        for (seconds, expected) in [
            (0, "19700101T000000Z"),
            (951_782_399, "20000228T235959Z"),
            (951_782_400, "20000229T000000Z"),
            (951_868_800, "20000301T000000Z"),
            (1_440_938_160, "20150830T123600Z"),
            (4_107_542_399, "21000228T235959Z"),
            (4_107_542_400, "21000301T000000Z"),
        ] {
            assert_eq!(stamp(seconds), expected);
        }
    }
}
