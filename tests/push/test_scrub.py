"""What `scrub` does to files that others change meanwhile."""

from __future__ import annotations

import json
import threading

from support import Case, Proxy


class Meanwhile(Case):
    def setUp(self) -> None:
        super().setUp()
        manifest = json.loads(self.manifest_file.read_text())
        for secret in manifest["secrets"]:
            secret["status"] = "rewritten"
        self.manifest_file.write_text(json.dumps(manifest))
        self.push(0)
        self.reached, self.go_on = threading.Event(), threading.Event()
        proxy = Proxy(self.bao, lambda number, forward: forward())
        self.addCleanup(proxy.close)
        self.addr = proxy.addr

        def on_read(forward):
            self.reached.set()
            self.go_on.wait(30)
            return forward()

        proxy.on_read = on_read

    def scrub(self, code: int, meanwhile):
        process = self.start("scrub", "--write", VAULT_ADDR=self.addr, VAULT_TOKEN=self.bao.root)
        self.assertTrue(self.reached.wait(30))
        meanwhile()
        self.go_on.set()
        ran = self.end(process)
        self.assertEqual(ran.code, code, ran.out + ran.err)
        return ran

    def test_what_somebody_writes_into_the_manifest_stays_there(self):
        manifest = json.loads(self.manifest_file.read_text())
        manifest["secrets"][0]["owner"] = "the team of notes"
        ran = self.scrub(0, lambda: self.manifest_file.write_text(json.dumps(manifest)))
        self.assertIn("4 values taken out of 1 file", ran.out)
        after = json.loads(self.manifest_file.read_text())["secrets"]
        self.assertEqual(after[0]["owner"], "the team of notes")
        self.assertEqual([secret["rotate_after"] for secret in after], [True] * 4)

    def test_a_file_that_could_not_be_changed_is_not_told_to_be_scrubbed(self):
        text = self.dotenv.read_text() + "MINE=1\n"
        ran = self.scrub(2, lambda: self.dotenv.write_text(text))
        self.assertIn("was not changed", ran.err)
        self.assertIn("A_TOKEN  stays[not-written] .env:2", ran.out)
        self.assertIn("0 values taken out of 0 files, 4 left", ran.out)
        self.assertEqual(self.dotenv.read_text(), text)
        self.assertNotIn(True, [secret["rotate_after"] for secret in json.loads(self.manifest_file.read_text())["secrets"]])
