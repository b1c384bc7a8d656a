//! Whose secret a name is: words to the id of a provider.
//!
//! Says nothing about secrecy. Used by the names module and, for words that only say which one, by the judgement.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::words::Words;

/// Most neighbouring words that make up one provider's name, as `hugging` and `face`.
const MAX_JOINED: usize = 3;

/// The provider that stands for a database nobody named.
const DATABASE: &str = "database";

/// Providers by id, each with the words that name it, neighbours written as one.
static PROVIDERS: &[(&str, &str)] = &[
    ("airtable", "airtable"),
    ("akamai", "akamai"),
    ("algolia", "algolia"),
    ("alpaca", "alpaca apca"),
    ("anthropic", "anthropic claude"),
    ("apify", "apify"),
    ("argocd", "argocd"),
    ("asana", "asana"),
    (
        "atlassian",
        "atlassian bitbucket confluence jira opsgenie statuspage",
    ),
    ("attio", "attio"),
    ("auth0", "auth0"),
    ("aws", "amazon aws bedrock cognito dynamodb s3"),
    ("azure", "appinsights az azure entra"),
    ("binance", "binance"),
    ("bitwarden", "bitwarden bws"),
    ("box", "boxclient boxdeveloper boxjwt"),
    ("brave", "brave"),
    ("brightdata", "brightdata"),
    ("browserbase", "browserbase"),
    ("buildkite", "buildkite"),
    ("cerebras", "cerebras"),
    ("chroma", "chroma chromadb"),
    ("circleci", "circleci"),
    ("clerk", "clerk"),
    ("clickhouse", "clickhouse"),
    ("clickup", "clickup"),
    ("cloudflare", "cf cloudflare"),
    ("cloudinary", "cloudinary"),
    ("cohere", "cohere"),
    ("coinbase", "coinbase"),
    ("confluent", "confluent"),
    ("contentful", "contentful"),
    ("crowdstrike", "crowdstrike"),
    (DATABASE, "database databases db"),
    ("databricks", "databricks"),
    ("datadog", "datadog dd"),
    ("dbt", "dbt"),
    ("deepgram", "deepgram"),
    ("deepl", "deepl"),
    ("deepseek", "deepseek"),
    ("digitalocean", "digitalocean"),
    ("discord", "discord"),
    ("docker", "docker dockerhub"),
    ("docusign", "docusign"),
    ("doppler", "doppler"),
    ("dropbox", "dropbox"),
    ("dynatrace", "dynatrace"),
    ("e2b", "e2b"),
    ("elasticsearch", "elastic elasticsearch"),
    ("elevenlabs", "elevenlabs"),
    ("exa", "exa"),
    ("falkordb", "falkordb"),
    ("fastly", "fastly"),
    ("figma", "figma"),
    ("firebase", "firebase"),
    ("firecrawl", "firecrawl"),
    ("fly", "flyio"),
    ("freshdesk", "freshdesk"),
    ("ghost", "ghostadmin ghostapi"),
    ("gitea", "forgejo gitea"),
    ("github", "gh ghcr github"),
    ("gitlab", "gitlab gl"),
    (
        "google",
        "gcal gcloud gcp gcs gdrive gemini gmail google palm vertex vertexai youtube",
    ),
    ("grafana", "gf grafana"),
    ("groq", "groq"),
    ("harness", "harness"),
    ("heroku", "heroku"),
    ("hetzner", "hcloud hetzner"),
    ("homeassistant", "hass homeassistant"),
    ("honeybadger", "honeybadger"),
    ("honeycomb", "honeycomb"),
    ("hubspot", "hubspot"),
    ("huggingface", "hf huggingface huggingfacehub"),
    ("ibm", "ibm watson watsonx"),
    ("infisical", "infisical"),
    ("influxdb", "influx influxdb"),
    ("intercom", "intercom"),
    ("jenkins", "jenkins"),
    ("jina", "jina"),
    ("jupyter", "jupyter"),
    ("kafka", "kafka"),
    ("kaggle", "kaggle"),
    ("kagi", "kagi"),
    ("keycloak", "keycloak"),
    ("klaviyo", "klaviyo"),
    ("kubernetes", "k8s kube kubernetes"),
    ("langfuse", "langfuse"),
    ("langsmith", "langchain langsmith"),
    ("launchdarkly", "launchdarkly"),
    (
        "line",
        "lineaccess linebot linechannel linenotify linetoken",
    ),
    ("linear", "linear"),
    ("linkedin", "linkedin"),
    ("logfire", "logfire"),
    ("mailchimp", "mailchimp mandrill"),
    ("mailgun", "mailgun"),
    ("mapbox", "mapbox"),
    ("mattermost", "mattermost"),
    ("meilisearch", "meili meilisearch"),
    ("mem0", "mem0"),
    (
        "microsoft",
        "microsoft ms365 msal msgraph o365 office365 sharepoint teams",
    ),
    ("milvus", "milvus zilliz"),
    ("minimax", "minimax"),
    ("minio", "minio"),
    ("mistral", "mistral"),
    ("monday", "mondayapi mondaycom mondaytoken"),
    ("mongodb", "mdb mongo mongodb"),
    ("moonshot", "kimi moonshot"),
    ("motherduck", "motherduck"),
    ("mysql", "mariadb mysql"),
    ("n8n", "n8n"),
    ("neo4j", "neo4j"),
    ("neon", "neon"),
    ("netlify", "netlify"),
    ("newrelic", "newrelic"),
    ("nextcloud", "nextcloud"),
    ("notion", "notion"),
    ("npm", "npm"),
    ("nvidia", "ngc nvidia"),
    ("obsidian", "obsidian"),
    ("odoo", "odoo"),
    ("okta", "okta"),
    ("ollama", "ollama"),
    ("onepassword", "1password onepassword op"),
    ("openai", "openai"),
    ("openrouter", "openrouter"),
    ("opensearch", "opensearch"),
    ("oracle", "idcs oci oracle"),
    ("pagerduty", "pagerduty"),
    ("paypal", "paypal"),
    ("perplexity", "perplexity pplx"),
    ("pinecone", "pinecone"),
    ("plaid", "plaid"),
    ("planetscale", "planetscale"),
    ("postgres", "pg pgsql postgres postgresql timescale"),
    ("posthog", "posthog"),
    ("postman", "postman"),
    ("postmark", "postmark"),
    ("prometheus", "prometheus"),
    ("proxmox", "proxmox"),
    ("pulumi", "pulumi"),
    ("pushover", "pushover"),
    ("pypi", "pypi twine"),
    ("qdrant", "qdrant"),
    ("quickbooks", "quickbooks"),
    ("rabbitmq", "amqp rabbitmq"),
    ("railway", "railway"),
    ("rapidapi", "rapidapi"),
    ("reddit", "reddit"),
    ("redis", "redis rediscli"),
    ("render", "renderapi"),
    ("replicate", "replicate"),
    ("resend", "resend"),
    ("rollbar", "rollbar"),
    ("salesforce", "salesforce sfdc"),
    ("segment", "segmentapi segmentwrite"),
    ("semgrep", "semgrep"),
    ("sendgrid", "sendgrid"),
    ("sentry", "sentry"),
    ("serpapi", "serpapi"),
    ("serper", "serper"),
    ("servicenow", "servicenow"),
    ("shodan", "shodan"),
    ("shopify", "shopify"),
    ("slack", "slack"),
    ("smtp", "smtp"),
    ("snowflake", "snowflake"),
    ("snyk", "snyk"),
    ("sonarqube", "sonar sonarcloud sonarqube"),
    ("spotify", "spotify"),
    ("square", "squareaccess squareup"),
    ("strava", "strava"),
    ("stripe", "stripe"),
    ("supabase", "supabase"),
    ("surrealdb", "surreal surrealdb"),
    ("tableau", "tableau"),
    ("tavily", "tavily"),
    ("telegram", "telegram"),
    ("terraform", "terraform tfc tfe"),
    ("tinybird", "tinybird"),
    ("todoist", "todoist"),
    ("together", "together togetherai"),
    ("trello", "trello"),
    ("twilio", "twilio"),
    ("twitch", "twitch"),
    ("twitter", "twitter"),
    ("typeform", "typeform"),
    ("upstash", "context7 upstash"),
    ("valkey", "valkey"),
    ("vault", "bao hashicorp openbao vault"),
    ("vercel", "vercel"),
    ("virustotal", "virustotal"),
    ("voyage", "voyage voyageai"),
    ("wandb", "wandb"),
    ("weaviate", "weaviate"),
    ("webflow", "webflow"),
    ("whatsapp", "whatsapp"),
    ("woocommerce", "wc woocommerce"),
    ("wordpress", "wordpress wp"),
    ("workos", "workos"),
    ("xai", "grok xai"),
    ("xero", "xero"),
    ("zapier", "zapier"),
    ("zendesk", "zendesk"),
    ("zep", "zep"),
    ("zhipu", "bigmodel glm zai zhipu zhipuai"),
    ("zoom", "zoom"),
    ("zotero", "zotero"),
    ("zscaler", "zpa zscaler"),
];

/// Ids by word.
static IDS: LazyLock<FxHashMap<&str, &str>> = LazyLock::new(|| {
    PROVIDERS
        .iter()
        .flat_map(|(id, words)| words.split_ascii_whitespace().map(|word| (word, *id)))
        .collect()
});

/// The provider that one word names.
pub(super) fn of_word(word: &str) -> Option<&'static str> {
    IDS.get(word).copied()
}

/// The provider that a name speaks of: the first one named, a nameless database only for want of another.
pub(super) fn of_words(words: &Words) -> Option<&'static str> {
    let mut found = None;
    for first in 0..words.count() {
        for joined in (1..=MAX_JOINED).rev() {
            match words.joined(first, joined).and_then(of_word) {
                Some(DATABASE) => found = Some(DATABASE),
                Some(id) => return Some(id),
                None => {}
            }
        }
        // PGPASSWORD, PGUSER.
        if found.is_none()
            && words
                .get(first)
                .is_some_and(|word| word.starts_with("pgpass"))
        {
            return Some("postgres");
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_sorted_and_lower_case() {
        for pair in PROVIDERS.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} before {}", pair[0].0, pair[1].0);
        }
        for (id, words) in PROVIDERS {
            let all: Vec<&str> = words.split_ascii_whitespace().collect();
            assert!(all.is_sorted(), "{id}");
            assert!(
                id.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()),
                "{id}"
            );
        }
    }

    #[test]
    fn a_word_names_one_provider() {
        let count: usize = PROVIDERS
            .iter()
            .map(|(_, words)| words.split_ascii_whitespace().count())
            .sum();
        assert_eq!(IDS.len(), count);
    }
}
