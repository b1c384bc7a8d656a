"""How old a value may be, and what happens while Vault does not answer."""

import time

from bao import Answer, Stub, Unresponsive
from support import OTHER, PATH, Case, auth, kv, value, with_each_client

READ = ["var", "A_TOKEN"]


class Rotation(Case):
    def test_is_seen_after_the_time_to_live(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program(SECRETS_TTL_SECONDS=1)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.put({"A_TOKEN": "value-two"})
        program("sleep", 1.1)
        self.assertEqual(program.read("A_TOKEN"), "value-two", "the first read after it, also of an idle server")
        self.assertEqual(len(self.reads()), 2)

    def test_an_idle_program_asks_nothing(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program(SECRETS_TTL_SECONDS=1)
        program.read("A_TOKEN")
        time.sleep(3)
        self.assertEqual(len(self.reads()), 1)

    def test_past_half_of_it_one_refresh_runs_in_the_background(self):
        bao = self.own_bao()
        self.put({"A_TOKEN": "value-one"}, bao)
        program = self.program(bao, SECRETS_TTL_SECONDS=8)
        program.read("A_TOKEN")
        self.put({"A_TOKEN": "value-two"}, bao)
        program("sleep", 1)
        self.assertEqual(program.read("A_TOKEN"), "value-one", "young enough")
        self.assertEqual(len(self.reads(bao)), 1)
        program("sleep", 3.5)
        bao.freeze()
        self.assertEqual(program("often", "A_TOKEN", 100), ["value-one"], "no read waits for the refresh")
        bao.thaw()
        program("sleep", 1)
        self.assertEqual(program.read("A_TOKEN"), "value-two")
        self.assertEqual(len(self.reads(bao)), 2, "one refresh, however many reads")

    def test_zero_asks_at_every_read(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program(SECRETS_TTL_SECONDS=0)
        self.assertEqual(program("often", "A_TOKEN", 5), ["value-one"])
        self.assertEqual(len(self.reads()), 5)
        self.put({"A_TOKEN": "value-two"})
        self.assertEqual(program.read("A_TOKEN"), "value-two")

    def test_zero_asks_for_each_of_the_readers_at_the_same_time(self):
        self.put({"A_TOKEN": "value-one"})
        answers = self.program(SECRETS_TTL_SECONDS=0)("together", [READ] * 10)
        self.assertEqual([value(answer) for answer in answers], ["value-one"] * 10)
        self.assertEqual(len(self.reads()), 10)

    def test_no_time_to_live_is_longer_than_the_limit(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program(binary="short", SECRETS_TTL_SECONDS=100_000)
        program.read("A_TOKEN")
        self.put({"A_TOKEN": "value-two"})
        program("sleep", 6.1)
        self.assertEqual(program.read("A_TOKEN"), "value-two")


class Outage(Case):
    def test_at_the_start(self):
        bao = self.own_bao()
        self.put({"A_TOKEN": "value-one"}, bao)
        program = self.program(bao)
        bao.stop()
        self.fails(program, READ, "A_TOKEN", f"{self.mount}/{PATH}", "Connection refused")
        self.fails(program, ["var_os", "A_TOKEN"], "Connection refused")
        self.fails(program, ["preload"], "Connection refused")
        self.assertEqual(program.told(), [])
        bao.start()
        program("sleep", 2)
        self.assertEqual(program.read("A_TOKEN"), "value-one")

    def test_what_is_held_is_used_for_a_while(self):
        bao = self.own_bao()
        self.put({"A_TOKEN": "value-one"}, bao)
        program = self.program(bao, "short", SECRETS_TTL_SECONDS=1)
        program.read("A_TOKEN")
        bao.stop()
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        program("sleep", 1.2)
        self.assertEqual(program("often", "A_TOKEN", 100), ["value-one"])
        self.assertEqual(len(program.told()), 1, program.stderr())
        self.assertIn("Connection refused", program.told()[0])
        program("sleep", 2.1)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.assertEqual(len(program.told()), 1, "one line for an outage")
        program("sleep", 3)
        self.fails(program, READ, "Connection refused")
        bao.start()
        self.put({"A_TOKEN": "value-two"}, bao)
        program("sleep", 2)
        self.assertEqual(program.read("A_TOKEN"), "value-two")
        bao.seal()
        program("sleep", 1.1)
        self.assertEqual(program.read("A_TOKEN"), "value-two", "sealed")
        self.assertEqual(len(program.told()), 2, "and one for the next")
        self.assertIn("HTTP 503", program.told()[1])

    def test_with_zero_nothing_held_is_used(self):
        bao = self.own_bao()
        self.put({"A_TOKEN": "value-one"}, bao)
        program = self.program(bao, SECRETS_TTL_SECONDS=0)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        bao.stop()
        self.fails(program, READ, "Connection refused")

    def test_without_a_reader_of_stderr(self):
        answers = [Answer(200, kv({"A_TOKEN": "value-one"}))] + [Answer(503, {"errors": []})] * 9
        with Stub(lambda _: answers.pop(0)) as stub:
            program = self.program(VAULT_ADDR=stub.addr, SECRETS_TTL_SECONDS=1, deaf=True)
            program.read("A_TOKEN")
            program("sleep", 1.1)
            self.assertEqual(program.read("A_TOKEN"), "value-one")

    def test_after_a_failure_there_is_a_rest(self):
        for status in (500, 503, 429, 403, 400):
            with self.subTest(status), Stub(lambda _: Answer(status, {"errors": ["no"]})) as stub:
                program = self.program(VAULT_ADDR=stub.addr)
                for _ in range(20):
                    self.fails(program, READ, f"HTTP {status}")
                self.assertEqual(len(stub.requests), 1)
                if status == 429:
                    program("sleep", 2)
                    self.fails(program, READ, "HTTP 429")
                    self.assertEqual(len(stub.requests), 2)

    def test_too_many_requests_is_an_outage(self):
        answers = [Answer(200, kv({"A_TOKEN": "value-one"}))] + [Answer(429, {"errors": []})] * 9
        with Stub(lambda _: answers.pop(0)) as stub:
            program = self.program(VAULT_ADDR=stub.addr, SECRETS_TTL_SECONDS=1)
            program.read("A_TOKEN")
            program("sleep", 1.1)
            self.assertEqual(program.read("A_TOKEN"), "value-one")
            self.assertIn("HTTP 429", program.told()[0])


@with_each_client
class Hanging(Case):
    def test_frozen(self):
        bao = self.own_bao()
        self.put({"A_TOKEN": "value-one"}, bao)
        program = self.program(bao, SECRETS_TTL_SECONDS=1, VAULT_CLIENT_TIMEOUT=1)
        program.read("A_TOKEN")
        bao.freeze()
        program("sleep", 1.1)
        started = time.monotonic()
        self.assertEqual(program("often", "A_TOKEN", 100), ["value-one"])
        self.assertLess(time.monotonic() - started, 3, "one read waits, the others do not")
        self.assertIn("timed out", program.told()[0])
        bao.thaw()
        self.put({"A_TOKEN": "value-two"}, bao)
        program("sleep", 2.1)
        self.assertEqual(program.read("A_TOKEN"), "value-two")

    def test_a_port_that_never_answers(self):
        with Unresponsive() as port:
            program = self.program(VAULT_ADDR=port.addr, VAULT_CLIENT_TIMEOUT=1)
            started = time.monotonic()
            answers = program("together", [READ] * 10)
            self.assertLess(time.monotonic() - started, 3)
            for answer in answers:
                self.assertIn("timed out", answer["panic"])

    def test_an_answer_that_trickles_in(self):
        with Stub(lambda _: Answer(200, kv({"A_TOKEN": "value-one"}), trickle=0.5)) as stub:
            program = self.program(VAULT_ADDR=stub.addr, VAULT_CLIENT_TIMEOUT=1)
            started = time.monotonic()
            self.fails(program, READ, "timed out")
            self.assertLess(time.monotonic() - started, 3)

    def test_all_requests_of_a_fetch_have_one_deadline(self):
        with Stub(lambda _: Answer(403, {"errors": []}, delay=0.7)) as stub:
            settings = {"VAULT_TOKEN": None, "VAULT_ROLE_ID": "r", "VAULT_SECRET_ID": "secret-id"}
            answers = [Answer(200, auth("hvs.one", 0), delay=0.7), Answer(403, {}, delay=0.7)]
            with Stub(lambda _: answers.pop(0)) as stub:
                program = self.program(VAULT_ADDR=stub.addr, VAULT_CLIENT_TIMEOUT=1, **settings)
                started = time.monotonic()
                self.fails(program, READ, "timed out")
                self.assertLess(time.monotonic() - started, 3)

    def test_answers_that_are_not_of_vault(self):
        for answer in (
            Answer(404, b"default backend - 404"),
            Answer(404, {"message": "no such page"}),
            Answer(200, b"<html>Please log in</html>"),
            Answer(200, b""),
            Answer(200, b"\xff\xfe"),
            Answer(200, [1]),
            Answer(200, {"data": {"A_TOKEN": "value of version 1"}}),
            Answer(204, b""),
        ):
            with self.subTest(answer.body), Stub(lambda _: answer) as stub:
                self.fails(self.program(VAULT_ADDR=stub.addr), READ, "A_TOKEN: cannot read")

    def test_a_host_that_does_not_exist(self):
        text = self.fails(self.program(VAULT_ADDR="http://user:value-password@vault.invalid:8200"), READ, "A_TOKEN: cannot read")
        self.assertNotIn("value-password", text)


class Refused(Case):
    def test_what_is_held_is_dropped(self):
        bao = self.own_bao()
        self.put({"A_TOKEN": "value-one"}, bao)
        program = self.program(bao, SECRETS_TTL_SECONDS=1)
        program.read("A_TOKEN")
        bao.drop_policy(self.policy)
        program("sleep", 1.1)
        self.fails(program, READ, f"{self.mount}/{PATH}", "HTTP 403")
        bao.stop()
        program("sleep", 2.1)
        self.fails(program, READ, "Connection refused")

    def test_also_by_a_refresh_in_the_background(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program(SECRETS_TTL_SECONDS=4)
        program.read("A_TOKEN")
        self.bao.drop_policy(self.policy)
        program("sleep", 2.1)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        program("sleep", 0.7)
        self.fails(program, READ, "HTTP 403")

    def test_one_path_does_not_concern_another(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program()
        self.fails(program, ["var", "C_TOKEN"], "C_TOKEN", f"{self.mount}/{OTHER}", "HTTP 403")
        self.assertEqual(program.read("A_TOKEN"), "value-one")

    def test_a_revoked_token(self):
        self.put({"A_TOKEN": "value-one"})
        token = self.token()
        program = self.program(VAULT_TOKEN=token, SECRETS_TTL_SECONDS=1)
        program.read("A_TOKEN")
        self.bao.revoke(token)
        program("sleep", 1.1)
        self.fails(program, READ, "HTTP 403")
