//! What the client in Rust asks Vault, and how it logs in. A part of a template, not of this program.

// --- The API of Vault.

#[track_caller]
fn read(&(name, path, key): &Source) -> Option<String> {
    match held(path, key) {
        Ok(value) => value,
        Err(why) => panic!("{name}: cannot read {}/{path} from Vault: {why}", mount()),
    }
}

struct Fetch {
    method: &'static str,
    since: Instant,
    deadline: Instant, // of all requests together
}

static LOGIN: Mutex<Option<(String, Instant, f64)>> = Mutex::new(None); // token, since, for seconds

impl Fetch {
    fn new() -> Result<Self, Failure> {
        let since = Instant::now();
        let timeout = Some(seconds("VAULT_CLIENT_TIMEOUT", 5.0)?).filter(|time| !time.is_zero());
        Ok(Self {
            method: method()?,
            since,
            deadline: since + timeout.unwrap_or(Duration::new(5, 0)),
        })
    }

    fn keys(&self, path: &str) -> Result<Keys, Failure> {
        let token = self.token("")?;
        let (mut status, mut answer) = self.get(path, &token)?;
        if status == 403 {
            // The token may have ended, or its file may have been rewritten.
            let other = self.token(&token)?;
            if other != token {
                (status, answer) = self.get(path, &other)?;
            }
        }
        // Vault's own 404 has no errors, or the metadata of a deleted version. Another one is of a
        // mount that does not exist, or comes from something that is not Vault.
        let deleted = answer["data"]["metadata"].is_object();
        if status == 404 && (deleted || answer["errors"] == serde_json::json!([])) {
            return Ok(Keys::new());
        }
        check(status, "")?;
        match answer["data"]["data"].take() {
            Value::Object(keys) => Ok(keys),
            _ => Err(Failure(Kind::Refusal, "not an answer of KV v2".into())),
        }
    }

    fn address(&self) -> Result<String, String> {
        let agent = setting("VAULT_PROXY_ADDR").or_else(|| setting("VAULT_AGENT_ADDR"));
        let agent = agent.filter(|_| self.method == "agent");
        let address = agent.map_or_else(|| need("VAULT_ADDR"), Ok)?;
        if !address.starts_with("https://") && !address.starts_with("http://") {
            return Err("the address of Vault must start with https:// or http://".to_owned());
        }
        Ok(address.trim_end_matches('/').into())
    }

    /// `refused` is a token that Vault has just refused.
    fn token(&self, refused: &str) -> Result<String, Failure> {
        let (role, proof) = match self.method {
            "agent" => return Ok(String::new()), // it adds its own
            "token" => match setting("VAULT_TOKEN") {
                Some(token) => return Ok(token.trim().into()),
                None => return Ok(file(&token_file())?), // at every request: agents rewrite it
            },
            "approle" => {
                let in_file = || file(&need("VAULT_SECRET_ID_FILE")?);
                let secret_id = setting("VAULT_SECRET_ID").map_or_else(in_file, Ok)?;
                (need("VAULT_ROLE_ID")?, secret_id)
            }
            "kubernetes" => {
                let jwt = setting("VAULT_K8S_TOKEN_FILE").unwrap_or_else(|| KUBERNETES_JWT.into());
                (need("VAULT_K8S_ROLE")?, file(&jwt)?)
            }
            _ => (need("VAULT_JWT_ROLE")?, file(&need("VAULT_JWT_FILE")?)?),
        };
        let mut login = LOGIN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, since, lasts)) = &*login {
            // A token that was made for this very fetch is not why it was refused.
            let refused = refused == token && *since < self.since;
            if !refused && since.elapsed().as_secs_f64() < *lasts {
                return Ok(token.clone());
            }
        }
        let since = Instant::now();
        let mount = setting("VAULT_AUTH_MOUNT").unwrap_or_else(|| self.method.into());
        let (status, answer) = self.log_in(&mount, &role, &proof)?;
        check(status, &format!(" at the login ({})", self.method))?;
        let auth = &answer["auth"];
        let token = auth["client_token"].as_str();
        let token = token.ok_or_else(|| outage("no token came from the login"))?;
        let lease = auth["lease_duration"].as_f64().unwrap_or_default();
        let lasts = if lease > 0.0 { lease * 0.8 } else { f64::MAX }; // 0 is without end
        *login = Some((token.into(), since, lasts));
        Ok(token.into())
    }
}

fn check(status: u16, place: &str) -> Result<(), Failure> {
    let kind = match status {
        200 => return Ok(()),
        429 | 500.. => Kind::Outage,
        _ => Kind::Refusal,
    };
    Err(Failure(kind, format!("HTTP {status}{place}")))
}

/// The first one that is configured, unless `VAULT_AUTH_METHOD` names another.
fn method() -> Result<&'static str, String> {
    let set = |name| setting(name).is_some();
    let secret_id = set("VAULT_SECRET_ID") || set("VAULT_SECRET_ID_FILE");
    let methods = [
        ("token", set("VAULT_TOKEN") || set("VAULT_TOKEN_FILE")),
        ("agent", set("VAULT_PROXY_ADDR") || set("VAULT_AGENT_ADDR")), // it logs in by itself
        ("approle", set("VAULT_ROLE_ID") && secret_id),
        ("kubernetes", set("VAULT_K8S_ROLE")), // and VAULT_K8S_TOKEN_FILE, if it is elsewhere
        ("jwt", set("VAULT_JWT_ROLE") && set("VAULT_JWT_FILE")),
        ("token", std::path::Path::new(&token_file()).exists()), // of `vault login`
    ];
    let found = match setting("VAULT_AUTH_METHOD") {
        Some(forced) => methods.iter().find(|method| method.0 == forced),
        None => methods.iter().find(|method| method.1),
    };
    match found {
        Some(method) => Ok(method.0),
        None if set("VAULT_AUTH_METHOD") => {
            Err("VAULT_AUTH_METHOD can be token, agent, approle, kubernetes, jwt".into())
        }
        None => need("VAULT_ADDR").and(Err(NO_LOGIN.into())),
    }
}

fn mount() -> String {
    let mount = setting("VAULT_KV_MOUNT").unwrap_or_else(|| DEFAULT_MOUNT.into());
    mount.trim_matches('/').into()
}

fn token_file() -> String {
    let home = setting("HOME").or_else(|| setting("USERPROFILE"));
    let usual = home.unwrap_or_default() + "/.vault-token";
    setting("VAULT_TOKEN_FILE").unwrap_or(usual)
}

fn bytes(path: &str) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{path}: {error}"))
}

fn file(path: &str) -> Result<String, String> {
    let text = String::from_utf8(bytes(path)?).map_err(|_| format!("{path} is not a text"))?;
    Ok(text.trim().into())
}
