//! What the client in Rust asks Google Secret Manager. A part of a template, not of this program.

// --- The API of Google Secret Manager.

struct Client {
    service: SecretManagerService,
    project: String,
}

#[track_caller]
fn read(&(name, path): &Source) -> Option<String> {
    match held(path, "") {
        Ok(value) => value,
        Err(why) => panic!("{name}: cannot read {path} from {MANAGER}: {why}"),
    }
}

fn place() -> String {
    setting("GOOGLE_CLOUD_PROJECT").unwrap_or_else(|| DEFAULT_PROJECT.into())
}

async fn connect(project: &str) -> Result<Client, Failure> {
    if project.is_empty() {
        need("GOOGLE_CLOUD_PROJECT")?;
    }
    let mut service = SecretManagerService::builder().with_retry_policy(NeverRetry);
    if let Some(endpoint) = setting("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER") {
        service = service.with_endpoint(endpoint);
    }
    // The errors quote files with credentials.
    let service = service.build().await.map_err(|error| {
        let hint = "(SECRETS_BACKEND=env reads the environment instead)";
        if error.is_default_credentials() {
            format!("GOOGLE_APPLICATION_CREDENTIALS, or the usual file, cannot be used {hint}")
        } else {
            format!("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER cannot be used {hint}")
        }
    })?;
    Ok(Client {
        service,
        project: project.into(),
    })
}

async fn keys(client: &Client, path: &str) -> Result<Keys, Failure> {
    let name = format!("projects/{}/secrets/{path}/versions/latest", client.project);
    let asked = client.service.access_secret_version().set_name(name);
    let answer = match asked.send().await {
        Ok(answer) => answer,
        Err(error) => return failed(&error),
    };
    // Its Debug prints the value.
    let payload = answer.payload.unwrap_or_default();
    if payload.data_crc32c != Some(i64::from(crc32c(&payload.data))) {
        return Err(outage("the answer was damaged on its way"));
    }
    let text = String::from_utf8(payload.data.to_vec());
    let text = text.map_err(|_| refusal("it is not a text"))?;
    Ok(Keys::from_iter([(String::new(), Value::String(text))]))
}

fn failed(error: &google_cloud_secretmanager_v1::Error) -> Result<Keys, Failure> {
    let code = error.status().map(|status| status.code.name());
    let mut logins = causes(error).filter_map(|error| error.downcast_ref::<CredentialsError>());
    Err(match (error.http_status_code(), logins.next()) {
        (Some(404), _) if code == Some("NOT_FOUND") => return Ok(Keys::new()),
        (Some(status), _) => failure(status, "", code),
        (None, Some(login)) if login.is_transient() => outage("the login failed"),
        (None, Some(_)) => refusal("the login was refused"),
        (None, None) if error.is_timeout() => outage("timed out"),
        (None, None) if error.is_deserialization() => refusal("not an answer of Secret Manager"),
        (None, None) => outage(cause(error).unwrap_or_else(|| "no answer".into())),
    })
}

/// The checksum of the API.
fn crc32c(bytes: &[u8]) -> u32 {
    let mut sum = !0;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ if sum & 1 == 1 { 0x82f6_3b78 } else { 0 };
        }
    }
    !sum
}
