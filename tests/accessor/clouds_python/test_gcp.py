"""The client of Google Secret Manager in Python."""

from common import SECRET, Behaves, Client


class Gcp(Behaves, Client):
    manager = "gcp"

    def test_damaged(self):
        self.addCleanup(self.cloud.damage, False)
        program = self.program()
        program.read("A_TOKEN")
        self.rotate()
        self.cloud.damage(True)
        program.later(61)
        self.assertEqual(program.read("A_TOKEN"), f"{SECRET}-1", "what is held, and not what came")
        self.assertIn("damaged on its way", program.stderr())

    def test_what_has_no_value(self):
        self.cloud.disable(self.path())
        self.cloud.put_bytes(self.path("B_TOKEN"), b"\xff\xfe\x00")
        self.cloud.put_empty(self.path("MISSING"), {})
        program = self.program()
        self.fails(program, "secrets['A_TOKEN']", "HTTP 400 (FAILED_PRECONDITION)")
        self.fails(program, "secrets['B_TOKEN']", "it is not a text")
        self.absent(program, "MISSING")

    def test_deleted(self):
        program = self.program()
        program.read("A_TOKEN")
        self.cloud.delete(self.path())
        program.later(61)
        self.absent(program, "A_TOKEN")
