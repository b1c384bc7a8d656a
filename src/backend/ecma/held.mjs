const MAX_AGE = 300; // seconds, as all times here
const REST = 2; // after a request that failed, the manager is left alone for so long

/** Which secret cannot be read, and why. Holds no value and no token. */
export class SecretError extends Error {
  status; // of the manager's answer; 0 if there was none
  constructor(message, status) {
    super(message);
    this.name = "SecretError";
    this.status = status;
  }
}

// The getters are not enumerable and stand on the prototype: no dump of the object shows a value, whatever its options.
const NAMES = Object.keys(SOURCES);
const getters = {};
for (const name of NAMES) {
  const set = () => {
    throw new SecretError(`${name} cannot be assigned: change it in ${MANAGER}, or use SECRETS_BACKEND=env`);
  };
  getters[name] = { get: () => read(name), set };
}

/** Like process.env, for the names in SOURCES. @type {Readonly<Record<keyof typeof SOURCES, string | undefined>>} */
export const secrets = Object.freeze(Object.create(Object.create(null, getters)));

/** process.env with the secrets in it, for names that only the running program knows. Cannot be listed. */
export const envOrSecrets = new Proxy(Object.create(null), {
  get: (_, name) => either(name),
  has: (_, name) => either(name) !== undefined,
  set: () => false,
});

function either(name) {
  if (typeof name === "symbol") return undefined;
  return name in secrets ? secrets[name] : process.env[name];
}

/** Optional: fetches everything now, so that the first read does not block. Rejects if a secret cannot be read. */
export function preloadSecrets() {
  preloading ??= preload().finally(() => (preloading = undefined));
  return preloading;
}

let preloading;

async function preload() {
  if (backend() === "env") return;
  const names = new Map(NAMES.map((name) => [source(name)[0], name]));
  for (const [path, name] of names) {
    const secret = held(path);
    const flight = refresh(secret);
    helper?.port.ref(); // this keeps the process alive, which the helper otherwise does not
    if (flight) await new Promise((resolve) => flight.landed.push(resolve));
    helper?.port.unref();
    if (secret.failure) throw unreadable(name, secret);
  }
}

// ---- What is held

const cache = new Map(); // by path: all keys of a secret come with one request

function held(path) {
  let secret = cache.get(path);
  if (!secret) cache.set(path, (secret = { path, fetched: [0, 0], failed: [0, 0], warned: false }));
  return secret;
}

function read(name) {
  if (backend() === "env") return process.env[name];
  const [path, key] = source(name);
  const secret = held(path);
  const ttl = Math.min(seconds("SECRETS_TTL_SECONDS", 60), MAX_AGE);
  const usable = (limit) => secret.data !== undefined && ttl > 0 && age(secret.fetched) <= limit;

  if (!usable(ttl)) {
    if (secret.flight) wait(secret.flight);
    if (!usable(ttl)) wait(refresh(secret));
    if (secret.failure) {
      const error = unreadable(name, secret);
      if (!isOutage(secret.failure) || !usable(MAX_AGE)) throw error;
      if (!secret.warned) process.stderr.write(`${error.message}; using the value held\n`);
      secret.warned = true;
    }
  } else if (!usable(ttl / 2)) {
    refresh(secret); // nobody waits for it
  }

  const value = secret.data?.get(key);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new SecretError(`${name}: ${place(path)} has a number too large for JavaScript: store it as a string`);
  }
  if (value === undefined) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function unreadable(name, { path, failure }) {
  return new SecretError(`${name}: cannot read ${place(path)} from ${MANAGER}: ${failure?.message}`, failure?.status);
}

function isOutage({ status }) {
  return status === 0 || status === 429 || (status ?? 0) >= 500;
}

// While a laptop sleeps, the second clock stands still; the first may be set back. What looks older counts.
function now() {
  return [Date.now() / 1000, process.uptime()];
}

function age([wall, running]) {
  return Math.max(Date.now() / 1000 - wall, process.uptime() - running);
}

// ---- Fetching. Its steps are generators that yield requests and get replies, because two drive them: readers, which
// cannot await and so block, and the refresh in the background, which must not.

const flights = []; // one after the other, so that they share a login

function refresh(secret) {
  const resting = secret.failure?.status !== undefined && age(secret.failed) < REST;
  if (secret.flight || resting) return secret.flight;
  secret.flight = { secret, steps: load(secret.path), started: now(), landed: [] };
  if (flights.push(secret.flight) === 1) advance();
  return secret.flight; // unless it is at its end already
}

/** Takes the first flight on to its next request. */
function advance(reply) {
  const flight = flights[0];
  if (!flight) return;
  const { secret, steps } = flight;
  try {
    const step = reply ? steps.next(reply) : steps.next();
    if (step.done !== true) return post(step.value);
    secret.data = step.value;
    secret.fetched = flight.started;
    secret.failure = undefined;
    secret.warned = false;
  } catch (error) {
    secret.failure = error instanceof SecretError ? error : new SecretError(codeOf(error));
    secret.failed = now();
    // Who may not read it now shall not go on with what was read before.
    if (secret.failure.status && !isOutage(secret.failure)) secret.data = undefined;
  }
  secret.flight = undefined;
  flights.shift();
  for (const call of flight.landed) call();
  advance();
}

function wait(flight) {
  while (flight && flight.secret.flight === flight) advance(nextReply());
}

function codeOf(error) {
  const { code, name } = error;
  return code ?? name ?? "unknown error";
}

// ---- Settings, read when they are needed: dotenv may fill process.env after this file was imported.

function env(name) {
  return process.env[name]?.trim() || undefined;
}

const OR_ENV = `SECRETS_BACKEND=env reads process.env instead of ${MANAGER}`;

function seconds(name, otherwise) {
  const value = Number(env(name) ?? otherwise);
  if (!(value >= 0 && value < 1e6)) throw new SecretError(`${name} is not a number of seconds`);
  return value;
}

function backend() {
  const name = env("SECRETS_BACKEND") ?? BACKEND;
  if (name !== BACKEND && name !== "env") throw new SecretError(`SECRETS_BACKEND is neither "${BACKEND}" nor "env"`);
  return name;
}

// ---- The helper thread, which sends the requests while this one is blocked. It gets no environment and no options:
// a `--require` in NODE_OPTIONS would run in it a second time. It does not keep the process alive.

let helper;

function startHelper() {
  const { port1: port, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4)); // counts the replies
  const workerData = { port: port2, signal };
  const worker = new Worker(HELPER, { eval: true, env: {}, execArgv: [], workerData, transferList: [port2] });
  const ended = () => stopHelper(worker) && advance(ENDED);
  worker.on("error", ended).on("exit", ended).unref();
  port.on("message", advance).unref();
  return { worker, port, signal, patience: 0 };
}

function post(request) {
  helper ??= startHelper();
  helper.patience = request.timeout + 10;
  helper.port.postMessage(request);
}

function nextReply() {
  while (helper) {
    const seen = Atomics.load(helper.signal, 0);
    const received = receiveMessageOnPort(helper.port);
    if (received) return received.message;
    const woken = Atomics.wait(helper.signal, 0, seen, helper.patience * 1000);
    if (woken === "timed-out") stopHelper(helper.worker);
  }
  return ENDED;
}

const ENDED = { status: 0, text: "the helper thread has ended" };

function stopHelper(worker) {
  if (helper?.worker !== worker) return false;
  helper.port.close();
  helper = undefined; // the next request starts another one
  void worker.terminate();
  return true;
}

