"""What the client of each cloud in Python has to do. `test_aws.py` and its like say for which cloud, and add what is so
there only."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "python"))

import joined  # noqa: E402
from bao import clean_env  # noqa: E402
from clouds import LOGINS, PLACES, SECRET, OfCloud  # noqa: E402
from support import Program, Raised  # noqa: E402


class Client(OfCloud):
    def program(self, *without: str, **settings: str) -> Program:
        program = Program(self.sources, clean_env(**self.env(*without, **settings)), self.manager)
        self.addCleanup(self._end, program)
        return program

    def _end(self, program: Program) -> None:
        stdout, stderr = program.end(), program.stderr()
        shutil.rmtree(program.folder)
        self.assertEqual(stdout, "")
        self.assertNotIn("Traceback", stderr)
        self.assertNotIn(SECRET, stderr)

    def fails(self, program: Program, code: str, *parts: str) -> str:
        with self.assertRaises(Raised) as caught:
            program(code)
        raised = caught.exception
        self.assertEqual(raised.kind, "SecretError", raised.text)
        self.assertNotIn("KeyError", raised.bases)
        for part in parts:
            self.assertIn(part, raised.text)
        self.assertNotIn(SECRET, raised.text)
        return str(raised.text)

    def absent(self, program: Program, name: str) -> None:
        with self.assertRaises(Raised) as caught:
            program.read(name)
        self.assertEqual(caught.exception.kind, "KeyError", caught.exception.text)
        self.assertEqual(program(f"[secrets.get({name!r}, 'other'), {name!r} in secrets]"), ["other", False])


class Behaves:
    """Mixed in by the tests of each cloud."""

    def test_values(self: Any) -> None:
        program = self.program()
        program("import sys; clients = {'boto3', 'google.cloud.secretmanager_v1', 'azure.identity'}")
        self.assertEqual(program("list(clients & set(sys.modules))"), [])
        self.assertEqual(self.cloud.reads(), [], "an import asks nothing")
        self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-1")
        self.assertEqual(program.read("B_TOKEN"), f"{SECRET}-b")
        self.absent(program, "MISSING")
        self.assertEqual(program("{*[secrets['A_TOKEN'] for _ in range(20)]} == {env_or_secrets['A_TOKEN']}"), True)
        self.assertEqual(self.requests(), 1, "one for all")
        self.assertEqual(program.stderr(), "", "the clients of the clouds say nothing")

    def test_nothing_shows_them(self: Any) -> None:
        program = self.program()
        program.read("A_TOKEN")
        module = f"{self.manager}_secrets"
        for way in ("repr(secrets)", f"repr(vars({module}._manager))", f"repr(vars({module}))", "repr(secrets.__reduce__())"):
            self.assertNotIn(SECRET, program(way))
        with self.assertRaises(Raised):
            program("dict(secrets)")

    def test_logs_of_all_there_is_have_none(self: Any) -> None:
        program = self.program()
        program("import logging; logging.basicConfig(level=0)")
        self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-1")
        program.later(61)
        self.rotate()
        self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-2")
        self.assertNotIn("Bearer ", program.stderr())  # and `_end` looks for the values

    def test_rotation(self: Any) -> None:
        program = self.program()
        program.read("A_TOKEN")
        self.rotate()
        self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-1", "held")
        program.later(31)
        self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-1", "and fetched in the background")
        self.assertTrue(program.soon(f"secrets['A_TOKEN'] == '{SECRET}-2'"))
        self.rotate(f"{SECRET}-3")
        program.later(61)
        self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-3", "too old to be used")

    def test_with_zero_every_read_asks(self: Any) -> None:
        program = self.program(SECRETS_TTL_SECONDS="0")
        self.assertEqual([program.read("A_TOKEN") for _ in range(3)], [f"{SECRET}-1"] * 3)
        self.assertEqual(self.requests(), 3)

    def test_outage(self: Any) -> None:
        program = self.program()
        program.read("A_TOKEN")
        self.stop()
        program.later(61)
        self.assertEqual(program("{*[secrets['A_TOKEN'] for _ in range(50)]}.pop()"), f"{SECRET}-1")
        self.assertIn("cannot be read (ECONNREFUSED); using what was read before", program.stderr())
        program.later(200)
        self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-1")
        self.assertEqual(program.stderr().count("\n"), 1, "one line for an outage")
        program.later(40)
        self.fails(program, "secrets['A_TOKEN']", "A_TOKEN", self.path(), "ECONNREFUSED")
        self.cloud.start()
        self.rotate()
        program.later(3)
        self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-2")

    def test_answers_that_are_outages(self: Any) -> None:
        program = self.program()
        program.read("A_TOKEN")
        for status in (429, 500, 503):
            self.failing(status)
            program.later(61)
            self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-1", status)
            self.failing(None)
            program.later(61)
            self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-1", status)
            self.assertIn(self.said(status), program.stderr())

    def test_refusals_drop_what_is_held(self: Any) -> None:
        for status in (403, 401):
            program = self.program()
            program.read("A_TOKEN")
            self.failing(status)
            program.later(61)
            self.fails(program, "secrets['A_TOKEN']", "A_TOKEN: cannot read", self.path(), self.said(status))
            self.failing(503)
            program.later(61)
            self.fails(program, "secrets['A_TOKEN']", "HTTP 503")
            self.failing(None)
            program.later(3)
            self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-1")

    def test_too_slow(self: Any) -> None:
        program = self.program()
        program.read("A_TOKEN")
        program("os.environ['SECRETS_TIMEOUT_SECONDS'] = '1'")
        self.addCleanup(self.cloud.delay, 0)
        self.cloud.delay(4)
        program.later(61)
        self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-1")
        self.assertIn("timed out", program.stderr())

    def test_preload(self: Any) -> None:
        program = self.program()
        program("import asyncio; asyncio.run(preload())")
        before = self.requests()
        self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-1")
        self.assertEqual((before, self.requests()), (1, 1))
        self.failing(403)
        self.fails(self.program(), "preload_sync()", self.said(403))

    def test_after_a_fork(self: Any) -> None:
        program = self.program()
        program.read("A_TOKEN")
        self.rotate()
        # Through a file, since the child has the pipes of its parent.
        child = "pid = os.fork()\nif pid == 0:\n  open('child', 'w').write(str(len(secrets['A_TOKEN']))); os._exit(0)\nos.waitpid(pid, 0)"
        program(child)
        self.assertEqual(program("open('child').read()"), str(len(f"{SECRET}-2")))

    def test_from_the_environment(self: Any) -> None:
        program = self.program(*self.cloud.env(), SECRETS_BACKEND="env", A_TOKEN="here")
        self.assertEqual(program.read("A_TOKEN"), "here")
        self.absent(program, "B_TOKEN")
        program("preload_sync()")
        wrong = self.program(SECRETS_BACKEND="vault")
        self.fails(wrong, "secrets['A_TOKEN']", f"SECRETS_BACKEND can be {self.manager} or env")

    def test_wrong_settings(self: Any) -> None:
        program = self.program()
        program("import importlib; real = importlib.import_module; importlib.import_module = lambda name: real('no_such_' + name)")
        self.fails(program, "secrets['A_TOKEN']", "there is no package ", "pip install ", "SECRETS_BACKEND=env")
        program("importlib.import_module = real")
        self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-1", "right in a moment")
        self.cloud.forget()
        hint = "SECRETS_BACKEND=env"
        self.fails(self.program(*PLACES[self.manager]), "secrets['A_TOKEN']", f"{PLACES[self.manager][0]} is not set", hint)
        self.fails(self.program(*LOGINS[self.manager]), "secrets['A_TOKEN']", "no login to", "is set up", hint)
        self.assertEqual(self.cloud.reads(), [])

    def test_types(self: Any) -> None:
        text = joined.template(self.manager, f"{self.manager}_secrets.py")
        ast.parse(text, feature_version=(3, 10))
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"{self.manager}_secrets.py"
            file.write_text(text)
            pyproject = Path(folder) / "pyrightconfig.json"
            pyproject.write_text(json.dumps({"pythonVersion": "3.10", "typeCheckingMode": "standard"}))
            for tool in (["mypy", "--strict", "--cache-dir=/dev/null"], ["pyright", "--project", folder]):
                files = [str(file)] if tool[0] == "mypy" else []
                ran = subprocess.run([sys.executable, "-m", *tool, *files], capture_output=True, text=True)
                self.assertEqual(ran.returncode, 0, ran.stdout)
