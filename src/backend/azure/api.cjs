// ---- Azure Key Vault

function source(name) {
  return [SOURCES[name], ""];
}

function where() {
  const url = env("AZURE_KEYVAULT_URL") ?? DEFAULT_VAULT_URL;
  if (!url) throw new SecretError(`AZURE_KEYVAULT_URL is not set; ${OR_ENV}`);
  if (!url.startsWith("https://")) throw new SecretError("AZURE_KEYVAULT_URL does not begin with https://");
  return url;
}

function contents(text) {
  if (text === undefined) throw new SecretError("the answer is not a secret", 200);
  return new Map([["", text]]);
}

const PASSED = /^(AZURE_(?!LOG_LEVEL$).*|IDENTITY_.*|MSI_.*|IMDS_.*)$/i;

const CLIENT = `
function connect({ where }, find) {
  const { SecretClient } = find("@azure/keyvault-secrets");
  const { DefaultAzureCredential } = find("@azure/identity");
  // A token goes only to hosts below the one that it is for, and to this computer.
  const isHere = /^(localhost|127\\.[\\d.]+|\\[::1\\])$/.test(new URL(where).hostname);
  const options = { disableChallengeResourceVerification: isHere, retryOptions: { maxRetries: 0 } };
  return new SecretClient(where, new DefaultAzureCredential(), options);
}

async function read(client, { path, timeout }) {
  const { value } = await client.getSecret(path, { requestOptions: { timeout: (timeout + 1) * 1000 } });
  return { status: 200, text: value };
}

function explain(error) {
  const { name, code, statusCode: status } = error;
  if (/^(CredentialUnavailable|AggregateAuthentication)Error$/.test(name)) {
    return { status: -1, text: "no login to Azure is set up: set AZURE_CLIENT_ID and the like, or run az login" };
  }
  if (!status) return unanswered(error);
  const known = status !== 404 || code === "SecretNotFound"; // any other comes from a proxy or a wrong address
  return { ...http(status, code), ...(!known && { status: 400 }) };
}
`;

