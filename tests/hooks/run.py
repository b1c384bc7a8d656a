#!/usr/bin/env python3
"""Runs real hook managers on real commits: `run.py [pre-commit|prek|lefthook|plain …]`.

Each commits in a repository of its own, in which the index and the files differ: what is staged decides. The settings of
the managers are the ones that `docs/hooks.md` shows, and the hooks come from a repository made of this one, with the wheel
that `tests/packages` builds. Needs git, cargo, maturin and the managers on the PATH; `tests/live/run.py` brings them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests/packages"))

from built import TARGET, VERSION, build  # noqa: E402

CLEAN = "import os\n"
DUMP = "import os\nprint(os.environ)\n"
READ = 'import os\ntoken = os.environ["GITHUB_TOKEN"]\nuse(token)\n'
VALUE = "k9#vT2!x"
FOUND = "env-dump"
# pre-commit writes in a line of its own that a hook was not started.
NOT_STARTED = "(no files to check)"


class Project:
    """A repository of somebody who uses a hook manager."""

    def __init__(self, room: Path, name: str, env: dict[str, str]) -> None:
        self.path, self.env = room / name, env
        self.path.mkdir()
        self.run("git", "init", "--quiet")
        self.write("README.md", "A project.\n")
        self.commit("Begin")

    def run(self, *command: object, fails: bool = False) -> str:
        words = [str(word) for word in command]
        ended = subprocess.run(words, cwd=self.path, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        said = ended.stdout + ended.stderr
        assert (ended.returncode != 0) == fails, f"exit {ended.returncode} of {' '.join(words)}\n{said}"
        return said

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text)

    def commit(self, message: str, fails: bool = False) -> str:
        """Commits what is staged, and everything if nothing is."""
        if not self.run("git", "diff", "--cached", "--name-only"):
            self.run("git", "add", "--all")
        return self.run("git", "commit", "--quiet", "--message", message, fails=fails)

    def part(self, name: str, staged: str, unstaged: str) -> None:
        """A file whose text in the index is another than that on the disk."""
        self.write(name, staged)
        self.run("git", "add", name)
        self.write(name, unstaged)

    def judges_what_is_staged(self) -> None:
        """What every hook has to do."""
        self.part("server.py", staged=DUMP, unstaged=CLEAN)
        said = self.commit("Dump", fails=True)
        assert FOUND in said and "server.py" in said, said
        assert (self.path / "server.py").read_text() == CLEAN, "the hook changed the file"
        self.part("server.py", staged=CLEAN, unstaged=DUMP)
        self.commit("Only import")
        assert (self.path / "server.py").read_text() == DUMP, "the hook changed the file"
        self.run("git", "checkout", "--quiet", "--", ".")


def shown(name: str) -> str:
    """The block of docs/hooks.md that opens with a comment with this name, without that line."""
    found = re.search(rf"```\w+\n# {re.escape(name)}\n(.+?)```", (ROOT / "docs/hooks.md").read_text(), re.DOTALL)
    assert found, name
    return found[1]


def hook_repository(room: Path) -> Path:
    """This repository as it stands, with a tag."""
    path = room / "hooks"
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith("fixtures/"):
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, path / name)
    return path


def settings(room: Path, hook: str = "envacuate", more: str = "") -> str:
    """What docs/hooks.md shows, with the local repository in place of the published one, and another hook."""
    text = shown(".pre-commit-config.yaml")
    text = text.replace("https://github.com/envacuate/envacuate", str(room / "hooks"))
    return text.replace("- id: envacuate\n", f"- id: {hook}\n{more}")


def pre_commit(project: Project, room: Path) -> None:
    config = ".pre-commit-config.yaml"
    project.write(config, settings(room))
    project.run("pre-commit", "install")
    project.commit("Set the hook up")
    project.judges_what_is_staged()

    project.write("envacuate.toml", 'exclude = ["vendor/**"]\n')
    project.write("vendor/server.py", DUMP)
    project.commit("Take somebody's code")
    project.write("notes.md", DUMP)
    project.write(".env", f"DB_PASSWORD={VALUE}\n")
    said = project.commit("Name a password", fails=True)
    assert "plaintext-secret" in said and VALUE not in said, said
    project.run("git", "rm", "--quiet", "--force", ".env")
    assert NOT_STARTED in project.commit("Write notes")

    project.write(config, settings(room, "envacuate-fix"))
    project.write("fixed.py", DUMP)
    said = project.commit("Dump", fails=True)
    assert "files were modified by this hook" in said, said
    fixed = (project.path / "fixed.py").read_text()
    assert fixed != DUMP and "os.environ" in fixed, fixed
    project.run("git", "add", "--all")
    project.commit("Show names")

    project.write(config, settings(room, "envacuate-migrate-check", "        args: [--team, platform]\n"))
    project.write("reads.py", READ)
    assert "GITHUB_TOKEN" in project.commit("Read a token", fails=True)
    project.run("git", "rm", "--quiet", "--force", "reads.py")
    project.commit("Read none")


def prek(project: Project, room: Path) -> None:
    project.write(".pre-commit-config.yaml", settings(room))
    project.run("prek", "install")
    project.commit("Set the hook up")
    project.judges_what_is_staged()


def lefthook(project: Project, room: Path) -> None:
    project.write("lefthook.yml", shown("lefthook.yml"))
    project.run("lefthook", "install")
    project.commit("Set the hook up")
    project.judges_what_is_staged()


def plain(project: Project, room: Path) -> None:
    line = re.search(r"^printf .+$", (ROOT / "docs/hooks.md").read_text(), re.MULTILINE)
    assert line
    project.run("sh", "-c", line[0])
    project.judges_what_is_staged()


MANAGERS: dict[str, Callable[[Project, Path], None]] = {
    "pre-commit": pre_commit,
    "prek": prek,
    "lefthook": lefthook,
    "plain": plain,
}


def main(chosen: list[str]) -> int:
    wheel = build()
    with tempfile.TemporaryDirectory(prefix="envacuate-hooks-") as folder:
        room = Path(folder).resolve()
        # The hooks are installed from the wheel, and what installs them, from this folder and nowhere else. prek wants this uv.
        links = room / "links"
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        constraints = ROOT / "tests/live/constraints.txt"
        subprocess.run([*download, "--constraint", constraints, "--dest", links, "setuptools", "uv"], check=True)
        shutil.copy(wheel, links)
        subprocess.run([sys.executable, "-m", "venv", room / "venv"], check=True)
        pip = [room / "venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", wheel]
        subprocess.run(pip, check=True)
        env = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "PREK", "UV_"))}
        env |= {
            "HOME": str(room / "home"),
            "XDG_CACHE_HOME": str(room / "cache"),
            "PATH": f"{room / 'venv/bin'}{os.pathsep}{env['PATH']}",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(links),
            "UV_OFFLINE": "1",
            "UV_NO_INDEX": "1",
            "UV_FIND_LINKS": str(links),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_{what}": said for who in ("AUTHOR", "COMMITTER") for what, said in (("NAME", "A"), ("EMAIL", "a@b.c"))},
        }
        hooks = hook_repository(room)
        git = ["git", "-C", hooks]
        for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "All"], ["tag", f"v{VERSION}"]):
            subprocess.run([*git, *command], check=True, env=env)
        for name, run in MANAGERS.items():
            if not chosen or name in chosen:
                run(Project(room, name, env), room)
                print(f"{name}: passed", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
