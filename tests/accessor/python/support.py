"""Runs the accessor in a process of its own and looks at it from outside.

A `Program` evaluates what it is told to and answers on a pipe of its own, so that anything on its stdout is the
accessor's. When it ends, nothing may stand on stdout, and nothing secret on stderr.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import joined
from bao import Bao, clean_env

PYTHON = os.environ.get("ACCESSOR_PYTHON") or sys.executable
THROUGH = os.environ.get("ACCESSOR_THROUGH", "builtin")  # what the accessor asks Vault with

DRIVER = """
import json, os, sys
answers = os.fdopen(int(sys.argv[1]), "w")
scope = {"__name__": "program"}
for line in sys.stdin:
    text = json.loads(line)
    try:
        try:
            code = compile(text, "<program>", "eval")
        except SyntaxError:
            exec(compile(text, "<program>", "exec"), scope)
            answer = {"value": None}
        else:
            answer = {"value": eval(code, scope)}
    except BaseException as error:
        answer = {"error": type(error).__name__, "text": str(error), "bases": [c.__name__ for c in type(error).__mro__]}
    print(json.dumps(answer), file=answers, flush=True)
answers.close()
"""


class Raised(Exception):
    """What the program raised."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__(f"{answer['error']}: {answer['text']}")
        self.kind, self.text, self.bases = answer["error"], answer["text"], answer["bases"]


def render(folder: Path, sources: Mapping[str, Any], manager: str = "vault", **constants: float) -> None:
    """Puts the accessor into the folder, as `envacuate migrate` does: only what is between the marks is replaced."""
    rows = "".join(f"    {json.dumps(name)}: {source!r},\n" for name, source in sources.items())
    text, found = re.subn(r"(?s)(envacuate:begin\n).*?(    # envacuate:end)", lambda m: m[1] + rows + m[2], joined.template(manager, f"{manager}_secrets.py", THROUGH if manager == "vault" else ""))
    assert found == 1
    for name, value in constants.items():
        text, found = re.subn(rf"(?m)^{name} = [\d.]+", f"{name} = {value}", text)
        assert found == 1
    (folder / f"{manager}_secrets.py").write_text(text)


class Program:
    def __init__(self, sources: Mapping[str, Any], env: Mapping[str, str], manager: str = "vault", **constants: float) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="accessor-python-"))
        render(self.folder, sources, manager, **constants)
        reading, writing = os.pipe()
        self._log = (self.folder / "stderr").open("wb+")
        self._process = subprocess.Popen(
            [PYTHON, "-c", DRIVER, str(writing)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=self.folder,
            env={**env, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "default::ResourceWarning"},
            pass_fds=[writing],
        )
        os.close(writing)
        self._answers = os.fdopen(reading)
        self(f"from {manager}_secrets import *; import {manager}_secrets, os, time")
        self("clock, ahead = time.time, 0; time.time = lambda: clock() + ahead")

    def __call__(self, code: str) -> Any:
        """The value of an expression, or None after statements."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(code).encode() + b"\n")
        self._process.stdin.flush()
        answer = json.loads(self._answers.readline() or '{"error": "Ended", "text": "", "bases": []}')
        if "error" in answer:
            raise Raised(answer)
        return answer["value"]

    def later(self, seconds: float) -> None:
        """Sets the program's clock forward: a test that need not wait is not slow, and does not fail where all is slow."""
        self(f"ahead += {seconds}")

    def soon(self, code: str) -> bool:
        """The expression is true, or gets so within a time that is long enough for what happens in the background."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self(code):
                return True
            time.sleep(0.05)
        return False

    def read(self, name: str) -> str:
        value = self(f"secrets[{name!r}]")
        assert isinstance(value, str)
        return value

    def stderr(self) -> str:
        return (self.folder / "stderr").read_text()

    def end(self) -> str:
        """Ends the program. Returns what it wrote on stdout."""
        stdout, _ = self._process.communicate(timeout=20)
        self._answers.close()
        self._log.close()
        return stdout.decode()


class Case(unittest.TestCase):
    """Tests with a server that all of them share, a path of their own and a token that may read it."""

    shared: Bao | None = None
    _paths: Iterator[int] = iter(range(1, 10**6))

    def setUp(self) -> None:
        self.values: list[str] = []  # what must not be on stderr
        self.path = f"team/server-{next(Case._paths)}"
        self.sources = {"A_TOKEN": (self.path, "A_TOKEN"), "B_TOKEN": (self.path, "B_TOKEN")}

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

    def put(self, data: Mapping[str, Any], bao: Bao | None = None) -> None:
        self.values += [str(value) for value in data.values() if len(str(value)) > 4]
        (bao or self.bao).put(self.path, data)

    def token(self, bao: Bao | None = None) -> str:
        bao = bao or self.bao
        self.policy = bao.policy(self.path)
        token = bao.token(self.policy)
        bao.forget()
        return token

    def program(self, bao: Bao | None = None, constants: Mapping[str, float] | None = None, **settings: object) -> Program:
        """A program with a token for the test's path, unless it is told another way to log in (`VAULT_TOKEN=None`)."""
        if "VAULT_TOKEN" not in settings:
            settings["VAULT_TOKEN"] = self.token(bao)
        settings = {"VAULT_ADDR": (bao or self.bao).addr if bao or "VAULT_ADDR" not in settings else None, **settings}
        env = clean_env(**settings)
        self.values += [env[name] for name in ("VAULT_TOKEN", "VAULT_SECRET_ID") if name in env]
        program = Program(self.sources, env, **(constants or {}))
        self.addCleanup(self._end, program)
        return program

    def _end(self, program: Program) -> None:
        stdout, stderr = program.end(), program.stderr()
        shutil.rmtree(program.folder)
        self.assertEqual(stdout, "")
        self.assertNotIn("Traceback", stderr)
        self.assertNotIn("ResourceWarning", stderr, "nothing is left open")
        for value in self.values:
            self.assertNotIn(value, stderr)

    def fails(self, program: Program, code: str, *parts: str) -> str:
        """The code raises SecretError, which is no KeyError, with these parts in its text and nothing secret."""
        with self.assertRaises(Raised) as caught:
            program(code)
        raised = caught.exception
        self.assertEqual(raised.kind, "SecretError", raised.text)
        self.assertNotIn("KeyError", raised.bases)
        for part in parts:
            self.assertIn(part, raised.text)
        for value in self.values:
            self.assertNotIn(value, raised.text)
        return str(raised.text)

    def absent(self, program: Program, name: str) -> None:
        """The name is as one that is not set."""
        with self.assertRaises(Raised) as caught:
            program.read(name)
        self.assertEqual(caught.exception.kind, "KeyError", caught.exception.text)
        self.assertEqual(program(f"[secrets.get({name!r}), secrets.get({name!r}, 'other'), {name!r} in secrets]"), [None, "other", False])


def kv(data: Mapping[str, Any]) -> dict[str, Any]:
    """An answer of KV v2, for the tests that need a stub."""
    return {"data": {"data": dict(data), "metadata": {"version": 1}}}
