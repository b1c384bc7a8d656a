//! What the client in Rust asks AWS Secrets Manager. A part of a template, not of this program.

// --- The API of AWS Secrets Manager.

type Client = aws_sdk_secretsmanager::Client;

#[track_caller]
fn read(&(name, path, key): &Source) -> Option<String> {
    match held(path, key) {
        Ok(value) => value,
        Err(why) => panic!("{name}: cannot read {path} from {MANAGER}: {why}"),
    }
}

fn place() -> String {
    let region = setting("AWS_REGION").or_else(|| setting("AWS_DEFAULT_REGION"));
    region.unwrap_or_else(|| DEFAULT_REGION.into())
}

async fn connect(region: &str) -> Result<Client, Failure> {
    let mut config = aws_config::defaults(BehaviorVersion::latest());
    config = config.retry_config(RetryConfig::disabled());
    if !region.is_empty() {
        config = config.region(Region::new(region.to_owned()));
    }
    let config = config.load().await;
    if config.region().is_none() {
        need("AWS_REGION")?;
    }
    Ok(Client::new(&config))
}

async fn keys(client: &Client, path: &str) -> Result<Keys, Failure> {
    // The stage is the one that is meant without it, for servers that mean another one.
    let asked = client.get_secret_value().secret_id(path);
    let answer = match asked.version_stage("AWSCURRENT").send().await {
        Ok(answer) => answer,
        Err(error) => return failed(&error),
    };
    let bytes = answer.secret_binary().map(AsRef::as_ref);
    let bytes = answer.secret_string().map(str::as_bytes).or(bytes);
    match serde_json::from_slice(bytes.unwrap_or_default()) {
        Ok(Value::Object(keys)) => Ok(keys),
        _ => Err(refusal("it is not a JSON object")),
    }
}

fn failed(error: &SdkError<GetSecretValueError>) -> Result<Keys, Failure> {
    Err(match error {
        SdkError::ServiceError(answer) => {
            let (status, error) = (answer.raw().status().as_u16(), answer.err());
            let (code, message) = (error.code(), error.message().unwrap_or_default());
            let is_deleted = error.is_invalid_request_exception()
                && ["deleted", "deletion"]
                    .iter()
                    .any(|word| message.contains(word));
            if error.is_resource_not_found_exception() || is_deleted {
                return Ok(Keys::new());
            }
            match code {
                Some(code) if code.contains("Throttl") => failure(429, "", Some(code)),
                code => failure(status, "", code),
            }
        }
        SdkError::TimeoutError(_) => outage("timed out"),
        SdkError::ConstructionFailure(_) => "the request cannot be made".to_owned().into(),
        SdkError::ResponseError(answer) if cause(error).is_none() => {
            match answer.raw().status().as_u16() {
                200 => refusal("not an answer of Secrets Manager"),
                status => failure(status, "", None),
            }
        }
        SdkError::DispatchFailure(inner) if inner.is_timeout() => outage("timed out"),
        _ => not_sent(error),
    })
}

/// Before a request is sent there is the login, whose errors say in their texts only what they are.
fn not_sent(error: &(dyn Error + 'static)) -> Failure {
    if let Some(why) = cause(error) {
        return outage(why);
    }
    let texts: Vec<String> = causes(error).map(ToString::to_string).collect();
    let has = |part: &str| texts.iter().any(|text| text.contains(part));
    let refused = [
        "AccessDenied",
        "ExpiredToken",
        "InvalidClientTokenId",
        "InvalidIdentityToken",
    ];
    if has("provider was not enabled") || has("not properly configured") {
        return NO_LOGIN.to_owned().into();
    }
    if refused.into_iter().any(has) {
        return refusal("the login was refused");
    }
    outage("the login failed")
}
