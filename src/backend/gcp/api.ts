// ---- Google Secret Manager

function source(name: SecretName): readonly [path: string, key: string] {
  return [SOURCES[name], ""];
}

function where(): string {
  const project = env("GOOGLE_CLOUD_PROJECT") ?? DEFAULT_PROJECT;
  if (!project) throw new SecretError(`GOOGLE_CLOUD_PROJECT is not set; ${OR_ENV}`);
  return project;
}

function contents(text: string | undefined): Map<string, unknown> {
  if (text === undefined) throw new SecretError("it is not a text", 200);
  return new Map([["", text]]);
}

const PASSED = /^((GOOGLE|CLOUDSDK|G(CLOUD|CE|AE))_(?!SDK_NODE_LOGGING).*|K_SERVICE|CLOUD_RUN_JOB|FUNCTION_NAME)$/i;

const CLIENT = `
// Over REST, which goes through proxies and needs no native code. Another address is set as for gcloud.
function connect({ where }, find) {
  const { SecretManagerServiceClient } = find("@google-cloud/secret-manager");
  const other = process.env.CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER;
  const { protocol, hostname, port } = new URL(other || "https://secretmanager.googleapis.com");
  const address = { apiEndpoint: hostname, port: Number(port) || undefined, protocol: protocol.slice(0, -1) };
  return new SecretManagerServiceClient({ fallback: true, projectId: where, ...(other && address) });
}

async function read(client, { path, where, timeout }) {
  const name = "projects/" + where + "/secrets/" + path + "/versions/latest";
  const [{ payload }] = await client.accessSecretVersion({ name }, { timeout: (timeout + 1) * 1000, retry: null });
  const data = Buffer.from(payload.data, "base64");
  const isWhole = Number(payload.dataCrc32c ?? -1) === crc32c(data);
  if (!isWhole) return { status: 0, text: "the answer was damaged on its way" };
  const text = data.toString();
  return { status: 200, text: Buffer.from(text).equals(data) ? text : undefined };
}

function crc32c(data) {
  let sum = 0xffffffff;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0x82f63b78 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

const WORDS = { 3: "INVALID_ARGUMENT", 5: "NOT_FOUND", 7: "PERMISSION_DENIED", 8: "RESOURCE_EXHAUSTED" };
Object.assign(WORDS, { 9: "FAILED_PRECONDITION", 13: "INTERNAL", 14: "UNAVAILABLE", 16: "UNAUTHENTICATED" });

// The word is a code of gRPC or in the answer, as the release of the client has it.
function explain(error) {
  const status = error.httpStatusCode ?? error.response?.status;
  if (status) {
    const word = WORDS[error.code] ?? /"status": ?"([A-Z_]+)"/.exec(error.message)?.[1];
    const known = status !== 404 || word === "NOT_FOUND"; // any other comes from a proxy or a wrong address
    return { ...http(status, word), ...(!known && { status: 400 }) };
  }
  if (/credential|ENOENT|EACCES/i.test(error.message)) {
    return { status: -1, text: "no login to Google is set up: set GOOGLE_APPLICATION_CREDENTIALS" };
  }
  return unanswered(error);
}
`;

