//! The judgement about names, on names of the public world.

use envacuate::names::{Names, SecretName, Words};

/// Secrets beyond doubt, with their provider.
const CLEAR: &[(&str, Option<&str>)] = &[
    ("GITHUB_TOKEN", Some("github")),
    ("GH_TOKEN", Some("github")),
    ("GITHUB_PERSONAL_ACCESS_TOKEN", Some("github")),
    ("MCP_GITHUB_PAT", Some("github")),
    ("GitHubToken", Some("github")),
    ("GITLAB_PRIVATE_TOKEN", Some("gitlab")),
    ("SLACK_BOT_TOKEN", Some("slack")),
    ("SLACK_SIGNING_SECRET", Some("slack")),
    ("SLACK_WEBHOOK_URL", Some("slack")),
    ("DISCORD_WEBHOOK", Some("discord")),
    ("DISCORD_BOT_TOKEN", Some("discord")),
    ("OPENAI_API_KEY", Some("openai")),
    ("openAiApiKey", Some("openai")),
    ("ANTHROPIC_API_KEY", Some("anthropic")),
    ("GEMINI_API_KEY", Some("google")),
    ("GOOGLE_CLIENT_SECRET", Some("google")),
    ("GMAIL_APP_PASSWORD", Some("google")),
    ("AWS_SECRET_ACCESS_KEY", Some("aws")),
    ("AWS_SESSION_TOKEN", Some("aws")),
    ("AWS_BEARER_TOKEN_BEDROCK", Some("aws")),
    ("AZURE_CLIENT_SECRET", Some("azure")),
    ("AZURE_OPENAI_API_KEY", Some("azure")),
    ("AZURE_STORAGE_KEY", Some("azure")),
    ("STRIPE_SECRET_KEY", Some("stripe")),
    ("STRIPE_WEBHOOK_SECRET", Some("stripe")),
    ("TWILIO_AUTH_TOKEN", Some("twilio")),
    ("SENDGRID_API_KEY", Some("sendgrid")),
    ("MAILGUN_API_KEY", Some("mailgun")),
    ("NOTION_TOKEN", Some("notion")),
    ("LINEAR_API_KEY", Some("linear")),
    ("JIRA_API_TOKEN", Some("atlassian")),
    ("CONFLUENCE_PASSWORD", Some("atlassian")),
    ("ASANA_ACCESS_TOKEN", Some("asana")),
    ("TRELLO_API_KEY", Some("trello")),
    ("AIRTABLE_PAT", Some("airtable")),
    ("HUBSPOT_PRIVATE_APP_TOKEN", Some("hubspot")),
    ("SALESFORCE_PASSWORD", Some("salesforce")),
    ("SHOPIFY_ADMIN_ACCESS_TOKEN", Some("shopify")),
    ("SUPABASE_SERVICE_ROLE_KEY", Some("supabase")),
    ("NEON_API_KEY", Some("neon")),
    ("PGPASSWORD", Some("postgres")),
    ("POSTGRES_PASSWORD", Some("postgres")),
    ("MYSQL_ROOT_PASSWORD", Some("mysql")),
    ("MYSQL_PWD", Some("mysql")),
    ("REDIS_PWD", Some("redis")),
    ("QDRANT_API_KEY", Some("qdrant")),
    ("PINECONE_API_KEY", Some("pinecone")),
    ("ELASTIC_PASSWORD", Some("elasticsearch")),
    ("SENTRY_AUTH_TOKEN", Some("sentry")),
    ("ROLLBAR_ACCESS_TOKEN", Some("rollbar")),
    ("DD_API_KEY", Some("datadog")),
    ("DD_APP_KEY", Some("datadog")),
    ("CLOUDFLARE_API_TOKEN", Some("cloudflare")),
    ("VERCEL_TOKEN", Some("vercel")),
    ("NETLIFY_AUTH_TOKEN", Some("netlify")),
    ("HEROKU_API_KEY", Some("heroku")),
    ("NPM_TOKEN", Some("npm")),
    ("DOCKERHUB_PASSWORD", Some("docker")),
    ("HF_TOKEN", Some("huggingface")),
    ("HUGGING_FACE_HUB_TOKEN", Some("huggingface")),
    ("BRAVE_API_KEY", Some("brave")),
    ("TAVILY_API_KEY", Some("tavily")),
    ("MEM0_API_KEY", Some("mem0")),
    ("LANGFUSE_SECRET_KEY", Some("langfuse")),
    ("TELEGRAM_API_HASH", Some("telegram")),
    ("TELEGRAM_SESSION_STRING", Some("telegram")),
    ("LINE_CHANNEL_SECRET", Some("line")),
    ("FIGMA_API_KEY", Some("figma")),
    ("AUTH0_CLIENT_SECRET", Some("auth0")),
    ("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", Some("snowflake")),
    ("DIGITALOCEAN_ACCESS_TOKEN", Some("digitalocean")),
    ("LINKEDIN_COOKIE", Some("linkedin")),
    ("jenkins_password", Some("jenkins")),
    ("YOUTUBE_API_KEY2", Some("google")),
    ("FORGEJO_TOKEN_READ_ONLY", Some("gitea")),
    ("GITHUB_TOKEN_ACME", Some("github")),
    ("DB_PASS", Some("database")),
    ("DATABASE_PASSWORD", Some("database")),
    ("SUPABASE_DB_PASSWORD", Some("supabase")),
    ("apiKey", None),
    ("api-key", None),
    ("APIKey", None),
    ("API_KEYS", None),
    ("X-Api-Key", None),
    ("OAUTH2_CLIENT_SECRET", None),
    ("oauth2Token", None),
    ("JWT_SECRET", None),
    ("SECRET_KEY_BASE", None),
    ("DJANGO_SECRET_KEY", None),
    ("SIGNING_KEY", None),
    ("ENCRYPTION_KEY", None),
    ("PRIVATE_KEY", None),
    ("PRIVATE_KEY_BASE64", None),
    ("PRIVATE_KEY_PEM", None),
    ("WIFI_PSK", None),
    ("CERT_PASSPHRASE", None),
    ("LANGFUSE_SALT", Some("langfuse")),
    ("LDAP_BIND_PW", None),
    ("TOKEN", None),
    ("PASSWORD", None),
    ("TOKEN_VALUE", None),
    ("AUTH_TOKENS", None),
    ("SSHPASS", None),
    ("password2", None),
    ("WHATSAPP_VERIFY_TOKEN", Some("whatsapp")),
];

/// Names of values that may or may not hold a credential.
const AMBIGUOUS: &[(&str, Option<&str>)] = &[
    ("DATABASE_URL", Some("database")),
    ("DATABASE_URL_TEST", Some("database")),
    ("POSTGRES_URL", Some("postgres")),
    ("MONGODB_URI", Some("mongodb")),
    ("REDIS_URL", Some("redis")),
    ("CELERY_BROKER_URL", None),
    ("AMQP_URL", Some("rabbitmq")),
    ("SQLALCHEMY_DATABASE_URI", Some("database")),
    ("AZURE_STORAGE_CONNECTION_STRING", Some("azure")),
    ("connectionString", None),
    ("SENTRY_DSN", Some("sentry")),
    ("ALERT_WEBHOOK_URL", None),
    ("SSH_KEY", None),
    ("pass", None),
    ("jwt", None),
    ("NEO4J_AUTH", Some("neo4j")),
    ("REDISCLI_AUTH", Some("redis")),
    ("OTEL_EXPORTER_OTLP_HEADERS", None),
    ("GOOGLE_SERVICE_ACCOUNT_JSON", Some("google")),
    ("KUBECONFIG_DATA", None),
];

/// Names that only look like a secret's, or not even that.
const NOT_SECRET: &[&str] = &[
    "MAX_TOKENS",
    "maxTokens",
    "max_output_tokens",
    "TOKENIZER_MODEL",
    "TOKENIZERS_PARALLELISM",
    "TIKTOKEN_CACHE_DIR",
    "TOKEN_LIMIT",
    "TOKEN_URL",
    "OAUTH_TOKEN_ENDPOINT",
    "TOKEN_EXPIRY",
    "ACCESS_TOKEN_TTL",
    "TOKEN_STORE",
    "TOKEN_PATH",
    "GITHUB_TOKEN_FILE",
    "nextPageToken",
    "next_token",
    "PUBLIC_KEY",
    "PUBLIC_KEY_URL",
    "publicKey",
    "STRIPE_PUBLISHABLE_KEY",
    "SECRET_NAME",
    "AWS_SECRET_NAME",
    "AWS_ACCESS_KEY_ID",
    "APPLE_KEY_ID",
    "CLIENT_ID",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "SSL_KEY_PATH",
    "SSL_KEYFILE",
    "KEY_PREFIX",
    "RESOURCE_TAG_KEY",
    "cacheKey",
    "sortKey",
    "key",
    "KEY",
    "keys",
    "KEYCLOAK_URL",
    "MONKEY",
    "KEYBOARD_LAYOUT",
    "PASSWORD_MIN_LENGTH",
    "PASSWORD_FILE",
    "REQUIRE_PASSWORD",
    "MASK_SECRETS",
    "USE_API_KEY",
    "API_KEY_ENABLED",
    "API_KEY_HEADER",
    "API_KEY_ENV_VAR",
    "AUTH_MODE",
    "AUTH_ENABLED",
    "DISABLE_AUTH",
    "AUTHOR",
    "GIT_AUTHOR_EMAIL",
    "OAUTH_SCOPES",
    "oAuth",
    "COOKIE_SECURE",
    "COOKIE_NAME",
    "SESSION_ID",
    "SESSION_TIMEOUT",
    "GIT_HASH",
    "CORS_ALLOWED_HEADERS",
    "PWD",
    "OLDPWD",
    "PATH",
    "PATTERN",
    "PASSAGE_URL",
    "SSH_AUTH_SOCK",
    "VAULT_ADDR",
    "VAULT_NAMESPACE",
    "VAULT_TOKEN",
    "VAULT_ROLE_ID",
    "VAULT_SECRET_ID",
    "BAO_TOKEN",
    "AWS_PROFILE",
    "AWS_REGION",
    "OPENAI_BASE_URL",
    "UPSTASH_REDIS_REST_URL",
    "DATABASE_NAME",
    "POSTGRES_DB",
    "REDIS_HOST",
    "WEBHOOK_PORT",
    "TWILIO_ACCOUNT_SID",
    "SMTP_USER",
    "PORT",
    "DEBUG",
    "NODE_ENV",
    "HOME",
    "KUBECONFIG",
    "",
    "_",
    "Ключ",
];

fn secret(provider: Option<&'static str>, ambiguous: bool) -> SecretName {
    SecretName {
        provider,
        ambiguous,
    }
}

#[test]
fn names_are_judged_by_their_words() {
    let names = Names::default();
    let mut wrong = Vec::new();
    let all = (CLEAR
        .iter()
        .map(|(name, provider)| (*name, Some(secret(*provider, false)))))
    .chain(
        AMBIGUOUS
            .iter()
            .map(|(name, provider)| (*name, Some(secret(*provider, true)))),
    )
    .chain(NOT_SECRET.iter().map(|name| (*name, None)));
    for (name, expected) in all {
        let found = names.classify(name);
        if found != expected {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn names_split_into_words() {
    for (name, expected) in [
        ("GITHUB_TOKEN", "github token"),
        ("github-token", "github token"),
        ("githubToken", "github token"),
        ("GitHubToken", "git hub token"),
        ("APIKey", "api key"),
        ("X-Api-Key", "x api key"),
        ("OAUTH2_TOKEN", "oauth2 token"),
        ("oauth2Token", "oauth2 token"),
        ("API_KEY2", "api key2"),
        ("API_KEY_2", "api key 2"),
        ("K8S_TOKEN", "k8s token"),
        ("NEO4J_AUTH", "neo4j auth"),
        ("neo4jAuth", "neo4j auth"),
        ("allowedURLs", "allowed urls"),
        ("ED25519_PRIVATE_KEY", "ed25519 private key"),
        ("__npm__authToken", "npm auth token"),
        ("a.b/c d", "a b c d"),
        ("schlüssel_Über", "schlüssel Über"),
    ] {
        let words = Words::split(name).unwrap();
        let split: Vec<&str> = words.iter().collect();
        assert_eq!(
            split.join(" ").to_lowercase(),
            expected.to_lowercase(),
            "{name}"
        );
        assert_eq!(words.count(), split.len());
    }
    assert!(Words::split("").is_none());
    assert!(Words::split("___").is_none());
    assert!(Words::split(&"A".repeat(129)).is_none());
    assert!(Words::split(&"A_".repeat(33)).is_none());
}

#[test]
fn neighbours_read_as_one_word() {
    let words = Words::split("HUGGING_FACE_TOKEN").unwrap();
    assert_eq!(words.joined(0, 2), Some("huggingface"));
    assert_eq!(words.joined(1, 2), Some("facetoken"));
    assert_eq!(words.joined(2, 2), None);
    assert_eq!(words.joined(0, 0), None);
}

#[test]
fn deny_wins_over_allow_and_both_over_the_words() {
    let list = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let names = Names::new(
        &list(&["TEST_*", "GITHUB_TOKEN"]),
        &list(&["TEST_GITHUB_*", "*_CODE"]),
    );
    assert_eq!(names.classify("GITHUB_TOKEN"), None);
    assert_eq!(names.classify("TEST_API_KEY"), None);
    assert_eq!(
        names.classify("TEST_GITHUB_ID"),
        Some(secret(Some("github"), false))
    );
    assert_eq!(names.classify("DOOR_CODE"), Some(secret(None, false)));
    assert_eq!(names.classify("API_KEY"), Some(secret(None, false)));
}

#[test]
fn secret_zero_is_known_but_not_to_be_moved() {
    for name in [
        "VAULT_TOKEN",
        "VAULT_SECRET_ID",
        "BAO_TOKEN",
        "BAO_SECRET_ID",
    ] {
        assert!(Names::is_secret_zero(name), "{name}");
        assert_eq!(Names::default().classify(name), None, "{name}");
    }
    assert!(!Names::is_secret_zero("GITHUB_TOKEN"));
}

/// Precision, recall and F1 on a table of labelled names, with every miss.
#[test]
#[ignore = "needs a table of labelled names, its path in ENVACUATE_NAMES_TSV"]
#[expect(
    clippy::disallowed_methods,
    reason = "a measurement on a file outside of the repository"
)]
fn measure_labelled_names() {
    let path = std::env::var("ENVACUATE_NAMES_TSV").unwrap();
    let names = Names::default();
    let (mut hits, mut false_alarms, mut misses) = (0_u32, 0_u32, 0_u32);
    for line in std::fs::read_to_string(path).unwrap().lines().skip(1) {
        let mut cells = line.split('\t');
        let (name, label) = (cells.next().unwrap(), cells.next().unwrap());
        match (label, names.classify(name)) {
            ("secret", Some(_)) => hits += 1,
            ("secret", None) => {
                misses += 1;
                println!("missed       {name}");
            }
            ("not-secret", Some(_)) => {
                false_alarms += 1;
                println!("false alarm  {name}");
            }
            _ => {}
        }
    }
    let precision = f64::from(hits) / f64::from(hits + false_alarms);
    let recall = f64::from(hits) / f64::from(hits + misses);
    let f1 = 2.0 * precision * recall / (precision + recall);
    println!("precision {precision:.4} recall {recall:.4} F1 {f1:.4}");
    assert!(f1 >= 0.95);
}
