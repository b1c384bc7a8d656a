"""The client of Azure Key Vault in JavaScript."""

from support import Behaves, Client, move_clock


class Azure(Behaves, Client):
    manager = "azure"

    def test_what_has_no_value(self):
        self.cloud.disable(self.path())
        with self.program() as program:
            self.fails(program, "HTTP 403 (Forbidden)")
        self.cloud.delete(self.path("B_TOKEN"))
        with self.program() as program:
            self.assertIsNone(program.read("B_TOKEN"))

    def test_one_login_for_all(self):
        before = self.cloud.logins()
        with self.program() as program:
            program.read(), program.read("B_TOKEN"), program.read("MISSING")
            move_clock(program, 61)
            program.read()
        self.assertEqual(self.cloud.logins(), before + 1)

    def test_who_does_not_show_a_certificate_that_is_trusted(self):
        with self.program("NODE_EXTRA_CA_CERTS") as program:
            self.assertEqual(self.fails(program, "A_TOKEN").status, 0)
        self.assertEqual(self.cloud.reads(), [])

    def test_no_token_over_http(self):
        with self.program(AZURE_KEYVAULT_URL="http://127.0.0.1:1") as program:
            self.fails(program, "AZURE_KEYVAULT_URL does not begin with https://")
