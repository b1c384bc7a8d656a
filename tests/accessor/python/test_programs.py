"""The places where programs read: at import, in threads, in coroutines, after a fork, at the end, in their tests."""

import shutil
import subprocess
import sys
import time
import unittest
from pathlib import Path

from bao import clean_env, free_port
from support import PYTHON, Case, render

ASYNC = """
import asyncio
async def ticks(work, stop):
    loop = asyncio.get_running_loop()
    longest, last, end = 0, loop.time(), loop.time() + stop
    task = asyncio.ensure_future(work)
    while loop.time() < end:
        await asyncio.sleep(0.01)
        longest, last = max(longest, loop.time() - last), loop.time()
    return [longest, await task]
async def reads(count, pause=0):
    values = set()
    for _ in range(count):
        values.add(secrets["A_TOKEN"])
        await asyncio.sleep(pause)
    return sorted(values)
"""


class Programs(Case):
    def setUp(self):
        super().setUp()
        self.put({"A_TOKEN": "value-one", "B_TOKEN": "value-two"})

    def script(self, files, command, code=0, input=None, **settings):
        """Runs a program to its end. Returns what it printed."""
        env = clean_env(VAULT_ADDR=self.bao.addr, VAULT_TOKEN=self.token(), **settings)
        folder = Path(env["HOME"]) / self.path.replace("/", "-")
        folder.mkdir()
        self.addCleanup(shutil.rmtree, folder)
        render(folder, self.sources)
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, input=input)
        self.assertEqual(ran.returncode, code, ran.stderr)
        self.assertNotIn("value-one", ran.stderr)
        return ran.stdout

    def test_at_import(self):
        files = {
            "package/__init__.py": "",
            "package/config.py": "from .vault_secrets import secrets\nKEY = secrets['A_TOKEN']\n"
            "class Settings:\n    key: str = secrets['B_TOKEN']\n    def get(self, key=secrets.get('A_TOKEN')): return key\n",
            "package/vault_secrets.py": "from vault_secrets import *\n",
            "main.py": "from package.config import *\nprint(KEY, Settings.key, Settings().get())\n",
        }
        self.assertEqual(self.script(files, [PYTHON, "main.py"]), "value-one value-two value-one\n")
        self.assertEqual(len(self.bao.audit(self.path)), 1)

    def test_at_the_end(self):
        text = """
import atexit
from vault_secrets import secrets
atexit.register(lambda: print("atexit", secrets["A_TOKEN"]))
class Late:
    def __init__(self): self.secrets = secrets
    def __del__(self): print("del", self.secrets["A_TOKEN"])
late = Late()
"""
        self.assertEqual(self.script({"main.py": text}, [PYTHON, "main.py"]), "atexit value-one\ndel value-one\n")

    def test_the_first_read_when_no_thread_can_be_started(self):
        program = self.program()
        program(
            """
import threading
def refuse(self):
    raise RuntimeError("can't create new thread at interpreter shutdown")
threading.Thread.start = refuse
"""
        )
        self.assertEqual(program.read("A_TOKEN"), "value-one")

    def test_a_program_ends_while_a_refresh_hangs(self):
        program = self.program(VAULT_CLIENT_TIMEOUT=30)
        program.read("A_TOKEN")
        self.bao.freeze()
        self.addCleanup(self.bao.thaw)
        program.later(31)
        program.read("A_TOKEN")
        started = time.monotonic()
        program.end()
        self.assertLess(time.monotonic() - started, 15)
        self.bao.thaw()

    def test_a_refresh_does_not_stop_the_event_loop(self):
        program = self.program()
        program(ASYNC)
        program.read("A_TOKEN")
        program.later(31)
        self.bao.freeze()
        try:
            longest, values = program("asyncio.run(ticks(reads(100, 0.01), 2))")
        finally:
            self.bao.thaw()
        self.assertEqual(values, ["value-one"])
        self.assertLess(longest, 1)

    def test_a_first_read_stops_the_event_loop_for_one_fetch(self):
        program = self.program(VAULT_CLIENT_TIMEOUT=1)
        program(ASYNC)
        self.bao.freeze()
        try:
            started = time.monotonic()
            self.fails(program, "asyncio.run(ticks(reads(100), 2))", "timed out")
            self.assertLess(time.monotonic() - started, 6)
        finally:
            self.bao.thaw()

    def test_preload(self):
        program = self.program()
        program(ASYNC)
        program("asyncio.run(preload())")
        self.assertEqual(len(self.bao.audit()), 1, "the path once, for two names")
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        program("preload_sync()")
        self.assertEqual(len(self.bao.audit()), 1)

    def test_preload_does_not_stop_the_event_loop(self):
        program = self.program(VAULT_CLIENT_TIMEOUT=1.5)
        program(ASYNC)
        self.bao.freeze()
        try:
            program("async def loads():\n    try: await preload()\n    except SecretError as error: return str(error)\n")
            longest, text = program("asyncio.run(ticks(loads(), 2))")
        finally:
            self.bao.thaw()
        self.assertIn("timed out", text)
        self.assertLess(longest, 1)

    def test_preload_fails_loudly(self):
        program = self.program(VAULT_TOKEN="hvs.wrong-token")
        program("import asyncio")
        self.fails(program, "asyncio.run(preload())", self.path, "HTTP 403")

    def test_a_signal_handler(self):
        program = self.program()
        program(
            """
import signal
seen = []
def handler(*_):
    seen.append(secrets["A_TOKEN"])
    signal.setitimer(signal.ITIMER_REAL, 0.0005)
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.0005)
values = {secrets["A_TOKEN"] for _ in range(20000)}
signal.signal(signal.SIGALRM, signal.SIG_IGN)
"""
        )
        self.assertEqual(program("[sorted(values), sorted(set(seen))]"), [["value-one"]] * 2)

    def test_a_fork(self):
        program = self.program(SECRETS_TTL_SECONDS=60)
        program(
            """
import threading, sys
secrets["A_TOKEN"]
def in_child(read):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, read().encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    return os.read(reading, 100).decode()
"""
        )
        self.assertEqual(program("in_child(lambda: secrets['A_TOKEN'])"), "value-one")
        self.assertEqual(len(self.bao.audit(self.path)), 2, "the child holds nothing of its parent's")
        program(
            """
held = threading.Event()
def hold():
    with vault_secrets._manager._lock, vault_secrets._manager._login_lock:
        held.set()
        time.sleep(60)
threading.Thread(target=hold, daemon=True).start()
held.wait()
"""
        )
        self.assertEqual(program("in_child(lambda: secrets['A_TOKEN'])"), "value-one")

    def test_multiprocessing(self):
        text = """
import multiprocessing, sys
from vault_secrets import secrets
def read(name): return secrets[name]
def take(s): return s["B_TOKEN"]
if __name__ == "__main__":
    secrets["A_TOKEN"]
    for method in ("spawn", "fork"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(method, pool.map(read, ["A_TOKEN"] * 4), pool.apply(take, (secrets,)))
"""
        lines = self.script({"main.py": text}, [PYTHON, "main.py"]).splitlines()
        self.assertEqual([line.split()[-1] for line in lines], ["value-two"] * 2)

    @unittest.skipUnless(shutil.which("gunicorn", path=str(Path(sys.executable).parent)), "needs gunicorn")
    def test_gunicorn_with_preload(self):
        app = """
import os
from vault_secrets import secrets
AT_IMPORT = secrets["A_TOKEN"]
def app(environ, start_response):
    start_response("200 OK", [])
    return [f"{os.getpid()} {secrets['A_TOKEN']}\\n".encode()]
"""
        port = free_port()
        client = f"""
import subprocess, sys, time, urllib.request
server = subprocess.Popen([sys.executable, "-m", "gunicorn", "--preload", "-w", "2", "-b", "127.0.0.1:{port}", "--log-level", "error", "app:app"])
def ask():
    return urllib.request.urlopen("http://127.0.0.1:{port}/", timeout=10).read().decode().split()
for _ in range(100):
    try:
        ask()
        break
    except OSError:
        time.sleep(0.1)
answers = [ask() for _ in range(30)]
print(sorted({{value for _, value in answers}}), len({{pid for pid, _ in answers}}))
server.terminate()
server.wait()
"""
        out = self.script({"app.py": app, "client.py": client}, [PYTHON, "client.py"])
        self.assertTrue(out.startswith("['value-one'] "), out)
        self.assertLessEqual(len(self.bao.audit(self.path)), 3, "one for each process")

    @unittest.skipUnless(shutil.which("pytest", path=str(Path(sys.executable).parent)), "needs pytest")
    def test_pytest(self):
        test = """
import pytest
from server import call
def test_a(monkeypatch):
    monkeypatch.setenv("A_TOKEN", "value-test")
    assert call() == "value-test"
def test_b(monkeypatch):
    monkeypatch.delenv("A_TOKEN", raising=False)
    with pytest.raises(KeyError):
        call()
"""
        files = {"server.py": "from vault_secrets import secrets\ndef call(): return secrets['A_TOKEN']\n", "test_server.py": test}
        out = self.script(files, [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider"], SECRETS_BACKEND="env")
        self.assertIn("2 passed", out)
        self.assertEqual(self.bao.audit(), [])

    def test_a_server_that_speaks_on_stdout(self):
        server = """
import json, sys
from vault_secrets import secrets
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": len(secrets["A_TOKEN"])}), flush=True)
"""
        out = self.script({"server.py": server}, [PYTHON, "server.py"], input='{"id": 1}\n{"id": 2}\n')
        self.assertEqual(out.count("\n"), 2)
