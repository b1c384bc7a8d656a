"""Servers as their registries have them: fetched, unpacked, installed and checked, for `run.py`.

Each class knows one registry, through its ordinary client. What a checker says is counted without lines and columns, so
that only what is new shows after a change.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path

TOOLS = ["typescript@5.9.3", "@types/node@20.19.24", "pyright@1.1.407"]
COMPILER = {
    "target": "es2022",
    "module": "nodenext",
    "moduleResolution": "nodenext",
    "skipLibCheck": True,
    "resolveJsonModule": True,
    "types": ["node"],
}
PATIENCE = 1800  # seconds for a build


class Failed(Exception):
    """A program that a step needs failed."""


def run(command: list[object], folder: Path | None = None, env: dict[str, str] | None = None, codes: tuple[int, ...] = (0,)) -> str:
    """Runs to the end. Returns stdout."""
    words = [str(word) for word in command]
    ran = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    if codes and ran.returncode not in codes:
        raise Failed(f"{' '.join(words[:4])}: exit {ran.returncode}\n{(ran.stdout + ran.stderr)[-3000:]}")
    return ran.stdout


class Package:
    """A row of the table, and the folder in which it is unpacked."""

    def __init__(self, row: dict, work: Path) -> None:
        self.row, self.work = row, work
        self.name, self.version = row["name"], row["version"]
        self.slug = re.sub(r"[^a-z0-9.-]+", "-", f"{self.name}-{self.version}".lower()).strip("-")
        self.folder = work / "servers" / self.slug
        self.cache = work / "archives"
        self.cache.mkdir(parents=True, exist_ok=True)

    def unpack(self) -> None:
        archive = self.archive()
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        if digest != self.row["sha256"]:
            raise Failed(f"the archive of {self.name} {self.version} has sha256 {digest}, not that of the table")
        shutil.rmtree(self.folder, ignore_errors=True)
        whole = self.folder.with_name(self.slug + ".whole")
        shutil.rmtree(whole, ignore_errors=True)
        with tarfile.open(archive) as tar:
            tar.extractall(whole, filter="data")
        (top,) = whole.iterdir()
        top.rename(self.folder)
        whole.rmdir()
        for old, new in self.row.get("folders", {}).items():
            (self.folder / old).rename(self.folder / new)

    def commit(self) -> None:
        """Makes it a repository, as sources are."""
        who = ["-c", "user.name=real", "-c", "user.email=real@localhost", "-c", "commit.gpgsign=false"]
        with (self.folder / ".gitignore").open("a") as file:
            file.write("\nnode_modules\n__pycache__\n/target\n*.egg-info\n")
        run(["git", "init", "--quiet"], self.folder)
        run(["git", "add", "--all"], self.folder)
        run(["git", *who, "commit", "--quiet", "--message=as published"], self.folder)

    def command(self) -> list[str]:
        places = {"bin": self.work / "venvs" / self.slug / "bin", "target": self.work / "target"}
        return [word.format(**places) for word in self.row["command"]]

    def archive(self) -> Path:
        raise NotImplementedError

    def install(self) -> None:
        """What it depends on."""
        raise NotImplementedError

    def complaints(self) -> Counter[str]:
        """What the checker says. Builds what has to be built before it can be started."""
        raise NotImplementedError


class Npm(Package):
    """JavaScript, or TypeScript where the archive has the sources."""

    def archive(self) -> Path:
        file = self.cache / f"{self.slug}.tgz"
        if not file.exists():
            packed = json.loads(run(["npm", "pack", "--json", f"{self.name}@{self.version}"], self.cache))
            (self.cache / packed[0]["filename"]).rename(file)
        return file

    def install(self) -> None:
        flags = ["--ignore-scripts", "--omit=dev", "--legacy-peer-deps", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
        run(["npm", "install", *flags], self.folder)

    def complaints(self) -> Counter[str]:
        modules = tools(self.work)
        options = {**COMPILER, "typeRoots": [str(modules / "@types")]}
        typed = self.row["language"] == "typescript"
        if typed:
            options |= {"strict": True, "rootDir": self.row["sources"], "outDir": self.row["output"], "noEmitOnError": False}
        else:
            options |= {"allowJs": True, "checkJs": True, "noEmit": True, "strict": False}
        # The archives have no settings of the compiler. These stand outside, where `migrate` does not see them.
        settings = self.work / "servers" / f"{self.slug}.tsconfig.json"
        place = f"./{self.slug}"
        for option in ("rootDir", "outDir"):
            if option in options:
                options[option] = f"{place}/{options[option]}"
        includes = [f"{place}/{self.row['sources']}"]
        settings.write_text(json.dumps({"compilerOptions": options, "include": includes}, indent=2))
        printed = run(["node", modules / "typescript/bin/tsc", "-p", settings, "--pretty", "false"], self.folder, codes=())
        found = re.findall(r"^(?:\.\./)*([^\s(]+)\(\d+,\d+\): error (TS\d+: .*)$", printed, re.M)
        return Counter(f"{file}: {text}" for file, text in found)


class PyPI(Package):
    def archive(self) -> Path:
        file = self.cache / f"{self.slug}.tar.gz"
        if not file.exists():
            folder = self.cache / self.slug
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", folder]
            run([*pip, f"{self.name}=={self.version}"])
            (sdist,) = folder.iterdir()
            sdist.rename(file)
            folder.rmdir()
        return file

    def install(self) -> None:
        venv = self.work / "venvs" / self.slug
        if not (venv / "done").exists():
            shutil.rmtree(venv, ignore_errors=True)
            run([sys.executable, "-m", "venv", venv])
        run([venv / "bin/pip", "install", "--quiet", "--editable", self.folder, *self.row.get("with", [])])
        (venv / "done").touch()

    def complaints(self) -> Counter[str]:
        python = self.work / "venvs" / self.slug / "bin/python"
        sources = self.folder / self.row["sources"]
        found = Counter()
        for line in run([python, "-m", "compileall", "-q", "-f", sources], codes=()).splitlines():
            found[f"compileall: {line}"] += 1
        pyright = tools(self.work) / "pyright/index.js"
        printed = run(["node", pyright, "--outputjson", "--pythonpath", python, sources], self.folder, codes=(0, 1))
        for one in json.loads(printed)["generalDiagnostics"]:
            if one["severity"] == "error":
                file = Path(one["file"]).relative_to(self.folder)
                found[f"{file}: {one.get('rule', 'syntax')}: {one['message'].splitlines()[0]}"] += 1
        return found


class Crates(Package):
    def archive(self) -> Path:
        home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
        name = f"registry/cache/*/{self.name}-{self.version}.crate"
        if not list(home.glob(name)):
            run(["cargo", "info", "--quiet", f"{self.name}@{self.version}"])  # fetches it, too
        return next(home.glob(name))

    def install(self) -> None:
        manifest = self.folder / "Cargo.toml"
        manifest.write_text(manifest.read_text() + "\n[workspace]\n")  # so that it belongs to no other
        run(["cargo", "fetch", "--quiet"], self.folder)

    def complaints(self) -> Counter[str]:
        flags = ["--message-format=json", "--quiet", "--target-dir", self.work / "target"]
        # A file in the archive may ask for a toolchain of its own.
        env = {**os.environ, "RUSTUP_TOOLCHAIN": toolchain(), "CARGO_PROFILE_DEV_DEBUG": "false", "CARGO_INCREMENTAL": "0"}
        found = Counter()
        for line in run(["cargo", "build", *flags], self.folder, env, codes=(0, 101)).splitlines():
            told = json.loads(line)
            if told["reason"] == "compiler-message" and told["message"]["spans"]:
                message = told["message"]
                found[f"{message['spans'][0]['file_name']}: {message['level']}: {message['message']}"] += 1
        return found


def toolchain() -> str:
    """That of this machine."""
    return os.environ.get("RUSTUP_TOOLCHAIN") or run(["rustup", "show", "active-toolchain"]).split()[0] if shutil.which("rustup") else ""


def tools(work: Path) -> Path:
    """`node_modules` with the compilers and checkers."""
    folder = work / "tools"
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{ "private": true }\n')
        run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *TOOLS], folder)
        (folder / "done").touch()
    return folder / "node_modules"


REGISTRIES = {"javascript": Npm, "typescript": Npm, "python": PyPI, "rust": Crates}
