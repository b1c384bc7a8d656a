#!/usr/bin/env python3
"""Measures what a key press costs in the language server, beside ruff's on the same text. See README.md beside this file.

usage: editor.py BINARY [--ruff PATH] [--lines N] [--keys N] [--file FILE ...]

A document of N lines is opened, and letters are typed into it that make a finding come and go; the clock runs from the
message of a key to the findings that answer it. Processor time of the server is printed as well: it holds on a busy
machine. Standard library only.
"""
import argparse
import json
import os
import pathlib
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")


def tool(language, number):
    """One of the functions that a server is made of; every tenth reads a secret or shows the environment."""
    secret = number % 10 == 0
    if language == "python":
        reads = [f'    token = os.environ["SERVICE_{number}_TOKEN"]', '    log.debug("calls %s", token[:2])'] if secret else []
        return ["", "", f"def tool_{number}(query: str, limit: int = 10) -> dict:", f'    """Finds things of kind {number}."""', *reads,
                '    url = f"https://api.example.com/v1/{query}?limit={limit}"', "    rows = []", "    for at in range(limit):",
                '        rows.append({"at": at, "name": query.upper(), "score": at * 3 % 7})', "    if not rows:",
                f'        raise ValueError("nothing of kind {number}")', '    return {"url": url, "rows": rows, "total": len(rows)}']
    reads = [f"  const token = process.env.SERVICE_{number}_TOKEN;", "  headers.set('authorization', `Bearer ${token}`);"] if secret else []
    return ["", f"export async function tool{number}(query: string, limit = 10): Promise<Row[]> {{", "  const headers = new Headers();", *reads,
            "  const url = `https://api.example.com/v1/${query}?limit=${limit}`;", "  const answer = await fetch(url, { headers });",
            "  if (!answer.ok) {", f"    throw new Error('kind {number} failed: ' + answer.status);", "  }",
            "  const rows = (await answer.json()) as Row[];", "  return rows.filter((row) => row.score > 3).map((row, at) => ({ ...row, at }));", "}"]


HEADS = {"python": ["import logging", "import os", "", "log = logging.getLogger(__name__)"],
         "typescript": ["interface Row { at: number; name: string; score: number }"]}
# What is typed at the end, key by key: the last key makes a finding, for ruff as for us.
TYPED = {"python": "print(os.environ, missing)", "typescript": "console.log(process.env)"}
ENDS = {"python": ".py", "typescript": ".ts"}


def text(language, lines):
    out, number = list(HEADS[language]), 0
    while len(out) + len(more := tool(language, number)) < lines:
        out += more
        number += 1
    out += [f"{'#' if language == 'python' else '//'} The last line is typed."] * (lines - 1 - len(out))
    return "\n".join(out) + "\n"


class Server:
    def __init__(self, command, folder):
        self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.heard, self.number = queue.Queue(), 0
        threading.Thread(target=self.listen, daemon=True).start()
        self.uri = pathlib.Path(folder).as_uri()
        self.send("initialize", {"processId": None, "rootUri": self.uri, "workspaceFolders": [{"uri": self.uri, "name": "x"}],
                                 "capabilities": {"textDocument": {"publishDiagnostics": {"versionSupport": True}}}}, True)
        self.until(lambda one: one.get("id") == 1 and "method" not in one)
        self.send("initialized", {})

    def listen(self):
        while True:
            length = 0
            while (line := self.process.stdout.readline().strip()):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                return
            self.heard.put((time.perf_counter(), json.loads(self.process.stdout.read(length))))

    def send(self, method, params, asks=False):
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if asks:
            self.number += 1
            message["id"] = self.number
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def until(self, fits):
        while True:
            at, message = self.heard.get(timeout=60)
            if fits(message):
                return at, message

    def processor(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def end(self):
        self.send("shutdown", None, True)
        self.send("exit", None)
        self.process.stdin.close()
        self.process.wait(timeout=20)


def measure(command, language, body, keys):
    """Seconds on the clock, and of processor, for each key that makes a finding come or go."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(command, folder)
        uri = pathlib.Path(folder, "server" + ENDS[language]).as_uri()
        server.send("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": language, "version": 1, "text": body + TYPED[language][:-1]}})
        server.until(lambda one: one.get("method") == "textDocument/publishDiagnostics")
        time.sleep(1)
        line, column = body.count("\n"), len(TYPED[language]) - 1
        last = TYPED[language][-1]
        while not server.heard.empty():
            server.heard.get()
        waits, before = [], server.processor()
        for key in range(keys):
            typed = key % 2 == 0
            place = {"start": {"line": line, "character": column}, "end": {"line": line, "character": column + (not typed)}}
            change = {"range": place, "text": last if typed else ""}
            started = time.perf_counter()
            server.send("textDocument/didChange", {"textDocument": {"uri": uri, "version": key + 2}, "contentChanges": [change]})
            at, _ = server.until(lambda one: one.get("method") == "textDocument/publishDiagnostics" and one["params"].get("version") == key + 2)
            waits.append(at - started)
        spent = (server.processor() - before) / keys
        server.end()
        return waits, spent


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("binary")
    arguments.add_argument("--ruff")
    arguments.add_argument("--lines", type=int, default=5000)
    arguments.add_argument("--keys", type=int, default=200)
    arguments.add_argument("--file", nargs="*", default=[], help="real files to type into as well")
    given = arguments.parse_args()
    own = [os.path.abspath(given.binary), "lsp"]
    texts = [(f"{given.lines} lines of {language}", language, text(language, given.lines)) for language in HEADS]
    for name in given.file:
        language = "python" if name.endswith(".py") else "typescript"
        texts.append((os.path.basename(name), language, pathlib.Path(name).read_text(errors="replace").rstrip("\n") + "\n"))
    print("text                            server     median ms   95 % ms   processor ms")
    for name, language, body in texts:
        servers = [("envacuate", own)]
        if given.ruff and language == "python":
            servers.append(("ruff", [given.ruff, "server"]))
        medians = {}
        for server, command in servers:
            waits, spent = measure(command, language, body, given.keys)
            waits.sort()
            medians[server] = statistics.median(waits)
            print(f"{name:30}  {server:9}  {medians[server] * 1e3:9.1f}  {waits[int(len(waits) * 0.95)] * 1e3:8.1f}  {spent * 1e3:13.1f}")
        if len(medians) == 2:
            print(f"{'':30}  ratio      {medians['envacuate'] / medians['ruff']:9.2f}")


if __name__ == "__main__":
    sys.exit(main())
