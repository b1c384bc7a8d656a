"""Builds a program around each of the two templates, once, and looks at it from outside.

All tests share the programs and so their table of sources; what keeps tests apart is a KV mount of its own for each.
A `Program` does what it is told on stdin and answers on a pipe of its own, so that anything on its stdout is the
accessor's. When it ends, nothing may stand on stdout, and nothing secret on stderr.
"""

from __future__ import annotations

import fcntl
import functools
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional

from bao import Bao, clean_env

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE.parents[2] / "src/backend/vault"
FILES = {"ureq": TEMPLATES / "secrets.rs", "reqwest": TEMPLATES / "secrets_reqwest.rs"}
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or HERE.parents[2] / "target")
CLIENTS = {
    "ureq": 'ureq = { version = "3", default-features = false, features = ["rustls"] }',
    "reqwest": 'reqwest = { version = "0.12", default-features = false, features = ["rustls-tls"] }',
}
TOKIO = 'tokio = { version = "1", features = ["rt", "rt-multi-thread"] }'
PATH, OTHER = "team/server", "team/other"
SOURCES = {"A_TOKEN": (PATH, "A_TOKEN"), "B_TOKEN": (PATH, "B_TOKEN"), "C_TOKEN": (OTHER, "key"), "ODD": ("mit leer/ü?#", "a key")}
# In both editions: one function may be all that is used, and nothing may warn.
ALONE = """#![forbid(unsafe_code)]
#![deny(warnings)]
#![allow(clippy::duplicate_mod, clippy::must_use_candidate)]

//! The accessor, in a crate that uses one of its functions.

#[path = "secrets.rs"]
mod one;
#[path = "secrets.rs"]
mod two;
#[path = "secrets.rs"]
mod three;

/// Reads.
pub fn reads() -> bool {
    one::var("A_TOKEN").is_ok()
}

/// Reads.
pub fn reads_os() -> bool {
    two::var_os("A_TOKEN").is_some()
}

/// Reads.
pub fn reads_all() {
    three::preload();
}
"""
BINARIES = {"program": 300, "short": 6, "abort": 300}  # seconds that a value is held at most


class Panicked(Exception):
    """What the program panicked with."""


def render(template: str, keep: int = 300) -> str:
    """As `envacuate migrate` does: only what is between the marks is replaced."""
    rows = "".join(f"    ({json.dumps(n, ensure_ascii=False)}, {json.dumps(p, ensure_ascii=False)}, {json.dumps(k)}),\n" for n, (p, k) in SOURCES.items())
    text, found = re.subn(r"(?s)(envacuate:begin\n).*?(    // envacuate:end)", lambda m: m[1] + rows + m[2], FILES[template].read_text())
    assert found == 1
    text, found = re.subn(r"(KEEP: Duration = Duration::new\()300,", rf"\g<1>{keep},", text)
    assert found == 1
    return text


@functools.lru_cache(maxsize=None)
def workspace() -> Path:
    """One folder for all runs, which cargo need not build again when nothing in it changed."""
    folder = TARGET / "accessor-rust"

    def write(file: str, text: str) -> None:
        if not (folder / file).exists() or (folder / file).read_text() != text:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text)

    members = []
    for template in FILES:
        for edition in (2021, 2024):
            crate = f"{template}-{edition}"
            members.append(crate)
            needs = "\n".join([CLIENTS[template], 'serde_json = "1"', TOKIO])
            write(f"{crate}/Cargo.toml", f'[package]\nname = "{crate}"\nversion = "0.0.0"\nedition = "{edition}"\n[dependencies]\n{needs}\n')
            write(f"{crate}/src/lib.rs", ALONE)
            write(f"{crate}/src/secrets.rs", render(template))
        for name, keep in BINARIES.items():
            write(f"{template}-2021/src/secrets_{name}.rs", render(template, keep))
            text = f"#![forbid(unsafe_code)]\n#[path = \"../secrets_{name}.rs\"]\nmod secrets;\n" + (HERE / "driver.rs").read_text()
            write(f"{template}-2021/src/bin/{template}-{name}.rs", text.replace("//! ", "// ", 1))
    write("Cargo.toml", f'[workspace]\nresolver = "2"\nmembers = {json.dumps(members)}\n[profile.dev]\ndebug = false\n')
    write("Cargo.lock", (HERE / "Cargo.lock").read_text())
    for file in ("clippy.toml", "rustfmt.toml"):
        write(file, "")  # so that those of envacuate, which may be above this folder, do not count
    return folder


def cargo(*arguments: str) -> "subprocess.CompletedProcess[str]":
    jobs = [] if arguments[0] == "fmt" else ["-j", os.environ.get("ACCESSOR_JOBS", "2"), "--locked", "--target-dir", str(TARGET)]
    return subprocess.run(["cargo", arguments[0], *jobs, *arguments[1:]], cwd=workspace(), capture_output=True, text=True)


@functools.lru_cache(maxsize=None)
def programs() -> Path:
    """The folder of the programs. Builds them, if this is the first of the processes that need them."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with (TARGET / "accessor-rust.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        chosen = [part for template in FILES for name in BINARIES if name != "abort" for part in ("--bin", f"{template}-{name}")]
        steps = [["build", "--workspace", "--lib", *chosen]]
        # What was compiled to unwind may be linked into what aborts.
        steps += [["rustc", "-p", f"{template}-2021", "--bin", f"{template}-abort", "--", "-Cpanic=abort"] for template in FILES]
        for step in steps:
            ran = cargo(*step)
            if ran.returncode:
                print(ran.stderr, file=sys.stderr, flush=True)
                os._exit(1)  # and not the same error for each test
    return TARGET / "debug"


class Program:
    def __init__(self, binary: str, env: Mapping[str, str], deaf: bool = False) -> None:
        executable = programs() / binary
        reading, writing = os.pipe()
        self._log = tempfile.TemporaryFile()
        nobody, stderr = os.pipe() if deaf else (None, self._log)
        self._process = subprocess.Popen(
            [executable, f"/dev/fd/{writing}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, env=dict(env), pass_fds=[writing]
        )
        os.close(writing)
        if deaf:  # a stderr that nobody reads
            os.close(nobody)
            os.close(stderr)
        self._answers = os.fdopen(reading)

    def __call__(self, *command: object) -> Any:
        """The answer to a command. What panicked raises `Panicked`."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        self._process.stdin.flush()
        return value(json.loads(self._answers.readline() or '{"panic": "the program has ended"}'))

    def read(self, name: str) -> str:
        answer = self("var", name)
        assert isinstance(answer, str), answer
        return answer

    def set(self, **settings: object) -> None:
        for name, text in settings.items():
            self("set", name, str(text))

    def stderr(self) -> str:
        self._log.seek(0)
        return self._log.read().decode()

    def told(self) -> List[str]:
        """What the accessor wrote on stderr, without what panics did."""
        return [line for line in self.stderr().splitlines() if line.startswith("secrets:")]

    def end(self) -> str:
        """Ends the program. Returns what it wrote on stdout."""
        stdout, _ = self._process.communicate(timeout=20)
        self._answers.close()
        self.status = self._process.returncode
        return stdout.decode()


def value(answer: Mapping[str, Any]) -> Any:
    if "panic" in answer:
        raise Panicked(answer["panic"])
    return answer["value"]


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
        program = Program(f"{self.template}-{binary}", env, deaf)
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
    """The tests of the class run with reqwest, too. Those of other classes are of what the templates have in common."""
    module = sys.modules[case.__module__]
    name = f"{case.__name__}WithReqwest"
    setattr(module, name, type(name, (case,), {"template": "reqwest", "__module__": case.__module__}))
    return case


def kv(data: Mapping[str, Any]) -> Dict[str, Any]:
    """An answer of KV v2, for the tests that need a stub."""
    return {"data": {"data": dict(data), "metadata": {"version": 1}}}
