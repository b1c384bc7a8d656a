#!/usr/bin/env python3
"""Checks what no compiler reads: spelling, workflows and actions. Runs typos, check-jsonschema and zizmor, without network.

Needs these on the PATH; `tests/live/run.py` brings them.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted(str(path.relative_to(ROOT)) for path in (ROOT / ".github/workflows").glob("*.yml"))
ACTIONS = [name for name in ("action.yml",) if (ROOT / name).exists()]
CHECKS = [
    ["typos"],
    ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS],
    *(["check-jsonschema", "--builtin-schema", "vendor.github-actions", name] for name in ACTIONS),
    ["zizmor", "--offline", "--no-progress", "--persona", "pedantic", *WORKFLOWS, *ACTIONS],
]

assert WORKFLOWS
failed = [check[0] for check in CHECKS if subprocess.run(check, cwd=ROOT).returncode]
sys.exit(f"failed: {', '.join(failed)}" if failed else 0)
