"""A real Emacs without a screen: eglot, with the set-up that `editors/emacs` ships."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from editor import CANARIES, DUMP, FIXED, LONG, READ, named, write

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not shutil.which("emacs"), reason="there is no emacs")
def test_eglot(server: list[str], folder: Path, tmp_path: Path) -> None:
    write(folder, {
        "mcp.json": '{"mcpServers": {"x": {"command": "x", "env": {"API_TOKEN": "%s"}}}}' % CANARIES[0],
        "config.js": READ,
        "server.js": DUMP,
        "two.js": "console.log(process.env);\n// naïve 😀\nconsole.error(process.env);\n",
    })  # fmt: skip
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    env = {**os.environ, "SHIPPED": str(ROOT / "editors/emacs"), "LONG": str(LONG), "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    env["PATH"] = named(tmp_path / "bin", server) + os.pathsep + env["PATH"]
    words = ["emacs", "--batch", "--eval", "(package-initialize)", "-l", str(Path(__file__).with_name("emacs.el"))]
    ran = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=3 * LONG, stdin=subprocess.DEVNULL)
    if ran.returncode == 77:
        pytest.skip("this Emacs has no eglot")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads((folder / "told.json").read_text())
    assert told["under"] == "process.env" and "env-dump" in told["said"]
    assert told["fixed"] == FIXED and told["undone"] == DUMP
    assert told["all"].count("Object.keys(process.env)") == 2
