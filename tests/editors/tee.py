#!/usr/bin/env python3
"""Starts a language server between a client and files that keep what it said: `tee.py FOLDER PROGRAM ARGUMENT …`.

`FOLDER/said` gets all of its output and `FOLDER/errors` what it wrote beside it, so that a test can look for what must
never be said. Ends as the server ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO


def copy(source: BinaryIO, *targets: BinaryIO) -> None:
    while piece := source.read1():
        for target in targets:
            try:
                target.write(piece)
                target.flush()
            except OSError:
                return


def main(folder: Path, command: list[str]) -> int:
    with (folder / "said").open("ab") as said, (folder / "errors").open("ab") as errors:
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)

        def feed() -> None:
            copy(sys.stdin.buffer, server.stdin)
            server.stdin.close()

        # Waits for a client that says nothing more, which must not keep this alive.
        threading.Thread(target=feed, daemon=True).start()
        copy(server.stdout, sys.stdout.buffer, said)
        return server.wait()


if __name__ == "__main__":
    ended = main(Path(sys.argv[1]), sys.argv[2:])
    sys.stdout.flush()
    # The thread that reads standard input holds its lock, which an ordinary end would wait for.
    os._exit(ended)
