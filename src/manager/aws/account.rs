//! Questions to the services of AWS that know identities: IAM and STS. Nobody needs an answer: who may not ask, and who gets
//! none, is not told.

use super::client::{Client, authority};
use super::sign::{Request, authorization, stamp};
use super::xml::Element;
use crate::manager::clock;
use crate::manager::environment::variable;
use crate::manager::http::{Http, Question, Who, form, host, is_loopback, plain, way};
use crate::manager::optional::Silent;

const IAM: Who = Who {
    name: "AWS IAM",
    address: "check AWS_ENDPOINT_URL_IAM if it is set, and the network",
    trust: "name the certificate of the authority in AWS_CA_BUNDLE",
};

/// Versions of the interfaces by service.
const SERVICES: &[(&str, &str, &str)] = &[
    ("iam", "2010-05-08", "AWS_ENDPOINT_URL_IAM"),
    ("sts", "2011-06-15", "AWS_ENDPOINT_URL_STS"),
];

/// Who asks, as STS tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) arn: String,
    pub(super) account: String,
}

/// Asks a service for an action; the text of its answer.
pub(super) fn ask(
    client: &Client,
    service: &str,
    fields: &[(&str, &str)],
) -> Result<String, Silent> {
    let (service, version, set) = SERVICES
        .iter()
        .find(|(name, _, _)| *name == service)
        .ok_or(Silent::Unanswered)?;
    let own = variable(set).or_else(|| variable("AWS_ENDPOINT_URL"));
    let (address, region) = place(
        service,
        &client.region,
        own,
        is_loopback(host(&client.address)),
    )
    .ok_or(Silent::Unanswered)?;
    let keys = client.keys().map_err(|_| Silent::Unanswered)?;
    let mut all = vec![("Version", *version)];
    all.extend(fields);
    let body = form(&all);
    let time = stamp(clock::seconds());
    let host = address.split_once("://").unwrap_or_default().1;
    let mut headers = vec![
        ("content-type", "application/x-www-form-urlencoded"),
        ("host", host),
        ("x-amz-date", time.as_str()),
    ];
    if let Some(session) = &keys.session {
        headers.push(("x-amz-security-token", session));
    }
    let request = Request {
        method: "POST",
        path: "/",
        headers: &headers,
        body: body.as_bytes(),
    };
    let signed = authorization(&request, &keys, (&region, service), &time);
    headers.push(("authorization", &signed));
    let authority = authority(&variable).map_err(|_| Silent::Unanswered)?;
    let authority = authority.as_ref().map(|pem| pem.as_slice());
    let http = Http::new(IAM, way(&address), authority).map_err(|_| Silent::Unanswered)?;
    let question = Question {
        method: "POST",
        address: &format!("{address}/"),
        headers: &headers,
        body: Some(body.as_bytes()),
    };
    let answer = http.ask(&question).map_err(|_| Silent::Unanswered)?;
    let text = String::from_utf8(answer.body.to_vec()).map_err(|_| Silent::Unanswered)?;
    if answer.status == 200 {
        return Ok(text);
    }
    let wrong = Element::read(&text);
    let code = wrong
        .as_ref()
        .and_then(|wrong| Some(wrong.child("Error")?.text_of("Code")));
    Err(match (code, answer.status) {
        (Some("NoSuchEntity"), _) => Silent::Absent,
        (Some("AccessDenied" | "AccessDeniedException"), _) | (_, 401 | 403) => Silent::Denied,
        _ => Silent::Unanswered,
    })
}

/// Where a service is, and for which region questions to it are signed. Who stands in for AWS on this machine has no other
/// services than those that are named.
fn place(
    service: &str,
    region: &str,
    set: Option<String>,
    is_stand_in: bool,
) -> Option<(String, String)> {
    // There is one IAM for all regions.
    let signed_for = match service {
        "iam" if region.starts_with("cn-") => "cn-north-1",
        "iam" if region.starts_with("us-gov-") => "us-gov-west-1",
        "iam" => "us-east-1",
        _ => region,
    };
    let own = match set {
        Some(own) => {
            let own = plain(&own)?;
            // What has a path signs it, which these services have not.
            (!own.split_once("://")?.1.contains('/')).then(|| own.to_owned())?
        }
        None if is_stand_in => return None,
        None => match (service, signed_for) {
            ("iam", "cn-north-1") => "https://iam.cn-north-1.amazonaws.com.cn".to_owned(),
            ("iam", "us-gov-west-1") => "https://iam.us-gov.amazonaws.com".to_owned(),
            ("iam", _) => "https://iam.amazonaws.com".to_owned(),
            (service, region) => format!("https://{service}.{region}.{}", super::domain(region)),
        },
    };
    Some((own, signed_for.to_owned()))
}

/// Who asks.
pub(super) fn caller(client: &Client) -> Result<Caller, Silent> {
    let text = ask(client, "sts", &[("Action", "GetCallerIdentity")])?;
    let answer = Element::read(&text).ok_or(Silent::Unanswered)?;
    let result = answer
        .child("GetCallerIdentityResult")
        .ok_or(Silent::Unanswered)?;
    let (arn, account) = (result.text_of("Arn"), result.text_of("Account"));
    let is_account = !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit());
    if !is_account || !arn.starts_with("arn:") {
        return Err(Silent::Unanswered);
    }
    Ok(Caller {
        arn: arn.to_owned(),
        account: account.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_where_they_are_named() {
        let of = |service, region, set: Option<&str>, is_stand_in| {
            place(service, region, set.map(str::to_owned), is_stand_in)
        };
        let at = |address: &str, region: &str| Some((address.to_owned(), region.to_owned()));
        assert_eq!(
            of("iam", "eu-west-1", None, false),
            at("https://iam.amazonaws.com", "us-east-1")
        );
        assert_eq!(
            of("iam", "us-gov-east-1", None, false),
            at("https://iam.us-gov.amazonaws.com", "us-gov-west-1")
        );
        assert_eq!(
            of("sts", "cn-north-1", None, false),
            at("https://sts.cn-north-1.amazonaws.com.cn", "cn-north-1")
        );
        let own = "http://127.0.0.1:80";
        assert_eq!(of("sts", "x", Some(own), true), at(own, "x"));
        assert_eq!(of("sts", "x", None, true), None);
        assert_eq!(of("sts", "x", Some("http://sts.example"), false), None);
        assert_eq!(
            of("sts", "x", Some("https://sts.example/path"), false),
            None
        );
    }
}
