"""A real Neovim without a screen, with the set-up that `editors/neovim` ships."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from editor import CANARIES, DUMP, FIXED, LONG, READ, named, write

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not shutil.which("nvim"), reason="there is no nvim")
def test_neovim(server: list[str], folder: Path, tmp_path: Path) -> None:
    write(folder, {
        "package.json": '{"name": "demo", "type": "module"}\n',
        "mcp.json": '{"mcpServers": {"x": {"command": "x", "env": {"API_TOKEN": "%s"}}}}' % CANARIES[0],
        "config.js": READ,
        "server.js": DUMP,
        "two.js": "console.log(process.env);\n// naïve 😀\nconsole.error(process.env);\n",
    })  # fmt: skip
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    env = {**os.environ, "SHIPPED": str(ROOT / "editors/neovim"), "LONG": str(LONG), "PATH": named(tmp_path / "bin", server) + os.pathsep + os.environ["PATH"]}
    env |= {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    words = ["nvim", "--headless", "--clean", "-u", "NONE", "-i", "NONE", "-c", "filetype on", "-c", f"luafile {Path(__file__).with_name('neovim.lua')}"]
    ran = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=3 * LONG, stdin=subprocess.DEVNULL)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads((folder / "told.json").read_text())
    assert told["encoding"] == "utf-8"
    assert told["under"] == ["process.env"]
    assert told["fixed"] == FIXED and told["undone"] == DUMP
    assert told["counts"] == {"first": 1, "fixed": 0, "undone": 1, "two": 2, "all": 0, "two undone": 2}
    assert told["all"].count("Object.keys(process.env)") == 2
    assert "secrets.API_TOKEN" in told["moved"] and "process.env" not in told["moved"]
    assert "env-secret-read" in told["hover"]
    assert told["made"], "the accessor is a file of its own"
