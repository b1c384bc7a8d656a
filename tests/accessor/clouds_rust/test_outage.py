"""What happens while a cloud does not answer."""

import time

from support import KEEP, MANAGERS, READ, Case, with_each_cloud


@with_each_cloud
class Outage(Case):
    def test_at_the_start(self):
        self.put(A_TOKEN="value-one")
        program = self.program()
        self.manager.stop()
        self.fails(program, READ, f"A_TOKEN: cannot read {self.path()} from {MANAGERS[self.cloud]}: ", "Connection refused")
        self.fails(program, ["preload"], "Connection refused")
        self.assertEqual(program.told(), [])
        self.manager.start()
        program("sleep", 2.1)
        self.assertEqual(program.read("A_TOKEN"), "value-one")

    def test_what_is_held_is_used_for_a_while(self):
        self.put(A_TOKEN="value-one")
        program = self.program(SECRETS_TTL_SECONDS=1)
        program.read("A_TOKEN")
        self.manager.stop()
        program("sleep", 1.2)
        self.assertEqual(program("often", "A_TOKEN", 100), ["value-one"])
        self.assertEqual(len(program.told()), 1, program.stderr())
        self.assertIn(f"secrets: {MANAGERS[self.cloud]} cannot be read (", program.told()[0])
        program("sleep", KEEP - 1)
        self.fails(program, READ, "Connection refused")
        self.manager.start()
        self.put(A_TOKEN="value-two")
        program("sleep", 2.1)
        self.assertEqual(program.read("A_TOKEN"), "value-two")

    def test_answers_that_are_outages(self):
        for status in (429, 500, 503):
            with self.subTest(status):
                self.put(A_TOKEN="value-one")
                program = self.program(SECRETS_TTL_SECONDS=1)
                program.read("A_TOKEN")
                self.manager.forget()
                self.manager.fail(status)
                program("sleep", 1.1)
                self.assertEqual(program("often", "A_TOKEN", 5), ["value-one"])
                self.assertEqual(len(self.manager.reads()), 1, "the manager is left alone")
                self.assertIn(f"HTTP {status} (", program.told()[0])
                self.manager.fail(None)

    def test_a_cloud_that_is_slow(self):
        self.put(A_TOKEN="value-one")
        self.manager.delay(3)
        started = time.monotonic()
        self.fails(self.program(SECRETS_TIMEOUT_SECONDS=0.5), READ, "timed out")
        self.assertLess(time.monotonic() - started, 2.5)
        self.fails(self.program(SECRETS_TIMEOUT_SECONDS="soon"), READ, "SECRETS_TIMEOUT_SECONDS is not a number of seconds")
