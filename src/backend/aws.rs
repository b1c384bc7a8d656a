//! AWS Secrets Manager.

use super::shell::{plain, quoted, variable};
use super::{Address, Backend, Client, Place, Store, is_path};

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

static CLIENTS: &[Client] = &[];
