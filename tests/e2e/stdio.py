"""An MCP server that is spoken to over stdio, with a deadline for each answer: for `run.py` here and in `tests/real`."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from pathlib import Path

PATIENCE = 60  # seconds for what takes one on an idle machine


class Ended(AssertionError):
    """The server is no more."""


class Server:
    def __init__(self, command: list[str], folder: Path, env: dict[str, str], strict: bool = True) -> None:
        self.strict = strict  # nothing but the protocol may stand on stdout
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=folder, env=env, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        self.lines: queue.Queue[str | None] = queue.Queue()
        self.errors: list[str] = []
        self.number = 0
        self._readers = [threading.Thread(target=read, daemon=True) for read in (self._listen, self._note)]
        for reader in self._readers:
            reader.start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def _note(self) -> None:
        self.errors.extend(self.process.stderr)

    def told(self) -> str:
        """The end of what it wrote on stderr."""
        return "".join(self.errors)[-2000:]

    def ask(self, method: str, params: dict, patience: float = PATIENCE) -> dict | None:
        """The answer; `None` if there is none in time."""
        self.number += 1
        self.say({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        end = time.monotonic() + patience
        while True:
            try:
                line = self.lines.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                return None
            if line is None:
                self._readers[1].join(5)
                raise Ended(f"the server ended: {self.told()}")
            if not (self.strict or line.startswith("{")):
                continue
            answer = json.loads(line)
            if answer.get("id") == self.number and "method" not in answer:
                return answer

    def say(self, message: dict) -> None:
        try:
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # the next answer does not come, and says why

    def greet(self) -> list[str]:
        """Shakes hands. Returns the names of the tools."""
        about = {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "e2e", "version": "1"}}
        answer = self.ask("initialize", about)
        assert answer and "result" in answer, f"{answer} {self.told()}"
        self.say({"jsonrpc": "2.0", "method": "notifications/initialized"})
        answer = self.ask("tools/list", {})
        assert answer and "result" in answer, f"{answer} {self.told()}"
        return [tool["name"] for tool in answer["result"]["tools"]]

    def end(self) -> str:
        """Ends it. Returns what it wrote on stderr."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return "".join(self.errors)
