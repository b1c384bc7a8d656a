//! The HTTP client of the client in Rust, with ureq. A part of a template, not of this program.

// --- The HTTP client, a new one for each request, since files with certificates are renewed.

use ureq::http::{HeaderMap, HeaderValue, Method, Request};
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig};

type Reply = (u16, HeaderMap, String); // status, headers, body

impl Fetch {
    fn send(&self, url: &str, headers: &HeaderMap, body: &str) -> Result<Reply, Failure> {
        let mut tls = TlsConfig::builder();
        if let Some(path) = setting("VAULT_CACERT") {
            tls = tls.root_certs(RootCerts::new_with_certs(&certificates(&path)?));
        }
        if let Some(path) = setting("VAULT_CLIENT_CERT") {
            let key = setting("VAULT_CLIENT_KEY").unwrap_or_else(|| path.clone());
            let key = PrivateKey::from_pem(&bytes(&key)?);
            let key = key.map_err(|error| format!("VAULT_CLIENT_KEY: {error}"))?;
            let identity = ClientCert::new_with_certs(&certificates(&path)?, key);
            tls = tls.client_cert(Some(identity));
        }
        let left = self.deadline.saturating_duration_since(Instant::now());
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(left))
            .tls_config(tls.build())
            .build()
            .new_agent();
        let request = Request::builder().uri(url).body(body.to_owned());
        let mut request = request.map_err(|error| format!("VAULT_ADDR: {error}"))?;
        *request.headers_mut() = headers.clone();
        if !body.is_empty() {
            *request.method_mut() = Method::POST;
        }
        let mut answer = agent.run(request)?;
        let text = answer.body_mut().read_to_string()?;
        Ok((answer.status().as_u16(), answer.headers().clone(), text))
    }
}

impl From<ureq::Error> for Failure {
    fn from(error: ureq::Error) -> Self {
        match error {
            ureq::Error::Timeout(_) => outage("timed out"),
            ureq::Error::BadUri(_) => outage("the address of Vault is not one"), // not quoted
            error => outage(error.to_string()),
        }
    }
}

fn certificates(path: &str) -> Result<Vec<Certificate<'static>>, String> {
    let certificate = |item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    };
    let pem = bytes(path)?;
    let found: Vec<_> = ureq::tls::parse_pem(&pem).filter_map(certificate).collect();
    if found.is_empty() {
        return Err(format!("{path} has no certificate"));
    }
    Ok(found)
}
