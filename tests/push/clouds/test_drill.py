"""Drills of rotations in the clouds, with logs that the stand-ins write of what they were asked, as each cloud documents it.

What every test holds without saying so: no value is in what the program says.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any

import support
from aws import Aws
from azure import Azure
from fake import Cloud, clean_env
from gcp import Gcp
from support import ALPHA, OTHER, VALUES, WINDOW, Ran

TEAM, NAME = "crew", "A_TOKEN"


class Drills:
    """For a `unittest.TestCase`; what a cloud says stands at the end of it."""

    backend: str
    cloud_class: type[Cloud]
    migrated: str = ""

    @classmethod
    def setUpClass(cls) -> None:
        Drills.migrated = Drills.migrated or support.migrated()

    def setUp(self) -> None:
        self.cloud: Any = self.enterContext(self.cloud_class())
        self.dir = Path(tempfile.mkdtemp(prefix="drill-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        manifest = json.loads(self.migrated)
        manifest.update(backend=self.backend, mount="", team=TEAM)
        for secret in manifest["secrets"]:
            secret["path"], secret["key"] = self.place(secret["server"], secret["name"])
        (self.dir / "envacuate.manifest.json").write_text(json.dumps(manifest))
        self.path, key = self.place("alpha", NAME)
        self.cloud.put(self.path, ALPHA if key else {"": ALPHA[NAME]})
        self.log = self.dir / "audit.json"

    def run_(self, code: int, *words: str, who: str = "operator", stdin: str = "") -> Ran:
        env = clean_env(**self.env_as(who))
        ran = subprocess.run([support.PROGRAM, *words], cwd=self.dir, env=env, input=stdin, capture_output=True, text=True, timeout=60)
        for text in (ran.stdout, ran.stderr):
            for value in [*VALUES.values(), OTHER]:
                for at in range(len(value) - WINDOW + 1):
                    self.assertNotIn(value[at : at + WINDOW], text, "a value is told")
        self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
        return Ran(ran.returncode, ran.stdout, " ".join(ran.stderr.replace("│", " ").split()))

    def read(self, who: str) -> None:
        """As a server does: the version that is current."""
        self.run_(0, "verify", "--only", NAME, who=who)

    def readers(self, code: int, *words: str, text: str = "") -> Any:
        named = "-" if text else str(self.log)
        return self.run_(code, "rotate", "--readers", NAME, "--audit-log", named, "--format", "json", *words, stdin=text).json

    def test_what_is_written_now_is_looked_for_in_a_log_that_comes_later(self) -> None:
        for who in ("notes", "worker"):
            self.read(who)
        self.pause()
        written = self.run_(0, "rotate", "--drill", NAME, "--format", "json").json
        self.assertEqual((written["work"], written["readers"], written["complete"]), ("drill", None, None))
        self.assertEqual(written["written"]["told_by"], "clock")
        self.pause()
        self.read("notes")
        self.log.write_text(self.packed(self.cloud.events()))
        told = self.readers(1, "--since", written["written"]["time"])
        self.assertEqual([self.short(one["identity"]) for one in told["readers"]], ["notes"])
        self.assertGreaterEqual(told["readers"][0]["seconds"], 0)
        self.assertEqual(told["readers"][0]["address"], "203.0.113.7")
        expected = {self.short(one["identity"]): one["fetched"] for one in told["expected"]}
        self.assertEqual(expected, {"notes": True, "worker": False})
        self.pause()
        self.read("worker")
        lines = "".join(json.dumps(event) + "\n" for event in self.cloud.events())
        for words in (["--since", written["written"]["time"]], [], ["--since", written["current"]], ["--expect", self.named("worker")]):
            told = self.readers(0, *words, text=lines)
            self.assertEqual({self.short(one["identity"]) for one in told["readers"]}, {"notes", "worker"}, words)
            self.assertTrue(told["complete"])
            self.assertEqual(told["slowest"], max(one["seconds"] for one in told["readers"]))
        text = self.run_(0, "rotate", "--readers", NAME, "--audit-log", "-", stdin=lines).out
        self.assertIn("2 of 2 readers expected fetched it; the slowest took", text)
        self.assertIn(f"rotate --rollback {NAME}", text)
        self.assertEqual(self.readers(1, "--expect", "somebody", text=lines)["expected"][0]["fetched"], False)
        lacking = self.run_(2, "rotate", "--readers", NAME, "--audit-log", "-", "--since", "999999", stdin=lines)
        self.assertIn("does not say when version 999999 was written", lacking.err)

    def test_a_log_that_grows_is_followed_and_its_end_is_early(self) -> None:
        self.read("notes")
        self.pause()
        self.log.write_text("".join(json.dumps(event) + "\n" for event in self.cloud.events()))
        known = len(self.cloud.events())
        words = [support.PROGRAM, "rotate", "--drill", NAME, "--audit-log", str(self.log), "--wait", "300", "--format", "json"]
        env = clean_env(**self.env_as("operator"))
        drill = subprocess.Popen(words, cwd=self.dir, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn("watching the log", drill.stderr.readline())
        self.pause()
        self.read("notes")
        with self.log.open("a") as log:
            for event in self.cloud.events()[known:]:
                log.write(json.dumps(event) + "\n")
        out, err = drill.communicate(timeout=55)
        self.assertEqual(drill.returncode, 0, out + err)
        told = json.loads(out)
        self.assertEqual([self.short(one["identity"]) for one in told["expected"]], ["notes"])
        self.assertEqual((told["complete"], told["written"]["told_by"]), (True, "log"))

    def test_a_log_of_something_else_is_refused_before_anything_is_written(self) -> None:
        self.log.write_text('{"level": "info", "message": "\\u001b[2Jx"}\n')
        before = self.cloud.get(self.path), len(self.cloud.events())
        for words in (["--drill", NAME], ["--readers", NAME]):
            ran = self.run_(2, "rotate", *words, "--audit-log", str(self.log))
            self.assertIn("holds nothing of", ran.err)
        self.log.write_bytes(b"\x1f\x8b\x08\x00")
        self.assertIn("is compressed", self.run_(2, "rotate", "--readers", NAME, "--audit-log", str(self.log)).err)
        self.log.write_text('{\n  "records": []\n}\n')
        self.assertIn("does not grow by lines", self.run_(2, "rotate", "--drill", NAME, "--audit-log", str(self.log)).err)
        self.assertEqual((self.cloud.get(self.path), len(self.cloud.events())), before)

    # --- What a cloud says.

    def place(self, server: str, name: str) -> tuple[str, str]:
        raise NotImplementedError

    def env_as(self, who: str) -> dict[str, str]:
        raise NotImplementedError

    def packed(self, events: list[dict[str, Any]]) -> str:
        """As they are had from the cloud."""
        raise NotImplementedError

    def short(self, identity: str) -> str:
        return identity

    def named(self, who: str) -> str:
        return who

    def pause(self) -> None:
        """Until the next moment that the log can tell apart."""


class OfAws(Drills, unittest.TestCase):
    backend, cloud_class = "aws", Aws

    def place(self, server, name):
        return f"{TEAM}/{server}", name

    def env_as(self, who):
        return {**self.cloud.env(), "AWS_ACCESS_KEY_ID": who}

    def packed(self, events):
        newest = [{"EventName": event["eventName"], "CloudTrailEvent": json.dumps(event)} for event in reversed(events)]
        return json.dumps({"Events": newest, "NextToken": "more"}, indent=4)

    def short(self, identity):
        return identity.split("/")[1]

    def pause(self):
        time.sleep(1.1)

    def test_a_trail_as_it_is_delivered(self):
        self.run_(0, "rotate", "--drill", NAME)
        self.pause()
        self.read("notes")
        trail = json.dumps({"Records": self.cloud.events()})
        told = self.readers(0, text=trail + trail)
        self.assertEqual([self.short(one["identity"]) for one in told["readers"]], ["notes"])


class OfGcp(Drills, unittest.TestCase):
    backend, cloud_class = "gcp", Gcp

    def place(self, server, name):
        return f"{TEAM}-{server}-{name}", ""

    def env_as(self, who):
        return self.cloud.env_as(who)

    def packed(self, events):
        return json.dumps(events[::-1], indent=2)

    def short(self, identity):
        return identity.partition("@")[0]

    def named(self, who):
        return f"{who}@fake-project.iam.gserviceaccount.com"

    def test_without_the_log_of_writes_whoever_rotates_is_not_expected(self):
        self.read("notes")
        time_ = self.run_(0, "rotate", "--drill", NAME, "--format", "json").json["written"]["time"]
        self.read("notes")
        reads = [event for event in self.cloud.events() if event["logName"].endswith("data_access")]
        told = self.readers(0, "--since", time_, text=json.dumps(reads))
        self.assertEqual([self.short(one["identity"]) for one in told["expected"]], ["notes"])
        self.run_(2, "rotate", "--readers", NAME, "--audit-log", "-", stdin=json.dumps(reads))


class OfAzure(Drills, unittest.TestCase):
    backend, cloud_class = "azure", Azure

    def place(self, server, name):
        return f"{TEAM}-{server}-{name}".replace("_", "-"), ""

    def env_as(self, who):
        return {**self.cloud.env(), "AZURE_CLIENT_ID": who}

    def packed(self, events):
        return json.dumps({"records": events})
