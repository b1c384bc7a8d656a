#!/usr/bin/env python3
"""Runs the tests of the accessors against a real OpenBao, and stand-ins of clouds: `run.py [js|python|python_library|rust|clouds_js|clouds_python|clouds_rust] [part of a test's name …]`.

Without a language, all that have tests here. Test files run next to each other, since they mostly wait; one whose name
is given (`run.py python test_age.py`) runs alone. `python_library` has the tests of `python`, with the client that
asks through a library; in Rust, all clients have one run. See `bao.py` for what is needed.
"""

import os
import signal
import subprocess
import sys
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
LANGUAGES = ("js", "python", "python_library", "rust", "clouds_js", "clouds_python", "clouds_rust")
SIDE_BY_SIDE = 4


def main(arguments: "list[str]") -> int:
    # So that the servers are ended, too, when this is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    languages = [name for name in LANGUAGES if name in arguments[:1]] or list(LANGUAGES)
    parts = [argument for argument in arguments if argument not in LANGUAGES]
    files = [(language, file) for language in languages for file in sorted((HERE / folder(language)).glob("test_*.py"))]
    named = [(language, file) for language, file in files if file.name in parts]
    parts = [part for part in parts if not part.endswith(".py")]
    if len(named or files) == 1:
        return run(*(named or files)[0], parts)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return max(pool.map(lambda one: run_aside(*one, parts), named or files))


def folder(language: str) -> str:
    return language.replace("_library", "")


def run(language: str, file: Path, parts: "list[str]") -> int:
    os.environ["ACCESSOR_THROUGH"] = "builtin" if language == folder(language) else "library"
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(HERE), str(file.parent)]
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{part}*" for part in parts] or None
    result = unittest.TextTestRunner(verbosity=2 if parts else 1).run(loader.loadTestsFromName(file.stem))
    return 0 if result.wasSuccessful() else 1


def run_aside(language: str, file: Path, parts: "list[str]") -> int:
    started = time.monotonic()
    ran = subprocess.run([sys.executable, __file__, language, file.name, *parts], stderr=subprocess.PIPE, text=True)
    if ran.returncode or "Ran 0 tests" not in ran.stderr:
        print(f"{language}/{file.name}: {time.monotonic() - started:.0f} s\n{ran.stderr}", file=sys.stderr)
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
