// ---- AWS Secrets Manager

function source(name) {
  return SOURCES[name];
}

function where() {
  return env("AWS_REGION") ?? env("AWS_DEFAULT_REGION") ?? DEFAULT_REGION;
}

function contents(text) {
  const keys = text.startsWith("{") ? parse(text) : undefined;
  if (!keys) throw new SecretError("it is not a JSON object", 200);
  return new Map(Object.entries(keys));
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // and not the error, which quotes the text
  }
}

const PASSED = /^AWS_/i;

const CLIENT = `
function connect({ where, timeout }, find) {
  const { SecretsManager } = find("@aws-sdk/client-secrets-manager");
  const limit = (timeout + 1) * 1000;
  const requestHandler = { requestTimeout: limit, connectionTimeout: limit };
  return new SecretsManager({ maxAttempts: 1, requestHandler, ...(where && { region: where }) });
}

async function read(client, { path }) {
  const { SecretString, SecretBinary } = await client.getSecretValue({ SecretId: path, VersionStage: "AWSCURRENT" });
  return { status: 200, text: SecretString ?? Buffer.from(SecretBinary ?? []).toString() };
}

function explain(error) {
  const { name, message } = error;
  const status = error.$metadata?.httpStatusCode;
  if (!status && /region is missing/i.test(message)) return { status: -1, text: "AWS_REGION is not set" };
  if (/^(Credentials|Token)ProviderError$/.test(name)) {
    const login = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY";
    return { status: -1, text: "no login to AWS is set up: " + login };
  }
  if (!status) return unanswered(error);
  const deleted = name === "InvalidRequestException" && /marked (for deletion|deleted)/.test(message);
  if (deleted || name === "ResourceNotFoundException") return http(404, name);
  return { ...http(status, name), ...(/Throttl|TooManyRequests/.test(name) && { status: 429 }) };
}
`;

