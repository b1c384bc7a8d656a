"""A fake of Azure Key Vault (secrets), and of the identity endpoint of App Service, where clients get tokens.

    with Azure() as azure:
        azure.put("team-server-A-TOKEN", {"": "one"})
        run(program, env=clean_env(**azure.env()))
        assert azure.reads() == ["team-server-A-TOKEN"]

True to what clients can see: HTTPS (with a certificate authority of its own, which `env()` makes clients trust), the 401
with a challenge, names that hold only letters, digits and `-` and are the same in either case, versions, disabled
versions, tags, and deleted secrets that can be recovered and whose names are taken. Does not look at `api-version`, which
each release of the clients has another of. Resource Manager, which knows roles, is in `azure_arm.py`.
"""

from __future__ import annotations

import re
import time
import urllib.parse
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from azure_arm import ARM, Arm
from fake import Answer, Cloud, Request, Server, serve, stamp

TENANT = "00000000-0000-4000-8000-000000000000"
RESOURCE = "https://vault.azure.net"
CODES = {400: "BadParameter", 401: "Unauthorized", 403: "Forbidden", 404: "SecretNotFound", 409: "Conflict", 429: "Throttled"}


class Wrong(Exception):
    def __init__(self, status: int, text: str, code: str = "") -> None:
        super().__init__(text)
        self.status, self.text, self.code = status, text, code or CODES.get(status, "InternalServerError")


@dataclass
class Version:
    value: str
    tags: dict[str, str]
    kind: str | None = None  # contentType
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    enabled: bool = True
    term: dict[str, int] = field(default_factory=dict)  # nbf, exp
    made: int = field(default_factory=lambda: int(time.time()))


@dataclass
class Secret:
    name: str  # as it was first written
    versions: list[Version] = field(default_factory=list)


class Azure(Cloud):
    tls = True

    def __init__(self) -> None:
        self._secrets: dict[str, Secret] = {}  # by the name in lower case
        self._deleted: dict[str, Secret] = {}
        self._tokens: dict[str, str] = {}  # whose they are
        self._login_fails: int | None = None
        self.denied: set[str] = set()  # get, list, set, delete, recover, purge
        self.arm = Arm(self)
        super().__init__()
        self._login = Server(self._token)

    def close(self) -> None:
        super().close()
        self._login.stop()

    def env(self) -> dict[str, str]:
        authority = str(self.dir / "ca.pem")
        trust = dict.fromkeys(("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"), authority)
        login = {"IDENTITY_ENDPOINT": f"{self._login.url}/msi/token", "IDENTITY_HEADER": "fake-header"}
        return {"AZURE_KEYVAULT_URL": self.server.url, **login, **trust}

    # --- What a test does.

    def put(self, path: str, values: Mapping[str, str]) -> None:
        with self._lock:
            self._set(path, {"value": values[""]})

    def get(self, path: str) -> dict[str, str] | None:
        secret = self._secrets.get(path.lower())
        return {"": secret.versions[-1].value} if secret else None

    def delete(self, path: str) -> None:
        """The name is free again only after a purge."""
        self._deleted[path.lower()] = self._secrets.pop(path.lower())

    def tags(self, path: str) -> dict[str, str]:
        return dict(self._secrets[path.lower()].versions[-1].tags)

    def disable(self, path: str) -> None:
        self._secrets[path.lower()].versions[-1].enabled = False

    def deny(self, *rights: str) -> None:
        """Takes rights (get, list, set, delete, recover, purge); without any, gives all back."""
        self.denied = set(rights)

    def logins(self) -> int:
        """How many tokens were given out."""
        return len(self._tokens)

    def fail_login(self, status: int | None) -> None:
        self._login_fails = status

    # --- How it answers.

    def failure(self, status: int) -> Answer:
        return say(Wrong(status, "made to fail"))

    def reading(self, request: Request) -> str | None:
        parts = urllib.parse.urlsplit(request.path).path.strip("/").split("/")
        listing = len(parts) > 2 and parts[2] == "versions"
        if request.method != "GET" or parts[0] != "secrets" or len(parts) < 2 or listing:
            return None
        # Clients send their first request without a token, to learn where tokens are to be had: that reads nothing.
        return parts[1] if request.headers.get("authorization") else None

    def event(self, request: Request, answer: Answer) -> dict[str, Any] | None:
        """As in "Azure Key Vault logging". A token is that of the managed identity with its client id."""
        url = urllib.parse.urlsplit(request.path)
        kind, name, version, *_ = [*url.path.strip("/").split("/"), "", "", ""]
        operation = {"GET": "SecretGet", "PUT": "SecretSet"}.get(request.method)
        if kind != "secrets" or not name or version == "versions" or not operation:
            return None
        client = self._tokens[request.headers.get("authorization", "").removeprefix("Bearer ")]
        mine = f"/subscriptions/{TENANT}/resourcegroups/fake/providers/Microsoft.Web/sites/{client}"
        return {
            "resourceId": f"/SUBSCRIPTIONS/{TENANT}/RESOURCEGROUPS/FAKE/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/FAKE".upper(),
            "operationName": operation,
            "operationVersion": "7.4",
            "category": "AuditEvent",
            "resultType": "Success",
            "resultSignature": "OK",
            "resultDescription": "",
            "durationMs": "7",
            "callerIpAddress": "203.0.113.7",
            "correlationId": "",
            "identity": {"claim": {"appid": client, "oid": f"object-of-{client}", "idtyp": "app", "xms_mirid": mine}},
            "properties": {
                "clientInfo": request.headers.get("user-agent", ""),
                "requestUri": f"{self.server.url}{request.path}",
                "id": answer.body["id"],
                "httpStatusCode": answer.status,
            },
        }

    def timed(self, event: dict[str, Any], seconds: float) -> dict[str, Any]:
        return {"time": stamp(seconds, 7), **event}

    def answer(self, request: Request) -> Answer:
        if self.arm.is_for(request):
            return self.arm.answer(request, self._tokens)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self._tokens:
            where = f'Bearer authorization="https://login.microsoftonline.com/{TENANT}", resource="{RESOURCE}"'
            refused = say(Wrong(401, "AKV10000: Request is missing a Bearer or PoP token."))
            return Answer(refused.status, refused.body, {"WWW-Authenticate": where})
        try:
            return Answer(200, self._route(request))
        except Wrong as wrong:
            return say(wrong)

    def _route(self, request: Request) -> dict[str, Any]:
        url = urllib.parse.urlsplit(request.path)
        if "api-version" not in urllib.parse.parse_qs(url.query):
            raise Wrong(400, "api-version must be specified")
        kind, name, version, *_ = [*url.path.strip("/").split("/"), "", "", ""]
        method = request.method
        if kind not in ("secrets", "deletedsecrets"):
            raise Wrong(404, "no such resource", "NotFound")
        if name and not re.fullmatch(r"[0-9A-Za-z-]{1,127}", name):
            raise Wrong(400, f"The request URI contains an invalid name: {name}")
        if kind == "deletedsecrets":
            return self._route_deleted(method, name, version)
        listing = not name or version == "versions"
        right = {"PUT": "set", "PATCH": "set", "DELETE": "delete"}.get(method, "list" if listing else "get")
        self._check_right(right)
        if method == "PUT":
            return self._set(name, request.json())
        if not name:
            return {"value": [self._about(held, held.versions[-1]) for held in self._secrets.values()], "nextLink": None}
        secret = self._secrets.get(name.lower())
        if not secret:
            raise Wrong(404, f"A secret with (name/id) {name} was not found in this key vault. If you recently deleted it, you may recover it.")
        if method == "DELETE":
            self.delete(name)
            return self._about_deleted(secret)
        if version == "versions":
            return {"value": [self._about(secret, held) for held in secret.versions], "nextLink": None}
        held = next((held for held in secret.versions if held.id == version), None) if version else secret.versions[-1]
        if not held:
            raise Wrong(404, f"A secret with (name/id) {name}/{version} was not found in this key vault.")
        if method == "PATCH":
            said = request.json()
            held.enabled = (said.get("attributes") or {}).get("enabled", held.enabled)
            held.tags = said.get("tags") or held.tags
            return self._about(secret, held)
        if not held.enabled:
            raise Wrong(403, "Operation get is not allowed on a disabled secret.")
        return {"value": held.value, **self._about(secret, held)}

    def _route_deleted(self, method: str, name: str, action: str) -> dict[str, Any]:
        self._check_right({"GET": "get" if name else "list", "DELETE": "purge", "POST": "recover"}[method])
        if not name:
            return {"value": [self._about_deleted(held) for held in self._deleted.values()], "nextLink": None}
        secret = self._deleted.get(name.lower())
        if not secret:
            raise Wrong(404, f"Deleted Secret not found: {name}")
        if method == "GET":
            return self._about_deleted(secret)
        del self._deleted[name.lower()]
        if action == "recover":
            self._secrets[name.lower()] = secret
        return self._about(secret, secret.versions[-1])

    def _check_right(self, right: str) -> None:
        if right in self.denied:
            raise Wrong(403, f"The user, group or application does not have secrets {right} permission on key vault.")

    def _set(self, name: str, said: Mapping[str, Any]) -> dict[str, Any]:
        if not re.fullmatch(r"[0-9A-Za-z-]{1,127}", name):
            raise Wrong(400, f"The request URI contains an invalid name: {name}")
        if name.lower() in self._deleted:
            raise Wrong(409, f"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused.")
        if not isinstance(said.get("value"), str) or len(said["value"].encode()) > 25600:
            raise Wrong(400, "The value of a secret must be text of at most 25600 bytes.")
        secret = self._secrets.setdefault(name.lower(), Secret(name))
        attributes = said.get("attributes") or {}
        term = {name: attributes[name] for name in ("nbf", "exp") if name in attributes}
        made = Version(said["value"], dict(said.get("tags") or {}), said.get("contentType"), enabled=attributes.get("enabled", True), term=term)
        secret.versions.append(made)
        return {"value": said["value"], **self._about(secret, secret.versions[-1])}

    def _about(self, secret: Secret, held: Version) -> dict[str, Any]:
        times = {"created": held.made, "updated": held.made, "recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90}
        about = {"id": f"{self.server.url}/secrets/{secret.name}/{held.id}", "attributes": {"enabled": held.enabled, **held.term, **times}}
        return {**about, "tags": held.tags, **({"contentType": held.kind} if held.kind else {})}

    def _about_deleted(self, secret: Secret) -> dict[str, Any]:
        gone = {"recoveryId": f"{self.server.url}/deletedsecrets/{secret.name}", "deletedDate": int(time.time())}
        return {**self._about(secret, secret.versions[-1]), **gone, "scheduledPurgeDate": int(time.time()) + 90 * 86400}

    def _token(self, request: Request) -> Answer:
        if self._login_fails is not None:
            return Answer(self._login_fails, {"statusCode": self._login_fails, "message": "made to fail"})
        if request.headers.get("x-identity-header") != "fake-header":
            return Answer(401, {"statusCode": 401, "message": "no X-IDENTITY-HEADER"})
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.path).query))
        resource = query.get("resource", RESOURCE)
        token = f"fake-{'arm' if resource == ARM else 'vault'}-token-{len(self._tokens) + 1}"
        self._tokens[token] = query.get("client_id", "system-assigned")
        until = str(int(time.time()) + 86400)
        return Answer(200, {"access_token": token, "expires_on": until, "resource": resource, "token_type": "Bearer"})


def say(wrong: Wrong) -> Answer:
    return Answer(wrong.status, {"error": {"code": wrong.code, "message": wrong.text}})


if __name__ == "__main__":
    serve(Azure)
