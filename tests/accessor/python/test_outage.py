"""What happens while Vault does not answer."""

import time

from bao import Answer, Stub, Unresponsive
from support import Case, kv


class Outage(Case):
    def test_at_the_start(self):
        bao = self.own_bao()
        self.put({"A_TOKEN": "value-one"}, bao)
        program = self.program(bao)
        bao.stop()
        self.fails(program, "secrets['A_TOKEN']", "A_TOKEN", f"secret/{self.path}", "ECONNREFUSED")
        self.fails(program, "secrets.get('A_TOKEN', '')", "ECONNREFUSED")
        self.fails(program, "'A_TOKEN' in secrets", "ECONNREFUSED")
        self.fails(program, "preload_sync()", "ECONNREFUSED")
        self.assertEqual(program.stderr(), "")
        bao.start()
        program.later(2)
        self.assertEqual(program.read("A_TOKEN"), "value-one")

    def test_what_is_held_is_used_for_a_while(self):
        bao = self.own_bao()
        self.put({"A_TOKEN": "value-one"}, bao)
        program = self.program(bao)
        program.read("A_TOKEN")
        bao.stop()
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.assertEqual(program.stderr(), "")
        program.later(61)
        self.assertEqual(program("{*[secrets['A_TOKEN'] for _ in range(100)]} == {'value-one'}"), True)
        self.assertEqual(program.stderr().count("\n"), 1, program.stderr())
        self.assertIn("ECONNREFUSED", program.stderr())
        program.later(200)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.assertEqual(program.stderr().count("\n"), 1, "one line for an outage")
        program.later(40)
        self.fails(program, "secrets['A_TOKEN']", "ECONNREFUSED")
        bao.start()
        self.put({"A_TOKEN": "value-two"}, bao)
        program.later(3)
        self.assertEqual(program.read("A_TOKEN"), "value-two")
        bao.seal()
        program.later(61)
        self.assertEqual(program.read("A_TOKEN"), "value-two", "sealed")
        self.assertEqual(program.stderr().count("\n"), 2, "and one for the next")
        self.assertIn("HTTP 503", program.stderr())

    def test_with_zero_nothing_held_is_used(self):
        bao = self.own_bao()
        self.put({"A_TOKEN": "value-one"}, bao)
        program = self.program(bao, SECRETS_TTL_SECONDS=0)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        bao.stop()
        self.fails(program, "secrets['A_TOKEN']", "ECONNREFUSED")

    def test_frozen(self):
        bao = self.own_bao()
        self.put({"A_TOKEN": "value-one"}, bao)
        program = self.program(bao, VAULT_CLIENT_TIMEOUT=1)
        program.read("A_TOKEN")
        bao.freeze()
        program.later(61)
        started = time.monotonic()
        self.assertEqual(program("{*[secrets['A_TOKEN'] for _ in range(100)]} == {'value-one'}"), True)
        self.assertLess(time.monotonic() - started, 8, "one read waits, the others do not")
        self.assertIn("timed out", program.stderr())
        bao.thaw()
        self.put({"A_TOKEN": "value-two"}, bao)
        program.later(3)
        self.assertEqual(program.read("A_TOKEN"), "value-two")

    def test_a_port_that_never_answers(self):
        with Unresponsive() as port:
            program = self.program(VAULT_ADDR=port.addr, VAULT_CLIENT_TIMEOUT=1)
            started = time.monotonic()
            self.fails(program, "secrets['A_TOKEN']", "timed out")
            self.assertLess(time.monotonic() - started, 8)

    def test_an_answer_that_trickles_in(self):
        with Stub(lambda _: Answer(200, kv({"A_TOKEN": "value-one"}), trickle=0.5)) as stub:
            program = self.program(VAULT_ADDR=stub.addr, VAULT_CLIENT_TIMEOUT=1)
            started = time.monotonic()
            self.fails(program, "secrets['A_TOKEN']", "timed out")
            self.assertLess(time.monotonic() - started, 8)

    def test_an_answer_that_comes_too_late(self):
        answers = [Answer(200, kv({"A_TOKEN": "value-one"}), trickle=0.05), Answer(403, {"errors": ["no"]})]
        with Stub(lambda _: answers.pop(0) if answers[1:] else answers[0]) as stub:
            program = self.program(VAULT_ADDR=stub.addr, VAULT_CLIENT_TIMEOUT=1)
            self.fails(program, "secrets['A_TOKEN']", "timed out")
            program.later(2)
            self.fails(program, "secrets['A_TOKEN']", "HTTP 403")
            program("time.sleep(4)")
            self.fails(program, "secrets['A_TOKEN']", "HTTP 403")

    def test_a_name_that_hangs_to_resolve(self):
        program = self.program(VAULT_ADDR="http://vault.test:8200", VAULT_CLIENT_TIMEOUT=1)
        program("import socket; socket.getaddrinfo = lambda *a, **k: time.sleep(30)")
        started = time.monotonic()
        self.fails(program, "secrets['A_TOKEN']", "timed out")
        self.assertLess(time.monotonic() - started, 8)

    def test_after_a_failure_there_is_a_rest(self):
        for status in (500, 503, 429, 403, 400):
            with self.subTest(status), Stub(lambda _: Answer(status, {"errors": ["no"]})) as stub:
                program = self.program(VAULT_ADDR=stub.addr, VAULT_TOKEN="hvs.fixture")
                program("def read():\n    try: secrets['A_TOKEN']\n    except SecretError as error: return str(error)\n")
                (text,) = program("[*{read() for _ in range(20)}]")
                self.assertIn(f"HTTP {status}", text)
                self.assertEqual(len(stub.requests), 1)
                if status == 429:
                    program.later(2)
                    self.fails(program, "secrets['A_TOKEN']", "HTTP 429")
                    self.assertEqual(len(stub.requests), 2)

    def test_too_many_requests_is_an_outage(self):
        answers = [Answer(200, kv({"A_TOKEN": "value-one"}))] + [Answer(429, {"errors": []})] * 9
        with Stub(lambda _: answers.pop(0)) as stub:
            program = self.program(VAULT_ADDR=stub.addr)
            program.read("A_TOKEN")
            program.later(61)
            self.assertEqual(program.read("A_TOKEN"), "value-one")
            self.assertIn("HTTP 429", program.stderr())

    def test_answers_that_are_not_of_vault(self):
        for answer in (
            Answer(404, b"default backend - 404"),
            Answer(404, {"message": "no such page"}),
            Answer(200, b"<html>Please log in</html>"),
            Answer(200, b""),
            Answer(200, [1]),
            Answer(200, {"data": {"A_TOKEN": "value of version 1"}}),
            Answer(204, b""),
        ):
            with self.subTest(answer.body), Stub(lambda _: answer) as stub:
                self.fails(self.program(VAULT_ADDR=stub.addr), "secrets.get('A_TOKEN')", "A_TOKEN")

    def test_a_host_that_does_not_exist(self):
        self.fails(self.program(VAULT_ADDR="http://vault.invalid:8200"), "secrets['A_TOKEN']", "host not found")

    def test_without_stderr(self):
        bao = self.own_bao()
        self.put({"A_TOKEN": "value-one"}, bao)
        program = self.program(bao)
        program.read("A_TOKEN")
        bao.stop()
        program("import sys; stderr, sys.stderr = sys.stderr, None; ahead += 61")
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        program("sys.stderr = open(os.devnull, 'w'); sys.stderr.close(); vault_secrets._manager._told = False")
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        program("sys.stderr = stderr")
