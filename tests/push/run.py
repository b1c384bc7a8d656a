#!/usr/bin/env python3
"""Runs the tests of `push`, `verify` and `rotate` against a real OpenBao: `run.py ENVACUATE [part of a test's name …]`.

The files run next to each other, since they mostly wait. See `tests/accessor/bao.py` for what is needed.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIDE_BY_SIDE = 3


def main(arguments: list[str]) -> int:
    # So that the servers are ended, too, when this is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    program, *parts = arguments
    files = sorted(HERE.glob("test_*.py"))
    named = [file for file in files if file.name in parts]
    parts = [part for part in parts if not part.endswith(".py")]
    if len(named) == 1:
        return run(named[0], program, parts)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return max(pool.map(lambda file: run_aside(file, program, parts), named or files))


def run(file: Path, program: str, parts: list[str]) -> int:
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(HERE), str(HERE.parent / "accessor")]
    import support

    support.PROGRAM = str(Path(program).resolve())
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{part}*" for part in parts] or None
    result = unittest.TextTestRunner(verbosity=2 if parts else 1).run(loader.loadTestsFromName(file.stem))
    return 0 if result.wasSuccessful() else 1


def run_aside(file: Path, program: str, parts: list[str]) -> int:
    started = time.monotonic()
    ran = subprocess.run([sys.executable, __file__, program, file.name, *parts], stderr=subprocess.PIPE, text=True)
    if ran.returncode or "Ran 0 tests" not in ran.stderr:
        print(f"{file.name}: {time.monotonic() - started:.0f} s\n{ran.stderr}", file=sys.stderr)
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
