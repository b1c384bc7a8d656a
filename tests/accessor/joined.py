"""The templates in JavaScript, TypeScript and Python, put together from their parts as `Client::template` does."""

from __future__ import annotations

import re
from pathlib import Path

BACKEND = Path(__file__).resolve().parents[2] / "src" / "backend"
CONSTANT = r'const (\w+): &str =\s+include_str!\("([^"]+)"\)'


def template(manager: str, name: str, through: str = "") -> str:
    """The one that the table of a manager has for a file of this name: the first one, or that which asks through this."""
    table = (BACKEND / f"{manager}.rs").read_text()
    shared = "".join((BACKEND / f"{module}.rs").read_text() for module in ("ecma", "python"))
    files = dict(re.findall(CONSTANT, table + shared))
    for client in table.split("Client {"):
        parts = re.search(r"parts: &\[(.*?)\]", client, re.DOTALL)
        if parts and f'names: ["{name}"' in client and f"Through::{through.title()}" in client:
            named = re.findall(r'(?:\w+::)?([A-Z]\w+)|include_str!\("([^"]+)"\)', parts[1])
            return "".join((BACKEND / (file or files[constant])).read_text() for constant, file in named)
    raise KeyError(f"{manager} has no {name}")
