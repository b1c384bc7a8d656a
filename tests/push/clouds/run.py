#!/usr/bin/env python3
"""Runs the tests of `push` against what stands in for the clouds: `run.py ENVACUATE [part of a test's name …]`.

The files run next to each other, since they mostly wait. See `tests/clouds` for what is needed.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
TESTS = HERE.parents[1]
# The fakes before all else: one of them has the name of a package.
sys.path[:0] = [str(TESTS / "clouds"), str(HERE), str(HERE.parent), str(TESTS / "accessor")]
sys.dont_write_bytecode = True


def main(arguments: list[str]) -> int:
    # So that the servers of the tests are ended, too, when this is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    program, *parts = arguments
    files = sorted(HERE.glob("test_*.py"))
    named = [file for file in files if file.name in parts]
    parts = [part for part in parts if not part.endswith(".py")]
    if len(named) == 1:
        return run(named[0], program, parts)

    def aside(file: Path) -> int:
        return subprocess.run([sys.executable, __file__, program, file.name, *parts]).returncode

    with ThreadPoolExecutor(len(files)) as pool:
        return max(pool.map(aside, named or files))


def run(file: Path, program: str, parts: list[str]) -> int:
    import support

    support.PROGRAM = str(Path(program).resolve())
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{part}*" for part in parts] or None
    result = unittest.TextTestRunner(verbosity=2 if parts else 1).run(loader.loadTestsFromName(file.stem))
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
