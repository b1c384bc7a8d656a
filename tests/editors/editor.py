"""An editor: pytest-lsp's client with the capabilities of a real one, and the few things that people do in it."""

from __future__ import annotations

import asyncio
import json
import shlex
import subprocess
import time
from pathlib import Path
from typing import Any

from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient, client_capabilities
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

import edits

# What stands in the places where values stand. None of it is a secret, and none of it may be said.
CANARIES = ["ghp_Zk3vQ9xW2mN7bR5tY8uJ1cL6dF4gH0sA9eP2", "sk-canary-7Jq2Lw9Xc4Vb6Nm1", "canary-pa55-word"]
LONG = 60  # seconds, more than anything takes on a busy machine
LANGUAGES = {".js": "javascript", ".ts": "typescript", ".py": "python", ".rs": "rust", ".json": "json", ".toml": "toml", ".env": "dotenv"}

READ = "export const config = { token: process.env.API_TOKEN };\n"
# A finding behind characters that count differently in each encoding.
DUMP = "import { config } from './config.js';\nconst s = 'naïve 😀'; console.log({ env: process.env });\n"
FIXED = DUMP.replace("env: process.env", "env: Object.keys(process.env)")
PROFILES = ["visual-studio-code", "neovim", "emacs", "pulling"]


def capabilities(profile: str) -> types.ClientCapabilities:
    """What an editor can. `pulling` is Visual Studio Code of today, which asks for findings and can be told to."""
    if profile != "pulling":
        return client_capabilities(profile)
    raw = get_converter().unstructure(client_capabilities("visual-studio-code"))
    raw["general"]["positionEncodings"] = ["utf-16"]
    raw["textDocument"]["diagnostic"] = {"dynamicRegistration": True, "relatedDocumentSupport": False, "relatedInformation": True}
    raw["workspace"]["diagnostics"] = {"refreshSupport": True}
    return get_converter().structure(raw, types.ClientCapabilities)


class Editor:
    def __init__(self, profile: str, envacuate: str, folders: list[Path], encodings: list[str] | None = None, options: Any = None) -> None:
        self.capabilities = capabilities(profile)
        if encodings:
            self.capabilities.general.position_encodings = encodings
        self.envacuate, self.folders, self.options = envacuate, folders, options
        self.client = LanguageClient(converter_factory=default_converter)
        self.versions: dict[str, int | None] = {}

        def publish(client: LanguageClient, params: types.PublishDiagnosticsParams) -> None:
            client.diagnostics[params.uri], self.versions[params.uri] = params.diagnostics, params.version

        register_lsp_features(self.client, {**DEFAULT_CLIENT_FEATURES, types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: publish})
        self.edits: list[types.ApplyWorkspaceEditParams] = []
        self.registered: list[str] = []
        self.buffers: dict[str, tuple[int, str]] = {}
        self.results: dict[str, tuple[int, list[types.Diagnostic]]] = {}

        @self.client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def _(params: types.RegistrationParams) -> None:
            self.registered += [one.method for one in params.registrations]

        @self.client.feature(types.WORKSPACE_APPLY_EDIT)
        def _(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
            self.edits.append(params)
            return types.ApplyWorkspaceEditResult(applied=True)

    async def start(self, command: list[str]) -> None:
        folders = [types.WorkspaceFolder(uri=one.as_uri(), name=one.name) for one in self.folders]
        await self.client.start_io(*command)
        params = types.InitializeParams(capabilities=self.capabilities, workspace_folders=folders, initialization_options=self.options)
        answer = await self.client.initialize_session(params)
        self.can = answer.capabilities
        self.encoding = str(getattr(self.can.position_encoding, "value", self.can.position_encoding))
        self.pulls = self.can.diagnostic_provider is not None

    async def end(self) -> None:
        if self.client.error:
            raise self.client.error
        await asyncio.wait_for(self.client.shutdown_session(), LONG)
        assert self.client._server.returncode == 0, "an end that was announced is a good one"
        await self.client.stop()
        assert not (self.pulls and self.client.diagnostics), "told and asked for, which some editors show twice"

    # Documents

    def uri(self, path: str | Path) -> str:
        return path if isinstance(path, str) and ":" in path else (self.folders[0] / path).as_uri()

    def open(self, path: str | Path, text: str | None = None) -> None:
        uri = self.uri(path)
        text = edits.path(uri).read_bytes().decode("utf-8-sig") if text is None else text
        self.buffers[uri] = (1, text)
        language = LANGUAGES.get(Path(str(path)).suffix, "plaintext")
        item = types.TextDocumentItem(uri=uri, language_id=language, version=1, text=text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, path: str | Path, old: str, new: str) -> None:
        """Puts a text in the place of another one, which stands there once."""
        version, text = self.buffers[self.uri(path)]
        assert text.count(old) == 1, (text, old)
        at = text.index(old)
        change = types.TextDocumentContentChangePartial(range=types.Range(self.place(text, at), self.place(text, at + len(old))), text=new)
        self.send(path, text.replace(old, new), [change])

    def replace(self, path: str | Path, text: str) -> None:
        self.send(path, text, [types.TextDocumentContentChangeWholeDocument(text)])

    def send(self, path: str | Path, text: str, changes: list[Any]) -> None:
        uri = self.uri(path)
        version = self.buffers[uri][0] + 1
        self.buffers[uri] = (version, text)
        document = types.VersionedTextDocumentIdentifier(version=version, uri=uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, changes))

    def close(self, path: str | Path) -> None:
        uri = self.uri(path)
        self.buffers.pop(uri, None)
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))

    def save(self, path: str | Path) -> None:
        uri = self.uri(path)
        edits.path(uri).write_bytes(self.buffers[uri][1].encode())
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))

    def happened(self, path: str | Path, kind: types.FileChangeType) -> None:
        event = types.FileEvent(uri=self.uri(path), type=kind)
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))

    def text(self, path: str | Path) -> str:
        return self.buffers[self.uri(path)][1]

    def place(self, text: str, at: int) -> types.Position:
        line = text.count("\n", 0, at)
        before = text[text.rfind("\n", 0, at) + 1 : at]
        return types.Position(line, sum(edits.UNITS[self.encoding](c) for c in before))

    # Findings

    async def told(self, path: str | Path) -> list[types.Diagnostic]:
        """What the editor shows of an open document. One that asks does so after each change of its own, and when told."""
        uri = self.uri(path)
        if not self.pulls:
            return list(self.client.diagnostics.get(uri, []))
        state = hash((self.client.diagnostic_refresh_count, self.buffers.get(uri)))
        if self.results.get(uri, (None,))[0] != state:
            report = await self.wait(self.client.text_document_diagnostic_async(types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))))
            self.results[uri] = (state, list(report.items))
        return self.results[uri][1]

    async def until(self, path: str | Path, *codes: str) -> list[types.Diagnostic]:
        """The findings of an open document, once they are these, and of its text as it is."""
        end = time.monotonic() + LONG
        while True:
            found = await self.told(path)
            is_told = [str(one.code) for one in found]
            is_current = self.pulls or not found or self.versions[self.uri(path)] == self.buffers[self.uri(path)][0]
            if is_current and sorted(is_told) == sorted(codes):
                return found
            assert time.monotonic() < end, f"{path}: {is_told} and not {codes}"
            await asyncio.sleep(0.02)

    def shown(self, path: str | Path, one: types.Diagnostic) -> str:
        """The text under a finding."""
        text = self.text(path)
        start, end = ({"line": p.line, "character": p.character} for p in (one.range.start, one.range.end))
        return text[edits.offset(text, start, self.encoding) : edits.offset(text, end, self.encoding)]

    async def actions(self, path: str | Path, at: types.Range, only: list[str] | None = None) -> dict[str, types.CodeAction]:
        context = types.CodeActionContext(diagnostics=[], only=only)
        params = types.CodeActionParams(types.TextDocumentIdentifier(self.uri(path)), at, context)
        return {one.title: one for one in await self.wait(self.client.text_document_code_action_async(params))}

    async def edit(self, action: types.CodeAction) -> dict[str, str]:
        """The texts that an action leads to, by address; an editor that can asks for the edit only now."""
        if action.edit is None and action.data is not None:
            action = await self.wait(self.client.code_action_resolve_async(action))
        assert action.edit, action
        return self.made(action.edit)

    def made(self, edit: types.WorkspaceEdit) -> dict[str, str]:
        raw = json.loads(json.dumps(self.client.protocol._converter.unstructure(edit)))
        # The converter leaves out what is null; whether the server does, the tests of `raw` see.
        for change in raw.get("documentChanges") or []:
            if "textDocument" in change:
                change["textDocument"].setdefault("version", None)
        return edits.make(raw, self.buffers, self.encoding)

    async def take(self, action: types.CodeAction, path: str | Path) -> str:
        """Has an action change a document, and gives its text."""
        texts = await self.edit(action)
        assert list(texts) == [self.uri(path)]
        self.replace(path, texts[self.uri(path)])
        return self.text(path)

    async def wait(self, answer: Any) -> Any:
        return await asyncio.wait_for(answer, LONG)

    def checked(self, folder: Path) -> list[tuple[str, str]]:
        """What `check` finds on the disk."""
        ran = subprocess.run([self.envacuate, "check", "--format", "json", "."], cwd=folder, capture_output=True, text=True)
        assert ran.returncode in (0, 1), ran.stderr
        return [(one["rule"], one["path"]) for one in json.loads(ran.stdout)["findings"]]


def named(folder: Path, server: list[str]) -> str:
    """A folder with a program `envacuate` that is this server, as an editor looks for it."""
    folder.mkdir()
    program = folder / "envacuate"
    program.write_text(f'#!/bin/sh\n[ "$1" = lsp ] && exec {shlex.join(server)}\nexit 2\n')
    program.chmod(0o755)
    return str(folder)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
