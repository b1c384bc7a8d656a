"""What happens while Vault cannot be reached, is sealed, or says no."""

import socket
import threading
import time
import unittest
from contextlib import ExitStack
from typing import Callable, Dict

from harness import SECRET, Answer, Case, Request, Stub, Unresponsive, folder, kv, move_clock


def always(answer: Answer) -> Callable[[Request], Answer]:
    return lambda _: answer


class Outage(Case):
    def tearDown(self) -> None:
        if self.bao._server is None:
            self.bao.start()

    def test_at_the_start(self) -> None:
        env = self.with_token()
        self.bao.stop()
        with self.program(env) as program:
            error = self.read_fails(program, "A_TOKEN", f"secret/{self.path}", "ECONNREFUSED")
            self.assertEqual(error.status, 0)
            self.read_fails(program, "B_TOKEN", "ECONNREFUSED", name="B_TOKEN")
            with self.assertRaisesRegex(Exception, "ECONNREFUSED"):
                program.run("await accessor.preloadSecrets()")
            self.bao.start()
            time.sleep(2.1)
            self.read_is(program, f"{SECRET}-1")

    def test_what_is_held_is_used_for_a_while(self) -> None:
        with self.program(SECRETS_TTL_SECONDS=1) as program:
            self.read_is(program, f"{SECRET}-1")
            self.rotate()
            self.bao.stop()
            time.sleep(1.1)
            for _ in range(3):
                self.read_is(program, f"{SECRET}-1")
            time.sleep(2.1)
            self.read_is(program, f"{SECRET}-1")
            said = program.stderr().splitlines()
            self.assertEqual(len(said), 1, said)
            for text in ("A_TOKEN", f"secret/{self.path}", "ECONNREFUSED"):
                self.assertIn(text, said[0])
            move_clock(program, 300)
            self.read_fails(program, "A_TOKEN", "ECONNREFUSED")
            self.bao.start()
            time.sleep(2.1)
            self.read_is(program, f"{SECRET}-2")
            self.assertEqual(len(program.stderr().splitlines()), 1)
            self.bao.stop()
            time.sleep(1.1)
            self.read_is(program, f"{SECRET}-2")
            self.assertEqual(len(program.stderr().splitlines()), 2, "another outage, another line")

    def test_ttl_0_uses_nothing_that_is_held(self) -> None:
        with self.program(SECRETS_TTL_SECONDS=0) as program:
            self.read_is(program, f"{SECRET}-1")
            self.bao.stop()
            self.read_fails(program, "ECONNREFUSED")

    def test_sealed(self) -> None:
        with self.program(SECRETS_TTL_SECONDS=1) as program:
            self.read_is(program, f"{SECRET}-1")
            self.bao.seal()
            try:
                time.sleep(1.1)
                self.read_is(program, f"{SECRET}-1")
                self.assertIn("HTTP 503", program.stderr())
                with self.program(self.env(VAULT_TOKEN=SECRET)) as other:
                    self.read_fails(other, "HTTP 503")
            finally:
                self.bao.unseal()

    def test_a_failure_is_followed_by_a_rest(self) -> None:
        with ExitStack() as stack:
            programs = []
            for status in (429, 500, 403, 400):
                body = {"errors": [f"{SECRET} in a body"]}
                stub = stack.enter_context(Stub(always(Answer(status, body))))
                program = stack.enter_context(self.program(self.env(VAULT_TOKEN=SECRET, VAULT_ADDR=stub.addr)))
                programs.append((status, stub, program))
                for name in ("A_TOKEN", "A_TOKEN", "B_TOKEN"):
                    error = self.read_fails(program, name, f"HTTP {status}", name=name)
                    self.assertEqual(error.status, status)
                self.assertEqual(len(stub.requests), 1)
            time.sleep(2.1)
            for status, stub, program in programs:
                self.read_fails(program, f"HTTP {status}")
                self.assertEqual(len(stub.requests), 2)

    def test_a_failed_refresh_is_followed_by_a_rest(self) -> None:
        with Stub(lambda _: Answer(200, kv(A_TOKEN="1")) if len(stub.requests) == 1 else Answer(500)) as stub:
            with self.program(self.env(VAULT_TOKEN=SECRET, VAULT_ADDR=stub.addr)) as program:
                self.read_is(program, "1")
                move_clock(program, 40)
                for _ in range(5):
                    self.read_is(program, "1")
                    time.sleep(0.1)
                self.assertEqual(len(stub.requests), 2)
                self.assertEqual(program.stderr(), "", "nothing too old was used")


class Refused(Case):
    def test_what_is_held_is_dropped(self) -> None:
        with self.program(SECRETS_TTL_SECONDS=1) as program:
            self.read_is(program, f"{SECRET}-1")
            self.bao.drop_policy(self.policy)
            time.sleep(1.1)
            self.bao.forget()
            error = self.read_fails(program, "A_TOKEN", f"secret/{self.path}", "HTTP 403")
            self.assertEqual(error.status, 403)
            self.assertEqual(self.requests(), 1, "with the same token there is no second try")
            self.bao.stop()
            try:
                time.sleep(2.1)
                self.read_fails(program, "ECONNREFUSED")
            finally:
                self.bao.start()

    def test_also_by_a_refresh_in_the_background(self) -> None:
        with self.program(SECRETS_TTL_SECONDS=60) as program:
            self.read_is(program, f"{SECRET}-1")
            self.bao.drop_policy(self.policy)
            move_clock(program, 31)
            self.read_is(program, f"{SECRET}-1")
            time.sleep(0.5)
            self.read_fails(program, "HTTP 403")

    def test_another_path_is_not_dropped(self) -> None:
        second = f"{self.path}-second"
        self.bao.put(second, {"C_TOKEN": "c"})
        self.sources["C_TOKEN"] = (second, "C_TOKEN")
        token = self.bao.api("POST", "auth/token/create", {"policies": [self.policy, self.bao.policy(second)]})
        with self.program(self.env(VAULT_TOKEN=token["auth"]["client_token"], SECRETS_TTL_SECONDS=1)) as program:
            self.read_is(program, "c", "C_TOKEN")
            self.bao.drop_policy(self.policy)
            self.read_fails(program, "HTTP 403")
            self.read_is(program, "c", "C_TOKEN")


class Helper(Case):
    """The thread that sends the requests may end, if only by an error of its own."""

    def env_with_hook(self, **settings: object) -> Dict[str, str]:
        hook = folder() / "hook.cjs"
        hook.write_text(
            """
            const threads = require("node:worker_threads");
            threads.Worker = class extends threads.Worker {
              constructor(...all) { super(...all); globalThis.lastWorker = this; }
            };
            require("node:module").syncBuiltinESMExports();
            """
        )
        return self.env(VAULT_TOKEN=SECRET, NODE_OPTIONS=f"--require {hook}", **settings)

    def test_another_one_is_started(self) -> None:
        with Stub(lambda _: Answer(200, kv(A_TOKEN=f"{len(stub.requests)}"))) as stub:
            with self.program(self.env_with_hook(VAULT_ADDR=stub.addr)) as program:
                self.read_is(program, "1")
                program.run("await lastWorker.terminate()")
                move_clock(program, 61)
                self.read_is(program, "2")

    def test_who_waits_is_told(self) -> None:
        with Stub(lambda _: Answer(200, kv(A_TOKEN="1"), delay=1)) as stub:
            with self.program(self.env_with_hook(VAULT_ADDR=stub.addr)) as program:
                with self.assertRaisesRegex(Exception, "[AB]_TOKEN: cannot read .* the helper thread has ended"):
                    program.run(
                        "const loaded = accessor.preloadSecrets(); await Promise.all([loaded, lastWorker.terminate()])"
                    )
                time.sleep(2.1)
                self.read_is(program, "1")


class Slow(Case):
    def test_a_port_that_does_not_answer(self) -> None:
        with (
            Unresponsive() as port,
            self.program(self.env(VAULT_TOKEN=SECRET, VAULT_ADDR=port.addr, VAULT_CLIENT_TIMEOUT=1)) as program,
        ):
            start = time.monotonic()
            self.read_fails(program, "ETIMEDOUT")
            self.read_fails(program, "ETIMEDOUT")
            self.assertLess(time.monotonic() - start, 4)

    def test_a_body_that_trickles_in(self) -> None:
        with Stub(lambda _: Answer(200, kv(A_TOKEN="x" * 50), trickle=0.2)) as stub:
            with self.program(self.env(VAULT_TOKEN=SECRET, VAULT_ADDR=stub.addr, VAULT_CLIENT_TIMEOUT=1)) as program:
                start = time.monotonic()
                self.read_fails(program, "ETIMEDOUT")
                self.assertLess(time.monotonic() - start, 4)

    def test_an_answer_that_breaks_off(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as port:

            def serve() -> None:
                connection, _ = port.accept()
                connection.recv(9999)
                connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"data"')
                connection.close()

            threading.Thread(target=serve, daemon=True).start()
            address = f"http://127.0.0.1:{port.getsockname()[1]}"
            with self.program(self.env(VAULT_TOKEN=SECRET, VAULT_ADDR=address)) as program:
                self.read_fails(program, "A_TOKEN", "ECONNRESET")

    def test_what_is_not_an_answer_of_kv_2(self) -> None:
        for body in (b"<html>", b"null", b"[]", {"data": None}, {"data": {"A_TOKEN": f"{SECRET}-kv1"}}):
            with self.subTest(body), Stub(lambda _: Answer(200, body)) as stub:
                with self.program(self.env(VAULT_TOKEN=SECRET, VAULT_ADDR=stub.addr)) as program:
                    self.read_fails(program, "KV v2")


if __name__ == "__main__":
    unittest.main()
