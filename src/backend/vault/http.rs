//! The requests of the client in Rust, with any HTTP client. A part of a template, not of this program.

// --- The requests.

impl Fetch {
    fn get(&self, path: &str, token: &str) -> Result<(u16, Value), Failure> {
        self.request(&format!("{}/data/{path}", mount()), token, "")
    }

    fn log_in(&self, mount: &str, role: &str, proof: &str) -> Result<(u16, Value), Failure> {
        let body = match self.method {
            "approle" => serde_json::json!({ "role_id": role, "secret_id": proof }),
            _ => serde_json::json!({ "role": role, "jwt": proof }),
        };
        self.request(&format!("auth/{mount}/login"), "", &body.to_string())
    }

    fn request(&self, target: &str, token: &str, body: &str) -> Result<(u16, Value), Failure> {
        let mut headers = HeaderMap::new();
        headers.insert("X-Vault-Request", HeaderValue::from_static("true"));
        let namespace = setting("VAULT_NAMESPACE").unwrap_or_default();
        for (name, value) in [("X-Vault-Token", token), ("X-Vault-Namespace", &namespace)] {
            if !value.is_empty() {
                let value = HeaderValue::from_str(value);
                let mut value = value.map_err(|_| format!("{name} cannot be sent"))?;
                value.set_sensitive(true); // so that no log shows it
                headers.insert(name, value);
            }
        }
        let url = format!("{}/v1/{}", self.address()?, quote(target));
        let (mut status, reply, mut text) = self.send(&url, &headers, body)?;
        // Like the official client: one redirect (a standby names the active node), with the token,
        // but never from https to http.
        let location = reply.get("Location").map(HeaderValue::to_str);
        let location = location.and_then(Result::ok).unwrap_or_default();
        let plain = location.starts_with("http://") && url.starts_with("http://");
        let follow = plain || location.starts_with("https://");
        if follow && matches!(status, 301 | 302 | 307 | 308) {
            (status, _, text) = self.send(location, &headers, body)?;
        }
        Ok((status, serde_json::from_str(&text).unwrap_or_default()))
    }
}

fn quote(path: &str) -> String {
    let quote = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    path.bytes().map(quote).collect()
}
