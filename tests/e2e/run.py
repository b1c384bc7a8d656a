#!/usr/bin/env python3
"""Migrates demo MCP servers and proves on the running servers that it worked: `run.py ENVACUATE [SERVER[@MANAGER] …]`.

Servers are ts, cjs, python and rust; managers vault, which is meant when none is named, vault-library,
where it is asked through a library, aws, gcp and azure. Each server is
built on the official SDK and calls an upstream with a token. It is migrated, `push` puts its value into the manager (a
real OpenBao, or what stands in for a cloud), it is started with no secret in its environment and called over stdio; then
the value is rotated, the manager is stopped and started, and the environment is used again. Needs git, `bao`, for ts and
cjs `npm ci` in `tests/e2e/npm` and `tests/clouds/npm`, for python `mcp` and the clouds' clients in the Python that runs
this (or PYTHON), and cargo for rust; `tests/live/run.py` installs that. Without names, all servers with Vault.
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
sys.path[:0] = [str(HERE.parent / "accessor"), str(HERE.parent / "clouds")]
sys.dont_write_bytecode = True

from aws import Aws  # noqa: E402
from azure import Azure  # noqa: E402
from bao import Answer, Bao, Stub, clean_env  # noqa: E402
from gcp import Gcp  # noqa: E402
from stdio import PATIENCE, Server  # noqa: E402

import rust_libraries  # noqa: E402

NAME = "UPSTREAM_TOKEN"
TTL = 1
VALUES = ("fixture-value-one", "fixture-value-two", "fixture-value-env")
MODULES = [Path(os.environ.get("NODE_MODULES") or HERE / "npm/node_modules").resolve(), HERE.parent / "clouds/npm/node_modules"]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or HERE.parents[1] / "target").resolve()
SERVERS = {
    "ts": ["node", "dist/index.js"],
    "cjs": ["node", "server.js"],
    "python": [os.environ.get("PYTHON", sys.executable), "-m", "notes_mcp"],
    "rust": [str(TARGET / "debug/notes-rust")],
}


class Vault:
    """A real OpenBao: the server logs in with a role of its own, which the policy of the manifest allows what it may."""

    title = "Vault"

    def __init__(self) -> None:
        self._bao = Bao()

    def place(self, server: str) -> tuple[str, str]:
        return f"platform/notes-{server}", NAME

    def push_env(self, manifest: dict) -> dict[str, str]:
        policy = next(policy for policy in manifest["policies"] if policy["for"] == "push")
        self._bao.api("PUT", f"sys/policies/acl/{policy['name']}", {"policy": policy["text"]})
        token = self._bao.api("POST", "auth/token/create", {"policies": [policy["name"]]})["auth"]["client_token"]
        return {"VAULT_ADDR": self._bao.addr, "VAULT_TOKEN": token}

    def rotate_env(self) -> dict[str, str]:
        return {"VAULT_ADDR": self._bao.addr, "VAULT_TOKEN": self._bao.root}

    def env(self, server: str) -> dict[str, str]:
        role, secret = self._bao.approle(self._bao.policy(self.place(server)[0]), role=server)
        return {"VAULT_ADDR": self._bao.addr, "VAULT_ROLE_ID": role, "VAULT_SECRET_ID": secret}

    def rotate(self, server: str, value: str) -> None:
        path, key = self.place(server)
        self._bao.rotate(path, key, value)

    def seen(self, server: str) -> str:
        reads = [read for read in self._bao.audit(self.place(server)[0]) if read.role != "token"]  # not those of `push`
        assert reads and all(read.role == server for read in reads), reads
        return f"the audit log has {len(reads)} reads, by its own role"

    def stop(self) -> None:
        self._bao.stop()

    def start(self) -> None:
        self._bao.start()

    def close(self) -> None:
        self._bao.close()


class Cloud:
    """What stands in for a cloud: moto, or a fake that the official clients of the cloud speak to."""

    def __init__(self, title: str, kind: type, place: Callable[[str], tuple[str, str]]) -> None:
        self.title, self.place = title, place
        self._cloud = kind()

    def push_env(self, manifest: dict) -> dict[str, str]:
        assert manifest["policies"] and all(policy["text"] for policy in manifest["policies"])
        return self._cloud.env()

    def rotate_env(self) -> dict[str, str]:
        return self._cloud.env()

    def env(self, server: str) -> dict[str, str]:
        self._before = len(self._cloud.reads())  # those of `push`
        return self._cloud.env()

    def rotate(self, server: str, value: str) -> None:
        path, key = self.place(server)
        self._cloud.rotate(path, key, value)

    def seen(self, server: str) -> str:
        reads = self._cloud.reads()[self._before :]
        assert reads and set(reads) == {self.place(server)[0]}, reads
        return f"was asked {len(reads)} times, for its own secret only"

    def stop(self) -> None:
        self._cloud.stop()

    def start(self) -> None:
        self._cloud.start()

    def close(self) -> None:
        self._cloud.close()


MANAGERS: dict[str, Callable[[], Vault | Cloud]] = {
    "vault": Vault,
    "vault-library": Vault,
    "aws": lambda: Cloud("AWS", Aws, lambda server: (f"platform/notes-{server}", NAME)),
    "gcp": lambda: Cloud("GCP", Gcp, lambda server: (f"platform-notes-{server}-{NAME}", "")),
    "azure": lambda: Cloud("Azure", Azure, lambda server: (f"platform-notes-{server}-{NAME.replace('_', '-')}", "")),
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


def run(folder: Path, *command: str, env: dict[str, str] | None = None) -> str:
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=env)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def migrate(envacuate: str, folder: Path, manager: str, again: bool = False) -> str:
    backend, _, client = manager.partition("-")
    chosen = ["--client", client] if client and not again else []  # the manifest remembers it
    return run(folder, envacuate, "migrate", "--team", "platform", "--backend", backend, *chosen, "--write")


def link(folder: Path) -> None:
    """What `npm install` would put there, from where it has been installed once."""
    for modules in MODULES:
        for module in sorted(modules.glob("*")):
            scoped = sorted(module.glob("*")) if module.name.startswith("@") else [module]
            for one in scoped:
                there = folder / "node_modules" / one.relative_to(modules)
                there.parent.mkdir(parents=True, exist_ok=True)
                if not there.exists():
                    there.symlink_to(one)


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    named = {path.relative_to(folder): path for path in files}
    return {str(name): path.read_bytes() for name, path in named.items() if not {".envacuate", ".git", "node_modules"} & set(name.parts)}


def build(name: str, server: str, folder: Path, manifest: dict) -> None:
    """What stands between the migration and a start, as the manifest says."""
    added = {package["file"]: package["add"] for package in manifest["packages"]}
    if server in ("ts", "cjs"):
        needed = json.loads((folder / "package.json").read_text()).get("dependencies", {})
        assert set(added.get("package.json", [])) <= set(needed), (added, needed)
        for module in needed:
            assert (folder / "node_modules" / module).exists(), module
    if server == "ts":
        subprocess.run(["node", "node_modules/typescript/bin/tsc", "-p", "."], cwd=folder, check=True)
        step(name, "compiles under strict")
    if server == "rust":
        steps = manifest["steps"]
        assert any("`cargo check`" in text and "Cargo.lock" in text for text in steps), steps
        locked = contents(folder)["Cargo.lock"]
        for flags in ([], ["--locked"]):  # does for Cargo.lock what the check does
            subprocess.run(["cargo", "update", "--quiet", "--workspace", *flags], cwd=folder, check=True)
        assert contents(folder)["Cargo.lock"] != locked
        compile_beside_libraries(folder)
        commit(folder)
        step(name, "compiles, and Cargo.lock is whole after the step of the manifest")


def compile_beside_libraries(folder: Path) -> None:
    """As a member of a workspace, so that the libraries of all servers are compiled once."""
    root, name = folder.with_name(f"{folder.name}.workspace"), rust_libraries.NAME
    shutil.copytree(folder, root / "server", ignore=shutil.ignore_patterns(".git", "Cargo.lock"))
    own = root / "server/Cargo.toml"
    text, alone, profile = own.read_text(), "\n[workspace]\n", "\n[profile.dev]\ndebug = false\n"
    assert alone in text and profile in text, text
    own.write_text(text.replace(alone, "").replace(profile, ""))
    (root / name / "src").mkdir(parents=True)
    (root / name / "src/lib.rs").touch()
    (root / name / "Cargo.toml").write_text(rust_libraries.manifest())
    (root / "Cargo.toml").write_text(f'[workspace]\nresolver = "2"\nmembers = ["server", "{name}"]\n{profile}')
    shutil.copy(rust_libraries.LOCK, root / "Cargo.lock")
    subprocess.run(["cargo", "build", "--quiet", "--workspace", "--target-dir", str(TARGET)], cwd=root, check=True)


def prove(envacuate: str, server: str, manager: str, where: Vault | Cloud, folder: Path) -> None:
    name, command = f"{server}@{manager}", SERVERS[server]
    shutil.copytree(HERE / "servers" / server, folder)
    if server in ("ts", "cjs"):
        link(folder)
    (folder / ".gitignore").write_text("node_modules\n/dist\n__pycache__\n")
    git(folder, "init", "--quiet")
    commit(folder)
    printed = migrate(envacuate, folder, manager)
    migrated = contents(folder)
    commit(folder)
    printed += migrate(envacuate, folder, manager, again=True)
    again = contents(folder)
    assert again.keys() == migrated.keys()
    changed = [file for file in again if again[file] != migrated[file]]
    assert not changed, f"a second run changed {changed}"
    step(name, "migrated; a second run changes nothing")
    manifest = json.loads(again["envacuate.manifest.json"])
    build(name, server, folder, manifest)
    seen: list[str] = []

    def upstream(request) -> Answer:
        seen.append(request.headers.get("authorization", ""))
        return Answer(200, b"a note")

    def serves(notes: Notes, value: str) -> bool:
        answer = notes.call()
        assert answer == "a note", f"{answer} {notes.told()}"
        return seen[-1] == f"Bearer {value}"

    with Stub(upstream) as stub:
        to_push = clean_env(**where.push_env(manifest), **{NAME: VALUES[0]})
        printed += run(folder, envacuate, "push", "--from-env", env=to_push)
        printed += run(folder, envacuate, "push", "--from-env", env=to_push)
        step(name, "push puts the value there, once")
        printed += run(folder, envacuate, "verify", env=to_push)
        step(name, "verify finds it")
        to_rotate = clean_env(**where.rotate_env())
        printed += run(folder, envacuate, "rotate", "--drill", NAME, env=to_rotate)
        step(name, "rotate --drill writes it anew")
        plain = clean_env(UPSTREAM_URL=stub.addr, SECRETS_TTL_SECONDS=TTL)
        env = {**plain, **where.env(server)}
        assert NAME not in env and not any(value in env.values() for value in VALUES)
        notes = Notes(command, folder, env).greet()
        assert serves(notes, VALUES[0]), seen
        step(name, "serves with no secret in its environment")
        where.rotate(server, VALUES[1])
        until(lambda: serves(notes, VALUES[1]), "the rotated value is seen")
        step(name, "sees the rotated value, in the same process")
        step(name, where.seen(server))
        where.stop()
        time.sleep(TTL + 0.5)  # so that what it holds is older than it may be while the manager answers
        assert serves(notes, VALUES[1]), seen
        step(name, f"{where.title} is down: serves what it has")
        fresh = Notes(command, folder, env).greet()
        count = len(seen)
        if server == "rust":
            # An outage is a panic, which the SDK turns into no answer at all.
            answer = fresh.call(patience=3)
            until(lambda: NAME in "".join(fresh.errors), "the panic is told on stderr")
        else:
            answer = fresh.call()
            assert answer and answer.startswith("error: "), answer
        assert answer != "a note" and len(seen) == count, answer
        step(name, f"{where.title} is down: a new server fails closed")
        where.start()
        until(lambda: fresh.call(patience=3) == "a note", f"the server works when {where.title} is back")
        assert seen[-1] == f"Bearer {VALUES[1]}", seen
        step(name, f"{where.title} is back: the same server works")
        printed += run(folder, envacuate, "rotate", "--rollback", NAME, env=to_rotate)
        until(lambda: serves(notes, VALUES[0]), "the earlier value is seen")
        step(name, "rotate --rollback: sees the earlier value, in the same process")
        fallback = Notes(command, folder, {**plain, "SECRETS_BACKEND": "env", NAME: VALUES[2]}).greet()
        assert serves(fallback, VALUES[2]), seen
        step(name, "SECRETS_BACKEND=env reads the environment")
        assert set(seen) == {f"Bearer {value}" for value in VALUES}, seen
        errors = notes.end() + fresh.end() + fallback.end()
    for text in [errors, answer or "", printed, *(data.decode(errors="replace") for data in contents(folder).values())]:
        assert not any(value in text for value in VALUES), "a value was shown"
    step(name, "no value on stderr, in answers, diffs, files and the manifest")


def step(name: str, what: str) -> None:
    print(f"{name}: {what}", flush=True)


def main(arguments: list[str]) -> int:
    envacuate = str(Path(arguments[0]).resolve())
    named = [name.partition("@") for name in arguments[1:] or SERVERS]
    pairs = [(server, manager or "vault") for server, _, manager in named]
    with tempfile.TemporaryDirectory() as temporary:
        for manager in dict.fromkeys(manager for _, manager in pairs):
            where = MANAGERS[manager]()
            try:
                for server in [server for server, of in pairs if of == manager]:
                    prove(envacuate, server, manager, where, Path(temporary) / f"{server}-{manager}")
            finally:
                where.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
