"""The release build and the wheel, for the tests of packages and hooks. Built once: the second time nothing has changed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target").resolve()
BUILT = TARGET / "packages"
BINARY = TARGET / "release/envacuate"
LARGEST = 15_000_000
VERSION = re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]


def ran(*command: object, code: int = 0, text: str | None = None, cwd: Path | None = None, **env: str) -> str:
    """What a program prints that ends with this exit code."""
    words = [str(word) for word in command]
    ended = subprocess.run(words, input=text or "", cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True)
    said = ended.stdout + ended.stderr
    assert ended.returncode == code, f"exit {ended.returncode} and not {code} of {' '.join(words)}\n{said}"
    return said


def build() -> Path:
    """The wheel; builds the program for a release first, as `cargo build --release` does."""
    shutil.rmtree(BUILT, ignore_errors=True)
    started = time.monotonic()
    ran("maturin", "build", "--release", "--locked", "--out", BUILT, cwd=ROOT / "packaging/pypi", CARGO_TARGET_DIR=str(TARGET))
    size = BINARY.stat().st_size
    print(f"release build {time.monotonic() - started:.0f} s, binary {size / 1e6:.1f} MB", flush=True)
    assert size < LARGEST, f"the binary has {size} bytes, and may have {LARGEST}"
    [wheel] = BUILT.glob("*.whl")
    return wheel
