"""What can go wrong on the way: nothing is overwritten, nothing is lost, and the exit code says how it ended."""

from __future__ import annotations

import resource
import signal
import subprocess
import threading
from pathlib import Path

import support
from bao import Answer, Bao, Unresponsive, make_certificates
from support import ALPHA, BETA, OTHER, VALUES, Case, Cut, Proxy, kill


class Faults(Case):
    def proxy(self, on_write) -> Proxy:
        proxy = Proxy(self.bao, on_write)
        self.addCleanup(proxy.close)
        return proxy

    def stalled(self, stall_at: int, *, after: bool) -> None:
        """Kills the program while a write is on its way, or while its answer is."""
        reached, go_on = threading.Event(), threading.Event()

        def on_write(number, forward):
            if number != stall_at:
                return forward()
            answer = forward() if after else None
            reached.set()
            go_on.wait(30)
            raise Cut if answer is None else Cut

        proxy = self.proxy(on_write)
        process = self.start("push", "--from-file", ".env", VAULT_ADDR=proxy.addr)
        self.assertTrue(reached.wait(30))
        kill(process)
        go_on.set()
        self.assertEqual(self.end(process).code, -signal.SIGKILL)

    def test_killed_after_one_write_a_second_run_does_the_rest(self):
        self.stalled(2, after=False)
        self.assertEqual(self.there("alpha"), ALPHA)
        self.assertIsNone(self.there("beta"))
        self.assertEqual([line[:2] for line in self.journal()][-2:], [("alpha", "verified"), ("beta", "writing")])
        ran = self.push(0)
        self.assertIn("2 secrets written and read back, 1 there already", ran.out)
        self.all_there()
        self.assertIn("0 secrets written and read back, 3 there already", self.push(0).out)
        self.assertEqual([self.versions(server) for server in support.SERVERS], [1, 1, 1])

    def test_killed_before_the_answer_a_second_run_finds_it(self):
        self.stalled(2, after=True)
        self.assertEqual(self.there("beta"), BETA)
        self.assertNotIn(("beta", "written", "1"), self.journal())
        self.push(0)
        self.all_there()
        self.assertIn(("beta", "verified", "1"), self.journal(), "it is known for ours")
        self.assertEqual(self.versions("beta"), 1)

    def test_another_value_at_the_target_keeps_everything_from_being_written(self):
        self.bao.put(self.path("beta"), {"B_TOKEN": OTHER})
        ran = self.push(2)
        self.assertIn("B_TOKEN: conflict[different]", ran.out)
        self.assertIn("1 conflict, nothing was written", ran.out)
        self.assertEqual(self.there("beta"), {"B_TOKEN": OTHER})
        self.assertIsNone(self.there("alpha"))
        self.assertIsNone(self.there("gamma"))

    def test_a_path_of_others_is_refused_before_anything_is_written(self):
        token = self.rules('path "secret/data/TEAM/alpha" { capabilities = ["create", "read"] }')
        ran = self.push(3, VAULT_TOKEN=token)
        self.assertIn(f"{self.path('beta')}  problem[not-allowed]", ran.out)
        self.assertNotIn(f"{self.path('alpha')}  problem", ran.out)
        self.assertIsNone(self.there("alpha"))

    def test_rights_to_read_alone_are_not_enough(self):
        token = self.rules('path "secret/data/TEAM/*" { capabilities = ["read"] }')
        self.assertIn("does not allow create at its path", self.push(3, VAULT_TOKEN=token).out)

    def test_a_token_that_has_run_out_midway_stops_and_another_goes_on(self):
        def on_write(number, forward):
            if number == 2:
                self.bao.revoke(self.token)
            return forward()

        ran = self.push(1, "--from-file", ".env", "--format", "json", VAULT_ADDR=self.proxy(on_write).addr)
        states = [secret["state"] for secret in ran.json["secrets"]]
        self.assertEqual((ran.json["outcome"], states), ("stopped", ["created", "failed", "left"]))
        self.assertIn("may not write", ran.json["error"]["message"])
        self.assertEqual((self.there("alpha"), self.there("beta")), (ALPHA, None))
        self.token = self.bao.token(self.policy)
        self.secrets.append(self.token)
        self.push(0)
        self.all_there()

    def test_a_login_that_has_run_out_midway_is_made_again(self):
        role_id, secret_id = self.bao.approle(self.policy, role=self.team)
        self.secrets.append(secret_id)

        def on_write(number, forward):
            if number == 2:
                self.bao.revoke_logins("approle")
            return forward()

        settings = {"VAULT_TOKEN": None, "VAULT_ROLE_ID": role_id, "VAULT_SECRET_ID": secret_id}
        self.push(0, VAULT_ADDR=self.proxy(on_write).addr, **settings)
        self.all_there()
        self.assertEqual(self.bao.logins().count("auth/approle/login"), 2)

    def test_an_answer_that_is_lost_is_settled_by_reading(self):
        def on_write(number, forward):
            answer = forward()
            if number == 2:
                raise Cut
            return answer

        self.push(0, VAULT_ADDR=self.proxy(on_write).addr)
        self.all_there()
        self.assertEqual(self.versions("beta"), 1)

    def test_a_write_that_is_lost_is_not_made_again_blindly(self):
        def on_write(number, forward):
            if number == 2:
                raise Cut
            return forward()

        proxy = self.proxy(on_write)
        self.push(1, VAULT_ADDR=proxy.addr)
        self.assertEqual(proxy.writes, 2)
        self.assertIsNone(self.there("beta"))
        self.assertIn(("beta", "not-written", None), self.journal())
        self.push(0)
        self.all_there()

    def test_a_network_that_is_gone_leaves_it_open_and_a_second_run_settles_it(self):
        gone = threading.Event()

        def on_write(number, forward):
            forward()
            gone.set()
            raise Cut

        proxy = self.proxy(on_write)

        def on_read(forward):
            if gone.is_set():
                raise Cut
            return forward()

        proxy.on_read = on_read
        ran = self.push(1, VAULT_ADDR=proxy.addr)
        self.assertIn("is not known yet", ran.err)
        self.assertEqual(self.journal(), [("alpha", "writing", None)])
        self.push(0)
        self.all_there()
        self.assertEqual(self.versions("alpha"), 1)
        self.assertIn(("alpha", "verified", "1"), self.journal())

    def test_a_full_disk_stops_before_the_next_write(self):
        def limited(size: int) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        def push(size: int):
            process = subprocess.Popen(
                [support.PROGRAM, "push", "--from-file", ".env"],
                cwd=self.dir,
                env=self.settings(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                preexec_fn=lambda: limited(size),
                restore_signals=False,
            )
            return self.end(process)

        ran = push(10)
        self.assertEqual(ran.code, 1, ran.err)
        self.assertIn("the journal cannot be written", ran.err)
        self.assertIsNone(self.there("alpha"), "it could not even be said that it would be written")
        # Room for what is said before the first write, and not for what is said after it.
        line = len(self.journal_file.read_text().splitlines()[0])
        self.assertEqual(line, 10)
        ran = push(250)
        self.assertEqual(ran.code, 1, ran.err)
        self.assertEqual(self.there("alpha"), ALPHA)
        self.assertIsNone(self.there("beta"))
        self.assertIn("written ", ran.out)
        self.push(0)
        self.all_there()
        self.assertEqual(self.versions("alpha"), 1)
        self.assertIn(("alpha", "verified", "1"), self.journal())

    def test_somebody_who_writes_first_keeps_what_they_wrote(self):
        def on_write(number, forward):
            if number == 1:
                self.bao.put(self.path("alpha"), {"A_TOKEN": OTHER})
            return forward()

        ran = self.push(2, VAULT_ADDR=self.proxy(on_write).addr)
        self.assertIn("conflict[changed]", ran.out)
        self.assertEqual(self.there("alpha"), {"A_TOKEN": OTHER})
        self.assertIsNone(self.there("beta"))
        self.assertEqual(self.versions("alpha"), 1)

    def test_somebody_who_writes_the_same_first_is_no_conflict(self):
        def on_write(number, forward):
            if number == 2:
                self.bao.put(self.path("beta"), BETA)
            return forward()

        ran = self.push(0, VAULT_ADDR=self.proxy(on_write).addr)
        self.assertIn("2 secrets written and read back, 1 there already", ran.out)
        self.push(0, "--undo", "--yes", VAULT_TOKEN=self.bao.root)
        self.assertEqual(self.there("beta"), BETA, "it is theirs")
        self.assertIsNone(self.there("alpha"))

    def test_somebody_who_writes_after_the_first_stops_it_halfway(self):
        def on_write(number, forward):
            if number == 2:
                self.bao.put(self.path("beta"), {"B_TOKEN": OTHER})
            return forward()

        self.push(1, VAULT_ADDR=self.proxy(on_write).addr)
        self.assertEqual(self.there("beta"), {"B_TOKEN": OTHER})
        self.assertIsNone(self.there("gamma"))

    def test_a_root_token_overwrites_nothing_either(self):
        self.bao.put(self.path("gamma"), {"C_TOKEN": OTHER})
        self.push(2, VAULT_TOKEN=self.bao.root)
        self.push(2, "--from-file", ".env", "--merge", "--overwrite", VAULT_TOKEN=self.bao.root)
        self.assertEqual(self.there("gamma"), {"C_TOKEN": OTHER})

    def test_what_was_deleted_and_can_be_brought_back_is_in_the_way(self):
        self.bao.put(self.path("beta"), {"B_TOKEN": OTHER})
        self.bao.delete(self.path("beta"))
        self.assertIn("conflict[deleted]", self.push(2).out)
        self.bao.api("POST", f"secret/undelete/{self.path('beta')}", {"versions": [1]})
        self.assertEqual(self.there("beta"), {"B_TOKEN": OTHER})

    def test_busy_or_in_maintenance_is_said_before_and_midway(self):
        for status, midway in ((429, False), (503, False), (429, True), (503, True)):
            with self.subTest(status=status, midway=midway):
                self.setUp()
                refused = Answer(status, {"errors": [f"no {VALUES['A_TOKEN']}"]})
                proxy = self.proxy(lambda number, forward: refused if number == 2 else forward())
                if not midway:
                    proxy.on_read = lambda forward: refused
                self.push(1 if midway else 3, VAULT_ADDR=proxy.addr)
                self.assertEqual(self.there("alpha"), ALPHA if midway else None)
                self.assertIsNone(self.there("beta"))
                self.push(0)
                self.all_there()

    def test_what_is_read_back_and_is_another_value_is_said(self):
        from_now = threading.Event()
        proxy = self.proxy(lambda number, forward: (forward(), from_now.set())[0])

        def on_read(forward):
            answer = forward()
            if from_now.is_set():
                answer.body = answer.body.replace(b"A_TOKEN", b"A_TAKEN")
            return answer

        proxy.on_read = on_read
        ran = self.push(1, VAULT_ADDR=proxy.addr)
        self.assertIn("what was read back is not what was written", ran.err)
        self.assertIsNone(self.there("beta"))

    def test_nobody_answers(self):
        with Unresponsive() as nobody:
            process = self.start("push", "--from-file", ".env", VAULT_ADDR="http://127.0.0.1:1")
            self.assertEqual(self.end(process).code, 3)
            self.assertFalse(self.journal_file.exists())
            self.assertIn("did not answer in time", self.push(3, VAULT_ADDR=nobody.addr).err)

    def test_two_runs_at_once_are_one(self):
        reached, go_on = threading.Event(), threading.Event()

        def on_write(number, forward):
            reached.set()
            go_on.wait(30)
            return forward()

        process = self.start("push", "--from-file", ".env", VAULT_ADDR=self.proxy(on_write).addr)
        self.assertTrue(reached.wait(30))
        self.assertIn("another run is writing it", self.push(3).err)
        go_on.set()
        self.assertEqual(self.end(process).code, 0)
        self.all_there()

    def test_the_audit_log_has_reads_and_creates_and_nothing_else(self):
        self.push(0)
        entries = [entry["request"] for entry in self.bao._entries() if self.team in entry["request"].get("path", "")]
        asked = [(entry["operation"], entry["path"].split("/", 2)[2]) for entry in entries]
        expected = [("read", f"{self.team}/{server}") for server in ("alpha", "beta", "gamma")]
        for server in ("alpha", "beta", "gamma"):
            expected += [("create", f"{self.team}/{server}"), ("read", f"{self.team}/{server}")]
        self.assertEqual(asked, expected)
        self.holds_no_value("the audit log", Path(self.bao._audit_file()).read_text())


class Sealed(Case):
    def test_sealed_before_and_midway(self):
        self.bao.seal()
        self.assertIn("Vault is sealed", self.push(3).err)
        self.bao.unseal()
        proxy = Proxy(self.bao, lambda number, forward: (self.bao.seal() if number == 2 else None, forward())[1])
        self.addCleanup(proxy.close)
        ran = self.push(1, VAULT_ADDR=proxy.addr)
        self.assertIn("left", ran.out)
        self.bao.unseal()
        self.assertEqual((self.there("alpha"), self.there("beta")), (ALPHA, None))
        self.push(0)
        self.all_there()

    def test_stopped_midway_and_started_again(self):
        def on_write(number, forward):
            if number == 2:
                self.bao.stop()
            return forward()

        proxy = Proxy(self.bao, on_write)
        self.addCleanup(proxy.close)
        self.push(1, VAULT_ADDR=proxy.addr)
        self.bao.start()
        self.push(0)
        self.all_there()


class Tls(Case):
    tls = True

    def test_a_server_is_known_by_its_certificate(self):
        other = self.dir / "other"
        other.mkdir()
        make_certificates(other)
        for wrong in (other / "ca.pem", None):
            ran = self.push(3, VAULT_CACERT=wrong)
            self.assertIn("the certificate of Vault is not trusted", ran.err)
        self.assertEqual(self.bao.audit(), [], "nobody was told the token")
        self.push(0, VAULT_CACERT=self.bao.ca)
        self.all_there()

    def test_authorities_may_be_a_folder(self):
        folder = self.dir / "authorities"
        folder.mkdir()
        self.assertIn("holds no certificate", self.push(3, VAULT_CAPATH=folder).err)
        (folder / "own.pem").write_bytes(self.bao.ca.read_bytes())
        self.push(0, VAULT_CAPATH=folder)


class ClientCertificate(Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.bao.close()
        cls.bao = Bao(client_certificate=True)
        cls.bao.put("warm/up", {"a": "b"})

    def test_who_asks_may_need_one(self):
        ran = self.push(3, VAULT_CACERT=self.bao.ca)
        self.assertIn("error:", ran.err)
        self.assertIn("only one of", self.push(3, VAULT_CACERT=self.bao.ca, VAULT_CLIENT_CERT=self.bao.certificate).err)
        self.push(0, VAULT_CACERT=self.bao.ca, VAULT_CLIENT_CERT=self.bao.certificate, VAULT_CLIENT_KEY=self.bao.key)
        self.all_there()
