"""What the tests of the JavaScript accessor share: its file with a table of sources, and a program that reads it."""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple, Union

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import joined  # noqa: E402
from bao import Answer, Bao, Request, Stub, Unresponsive, clean_env  # noqa: E402

__all__ = [
    "Answer",
    "Bao",
    "Case",
    "Failed",
    "HERE",
    "NODE",
    "Program",
    "Request",
    "SECRET",
    "Stub",
    "Unresponsive",
    "clean_env",
    "folder",
    "kv",
    "move_clock",
    "render",
]
NODE = os.environ.get("NODE") or shutil.which("node") or "node"
SOURCES = {"A_TOKEN": ("team/server", "A_TOKEN"), "B_TOKEN": ("team/server", "B_TOKEN")}
SECRET = "never-shown"  # all values and tokens of the tests that could leak begin so, as far as we choose them

_shared: Optional[Bao] = None
_paths = 0


def bao() -> Bao:
    """The server that all tests share. A test that stops it starts it again."""
    global _shared
    if _shared is None:
        _shared = Bao()
    return _shared


def new_path() -> str:
    global _paths
    _paths += 1
    return f"team/server-{_paths}"


def folder() -> Path:
    path = Path(tempfile.mkdtemp(prefix="accessor-js-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def render(template: str, sources: Mapping[str, Union[str, Tuple[str, str]]], to: Path, manager: str = "vault") -> Path:
    """What `envacuate migrate` does with a template: only the lines between the marks are replaced."""
    text = joined.template(manager, template)
    names = {name: name if name.isidentifier() else json.dumps(name) for name in sources}
    table = "".join(f"  {names[name]}: {json.dumps(source)},\n" for name, source in sources.items())
    text, count = re.subn(
        r"(// envacuate:begin\n).*?( *// envacuate:end)", lambda m: m[1] + table + m[2], text, flags=re.S
    )
    assert count == 1
    to.write_text(text)
    return to


class Failed(Exception):
    """The program got an error. `all` is all that can be found out about it."""

    def __init__(self, error: Dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.name, self.status, self.all = error["name"], error.get("status"), error["all"]


class Program:
    """Reads secrets in a process of its own. When it ends, what it printed is looked at."""

    def __init__(
        self,
        sources: Mapping[str, Union[str, Tuple[str, str]]],
        env: Mapping[str, str],
        template: str = "secrets.mjs",
        manager: str = "vault",
        modules: Optional[Path] = None,
    ) -> None:
        self.folder = folder()
        self.file = render(template, sources, self.folder / template, manager)
        if modules:
            (self.folder / "node_modules").symlink_to(modules)
        self._errors = (self.folder / "stderr").open("w+")
        command = [NODE, str(HERE / "driver.mjs"), str(self.file)]
        pipes: Dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self._errors}
        self._process = subprocess.Popen(command, env=dict(env), text=True, **pipes)
        self.hidden: List[str] = [SECRET] + [v for k, v in env.items() if k in ("VAULT_TOKEN", "VAULT_SECRET_ID")]

    def run(self, body: str) -> Any:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(body) + "\n")
        self._process.stdin.flush()
        watchdog = threading.Timer(30, self._process.kill)
        watchdog.start()
        line = self._process.stdout.readline()
        watchdog.cancel()
        assert line.startswith("> "), f"on stdout: {line!r}; on stderr: {self.stderr()}"
        answer = json.loads(line[2:])
        if "error" in answer:
            failed = Failed(answer["error"])
            assert not any(text in failed.all for text in self.hidden), "an error shows a secret"
            raise failed
        return None if answer["unset"] else answer["value"]

    def read(self, name: str = "A_TOKEN") -> Any:
        return self.run(f"return secrets[{json.dumps(name)}]")

    def stderr(self) -> str:
        return Path(self._errors.name).read_text()

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        try:
            code = self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            code = None
        left, errors = self._process.stdout.read(), self.stderr()
        self._process.stdout.close()
        self._errors.close()
        if kind is None:
            assert code == 0, f"the program does not end by itself: {code}\n{errors}"
            assert left == "", f"on stdout: {left!r}"
            assert not any(text in errors for text in self.hidden), "stderr shows a secret"


class Case(unittest.TestCase):
    """A path of its own with one value in it, and who may read it."""

    def setUp(self) -> None:
        self.bao = bao()
        self.path = new_path()
        self.bao.put(self.path, {"A_TOKEN": f"{SECRET}-1", "B_TOKEN": f"{SECRET}-b"})
        self.policy = self.bao.policy(self.path)
        self.sources = {name: (self.path, key) for name, (_, key) in SOURCES.items()}
        self.bao.forget()

    def env(self, **settings: object) -> Dict[str, str]:
        all_settings: Dict[str, object] = {"VAULT_ADDR": self.bao.addr, **settings}
        return clean_env(**all_settings)

    def with_token(self, **settings: object) -> Dict[str, str]:
        return self.env(VAULT_TOKEN=self.bao.token(self.policy), **settings)

    def program(self, env: Optional[Mapping[str, str]] = None, **settings: object) -> Program:
        """With a token unless an environment is given."""
        return Program(self.sources, self.with_token(**settings) if env is None else env)

    def rotate(self, value: str = f"{SECRET}-2") -> None:
        self.bao.rotate(self.path, "A_TOKEN", value)

    def requests(self) -> int:
        return len(self.bao.audit(self.path))

    def read_is(self, program: Program, value: Optional[str], name: str = "A_TOKEN") -> None:
        self.assertEqual(program.read(name), value)

    def read_fails(self, program: Program, *says: str, name: str = "A_TOKEN") -> Failed:
        with self.assertRaises(Failed) as caught:
            program.read(name)
        self.assertEqual(caught.exception.name, "SecretError")
        for text in says:
            self.assertIn(text, str(caught.exception))
        return caught.exception

    def eventually(self, program: Program, value: str, seconds: float = 5.0) -> None:
        until = time.monotonic() + seconds
        while program.read() != value and time.monotonic() < until:
            time.sleep(0.1)
        self.read_is(program, value)


def kv(**data: object) -> Dict[str, Any]:
    """The body of an answer of KV v2."""
    return {"data": {"data": data, "metadata": {"version": 1}}}


def move_clock(program: Program, seconds: int) -> None:
    program.run(f"const real = Date.now; Date.now = () => real() + {seconds * 1000}")
