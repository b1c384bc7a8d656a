"""A fake of GCP Secret Manager v1 over REST, and of the place where service accounts get tokens.

    with Gcp() as gcp:
        gcp.put("team-server-A_TOKEN", {"": "one"})
        run(program, env=clean_env(**gcp.env()))
        assert gcp.reads() == ["team-server-A_TOKEN"]

True to what clients can see: ids, versions by number, `latest` that is the newest even if it is disabled, checksums,
names in answers with the number of the project and not its id, labels, etags, `testIamPermissions`, and a secret that has
no version yet. Cloud Resource Manager and IAM answer with the policy of the project and with roles. Answers only who shows a
token of `/token` or a JWT that the service account signed.
"""

from __future__ import annotations

import base64
import json
import re
import time
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from fake import Answer, Cloud, Request, Server, openssl, serve, stamp

PROJECT, NUMBER = "fake-project", "123456789012"
EMAIL = f"tester@{PROJECT}.iam.gserviceaccount.com"
STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
VERBS = {"addVersion": "versions.add", "access": "versions.access", "disable": "versions.disable", "enable": "versions.enable"}
VERBS |= {"destroy": "versions.destroy", "getIamPolicy": "secrets.getIamPolicy", "setIamPolicy": "secrets.setIamPolicy"}


class Wrong(Exception):
    def __init__(self, status: int, text: str, name: str = "") -> None:
        super().__init__(text)
        self.status, self.text, self.name = status, text, name or STATUS.get(status, "UNKNOWN")


@dataclass
class Version:
    data: bytes
    made: str
    state: str = "ENABLED"


@dataclass
class Secret:
    said: dict[str, Any]  # labels, replication …
    made: str
    versions: list[Version] = field(default_factory=list)
    policy: dict[str, Any] = field(default_factory=dict)
    changes: int = 1  # the etag


class Gcp(Cloud):
    def __init__(self) -> None:
        self._secrets: dict[str, Secret] = {}
        self.denied: set[str] = set()  # permissions without `secretmanager.`, as `versions.access`
        self.wrong_checksum = False
        self.policy: dict[str, Any] = {}  # of the project
        self.roles = dict(ROLES)  # what they let
        self._tokens: dict[str, str] = {}  # whose they are
        self._login_fails: int | None = None
        super().__init__()
        self._login = Server(self._token)
        self._file = self.dir / "service-account.json"
        key = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048").decode()
        account = {"type": "service_account", "project_id": PROJECT, "private_key_id": "1", "private_key": key, "client_id": "1"}
        self._file.write_text(json.dumps({**account, "client_email": EMAIL, "token_uri": f"{self._login.url}/token"}))

    def close(self) -> None:
        super().close()
        self._login.stop()

    def env(self) -> dict[str, str]:
        services = ("CLOUDRESOURCEMANAGER", "IAM", "SECRETMANAGER")
        return {
            **{f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{service}": f"{self.server.url}/" for service in services},
            "GOOGLE_APPLICATION_CREDENTIALS": str(self._file),
            "GOOGLE_CLOUD_PROJECT": PROJECT,
        }

    def env_as(self, name: str) -> dict[str, str]:
        """With a service account of its own."""
        file = self.dir / f"{name}.json"
        account = json.loads(self._file.read_text())
        file.write_text(json.dumps({**account, "client_email": f"{name}@{PROJECT}.iam.gserviceaccount.com"}))
        return {**self.env(), "GOOGLE_APPLICATION_CREDENTIALS": str(file)}

    # --- What a test does.

    def put(self, path: str, values: Mapping[str, str]) -> None:
        with self._lock:
            if path not in self._secrets:
                self._create(path, {"replication": {"automatic": {}}})
            self._secrets[path].versions.append(Version(values[""].encode(), now()))

    def get(self, path: str) -> dict[str, str] | None:
        secret = self._secrets.get(path)
        return {"": secret.versions[-1].data.decode()} if secret and secret.versions else None

    def put_empty(self, path: str, labels: Mapping[str, str]) -> None:
        """A secret without a version: someone stopped between the two calls that make one."""
        self._create(path, {"replication": {"automatic": {}}, "labels": dict(labels)})

    def put_bytes(self, path: str, data: bytes) -> None:
        """A value that is not text."""
        self.put(path, {"": ""})
        self._secrets[path].versions[-1].data = data

    def delete(self, path: str) -> None:
        self._secrets.pop(path, None)

    def labels(self, path: str) -> dict[str, str]:
        return dict(self._secrets[path].said.get("labels") or {})

    def disable(self, path: str) -> None:
        """Disables the newest version, which `latest` goes on to mean."""
        self._secrets[path].versions[-1].state = "DISABLED"

    def bind(self, role: str, *members: str, path: str = "", condition: str = "") -> None:
        """Adds a binding to the policy of a secret, or to that of the project."""
        policy = self._secrets[path].policy if path else self.policy
        about = {"condition": {"title": "made up", "expression": condition}} if condition else {}
        policy.setdefault("bindings", []).append({"role": role, "members": list(members), **about})

    def deny(self, *permissions: str) -> None:
        """Takes permissions (`versions.access`, `iam.roles.get`); without any, gives all back."""
        self.denied = set(permissions)

    def damage(self, wrong: bool) -> None:
        """Whether checksums are wrong, as if a value had changed on its way."""
        self.wrong_checksum = wrong

    def logins(self) -> int:
        """How many tokens were given out. Most clients sign a JWT instead."""
        return len(self._tokens)

    def fail_login(self, status: int | None) -> None:
        self._login_fails = status

    # --- How it answers.

    def failure(self, status: int) -> Answer:
        return say(Wrong(status, "made to fail"))

    def reading(self, request: Request) -> str | None:
        found = re.match(r"/v1/projects/[^/]+/secrets/([^/]+)/versions/[^/:]+:access", urllib.parse.unquote(request.path))
        return found[1] if found else None

    def answer(self, request: Request) -> Answer:
        try:
            self._check_token(request.headers.get("authorization", ""))
            return Answer(200, self._route(request))
        except Wrong as wrong:
            return say(wrong)

    def _check_token(self, header: str) -> None:
        token = header.removeprefix("Bearer ")
        if token in self._tokens and header != token:
            return
        said = claims(token)
        if not str(said.get("iss")).endswith(EMAIL.partition("@")[2]) or said.get("exp", 0) < time.time():
            raise Wrong(401, "Request had invalid authentication credentials.")

    def _who(self, header: str) -> str:
        token = header.removeprefix("Bearer ")
        return self._tokens.get(token) or claims(token).get("iss", "")

    def event(self, request: Request, answer: Answer) -> dict[str, Any] | None:
        """As `gcloud logging read` shows an `AuditLog`; versions are named as they were asked for."""
        path = urllib.parse.unquote(urllib.parse.urlsplit(request.path).path)
        found = re.fullmatch(r"/v1/(projects/[^/]+/secrets/[^/:]+)(/versions/[^/:]+)?:(access|addVersion)", path)
        if not found:
            return None
        reads = found[3] == "access"
        method = f"google.cloud.secretmanager.v1.SecretManagerService.{'AccessSecretVersion' if reads else 'AddSecretVersion'}"
        name = found[1] + (found[2] or "")
        service = "secretmanager.googleapis.com"
        payload = {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "status": {},
            "authenticationInfo": {"principalEmail": self._who(request.headers.get("authorization", ""))},
            "requestMetadata": {"callerIp": "203.0.113.7", "callerSuppliedUserAgent": request.headers.get("user-agent", "")},
            "serviceName": service,
            "methodName": method,
            "resourceName": name.replace(f"projects/{PROJECT}/", f"projects/{NUMBER}/"),
            "request": {"@type": f"type.googleapis.com/{method.rpartition('.')[0]}Request", "name" if reads else "parent": name},
        }
        if not reads:
            payload["response"] = {"name": answer.body["name"]}
        labels = {"method": method, "project_id": PROJECT, "service": service}
        log = f"projects/{PROJECT}/logs/cloudaudit.googleapis.com%2F{'data_access' if reads else 'activity'}"
        return {"protoPayload": payload, "insertId": "fake", "logName": log, "resource": {"type": "audited_resource", "labels": labels}}

    def timed(self, event: dict[str, Any], seconds: float) -> dict[str, Any]:
        return {**event, "timestamp": stamp(seconds, 9), "receiveTimestamp": stamp(seconds + 0.5, 9)}

    def _route(self, request: Request) -> dict[str, Any]:
        url = urllib.parse.urlsplit(request.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        path, _, verb = urllib.parse.unquote(url.path).partition(":")
        if path == f"/v1/projects/{PROJECT}" and verb == "getIamPolicy":
            self._check_right("resourcemanager.projects.getIamPolicy")
            return told(self.policy, request.json().get("options", {}).get("requestedPolicyVersion"))
        role = re.fullmatch(r"/v1/((?:projects/[^/]+/)?roles/[^/]+)", path)
        if role:
            self._check_right("iam.roles.get")
            if role[1] not in self.roles:
                raise Wrong(404, "The role was not found.")
            return {"name": role[1], "includedPermissions": self.roles[role[1]]}
        found = re.fullmatch(r"/v1/projects/([^/]+)/secrets(?:/([^/]+))?(?:/(versions)(?:/([^/]+))?)?", path)
        if not found or found[1] not in (PROJECT, NUMBER):
            raise Wrong(403 if found else 404, "Permission denied on resource project." if found else "no such method")
        name, versions, version = found[2], found[3], found[4]
        method, body = request.method, request.json()
        if verb == "testIamPermissions":  # an unknown secret has no permissions, and is no error
            asked = body.get("permissions") or []
            return {"permissions": [p for p in asked if name in self._secrets and p.removeprefix("secretmanager.") not in self.denied]}
        self._check_right(VERBS.get(verb) or RIGHTS.get((method, "versions" if versions else "secrets", bool(version or (name and not versions))), ""))
        if not name:
            if method == "POST":
                return self._create(query.get("secretId", ""), body)
            return {"secrets": [self._secret(name) for name in sorted(self._secrets)], "totalSize": len(self._secrets)}
        secret = self._secrets.get(name)
        if not secret:
            raise Wrong(404, f"Secret [projects/{NUMBER}/secrets/{name}] not found or has no versions.")
        if verb == "addVersion":
            return self._add(name, secret, body.get("payload") or {})
        if verb.endswith("IamPolicy"):
            if verb.startswith("set"):
                secret.policy = body.get("policy") or {}
            return told(secret.policy, query.get("options.requestedPolicyVersion"))
        if versions and not version:
            numbers = range(len(secret.versions), 0, -1)
            return {"versions": [self._version(name, secret, number) for number in numbers], "totalSize": len(secret.versions)}
        if versions:
            return self._one_version(name, secret, str(version), verb)
        if query.get("etag", self._etag(secret)).strip('"') != self._etag(secret).strip('"'):
            raise Wrong(400, "The etag provided is not the current one.", "FAILED_PRECONDITION")
        if method == "DELETE":
            del self._secrets[name]
            return {}
        if method == "PATCH":
            secret.said |= {key: body.get(key) for key in query.get("updateMask", "").split(",") if key in ("labels", "annotations")}
            secret.changes += 1
        return self._secret(name)

    def _check_right(self, right: str) -> None:
        if right in self.denied:
            raise Wrong(403, f"Permission 'secretmanager.{right}' denied on resource (or it may not exist).")

    def _create(self, name: str, said: dict[str, Any]) -> dict[str, Any]:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name):
            raise Wrong(400, "The provided Secret ID does not match the expected format [[a-zA-Z_0-9]+].")
        if not said.get("replication"):
            raise Wrong(400, "Secret.replication must be provided.")
        for key, value in (said.get("labels") or {}).items():
            if not re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", key) or not re.fullmatch(r"[a-z0-9_-]{0,63}", value):
                raise Wrong(400, "Label keys and values can only contain lowercase letters, digits, dashes and underscores.")
        if name in self._secrets:
            raise Wrong(409, f"Secret [projects/{NUMBER}/secrets/{name}] already exists.")
        self._secrets[name] = Secret(dict(said), now())
        return self._secret(name)

    def _add(self, name: str, secret: Secret, payload: dict[str, Any]) -> dict[str, Any]:
        data = base64.b64decode(payload.get("data") or "")
        if not data:
            raise Wrong(400, "The payload of a secret version must not be empty.")
        if len(data) > 65536:
            raise Wrong(400, "The payload is larger than 65536 bytes.")
        if "dataCrc32c" in payload and int(payload["dataCrc32c"]) != crc32c(data):
            raise Wrong(400, "The checksum of the payload is not the one provided.")
        secret.versions.append(Version(data, now()))
        return self._version(name, secret, len(secret.versions))

    def _one_version(self, name: str, secret: Secret, version: str, verb: str) -> dict[str, Any]:
        number = len(secret.versions) if version == "latest" else int(version) if version.isdigit() else 0
        if not 1 <= number <= len(secret.versions):
            raise Wrong(404, f"Secret Version [projects/{NUMBER}/secrets/{name}/versions/{version}] not found.")
        held = secret.versions[number - 1]
        if verb == "access":
            if held.state != "ENABLED":
                where = f"projects/{NUMBER}/secrets/{name}/versions/{number}"
                raise Wrong(400, f"Secret Version [{where}] is in {held.state} state.", "FAILED_PRECONDITION")
            checksum = crc32c(held.data) ^ self.wrong_checksum
            payload = {"data": base64.b64encode(held.data).decode(), "dataCrc32c": str(checksum)}
            return {"name": f"projects/{NUMBER}/secrets/{name}/versions/{number}", "payload": payload}
        if verb:
            held.state = {"disable": "DISABLED", "enable": "ENABLED", "destroy": "DESTROYED"}[verb]
            held.data = b"" if verb == "destroy" else held.data
        return self._version(name, secret, number)

    def _secret(self, name: str) -> dict[str, Any]:
        secret = self._secrets[name]
        said = {key: value for key, value in secret.said.items() if value and key != "name"}
        return {"name": f"projects/{NUMBER}/secrets/{name}", "createTime": secret.made, "etag": self._etag(secret), **said}

    def _version(self, name: str, secret: Secret, number: int) -> dict[str, Any]:
        held = secret.versions[number - 1]
        where = f"projects/{NUMBER}/secrets/{name}/versions/{number}"
        replication = {"automatic": {}}
        return {"name": where, "createTime": held.made, "state": held.state, "replicationStatus": replication, "etag": f'"{number}"'}

    def _etag(self, secret: Secret) -> str:
        return f'"{secret.changes:x}"'

    def _token(self, request: Request) -> Answer:
        if self._login_fails is not None:
            return Answer(self._login_fails, {"error": "invalid_grant", "error_description": "made to fail"})
        token = f"ya29.fake-{len(self._tokens) + 1}"
        asked = dict(urllib.parse.parse_qsl(request.body.decode()))
        self._tokens[token] = claims(asked.get("assertion", "")).get("iss", EMAIL)
        return Answer(200, {"access_token": token, "expires_in": 3600, "token_type": "Bearer"})


# By method, what it is about, and whether it is one or the list.
RIGHTS = {
    ("POST", "secrets", False): "secrets.create",
    ("GET", "secrets", False): "secrets.list",
    ("GET", "secrets", True): "secrets.get",
    ("PATCH", "secrets", True): "secrets.update",
    ("DELETE", "secrets", True): "secrets.delete",
    ("GET", "versions", False): "versions.list",
    ("GET", "versions", True): "versions.get",
}


# What a few roles let.
ROLES = {
    "roles/editor": ["secretmanager.secrets.create", "secretmanager.secrets.update", "secretmanager.versions.add"],
    "roles/compute.viewer": ["compute.instances.get"],
    f"projects/{PROJECT}/roles/operator": ["secretmanager.versions.access", "secretmanager.versions.add"],
}


def told(policy: dict[str, Any], version: Any) -> dict[str, Any]:
    """Who does not ask for conditions gets names that no role has in their place."""
    bindings = policy.get("bindings", [])
    if str(version) != "3":
        plain = [{"role": one["role"] + ("_withcond_0" if "condition" in one else ""), "members": one["members"]} for one in bindings]
        return {"version": 1, "etag": "BwX", "bindings": plain}
    return {"version": 3, "etag": "BwX", "bindings": bindings}


def say(wrong: Wrong) -> Answer:
    return Answer(wrong.status, {"error": {"code": wrong.status, "message": wrong.text, "status": wrong.name}})


def claims(token: str) -> dict[str, Any]:
    """What a JWT says; nothing if it is none."""
    try:
        said = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    except (IndexError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def crc32c(data: bytes) -> int:
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


if __name__ == "__main__":
    serve(Gcp)
