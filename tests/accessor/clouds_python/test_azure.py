"""The client of Azure Key Vault in Python."""

from common import Behaves, Client


class Azure(Behaves, Client):
    manager = "azure"

    def test_what_has_no_value(self):
        self.cloud.disable(self.path())
        self.cloud.delete(self.path("B_TOKEN"))
        program = self.program()
        self.fails(program, "secrets['A_TOKEN']", "HTTP 403 (Forbidden)")
        self.absent(program, "B_TOKEN")

    def test_one_login_for_all(self):
        before = self.cloud.logins()
        program = self.program()
        program("[secrets.get(name) for name in ('A_TOKEN', 'B_TOKEN', 'MISSING')]")
        program.later(61)
        program.read("A_TOKEN")
        self.assertEqual(self.cloud.logins(), before + 1)

    def test_who_does_not_show_a_certificate_that_is_trusted(self):
        program = self.program("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
        self.fails(program, "secrets['A_TOKEN']", "TLS: ")
        self.assertEqual(self.cloud.reads(), [])

    def test_no_token_over_http(self):
        program = self.program(AZURE_KEYVAULT_URL="http://127.0.0.1:1")
        self.fails(program, "secrets['A_TOKEN']", "AZURE_KEYVAULT_URL does not begin with https://")
