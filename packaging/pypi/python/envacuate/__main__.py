"""Starts the program that this wheel installed: what `python -m envacuate` does.

It knows where installers put programs and nothing else. Used where the folder of the programs is not on the PATH.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from typing import Iterator


def candidates() -> Iterator[str]:
    """Where the program can be, the environment of this interpreter first."""
    name = "envacuate" + (sysconfig.get_config_var("EXE") or "")
    user = "nt_user" if os.name == "nt" else "posix_user"
    if sys.platform == "darwin" and getattr(sys, "_framework", ""):
        user = "osx_framework_user"
    above = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    folders = [sysconfig.get_path("scripts"), sysconfig.get_path("scripts", user)]
    # What `pip install --target` and `--prefix` make: `bin` beside the package, or above `lib/python3.x/site-packages`.
    folders += [os.path.join(above, "bin"), os.path.join(above, "..", "..", "..", "bin")]
    return (os.path.join(folder, name) for folder in folders)


def main() -> int:
    program = next((path for path in candidates() if os.path.isfile(path)), None)
    if program is None:
        print("envacuate: the program is not where this package was installed; try `pip install --force-reinstall envacuate`",
              file=sys.stderr)
        return 2
    arguments = [program, *sys.argv[1:]]
    if os.name == "nt":
        # There, `execv` gives control back to the shell before the program has ended.
        return subprocess.run(arguments).returncode
    os.execv(program, arguments)


if __name__ == "__main__":
    sys.exit(main())
