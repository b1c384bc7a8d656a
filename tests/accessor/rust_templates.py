"""The templates in Rust, put together from their parts as `Client::template` does."""

import re
from pathlib import Path
from typing import List

BACKEND = Path(__file__).resolve().parents[2] / "src/backend"
CONSTANTS = r'const (\w+): &str = include_str!\("([^"]+)"\)'


def templates(manager: str) -> List[str]:
    """Those of the table of a manager, in order."""
    table = (BACKEND / f"{manager}.rs").read_text()
    files = dict(re.findall(CONSTANTS, (BACKEND / "rust.rs").read_text() + table))
    clients = [re.search(r"parts: &\[(.*?)\]", client, re.DOTALL) for client in table.split("Client {") if "flavor: Flavor::Rust" in client]
    return [join([file or files[name] for name, file in re.findall(r'\b([A-Z]\w+)\b|include_str!\("([^"]+)"\)', client[1])]) for client in clients if client]


def join(files: List[str]) -> str:
    first, *others = ((BACKEND / file).read_text() for file in files)
    # What a part says of itself is not of the template.
    return first + "".join(re.sub(r"\A(//!.*\n)+", "", part) for part in others)
