#!/usr/bin/env python3
"""Makes the archive of a release for one platform: `archive.py TARGET PROGRAM OUT`.

`envacuate-<target>.tar.gz`, or `.zip` for Windows, with one folder of that name, in which the program stands beside its
licences and README. `[package.metadata.binstall]` in Cargo.toml and the GitHub action count on these names. The same
input gives the same bytes. Standard library only.
"""

from __future__ import annotations

import gzip
import io
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BESIDE = ("CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md")


def main(target: str, program: Path, out: Path) -> int:
    name = f"envacuate-{target}"
    files = {f"{name}/{path.name}": path.read_bytes() for path in [program, *(ROOT / file for file in BESIDE)]}
    out.mkdir(parents=True, exist_ok=True)
    if "windows" in target:
        path = out / f"{name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for inside, data in files.items():
                archive.writestr(zipfile.ZipInfo(inside), data, zipfile.ZIP_DEFLATED)
    else:
        path = out / f"{name}.tar.gz"
        raw = io.BytesIO()
        with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for inside, data in files.items():
                entry = tarfile.TarInfo(inside)
                entry.size = len(data)
                entry.mode = 0o755 if inside == f"{name}/{program.name}" else 0o644
                archive.addfile(entry, io.BytesIO(data))
        path.write_bytes(gzip.compress(raw.getvalue(), mtime=0))
    print(path)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
