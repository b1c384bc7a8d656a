"""Drills of rotations, and who fetched them, by the audit log of a real OpenBao. One that does not end when it should runs into
the time limit of each program."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from support import ALPHA, Case


class Drill(Case):
    def setUp(self) -> None:
        super().setUp()
        self.push(0)
        # The one of the operator has a name of its own, as a login of people has.
        rules = 'path "secret/data/TEAM/*" { capabilities = ["read", "update"] }\npath "secret/metadata/TEAM/*" { capabilities = ["read"] }'
        self.bao.api("PUT", f"sys/policies/acl/{self.team}-operator", {"policy": rules.replace("TEAM", self.team)})
        self.operator = self.login("operator", f"{self.team}-operator")
        self.log = str(self.bao._audit_file())

    def login(self, role: str, policy: str) -> dict[str, str | None]:
        role_id, secret_id = self.bao.approle(policy, role=f"{self.team}-{role}")
        self.secrets.append(secret_id)
        return {"VAULT_TOKEN": None, "VAULT_ROLE_ID": role_id, "VAULT_SECRET_ID": secret_id}

    def server(self, name: str) -> dict[str, str | None]:
        return self.login(name, self.policy)

    def read(self, settings: dict[str, str | None]) -> None:
        """As a server does."""
        self.assertEqual(self.run_("verify", "--server", "alpha", **settings).code, 0)

    def rotate(self, code: int, *words: str, **settings: object) -> Any:
        ran = self.run_("rotate", *words, "--format", "json", **(settings or self.operator))
        self.assertEqual(ran.code, code, ran.out + ran.err)
        return ran.json if ran.out else ran

    def who(self, told: Any) -> dict[str, bool]:
        return {one["identity"].removeprefix(f"approle {self.team}-"): one["fetched"] for one in told["expected"] or []}

    def watched(self, code: int, reader: dict[str, str | None], *words: str, since: int = 0) -> tuple[Any, float]:
        """A drill while a server reads again and again, from some version on; with how long it took."""
        stopped = threading.Event()

        def again() -> None:
            while self.versions("alpha") < since:
                time.sleep(0.1)
            while not stopped.is_set():
                self.run_("verify", "--server", "alpha", **reader)
                time.sleep(0.2)

        thread = threading.Thread(target=again)
        thread.start()
        started = time.monotonic()
        try:
            told = self.rotate(code, "--drill", "A_TOKEN", "--audit-log", self.log, *words)
        finally:
            stopped.set()
            thread.join()
        return told, time.monotonic() - started

    def test_it_ends_when_all_who_read_before_have_fetched_it(self):
        notes = self.server("notes")
        self.read(notes)
        told, _ = self.watched(0, notes, "--wait", "300")
        self.assertEqual(self.who(told), {"notes": True})
        self.assertEqual((told["complete"], told["written"]["told_by"], told["current"], told["previous"]), (True, "log", "2", "1"))
        self.assertEqual(told["slowest"], told["readers"][0]["seconds"])
        self.assertEqual(told["readers"][0]["address"], "127.0.0.1")
        self.assertEqual((self.there("alpha"), self.versions("alpha")), (ALPHA, 2))

    def test_who_does_not_fetch_it_is_named_and_the_drill_waits_no_longer_than_it_may(self):
        notes, worker = self.server("notes"), self.server("worker")
        self.read(notes)
        self.read(worker)
        told, took = self.watched(1, notes, "--wait", "4")
        self.assertGreaterEqual(took, 4)
        self.assertEqual(self.who(told), {"notes": True, "worker": False})
        self.read(worker)
        self.assertEqual(self.who(self.rotate(0, "--readers", "A_TOKEN", "--audit-log", self.log)), {"notes": True, "worker": True})
        text = self.run_("rotate", "--readers", "A_TOKEN", "--audit-log", self.log, "--since", "2", VAULT_ADDR="http://127.0.0.1:1")
        self.assertIn("2 of 2 readers expected fetched it; the slowest took", text.out)
        self.assertEqual(self.versions("alpha"), 2)

    def test_who_is_named_is_expected_and_nobody_else(self):
        notes, worker = self.server("notes"), self.server("worker")
        self.read(worker)
        name = f"{self.team}-notes"
        told, _ = self.watched(0, notes, "--wait", "300", "--expect", name)
        self.assertEqual([(one["identity"], one["fetched"]) for one in told["expected"]], [(name, True)])
        self.assertEqual(self.who(self.rotate(1, "--readers", "A_TOKEN", "--audit-log", self.log, "--expect", "nobody")), {"nobody": False})

    def test_where_nobody_is_expected_it_waits(self):
        told = self.rotate(1, "--drill", "A_TOKEN", "--audit-log", self.log, "--wait", "0")
        self.assertEqual((told["readers"], told["expected"], told["complete"]), ([], None, False))
        told, took = self.watched(0, self.server("notes"), "--wait", "4", since=3)
        self.assertGreaterEqual(took, 4)
        self.assertEqual((told["expected"], told["complete"]), (None, True))

    def test_a_new_value_is_seen_in_the_log_as_well_as_a_drill(self):
        notes = self.server("notes")
        self.read(notes)
        self.bao.rotate(self.path("alpha"), "A_TOKEN", "k5Nv63eZsCq9Xj4FtM7uAh2W")
        self.assertEqual(self.who(self.rotate(1, "--readers", "A_TOKEN", "--audit-log", self.log)), {"notes": False})
        self.read(notes)
        told = self.rotate(0, "--readers", "A_TOKEN", "--audit-log", self.log)
        self.assertEqual((told["work"], told["current"], told["written"]["told_by"]), ("readers", "2", "log"))
        self.rotate(0, "--rollback", "A_TOKEN")
        told = self.rotate(1, "--readers", "A_TOKEN", "--audit-log", self.log)
        self.assertEqual((told["current"], self.who(told)), ("3", {"notes": False}))

    def test_another_namespace_is_another_secret(self):
        namespace = self.bao.namespace(self.team)
        self.bao.enable_kv("secret", namespace)
        self.bao.put(self.path("alpha"), ALPHA, namespace=namespace)
        token = self.bao.token(self.bao.policy(self.path("alpha"), namespace=namespace), namespace=namespace)
        self.secrets.append(token)
        self.read({"VAULT_TOKEN": token, "VAULT_NAMESPACE": namespace})
        told = self.rotate(1, "--drill", "A_TOKEN", "--audit-log", self.log, "--wait", "0")
        self.assertEqual((told["readers"], told["expected"]), ([], None))
        readers = ["--readers", "A_TOKEN", "--audit-log", self.log]
        self.assertIn(f"several secrets of that name, in `root`, `{namespace}`", self.rotate(2, *readers).err)
        told = self.rotate(0, *readers, VAULT_NAMESPACE=namespace)
        self.assertEqual([one["identity"] for one in told["readers"]], ["token"])

    def test_a_log_with_torn_and_hostile_lines_is_read_all_the_same(self):
        notes = self.server("notes")
        self.read(notes)
        self.rotate(0, "--drill", "A_TOKEN")
        self.read(notes)
        lines = self.bao._audit_file().read_bytes().splitlines(keepends=True)
        evil = json.loads(next(line for line in reversed(lines) if b'"response"' in line and b"/data/" in line))
        evil["auth"]["display_name"] = "\x1b[2J\u202eevil"
        evil["auth"]["metadata"] = None
        hostile = [b"{\"type\": \"resp\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n", b"x" * 3_000_000 + b"\n", json.dumps(evil).encode() + b"\n"]
        own = self.dir / "audit.log"
        own.write_bytes(lines[0][5:] + b"".join(hostile) + b"".join(lines) + lines[-1][:40])
        ran = self.run_("rotate", "--readers", "A_TOKEN", "--audit-log", str(own))
        self.assertEqual(ran.code, 0, ran.out + ran.err)
        self.assertNotIn("\x1b", ran.out)
        self.assertIn("\\u{1b}[2J\\u{202e}evil  fetched it", ran.out)
        self.assertIn(f"approle {self.team}-notes  fetched it", ran.out)
