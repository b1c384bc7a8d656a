"""Three servers with four secrets in a folder, the program on them, and a proxy that does to the network what tests need.

What every test holds without saying so: no value and no token is in what the program says, in its journal or in the
manifest, and no source has changed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from bao import Answer, Bao, Request, Stub, clean_env

PROGRAM = ""  # set by run.py
WINDOW = 8  # so many characters of a value in a row are a leak
ALPHA = {"A_PASSWORD": "pW7 'tricky\" \\ $HOME` é漢#x", "A_TOKEN": "q7Rt92xLmVb8Nc1ZkQ4wYp3H"}
BETA = {"B_TOKEN": "m3Kd81sPwYe5Tg6BnJ2vXc9R"}
GAMMA = {"C_TOKEN": "z4Hf70aQuLr2Wi8DmO5yGb1S"}
OTHER = "k5Nv63eZsCq9Xj4FtM7uAh2W"
VALUES = {**ALPHA, **BETA, **GAMMA}
SERVERS = {"alpha": ALPHA, "beta": BETA, "gamma": GAMMA}


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Case(unittest.TestCase):
    """With one server for all tests of a class, and a team of its own for each."""

    bao: Bao
    manifest: str
    tls = False
    teams = 0

    @classmethod
    def setUpClass(cls) -> None:
        cls.bao = Bao(tls=cls.tls)
        cls.bao.put("warm/up", {"a": "b"})
        cls.manifest = migrated()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.bao.close()

    def setUp(self) -> None:
        Case.teams += 1
        self.team = f"crew{Case.teams}"
        self.dir = Path(tempfile.mkdtemp(prefix="push-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.manifest_file = self.dir / "envacuate.manifest.json"
        self.manifest_file.write_text(self.manifest.replace("crew0", self.team))
        self.journal_file = self.dir / ".envacuate/push.jsonl"
        self.dotenv = self.dir / ".env"
        self.write_dotenv(VALUES)
        self.policy = self.push_policy()
        self.token = self.bao.token(self.policy)
        self.secrets = [*VALUES.values(), OTHER, self.bao.root, self.token]
        self.bao.forget()

    # --- What there is.

    def write_dotenv(self, values: dict[str, str]) -> None:
        quoted = {name: value.replace("\\", "\\\\").replace('"', '\\"') for name, value in values.items()}
        self.dotenv.write_text("".join(f'{name}="{value}"\n' for name, value in quoted.items()))

    def path(self, server: str) -> str:
        return f"{self.team}/{server}"

    def push_policy(self) -> str:
        """The one of the manifest."""
        own = [policy for policy in json.loads(self.manifest_file.read_text())["policies"] if policy["for"] == "push"]
        self.bao.api("PUT", f"sys/policies/acl/{own[0]['name']}", {"policy": own[0]["text"]})
        return str(own[0]["name"])

    def rules(self, rules: str) -> str:
        """A token that may do this, below the team and the mount."""
        name = f"{self.team}-own-{len(self.secrets)}"
        self.bao.api("PUT", f"sys/policies/acl/{name}", {"policy": rules.replace("TEAM", self.team)})
        token = self.bao.token(name)
        self.secrets.append(token)
        return token

    def strategy(self, name: str, strategy: str) -> None:
        manifest = json.loads(self.manifest_file.read_text())
        for secret in manifest["secrets"]:
            if secret["name"] == name:
                secret["strategy"] = strategy
        self.manifest_file.write_text(json.dumps(manifest))

    def there(self, server: str, namespace: str = "") -> dict[str, str] | None:
        try:
            found = self.bao.api("GET", f"secret/data/{self.path(server)}", namespace=namespace)
        except RuntimeError as error:
            self.assertIn("HTTP 404", str(error))
            return None
        return dict(found["data"]["data"])

    def versions(self, server: str) -> int:
        found = self.bao.api("GET", f"secret/metadata/{self.path(server)}")
        return int(found["data"]["current_version"])

    def journal(self) -> list[tuple[str, str, str | None]]:
        """Server, state and version of each line."""
        lines = [json.loads(line) for line in self.journal_file.read_text().splitlines() if line.endswith("}")]
        return [(line["path"].split("/")[1], line["state"], line["version"]) for line in lines]

    # --- The program.

    def settings(self, **settings: object) -> dict[str, str]:
        known = {"VAULT_ADDR": self.bao.addr, "VAULT_TOKEN": self.token, **settings}
        return clean_env(**known)

    def start(self, *arguments: str, **settings: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=self.dir,
            env=self.settings(**settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self, process: subprocess.Popen[str]) -> Ran:
        out, err = process.communicate(timeout=60)
        self.holds_no_value("standard output", out)
        self.holds_no_value("standard error", err)
        if self.journal_file.exists():
            self.holds_no_value("the journal", self.journal_file.read_text())
        self.holds_no_value("the manifest", self.manifest_file.read_text())
        # Errors are wrapped for a terminal.
        return Ran(process.returncode, out, " ".join(err.replace("│", " ").split()))

    def run_(self, *arguments: str, **settings: object) -> Ran:
        return self.end(self.start(*arguments, **settings))

    def push(self, code: int, *arguments: str, **settings: object) -> Ran:
        before = self.dotenv.read_text()
        ran = self.run_("push", *(arguments or ("--from-file", ".env")), **settings)
        self.assertEqual(ran.code, code, ran.out + ran.err)
        self.assertEqual(self.dotenv.read_text(), before, "a source has changed")
        return ran

    def holds_no_value(self, what: str, text: str) -> None:
        for value in self.secrets:
            for at in range(len(value) - WINDOW + 1):
                self.assertNotIn(value[at : at + WINDOW], text, f"a value is in {what}")

    def all_there(self) -> None:
        for server, values in SERVERS.items():
            self.assertEqual(self.there(server), values)


def migrated() -> str:
    """The manifest that `migrate` writes for the servers."""
    with tempfile.TemporaryDirectory() as folder:
        for server, values in SERVERS.items():
            package = Path(folder, server)
            package.mkdir()
            (package / "package.json").write_text(json.dumps({"name": server}))
            reads = [f"export const {name.lower()} = () => process.env.{name};\n" for name in values]
            (package / "index.ts").write_text("".join(reads))
        words = [PROGRAM, "migrate", "--team", "crew0", "--write", "--allow-no-vcs"]
        ran = subprocess.run(words, cwd=folder, env=clean_env(), capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if ran.returncode:
            raise RuntimeError(ran.stdout + ran.stderr)
        return Path(folder, "envacuate.manifest.json").read_text()


class Cut(Exception):
    """The connection ends without an answer."""


class Proxy:
    """Between the program and the server. `on_write(number, forward)` says what happens to each write of a secret.

    `forward()` asks the server and gives its answer; what is raised is a connection that ends.
    """

    def __init__(self, bao: Bao, on_write: Callable[[int, Callable[[], Answer]], Answer]) -> None:
        self.bao = bao
        self.on_write = on_write
        self.on_read: Callable[[Callable[[], Answer]], Answer] = lambda forward: forward()
        self.writes = 0
        self._lock = threading.Lock()
        self.stub = Stub(self._answer)
        # A connection that is cut on purpose is no error to print.
        self.stub._server.handle_error = lambda *_: None  # type: ignore[method-assign]

    @property
    def addr(self) -> str:
        return self.stub.addr

    def close(self) -> None:
        self.stub.close()

    def _answer(self, request: Request) -> Answer:
        def forward() -> Answer:
            return self._forward(request)

        is_secret = "/data/" in request.path
        if is_secret and request.method == "POST":
            with self._lock:
                self.writes += 1
                number = self.writes
            return self.on_write(number, forward)
        return self.on_read(forward) if is_secret else forward()

    def _forward(self, request: Request) -> Answer:
        kept = {name: value for name, value in request.headers.items() if name.startswith("x-vault") or name == "content-type"}
        data = request.body if request.method in ("POST", "PUT") else None
        asked = urllib.request.Request(self.bao.addr + request.path, data, kept, method=request.method)
        try:
            with self.bao._opener().open(asked, timeout=20) as reply:
                return Answer(reply.status, reply.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read())
        except OSError as error:
            raise Cut from error


def kill(process: subprocess.Popen[str]) -> None:
    """As the system does when memory is short: without a word."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
