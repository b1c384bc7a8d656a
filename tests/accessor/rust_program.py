"""Programs around the templates in Rust: how they are built, and how they are told what to do.

A `Program` does what it is told on stdin and answers on a pipe of its own, so that anything on its stdout is the
accessor's. When it ends, nothing may stand on stdout, and nothing secret on stderr.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Sequence

TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or Path(__file__).resolve().parents[2] / "target")
DRIVER = Path(__file__).resolve().parent / "rust" / "driver.rs"
# In all editions: one function may be all that is used, and nothing may warn.
ALONE = """#![forbid(unsafe_code)]
#![deny(warnings, clippy::all, clippy::pedantic, missing_docs, unused_qualifications)]
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


class Panicked(Exception):
    """What the program panicked with."""


def render(template: str, sources: Mapping[str, Sequence[str]], keep: int = 300) -> str:
    """As `envacuate migrate` does: only what is between the marks is replaced."""
    words = ([name, *where] for name, where in sources.items())
    rows = "".join(f"    ({', '.join(json.dumps(word, ensure_ascii=False) for word in row)}),\n" for row in words)
    text, found = re.subn(r"(?s)(envacuate:begin\n).*?(    // envacuate:end)", lambda m: m[1] + rows + m[2], template)
    assert found == 1
    text, found = re.subn(r"(KEEP: Duration = Duration::new\()300,", rf"\g<1>{keep},", text)
    assert found == 1
    return text


class Workspace:
    """A folder for all runs, which cargo need not build again when nothing in it changed."""

    def __init__(self, name: str, lock: Path) -> None:
        self.folder = TARGET / name
        self._lock = lock
        self._members: List[str] = []
        self._files: Dict[str, str] = {}

    def write(self, file: str, text: str) -> None:
        self._files[file] = text

    def member(self, crate: str, edition: int, needs: Sequence[str]) -> None:
        lines = "\n".join(needs)
        self.add(crate, f'[package]\nname = "{crate}"\nversion = "0.0.0"\nedition = "{edition}"\n[dependencies]\n{lines}\n')

    def add(self, crate: str, manifest: str) -> None:
        """A crate as a member, empty so far."""
        self._members.append(crate)
        self.write(f"{crate}/Cargo.toml", manifest)
        self._files.setdefault(f"{crate}/src/lib.rs", "")

    def program(self, crate: str, name: str, template: str) -> None:
        """A binary with the template in it."""
        self.write(f"{crate}/src/secrets_{name}.rs", template)
        text = f'#![forbid(unsafe_code)]\n#[path = "../secrets_{name}.rs"]\nmod secrets;\n' + DRIVER.read_text()
        self.write(f"{crate}/src/bin/{name}.rs", text.replace("//! ", "// ", 1))

    def _finish(self) -> None:
        self.write("Cargo.toml", f'[workspace]\nresolver = "2"\nmembers = {json.dumps(self._members)}\n[profile.dev]\ndebug = false\n')
        self.write("Cargo.lock", self._lock.read_text())
        for file in ("clippy.toml", "rustfmt.toml"):
            self.write(file, "")  # so that those of envacuate, which may be above this folder, do not count
        for file, text in self._files.items():
            path = self.folder / file
            if not path.exists() or path.read_text() != text:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)

    def cargo(self, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        jobs = ["-j", os.environ.get("ACCESSOR_JOBS", "2"), "--locked", "--target-dir", str(TARGET)]
        return subprocess.run(["cargo", arguments[0], *jobs, *arguments[1:]], cwd=self.folder, env={**os.environ, **settings}, capture_output=True, text=True)

    def build(self, steps: Sequence[Sequence[str]]) -> Path:
        """The folder of the programs. Builds them, if this is the first of the processes that need them."""
        with self._alone():
            self._finish()
            for step in steps:
                ran = self.cargo(*step)
                if ran.returncode:
                    print(ran.stderr, file=sys.stderr, flush=True)
                    os._exit(1)  # and not the same error for each test
        return TARGET / "debug"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        TARGET.mkdir(parents=True, exist_ok=True)
        with (TARGET / f"{self.folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Program:
    def __init__(self, executable: Path, env: Mapping[str, str], deaf: bool = False) -> None:
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
