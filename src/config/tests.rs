//! Whole files through `find`: places, and texts that are broken.

use super::*;
use crate::text::LineIndex;

fn find(path: &str, text: &[u8], names: &Names) -> (Vec<Plaintext>, Vec<Problem>) {
    let reading = Reading::of(path).unwrap();
    let (text, stray) = decode(text);
    let found = super::find(path, reading, &text, names);
    let problems = stray.iter().chain(found.problem()).cloned().collect();
    (found.plaintext, problems)
}

const TOKEN: &str = "ghp_fixture7Qk2Zx9Lm4Vb8Nc1Rt6Yw3Hd5J";

/// What stands at the places that are found, with the names.
fn found<'t>(path: &str, text: &'t str) -> Vec<(String, &'t str)> {
    let (found, _) = find(path, text.as_bytes(), &Names::default());
    found
        .into_iter()
        .map(|plaintext| {
            (
                plaintext.name,
                &text[plaintext.range.start..plaintext.range.end],
            )
        })
        .collect()
}

fn one(path: &str, text: &str, name: &str, value: &str) {
    assert_eq!(
        found(path, text),
        [(name.to_owned(), value)],
        "{path}\n{text}"
    );
}

#[test]
fn places_are_exact_in_every_format() {
    let text = |template: &str| template.replace("@@", TOKEN);
    for (path, template, name) in [
        (".env", "A=1\nexport GITHUB_KEY=\"@@\" # c\n", "GITHUB_KEY"),
        (".env", "\u{feff}GITHUB_KEY = @@\r\nB=2\r\n", "GITHUB_KEY"),
        (
            "mcp.json",
            "{\"env\": {\"é\": \"ü\", \"T_TOKEN\": \"@@\"}}",
            "T_TOKEN",
        ),
        (
            ".vscode/mcp.json",
            "\u{feff}// c\r\n{/* d */\"headers\": {\"Authorization\": \"Bearer @@\",},}",
            "Authorization",
        ),
        ("mcp.json", "{\"args\": [\"--token\", \"@@\"]}", "token"),
        ("mcp.json", "{\"args\": [\"--api-key=@@\"]}", "api-key"),
        (
            "mcp.json",
            "{\"url\": \"https://x.dev/sse?api_key=@@&b=c\"}",
            "api_key",
        ),
        (
            "a.yaml",
            "é: ü\na: &anchor\n  token: &t @@ # c\nb: *anchor\n",
            "token",
        ),
        (
            "a.yaml",
            "---\nx: y\n---\nlist:\n- {token: '@@'}\n",
            "token",
        ),
        (
            "compose.yaml",
            "services:\n  a:\n    environment:\n      - A_TOKEN=@@\n",
            "A_TOKEN",
        ),
        (
            "k8s.yaml",
            "env:\n- name: A_TOKEN\n  value: \"@@\"\n",
            "A_TOKEN",
        ),
        ("a.yaml", "token: |\n  @@\n", "token"),
        (
            "config.toml",
            "[a.\"b.c\"]\nenv = { A_TOKEN = '@@' }\n",
            "A_TOKEN",
        ),
        ("config.toml", "é.token = \"\"\"\r\n@@\"\"\"\r\n", "token"),
        (
            ".npmrc",
            "//registry.npmjs.org/:_authToken=@@\n",
            "_authToken",
        ),
        ("a.ini", "[x]\npassword = @@ ; c\n", "password"),
        (".netrc", "machine h login u\n  password @@\n", "password"),
        (
            "Dockerfile",
            "FROM a\nENV A=b \\\n  # c\n  A_TOKEN=\"@@\"\n",
            "A_TOKEN",
        ),
        ("Dockerfile", "ENV A_TOKEN @@\n", "A_TOKEN"),
        ("Dockerfile", "ARG A_TOKEN=@@\n", "A_TOKEN"),
        ("Dockerfile", "CMD [\"x\", \"--token\", \"@@\"]\n", "RUN"),
    ] {
        let text = text(template);
        let found = found(path, &text);
        assert_eq!(found.len(), 1, "{template}");
        assert_eq!(found[0].1, TOKEN, "{template}");
        if name != "RUN" {
            assert_eq!(found[0].0, name, "{template}");
        }
    }
}

#[test]
fn positions_are_lines_and_columns_of_the_file() {
    let text = format!("\u{feff}a: ü\r\nbé: {{token: \"{TOKEN}\"}}\r\n");
    let (found, _) = find("a.yml", text.as_bytes(), &Names::default());
    let index = LineIndex::new(text.as_bytes());
    let at = index.position(text.as_bytes(), found[0].range.start);
    assert_eq!((at.line, at.column), (2, 14));
    assert_eq!(found[0].key_path, "bé.token");
    assert_eq!(found[0].provider, Some("github"));
}

#[test]
fn values_are_found_by_name_and_by_look() {
    one(".env", "DB_PASSWORD=k9#vT2!x\n", "DB_PASSWORD", "k9#vT2!x");
    one(".env", "DB_PASSWORD='k9 #v'\n", "DB_PASSWORD", "k9 #v");
    one(
        "compose.yml",
        "x:\n  POSTGRES_PASSWORD: postgres\n",
        "POSTGRES_PASSWORD",
        "postgres",
    );
    one(
        "a.json",
        "{\"url\": \"postgres://app:k9vT2xQ7@db/x\"}",
        "url",
        "k9vT2xQ7",
    );
    one(
        "compose.yml",
        "a:\n  A_TOKEN: ${A_TOKEN:-7Qk2Zx9Lm4Vb8Nc1Rt6Y}\n",
        "A_TOKEN",
        "7Qk2Zx9Lm4Vb8Nc1Rt6Y",
    );
    one(
        "Dockerfile",
        "RUN docker run -e A_TOKEN=7Qk2Zx9Lm4Vb8Nc1Rt6Y img\n",
        "A_TOKEN",
        "7Qk2Zx9Lm4Vb8Nc1Rt6Y",
    );
    one(
        "a.json",
        "{\"cs\": \"Server=h;User=u;Password=k9vT2xQ7!;\"}",
        "Password",
        "k9vT2xQ7!",
    );
    one(
        "k.yaml",
        "kind: Secret\ndata:\n  token: N1FrMlp4OUxtNFZiOE5jMVJ0Nlk=\n",
        "token",
        "N1FrMlp4OUxtNFZiOE5jMVJ0Nlk=",
    );
    one(
        "k.yaml",
        "kind: Secret\nstringData:\n  app.properties: |\n    token=7Qk2Zx9Lm4Vb8Nc1Rt6Y\n",
        "token",
        "token=7Qk2Zx9Lm4Vb8Nc1Rt6Y",
    );
    one(
        "a.yaml",
        "VAULT_TOKEN: 7Qk2Zx9Lm4Vb8Nc1Rt6Y\n",
        "VAULT_TOKEN",
        "7Qk2Zx9Lm4Vb8Nc1Rt6Y",
    );
}

#[test]
fn harmless_files_are_silent() {
    for (path, text) in [
        (
            ".env.example",
            "A_TOKEN=\nDB_PASSWORD=postgres\nDATABASE_URL=postgres://user:password@localhost/db\n",
        ),
        (
            "mcp.json",
            "{\"env\": {\"A_TOKEN\": \"${input:a}\", \"B_TOKEN\": \"${B_TOKEN}\"}, \"args\": [\"--token\", \"<TOKEN>\"]}",
        ),
        (
            "k.yaml",
            "env:\n- name: A_TOKEN\n  valueFrom:\n    secretKeyRef: {name: app-secret, key: api-token}\n",
        ),
        (
            "k.yaml",
            "kind: SealedSecret\nspec:\n  encryptedData:\n    token: AgB7Qk2Zx9Lm4Vb8Nc1Rt6Yw3Hd5J0p\n",
        ),
        (
            "k.yaml",
            "kind: Secret\ndata:\n  token: eW91ci10b2tlbi1oZXJl\n",
        ),
        (
            "a.enc.yaml",
            "token: ENC[AES256_GCM,data:7Qk2Zx9Lm4Vb8Nc1,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:x]\n",
        ),
        (
            "s.yaml",
            "properties:\n  apiKey:\n    type: string\n    description: The key of 7Qk2Zx9Lm4Vb8Nc1Rt6Y\n    default: ''\n",
        ),
        (
            "a.json",
            "{\"max_tokens\": 4096, \"tokenizer\": \"cl100k_base\", \"password\": \"required\", \"token\": null}",
        ),
        (
            "compose.yml",
            "a:\n  POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-password}\n",
        ),
        (
            "chart/templates/s.yaml",
            "{{- if .Values.a }}\ntoken: {{ .Values.token | quote }}\n{{- end }}\n",
        ),
    ] {
        assert_eq!(found(path, text), [], "{path}\n{text}");
    }
}

#[test]
fn what_is_broken_is_read_as_far_as_it_goes() {
    for (path, text) in [
        ("a.json", "{\"token\": \"@@\", \"b\": ["),
        ("a.json", "{\"token\": \"@@\"} }"),
        ("a.yaml", "token: @@\nb: [\n"),
        ("a.toml", "token = \"@@\"\nb = [\n"),
    ] {
        let text = text.replace("@@", TOKEN);
        let (found, problems) = find(path, text.as_bytes(), &Names::default());
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(problems.len(), 1, "{text}");
        assert!(problems[0].at <= text.len());
        assert!(!problems[0].message.contains("ghp"));
    }
    let text = [format!("token: {TOKEN}\nb: ").as_bytes(), b"\xff\xfe\n"].concat();
    let (found, problems) = find("a.yaml", &text, &Names::default());
    assert_eq!((found.len(), problems.len()), (1, 1));
    assert_eq!(problems[0].at, text.len() - 3);
}

#[test]
fn no_cut_of_a_text_breaks_a_reader() {
    let texts = [
        (".env", "é='ü\nA=\"\\é\" # x\r\nB: y\n"),
        ("a.json", "{\"é\": [1, \"\\u00e9\", {a: 'b'}], // c\n}"),
        (
            "a.yaml",
            "é: &a 'ü'\nb: !t \"\\u00e9\"\nc: |\n  ü\n? [d]\n: {{ e }}\n- *a\n",
        ),
        (
            "a.toml",
            "[é.\"b\"]\n\"ü\" = '''\né'''\nd = {e = [1, \"x\"]}\n",
        ),
        ("a.ini", "[é]\n//ü/:_a=\"é\" ; c\n"),
        (".netrc", "machine é login ü\npassword é\n"),
        (
            "Dockerfile",
            "ENV é=\"ü\" \\\n # é\n b='é'\nRUN x --token \"é\"\n",
        ),
        ("a.pem", "é-----BEGIN PRIVATE KEY-----é"),
        (
            "a.json",
            "{\"a\": \"é://ü:é@ä?é=ü&token=é;é ${É:-é} Bearer é\"}",
        ),
    ];
    for (path, text) in texts {
        for end in 0..=text.len() {
            let bytes = &text.as_bytes()[..end];
            let (found, _) = find(path, bytes, &Names::default());
            assert!(found.iter().all(|plaintext| plaintext.range.end <= end));
            let (found, _) = find(path, &text.as_bytes()[end..], &Names::default());
            assert!(
                found
                    .iter()
                    .all(|plaintext| plaintext.range.end <= text.len())
            );
        }
    }
}

#[test]
fn stray_bytes_hide_nothing_behind_them() {
    let text = [b"A_KEY=\xff\xfe\nGITHUB_KEY=", TOKEN.as_bytes()].concat();
    let (found, problems) = find(".env", &text, &Names::default());
    assert_eq!(found.len(), 1);
    assert_eq!(
        &text[found[0].range.start..found[0].range.end],
        TOKEN.as_bytes()
    );
    assert_eq!(problems.iter().map(|one| one.at).collect::<Vec<_>>(), [6]);
}
