//! Who asks AWS: the chain of its libraries, from the environment to the machine.
//!
//! Keys that stand in variables or files are read here, and what workloads are given is asked for. What people log in to
//! is left to the `aws` program, which knows all ways.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::profile::{self, Profile};
use super::sign::Keys;
use crate::manager::environment::{Variables, settings, text};
use crate::manager::http::{
    Http, Question, Way, Who, form, host, is_header, is_loopback, plain, way,
};
use crate::manager::{Failure, FailureKind, program};

/// Keys that end some day are asked for again after this, which is less than any of them is good.
const GOOD: Duration = Duration::from_secs(360);

const MACHINE: &str = "http://169.254.169.254";

/// The hosts of tasks and pods, beside this machine.
const TASKS: &[&str] = &["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

const STS: Who = Who {
    name: "the token service of AWS",
    address: "check the region, AWS_ENDPOINT_URL_STS, and the network",
    trust: "name the certificate of the authority in AWS_CA_BUNDLE",
};

const METADATA: Who = Who {
    name: "the metadata service of AWS",
    address: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    trust: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
};

const LOG_IN: &str =
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with `aws` and set AWS_PROFILE";

/// Keys as programs and services tell them.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    #[serde(alias = "SessionToken")]
    token: Option<Zeroizing<String>>,
}

/// Keys, and how long they are good.
pub(super) type Found = (Keys, Option<Duration>);

/// The name of the profile that is asked for.
fn name(variable: Variables<'_>) -> Option<String> {
    variable("AWS_PROFILE").or_else(|| variable("AWS_DEFAULT_PROFILE"))
}

/// The profile that is asked for, or else the one for all; nothing where no file has it.
pub(super) fn profile(variable: Variables<'_>) -> Result<Option<Profile>, Failure> {
    let name = name(variable);
    let home = variable("HOME").or_else(|| variable("USERPROFILE"));
    let usual = |file: &str| {
        home.as_ref()
            .map(|home| Path::new(home).join(".aws").join(file))
    };
    let mut profile = Profile::default();
    let mut found = false;
    for (set, file, is_settings) in [
        ("AWS_CONFIG_FILE", "config", true),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials", false),
    ] {
        let path = variable(set).map(PathBuf::from).or_else(|| usual(file));
        let Some(path) = path.filter(|path| !crate::workspace::is_missing(path)) else {
            continue;
        };
        let text = text(&path, &format!("the file `{file}` of AWS"))?;
        let of = name.as_deref().unwrap_or("default");
        found |= profile::add(&mut profile, &text, of, is_settings);
    }
    if !found && name.is_some() {
        return Err(settings(
            "no file of AWS has the profile that AWS_PROFILE names",
            "check its spelling with `aws configure list-profiles`, or unset it",
        ));
    }
    Ok(found.then_some(profile))
}

/// The keys of who asks.
pub(super) fn find(variable: Variables<'_>, region: &str) -> Result<Found, Failure> {
    if let (Some(id), Some(secret)) = (
        variable("AWS_ACCESS_KEY_ID"),
        variable("AWS_SECRET_ACCESS_KEY"),
    ) {
        let session = variable("AWS_SESSION_TOKEN");
        return checked(Keys {
            id,
            secret: Zeroizing::new(secret),
            session: session.map(Zeroizing::new),
        })
        .map(|keys| (keys, None));
    }
    if let (Some(file), Some(role)) = (
        variable("AWS_WEB_IDENTITY_TOKEN_FILE"),
        variable("AWS_ROLE_ARN"),
    ) {
        return of_workload(variable, region, Path::new(&file), &role);
    }
    if let Some(profile) = profile(variable)? {
        if let (Some(id), Some(secret)) = (profile.id, profile.secret) {
            let session = profile.session;
            let keys = Keys {
                id,
                secret,
                session,
            };
            return checked(keys).map(|keys| (keys, None));
        }
        if profile.is_made {
            return of_program(variable);
        }
    }
    if let Some(found) = of_task(variable)? {
        return Ok(found);
    }
    let is_off = variable("AWS_EC2_METADATA_DISABLED");
    let of_machine = if is_off.is_some_and(|off| off.eq_ignore_ascii_case("true")) {
        None
    } else {
        of_machine()
    };
    of_machine.ok_or_else(|| settings("there is nobody to ask AWS as", LOG_IN))
}

/// What is sent in headers has to fit into them.
fn checked(keys: Keys) -> Result<Keys, Failure> {
    let session = keys.session.as_ref();
    if is_header(&keys.id) && session.is_none_or(|session| is_header(session)) {
        return Ok(keys);
    }
    Err(settings(
        "the keys for AWS hold what no key can hold",
        LOG_IN,
    ))
}

fn told(body: &[u8]) -> Option<Found> {
    let told: Told = serde_json::from_slice(body).ok()?;
    let keys = Keys {
        id: told.access_key_id,
        secret: told.secret_access_key,
        session: told.token,
    };
    Some((checked(keys).ok()?, Some(GOOD)))
}

fn of_program(variable: Variables<'_>) -> Result<Found, Failure> {
    let mut arguments = vec!["configure", "export-credentials", "--format", "process"];
    let name = name(variable);
    if let Some(name) = &name {
        arguments.extend(["--profile", name]);
    }
    let found = program::answer("aws", &arguments).and_then(|out| told(&out));
    found.ok_or_else(|| {
        settings(
            "the `aws` program gave no keys for the profile",
            "log in with `aws sso login` or `aws login`; its version has to be 2.9 or newer",
        )
    })
}

/// What a workload is given for the token of its platform.
fn of_workload(
    variable: Variables<'_>,
    region: &str,
    file: &Path,
    role: &str,
) -> Result<Found, Failure> {
    let token = text(file, "AWS_WEB_IDENTITY_TOKEN_FILE")?;
    let own = variable("AWS_ENDPOINT_URL_STS").or_else(|| variable("AWS_ENDPOINT_URL"));
    let address = match &own {
        Some(address) => plain(address).map(str::to_owned).ok_or_else(|| {
            settings(
                "AWS_ENDPOINT_URL_STS is no address that keys may be asked for at",
                STS.address,
            )
        })?,
        None => format!("https://sts.{region}.{}", super::domain(region)),
    };
    let session = variable("AWS_ROLE_SESSION_NAME");
    let body = form(&[
        ("Action", "AssumeRoleWithWebIdentity"),
        ("Version", "2011-06-15"),
        ("RoleArn", role),
        ("RoleSessionName", session.as_deref().unwrap_or("envacuate")),
        ("WebIdentityToken", &token),
    ]);
    let http = Http::new(
        STS,
        way(&address),
        super::authority(variable)?
            .as_ref()
            .map(|pem| pem.as_slice()),
    )?;
    let answer = http.ask(&Question {
        method: "POST",
        address: &format!("{address}/"),
        headers: &[("content-type", "application/x-www-form-urlencoded")],
        body: Some(body.as_bytes()),
    })?;
    let refused = || {
        Failure::new(
            FailureKind::Refused,
            "AWS gave no keys for the token of this workload",
            "check AWS_ROLE_ARN, and who the role trusts",
        )
    };
    if answer.status != 200 {
        return Err(refused());
    }
    let body = str::from_utf8(&answer.body).map_err(|_| refused())?;
    let (Some(id), Some(secret), session) = (
        element(body, "AccessKeyId"),
        element(body, "SecretAccessKey"),
        element(body, "SessionToken"),
    ) else {
        return Err(refused());
    };
    let keys = Keys {
        id: id.to_owned(),
        secret: Zeroizing::new(secret.to_owned()),
        session: session.map(|session| Zeroizing::new(session.to_owned())),
    };
    Ok((checked(keys)?, Some(GOOD)))
}

/// The text of an element; keys hold nothing that XML would escape.
pub(super) fn element<'x>(body: &'x str, name: &str) -> Option<&'x str> {
    let (_, after) = body.split_once(&format!("<{name}>"))?;
    let (text, _) = after.split_once(&format!("</{name}>"))?;
    Some(text.trim())
}

/// What a task or a pod is given.
fn of_task(variable: Variables<'_>) -> Result<Option<Found>, Failure> {
    let own = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    let own = own.map(|path| format!("http://169.254.170.2{path}"));
    let Some(address) = own.or_else(|| variable("AWS_CONTAINER_CREDENTIALS_FULL_URI")) else {
        return Ok(None);
    };
    let host = host(&address);
    if !address.starts_with("https://") && !is_loopback(host) && !TASKS.contains(&host) {
        return Err(settings(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI is no address that keys may be asked for at",
            "leave it as the platform has set it",
        ));
    }
    let token = match variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
        Some(file) => Some(text(
            Path::new(&file),
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        )?),
        None => variable("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(Zeroizing::new),
    };
    let header = token
        .as_ref()
        .map(|token| ("authorization", token.as_str()));
    let headers: Vec<(&str, &str)> = header.into_iter().collect();
    let answer = Http::new(METADATA, Way::Direct, None)?.ask(&Question {
        method: "GET",
        address: &address,
        headers: &headers,
        body: None,
    })?;
    let found = Some(answer).filter(|answer| answer.status == 200);
    let found = found.and_then(|answer| told(&answer.body));
    found.map(Some).ok_or_else(|| {
        Failure::new(
            FailureKind::Refused,
            "AWS gave this container no keys",
            "check the role of the task or of the pod",
        )
    })
}

/// What a machine is given; nothing where there is nobody to ask.
fn of_machine() -> Option<Found> {
    let http = Http::new(METADATA, Way::Near, None).ok()?;
    let ask = |method, path: &str, headers: &[(&str, &str)]| {
        let address = format!("{MACHINE}/latest/{path}");
        let question = Question {
            method,
            address: &address,
            headers,
            body: None,
        };
        let answer = http.ask(&question).ok()?;
        (answer.status == 200).then_some(answer.body)
    };
    let seconds = ("x-aws-ec2-metadata-token-ttl-seconds", "300");
    let token = ask("PUT", "api/token", &[seconds])?;
    let token = str::from_utf8(&token).ok()?;
    let header = [("x-aws-ec2-metadata-token", token)];
    let place = "meta-data/iam/security-credentials/";
    let role = ask("GET", place, &header)?;
    let role = str::from_utf8(&role).ok()?.lines().next()?.trim();
    let is_role = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if role.is_empty() || !role.chars().all(is_role) {
        return None;
    }
    told(&ask("GET", &format!("{place}{role}"), &header)?)
}
