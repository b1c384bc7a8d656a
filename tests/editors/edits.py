"""Edits of the protocol, made to texts and to files as an editor makes them. Standard library only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

UNITS = {"utf-8": lambda c: len(c.encode()), "utf-16": lambda c: len(c.encode("utf-16-le")) // 2, "utf-32": lambda c: 1}


def offset(text: str, place: dict[str, int], encoding: str) -> int:
    """Where a place is in a text. Fails for one that is none, which a server must not name."""
    starts = [0] + [found.end() for found in re.finditer(r"\r\n|\r|\n", text)]
    at, left = starts[place["line"]], place["character"]
    while left > 0:
        left -= UNITS[encoding](text[at])
        at += 1
    assert left == 0, f"the inside of a character: {place}"
    return at


def changed(text: str, edits: list[dict[str, Any]], encoding: str) -> str:
    found = [(offset(text, e["range"]["start"], encoding), offset(text, e["range"]["end"], encoding), e["newText"]) for e in edits]
    found.sort(key=lambda one: one[:2])
    for (_, end, _), (start, _, _) in zip(found, found[1:]):
        assert end <= start, "edits that overlap"
    for start, end, new in reversed(found):
        text = text[:start] + new + text[end:]
    return text


def path(uri: str) -> Path:
    return Path(unquote(urlparse(uri).path))


def make(edit: dict[str, Any], buffers: dict[str, tuple[int, str]], encoding: str) -> dict[str, str]:
    """The texts that a workspace edit leads to, by address. `buffers` has versions and texts of open documents."""
    assert not (edit.get("changes") and edit.get("documentChanges")), "both forms at once"
    texts: dict[str, str] = {}

    def text(uri: str) -> str:
        if uri not in texts:
            texts[uri] = buffers[uri][1] if uri in buffers else path(uri).read_bytes().decode("utf-8-sig")
        return texts[uri]

    for uri, edits in (edit.get("changes") or {}).items():
        texts[uri] = changed(text(uri), edits, encoding)
    for change in edit.get("documentChanges") or []:
        if change.get("kind") == "create":
            assert not path(change["uri"]).exists(), f"there is one already: {change['uri']}"
            texts[change["uri"]] = ""
            continue
        document = change["textDocument"]
        assert "version" in document, "a version may be null and must not be absent"
        version = buffers[document["uri"]][0] if document["uri"] in buffers else None
        assert document["version"] == version, f"{document} and not {version}"
        texts[document["uri"]] = changed(text(document["uri"]), change["edits"], encoding)
    return texts
