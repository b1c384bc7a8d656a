"""A fake of Azure Resource Manager: where a vault is, which roles were assigned, and what whoever asks may do.

Answers as its reference says: Resource Graph, `Microsoft.KeyVault/vaults`, and permissions, role assignments and role
definitions of `Microsoft.Authorization`, in pages. It is at the address of the vault, and takes no token that is for that.
"""

from __future__ import annotations

import re
import urllib.parse
import uuid
from collections.abc import Container
from typing import Any

from fake import Answer, Cloud, Request

ARM = "https://management.azure.com"
SUBSCRIPTION = "/subscriptions/11111111-1111-4111-8111-111111111111"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg team"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/team-vault"
SECRETS = "Microsoft.KeyVault/vaults/secrets"
# As Azure defines them.
ROLES: dict[str, dict[str, Any]] = {
    "Key Vault Secrets User": {"dataActions": [f"{SECRETS}/getSecret/action", f"{SECRETS}/readMetadata/action"]},
    "Key Vault Secrets Officer": {"actions": ["Microsoft.KeyVault/vaults/read"], "dataActions": [f"{SECRETS}/*"]},
    "Key Vault Administrator": {"actions": ["Microsoft.KeyVault/vaults/read"], "dataActions": ["Microsoft.KeyVault/vaults/*"]},
    "Owner": {"actions": ["*"]},
    "Reader": {"actions": ["*/read"]},
}


class Arm:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.has_roles = True
        self.policies: list[dict[str, Any]] = []  # access policies
        self.assignments: list[dict[str, Any]] = []
        self.own: dict[str, list[Any]] = {}  # permissions of whoever asks, by the name of the secret; "" for all others
        self.denied: set[str] = set()  # vault, permissions, roleAssignments, roleDefinitions
        self.on_page = 1
        self._ids = {name: str(uuid.uuid4()) for name in ROLES}

    def assign(self, role: str, principal: str, scope: str = VAULT, kind: str = "ServicePrincipal", condition: str | None = None) -> None:
        role_id = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{self._ids[role]}"
        about = {"roleDefinitionId": role_id, "principalId": principal, "principalType": kind, "scope": scope}
        about |= {"condition": condition, "conditionVersion": "2.0" if condition else None}
        self.assignments.append(thing("roleAssignments", scope, str(uuid.uuid4()), about))

    def policy(self, principal: str, *secrets: str) -> None:
        permissions = {"keys": [], "secrets": list(secrets), "certificates": []}
        self.policies.append({"tenantId": str(uuid.uuid4()), "objectId": principal, "permissions": permissions})

    # --- How it answers.

    def is_for(self, request: Request) -> bool:
        return request.path.startswith(("/subscriptions", "/providers"))

    def answer(self, request: Request, tokens: Container[str]) -> Answer:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in tokens or "-arm-" not in token:
            return wrong(401, "InvalidAuthenticationToken")
        url = urllib.parse.urlsplit(request.path)
        path, query = urllib.parse.unquote(url.path), dict(urllib.parse.parse_qsl(url.query))
        if "api-version" not in query:
            return wrong(400, "MissingApiVersionParameter")
        if path == "/providers/Microsoft.ResourceGraph/resources":
            # Who may not see something is not told that it is there.
            found = [] if "vault" in self.denied else [{"id": VAULT}]
            return Answer(200, {"totalRecords": len(found), "count": len(found), "data": found, "facets": [], "resultTruncated": "false"})
        if path == VAULT and "vault" not in self.denied:
            properties = {"enableRbacAuthorization": self.has_roles, "accessPolicies": self.policies, "vaultUri": self._cloud.server.url}
            return Answer(200, {"id": VAULT, "name": "team-vault", "type": "Microsoft.KeyVault/vaults", "properties": properties})
        at, _, of = path.partition("/providers/Microsoft.Authorization/")
        kind, _, name = of.partition("/")
        if kind in self.denied or path == VAULT:
            return wrong(403, "AuthorizationFailed")
        if kind == "roleDefinitions" and at == SUBSCRIPTION:
            role = next((role for role, known in self._ids.items() if known == name), None)
            return Answer(200, self._role(role)) if role else wrong(404, "RoleDefinitionDoesNotExist")
        secret = re.fullmatch(re.escape(VAULT) + "/secrets/([0-9A-Za-z-]+)", at)
        if not secret:
            return wrong(404, "ResourceNotFound")
        if kind == "permissions":
            return self._page(request, query, self.own.get(secret[1], self.own.get("", [])))
        if kind == "roleAssignments" and query.get("$filter") == "atScope()":
            above = [one for one in self.assignments if is_above(one["properties"]["scope"], at)]
            return self._page(request, query, above)
        return wrong(400, "BadRequest")

    def _page(self, request: Request, query: dict[str, str], things: list[Any]) -> Answer:
        start = int(query.get("$skiptoken", 0))
        end = start + self.on_page
        page: dict[str, Any] = {"value": things[start:end]}
        if end < len(things):
            path = request.path.partition("?")[0]
            page["nextLink"] = f"{self._cloud.server.url}{path}?" + urllib.parse.urlencode({**query, "$skiptoken": end})
        return Answer(200, page)

    def _role(self, name: str) -> dict[str, Any]:
        permission = {"actions": [], "notActions": [], "dataActions": [], "notDataActions": [], **ROLES[name]}
        about = {"roleName": name, "type": "BuiltInRole", "assignableScopes": ["/"], "permissions": [permission]}
        return thing("roleDefinitions", SUBSCRIPTION, self._ids[name], about)


def thing(kind: str, at: str, name: str, properties: dict[str, Any]) -> dict[str, Any]:
    kind = f"Microsoft.Authorization/{kind}"
    return {"id": f"{at.rstrip('/')}/providers/{kind}/{name}", "type": kind, "name": name, "properties": properties}


def is_above(scope: str, at: str) -> bool:
    scope = scope.rstrip("/").lower()
    is_group = scope.startswith("/providers/microsoft.management/")
    return is_group or at.lower() == scope or at.lower().startswith(scope + "/")


def wrong(status: int, code: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": "made to fail"}})
