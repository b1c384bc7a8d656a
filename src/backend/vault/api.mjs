// ---- The requests to Vault

function* load(path) {
  const before = session;
  const token = yield* authenticate();
  const url = `${encode(mount())}/data/${encode(path)}`;
  let reply = yield* send("GET", url, token);
  if (reply.status === 403 && session === before) {
    session = undefined; // the token may have expired: once more, if there is another one
    const another = yield* authenticate();
    if (another !== token) reply = yield* send("GET", url, another);
  }
  const body = parse(reply);
  // No secret, or a deleted one. Any other 404 means that the address or the mount is wrong.
  if (reply.status === 404 && (body.data || body.errors?.length === 0)) return new Map();
  if (reply.status !== 200) throw failure(reply);
  if (!body.data?.data) throw new SecretError("the answer is not a secret of a KV v2 mount", reply.status);
  return new Map(Object.entries(body.data.data));
}

function* send(method, path, token, body) {
  const headers = { "X-Vault-Request": "true" };
  const namespace = env("VAULT_NAMESPACE");
  if (namespace) headers["X-Vault-Namespace"] = namespace;
  if (token) headers["X-Vault-Token"] = token;
  const url = new URL(`${address()}/v1/${path}`);
  const timeout = seconds("VAULT_CLIENT_TIMEOUT", 5) || 5;
  const request = { url: url.href, timeout, options: { method, headers, ...tls() }, body };
  const since = now();
  const reply = yield request;
  if (![301, 302, 307].includes(reply.status) || !reply.location) return reply;
  // A standby node points to the active one. As in Vault's own client: followed once, and never from https to http.
  const other = new URL(reply.location, url);
  if (other.protocol !== "https:" && other.protocol !== url.protocol) return reply;
  return yield { ...request, url: other.href, timeout: Math.max(timeout - age(since), 0) };
}

function parse({ text }) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {}; // and not the error, which quotes the text
  }
}

function failure({ status, text }, doing = "") {
  return new SecretError(doing + (status ? `HTTP ${status}` : text), status);
}

function encode(path) {
  return path.split("/").filter(Boolean).map(encodeURIComponent).join("/");
}

// ---- Login

const LOGINS =
  "VAULT_TOKEN, VAULT_TOKEN_FILE, VAULT_PROXY_ADDR or VAULT_AGENT_ADDR, VAULT_ROLE_ID with VAULT_SECRET_ID or " +
  "VAULT_SECRET_ID_FILE, VAULT_K8S_ROLE, VAULT_JWT_ROLE with VAULT_JWT_FILE, ~/.vault-token";

// The first of LOGINS that is set.
function loginMethod() {
  const forced = env("VAULT_AUTH_METHOD"); // token, agent, approle, kubernetes or jwt
  if (forced) return forced;
  if (env("VAULT_TOKEN") || env("VAULT_TOKEN_FILE")) return "token";
  if (env("VAULT_PROXY_ADDR") || env("VAULT_AGENT_ADDR")) return "agent";
  if (env("VAULT_ROLE_ID") && (env("VAULT_SECRET_ID") || env("VAULT_SECRET_ID_FILE"))) return "approle";
  if (env("VAULT_K8S_ROLE")) return "kubernetes";
  if (env("VAULT_JWT_ROLE") && env("VAULT_JWT_FILE")) return "jwt";
  return "token";
}

function credentials(method) {
  if (method === "approle") {
    return { role_id: need("VAULT_ROLE_ID"), secret_id: env("VAULT_SECRET_ID") ?? file("VAULT_SECRET_ID_FILE") };
  }
  if (method === "kubernetes") {
    const jwt = env("VAULT_K8S_TOKEN_FILE") ?? "/var/run/secrets/kubernetes.io/serviceaccount/token";
    return { role: need("VAULT_K8S_ROLE"), jwt: file("VAULT_K8S_TOKEN_FILE", jwt) };
  }
  if (method === "jwt") return { role: need("VAULT_JWT_ROLE"), jwt: file("VAULT_JWT_FILE") };
  throw new SecretError("VAULT_AUTH_METHOD is none of token, agent, approle, kubernetes and jwt");
}

let session;

function* authenticate() {
  const method = loginMethod();
  if (method === "agent") return ""; // it adds its own
  if (method === "token") return env("VAULT_TOKEN") ?? tokenFile();
  if (session && age(session.since) < session.lasts) return session.token;
  const since = now();
  const path = `auth/${encode(env("VAULT_AUTH_MOUNT") ?? method)}/login`;
  const reply = yield* send("POST", path, "", JSON.stringify(credentials(method)));
  const { auth } = parse(reply);
  if (reply.status !== 200 || !auth?.client_token) throw failure(reply, `${path}: `);
  session = { token: auth.client_token, since, lasts: auth.lease_duration * 0.8 || Infinity };
  return session.token;
}

function tokenFile() {
  if (env("VAULT_TOKEN_FILE")) return file("VAULT_TOKEN_FILE"); // each time anew: agents rewrite it
  const home = join(homedir(), ".vault-token");
  if (existsSync(home)) return file("~/.vault-token", home);
  throw new SecretError(`no login is set up: set one of ${LOGINS}; ${OR_ENV}`);
}

// ---- Settings of Vault

function need(name) {
  const value = env(name);
  if (!value) throw new SecretError(`${name} is not set; ${OR_ENV}`);
  return value;
}

function file(name, path = need(name)) {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new SecretError(`${name}: cannot read ${path}: ${codeOf(error)}`);
  }
}

function folder(name) {
  const path = need(name);
  const names = readdirSync(path).filter((entry) => /\.(pem|crt)$/.test(entry));
  return names.map((entry) => file(name, join(path, entry)));
}

function source(name) {
  return SOURCES[name];
}

function place(path) {
  return `${mount()}/${path}`;
}

function mount() {
  return env("VAULT_KV_MOUNT") ?? DEFAULT_MOUNT;
}

function address() {
  const agent = env("VAULT_PROXY_ADDR") ?? env("VAULT_AGENT_ADDR");
  const url = loginMethod() === "agent" && agent ? agent : need("VAULT_ADDR");
  if (!/^https?:\/\//.test(url)) throw new SecretError("VAULT_ADDR does not begin with https:// or http://");
  return url.replace(/\/+$/, "");
}

function tls() {
  return {
    ca: env("VAULT_CACERT") ? file("VAULT_CACERT") : env("VAULT_CAPATH") && folder("VAULT_CAPATH"),
    cert: env("VAULT_CLIENT_CERT") && file("VAULT_CLIENT_CERT"),
    key: env("VAULT_CLIENT_KEY") && file("VAULT_CLIENT_KEY"),
    servername: env("VAULT_TLS_SERVER_NAME"),
  };
}

// ---- What runs in the helper thread

const HELPER = `
const http = require("node:http"), https = require("node:https");
const { port, signal } = require("node:worker_threads").workerData;

function send({ url, timeout, options, body }) {
  return new Promise((resolve, reject) => {
    const client = url.startsWith("https:") ? https : http;
    const request = client.request(url, { agent: false, ...options }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => (text += part)).on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, text, location: response.headers.location }));
    });
    const late = () => (reject({ code: "ETIMEDOUT" }), request.destroy());
    const timer = setTimeout(late, timeout * 1000);
    request.on("error", reject).on("close", () => clearTimeout(timer)).end(body);
  });
}

port.on("message", async (request) => {
  const reply = await send(request).catch((error) => ({ status: 0, text: error.code || error.name }));
  port.postMessage(reply);
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
});`;
