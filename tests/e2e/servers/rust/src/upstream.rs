use std::env;

pub async fn read(id: &str) -> Result<String, String> {
    let address = env::var("UPSTREAM_URL").map_err(|_| "UPSTREAM_URL is not set")?;
    let token = env::var("UPSTREAM_TOKEN").map_err(|_| "UPSTREAM_TOKEN is not set")?;
    let request = reqwest::Client::new()
        .get(format!("{address}/notes/{id}"))
        .bearer_auth(token);
    let answer = request.send().await.map_err(|error| error.to_string())?;
    answer
        .error_for_status()
        .map_err(|error| error.to_string())?
        .text()
        .await
        .map_err(|error| error.to_string())
}
