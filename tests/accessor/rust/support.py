"""Builds a program around each of the templates, once, and looks at it from outside.

All tests share the programs and so their table of sources; what keeps tests apart is a KV mount of its own for each.
See `rust_program.py` for how they are told what to do.
"""

from __future__ import annotations

import functools
import sys
import unittest
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional

from bao import Bao, clean_env
from rust_program import ALONE, Panicked, Program, Workspace, render, value
from rust_templates import templates

HERE = Path(__file__).resolve().parent
TEMPLATES = dict(zip(("ureq", "reqwest", "vaultrs"), templates("vault")))
CLIENTS = {
    "ureq": 'ureq = { version = "3", default-features = false, features = ["rustls"] }',
    "reqwest": 'reqwest = { version = "0.12", default-features = false, features = ["rustls-tls"] }',
    "vaultrs": 'vaultrs = { version = "0.8", default-features = false, features = ["rustls"] }\nrustify = { version = "0.7", default-features = false }',
}
TOKIO = 'tokio = { version = "1", features = ["rt", "rt-multi-thread", "time"] }'
ANSWER = {"request_id": "", "lease_id": "", "renewable": False, "lease_duration": 0, "data": None, "auth": None, "warnings": None, "wrap_info": None}
PATH, OTHER = "team/server", "team/other"
SOURCES = {"A_TOKEN": (PATH, "A_TOKEN"), "B_TOKEN": (PATH, "B_TOKEN"), "C_TOKEN": (OTHER, "key"), "ODD": ("mit leer/ü?#", "a key")}
BINARIES = {"program": 300, "short": 6, "abort": 300}  # seconds that a value is held at most


@functools.lru_cache(maxsize=None)
def workspace() -> Workspace:
    made = Workspace("accessor-rust", HERE / "Cargo.lock")
    for template in TEMPLATES:
        for edition in (2021, 2024):
            crate = f"{template}-{edition}"
            made.member(crate, edition, [CLIENTS[template], 'serde_json = "1"', TOKIO])
            made.write(f"{crate}/src/lib.rs", ALONE)
            made.write(f"{crate}/src/secrets.rs", render(TEMPLATES[template], SOURCES))
        for name, keep in BINARIES.items():
            made.program(f"{template}-2021", f"{template}-{name}", render(TEMPLATES[template], SOURCES, keep))
    return made


@functools.lru_cache(maxsize=None)
def programs() -> Path:
    chosen = [part for template in TEMPLATES for name in BINARIES if name != "abort" for part in ("--bin", f"{template}-{name}")]
    steps = [["build", "--workspace", "--lib", *chosen]]
    # What was compiled to unwind may be linked into what aborts.
    steps += [["rustc", "-p", f"{template}-2021", "--bin", f"{template}-abort", "--", "-Cpanic=abort"] for template in TEMPLATES]
    return workspace().build(steps)


class Case(unittest.TestCase):
    """Tests with a server that all of them share, a mount of their own and a token that may read one path of it."""

    template = "ureq"
    shared: Optional[Bao] = None
    _mounts: Iterator[int] = iter(range(1, 10**6))

    def setUp(self) -> None:
        programs()
        self.values: List[str] = []  # what must not be on stderr
        self.mount = f"kv-{next(Case._mounts)}"
        self._there: Dict[int, bool] = {}
        self.policy = ""

    @property
    def bao(self) -> Bao:
        if Case.shared is None:
            Case.shared = Bao()
        return Case.shared

    def own_bao(self, **settings: bool) -> Bao:
        """A server of this test only, for what would disturb others."""
        bao = Bao(**settings)
        self.addCleanup(bao.close)
        return bao

    def put(self, data: Mapping[str, Any], bao: Optional[Bao] = None, path: str = PATH) -> None:
        bao = bao or self.bao
        self.values += [str(text) for text in data.values() if len(str(text)) > 4]
        if id(bao) not in self._there:
            bao.enable_kv(self.mount)
            self._there[id(bao)] = True
        bao.put(path, data, self.mount)

    def token(self, bao: Optional[Bao] = None, *paths: str) -> str:
        bao = bao or self.bao
        self.policy = bao.policy(*(paths or [PATH]), mount=self.mount)
        token = bao.token(self.policy)
        bao.forget()
        return token

    def reads(self, bao: Optional[Bao] = None) -> List[Any]:
        return [read for read in (bao or self.bao).audit() if read.mount == self.mount]

    def program(self, bao: Optional[Bao] = None, binary: str = "program", deaf: bool = False, **settings: object) -> Program:
        """A program with a token for the test's path, unless it is told another way to log in (`VAULT_TOKEN=None`)."""
        if "VAULT_TOKEN" not in settings:
            settings["VAULT_TOKEN"] = self.token(bao) if "VAULT_ADDR" not in settings else "hvs.fixture"
        address = (bao or self.bao).addr if "VAULT_ADDR" not in settings else None
        env = clean_env(**{"VAULT_ADDR": address, "VAULT_KV_MOUNT": self.mount, **settings})
        self.values += [env[name] for name in ("VAULT_TOKEN", "VAULT_SECRET_ID") if name in env]
        program = Program(programs() / f"{self.template}-{binary}", env, deaf)
        self.addCleanup(self._end, program)
        return program

    def _end(self, program: Program) -> None:
        stdout, stderr = program.end(), program.stderr()
        self.assertEqual(stdout, "")
        for text in self.values:
            self.assertNotIn(text, stderr)

    def fails(self, program: Program, command: List[object], *parts: str) -> str:
        """The command panics with these parts in its text and nothing secret."""
        with self.assertRaises(Panicked) as caught:
            program(*command)
        text = str(caught.exception)
        for part in parts:
            self.assertIn(part, text)
        for secret in self.values:
            self.assertNotIn(secret, text)
        return text

    def absent(self, program: Program, name: str) -> None:
        """The name is as one that is not set."""
        self.assertEqual(program("var", name), ["environment variable not found"])
        self.assertIsNone(program("var_os", name))


def with_each_client(case: type) -> type:
    """The tests of the class run with the others, too. Those of other classes are of what the templates have in common."""
    module = sys.modules[case.__module__]
    for template in list(TEMPLATES)[1:]:
        name = f"{case.__name__}With{template.title()}"
        setattr(module, name, type(name, (case,), {"template": template, "__module__": case.__module__}))
    return case


def kv(data: Mapping[str, Any]) -> Dict[str, Any]:
    """An answer of KV v2, for the tests that need a stub: with all that libraries want to see in it."""
    metadata = {"created_time": "", "deletion_time": "", "custom_metadata": None, "destroyed": False, "version": 1}
    return {**ANSWER, "data": {"data": dict(data), "metadata": metadata}}


def auth(token: str, seconds: int) -> Dict[str, Any]:
    """An answer of a login."""
    policies = {"policies": [], "token_policies": [], "metadata": None, "renewable": True, "entity_id": ""}
    return {**ANSWER, "auth": {"client_token": token, "accessor": "", "lease_duration": seconds, "token_type": "service", "orphan": True, **policies}}
