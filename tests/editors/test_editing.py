"""What somebody sees who edits a file: findings where they are, in every encoding, and actions that do what they say."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from lsprotocol import types

import edits
from editor import CANARIES, DUMP, LONG, PROFILES, READ, write

CONFIG = '{"mcpServers": {"x": {"command": "x", "env": {"API_TOKEN": "%s"}}}}' % CANARIES[0]
WHOLE = types.Range(types.Position(0, 0), types.Position(99, 0))


@pytest.mark.parametrize("profile", PROFILES)
async def test_an_hour_of_work(editors, folder: Path, profile: str) -> None:
    write(folder, {"config.js": READ, "server.js": DUMP, "mcp.json": CONFIG, ".env": f"API_TOKEN={CANARIES[1]}\n"})
    editor = await editors(profile, folder)
    assert editor.encoding == ("utf-16" if profile in ("visual-studio-code", "pulling") else "utf-8")
    editor.open("server.js")
    found = await editor.until("server.js", "env-dump")
    assert editor.shown("server.js", found[0]) == "process.env"

    # Typed before, in and behind what is found, by characters of every length.
    editor.type("server.js", "naïve", "ü😀 naïve")
    editor.type("server.js", "😀'", "😀 é'")
    found = await editor.until("server.js", "env-dump")
    assert editor.shown("server.js", found[0]) == "process.env"

    # A fix: the text is right, the finding is gone, and it is back when the change is taken back.
    before = editor.text("server.js")
    actions = await editor.actions("server.js", found[0].range)
    after = await editor.take(actions["Write only the names of the variables"], "server.js")
    assert after == before.replace("env: process.env", "env: Object.keys(process.env)")
    await editor.until("server.js")
    editor.replace("server.js", before)
    found = await editor.until("server.js", "env-dump")

    # A comment silences it, and needs a reason from somebody.
    actions = await editor.actions("server.js", found[0].range)
    after = await editor.take(actions["Ignore env-dump here, with a reason"], "server.js")
    assert after != before and "// envacuate: ignore[env-dump] TODO: say why" in after
    await editor.until("server.js")
    editor.replace("server.js", before + "\nconsole.log(process.env);\n")
    await editor.until("server.js", "env-dump", "env-dump")

    # All at once.
    [fix] = (await editor.actions("server.js", WHOLE, only=["source.fixAll"])).values()
    assert fix.kind == "source.fixAll.envacuate"
    after = await editor.take(fix, "server.js")
    assert after.count("Object.keys(process.env)") == 2
    await editor.until("server.js")

    # What is not saved reaches other files.
    editor.replace("server.js", before + "\nconsole.log(config.token);\n")
    await editor.until("server.js", "env-dump", "secret-exposed")
    editor.open("config.js", "export const config = {};\n")
    await editor.until("server.js", "env-dump")
    editor.replace("config.js", READ)
    await editor.until("server.js", "env-dump", "secret-exposed")
    found = await editor.until("config.js", "env-secret-read")

    # The rule and the rest of the story of the secret under the cursor; where else it stands.
    at = types.HoverParams(types.TextDocumentIdentifier(editor.uri("config.js")), found[0].range.start)
    hover = await editor.wait(editor.client.text_document_hover_async(at))
    assert "env-secret-read" in hover.contents.value and "server.js:4" in hover.contents.value
    assert hover.range == found[0].range
    if editor.capabilities.text_document.publish_diagnostics.related_information:
        places = [Path(edits.path(one.location.uri)).name for one in found[0].related_information]
        assert "mcp.json" in places
    editor.close("server.js")
    editor.close("config.js")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_columns(editors, folder: Path, encoding: str) -> None:
    editor = await editors("emacs", folder, encodings=[encoding])
    assert editor.encoding == encoding
    editor.open("server.js", DUMP)
    found = await editor.until("server.js", "env-dump")
    assert editor.shown("server.js", found[0]) == "process.env"
    line = DUMP.splitlines()[1]
    before = line[: line.index("process.env")]
    assert found[0].range.start == types.Position(1, sum(edits.UNITS[encoding](c) for c in before))
    for old, new in [("😀", "😀😀"), ("ï", ""), ("'./config.js'", "'./ö.js'"), ("const s", "\r\nconst s"), ("nave", "é' +\n'")]:
        editor.type("server.js", old, new)
        found = await editor.until("server.js", "env-dump")
        assert editor.shown("server.js", found[0]) == "process.env"
    actions = await editor.actions("server.js", WHOLE)
    before = editor.text("server.js")
    after = await editor.take(actions["Write only the names of the variables"], "server.js")
    assert after == before.replace("env: process.env", "env: Object.keys(process.env)")


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
async def test_other_ends_of_lines(editors, folder: Path, ending: str) -> None:
    editor = await editors("visual-studio-code", folder)
    text = DUMP.replace("\n", ending)
    editor.open("server.js", text)
    found = await editor.until("server.js", "env-dump")
    actions = await editor.actions("server.js", found[0].range)
    after = await editor.take(actions["Write only the names of the variables"], "server.js")
    assert after == text.replace("env: process.env", "env: Object.keys(process.env)")


@pytest.mark.parametrize("profile", ["visual-studio-code", "neovim", "pulling"])
async def test_a_secret_is_moved(editors, folder: Path, profile: str) -> None:
    write(folder, {
        "package.json": '{"name": "demo", "type": "module"}\n',
        "config.js": "// é 😀\n" + READ,
        "server.js": "import { config } from './config.js';\nexport const call = () => fetch('https://x.test', { headers: { authorization: `Bearer ${config.token}` } });\n",
    })  # fmt: skip
    editor = await editors(profile, folder)
    assert editor.checked(folder) == [("env-secret-read", "config.js")]
    editor.open("config.js", "// not saved\n" + READ)
    found = await editor.until("config.js", "env-secret-read")
    actions = await editor.actions("config.js", found[0].range)
    texts = await editor.edit(actions["Move API_TOKEN to the secret manager"])
    for uri, text in texts.items():
        edits.path(uri).write_bytes(text.encode())
    made = sorted(edits.path(uri).relative_to(folder).as_posix() for uri in texts)
    assert "config.js" in made and any("secrets" in name for name in made) and len(made) >= 3, made
    assert "// not saved\n" in (folder / "config.js").read_text(), "what is typed counts, and not the file"
    assert "process.env.API_TOKEN" not in (folder / "config.js").read_text()
    assert not editor.checked(folder), "nothing is left"


async def test_a_file_with_a_mark_in_front_keeps_it_once(editors, folder: Path) -> None:
    """Editors take the mark of a byte order out of what they show, and columns count without it."""
    read = "export const token = process.env.API_TOKEN;\n"
    server = "import { token } from './config.js';\nexport const call = () => fetch('https://x.test', { headers: { authorization: token } });\n"
    write(folder, {"package.json": '{"name": "demo", "type": "module"}\n', "config.js": "\ufeff" + read, "server.js": server})
    editor = await editors("visual-studio-code", folder)
    editor.open("other.js", "export const other = process.env.API_TOKEN;\n")
    [found] = await editor.until("other.js", "env-secret-read")
    end = time.monotonic() + LONG
    while not (told := editor.client.diagnostics.get(editor.uri("config.js"))):
        assert time.monotonic() < end
        await asyncio.sleep(0.02)
    assert [one.range.start for one in told] == [types.Position(0, read.index("process"))]
    actions = await editor.actions("other.js", found.range)
    texts = await editor.edit(actions["Move API_TOKEN to the secret manager"])
    assert not texts[editor.uri("config.js")].startswith("\ufeff"), "it would stand there twice"


async def test_an_editor_that_makes_no_files_is_not_offered_to_move(editors, folder: Path) -> None:
    editor = await editors("emacs", folder)
    editor.open("config.js", READ)
    found = await editor.until("config.js", "env-secret-read")
    assert not [title for title in await editor.actions("config.js", found[0].range) if title.startswith("Move")]
