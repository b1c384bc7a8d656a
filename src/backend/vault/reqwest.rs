//! The HTTP client of the client in Rust, with reqwest. A part of a template, not of this program.

// --- The HTTP client, a new one for each request, since files with certificates are renewed.

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Identity};
use tokio::runtime::Builder;

type Reply = (u16, HeaderMap, String); // status, headers, body

impl Fetch {
    fn send(&self, url: &str, headers: &HeaderMap, body: &str) -> Result<Reply, Failure> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let mut client = Client::builder().redirect(Policy::none()).timeout(left);
        if let Some(path) = setting("VAULT_CACERT") {
            let found = Certificate::from_pem_bundle(&bytes(&path)?).unwrap_or_default();
            if found.is_empty() {
                return Err(format!("{path} has no certificate"))?;
            }
            // Besides the usual ones: how to leave those out differs from version to version.
            for certificate in found {
                client = client.add_root_certificate(certificate);
            }
        }
        if let Some(path) = setting("VAULT_CLIENT_CERT") {
            let key = bytes(&setting("VAULT_CLIENT_KEY").unwrap_or_else(|| path.clone()))?;
            // With reqwest's feature `native-tls`: Identity::from_pkcs8_pem(&bytes(&path)?, &key)
            let identity = Identity::from_pem(&[bytes(&path)?, key].join(&b'\n'));
            let identity = identity.map_err(|error| format!("VAULT_CLIENT_KEY: {error}"))?;
            client = client.identity(identity);
        }
        // `ask` made the thread that this runs on, so there is no other runtime on it.
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| outage(error.to_string()))?;
        let answer = runtime.block_on(async {
            let client = client.build()?;
            let request = match body {
                "" => client.get(url),
                _ => client.post(url).body(body.to_owned()),
            };
            let answer = request.headers(headers.clone()).send().await?;
            let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
            Ok((status, headers, answer.text().await?))
        });
        runtime.shutdown_background(); // does not wait for a name server that hangs
        answer
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return outage("timed out");
        }
        let mut cause: &dyn std::error::Error = &error;
        while let Some(inner) = cause.source() {
            cause = inner; // the outer ones quote the address
        }
        outage(cause.to_string())
    }
}
