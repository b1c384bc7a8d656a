"""What changes around the document: other files, folders, settings."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from lsprotocol import types

import edits
from editor import CANARIES, DUMP, LONG, READ, Editor, write

PRINT = "import os\nprint(os.environ)\n"
CREATED, CHANGED, DELETED = types.FileChangeType.Created, types.FileChangeType.Changed, types.FileChangeType.Deleted
WATCHED = "workspace/didChangeWatchedFiles"


class Whole:
    """What an editor knows of all files, whether it is told or asks."""

    def __init__(self, editor: Editor) -> None:
        self.editor, self.known, self.ids = editor, {}, {}

    async def until(self, wanted: dict[str, list[str]]) -> None:
        end, editor = time.monotonic() + LONG, self.editor
        while (found := await self.shown()) != wanted:
            assert time.monotonic() < end, f"{found} and not {wanted}"
            if not editor.pulls:
                await asyncio.sleep(0.02)
                continue
            known = [types.PreviousResultId(uri, value) for uri, value in self.ids.items()]
            report = await editor.wait(editor.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(known)))
            for item in report.items:
                self.ids[item.uri] = item.result_id
                self.known[item.uri] = item.items

    async def shown(self) -> dict[str, list[str]]:
        told = self.known if self.editor.pulls else self.editor.client.diagnostics
        return {edits.path(uri).name: sorted(str(one.code) for one in all) for uri, all in told.items() if all}


@pytest.mark.parametrize("profile", ["visual-studio-code", "pulling"])
async def test_files_that_are_never_opened(editors, folder: Path, profile: str) -> None:
    write(folder, {"a.py": PRINT, "deep/config.js": READ, "node_modules/x/x.js": "console.log(process.env)"})
    editor = await editors(profile, folder)
    whole = Whole(editor)
    await whole.until({"a.py": ["env-dump"], "config.js": ["env-secret-read"]})
    assert WATCHED in editor.registered

    for name, text, kind in [("b.py", PRINT, CREATED), ("a.py", "import os\n", CHANGED)]:
        write(folder, {name: text})
        editor.happened(name, kind)
    await whole.until({"b.py": ["env-dump"], "config.js": ["env-secret-read"]})
    (folder / "deep/config.js").unlink()
    (folder / "deep").rmdir()
    # Some editors tell of the folder alone.
    editor.happened("deep", DELETED)
    await whole.until({"b.py": ["env-dump"]})

    write(folder, {".gitignore": "b.py\n", ".git/HEAD": "ref: refs/heads/main\n", "new.dir/c.py": PRINT})
    editor.happened(".gitignore", CREATED)
    editor.happened("new.dir", CREATED)
    await whole.until({"c.py": ["env-dump"]})
    (folder / "new.dir/c.py").unlink()
    (folder / "new.dir").rmdir()
    editor.happened("new.dir", DELETED)
    await whole.until({})


@pytest.mark.parametrize("profile", ["visual-studio-code", "pulling"])
async def test_settings(editors, folder: Path, profile: str) -> None:
    write(folder, {"a.py": PRINT, "config.js": READ})
    editor = await editors(profile, folder)
    whole = Whole(editor)
    await whole.until({"a.py": ["env-dump"], "config.js": ["env-secret-read"]})
    write(folder, {"envacuate.toml": 'exclude = ["a.py"]\n'})
    editor.happened("envacuate.toml", CREATED)
    await whole.until({"config.js": ["env-secret-read"]})
    editor.client.set_configuration({"enable": False}, section="envacuate")
    changed = types.DidChangeConfigurationParams(settings=None)
    editor.client.workspace_did_change_configuration(changed)
    await whole.until({})
    editor.client.set_configuration({"enable": True, "notes": False}, section="envacuate")
    editor.client.workspace_did_change_configuration(changed)
    write(folder, {"envacuate.toml": ""})
    editor.happened("envacuate.toml", CHANGED)
    await whole.until({"a.py": ["env-dump"], "config.js": ["env-secret-read"]})
    editor.client.set_configuration({"enable": CANARIES[2]}, section="envacuate")
    editor.client.workspace_did_change_configuration(changed)
    end = time.monotonic() + LONG
    while not any("not understood" in one.message for one in editor.client.messages):
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


async def test_an_editor_that_watches_nothing_tells_of_what_is_saved(editors, folder: Path) -> None:
    write(folder, {"a.py": PRINT, "envacuate.toml": ""})
    editor = await editors("neovim", folder)
    assert WATCHED not in editor.registered
    editor.open("a.py")
    await editor.until("a.py", "env-dump")
    editor.open("envacuate.toml")
    editor.replace("envacuate.toml", 'exclude = ["a.py"]\n')
    editor.save("envacuate.toml")
    await editor.until("a.py")
    editor.replace("envacuate.toml", "")
    editor.save("envacuate.toml")
    await editor.until("a.py", "env-dump")
    # Made by another program, and then opened.
    write(folder, {"later.py": PRINT})
    editor.open("later.py")
    await editor.until("later.py", "env-dump")


@pytest.mark.parametrize("profile", ["visual-studio-code", "pulling"])
async def test_several_folders(editors, tmp_path: Path, profile: str) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        write(folder, {f"{folder.name}.py": PRINT})
    write(one, {"inner/x.py": PRINT})
    editor = await editors(profile, one)
    whole = Whole(editor)
    await whole.until({"one.py": ["env-dump"], "x.py": ["env-dump"]})

    def regroup(added: list[Path], removed: list[Path]) -> None:
        added_, removed_ = ([types.WorkspaceFolder(at.as_uri(), at.name) for at in all] for all in (added, removed))
        event = types.WorkspaceFoldersChangeEvent(added=added_, removed=removed_)
        editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))

    regroup([two, one / "inner"], [])
    await whole.until({"one.py": ["env-dump"], "two.py": ["env-dump"], "x.py": ["env-dump"]})
    # A file of an inner folder changes, which then is a part of the outer one again.
    write(one, {"inner/x.py": "import os\n"})
    editor.happened(one / "inner/x.py", CHANGED)
    await whole.until({"one.py": ["env-dump"], "two.py": ["env-dump"]})
    regroup([], [one / "inner"])
    editor.open(one / "one.py")
    await editor.until(one / "one.py", "env-dump")
    regroup([], [one])
    # A document that is still open is judged alone.
    await whole.until({"one.py": ["env-dump"], "two.py": ["env-dump"]})
    await editor.until(one / "one.py", "env-dump")
    regroup([], [two])
    await whole.until({"one.py": ["env-dump"]})
    editor.open("untitled:Untitled-1.py", PRINT)
    await editor.until("untitled:Untitled-1.py", "env-dump")


async def test_who_asks_is_told_to_ask_again_only_when_it_cannot_know(editors, folder: Path) -> None:
    write(folder, {"config.js": READ, "server.js": DUMP})
    editor = await editors("pulling", folder)
    editor.open("server.js")
    await editor.until("server.js", "env-dump")
    await asyncio.sleep(0.5)
    before = editor.client.diagnostic_refresh_count
    for at in range(20):
        editor.type("server.js", f"const s{at - 1 if at else ''} =", f"\nconst s{at} =")
        await editor.until("server.js", "env-dump")
    await asyncio.sleep(0.5)
    assert editor.client.diagnostic_refresh_count == before, "it asks by itself after each change of its own"


@pytest.mark.parametrize("target", ["folder", "files"])
async def test_links(editors, tmp_path: Path, target: str) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    write(real, {"config.js": READ, "server.js": DUMP + "console.log(config.token);\n"})
    link.symlink_to(real)
    editor = await editors("neovim", link if target == "folder" else real)
    at = link if target == "folder" else real
    editor.open(at / "server.js")
    await editor.until(at / "server.js", "env-dump", "secret-exposed")
