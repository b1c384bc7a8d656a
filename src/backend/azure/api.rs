//! What the client in Rust asks Azure Key Vault, and how it logs in. A part of a template, not of this program.

// --- The API of Azure Key Vault.

#[track_caller]
fn read(&(name, path): &Source) -> Option<String> {
    match held(path, "") {
        Ok(value) => value,
        Err(why) => panic!("{name}: cannot read {path} from {MANAGER}: {why}"),
    }
}

fn place() -> String {
    setting("AZURE_KEYVAULT_URL").unwrap_or_else(|| DEFAULT_VAULT_URL.into())
}

#[allow(clippy::unused_async)] // it is awaited with any manager
async fn connect(place: &str) -> Result<Client, Failure> {
    if place.is_empty() {
        need("AZURE_KEYVAULT_URL")?;
    }
    let url = Url::parse(place).map_err(|_| "the address of the vault is not one".to_owned())?;
    if url.scheme() != "https" {
        return Err("the address of the vault must start with https://".to_owned())?;
    }
    let host = url.host_str().unwrap_or_default();
    let number = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    let is_loopback = host == "localhost" || number.is_ok_and(|number| number.is_loopback());
    let options = SecretClientOptions {
        client_options: once(),
        verify_challenge_resource: Some(!is_loopback),
        ..Default::default()
    };
    let login = login().map_err(|_| NO_LOGIN.to_owned())?;
    let client = Client::new(place, login, Some(options));
    client.map_err(|_| "the address of the vault cannot be used".to_owned().into())
}

/// What is asked again and when is said above.
fn once() -> ClientOptions {
    ClientOptions {
        retry: RetryOptions::none(),
        ..Default::default()
    }
}

/// The first one that is configured, unless `AZURE_TOKEN_CREDENTIALS` names another.
fn login() -> azure_core::Result<Arc<dyn TokenCredential>> {
    let id = setting("AZURE_CLIENT_ID");
    let forced = setting("AZURE_TOKEN_CREDENTIALS").unwrap_or_default();
    let is = |name: &str, variable| match forced.as_str() {
        "" | "prod" => setting(variable).is_some(),
        forced => forced == name,
    };
    if is("EnvironmentCredential", "AZURE_CLIENT_SECRET") {
        let tenant = setting("AZURE_TENANT_ID").unwrap_or_default();
        let secret = setting("AZURE_CLIENT_SECRET").unwrap_or_default();
        let id = id.unwrap_or_default();
        let options = ClientSecretCredentialOptions {
            client_options: once(),
        };
        let made = ClientSecretCredential::new(&tenant, id, secret.into(), Some(options));
        Ok(made?)
    } else if is("WorkloadIdentityCredential", "AZURE_FEDERATED_TOKEN_FILE") {
        let mut options = WorkloadIdentityCredentialOptions::default();
        options.credential_options.client_options = once();
        Ok(WorkloadIdentityCredential::new(Some(options))?)
    } else if is("ManagedIdentityCredential", "IDENTITY_ENDPOINT") || forced == "prod" {
        let options = ManagedIdentityCredentialOptions {
            user_assigned_id: id.map(UserAssignedId::ClientId),
            client_options: once(),
        };
        Ok(ManagedIdentityCredential::new(Some(options))?)
    } else {
        Ok(DeveloperToolsCredential::new(None)?)
    }
}

async fn keys(client: &Client, path: &str) -> Result<Keys, Failure> {
    let answer = match client.get_secret(path, None).await {
        Ok(answer) => answer,
        Err(error) => return failed(&error),
    };
    let wrong = || refusal("not an answer of Key Vault");
    let secret = answer.into_model().map_err(|_| wrong())?;
    let value = secret.value.ok_or_else(wrong)?;
    Ok(Keys::from_iter([(String::new(), Value::String(value))]))
}

/// The texts of errors are never printed: some are answers.
fn failed(error: &azure_core::Error) -> Result<Keys, Failure> {
    let is_login = matches!(error.kind(), ErrorKind::Credential);
    let place = if is_login { " at the login" } else { "" };
    let kinds = causes(error).filter_map(|error| error.downcast_ref::<azure_core::Error>());
    let innermost = kinds.map(azure_core::Error::kind).last();
    Err(match innermost.unwrap_or(error.kind()) {
        ErrorKind::HttpResponse {
            status, error_code, ..
        } => {
            let (status, code) = (u16::from(*status), error_code.as_deref());
            if status == 404 && code == Some("SecretNotFound") {
                return Ok(Keys::new());
            }
            failure(status, place, code)
        }
        ErrorKind::Connection | ErrorKind::Io => {
            outage(cause(error).unwrap_or_else(|| "no answer".into()))
        }
        _ if is_login => NO_LOGIN.to_owned().into(),
        ErrorKind::DataConversion => refusal("not an answer of Key Vault"),
        _ => refusal("the vault wants a login for other vaults"),
    })
}
