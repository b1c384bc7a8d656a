//! Questions over HTTP: limits, no redirects, answers in memory that is cleared, errors without any part of an answer.
//!
//! It knows no manager: who is asked is a name for people. Used by the managers and by what they get their tokens from.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, ClientCert, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Proxy};
use zeroize::Zeroizing;

use super::{Failure, FailureKind, NotWritten};

/// How long one question may take, answer included.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long it may take to be connected.
const CONNECTING: Duration = Duration::from_secs(5);

/// How long services of the own machine or network may take: most often, none is there.
const NEAR: Duration = Duration::from_secs(1);

/// In bytes; more is no answer.
const LARGEST: usize = 4 * 1024 * 1024;

/// Who is asked, for people.
#[derive(Clone, Copy)]
pub(super) struct Who {
    /// "Vault".
    pub(super) name: &'static str,
    /// Where its address comes from.
    pub(super) address: &'static str,
    /// What to do where its certificate is not trusted.
    pub(super) trust: &'static str,
}

/// Asks one service.
pub(super) struct Http {
    agent: Agent,
    who: Who,
}

/// How an address is reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Straight.
    Direct,
    /// By the proxy that the environment names, if it names one.
    Proxied,
    /// Straight, and only for a moment.
    Near,
}

/// A question.
pub(super) struct Question<'q> {
    pub(super) method: &'static str,
    pub(super) address: &'q str,
    pub(super) headers: &'q [(&'q str, &'q str)],
    /// Nothing for a question without a body.
    pub(super) body: Option<&'q [u8]>,
}

/// An answer, in memory that is cleared.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Zeroizing<Vec<u8>>,
}

/// Why there is no answer.
pub(super) enum Unanswered {
    /// Nothing was sent.
    NotSent(Failure),
    /// It may have been heard.
    Cut(Failure),
}

impl From<Unanswered> for Failure {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::NotSent(failure) | Unanswered::Cut(failure) => failure,
        }
    }
}

impl From<Unanswered> for NotWritten {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::NotSent(failure) => Self::Refused(failure),
            Unanswered::Cut(failure) => Self::Unknown(failure),
        }
    }
}

impl Http {
    /// `authority` has certificates in PEM form that are trusted in the place of the system's.
    pub(super) fn new(who: Who, way: Way, authority: Option<&[u8]>) -> Result<Self, Failure> {
        Self::known_by(who, way, authority, None)
    }

    /// The same, and tells who asks by a certificate and its key, in PEM form.
    pub(super) fn known_by(
        who: Who,
        way: Way,
        authority: Option<&[u8]>,
        identity: Option<[&[u8]; 2]>,
    ) -> Result<Self, Failure> {
        let roots = match authority {
            None => RootCerts::PlatformVerifier,
            Some(pem) => RootCerts::new_with_certs(&certificates(pem, "the authority", who)?),
        };
        let identity = identity.map(|[certificate, key]| identified(certificate, key, who));
        let agent = agent(way, roots, identity.transpose()?);
        Ok(Self { agent, who })
    }

    /// Asks.
    pub(super) fn ask(&self, question: &Question<'_>) -> Result<Answer, Unanswered> {
        let mut request = ureq::http::Request::builder()
            .method(question.method)
            .uri(question.address);
        for (name, value) in question.headers {
            request = request.header(*name, *value);
        }
        let sent = match question.body {
            Some(body) => request.body(body).map(|request| self.agent.run(request)),
            None => request.body(()).map(|request| self.agent.run(request)),
        };
        let unfit = |_| {
            Unanswered::NotSent(Failure::new(
                FailureKind::Settings,
                format!("{} cannot be asked with these settings", self.who.name),
                self.who.address,
            ))
        };
        let sent = sent.map_err(unfit)?;
        let answer = sent.map_err(|error| self.unanswered(&error))?;
        whole(answer).ok_or_else(|| {
            Unanswered::Cut(Failure::new(
                FailureKind::NotReached,
                format!("the answer of {} ended before its time", self.who.name),
                "try again; check what stands between here and there",
            ))
        })
    }

    /// The same of what speaks JSON and wants a token; the headers of the question come behind.
    pub(super) fn ask_as(
        &self,
        token: &str,
        question: &Question<'_>,
    ) -> Result<Answer, Unanswered> {
        let bearer = Zeroizing::new(format!("Bearer {token}"));
        let mut headers = vec![
            ("content-type", "application/json"),
            ("authorization", bearer.as_str()),
        ];
        headers.extend(question.headers);
        self.ask(&Question {
            headers: &headers,
            ..*question
        })
    }

    /// Why there is no answer, in our words: those of the library may hold what was sent.
    fn unanswered(&self, error: &ureq::Error) -> Unanswered {
        let Who {
            name,
            address,
            trust,
        } = self.who;
        let failure = |what: String, help| Failure::new(FailureKind::NotReached, what, help);
        let untrusted = || {
            let what = format!("the certificate of {name} is not trusted");
            Unanswered::NotSent(failure(what, trust))
        };
        match error {
            ureq::Error::HostNotFound => {
                let what = format!("the host of {name} is not known");
                Unanswered::NotSent(failure(what, address))
            }
            ureq::Error::Rustls(_) | ureq::Error::Tls(_) | ureq::Error::Pem(_) => untrusted(),
            ureq::Error::Io(error) if is_tls(error) => untrusted(),
            ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
                let what = format!("{name} did not answer in time");
                Unanswered::NotSent(failure(what, address))
            }
            ureq::Error::Timeout(_) => {
                let what = format!("{name} did not answer in time");
                Unanswered::Cut(failure(what, "check the network, and try again"))
            }
            error => {
                let failure = failure(format!("{name} was not reached"), address);
                if is_refused(error) {
                    Unanswered::NotSent(failure)
                } else {
                    Unanswered::Cut(failure)
                }
            }
        }
    }
}

/// What asks: with limits, and without redirects.
fn agent(way: Way, roots: RootCerts, identity: Option<ClientCert>) -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(roots)
        .client_cert(identity)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let (connecting, patience) = match way {
        Way::Near => (NEAR, 5 * NEAR),
        Way::Direct | Way::Proxied => (CONNECTING, PATIENCE),
    };
    let proxy = (way == Way::Proxied).then(Proxy::try_from_env).flatten();
    Agent::config_builder()
        .tls_config(tls)
        .proxy(proxy)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_connect(Some(connecting))
        .timeout_global(Some(patience))
        .build()
        .new_agent()
}

/// All of an answer; nothing if it was cut off.
fn whole(mut answer: ureq::http::Response<ureq::Body>) -> Option<Answer> {
    let status = answer.status().as_u16();
    // Made large enough at once: what a buffer leaves behind when it grows is not cleared.
    let mut body = Zeroizing::new(Vec::with_capacity(LARGEST));
    let mut reader = answer.body_mut().as_reader().take(LARGEST as u64);
    reader.read_to_end(&mut body).ok()?;
    Some(Answer { status, body })
}

fn certificates(pem: &[u8], of: &str, who: Who) -> Result<Vec<Certificate<'static>>, Failure> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        if let Ok(PemItem::Certificate(certificate)) = item {
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err(unusable(of, "certificate", who));
    }
    Ok(found)
}

fn identified(certificate: &[u8], key: &[u8], who: Who) -> Result<ClientCert, Failure> {
    let chain = certificates(certificate, "the client", who)?;
    let key = parse_pem(key).find_map(|item| match item {
        Ok(PemItem::PrivateKey(key)) => Some(key),
        _ => None,
    });
    let key = key.ok_or_else(|| unusable("the client", "key", who))?;
    Ok(ClientCert::new_with_certs(&chain, key))
}

fn unusable(of: &str, what: &str, who: Who) -> Failure {
    Failure::new(
        FailureKind::Settings,
        format!(
            "the file with the {what} of {of} for {} holds none",
            who.name
        ),
        "name a file in PEM form that no password locks",
    )
}

/// Whether there never was a connection.
fn is_refused(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::ConnectionFailed | ureq::Error::ConnectProxyFailed(_) => true,
        ureq::Error::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        _ => false,
    }
}

/// Whether an error of the connection comes from its encryption.
fn is_tls(error: &std::io::Error) -> bool {
    let inner = error.get_ref();
    inner.is_some_and(|inner| inner.downcast_ref::<rustls::Error>().is_some())
}

/// An address of a server without what could send a token elsewhere: scheme, host, port and perhaps a path. Without
/// encryption only where nobody else can listen.
pub(super) fn plain(address: &str) -> Option<&str> {
    let address = address.trim_end_matches('/');
    let is_path = |c: char| c.is_ascii_alphanumeric() || "-._:/[]".contains(c);
    let (scheme, rest) = address.split_once("://")?;
    let is_fine = !rest.is_empty() && rest.chars().all(is_path) && !rest.contains("..");
    let is_safe = scheme == "https" || (scheme == "http" && is_loopback(host(address)));
    (is_fine && is_safe && !host(address).is_empty()).then_some(address)
}

/// The host of an address, without its port.
pub(super) fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // Who is named before it is not the host.
    let authority = authority.rsplit('@').next().unwrap_or_default();
    if let Some(inner) = authority.strip_prefix('[') {
        return inner.split(']').next().unwrap_or_default();
    }
    authority.split(':').next().unwrap_or_default()
}

/// Whether a host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let address: Result<std::net::IpAddr, _> = host.parse();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// How a host is reached.
pub(super) fn way(address: &str) -> Way {
    if is_loopback(host(address)) {
        Way::Direct
    } else {
        Way::Proxied
    }
}

/// A text as a part of an address or of a form: what is not plain is escaped.
pub(super) fn escaped(text: &str) -> Zeroizing<String> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = Zeroizing::new(String::with_capacity(3 * text.len()));
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
    out
}

/// The body of a form, in memory that is cleared.
pub(super) fn form(fields: &[(&str, &str)]) -> Zeroizing<String> {
    let room = fields
        .iter()
        .map(|(name, value)| name.len() + 3 * value.len() + 2);
    let mut out = Zeroizing::new(String::with_capacity(room.sum()));
    for (name, value) in fields {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        out.push_str(&escaped(value));
    }
    out
}

/// Whether a text can be the value of a header.
pub(super) fn is_header(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'!'..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_sent_without_encryption_to_another_machine() {
        for fine in [
            "https://vault.example",
            "https://vault.example:8200/",
            "https://10.0.0.1/api/sm",
            "http://127.0.0.1:4566",
            "http://localhost:80/",
            "http://[::1]:80",
        ] {
            assert_eq!(plain(fine), Some(fine.trim_end_matches('/')), "{fine}");
        }
        for wrong in [
            "http://vault.example",
            "http://127.0.0.1.example",
            "http://localhost@vault.example",
            "https://user@vault.example",
            "https://vault.example/?x=",
            "https://vault.example/#x",
            "https://vault.example/../x",
            "https://",
            "https:///x",
            "ftp://vault.example",
            "vault.example",
            "https://vault.example/\nx",
        ] {
            assert_eq!(plain(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_host_is_not_who_is_named_before_it() {
        for (address, expected) in [
            ("http://127.0.0.1:80/x@y", "127.0.0.1"),
            ("http://[::1]:80", "::1"),
            ("http://localhost:80@vault.example/", "vault.example"),
            (
                "http://169.254.170.2:80@vault.example:81?x",
                "vault.example",
            ),
            ("http://a@[fd00:ec2::23]:80/", "fd00:ec2::23"),
        ] {
            assert_eq!(host(address), expected, "{address}");
        }
    }

    #[test]
    fn what_is_sent_as_a_form_is_escaped() {
        let form = form(&[("a", "b c&d"), ("e", "ä=~")]);
        assert_eq!(form.as_str(), "a=b%20c%26d&e=%C3%A4%3D~");
    }

    #[test]
    fn nobody_at_the_address_is_not_an_answer_that_was_cut() {
        let who = Who {
            name: "Nobody",
            address: "start it",
            trust: "trust it",
        };
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let ask = |port: u16| {
            let http = Http::new(who, Way::Direct, None).unwrap();
            http.ask(&Question {
                method: "POST",
                address: &format!("http://127.0.0.1:{port}/"),
                headers: &[],
                body: Some(b"{}"),
            })
        };
        let heard = std::thread::scope(|scope| {
            scope.spawn(|| drop(listener.accept().unwrap()));
            ask(port)
        });
        assert!(matches!(heard, Err(Unanswered::Cut(_))));
        // Not the port of before: a program that another test starts may hold it open for a moment.
        assert!(matches!(ask(1), Err(Unanswered::NotSent(_))));
    }
}
