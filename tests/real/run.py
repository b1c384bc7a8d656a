#!/usr/bin/env python3
"""Migrates real MCP servers and compares them before and after: `run.py ENVACUATE [WORK] [part of a name …]`.

The servers are those of `servers.toml`, in the versions that stand there, from the registries of their languages. For
each: its checker, and a handshake over stdio with made-up secrets in the environment; then `migrate --write`, twice; then
the checker again, and a handshake with the secrets in a real OpenBao and none of those that were moved in the
environment. Prints a row for each. Fails if a server that shook hands does not any more or has other tools, if its checker
has something new to say, if a tool that is called answers something else, or if the second run changes a file. Needs the network, npm, cargo, git and `bao`. Slow: not a
part of the checks before a merge.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "accessor"), str(HERE.parent / "e2e")]
sys.dont_write_bytecode = True

from bao import Bao, clean_env  # noqa: E402
from packages import REGISTRIES, Failed, Package, run  # noqa: E402
from stdio import Server  # noqa: E402

HEAD = ["language", "server", "version", "moved", "by hand", "checker before", "new after", "tools before", "after", "reads of Vault"]
CALLED = "called:"


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


def migrate(envacuate: str, package: Package) -> dict:
    """Returns the manifest. An exit code of 1 says that something is left to do by hand."""
    run([envacuate, "migrate", "--team", "real", "--write"], package.folder, codes=(0, 1))
    manifest = package.folder / "envacuate.manifest.json"
    return json.loads(manifest.read_text()) if manifest.exists() else {"secrets": []}


def store(bao: Bao, secrets: list[dict], values: dict[str, str]) -> str:
    """Puts the values where the manifest says. Returns a token that may read them."""
    paths: dict[str, dict[str, str]] = {secret["path"]: {} for secret in secrets}
    for secret in secrets:
        if secret["name"] in values:
            paths[secret["path"]][secret["key"]] = values[secret["name"]]
    for path, data in paths.items():
        if data:
            bao.put(path, data)
    return bao.token(bao.policy(*paths))


def prove(envacuate: str, package: Package, bao: Bao) -> tuple[list[object], list[str]]:
    """The row, and what is wrong."""
    wrong: list[str] = []
    package.unpack()
    package.install()
    package.commit()
    before = package.complaints()
    values = package.row["secrets"]
    plain = clean_env(**package.row.get("settings", {}))
    greeted = handshake(package, {**plain, **values})
    manifest = migrate(envacuate, package)
    migrated = contents(package.folder)
    migrate(envacuate, package)
    again = contents(package.folder)
    wrong += [f"a second run changes {name}" for name in again.keys() | migrated.keys() if again.get(name) != migrated.get(name)]
    moved = [secret for secret in manifest["secrets"] if secret["status"] == "rewritten"]
    by_hand = [secret for secret in manifest["secrets"] if secret["status"] != "rewritten"]
    after = package.complaints()
    wrong += [f"new: {text}" for text in (after - before).elements()]
    names = {secret["name"] for secret in moved}
    left = {name: value for name, value in values.items() if name not in names}
    reads: list[object] = []
    shaken: list[str] | str = "nothing was moved"
    if moved:
        token = store(bao, moved, values)
        bao.forget()
        shaken = handshake(package, {**plain, **left, "VAULT_ADDR": bao.addr, "VAULT_TOKEN": token})
        reads = bao.audit()
        if isinstance(greeted, list) and shaken != greeted:
            wrong.append(f"handshake after: {shaken}")
    if isinstance(greeted, str):
        wrong.append(f"handshake before: {greeted}")
    for secret in by_hand:
        print(f"  by hand: {secret['name']}: {', '.join(step['reason'] for step in secret['manual'])}", file=sys.stderr)
    cells = [package.row["language"], package.name, package.version, len(moved), len(by_hand), before.total()]
    return [*cells, (after - before).total(), said(greeted), said(shaken), len(reads)], wrong


def said(greeted: list[str] | str) -> str:
    return str(sum(not name.startswith(CALLED) for name in greeted)) if isinstance(greeted, list) else "none"


def main(arguments: list[str]) -> int:
    envacuate = str(Path(arguments[0]).resolve())
    work = Path(arguments[1] if len(arguments) > 1 else "target/real").resolve()
    parts = arguments[2:]
    rows = tomllib.loads((HERE / "servers.toml").read_text())["server"]
    rows = [row for row in rows if not parts or any(part in row["name"] for part in parts)]
    print("| " + " | ".join(HEAD) + " |\n" + "| --- " * len(HEAD) + "|", flush=True)
    failed = 0
    with Bao() as bao:
        for row in rows:
            package = REGISTRIES[row["language"]](row, work)
            try:
                cells, wrong = prove(envacuate, package, bao)
            except Failed as error:
                cells, wrong = [row["language"], row["name"], row["version"]], [str(error)]
            except Exception:
                cells, wrong = [row["language"], row["name"], row["version"]], [traceback.format_exc()]
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)
            for text in wrong:
                print(f"  WRONG {row['name']}: {text}", file=sys.stderr, flush=True)
            failed += bool(wrong)
    print(f"{len(rows) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
