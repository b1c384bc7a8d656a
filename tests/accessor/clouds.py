"""What the tests of the clients of clouds share: a stand-in of each cloud, and secrets in it under names of their own.

The stand-ins are those of `tests/clouds`; the clients use what the clouds publish, which is really installed.
"""

from __future__ import annotations

import itertools
import sys
import unittest
from pathlib import Path
from typing import Any

# Behind all else: the names of these modules are those of packages, too.
sys.path.append(str(Path(__file__).resolve().parents[1] / "clouds"))

SECRET = "never-shown"  # all values begin so
PLACES = {"aws": ("AWS_REGION", "AWS_DEFAULT_REGION"), "gcp": ("GOOGLE_CLOUD_PROJECT",), "azure": ("AZURE_KEYVAULT_URL",)}
LOGINS = {
    "aws": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "gcp": ("GOOGLE_APPLICATION_CREDENTIALS",),
    "azure": ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"),
}
# What a client says of these: for it, AWS gives most of what goes wrong the status 400.
SAID = {
    "aws": {401: "HTTP 400 (UnrecognizedClientException)", 403: "HTTP 400 (AccessDeniedException)", 429: "HTTP 400 (ThrottlingException)"},
    "gcp": {401: "HTTP 401 (UNAUTHENTICATED)", 403: "HTTP 403 (PERMISSION_DENIED)", 429: "HTTP 429 (RESOURCE_EXHAUSTED)"},
    "azure": {401: "HTTP 401 (Unauthorized)", 403: "HTTP 403 (Forbidden)", 429: "HTTP 429 (Throttled)"},
}
_numbers = itertools.count(1)


class OfCloud(unittest.TestCase):
    """A server that the tests of a class share, and two secrets that are there, and one that is not."""

    manager = ""
    cloud: Any

    @classmethod
    def setUpClass(cls) -> None:
        module = __import__(cls.manager)
        cls.cloud = getattr(module, cls.manager.capitalize())()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.cloud.close()

    def setUp(self) -> None:
        server = f"server-{next(_numbers)}"
        self.sources: dict[str, Any] = {}
        for name in ("A_TOKEN", "B_TOKEN", "MISSING"):
            path = f"team-{server}-{name}".replace("_", "-" if self.manager == "azure" else "_")
            self.sources[name] = (f"team/{server}", name) if self.manager == "aws" else path
        self.put(A_TOKEN=f"{SECRET}-1", B_TOKEN=f"{SECRET}-b")
        self.cloud.forget()

    def path(self, name: str = "A_TOKEN") -> str:
        source = self.sources[name]
        return str(source[0] if self.manager == "aws" else source)

    def put(self, **values: str) -> None:
        if self.manager == "aws":
            self.cloud.put(self.path(), values)
            return
        for name, value in values.items():
            self.cloud.put(self.path(name), {"": value})

    def rotate(self, value: str = f"{SECRET}-2") -> None:
        self.cloud.rotate(self.path(), "A_TOKEN" if self.manager == "aws" else "", value)

    def requests(self) -> int:
        return int(self.cloud.reads().count(self.path()))

    def failing(self, status: int | None) -> None:
        self.addCleanup(self.cloud.fail, None)
        self.cloud.fail(status)

    def stop(self) -> None:
        self.addCleanup(self.cloud.start)
        self.cloud.stop()

    def said(self, status: int) -> str:
        return SAID[self.manager].get(status, f"HTTP {status}")

    def env(self, *without: str, **settings: str) -> dict[str, str]:
        return {name: value for name, value in {**self.cloud.env(), **settings}.items() if name not in without}
