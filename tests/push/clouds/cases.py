"""What holds for `push` whatever the cloud, as tests that a class of each cloud inherits.

What every test holds without saying so: no value is in what the program says or in its journal.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import support
from fake import Answer, Cloud, Request, clean_env
from support import OTHER, SERVERS, VALUES, WINDOW, Ran

TEAM = "crew"


class Cut(OSError):
    """The connection ends without an answer."""


class Program:
    """The program before a cloud, for a `unittest.TestCase`; see the end of it for what each cloud says."""

    backend: str
    cloud_class: type[Cloud]
    migrated: str = ""

    @classmethod
    def setUpClass(cls) -> None:
        Program.migrated = Program.migrated or support.migrated()

    def setUp(self) -> None:
        self.cloud: Any = self.enterContext(self.cloud_class())
        self.dir = Path(tempfile.mkdtemp(prefix="push-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.journal_file = self.dir / ".envacuate/push.jsonl"
        self.dotenv = self.dir / ".env"
        quoted = {name: value.replace("\\", "\\\\").replace('"', '\\"') for name, value in VALUES.items()}
        self.dotenv.write_text("".join(f'{name}="{value}"\n' for name, value in quoted.items()))
        manifest = json.loads(self.migrated)
        manifest.update(backend=self.backend, mount="", team=TEAM)
        for secret in manifest["secrets"]:
            secret["path"], secret["key"] = self.place(secret["server"], secret["name"])
        (self.dir / "envacuate.manifest.json").write_text(json.dumps(manifest))
        self.paths = sorted({(secret["path"]) for secret in manifest["secrets"]})
        self.first, self.last = self.paths[0], self.paths[-1]

    # --- The program.

    def start(self, *arguments: str, command: str = "push", **settings: object) -> subprocess.Popen[str]:
        known: dict[str, object] = {**self.cloud.env(), **settings}
        words = [support.PROGRAM, command, *(arguments or (("--from-file", ".env") if command == "push" else ()))]
        pipe = subprocess.PIPE
        return subprocess.Popen(words, cwd=self.dir, env=clean_env(**known), stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True)

    def end(self, process: subprocess.Popen[str]) -> Ran:
        out, err = process.communicate(timeout=60)
        journal = self.journal_file.read_text() if self.journal_file.exists() else ""
        for what, text in {"output": out, "errors": err, "journal": journal}.items():
            for value in [*VALUES.values(), OTHER]:
                for at in range(len(value) - WINDOW + 1):
                    self.assertNotIn(value[at : at + WINDOW], text, f"a value is in the {what}")
        return Ran(process.returncode, out, " ".join(err.replace("│", " ").split()))

    def push(self, code: int, *arguments: str, **settings: object) -> Ran:
        before = self.dotenv.read_text()
        ran = self.end(self.start(*arguments, **settings))
        self.assertEqual(ran.code, code, ran.out + ran.err)
        self.assertEqual(self.dotenv.read_text(), before, "a source has changed")
        return ran

    def readers(self, path: str, **settings: object) -> tuple[dict[tuple[str, str], list[str]] | None, list[str]]:
        """What `verify` tells of who may read a path: what is wider, by identity and policy; and what is not told."""
        ran = self.end(self.start("--format", "json", command="verify", **settings))
        self.assertIn(ran.code, (0, 1), ran.err)
        [told] = [one for one in ran.json["readers"] if one["path"] == path]
        holders = told["holders"]
        if holders is None:
            return None, told["untold"]
        conditional = {True: ["a condition"], False: []}
        return {(one["identity"], one["policy"]): one["wider"] + conditional[one["conditional"]] for one in holders}, told["untold"]

    # --- What there is.

    def values(self, path: str) -> dict[str, str]:
        """What has to be at a path."""
        places = [(self.place(server, name), value) for server, values in SERVERS.items() for name, value in values.items()]
        return {key: value for (at, key), value in places if at == path}

    def all_there(self) -> None:
        for path in self.paths:
            self.assertEqual(self.cloud.get(path), self.values(path))

    def nothing_there(self) -> None:
        for path in self.paths:
            self.assertIsNone(self.cloud.get(path))

    # --- What a cloud says.

    def place(self, server: str, name: str) -> tuple[str, str]:
        """Path and key."""
        raise NotImplementedError


class Pushes(Program):
    """The tests."""

    def all_there(self) -> None:
        super().all_there()
        for path in self.paths:
            self.assertEqual(self.versions(path), 1)

    def on_write(self, happens: Callable[[int, Callable[[], Answer]], Answer], is_write: Callable[[Request], bool] | None = None) -> None:
        """Says what happens to each write of a value, from 1; `forward()` does it."""
        answer, is_write, seen = self.cloud.answer, is_write or self.is_write, [0]

        def hooked(request: Request) -> Answer:
            if not is_write(request):
                return answer(request)
            seen[0] += 1
            return happens(seen[0], lambda: answer(request))

        self.cloud.answer = hooked
        self.forward = answer

    def unhook(self) -> None:
        self.cloud.answer = self.forward

    def killed(self, number: int, *, after: bool, is_write: Callable[[Request], bool] | None = None) -> None:
        """Ends the program while a write is on its way, or while its answer is."""
        reached, go_on = threading.Event(), threading.Event()

        def happens(now: int, forward: Callable[[], Answer]) -> Answer:
            if now != number:
                return forward()
            if after:
                forward()
            reached.set()
            go_on.wait(30)
            raise Cut

        self.on_write(happens, is_write)
        process = self.start()
        self.assertTrue(reached.wait(30))
        process.kill()
        go_on.set()
        self.assertEqual(self.end(process).code, -signal.SIGKILL)
        self.unhook()

    # --- The tests.

    def test_all_is_written_and_read_back_and_a_second_run_writes_nothing(self) -> None:
        self.assertEqual(self.push(0, "--from-file", ".env", "--dry-run").code, 0)
        self.nothing_there()
        self.push(0)
        self.all_there()
        self.assertIn(f"{len(self.paths)} there already", self.push(0).out)
        self.all_there()

    def test_another_value_there_keeps_everything_from_being_written(self) -> None:
        self.cloud.put(self.last, {key: OTHER for key in self.values(self.last)})
        self.assertIn("conflict[different]", self.push(2).out)
        self.assertEqual(set(self.cloud.get(self.last).values()), {OTHER})
        self.assertEqual(self.versions(self.last), 1)
        self.assertIsNone(self.cloud.get(self.first))

    def test_an_answer_that_is_lost_is_settled_by_reading(self) -> None:
        def happens(number: int, forward: Callable[[], Answer]) -> Answer:
            answer = forward()
            if number == 2:
                raise Cut
            return answer

        self.on_write(happens)
        self.push(0)
        self.all_there()

    def test_a_manifest_of_another_manager_writes_nothing(self) -> None:
        place = self.dir / "envacuate.manifest.json"
        before = place.read_text()
        manifest = json.loads(before)
        for secret in manifest["secrets"]:
            secret["path"], secret["key"] = (secret["path"], "KEY") if not secret["key"] else ("", secret["key"])
        place.write_text(json.dumps(manifest))
        says = "no name of a secret" if self.backend == "aws" else "one value without keys"
        self.assertIn(says, self.push(3).err)
        self.assertEqual(self.cloud.reads(), [])
        place.write_text(before)
        self.nothing_there()

    def test_an_answer_that_is_not_understood_is_settled_by_reading(self) -> None:
        def happens(number: int, forward: Callable[[], Answer]) -> Answer:
            answer = forward()
            return Answer(200, [b"<html>", {}][number - 1]) if number < 3 else answer

        self.on_write(happens)
        self.push(0)
        self.unhook()
        self.all_there()
        self.push(0, "--undo", "--yes")
        self.nothing_there()

    def test_a_write_that_never_came_stops_and_another_run_goes_on(self) -> None:
        def happens(number: int, forward: Callable[[], Answer]) -> Answer:
            if number == 2:
                raise Cut
            return forward()

        self.on_write(happens)
        self.push(1)
        self.unhook()
        self.assertEqual(self.cloud.get(self.first), self.values(self.first))
        self.assertIsNone(self.cloud.get(self.last))
        self.push(0)
        self.all_there()

    def test_what_answers_wrongly_is_not_written_to(self) -> None:
        for status, says in {403: "does not allow", 429: "too often", 503: "503"}.items():
            self.cloud.fail(status)
            self.assertIn(says, self.push(3).err)
            self.cloud.fail(None)
            self.nothing_there()
        self.cloud.stop()
        self.assertIn("was not reached", self.push(3).err)
        self.cloud.start()
        self.nothing_there()

    def test_a_write_that_is_refused_midway_stops(self) -> None:
        for status in (403, 429, 503):
            with self.subTest(status):
                allowed = 1 if self.cloud.get(self.first) is None else 0
                self.on_write(lambda number, forward: forward() if number <= allowed else self.cloud.failure(status))
                self.push(1)
                self.unhook()
                self.assertIsNone(self.cloud.get(self.last))
        self.push(0)
        for path in self.paths:
            self.assertEqual(self.cloud.get(path), self.values(path))

    def test_killed_midway_a_second_run_does_the_rest(self) -> None:
        self.killed(2, after=False)
        self.assertEqual(self.cloud.get(self.first), self.values(self.first))
        self.assertIsNone(self.cloud.get(self.last))
        self.push(0)
        self.all_there()

    def test_killed_before_the_answer_a_second_run_finds_it(self) -> None:
        self.killed(2, after=True)
        self.push(0)
        self.all_there()

    def test_what_was_created_is_taken_back_and_what_changed_stays(self) -> None:
        self.push(0)
        key = next(iter(self.values(self.first)))
        self.cloud.rotate(self.first, key, OTHER)
        self.push(self.undo_code, "--undo", "--yes")
        self.assertEqual(self.cloud.get(self.first)[key], OTHER)
        for path in self.paths[1:]:
            self.assertIsNone(self.cloud.get(path))

    def test_values_are_not_sent_in_the_clear(self) -> None:
        ran = self.push(3, **{self.endpoint: "http://manager.example"})
        self.assertIn("is no" if self.backend != "azure" else "none of Azure", ran.err)

    # --- What a cloud says.

    def versions(self, path: str) -> int:
        raise NotImplementedError

    endpoint: str  # the variable that says where it is
    undo_code = 1  # where some of it stays

    def is_write(self, request: Request) -> bool:
        """Whether a request writes a value."""
        raise NotImplementedError
