"""Whether all is there and who may read it, and rotations that change no value."""

from __future__ import annotations

from bao import Answer
from support import ALPHA, BETA, OTHER, VALUES, Case, Proxy


class Verify(Case):
    def verify(self, code: int, *arguments: str, **settings: object):
        ran = self.run_("verify", *arguments, **settings)
        self.assertEqual(ran.code, code, ran.out + ran.err)
        return ran

    def test_all_or_something_is_there(self):
        self.bao.put(self.path("alpha"), {"A_TOKEN": ALPHA["A_TOKEN"]})
        self.bao.put(self.path("gamma"), {"C_TOKEN": ""})
        secrets = self.verify(1, "--format", "json").json["secrets"]
        states = {secret["name"]: secret["state"] for secret in secrets}
        self.assertEqual(states, {"A_TOKEN": "there", "A_PASSWORD": "lacking", "B_TOKEN": "nothing", "C_TOKEN": "empty"})
        self.bao.put(self.path("beta"), BETA)
        self.bao.delete(self.path("beta"))
        self.assertIn("missing[deleted]", self.verify(1).out)
        self.verify(0, "--only", "A_TOKEN")

    def test_what_was_pushed_is_there_for_the_server_and_for_nobody_else(self):
        self.push(0)
        self.assertIn("4 of 4 secrets there", self.verify(0).out)
        token = self.rules('path "secret/data/TEAM/alpha" { capabilities = ["read"] }')
        self.verify(0, "--server", "alpha", VAULT_TOKEN=token)
        ran = self.verify(1, "--server", "beta", VAULT_TOKEN=token)
        self.assertIn("missing[not-readable]", ran.out)
        self.assertIn("not told to whoever asks", ran.out)

    def test_who_may_read_is_told_and_who_may_do_more(self):
        self.push(0)
        own = self.bao.policy(self.path("alpha"))
        self.bao.approle(own, role=f"{self.team}-alpha")
        self.rules('path "secret/data/TEAM/*" { capabilities = ["read", "update"] }')
        readers = self.verify(0, "--server", "alpha", "--format", "json", VAULT_TOKEN=self.bao.root).json["readers"]
        holders = {(one["identity"], one["policy"]): one["wider"] for one in readers[0]["holders"]}
        self.assertEqual(holders[f"approle/{self.team}-alpha", own], [])
        wide = next(wider for (_, policy), wider in holders.items() if policy.startswith(f"{self.team}-own"))
        self.assertEqual(wide, ["update it as well", f"all of secret/data/{self.team}/*"])
        self.assertIn("wider than needed:", self.verify(0, VAULT_TOKEN=self.bao.root).out)

    def test_nobody_to_ask(self):
        self.assertIn("was not reached", self.verify(2, VAULT_ADDR="http://127.0.0.1:1").err)

    def test_who_is_busy_or_answers_oddly_has_not_said_that_it_may_not_be_read(self):
        self.push(0)
        proxy = Proxy(self.bao, lambda number, forward: forward())
        self.addCleanup(proxy.close)
        for status, says in ((429, "too often"), (503, "sealed or in maintenance"), (500, "status 500"), (302, "redirect")):
            proxy.on_read = lambda forward: Answer(status, {"errors": [VALUES["A_TOKEN"]]})
            ran = self.verify(2, VAULT_ADDR=proxy.addr)
            self.assertIn(says, ran.err)
            self.assertEqual(ran.out, "")


class Rotate(Case):
    def setUp(self) -> None:
        super().setUp()
        self.push(0)
        self.operator = self.rules(
            'path "secret/data/TEAM/*" { capabilities = ["read", "update"] }\n'
            'path "secret/metadata/TEAM/*" { capabilities = ["read"] }'
        )

    def rotate(self, code: int, *arguments: str):
        ran = self.run_("rotate", *arguments, VAULT_TOKEN=self.operator)
        self.assertEqual(ran.code, code, ran.out + ran.err)
        return ran

    def test_a_drill_changes_no_value(self):
        ran = self.rotate(0, "--drill", "A_TOKEN")
        self.assertIn("version 2 has the same value as version 1", ran.out)
        self.assertIn("who fetches it: `envacuate rotate --readers A_TOKEN --audit-log FILE --since 20", ran.out)
        self.assertEqual((self.there("alpha"), self.versions("alpha")), (ALPHA, 2))

    def test_an_earlier_value_comes_back_alone(self):
        self.bao.rotate(self.path("alpha"), "A_TOKEN", OTHER)
        self.bao.rotate(self.path("alpha"), "A_PASSWORD", "another-password-now")
        ran = self.rotate(0, "--rollback", "A_TOKEN")
        self.assertIn("version 4 has the value of version 1, version 3 was current", ran.out)
        self.assertEqual(self.there("alpha"), {**ALPHA, "A_PASSWORD": "another-password-now"})
        self.rotate(0, "--rollback", "A_TOKEN", "--to", "2")
        self.assertEqual(self.there("alpha")["A_TOKEN"], OTHER)

    def test_versions_that_will_be_deleted_one_day_are_there_until_then(self):
        self.bao.api("POST", f"secret/metadata/{self.path('beta')}", {"delete_version_after": "1h"})
        for value in ("the-right-one", "deleted-by-hand", OTHER):
            self.bao.rotate(self.path("beta"), "B_TOKEN", value)
        self.bao.api("POST", f"secret/delete/{self.path('beta')}", {"versions": [3]})
        ran = self.rotate(0, "--rollback", "B_TOKEN")
        self.assertIn("version 5 has the value of version 2, version 4 was current", ran.out)
        self.assertEqual(self.there("beta"), {"B_TOKEN": "the-right-one"})

    def test_what_cannot_be_rotated(self):
        for arguments, says in (
            (["--rollback", "B_TOKEN"], "no earlier version"),
            (["--rollback", "B_TOKEN", "--to", "7"], "is not kept"),
            (["--rollback", "B_TOKEN", "--to", "x"], "is no version"),
            (["--drill", "NOPE"], "has no secret"),
            (["--drill", "B_TOKEN", "--audit-log", "nope"], "the audit log cannot be read"),
        ):
            self.assertIn(says, self.rotate(2, *arguments).err)
        self.operator = self.token
        self.assertIn("does not allow update", self.rotate(2, "--drill", "B_TOKEN").err)
        self.assertEqual(self.versions("beta"), 1)
