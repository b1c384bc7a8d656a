#!/usr/bin/env python3
"""Builds the packages that people install, installs them into empty environments, and runs them: `run.py [crate|archive|wheel|npm]`.

The release build happens here and nowhere else in continuous integration, so its size is judged here as well. Needs
cargo, `maturin` on the PATH, for npm node and npm; `tests/live/run.py` brings maturin. Nothing is fetched but what
cargo fetches: pip sees one file, and npm a registry of this process.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

sys.dont_write_bytecode = True

from built import BINARY, VERSION, build, ran  # noqa: E402
from registry import Registry  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "import os\nprint(os.environ)\n"
FOUND = "error[env-dump]"


def works(*command: object, cwd: Path, **env: str) -> None:
    """That this starts envacuate, with its arguments, standard input and exit code left alone."""
    assert ran(*command, "--version", cwd=cwd, **env) == f"envacuate {VERSION}\n"
    (cwd / "server.py").write_text(SOURCE)
    assert FOUND in ran(*command, "check", "--format", "concise", "server.py", code=1, cwd=cwd, **env)
    assert FOUND in ran(*command, "check", "-", "--stdin-filename", "a.py", "-f", "concise", code=1, text=SOURCE, cwd=cwd, **env)


def wheel(wheel: Path, room: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [program] = [entry for entry in archive.infolist() if entry.filename.endswith(".data/scripts/envacuate")]
        assert program.external_attr >> 16 & stat.S_IXUSR, "the program cannot be started"
        metadata = archive.read(f"envacuate-{VERSION}.dist-info/METADATA").decode()
    for line in ("Name: envacuate", f"Version: {VERSION}", "License-Expression: MIT OR Apache-2.0", "# envacuate"):
        assert line in metadata.splitlines(), f"{line!r} is not in\n{metadata}"
    for name in ("LICENSE-APACHE", "LICENSE-MIT"):
        assert any(entry.endswith(f".dist-info/licenses/{name}") for entry in names), names

    ran(sys.executable, "-m", "venv", room / "venv")
    python = room / "venv/bin/python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
    ran(*pip, wheel)
    works(room / "venv/bin/envacuate", cwd=room)
    works(python, "-m", "envacuate", cwd=room)

    ran(python, "-m", "pip", "uninstall", "--quiet", "--yes", "envacuate")
    ran(*pip, "--target", room / "apart", wheel)
    works(python, "-m", "envacuate", cwd=room, PYTHONPATH=str(room / "apart"))
    (room / "apart/bin/envacuate").unlink()
    assert "pip install" in ran(python, "-m", "envacuate", code=2, cwd=room, PYTHONPATH=str(room / "apart"))


def npm(_: Path, room: Path) -> None:
    host = re.search(r"^host: (.+)$", ran("rustc", "-vV"), re.MULTILINE)[1]
    assemble = ROOT / "packaging/npm/assemble.py"
    targets = json.loads((ROOT / "packaging/targets.json").read_text())
    for target in targets:
        folder = room / "binaries" / target["target"]
        folder.mkdir(parents=True)
        (folder / ("envacuate.exe" if target["os"] == "win32" else "envacuate")).write_bytes(b"not for this platform\n")
    shutil.copy(BINARY, room / "binaries" / host / "envacuate")
    ran(sys.executable, assemble, room / "binaries", room / "packed")
    ran(sys.executable, assemble, room / "binaries", room / "again")
    packed = sorted((room / "packed").iterdir())
    assert len(packed) == len(targets) + 1, packed
    for path in packed:
        assert path.read_bytes() == (room / "again" / path.name).read_bytes(), f"{path.name} differs from run to run"

    home = room / "project"
    home.mkdir()
    (home / "package.json").write_text('{"private": true}\n')
    flags = ["--no-audit", "--no-fund", "--loglevel=error"]
    with Registry(packed) as registry:
        for package in registry.manifests.values():
            assert "scripts" not in package, "something runs when this is installed"
        ours = {"npm_config_registry": registry.url, "npm_config_cache": str(room / "cache")}
        ran("npm", "install", *flags, "envacuate", cwd=home, **ours)
        [fits] = [target["npm"] for target in targets if target["target"] == host]
        there = sorted(path.name for path in (home / "node_modules/@envacuate").iterdir())
        assert there == [f"cli-{fits}"], there
    works("npx", "--no-install", "envacuate", cwd=home)

    launcher = home / "node_modules/.bin/envacuate"
    assert "here" in ran(launcher, "here", cwd=home, ENVACUATE_BINARY="/bin/echo")
    assert "cannot start" in ran(launcher, code=2, cwd=home, ENVACUATE_BINARY=str(room / "nothing"))
    ran(launcher, "-c", "kill -9 $$", code=137, cwd=home, ENVACUATE_BINARY="/bin/sh")
    for number in (signal.SIGTERM, signal.SIGINT):
        ends(launcher, number, cwd=home)
    shutil.rmtree(home / "node_modules/@envacuate")
    said = ran(launcher, "--version", code=2, cwd=home)
    assert f"@envacuate/cli-{fits}" in said and "--omit=optional" in said, said


def ends(launcher: Path, number: signal.Signals, cwd: Path) -> None:
    """That a signal to the launcher ends the program, which says so with the exit code of both."""
    env = {**os.environ, "ENVACUATE_BINARY": "/bin/sh"}
    # It ends by itself, so that nothing hangs if the signal does not arrive.
    loop = "for _ in $(seq 300); do sleep 0.1; done"
    script = f"trap 'echo ended; exit {128 + number}' {number.value}; echo ready; {loop}"
    with subprocess.Popen([launcher, "-c", script], cwd=cwd, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        said = process.stdout.read()
    assert said == "ended\n", said
    assert process.returncode == 128 + number, process.returncode


def archive(_: Path, room: Path) -> None:
    """The archives of a release, and the formula that names them."""
    make, fill = ROOT / "packaging/archive.py", ROOT / "packaging/homebrew/fill.py"
    (room / "envacuate.exe").write_bytes(b"not for this platform\n")
    windows = "x86_64-pc-windows-msvc"
    ran(sys.executable, make, windows, room / "envacuate.exe", room / "out")
    with zipfile.ZipFile(room / f"out/envacuate-{windows}.zip") as packed:
        assert f"envacuate-{windows}/envacuate.exe" in packed.namelist()

    formula = (ROOT / "packaging/homebrew/envacuate.rb").read_text()
    asked = re.findall(r"/v#\{version\}/(envacuate-(.+)\.tar\.gz)\"", formula)
    assert len(asked) == 4, asked
    for name, target in asked:
        ran(sys.executable, make, target, BINARY, room / "out")
        ran("tar", "--extract", "--gzip", "--file", room / "out" / name, cwd=room)
        # `bin-dir` in Cargo.toml says so.
        works(room / f"envacuate-{target}/envacuate", cwd=room)
    sums = "".join(f"{number:064x}  {name}\n" for number, (name, _) in enumerate(asked, 1))
    (room / "sha256.sum").write_text(sums)
    filled = ran(sys.executable, fill, room / "sha256.sum")
    for number, (name, _) in enumerate(asked, 1):
        assert f'{name}"\n      sha256 "{number:064x}"' in filled, filled


def crate(_: Path, room: Path) -> None:
    inside = ran("cargo", "package", "--locked", "--list", "--allow-dirty", cwd=ROOT).splitlines()
    for path in ("Cargo.lock", "LICENSE-MIT", "LICENSE-APACHE", "README.md", "queries/ecma/flow.scm", "src/main.rs"):
        assert path in inside, f"the crate has no {path}"
    outside = [path for path in inside if path.split("/")[0] in ("fixtures", "tests", "editors", "packaging", ".github", ".ci")]
    assert not outside, outside


def main(chosen: list[str]) -> int:
    parts = [part for part in (crate, archive, wheel, npm) if not chosen or part.__name__ in chosen]
    made = build()
    for part in parts:
        with tempfile.TemporaryDirectory(prefix="envacuate-packages-") as room:
            part(made, Path(room).resolve())
        print(f"{part.__name__}: passed", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
