#!/usr/bin/env python3
"""Makes the npm packages from built programs: `assemble.py BINARIES OUT [--some]`.

BINARIES/<target>/envacuate(.exe) are the programs, one for each target of `../targets.json`; OUT gets the archives that
`npm publish` takes: one for each platform, and `envacuate`, which depends on all of them and starts the one that fits.
With --some, targets without a program are left out; the main package names them all the same. The same input gives the
same bytes. Python 3.10 or newer, standard library only; runs no npm.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import re
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGETS: list[dict[str, str]] = json.loads((HERE.parent / "targets.json").read_text())
LICENSES = {name: (ROOT / name).read_bytes() for name in ("LICENSE-APACHE", "LICENSE-MIT")}


def of_crate(key: str) -> str:
    """What Cargo.toml says about the package."""
    found = re.search(rf'^{key} = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)
    assert found, key
    return found[1]


def manifest(name: str, more: dict[str, object]) -> bytes:
    said = {
        "name": name,
        "version": of_crate("version"),
        "description": of_crate("description"),
        "license": of_crate("license"),
        "repository": {"type": "git", "url": f"git+{of_crate('repository')}.git"},
        "homepage": f"{of_crate('repository')}#readme",
        **more,
        "publishConfig": {"access": "public", "provenance": True},
    }
    return (json.dumps(said, indent=2) + "\n").encode()


def platform_package(target: dict[str, str], program: Path) -> tuple[str, dict[str, bytes]]:
    name = f"@envacuate/cli-{target['npm']}"
    limits: dict[str, object] = {key: [target[key]] for key in ("os", "cpu", "libc") if key in target}
    readme = f"# {name}\n\nThe program of [envacuate](https://www.npmjs.com/package/envacuate) for {target['target']}.\n"
    files = {"package.json": manifest(name, {**limits, "preferUnplugged": True}), "README.md": readme.encode()}
    return name, {**files, program.name: program.read_bytes()}


def main_package() -> tuple[str, dict[str, bytes]]:
    version = of_crate("version")
    more = {
        "keywords": ["mcp", "secrets", "security", "linter", "vault"],
        "bin": {"envacuate": "bin/envacuate"},
        "engines": {"node": ">=18"},
        "optionalDependencies": {f"@envacuate/cli-{target['npm']}": version for target in TARGETS},
    }
    files = {name: (HERE / name).read_bytes() for name in ("README.md", "bin/envacuate")}
    return "envacuate", {"package.json": manifest("envacuate", more), **files}


def pack(name: str, files: dict[str, bytes], out: Path) -> Path:
    """Writes an archive as `npm pack` names it."""
    path = out / f"{name.replace('@', '').replace('/', '-')}-{of_crate('version')}.tgz"
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for inside, data in sorted({**files, **LICENSES}.items()):
            entry = tarfile.TarInfo(f"package/{inside}")
            entry.size = len(data)
            entry.mode = 0o755 if Path(inside).stem == "envacuate" else 0o644
            # What npm itself writes, so that an archive says nothing about when it was made.
            entry.mtime = 499162500
            archive.addfile(entry, io.BytesIO(data))
    path.write_bytes(gzip.compress(raw.getvalue(), mtime=0))
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--some", action="store_true", help="leave out targets without a program")
    options = parser.parse_args()
    packages = [main_package()]
    for target in TARGETS:
        program = options.binaries / target["target"] / ("envacuate.exe" if target["os"] == "win32" else "envacuate")
        if program.is_file():
            packages.append(platform_package(target, program))
        elif not options.some:
            print(f"assemble.py: there is no {program}; build it, or give --some", file=sys.stderr)
            return 2
    options.out.mkdir(parents=True, exist_ok=True)
    for name, files in packages:
        print(pack(name, files, options.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
