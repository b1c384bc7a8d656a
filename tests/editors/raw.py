"""A client that sends whatever it is told to, also what no editor would. Standard library only."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any, Callable

LONG = 60


class Raw:
    def __init__(self, command: list[str], listens: bool = True) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.heard: list[dict[str, Any]] = []
        self.waiting: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.next = 0
        if listens:
            self.listen()

    def listen(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        out = self.process.stdout
        while header := out.readline():
            size = int(header.split(b":")[1])
            assert out.readline() == b"\r\n"
            self.waiting.put(json.loads(out.read(size)))
        self.waiting.put(None)

    def bytes(self, text: bytes) -> None:
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def say(self, message: Any) -> None:
        text = json.dumps(message).encode()
        self.bytes(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))

    def tell(self, method: str, params: Any = None) -> None:
        self.say({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any = None) -> dict[str, Any]:
        return self.answer(self.send(method, params))

    def send(self, method: str, params: Any = None) -> int:
        self.next += 1
        self.say({"jsonrpc": "2.0", "id": self.next, "method": method, "params": params})
        return self.next

    def answer(self, number: Any) -> dict[str, Any]:
        return self.until(lambda message: message.get("id") == number and "method" not in message)

    def until(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next message that fits. Those before it are kept in `heard`."""
        while (message := self.waiting.get(timeout=LONG)) is not None:
            self.heard.append(message)
            if fits(message):
                return message
        raise AssertionError("the server has ended")

    def published(self, uri: str, *codes: str) -> dict[str, Any]:
        def fits(message: dict[str, Any]) -> bool:
            params = message.get("params") or {}
            is_it = message.get("method") == "textDocument/publishDiagnostics" and params["uri"] == uri
            return is_it and sorted(one["code"] for one in params["diagnostics"]) == sorted(codes)

        return self.until(fits)["params"]

    def start(self, *folders: Path, capabilities: Any = None, options: Any = None) -> dict[str, Any]:
        listed = [{"uri": one.as_uri(), "name": one.name} for one in folders]
        params = {"processId": None, "rootUri": None, "capabilities": capabilities or {}, "workspaceFolders": listed, "initializationOptions": options}
        answer = self.ask("initialize", params)
        self.tell("initialized", {})
        return answer["result"]

    def open(self, uri: str, text: str, version: int = 1, language: str = "javascript") -> None:
        self.tell("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": language, "version": version, "text": text}})

    def end(self) -> int:
        """Says goodbye, and gives the exit code."""
        assert self.ask("shutdown")["result"] is None
        self.tell("exit")
        return self.process.wait(LONG)

    def kill(self) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
