"""Clients that say what none should: nothing crashes or hangs, and later requests are answered."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from editor import CANARIES, DUMP, LONG, READ, write
from raw import Raw

NULL = {"line": 0, "character": 0}
FAR = {"line": 4_294_967_295, "character": 4_294_967_295}


def is_there(client: Raw, uri: str, text: str = DUMP) -> None:
    """Whether the server still does its work."""
    client.open(uri, text, 7)
    client.published(uri, "env-dump")
    assert client.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": NULL})["result"] is None


def test_ends(raw, folder: Path) -> None:
    for goodbye, code in [(True, 0), (False, 1)]:
        client = raw()
        client.start(folder)
        if goodbye:
            assert client.end() == code
        else:
            client.tell("exit")
            assert client.process.wait(LONG) == code
    client = raw()
    client.start(folder)
    assert client.ask("shutdown")["result"] is None
    assert client.ask("textDocument/hover", {"textDocument": {"uri": "file:///x"}, "position": NULL})["error"]["code"] == -32600
    client.process.stdin.close()
    assert client.process.wait(LONG) == 0, "gone after a goodbye"
    client = raw()
    client.start(folder)
    client.process.stdin.close()
    assert client.process.wait(LONG) == 1, "gone without one"
    client = raw()
    client.tell("exit")
    assert client.process.wait(LONG) == 2, "gone before the start"


def test_what_comes_too_early(raw, folder: Path) -> None:
    client = raw()
    client.open("file:///early.js", CANARIES[0])
    params = {"textDocument": {"uri": CANARIES[0]}, "position": NULL}
    assert client.ask("textDocument/hover", params)["error"]["code"] == -32002
    answer = client.ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}})
    assert answer["result"]["serverInfo"]["name"] == "envacuate"
    # Some clients do not wait before they ask.
    assert "error" in client.ask("textDocument/hover", {"textDocument": {"uri": CANARIES[0]}})
    client.open((folder / "early.js").as_uri(), DUMP)
    client.tell("initialized", {})
    is_there(client, (folder / "a.js").as_uri())
    again = client.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    assert again["error"]["code"] == -32600
    assert client.end() == 0


def test_a_start_that_cannot_be_read(raw) -> None:
    client = raw()
    answer = client.ask("initialize", {"capabilities": CANARIES[0]})
    assert answer["error"]["code"] == -32602
    assert client.process.wait(LONG) == 2


@pytest.mark.parametrize("params", [None, [], {}, "x", 3, {"textDocument": None}, {"textDocument": {"uri": CANARIES[0]}},
                                    {"textDocument": {"uri": 7}, "position": CANARIES[0]}, {"command": 1}, {"event": CANARIES[1]},
                                    {"textDocument": {"uri": "file:///a.js", "version": "1"}, "contentChanges": [{"text": None}]}])  # fmt: skip
def test_what_cannot_be_read(raw, folder: Path, params) -> None:
    client = raw()
    client.start(folder)
    # Some of these say enough to be asked about.
    assert client.ask("textDocument/diagnostic", params).keys() & {"error", "result"}
    for method in ["codeAction", "hover", "rename", "semanticTokens/full"]:
        assert client.ask(f"textDocument/{method}", params)["error"]["code"] in (-32602, -32601), method
    for method in ["workspace/diagnostic", "workspace/executeCommand", "codeAction/resolve", "$/unknown", CANARIES[2]]:
        assert client.ask(method, params)["error"]["code"] in (-32602, -32601), method
    for method in ["didOpen", "didChange", "didClose", "didSave", "willSave"]:
        client.tell(f"textDocument/{method}", params)
    for method in ["didChangeWatchedFiles", "didChangeWorkspaceFolders", "didChangeConfiguration", "unknown"]:
        client.tell(f"workspace/{method}", params)
    for method in ["$/cancelRequest", "$/setTrace", "$/progress", "initialized", "window/workDoneProgress/cancel"]:
        client.tell(method, params)
    client.say({"jsonrpc": "2.0", "id": 99, "result": params})
    client.say({"jsonrpc": "2.0", "id": "x", "error": {"code": 1, "message": CANARIES[0]}})
    is_there(client, (folder / "a.js").as_uri())
    assert client.end() == 0


def test_messages_that_are_none(raw, folder: Path) -> None:
    client = raw()
    client.start(folder)
    for text in [b"{", b"", b"null", b"[]", b"[1]", b'{"jsonrpc": "2.0"}', b"\xff\xfe", CANARIES[0].encode(), b"[" * 100_000,
                 b'{"jsonrpc": "2.0", "id": null, "error": {"code": 1, "message": "x"}}',
                 b'{"jsonrpc": "2.0", "id": 1.5, "method": "textDocument/hover"}',
                 b'{"jsonrpc": "2.0", "id": 3000000000, "method": "textDocument/hover"}']:  # fmt: skip
        client.bytes(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
    client.bytes(b"content-length:2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{}")
    is_there(client, (folder / "a.js").as_uri())
    assert client.end() == 0


@pytest.mark.parametrize("header", [b"hello\r\n\r\n", b"Content-Length: -1\r\n\r\n", b"Content-Length: 99999999999999999999\r\n\r\n", b"Content-Length: 9223372036854775807\r\n\r\n", b"\r\n", b"x" * 100_000])
def test_headers_that_are_none(raw, folder: Path, header: bytes) -> None:
    """Nothing behind such a header can be told apart: the end, and neither a crash nor a hang."""
    client = raw()
    client.start(folder)
    client.bytes(header)
    client.process.stdin.close()
    assert client.process.wait(LONG) == 1


def test_documents_out_of_order(raw, folder: Path) -> None:
    client = raw()
    client.start(folder)
    uri = (folder / "a.js").as_uri()
    client.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    client.tell("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": DUMP}]})
    client.open(uri, "const a = 1;\n")
    client.open(uri, DUMP, 5)
    assert client.published(uri, "env-dump")["version"] == 5
    changes = [
        {"range": {"start": FAR, "end": FAR}, "text": "// behind the end\n"},
        {"range": {"start": {"line": 1, "character": 9}, "end": NULL}, "text": "/* backwards */"},
        {"range": {"start": {"line": 1, "character": 999_999}, "end": FAR}, "text": ""},
        {"range": {"start": FAR, "end": NULL}, "rangeLength": 4_294_967_295, "text": "\nconsole.log(process.env);\n"},
    ]
    client.tell("textDocument/didChange", {"textDocument": {"uri": uri, "version": 6}, "contentChanges": changes})
    client.published(uri, "env-dump", "env-dump")
    client.tell("textDocument/didChange", {"textDocument": {"uri": uri, "version": 7}, "contentChanges": []})
    for place in (NULL, FAR):
        asked = {"textDocument": {"uri": uri}, "range": {"start": place, "end": NULL}, "context": {"diagnostics": []}}
        assert isinstance(client.ask("textDocument/codeAction", asked)["result"], list)
        assert "result" in client.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": place})
    for _ in range(2):
        client.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    client.published(uri)
    is_there(client, uri)
    assert client.end() == 0


@pytest.mark.parametrize("uri", ["file:///c%3A/x/a.js", "file:///C:/x/a.js", "file://host/share/a.js", "file:///a%00.js", "file:///%FF%FE.js", "file:///", "file:",
                                 "untitled:Untitled-1.js", "git:/x/a.js?%7B%22ref%22%3A%22%22%7D", "vscode-notebook-cell:/x/a.js#W0", "x", "", "a b.js", "file:///a/../../b.js",
                                 "file:///a%0Ab/x.js", "file:///%2e%2e/%2F%2F.js"])  # fmt: skip
def test_addresses(raw, folder: Path, uri: str) -> None:
    client = raw()
    client.start(folder)
    client.open(uri, DUMP)
    client.tell("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": DUMP * 2}]})
    client.ask("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": {"start": NULL, "end": FAR}, "context": {"diagnostics": []}})
    client.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": kind} for kind in (1, 2, 3, 9)]})
    client.tell("workspace/didChangeWorkspaceFolders", {"event": {"added": [{"uri": uri, "name": "x"}] if "://" not in uri else [], "removed": [{"uri": uri, "name": "x"}]}})
    client.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    is_there(client, (folder / "a.js").as_uri())
    assert client.end() == 0


@pytest.mark.parametrize("kind", ["lines", "one line", "nested", "nothing but quotes", "dumps"])
def test_two_million_bytes(raw, folder: Path, kind: str) -> None:
    text = {
        "lines": "const a = 'x'; // process.env\n" * 68_000 + DUMP,
        "one line": "a += 'é😀';" * 150_000 + DUMP,
        "nested": "[" * 1_000_000 + "process.env.API_TOKEN" + "]" * 1_000_000,
        "nothing but quotes": "'`\"${" * 400_000,
        "dumps": "console.log(process.env);" * 80_000,
    }[kind]
    client = raw()
    client.start(folder)
    uri = (folder / "big.js").as_uri()
    started = time.monotonic()
    client.open(uri, text)
    for version in range(2, 7):
        where = {"line": 0, "character": version}
        change = {"range": {"start": where, "end": where}, "text": " "}
        client.tell("textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]})
    asked = {"textDocument": {"uri": uri}, "range": {"start": NULL, "end": NULL}, "context": {"diagnostics": []}}
    assert "result" in client.ask("textDocument/codeAction", asked)
    print(f"{kind}: {time.monotonic() - started:.1f} s")
    is_there(client, (folder / "a.js").as_uri())
    assert client.end() == 0


def test_a_client_that_says_much_before_it_listens(raw, folder: Path) -> None:
    """What it is told fills the pipe while it still writes: neither may wait for the other."""
    client, uri = raw(listens=False), (folder / "a.js").as_uri()

    def speak() -> None:
        client.send("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}})
        client.tell("initialized", {})
        for version in range(1, 9):
            client.open(uri, "console.log(process.env);\n" * (400 + version), version)

    speaker = threading.Thread(target=speak, daemon=True)
    speaker.start()
    speaker.join(LONG)
    assert not speaker.is_alive(), "each waits for the other"
    client.listen()
    is_there(client, (folder / "b.js").as_uri())
    assert client.end() == 0


def test_requests_that_wait_are_cancelled(raw, folder: Path) -> None:
    client = raw()
    abilities = {"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": True}}}
    client.start(folder, capabilities=abilities)
    waiting = [client.send("workspace/diagnostic", {"previousResultIds": []}) for _ in range(3)]
    client.tell("$/cancelRequest", {"id": waiting[1]})
    assert client.answer(waiting[1])["error"]["code"] == -32800
    for unknown in (99, "x", None, 1.5):
        client.tell("$/cancelRequest", {"id": unknown})
    client.send("shutdown")
    for number in (waiting[0], waiting[2]):
        assert client.answer(number)["error"]["code"] == -32800
    client.tell("exit")
    assert client.process.wait(LONG) == 0


def test_what_is_null_and_what_is_absent(raw, folder: Path) -> None:
    write(folder, {"package.json": '{"name": "demo", "type": "module"}\n', "server.js": "import { config } from './config.js';\nfetch('https://x.test', { headers: { a: config.token } });\n", "config.js": READ})
    client = raw()
    abilities = {
        "workspace": {"workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]}},
        "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}},
    }
    client.start(folder, capabilities=abilities)
    uri = (folder / "config.js").as_uri()
    client.published(uri, "env-secret-read")
    client.open(uri, READ, 3)
    place = {"line": 0, "character": 34}
    asked = {"textDocument": {"uri": uri}, "range": {"start": place, "end": place}, "context": {"diagnostics": []}}
    move = None
    while not move:
        move = next((one for one in client.ask("textDocument/codeAction", asked)["result"] if one["title"].startswith("Move ")), None)
    assert None not in move.values()
    # Not one that can ask for the edit later: a command, and then the server asks.
    number = client.send("workspace/executeCommand", move["command"])
    edit = client.until(lambda message: message.get("method") == "workspace/applyEdit")["params"]["edit"]
    assert any(one.get("id") == number and one.get("result", 0) is None for one in client.heard)
    versions = {one["textDocument"]["uri"]: one["textDocument"]["version"] for one in edit["documentChanges"] if "textDocument" in one}
    assert versions.pop(uri) == 3 and set(versions.values()) == {None}
    assert "changes" not in edit
    assert client.end() == 0
