#!/usr/bin/env python3
"""Migrates real MCP servers and compares them before and after: `run.py [--manager NAME] ENVACUATE [WORK] [part of a name …]`.

The servers are those of `servers.toml`, in the versions that stand there, from the registries of their languages. For
each: its checker, and a handshake over stdio with made-up secrets in the environment; then `migrate --write`, twice; then
what the manifest adds is installed, the checker again, and a handshake with the secrets in a real OpenBao, or in what
stands in for the cloud of NAME, and none of those that were moved in the environment. Prints a row for each. Fails if a server that shook hands does not any more or has other tools, if its checker
has something new to say, if a tool that is called answers something else, or if the second run changes a file. Needs the network, npm, cargo, git and `bao`. Slow: not a
part of the checks before a merge.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / name) for name in ("accessor", "e2e", "clouds")]
sys.dont_write_bytecode = True

from aws import Aws  # noqa: E402
from azure import Azure  # noqa: E402
from bao import Bao, clean_env  # noqa: E402
from fake import Cloud  # noqa: E402
from gcp import Gcp  # noqa: E402
from packages import REGISTRIES, Failed, Package, run  # noqa: E402
from stdio import Server  # noqa: E402

HEAD = ["language", "server", "version", "moved", "by hand", "checker before", "new after", "tools before", "after", "reads"]
CALLED = "called:"


class Vault:
    def __init__(self) -> None:
        self._bao = Bao()

    def hold(self, paths: dict[str, dict[str, str]]) -> dict[str, str]:
        """Puts values at paths. Returns what a server needs to read them, and nothing else."""
        for path, data in paths.items():
            self._bao.put(path, data)
        self._bao.forget()
        return {"VAULT_ADDR": self._bao.addr, "VAULT_TOKEN": self._bao.token(self._bao.policy(*paths))}

    def reads(self) -> int:
        return len(self._bao.audit())

    def close(self) -> None:
        self._bao.close()


class StandIn:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def hold(self, paths: dict[str, dict[str, str]]) -> dict[str, str]:
        for path, data in paths.items():
            self._cloud.put(path, data)
        self._before = len(self._cloud.reads())
        return self._cloud.env()

    def reads(self) -> int:
        return len(self._cloud.reads()) - self._before

    def close(self) -> None:
        self._cloud.close()


MANAGERS = {"vault": Vault, "aws": lambda: StandIn(Aws()), "gcp": lambda: StandIn(Gcp()), "azure": lambda: StandIn(Azure())}


def handshake(package: Package, env: dict[str, str]) -> list[str] | str:
    """The names of the tools, and the answer of the tool that the row calls; or what went wrong."""
    server = Server(package.command(), package.folder, env, strict=False)
    try:
        seen = sorted(server.greet())
        if "call" in package.row:
            answer = str(server.ask("tools/call", package.row["call"]))
            seen.append(f"{CALLED} {re.sub(r'0x[0-9a-f]+|[0-9a-f-]{36}', '*', answer)}")
        return seen
    except (AssertionError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        server.end()


def contents(folder: Path) -> dict[str, bytes]:
    tracked = run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], folder).splitlines()
    return {name: (folder / name).read_bytes() for name in tracked if (folder / name).is_file()}


def migrate(envacuate: str, manager: str, package: Package) -> dict:
    """Returns the manifest. An exit code of 1 says that something is left to do by hand."""
    run([envacuate, "migrate", "--team", "real", "--backend", manager, "--write"], package.folder, codes=(0, 1))
    manifest = package.folder / "envacuate.manifest.json"
    return json.loads(manifest.read_text()) if manifest.exists() else {"secrets": []}


def placed(secrets: list[dict], values: dict[str, str]) -> dict[str, dict[str, str]]:
    """The values by the paths and keys that the manifest says."""
    paths: dict[str, dict[str, str]] = {}
    for secret in secrets:
        if secret["name"] in values:
            paths.setdefault(secret["path"], {})[secret["key"]] = values[secret["name"]]
    return paths


def prove(envacuate: str, package: Package, name: str, manager: Vault | StandIn) -> tuple[list[object], list[str]]:
    """The row, and what is wrong."""
    wrong: list[str] = []
    package.unpack()
    package.install()
    package.commit()
    before = package.complaints()
    values = package.row["secrets"]
    plain = clean_env(**package.row.get("settings", {}))
    greeted = handshake(package, {**plain, **values})
    manifest = migrate(envacuate, name, package)
    migrated = contents(package.folder)
    migrate(envacuate, name, package)
    again = contents(package.folder)
    wrong += [f"a second run changes {name}" for name in again.keys() | migrated.keys() if again.get(name) != migrated.get(name)]
    moved = [secret for secret in manifest["secrets"] if secret["status"] == "rewritten"]
    by_hand = [secret for secret in manifest["secrets"] if secret["status"] != "rewritten"]
    if manifest.get("packages"):
        package.install()
    after = package.complaints()
    wrong += [f"new: {text}" for text in (after - before).elements()]
    names = {secret["name"] for secret in moved}
    left = {name: value for name, value in values.items() if name not in names}
    reads = 0
    shaken: list[str] | str = "nothing was moved"
    if moved:
        known = manager.hold(placed(moved, values))
        shaken = handshake(package, {**plain, **left, **known})
        reads = manager.reads()
        if isinstance(greeted, list) and shaken != greeted:
            wrong.append(f"handshake after: {shaken}")
    if isinstance(greeted, str):
        wrong.append(f"handshake before: {greeted}")
    for secret in by_hand:
        print(f"  by hand: {secret['name']}: {', '.join(step['reason'] for step in secret['manual'])}", file=sys.stderr)
    cells = [package.row["language"], package.name, package.version, len(moved), len(by_hand), before.total()]
    return [*cells, (after - before).total(), said(greeted), said(shaken), reads], wrong


def said(greeted: list[str] | str) -> str:
    return str(sum(not name.startswith(CALLED) for name in greeted)) if isinstance(greeted, list) else "none"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--manager", choices=MANAGERS, default="vault")
    parser.add_argument("envacuate", type=Path)
    parser.add_argument("work", type=Path, nargs="?", default=Path("target/real"))
    parser.add_argument("parts", nargs="*")
    said = parser.parse_args()
    envacuate, work = str(said.envacuate.resolve()), said.work.resolve()
    rows = tomllib.loads((HERE / "servers.toml").read_text())["server"]
    rows = [row for row in rows if not said.parts or any(part in row["name"] for part in said.parts)]
    print("| " + " | ".join(HEAD) + " |\n" + "| --- " * len(HEAD) + "|", flush=True)
    failed = 0
    manager = MANAGERS[said.manager]()
    try:
        for row in rows:
            package = REGISTRIES[row["language"]](row, work)
            try:
                cells, wrong = prove(envacuate, package, said.manager, manager)
            except Failed as error:
                cells, wrong = [row["language"], row["name"], row["version"]], [str(error)]
            except Exception:
                cells, wrong = [row["language"], row["name"], row["version"]], [traceback.format_exc()]
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)
            for text in wrong:
                print(f"  WRONG {row['name']}: {text}", file=sys.stderr, flush=True)
            failed += bool(wrong)
    finally:
        manager.close()
    print(f"{len(rows) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
