#!/usr/bin/env python3
"""Packages the extension for Visual Studio Code in a temporary folder, and looks at what came out.

Needs node, npm and the installed modules of `editors/vscode`; no editor. Standard library only.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "editors" / "vscode"
BUILT = {"node_modules", "dist", "out", "bundled"}

FILES = {
    "[Content_Types].xml",
    "extension.vsixmanifest",
    "extension/LICENSE.txt",
    "extension/changelog.md",
    "extension/dist/LICENSES.txt",
    "extension/dist/extension.js",
    "extension/icon.png",
    "extension/package.json",
    "extension/readme.md",
}


def npm(folder: Path, *words: str) -> None:
    print("$ npm", *words, flush=True)
    subprocess.run(["npm", "run", "--silent", *words], cwd=folder, check=True, stdin=subprocess.DEVNULL)


def copy(folder: Path) -> None:
    """The extension as git has it, so that nothing built before counts."""
    shutil.copytree(EXTENSION, folder, ignore=lambda at, names: [n for n in names if n in BUILT or n.endswith(".vsix")])
    os.symlink(EXTENSION / "node_modules", folder / "node_modules")


def package(folder: Path, program: bool) -> zipfile.ZipFile:
    made = folder / ("with.vsix" if program else "without.vsix")
    if program:
        bundled = folder / "bundled" / "bin" / "envacuate"
        bundled.parent.mkdir(parents=True)
        bundled.write_text("#!/bin/sh\n")
        bundled.chmod(0o755)
    npm(folder, "package", "--", "--out", str(made))
    return zipfile.ZipFile(made)


def read(vsix: zipfile.ZipFile, name: str) -> str:
    return vsix.read(name).decode()


def check_contents(vsix: zipfile.ZipFile) -> None:
    assert set(vsix.namelist()) == FILES, set(vsix.namelist()) ^ FILES
    manifest = json.loads(read(vsix, "extension/package.json"))
    crate = re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)
    assert crate and manifest["version"] == crate[1], "the extension has the version of the crate"
    bundle = read(vsix, "extension/dist/extension.js")
    required = set(re.findall(r"""require\("([^"]+)"\)""", bundle))
    listed = subprocess.check_output(["node", "-p", "require('module').builtinModules.join()"], text=True)
    unknown = {name.removeprefix("node:") for name in required} - {*listed.strip().split(","), "vscode"}
    assert not unknown, f"not bundled: {unknown}"
    for command in manifest["contributes"]["commands"]:
        assert f'"{command["command"]}"' in bundle, f"{command['command']} is nowhere registered"
    settings = manifest["contributes"]["configuration"]["properties"]
    for name in settings:
        word = name.removeprefix("envacuate.")
        assert word == "trace.server" or f'"{word}"' in bundle, f"{name} is nowhere read"
    trust = manifest["capabilities"]["untrustedWorkspaces"]
    assert trust["supported"] == "limited"
    for name in trust["restrictedConfigurations"]:
        assert settings[name]["scope"] == "machine-overridable", name
    assert vsix.read("extension/icon.png").startswith(b"\x89PNG")
    notices = read(vsix, "extension/dist/LICENSES.txt")
    assert "vscode-languageclient 10" in notices and "Copyright" in notices


def main() -> int:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "vscode"
        copy(folder)
        npm(folder, "check")
        npm(folder, "test")
        check_contents(package(folder, program=False))
        program = "extension/bundled/bin/envacuate"
        with package(folder, program=True) as vsix:
            assert set(vsix.namelist()) == FILES | {program}, set(vsix.namelist()) ^ FILES
            assert vsix.getinfo(program).external_attr >> 16 & 0o111, "the bundled program can be started"
    print("the package holds what it should and nothing else")
    return 0


if __name__ == "__main__":
    sys.exit(main())
