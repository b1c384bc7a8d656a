// ---- The requests. The client that the cloud publishes makes them in the helper thread, since it can only be awaited.

interface Request {
  readonly path: string;
  readonly where: string;
  readonly timeout: number;
  readonly here: string;
  readonly env: Record<string, string | undefined>; // the helper has no other
}

interface Reply {
  readonly status: number; // 404: no such secret; 0: no answer; -1: a setting is wrong
  readonly text: string; // the value (undefined if it is none), or what is wrong
}

function* load(path: string): Steps<Map<string, unknown>> {
  const timeout = seconds("SECRETS_TIMEOUT_SECONDS", 5) || 5;
  const isPassed = (name: string) => PASSED.test(name) || SYSTEM.split(" ").includes(name.toUpperCase());
  const known = Object.entries(process.env).filter(([name]) => isPassed(name));
  const { status, text } = yield { path, where: where(), timeout, here: HERE, env: Object.fromEntries(known) };
  if (status === 200) return contents(text);
  if (status === 404) return new Map();
  throw new SecretError(status < 0 ? `${text}; ${OR_ENV}` : text, status < 0 ? undefined : status);
}

function place(path: string): string {
  return path;
}

// What every client may need: where its files, its programs and the way out are. Nothing else of process.env is passed.
const SYSTEM =
  "HOME USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA SYSTEMROOT COMSPEC PATH PATHEXT TMPDIR TEMP TMP " +
  "XDG_CONFIG_HOME SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY";

const HELPER = `${CLIENT}
const { createRequire } = require("node:module");
const { port, signal } = require("node:worker_threads").workerData;
for (const name of ["debug", "error", "info", "log", "trace", "warn"]) console[name] = () => undefined;
process.removeAllListeners("warning");
let made = {};

// From the folder of this file, which the helper itself does not know, or else from where the program was started.
function find(name, here) {
  for (const from of [here, process.cwd() + "/secrets.js"]) {
    try {
      return createRequire(from)(name);
    } catch (error) {
      if (!["MODULE_NOT_FOUND", "ERR_INVALID_ARG_VALUE"].includes(error.code)) throw error;
    }
  }
  throw Object.assign(new Error(), { wrong: "there is no package " + name + ": npm install " + name });
}

async function ask(request) {
  try {
    const key = JSON.stringify([request.where, request.timeout, request.env]);
    if (made.key !== key) {
      for (const name of Object.keys(process.env)) delete process.env[name];
      Object.assign(process.env, request.env);
      made = { key, client: connect(request, (name) => find(name, request.here)) };
    }
    const reply = await Promise.race([read(made.client, request), late(request.timeout)]);
    made.worked = true;
    return reply;
  } catch (error) {
    const { status = 0, text } = error.wrong ? { status: -1, text: error.wrong } : explain(error);
    if (status === 404) made.worked = true;
    if (status < 0 && made.worked) return { status: 0, text }; // a login that there was is gone only for a while
    if (status && status !== 404 && status !== 429 && status < 500) made = {}; // another client may have another login
    return { status, text };
  }
}

// Of the answer's texts, only what is a word is passed on. Of errors without an answer, only their code is.
function http(status, word) {
  return { status, text: "HTTP " + status + (/^[A-Za-z_]{1,60}$/.test(word ?? "") ? " (" + word + ")" : "") };
}

function unanswered(error) {
  const codes = [error.cause?.code, error.code, error.errors?.[0]?.code, error.name];
  const isWord = (code) => typeof code === "string" && /^[A-Za-z]\\w*$/.test(code);
  return { status: 0, text: codes.find(isWord) ?? "unknown error" };
}

function late(seconds) {
  return new Promise((_, reject) => setTimeout(reject, seconds * 1000, { code: "ETIMEDOUT" }).unref());
}

port.on("message", async (request) => {
  let reply = await ask(request);
  // Once more, since it may have been a connection that was kept for too long.
  if (reply.status === 0 && reply.text !== "ETIMEDOUT") reply = await ask(request);
  port.postMessage(reply);
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
});`;
