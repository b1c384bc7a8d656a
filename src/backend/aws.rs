//! AWS Secrets Manager.

use super::ecma::{CLOUD_CJS, CLOUD_MJS, CLOUD_TS, HELD_CJS, HELD_MJS, HELD_TS};
use super::python::{self, CLOUD, HELD, QUIET};
use super::rust;
use super::shell::{plain, quoted, variable};
use super::{Address, Backend, Client, Flavor, Place, Store, Through, Use, ecma, is_path};

/// One secret for each server, a JSON object whose keys are the names.
pub(super) static BACKEND: Backend = Backend {
    id: "aws",
    title: "AWS Secrets Manager",
    clients: CLIENTS,
    place: Place {
        word: "region",
        variable: Some("AWS_REGION"),
        usual: "",
        takes: is_path,
        constant: "DEFAULT_REGION",
    },
    told: ["AWS_REGION", "region"],
    address: |team, server, name| Address {
        path: plain(&format!("{team}/{server}"), "/_+=.@-"),
        key: name.to_owned(),
    },
    longest: 512,
    folds_case: false,
    api: |_, address| address.path.clone(),
    store,
    policy: "iam",
    reads: |region, paths| document(&statement(&["GetSecretValue"], region, paths)),
    pushes: |region, paths| {
        let actions = [
            "CreateSecret",
            "DescribeSecret",
            "GetSecretValue",
            "TagResource",
        ];
        document(&statement(&actions, region, paths))
    },
};

/// The value goes through a pipe and into no argument; what adds to a secret that is there has to read it first.
fn store(store: &Store<'_>) -> String {
    let (name, variable) = (store.name, variable(store.name));
    if store.is_there {
        return format!("envacuate push --from-env --merge --only {}", quoted(name));
    }
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let (path, key) = (text(&store.address.path), text(&store.address.key));
    let filter = format!("{{Name: {path}, SecretString: ({{{key}: .}} | tojson)}}");
    let region = match store.place {
        "" => String::new(),
        region => format!(" --region {}", quoted(region)),
    };
    format!(
        "printf %s \"${variable}\" | jq -Rs {} | aws secretsmanager create-secret{region} --cli-input-json file:///dev/stdin",
        quoted(&filter)
    )
}

/// The six signs behind a name are those that AWS adds to it.
fn statement(actions: &[&str], region: &str, paths: &[&str]) -> serde_json::Value {
    let region = if region.is_empty() { "*" } else { region };
    let resource = |path: &&str| format!("arn:aws:secretsmanager:{region}:*:secret:{path}-??????");
    let actions = actions.iter();
    serde_json::json!({
        "Effect": "Allow",
        "Action": actions.map(|action| format!("secretsmanager:{action}")).collect::<Vec<_>>(),
        "Resource": paths.iter().map(resource).collect::<Vec<_>>(),
    })
}

fn document(statement: &serde_json::Value) -> String {
    let document = serde_json::json!({ "Version": "2012-10-17", "Statement": [statement] });
    format!("{document:#}\n")
}

/// A client for each kind of file.
static CLIENTS: &[Client] = &[
    Client {
        flavor: Flavor::Ts,
        through: Through::Library,
        names: ["secrets.ts", "aws-secrets.ts"],
        parts: &[
            include_str!("aws/secrets.ts"),
            HELD_TS,
            include_str!("aws/api.ts"),
            CLOUD_TS,
        ],
        entry: ecma::field,
        uses: NPM,
    },
    Client {
        flavor: Flavor::Mjs,
        through: Through::Library,
        names: ["secrets.mjs", "aws-secrets.mjs"],
        parts: &[
            include_str!("aws/secrets.mjs"),
            HELD_MJS,
            include_str!("aws/api.mjs"),
            CLOUD_MJS,
        ],
        entry: ecma::field,
        uses: NPM,
    },
    Client {
        flavor: Flavor::Cjs,
        through: Through::Library,
        names: ["secrets.cjs", "aws-secrets.cjs"],
        parts: &[
            include_str!("aws/secrets.cjs"),
            HELD_CJS,
            include_str!("aws/api.cjs"),
            CLOUD_CJS,
        ],
        entry: ecma::field,
        uses: NPM,
    },
    Client {
        flavor: Flavor::Python,
        through: Through::Library,
        names: ["aws_secrets.py", "aws_secrets_client.py"],
        parts: &[
            include_str!("aws/aws_secrets.py"),
            HELD,
            include_str!("aws/api.py"),
            CLOUD,
            QUIET,
        ],
        entry: python::field,
        uses: PYPI,
    },
    Client {
        flavor: Flavor::Rust,
        through: Through::Library,
        names: ["secrets.rs", "aws_secrets.rs"],
        parts: &[
            include_str!("aws/secrets.rs"),
            rust::HELD,
            rust::SDK,
            include_str!("aws/api.rs"),
        ],
        entry: rust::field,
        uses: &[
            Use {
                name: "aws-config",
                version: "1",
                before_node_22: None,
                features: &["credentials-process", "default-https-client", "rt-tokio"],
                default_features: false,
            },
            Use {
                name: "aws-sdk-secretsmanager",
                version: "1",
                before_node_22: None,
                features: &[],
                default_features: false,
            },
            Use::plain("serde_json", "1"),
            rust::RUNTIME,
        ],
    },
];

const NPM: &[Use] = &[Use::plain("@aws-sdk/client-secrets-manager", "^3.600")];
const PYPI: &[Use] = &[Use::plain("boto3", ">=1.40,<2")];
