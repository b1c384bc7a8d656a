#!/usr/bin/env python3
"""Migrates demo MCP servers and proves on the running servers that it worked: `run.py ENVACUATE [ts|cjs|python|rust …]`.

Each server is built on the official SDK and calls an upstream with a token. It is migrated, its value goes into a real
OpenBao, it is started with no secret in its environment and called over stdio; then the value is rotated, Vault is
stopped and started, and the environment is used again. Needs git, `bao`, for ts and cjs `npm ci` in `tests/e2e/npm` (or
NODE_MODULES), for python `mcp` in the Python that runs this (or PYTHON), and cargo for rust; `tests/live/run.py` installs
that. Without names, all servers.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "accessor"))
sys.dont_write_bytecode = True

from bao import Answer, Bao, Stub, clean_env  # noqa: E402
from stdio import PATIENCE, Server  # noqa: E402

NAME = "UPSTREAM_TOKEN"
TTL = 1
VALUES = ("fixture-value-one", "fixture-value-two", "fixture-value-env")
MODULES = Path(os.environ.get("NODE_MODULES") or HERE / "npm/node_modules").resolve()
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or HERE.parents[1] / "target").resolve()
SERVERS = {
    "ts": ("platform/notes-ts", ["node", "dist/index.js"]),
    "cjs": ("platform/notes-cjs", ["node", "server.js"]),
    "python": ("platform/notes-python", [os.environ.get("PYTHON", sys.executable), "-m", "notes_mcp"]),
    "rust": ("platform/notes-rust", [str(TARGET / "debug/notes-rust")]),
}


class Notes(Server):
    """A server with the one tool that all of them have."""

    def greet(self) -> Notes:
        tools = super().greet()
        assert tools == ["note"], tools
        return self

    def call(self, patience: float = PATIENCE) -> str | None:
        """The text of the answer; of an error, its text behind `error: `."""
        answer = self.ask("tools/call", {"name": "note", "arguments": {"id": "1"}}, patience)
        if answer is None:
            return None
        if "error" in answer:
            return "error: " + answer["error"]["message"]
        text = answer["result"]["content"][0]["text"]
        return "error: " + text if answer["result"].get("isError") else text


def until(holds: Callable[[], bool], what: str) -> None:
    """Asks again until it holds, as long as a slow machine may need."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"not within {PATIENCE} s: {what}"
        time.sleep(0.1)


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=e2e", "-c", "user.email=e2e@localhost", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=e2e")


def migrate(envacuate: str, folder: Path) -> str:
    command = [envacuate, "migrate", "--team", "platform", "--write"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    named = {path.relative_to(folder): path for path in files}
    return {str(name): path.read_bytes() for name, path in named.items() if not {".envacuate", ".git", "node_modules"} & set(name.parts)}


def build(name: str, folder: Path) -> None:
    """What stands between the migration and a start, as the manifest says."""
    if name == "ts":
        subprocess.run(["node", "node_modules/typescript/bin/tsc", "-p", "."], cwd=folder, check=True)
        step(name, "compiles under strict")
    if name == "rust":
        steps = json.loads((folder / "envacuate.manifest.json").read_text())["steps"]
        assert any("`cargo check`" in text and "Cargo.lock" in text for text in steps), steps
        locked = contents(folder)["Cargo.lock"]
        for flags in ([], ["--locked"]):  # a build does for Cargo.lock what the check does, and is needed anyway
            subprocess.run(["cargo", "build", "--quiet", *flags, "--target-dir", str(TARGET)], cwd=folder, check=True)
        assert contents(folder)["Cargo.lock"] != locked
        commit(folder)
        step(name, "compiles, and `--locked` after the step of the manifest")


def prove(envacuate: str, name: str, bao: Bao, folder: Path) -> None:
    path, command = SERVERS[name]
    shutil.copytree(HERE / "servers" / name, folder)
    if name in ("ts", "cjs"):
        (folder / "node_modules").symlink_to(MODULES)
    (folder / ".gitignore").write_text("node_modules\n/dist\n__pycache__\n")
    git(folder, "init", "--quiet")
    commit(folder)
    printed = migrate(envacuate, folder)
    migrated = contents(folder)
    commit(folder)
    printed += migrate(envacuate, folder)
    again = contents(folder)
    assert again.keys() == migrated.keys()
    changed = [file for file in again if again[file] != migrated[file]]
    assert not changed, f"a second run changed {changed}"
    step(name, "migrated; a second run changes nothing")
    build(name, folder)
    seen: list[str] = []

    def upstream(request) -> Answer:
        seen.append(request.headers.get("authorization", ""))
        return Answer(200, b"a note")

    def serves(server: Notes, value: str) -> bool:
        answer = server.call()
        assert answer == "a note", f"{answer} {server.told()}"
        return seen[-1] == f"Bearer {value}"

    with Stub(upstream) as stub:
        bao.put(path, {NAME: VALUES[0]})
        role, secret = bao.approle(bao.policy(path), role=name)
        plain = clean_env(UPSTREAM_URL=stub.addr, VAULT_ADDR=bao.addr, SECRETS_TTL_SECONDS=TTL)
        env = {**plain, "VAULT_ROLE_ID": role, "VAULT_SECRET_ID": secret}
        assert NAME not in env and not any(value in env.values() for value in VALUES)
        server = Notes(command, folder, env).greet()
        assert serves(server, VALUES[0]), seen
        step(name, "serves with no secret in its environment")
        bao.rotate(path, NAME, VALUES[1])
        until(lambda: serves(server, VALUES[1]), "the rotated value is seen")
        step(name, "sees the rotated value, in the same process")
        reads = bao.audit(path)
        assert reads and all(read.role == name for read in reads), reads
        step(name, f"the audit log has {len(reads)} reads, by its own role")
        bao.stop()
        time.sleep(TTL + 0.5)  # so that what it holds is older than it may be while Vault answers
        assert serves(server, VALUES[1]), seen
        step(name, "Vault is down: serves what it has")
        fresh = Notes(command, folder, env).greet()
        count = len(seen)
        if name == "rust":
            # An outage is a panic, which the SDK turns into no answer at all.
            answer = fresh.call(patience=3)
            until(lambda: NAME in "".join(fresh.errors), "the panic is told on stderr")
        else:
            answer = fresh.call()
            assert answer and answer.startswith("error: "), answer
        assert answer != "a note" and len(seen) == count, answer
        step(name, "Vault is down: a new server fails closed")
        bao.start()
        until(lambda: fresh.call(patience=3) == "a note", "the server works when Vault is back")
        assert seen[-1] == f"Bearer {VALUES[1]}", seen
        step(name, "Vault is back: the same server works")
        fallback = Notes(command, folder, {**plain, "SECRETS_BACKEND": "env", NAME: VALUES[2]}).greet()
        assert serves(fallback, VALUES[2]), seen
        step(name, "SECRETS_BACKEND=env reads the environment")
        assert set(seen) == {f"Bearer {value}" for value in VALUES}, seen
        errors = server.end() + fresh.end() + fallback.end()
    for text in [errors, answer or "", printed, *(data.decode(errors="replace") for data in contents(folder).values())]:
        assert not any(value in text for value in VALUES), "a value was shown"
    step(name, "no value on stderr, in answers, diffs, files and the manifest")


def step(name: str, what: str) -> None:
    print(f"{name}: {what}", flush=True)


def main(arguments: list[str]) -> int:
    envacuate = str(Path(arguments[0]).resolve())
    names = arguments[1:] or list(SERVERS)
    with tempfile.TemporaryDirectory() as temporary, Bao() as bao:
        for name in names:
            prove(envacuate, name, bao, Path(temporary) / name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
