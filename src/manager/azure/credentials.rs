//! Who asks Azure: the chain of its libraries, from the environment by the machine to the `az` program.

use std::path::Path;
use std::time::Duration;

use crate::manager::environment::{Variables, settings, text};
use crate::manager::http::{
    Http, Question, Way, Who, escaped, form, host, is_loopback, plain, way,
};
use crate::manager::token::{self, Token};
use crate::manager::{Failure, program};

const LOGIN: &str = "https://login.microsoftonline.com";
const MACHINE: &str = "http://169.254.169.254/metadata/identity/oauth2/token";
const BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const WHO: Who = Who {
    name: "the login of Azure",
    address: "check AZURE_AUTHORITY_HOST if it is set, and the network",
    trust: "name the certificate of the authority in SSL_CERT_FILE",
};

const IDENTITY: Who = Who {
    name: "the managed identity of Azure",
    address: "check IDENTITY_ENDPOINT, which the platform sets",
    trust: "check IDENTITY_ENDPOINT, which the platform sets",
};

const LOG_IN: &str =
    "log in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET";
const CLIENT: &str = "check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET";
const WORKLOAD: &str = "check AZURE_CLIENT_ID and AZURE_TENANT_ID, and whom the application trusts";
const MANAGED: &str = "check that the identity is assigned here, and AZURE_CLIENT_ID if it is set";

/// Asks for a token for a resource.
pub(super) fn find(variable: Variables<'_>, resource: &str) -> Result<Token, Failure> {
    let tenant = variable("AZURE_TENANT_ID");
    let client = variable("AZURE_CLIENT_ID");
    if let (Some(tenant), Some(client)) = (&tenant, &client) {
        if let Some(secret) = variable("AZURE_CLIENT_SECRET") {
            let secret = zeroize::Zeroizing::new(secret);
            let own = [("client_secret", secret.as_str())];
            return of_client(variable, tenant, client, resource, &own, CLIENT);
        }
        if let Some(file) = variable("AZURE_FEDERATED_TOKEN_FILE") {
            let assertion = text(Path::new(&file), "AZURE_FEDERATED_TOKEN_FILE")?;
            let own = [
                ("client_assertion_type", BEARER),
                ("client_assertion", assertion.as_str()),
            ];
            return of_client(variable, tenant, client, resource, &own, WORKLOAD);
        }
    }
    if let (Some(endpoint), Some(header)) =
        (variable("IDENTITY_ENDPOINT"), variable("IDENTITY_HEADER"))
    {
        return of_service(&endpoint, &header, resource, client.as_deref());
    }
    match of_machine(resource, client.as_deref()) {
        Some(token) => Ok(token),
        None => of_program(resource),
    }
}

/// An application of a tenant, which shows what it has.
fn of_client(
    variable: Variables<'_>,
    tenant: &str,
    client: &str,
    resource: &str,
    own: &[(&str, &str)],
    help: &'static str,
) -> Result<Token, Failure> {
    let login = variable("AZURE_AUTHORITY_HOST").unwrap_or_else(|| LOGIN.to_owned());
    // It is often set without a scheme.
    let login = if login.contains("://") {
        login
    } else {
        format!("https://{login}")
    };
    let is_tenant = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    let login = plain(&login).filter(|_| tenant.chars().all(is_tenant) && !tenant.contains(".."));
    let login = login.ok_or_else(|| {
        settings(
            "AZURE_AUTHORITY_HOST or AZURE_TENANT_ID is none",
            "unset AZURE_AUTHORITY_HOST, and set AZURE_TENANT_ID to the id of the tenant",
        )
    })?;
    let address = format!("{login}/{tenant}/oauth2/v2.0/token");
    let scope = format!("{resource}/.default");
    let mut fields = vec![
        ("grant_type", "client_credentials"),
        ("client_id", client),
        ("scope", &scope),
    ];
    fields.extend(own);
    let body = form(&fields);
    let question = Question {
        method: "POST",
        address: &address,
        headers: &[("content-type", "application/x-www-form-urlencoded")],
        body: Some(body.as_bytes()),
    };
    let http = Http::new(WHO, way(&address), None)?;
    token::ask(&http, &question, "the application of AZURE_CLIENT_ID", help)
}

/// What a service of the platform is given.
fn of_service(
    endpoint: &str,
    header: &str,
    resource: &str,
    client: Option<&str>,
) -> Result<Token, Failure> {
    let name = host(endpoint);
    // The platform puts it beside the service, where there is no encryption.
    let address: Result<std::net::Ipv4Addr, _> = name.parse();
    let is_near = is_loopback(name) || address.is_ok_and(|address| address.is_link_local());
    let is_fine = endpoint.starts_with("https://") || (endpoint.starts_with("http://") && is_near);
    if !is_fine || endpoint.contains(['?', '#', '@']) {
        return Err(settings(
            "IDENTITY_ENDPOINT is no address that a token may be asked for at",
            "leave it as the platform has set it",
        ));
    }
    let address = format!("{endpoint}?{}", query("2019-08-01", resource, client));
    let question = Question {
        method: "GET",
        address: &address,
        headers: &[("x-identity-header", header)],
        body: None,
    };
    let http = Http::new(IDENTITY, Way::Direct, None)?;
    token::ask(&http, &question, "the managed identity", MANAGED)
}

/// What a machine is given; nothing where there is nobody to ask.
fn of_machine(resource: &str, client: Option<&str>) -> Option<Token> {
    let address = format!("{MACHINE}?{}", query("2018-02-01", resource, client));
    let question = Question {
        method: "GET",
        address: &address,
        headers: &[("metadata", "true")],
        body: None,
    };
    let answer = Http::new(IDENTITY, Way::Near, None).ok()?.ask(&question);
    let answer = answer.ok().filter(|answer| answer.status == 200)?;
    token::token(&answer.body)
}

fn query(version: &str, resource: &str, client: Option<&str>) -> String {
    let resource = escaped(resource);
    let mut query = format!("api-version={version}&resource={}", resource.as_str());
    if let Some(client) = client {
        query.push_str("&client_id=");
        query.push_str(&escaped(client));
    }
    query
}

fn of_program(resource: &str) -> Result<Token, Failure> {
    let arguments = [
        "account",
        "get-access-token",
        "--output",
        "json",
        "--resource",
        resource,
    ];
    let out = program::answer("az", &arguments);
    let token = out.and_then(|out| token::token(&out));
    let (token, _) = token.ok_or_else(|| settings("there is nobody to ask Azure as", LOG_IN))?;
    // It tells a time of the day; a token that it has may end in five minutes.
    Ok((token, Some(Duration::from_secs(300))))
}
