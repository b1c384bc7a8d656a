#!/usr/bin/env python3
"""Validates SARIF with Microsoft's validator: `run.py ENVACUATE`.

The rules are those of SARIF and those of GitHub code scanning. Not one error or warning is allowed: on all fixtures, on a
run that finds nothing, on files that cannot be read, with a baseline, and where only changed lines count. The validator
ends with 0 whatever it finds, so its own log is read. Standard library only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
VALIDATOR = HERE / "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
READ = "const t = process.env.GITHUB_TOKEN;\n"


def sarif(envacuate: str, folder: Path, out: Path, *arguments: str) -> dict:
    command = [envacuate, "check", "--format", "sarif", "--output", str(out), *arguments]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if not out.exists():
        sys.exit(f"{' '.join(command)}: exit {ran.returncode}\n{ran.stderr}")
    return json.loads(out.read_text())["runs"][0]


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def logs(envacuate: str, place: Path) -> Iterator[tuple[str, Path]]:
    """Names and logs, each after a look that it is what its name says."""
    log = place / "fixtures.sarif"
    run = sarif(envacuate, ROOT, log, "fixtures", "--include-tests")
    assert len(run["results"]) > 1000 and any("fixes" in one for one in run["results"])
    yield "all fixtures", log

    folder, log = place / "nothing", place / "nothing.sarif"
    folder.mkdir()
    assert sarif(envacuate, folder, log)["results"] == []
    yield "nothing", log

    folder, log = place / "problems", place / "problems.sarif"
    folder.mkdir()
    (folder / "a [b] {0} c.ts").write_text(READ * 2)
    (folder / "utf16.ts").write_bytes(b"\xff\xfe" + READ.encode("utf-16-le"))
    (folder / "lost.ts").symlink_to("nowhere")
    (folder / "envacuate.toml").write_text("no-such-key = 1\n")
    invocation = sarif(envacuate, folder, log)["invocations"][0]
    assert invocation["toolExecutionNotifications"] and invocation["toolConfigurationNotifications"]
    yield "problems", log

    folder, log = place / "history", place / "history.sarif"
    folder.mkdir()
    (folder / "a.ts").write_text(READ)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "start")
    (folder / "b.ts").write_text(READ)
    results = sarif(envacuate, folder, log, "--diff-base", "main")["results"]
    assert [one["baselineState"] for one in results] == ["unchanged", "new"]
    yield "lines that did not change", log

    log = place / "baseline.sarif"
    results = sarif(envacuate, folder, log, "--write-baseline")["results"]
    assert all(one["suppressions"] for one in results)
    yield "a baseline", log


def complaints(log: Path) -> list[str]:
    said = log.with_suffix(".validated")
    command = [str(VALIDATOR), "validate", str(log), "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"]
    env = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    ran = subprocess.run([*command, "--output", str(said), "--log", "ForceOverwrite"], env=env, capture_output=True, text=True)
    if ran.returncode or not said.exists():
        sys.exit(f"the validator did not run: exit {ran.returncode}\n{ran.stdout}{ran.stderr}")
    run = json.loads(said.read_text())["runs"][0]
    notifications = run["invocations"][0].get("toolExecutionNotifications", [])
    return [json.dumps(one) for one in [*run.get("results", []), *notifications] if one.get("level", "warning") in ("error", "warning")]


def main(envacuate: str) -> int:
    if not VALIDATOR.exists():
        print("skipped, there is no validator for this system")
        return 0
    VALIDATOR.chmod(0o755)
    failed = False
    with tempfile.TemporaryDirectory() as place:
        for name, log in logs(str(Path(envacuate).resolve()), Path(place)):
            found = complaints(log)
            print(f"{name}: {len(found)} errors and warnings")
            for one in found[:5]:
                print(f"  {one[:500]}")
            failed |= bool(found)
    return int(failed)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
