"""The client of Google Secret Manager in JavaScript."""

from support import SECRET, Behaves, Client, move_clock


class Gcp(Behaves, Client):
    manager = "gcp"

    def test_damaged(self):
        self.addCleanup(self.cloud.damage, False)
        with self.program() as program:
            program.read()
            self.rotate()
            self.cloud.damage(True)
            move_clock(program, 61)
            self.assertEqual(program.read(), f"{SECRET}-1", "what is held, and not what came")
            self.assertIn("damaged on its way", program.stderr())

    def test_what_has_no_value(self):
        self.cloud.disable(self.path())
        self.cloud.put_bytes(self.path("B_TOKEN"), b"\xff\xfe\x00")
        self.cloud.put_empty(self.path("MISSING"), {})
        with self.program() as program:
            self.fails(program, "HTTP 400 (FAILED_PRECONDITION)")
            self.fails(program, "it is not a text", name="B_TOKEN")
            self.assertIsNone(program.read("MISSING"))

    def test_deleted(self):
        with self.program() as program:
            program.read()
            self.cloud.delete(self.path())
            move_clock(program, 61)
            self.assertIsNone(program.read())
