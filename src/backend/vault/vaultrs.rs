//! The requests of the client in Rust, with vaultrs. A part of a template, not of this program.

// --- The requests, with a new client for each, since files with certificates are renewed.

impl Fetch {
    fn get(&self, path: &str, token: &str) -> Result<(u16, Value), Failure> {
        let (client, mount) = (self.client(token)?, mount());
        self.wait(async {
            let keys: Keys = kv2::read(&client, &mount, path).await?;
            Ok(serde_json::json!({ "data": { "data": keys } }))
        })
    }

    fn log_in(&self, mount: &str, role: &str, proof: &str) -> Result<(u16, Value), Failure> {
        let client = self.client("")?;
        self.wait(async {
            let auth = match self.method {
                "approle" => approle::login(&client, mount, role, proof).await?,
                "kubernetes" => kubernetes::login(&client, mount, role, proof).await?,
                _ => oidc::login(&client, mount, proof, Some(role.into())).await?,
            };
            let (token, lease) = (auth.client_token, auth.lease_duration);
            Ok(serde_json::json!({ "auth": { "client_token": token, "lease_duration": lease } }))
        })
    }

    /// All settings are given: `vaultrs` takes others than the official client, and an empty
    /// `VAULT_SKIP_VERIFY` for a yes.
    fn client(&self, token: &str) -> Result<VaultClient, Failure> {
        let address = self.address()?;
        let namespace = setting("VAULT_NAMESPACE");
        let sent = [token, namespace.as_deref().unwrap_or_default()].concat();
        if !sent.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            // It would panic.
            return Err("X-Vault-Token or X-Vault-Namespace cannot be sent".to_owned())?;
        }
        // It puts its version before the whole path.
        let (host, path) = match address.match_indices('/').nth(2) {
            Some((at, _)) => address.split_at(at),
            None => (&*address, ""),
        };
        let parsed = host.parse();
        let settings = VaultClientSettings {
            address: parsed.map_err(|_| "the address of Vault is not one".to_owned())?,
            ca_certs: authorities()?,
            identity: identity()?,
            timeout: None,
            token: token.into(),
            verify: true,
            version: 1,
            wrapping: false,
            namespace,
            proxy: None,
        };
        let mut client = VaultClient::new(settings).map_err(|error| innermost(&error))?;
        client.middle.version = format!("{path}/v1").trim_start_matches('/').into();
        Ok(client)
    }

    fn wait<F>(&self, asked: F) -> Result<(u16, Value), Failure>
    where
        F: Future<Output = Result<Value, ClientError>>,
    {
        // `ask` made the thread that this runs on, so there is no other runtime on it.
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| outage(error.to_string()))?;
        let left = self.deadline.saturating_duration_since(Instant::now());
        let answer = runtime.block_on(async { timeout(left, asked).await });
        runtime.shutdown_background(); // does not wait for a name server that hangs
        match answer {
            Ok(Ok(answer)) => Ok((200, answer)),
            Ok(Err(error)) => failed(error),
            Err(_) => Err(outage("timed out")),
        }
    }
}

/// The texts of errors are not printed: some are answers.
fn failed(error: ClientError) -> Result<(u16, Value), Failure> {
    match error {
        ClientError::APIError { code, errors } => {
            Ok((code, serde_json::json!({ "errors": errors })))
        }
        ClientError::RestClientError { source } => match source {
            RestError::ServerResponseError { code, content } => {
                let text = content.unwrap_or_default();
                Ok((code, serde_json::from_str(&text).unwrap_or_default()))
            }
            RestError::RequestError { .. } | RestError::ResponseError { .. } => {
                Err(outage(innermost(&source)))
            }
            _ => Err(Failure(Kind::Refusal, "not an answer of Vault".into())),
        },
        _ => Err(Failure(Kind::Refusal, "not an answer of KV v2".into())),
    }
}

/// The outer ones quote the address.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.last().map(ToString::to_string).unwrap_or_default()
}

/// Besides the usual ones.
fn authorities() -> Result<Vec<String>, String> {
    let mut files = Vec::from_iter(setting("VAULT_CACERT"));
    for path in &files {
        if !is_certificate(path)? {
            return Err(format!("{path} has no certificate"));
        }
    }
    if let Some(folder) = setting("VAULT_CAPATH") {
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{folder}: {error}"))?;
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path().to_str()?.to_owned()));
        files.extend(paths.filter(|path| is_certificate(path).unwrap_or(false)));
    }
    Ok(files)
}

fn is_certificate(path: &str) -> Result<bool, String> {
    Ok(String::from_utf8_lossy(&bytes(path)?).contains("-----BEGIN CERTIFICATE"))
}

fn identity() -> Result<Option<Identity>, String> {
    let Some(path) = setting("VAULT_CLIENT_CERT") else {
        return Ok(None);
    };
    let key = bytes(&setting("VAULT_CLIENT_KEY").unwrap_or_else(|| path.clone()))?;
    let made = Identity::from_pem(&[bytes(&path)?, key].join(&b'\n'));
    let made = made.map_err(|error| format!("VAULT_CLIENT_KEY: {error}"))?;
    Ok(Some(made))
}
